// Package openapi derives the OpenAPI 3.0 document from the Swagger 2.0 one that swag reads out of the code. Client
// generators and linters use the derived one.
package openapi

import (
	"context"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/getkin/kin-openapi/openapi2"
	"github.com/getkin/kin-openapi/openapi2conv"
	"github.com/getkin/kin-openapi/openapi3"
)

// requests are examples of what to send, by operation: swag can show single fields only. Each works on a new database, on
// the records that its path names by the id 1 (2 for an occurrence).
//
//go:embed examples.json
var requests []byte

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
	var examples map[string]openapi3.Examples
	if err := json.Unmarshal(requests, &examples); err != nil {
		return nil, fmt.Errorf("reading the examples of requests: %w", err)
	}
	named := vocabularies(three.Components.Schemas)
	for path, item := range three.Paths.Map() {
		for method, operation := range item.Operations() {
			if operation.OperationID == "" {
				operation.OperationID = operationID(method, path)
			}
			if len(two.SecurityDefinitions) == 0 {
				// Nothing asks who the caller is: said of each operation, since a reader cannot tell silence from forgetting.
				operation.Security = openapi3.NewSecurityRequirements()
			}
			oneMediaTypeAnAnswer(operation)
			for _, parameter := range operation.Parameters {
				wholeNumbers(parameter.Value.Schema.Value)
				parameter.Value.Schema = named.ref(parameter.Value.Schema)
			}
			if method == http.MethodPatch {
				if err := patch(three.Components.Schemas, operation); err != nil {
					return nil, fmt.Errorf("%s %s: %w", method, path, err)
				}
			}
			if operation.RequestBody != nil {
				for _, media := range operation.RequestBody.Value.Content {
					media.Examples = examples[operation.OperationID]
				}
				if lines := operation.RequestBody.Value.Content["application/x-ndjson"]; lines != nil {
					// JSON, but not one value: to a schema, text.
					operation.RequestBody.Value.Content["application/x-ndjson"] = openapi3.NewMediaType().WithSchema(openapi3.NewStringSchema())
				}
			}
		}
	}
	for _, schema := range three.Components.Schemas {
		wholeNumbers(schema.Value)
	}
	if article := three.Components.Schemas["NewArticle"]; article != nil {
		// The others may be read from its HTML, which swag's required cannot say.
		article.Value.Required = []string{"source_id"}
	}
	alwaysSent(three.Components.Schemas)
	tags(three)
	if err := three.Validate(context.Background()); err != nil {
		return nil, fmt.Errorf("the derived document is not valid: %w", err)
	}
	document, err := json.MarshalIndent(three, "", "  ")
	return append(document, '\n'), err
}

// operationID is the name of the function that generated clients call, read off the route: a verb and what the path's words
// name. "GET /api/v1/claims" is listClaims, "PUT /api/v1/claims/{id}" replaceClaim, "POST /api/v1/articles/{id}/versions"
// createArticleVersion and "POST /api/v1/articles/upload", whose last word is no plural, uploadArticle. A route for which that
// reads badly says its own with @ID. No two may be the same: validation says so.
func operationID(method, path string) string {
	var nouns []string
	one := false // whether the path ends in a parameter, and so names one record
	for part := range strings.SplitSeq(strings.Trim(strings.TrimPrefix(path, "/api/v1"), "/"), "/") {
		if one = strings.HasPrefix(part, "{"); !one {
			nouns = append(nouns, part)
		}
	}
	last := len(nouns) - 1
	many := !one && strings.HasSuffix(nouns[last], "s")
	verb := map[string]string{http.MethodGet: "get", http.MethodPost: "create", http.MethodPut: "replace",
		http.MethodPatch: "update", http.MethodDelete: "delete"}[method]
	switch {
	case many && method == http.MethodGet:
		verb = "list"
	case !many && !one && method == http.MethodPost && last > 0:
		verb, nouns = nouns[last], nouns[:last]
	}
	var name strings.Builder
	name.WriteString(verb)
	for i, noun := range nouns {
		if i < len(nouns)-1 || verb != "list" {
			noun = singular(noun)
		}
		for word := range strings.SplitSeq(noun, "-") {
			name.WriteString(strings.ToUpper(word[:1]) + word[1:])
		}
	}
	return name.String()
}

// singular is the singular of a noun that makes its plural in -s or -ies.
func singular(noun string) string {
	if stem, ok := strings.CutSuffix(noun, "ies"); ok {
		return stem + "y"
	}
	return strings.TrimSuffix(noun, "s")
}

