package docs

import _ "embed"

// Swagger is the Swagger 2.0 document that swag reads out of the code.
//
//go:embed swagger.json
var Swagger string

// OpenAPI is the OpenAPI 3.0 document that is derived from the Swagger 2.0 one.
//
//go:embed openapi.json
var OpenAPI string
