package rest_test

import "testing"

var presidential = object{"name": "2024 United States presidential election", "country": "US", "level": "national",
	"kind": "presidential", "date": "2024-11-05"}

func TestAnElectionIsCreatedReadReplacedAndDeleted(t *testing.T) {
	a := open(t)
	created := a.post("/api/v1/elections", presidential).wants(201)
	for field, value := range presidential {
		created.has("/"+field, value)
	}
	here := created.header.Get("Location")
	a.get(here).wants(200).has("/date", "2024-11-05")
	a.put(here, created.etag(), object{"name": "EP 2024", "level": "supranational", "kind": "parliamentary"}).wants(200).
		has("/name", "EP 2024", "/country", nil, "/date", nil, "/version", 2)
	a.delete(here).wants(204)
	a.get(here).wants(404)
}

func TestEveryWrongFieldOfAnElectionIsTold(t *testing.T) {
	a := open(t)
	for field, rows := range map[string][][2]any{
		"name":    {{" ", "required"}},
		"country": {{"EU", "not_in_vocabulary"}, {"eu", "not_in_vocabulary"}, {gone, "required"}},
		"level":   {{"global", "not_in_vocabulary"}, {gone, "required"}},
		"kind":    {{"Presidential", "not_in_vocabulary"}, {gone, "required"}},
		"date": {{"2023-02-29", "format"}, {"2024-2-1", "format"}, {"2024-02-01T00:00:00Z", "format"}, {"0000-01-01", "format"},
			{"05/11/2024", "format"}, {"2024-02-30\x00", "format"}},
	} {
		for _, row := range rows {
			a.post("/api/v1/elections", changed(presidential, field, row[0])).wants(422).names("#/" + field + " " + row[1].(string))
		}
	}
	a.post("/api/v1/elections", object{"date": "x"}).wants(422).
		names("#/name required", "#/country required", "#/level required", "#/kind required", "#/date format")
	a.post("/api/v1/elections", changed(presidential, "date", "2024-02-29")).wants(201)
	a.post("/api/v1/elections", changed(presidential, "country", "us")).wants(201).has("/country", "US")
}

func TestAnElectionThatClaimsAreAboutIsNotDeleted(t *testing.T) {
	a := openWorld(t)
	a.delete("/api/v1/elections/1").wants(409).has("/references", object{"claims": 2})
	a.delete("/api/v1/elections/3").wants(204)
}
