package tracker

// ActorInput is all that a client may write of an actor.
type ActorInput struct {
	// Name is the name by which the actor is best known.
	Name string `json:"name" validate:"required" maxLength:"300" example:"Directorate Nine"`
	// Kind says what the actor is.
	Kind ActorKind `json:"kind" validate:"required" example:"security_service"`
	// Country is the state that it belongs to, ISO 3166-1 alpha-2; kept in capitals.
	Country string `json:"country,omitempty" minLength:"2" maxLength:"2" example:"FR"`
	// Aliases are other names by which it is known.
	Aliases Strings `json:"aliases" swaggertype:"array,string" maxItems:"100" example:"D9"`
	// ParentID is the actor that this one is a part of.
	ParentID *int64 `json:"parent_id,omitzero" minimum:"1" example:"1"`
	// WikidataID is its Wikidata item; no two actors share one.
	WikidataID string `json:"wikidata_id,omitempty" pattern:"^Q[1-9][0-9]*$" example:"Q30"`
	// Description says in a sentence or two who it is.
	Description string `json:"description,omitempty" maxLength:"10000" example:"An invented service, for this example."`
} // @name ActorInput

// Actor is whoever acts in a claim: a state, an agency, a party, a person, a network.
type Actor struct {
	Record
	ActorInput
	// Matches are the texts in which stands what a list was searched for; with highlight=true.
	Matches []Match `json:"matches,omitzero" gorm:"-"`
} // @name Actor

// Check puts the input into canonical form and notes everything that is wrong with it.
func (in *ActorInput) Check(p *Problems) {
	p.Name("/name", &in.Name)
	p.required("/name", in.Name)
	kind(p, "/kind", in.Kind, ActorKinds)
	p.Country("/country", &in.Country)
	p.lines("/aliases", &in.Aliases)
	p.id("/parent_id", in.ParentID)
	p.Wikidata("/wikidata_id", &in.WikidataID)
	p.prose("/description", &in.Description, MaxLongText)
}
