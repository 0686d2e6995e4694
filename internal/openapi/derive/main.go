// Command derive writes the OpenAPI 3.0 document derived from a Swagger 2.0 one: derive swagger.json openapi.json.
package main

import (
	"fmt"
	"os"

	"claimtracker/internal/openapi"
)

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "derive:", err)
		os.Exit(1)
	}
}

func run(args []string) error {
	if len(args) != 2 {
		return fmt.Errorf("usage: derive swagger.json openapi.json")
	}
	swagger, err := os.ReadFile(args[0])
	if err != nil {
		return err
	}
	document, err := openapi.Derive(swagger)
	if err != nil {
		return err
	}
	return os.WriteFile(args[1], document, 0o644)
}
