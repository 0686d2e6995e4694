package docs

import _ "embed"

// OpenAPI is the OpenAPI 3.0 document that is derived from the Swagger 2.0 one.
//
//go:embed openapi.json
var OpenAPI string
