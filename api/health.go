package main

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"
)

// healthCommand asks a running server whether it can write.
type healthCommand struct {
	Server string `help:"Where the server is." default:"http://127.0.0.1:8080" env:"CLAIMTRACKER_SERVER" placeholder:"URL"`
}

// Run is nil when the server says that it is ready, within five seconds.
func (c healthCommand) Run(at *surroundings) error {
	ctx, cancel := context.WithTimeout(at.ctx, 5*time.Second)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, strings.TrimRight(c.Server, "/")+"/readyz", nil)
	if err != nil {
		return fmt.Errorf("--server: %w", err)
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return fmt.Errorf("the server does not answer: %w", err)
	}
	defer response.Body.Close()
	if _, err := io.Copy(io.Discard, response.Body); err != nil {
		return fmt.Errorf("the server does not answer: %w", err)
	}
	if response.StatusCode != http.StatusOK {
		return fmt.Errorf("the server is not ready: %s", response.Status)
	}
	return say(at.stdout, "ready")
}
