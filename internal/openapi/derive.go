// Package openapi derives the OpenAPI 3.0 document from the Swagger 2.0 one that swag reads out of the code. Client
// generators and linters use the derived one.
package openapi

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/getkin/kin-openapi/openapi2"
	"github.com/getkin/kin-openapi/openapi2conv"
	"github.com/getkin/kin-openapi/openapi3"
)

const problem = "application/problem+json"

// Derive turns a Swagger 2.0 document into an OpenAPI 3.0 one, says there what 2.0 has no words for, and checks the
// result. The same document always gives the same bytes.
func Derive(swagger []byte) ([]byte, error) {
	var two openapi2.T
	if err := json.Unmarshal(swagger, &two); err != nil {
		return nil, fmt.Errorf("reading the Swagger 2.0 document: %w", err)
	}
	three, err := openapi2conv.ToV3(&two)
	if err != nil {
		return nil, fmt.Errorf("converting to OpenAPI 3.0: %w", err)
	}
	three.Servers = openapi3.Servers{{URL: "/"}}
	for path, item := range three.Paths.Map() {
		for method, operation := range item.Operations() {
			operation.OperationID = operationID(method, path)
			oneMediaTypeAnAnswer(operation)
			for _, parameter := range operation.Parameters {
				wholeNumbers(parameter.Value.Schema.Value)
			}
			if method == "PATCH" {
				patch(three.Components.Schemas, operation)
			}
		}
	}
	for _, schema := range three.Components.Schemas {
		wholeNumbers(schema.Value)
	}
	tags(three)
	if err := three.Validate(context.Background()); err != nil {
		return nil, fmt.Errorf("the derived document is not valid: %w", err)
	}
	document, err := json.MarshalIndent(three, "", "  ")
	return append(document, '\n'), err
}

// operationID is the name of the function that generated clients call: "GET /api/v1/claims/{id}" is getClaimsId, which
// no other route can be.
func operationID(method, path string) string {
	var name strings.Builder
	name.WriteString(strings.ToLower(method))
	for _, part := range strings.FieldsFunc(strings.TrimPrefix(path, "/api/v1"), func(r rune) bool { return strings.ContainsRune("/{}", r) }) {
		name.WriteString(strings.ToUpper(part[:1]) + part[1:])
	}
	return name.String()
}

// oneMediaTypeAnAnswer leaves problem+json to the failures and everything else to the successes: 2.0 can only say it of a
// whole operation.
func oneMediaTypeAnAnswer(operation *openapi3.Operation) {
	for status, response := range operation.Responses.Map() {
		failed := !strings.HasPrefix(status, "2") && !strings.HasPrefix(status, "3")
		for mediaType := range response.Value.Content {
			if (mediaType == problem) != failed {
				delete(response.Value.Content, mediaType)
			}
		}
	}
}

// patch gives a PATCH's body a schema of its own: that of the Input, of which nothing is required and everything may be
// null (RFC 7396).
func patch(schemas openapi3.Schemas, operation *openapi3.Operation) {
	for _, media := range operation.RequestBody.Value.Content {
		input := strings.TrimPrefix(media.Schema.Ref, "#/components/schemas/")
		name := strings.TrimSuffix(input, "Input") + "Patch"
		if schemas[name] == nil {
			whole := schemas[input].Value
			part := &openapi3.Schema{Type: whole.Type, Description: "A JSON Merge Patch (RFC 7396) of " + input + ".", Properties: openapi3.Schemas{}}
			for field, schema := range whole.Properties {
				part.Properties[field] = nullable(schema)
			}
			schemas[name] = part.NewRef()
		}
		media.Schema = openapi3.NewSchemaRef("#/components/schemas/"+name, schemas[name].Value)
	}
}

// wholeNumbers says how large the whole numbers of a schema may be: ids need 64 bits.
func wholeNumbers(schema *openapi3.Schema) {
	if schema.Type.Is(openapi3.TypeInteger) {
		schema.Format = "int64"
	}
	for _, property := range schema.Properties {
		if property.Ref == "" {
			wholeNumbers(property.Value)
		}
	}
	if schema.Items != nil && schema.Items.Ref == "" {
		wholeNumbers(schema.Items.Value)
	}
}

func nullable(schema *openapi3.SchemaRef) *openapi3.SchemaRef {
	if schema.Ref != "" {
		return (&openapi3.Schema{Nullable: true, AllOf: openapi3.SchemaRefs{schema}}).NewRef()
	}
	copied := *schema.Value
	copied.Nullable = true
	return copied.NewRef()
}

// tags declares the tags that operations use, each with what it is about.
func tags(three *openapi3.T) {
	three.Tags = openapi3.Tags{
		{Name: "claims", Description: "Assertions about interference in an election, each with the words it comes from."},
		{Name: "occurrences", Description: "The places where claims stand in articles."},
		{Name: "articles", Description: "Published pieces, their texts and their sentences."},
		{Name: "sentences", Description: "Spans of an article's text that claims stand on."},
		{Name: "sources", Description: "Whoever published or originated a report."},
		{Name: "actors", Description: "Whoever acts in a claim."},
		{Name: "elections", Description: "The votes that claims are about."},
		{Name: "techniques", Description: "DISARM Red's tactics and techniques."},
		{Name: "probes", Description: "For whoever keeps the server running."},
	}
}
