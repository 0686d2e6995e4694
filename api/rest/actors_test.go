package rest_test

import "testing"

var directorate = object{
	"name": "Directorate Nine", "kind": "security_service", "country": "FR", "aliases": list{"D9", "The Ninth"},
	"wikidata_id": "Q4711", "description": "An invented service.",
}

func TestAnActorIsCreatedReadReplacedAndDeleted(t *testing.T) {
	a := open(t)
	parent := a.actor("Ministry")
	in := changed(directorate, "parent_id", parent)
	created := a.post("/api/v1/actors", in).wants(201)
	for field, value := range in {
		created.has("/"+field, value)
	}
	here := created.header.Get("Location")
	a.get(here).wants(200).has("/name", "Directorate Nine", "/version", 1)
	a.put(here, created.etag(), object{"name": "D10", "kind": "unknown"}).wants(200).
		has("/name", "D10", "/kind", "unknown", "/parent_id", nil, "/wikidata_id", nil, "/aliases", list{}, "/version", 2)
	a.delete(here).wants(204)
	a.get(here).wants(404)
	a.delete(path("actors", parent)).wants(204)
}

func TestEveryWrongFieldOfAnActorIsTold(t *testing.T) {
	a := open(t)
	for field, rows := range map[string][][2]any{
		"name":        {{"", "required"}},
		"kind":        {{"spy", "not_in_vocabulary"}, {gone, "required"}},
		"country":     {{"ZZ", "not_in_vocabulary"}, {"zz", "not_in_vocabulary"}},
		"aliases":     {{list{}, ""}},
		"parent_id":   {{99, "not_found"}, {0, "out_of_range"}, {-1, "out_of_range"}},
		"wikidata_id": {{"30", "format"}, {"q30", "format"}, {"Q0", "format"}, {"Q9999999999999", "format"}},
	} {
		for _, row := range rows {
			if row[1] != "" {
				a.post("/api/v1/actors", changed(directorate, field, row[0])).wants(422).names("#/" + field + " " + row[1].(string))
			}
		}
	}
	a.post("/api/v1/actors", object{"kind": "spy", "country": "fx", "parent_id": 7, "wikidata_id": "x"}).wants(422).
		names("#/name required", "#/kind not_in_vocabulary", "#/country not_in_vocabulary", "#/parent_id not_found", "#/wikidata_id format")
}

func TestTheCountryOfAnActorIsKeptInCapitals(t *testing.T) {
	a := open(t)
	for _, country := range []string{"fr", "Fr", "fR", "FR"} {
		in := object{"name": "A", "kind": "state", "country": country}
		id := a.post("/api/v1/actors", in).wants(201).has("/country", "FR").id()
		a.put(path("actors", id), "*", in).wants(200).has("/country", "FR", "/version", 1) // no change
		a.patch(path("actors", id), "*", object{"country": "x" + country[1:]}).wants(422).names("#/country not_in_vocabulary")
		a.patch(path("actors", id), "*", object{"country": "xk"}).wants(200).has("/country", "XK")
	}
}

func TestNoTwoActorsShareAWikidataItem(t *testing.T) {
	a := open(t)
	first := a.post("/api/v1/actors", directorate).wants(201)
	a.post("/api/v1/actors", directorate).wants(409).has("/existing", object{"id": first.id(), "href": "/api/v1/actors/1"})
	other := a.actor("Other")
	a.patch(path("actors", other), "*", object{"wikidata_id": "Q4711"}).wants(409).has("/existing/href", "/api/v1/actors/1")
	a.put("/api/v1/actors/1", "*", changed(directorate, "country", "DE")).wants(200)
	a.delete("/api/v1/actors/1").wants(204)
	a.patch(path("actors", other), "*", object{"wikidata_id": "Q4711"}).wants(200)
}

func TestAnActorIsNoPartOfItself(t *testing.T) {
	a := open(t)
	top, middle, bottom := a.actor("top"), a.actor("middle"), a.actor("bottom")
	a.patch(path("actors", middle), "*", object{"parent_id": top}).wants(200)
	a.patch(path("actors", bottom), "*", object{"parent_id": middle}).wants(200)
	for _, below := range []int{top, middle, bottom} {
		a.patch(path("actors", top), "*", object{"parent_id": below}).wants(422).names("#/parent_id cycle")
	}
	a.patch(path("actors", bottom), "*", object{"parent_id": top}).wants(200)
}

func TestAnActorThatIsPointedAtIsNotDeleted(t *testing.T) {
	a := openWorld(t)
	a.delete("/api/v1/actors/1").wants(409).has("/references", object{"claims": 1, "actors": 2})
	a.delete("/api/v1/actors/3").wants(409).has("/references", object{"claims": 2})
	a.delete("/api/v1/actors/2").wants(409).has("/references", object{"actors": 1})
	a.delete("/api/v1/actors/4").wants(204)
	a.delete("/api/v1/actors/2").wants(204)
}
