package openapi

import (
	"bytes"
	"net/http"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
)

func TestAnOperationIsNamedByItsRoute(t *testing.T) {
	for _, c := range []struct{ method, path, want string }{
		{http.MethodGet, "/api/v1/claims", "listClaims"},
		{http.MethodPost, "/api/v1/claims", "createClaim"},
		{http.MethodGet, "/api/v1/claims/{id}", "getClaim"},
		{http.MethodPut, "/api/v1/claims/{id}", "replaceClaim"},
		{http.MethodPatch, "/api/v1/claims/{id}", "updateClaim"},
		{http.MethodDelete, "/api/v1/claims/{id}", "deleteClaim"},
		{http.MethodPost, "/api/v1/claims/{id}/occurrences", "createClaimOccurrence"},
		{http.MethodPost, "/api/v1/claims/{id}/merge", "mergeClaim"},
		{http.MethodGet, "/api/v1/articles/{id}/versions", "listArticleVersions"},
		{http.MethodGet, "/api/v1/articles/{id}/versions/{n}", "getArticleVersion"},
		{http.MethodPost, "/api/v1/articles/upload", "uploadArticle"},
		{http.MethodPut, "/api/v1/claims/{id}/status", "replaceClaimStatu"}, // reads badly: such a route says its own @ID
		{http.MethodGet, "/api/v1/fact-checks/{id}", "getFactCheck"},
		{http.MethodGet, "/api/v1/countries", "listCountries"},
		{http.MethodGet, "/api/v1/countries/{code}", "getCountry"},
		{http.MethodGet, "/healthz", "getHealthz"},
	} {
		if got := operationID(c.method, c.path); got != c.want {
			t.Errorf("operationID(%s, %s) = %s; want %s", c.method, c.path, got, c.want)
		}
	}
}

// swagger is a document as swag writes it, with one of everything that Derive has something to say about.
const swagger = `{
  "swagger": "2.0", "info": {"title": "Test", "version": "1"},
  "paths": {
    "/api/v1/things": {"get": {
      "produces": ["application/json", "application/problem+json"],
      "parameters": [
        {"name": "kind", "in": "query", "type": "array", "collectionFormat": "multi", "items": {"type": "string", "enum": ["a", "b"]}},
        {"name": "sort", "in": "query", "type": "string", "enum": ["x", "-x"]},
        {"name": "limit", "in": "query", "type": "integer"}],
      "responses": {
        "200": {"description": "ok", "schema": {"$ref": "#/definitions/Thing"}},
        "304": {"description": "unchanged"},
        "default": {"description": "bad", "schema": {"$ref": "#/definitions/Problem"}}}}},
    "/api/v1/things/{id}": {"patch": {
      "consumes": ["application/merge-patch+json", "application/json"], "produces": ["application/json", "application/problem+json"],
      "parameters": [
        {"name": "id", "in": "path", "required": true, "type": "integer"},
        {"name": "body", "in": "body", "required": true, "schema": {"$ref": "#/definitions/ThingInput"}}],
      "responses": {"200": {"description": "ok", "schema": {"$ref": "#/definitions/Thing"}}}}}},
  "definitions": {
    "Kind": {"type": "string", "enum": ["a", "b"]},
    "Problem": {"type": "object"},
    "Thing": {"type": "object", "properties": {"id": {"type": "integer"}, "others": {"type": "array", "items": {"type": "integer"}},
      "expanded": {"type": "array", "items": {"type": "integer"}}, "open": {"type": "boolean"}, "note": {"type": "string"}}},
    "ThingInput": {"type": "object", "required": ["name"], "properties": {
      "name": {"type": "string"}, "note": {"type": "string"}, "open": {"type": "boolean"}, "others": {"type": "array", "items": {"type": "integer"}}, "kind": {"allOf": [{"$ref": "#/definitions/Kind"}]}}}}}`

// derived reads what Derive makes of a document, each time the same.
func derived(t *testing.T, swagger string) *openapi3.T {
	t.Helper()
	document, err := Derive([]byte(swagger))
	if err != nil {
		t.Fatal(err)
	}
	for range 20 {
		again, err := Derive([]byte(swagger))
		if err != nil || !bytes.Equal(again, document) {
			t.Fatalf("Derive of the same document = %s, %v; want %s", again, err, document)
		}
	}
	three, err := openapi3.NewLoader().LoadFromData(document)
	if err != nil {
		t.Fatal(err)
	}
	return three
}

func TestSuccessesAreJSONAndFailuresAreProblems(t *testing.T) {
	responses := derived(t, swagger).Paths.Value("/api/v1/things").Get.Responses
	for status, want := range map[string]string{"200": "application/json", "default": "application/problem+json"} {
		content := responses.Value(status).Value.Content
		if len(content) != 1 || content[want] == nil {
			t.Errorf("the media types of %s are %v; want %s alone", status, content, want)
		}
	}
	if content := responses.Value("304").Value.Content; len(content) != 0 {
		t.Errorf("304 has the media types %v; want none", content)
	}
}