// vocabulary finds the schema that has a vocabulary's codes, by those codes.
type vocabulary map[string]*openapi3.SchemaRef

// vocabularies are the schemas that are lists of codes. 2.0 must spell the codes out in each parameter that takes one;
// clients should meet one type a vocabulary.
func vocabularies(schemas openapi3.Schemas) vocabulary {
	named := vocabulary{}
	for name, schema := range schemas {
		if codes := schema.Value.Enum; len(codes) > 0 {
			key := fmt.Sprint(codes...)
			if named[key] != nil {
				named[key] = &openapi3.SchemaRef{} // two have the same codes: neither is meant for sure
				continue
			}
			named[key] = openapi3.NewSchemaRef("#/components/schemas/"+name, schema.Value)
		}
	}
	return named
}

// ref is the schema, with the vocabulary that it spells out put in by name.
func (v vocabulary) ref(schema *openapi3.SchemaRef) *openapi3.SchemaRef {
	if schema.Value.Items != nil {
		schema.Value.Items = v.ref(schema.Value.Items)
		return schema
	}
	if named := v[fmt.Sprint(schema.Value.Enum...)]; len(schema.Value.Enum) > 0 && named != nil && named.Ref != "" {
		return named
	}
	return schema
}

// oneMediaTypeAnAnswer leaves problem+json to the failures and everything else to the successes: 2.0 can only say it of a
// whole operation.
func oneMediaTypeAnAnswer(operation *openapi3.Operation) {
	for status, response := range operation.Responses.Map() {
		failed := !strings.HasPrefix(status, "2") && !strings.HasPrefix(status, "3")
		for mediaType := range response.Value.Content {
			if (mediaType == problem) != failed {
				delete(response.Value.Content, mediaType)
			} else if mediaType == "text/csv" || mediaType == "application/x-ndjson" {
				// A line a record: what 2.0 says of the answer is true of JSON alone.
				response.Value.Content[mediaType] = openapi3.NewMediaType().WithSchema(openapi3.NewStringSchema())
			}
		}
	}
}

// patch gives a PATCH's body a schema of its own: that of the Input, of which nothing is required, and null empties what
// may be empty (RFC 7396). A PATCH whose body is not an Input by name is refused.
func patch(schemas openapi3.Schemas, operation *openapi3.Operation) error {
	if operation.RequestBody == nil {
		return errors.New("takes no body")
	}
	for _, media := range operation.RequestBody.Value.Content {
		input := strings.TrimPrefix(media.Schema.Ref, "#/components/schemas/")
		if schemas[input] == nil {
			return errors.New("its body is not an Input by name")
		}
		name := strings.TrimSuffix(input, "Input") + "Patch"
		if schemas[name] == nil {
			whole := schemas[input].Value
			part := &openapi3.Schema{Type: whole.Type, Description: "A JSON Merge Patch (RFC 7396) of " + input + ".", Properties: openapi3.Schemas{}}
			for field, schema := range whole.Properties {
				if !slices.Contains(whole.Required, field) {
					schema = nullable(schema)
				}
				part.Properties[field] = schema
			}
			schemas[name] = part.NewRef()
		}
		media.Schema = openapi3.NewSchemaRef("#/components/schemas/"+name, schemas[name].Value)
	}
	return nil
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

// alwaysSent requires of each record the lists and truth values of its Input: a client may leave them out, and the record
// then has them empty or false.
func alwaysSent(schemas openapi3.Schemas) {
	for name, record := range schemas {
		input := schemas[name+"Input"]
		if input == nil {
			continue
		}
		for field, schema := range input.Value.Properties {
			listOrTruth := schema.Value.Type.Is(openapi3.TypeArray) || schema.Value.Type.Is(openapi3.TypeBoolean)
			if listOrTruth && record.Value.Properties[field] != nil && !slices.Contains(record.Value.Required, field) {
				record.Value.Required = append(record.Value.Required, field)
			}
		}
		slices.Sort(record.Value.Required)
	}
}

// nullable is the schema with null allowed. One that refers to a vocabulary stays as it is: null among its values would
// give generated clients a code called "nil", and only leaves such a field of a patch as it was.
func nullable(schema *openapi3.SchemaRef) *openapi3.SchemaRef {
	if schema.Ref != "" || len(schema.Value.AllOf) > 0 {
		return schema
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
		{Name: "statistics", Description: "Claims counted by time and by any of their fields, each count with the link that lists them."},
		{Name: "search", Description: "Words in records of every kind."},
		{Name: "probes", Description: "For whoever keeps the server running."},
	}
}
