package rest

import (
	"io/fs"
	"net/http"

	"github.com/labstack/echo/v4"
	swaggerui "github.com/swaggo/files/v2"

	"claimtracker/docs"
)

// initializer makes the Swagger UI read our own document, and nothing from elsewhere.
const initializer = `window.onload = function () {
  window.ui = SwaggerUIBundle({
    urls: [
      { url: "openapi.json", name: "OpenAPI 3.0" },
      { url: "swagger.json", name: "Swagger 2.0" }
    ],
    dom_id: "#swagger-ui",
    deepLinking: true,
    validatorUrl: null,
    presets: [SwaggerUIBundle.presets.apis, SwaggerUIStandalonePreset],
    layout: "StandaloneLayout"
  });
};
`

// routeDocs serves the Swagger UI and the two documents at /docs/.
func (s *Server) routeDocs(get func(string, echo.HandlerFunc)) {
	get("/", func(c echo.Context) error { return c.Redirect(http.StatusFound, "/docs/") })
	get("/docs", func(c echo.Context) error { return c.Redirect(http.StatusFound, "/docs/") })
	get("/docs/swagger.json", document(docs.Swagger))
	get("/docs/openapi.json", document(docs.OpenAPI))
	get("/docs/swagger-initializer.js", func(c echo.Context) error {
		return c.Blob(http.StatusOK, "text/javascript; charset=utf-8", []byte(initializer))
	})
	files := http.StripPrefix("/docs/", http.FileServerFS(swaggerui.FS))
	get("/docs/*", func(c echo.Context) error {
		name := c.Param("*")
		if _, err := fs.Stat(swaggerui.FS, name); err != nil && name != "" {
			return echo.ErrNotFound
		}
		files.ServeHTTP(c.Response(), c.Request())
		return nil
	})
}

func document(text string) echo.HandlerFunc {
	return func(c echo.Context) error {
		c.Response().Header().Set("Cache-Control", "no-cache")
		return c.Blob(http.StatusOK, echo.MIMEApplicationJSON, []byte(text))
	}
}