func TestAParameterRefersToTheVocabularyThatItSpellsOut(t *testing.T) {
	parameters := derived(t, swagger).Paths.Value("/api/v1/things").Get.Parameters
	if got := parameters.GetByInAndName("query", "kind").Schema.Value.Items.Ref; got != "#/components/schemas/Kind" {
		t.Errorf("the items of kind refer to %q; want Kind", got)
	}
	if sort := parameters.GetByInAndName("query", "sort").Schema; sort.Ref != "" || len(sort.Value.Enum) != 2 {
		t.Errorf("sort is %+v; want its own two codes, which no vocabulary has", sort)
	}
	twice := strings.Replace(swagger, `"Problem": {`, `"Sort": {"type": "string", "enum": ["a", "b"]}, "Problem": {`, 1)
	kind := derived(t, twice).Paths.Value("/api/v1/things").Get.Parameters.GetByInAndName("query", "kind")
	if got := kind.Schema.Value.Items.Ref; got != "" {
		t.Errorf("the items of kind refer to %q; want nothing, since two vocabularies have these codes", got)
	}
}

func TestWholeNumbersHave64Bits(t *testing.T) {
	three := derived(t, swagger)
	thing := three.Components.Schemas["Thing"].Value.Properties
	limit := three.Paths.Value("/api/v1/things").Get.Parameters.GetByInAndName("query", "limit")
	for name, schema := range map[string]*openapi3.Schema{"id": thing["id"].Value, "others": thing["others"].Value.Items.Value, "limit": limit.Schema.Value} {
		if schema.Format != "int64" {
			t.Errorf("the format of %s is %q; want int64", name, schema.Format)
		}
	}
}

func TestAPatchRequiresNothingAndMayEmptyWhatMayBeEmpty(t *testing.T) {
	three := derived(t, swagger)
	patch := three.Components.Schemas["ThingPatch"].Value
	if len(patch.Required) != 0 {
		t.Errorf("ThingPatch requires %v; want nothing", patch.Required)
	}
	for field, want := range map[string]bool{"name": false, "note": true, "kind": false} {
		if got := patch.Properties[field].Value.Nullable; got != want {
			t.Errorf("%s of ThingPatch may be null: %t; want %t", field, got, want)
		}
	}
	for mediaType, media := range three.Paths.Value("/api/v1/things/{id}").Patch.RequestBody.Value.Content {
		if media.Schema.Ref != "#/components/schemas/ThingPatch" {
			t.Errorf("the schema of %s is %s; want ThingPatch", mediaType, media.Schema.Ref)
		}
	}
	if three.Components.Schemas["ThingInput"].Value.Properties["note"].Value.Nullable {
		t.Error("note of ThingInput may be null; want that of ThingPatch alone")
	}
}

func TestARecordAlwaysHasTheListsAndTruthValuesOfItsInput(t *testing.T) {
	schemas := derived(t, swagger).Components.Schemas
	for name, want := range map[string]string{"Thing": "open others", "ThingInput": "name", "ThingPatch": ""} {
		if got := strings.Join(schemas[name].Value.Required, " "); got != want {
			t.Errorf("%s requires %q; want %q", name, got, want)
		}
	}
}

func TestAnOperationAsksForNoCredentialsUntilTheCodeDeclaresSome(t *testing.T) {
	security := func(swagger string) *openapi3.SecurityRequirements {
		return derived(t, swagger).Paths.Value("/api/v1/things").Get.Security
	}
	if got := security(swagger); got == nil || len(*got) != 0 {
		t.Errorf("security = %v; want an empty list, which says that there is none", got)
	}
	declared := strings.Replace(swagger, `"definitions"`, `"securityDefinitions": {"Bearer": {"type": "apiKey", "in": "header", "name": "Authorization"}}, "definitions"`, 1)
	if got := security(declared); got != nil {
		t.Errorf("security = %v with a scheme declared; want nothing but what the operation says itself", got)
	}
}

func TestAnOperationKeepsTheIDThatTheCodeGivesIt(t *testing.T) {
	given := strings.Replace(swagger, `"get": {`, `"get": {"operationId": "searchThings",`, 1)
	if got := derived(t, given).Paths.Value("/api/v1/things").Get.OperationID; got != "searchThings" {
		t.Errorf("operationId = %s; want searchThings", got)
	}
}

func TestAPatchWithoutAnInputIsRefusedByName(t *testing.T) {
	body := `,
        {"name": "body", "in": "body", "required": true, "schema": {"$ref": "#/definitions/ThingInput"}}`
	for name, document := range map[string]string{
		"no body":             strings.Replace(swagger, body, "", 1),
		"a body without name": strings.Replace(swagger, `{"$ref": "#/definitions/ThingInput"}`, `{"type": "object"}`, 1),
	} {
		got, err := Derive([]byte(document))
		if err == nil || !strings.Contains(err.Error(), "PATCH /api/v1/things/{id}") {
			t.Errorf("%s: Derive = %.80s, %v; want an error that names the PATCH", name, got, err)
		}
	}
}

func TestWhatIsNoSwaggerIsRefused(t *testing.T) {
	twins := strings.Replace(swagger, `"get": {`, `"get": {"operationId": "updateThing",`, 1)
	dangling := strings.Replace(swagger, `"Thing": {`, `"Sing": {`, 1)
	for name, document := range map[string]string{"not JSON": "{", "two operations of one name": twins, "a dangling reference": dangling} {
		if got, err := Derive([]byte(document)); err == nil {
			t.Errorf("%s: Derive = %.80s; want an error", name, got)
		}
	}
}
