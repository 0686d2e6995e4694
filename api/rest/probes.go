package rest

import (
	"net/http"

	"github.com/labstack/echo/v4"
)

// Health is what the probes answer.
type Health struct {
	// Status is "ok".
	Status string `json:"status" validate:"required" example:"ok"`
} // @name Health

// healthz tells that the process is there.
//
//	@Summary	Is the process there?
//	@Description	Answers as long as the process serves, whatever state the database is in. For liveness probes.
//	@Tags		probes
//	@Produce	json,application/problem+json
//	@Success	200		{object}	Health
//	@Failure	default	{object}	Problem	"Any problem"
//	@Router		/healthz [get]
func (s *Server) healthz(c echo.Context) error {
	return c.JSON(http.StatusOK, Health{"ok"})
}

// readyz tells whether the tracker can write.
//
//	@Summary	Can it write?
//	@Description	Answers 200 once a write goes through. For readiness probes and load balancers.
//	@Tags		probes
//	@Produce	json,application/problem+json
//	@Success	200		{object}	Health
//	@Failure	503		{object}	Problem	"The database cannot be written now"
//	@Failure	default	{object}	Problem	"Any other problem"
//	@Router		/readyz [get]
func (s *Server) readyz(c echo.Context) error {
	if err := s.store.Ready(c.Request().Context()); err != nil {
		return err
	}
	return c.JSON(http.StatusOK, Health{"ok"})
}
