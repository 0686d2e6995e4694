package tracker

// SourceInput is all that a client may write of a source.
type SourceInput struct {
	// Name is what the source calls itself.
	Name string `json:"name" validate:"required" maxLength:"300" example:"The Harbour Ledger"`
	// Kind says what the source is.
	Kind SourceKind `json:"kind" validate:"required" example:"news_outlet"`
	// Domain is the host name under which it publishes, without scheme or path.
	Domain string `json:"domain,omitempty" maxLength:"253" example:"harbour-ledger.example"`
	// URL is its home page.
	URL string `json:"url,omitempty" maxLength:"2048" format:"uri" example:"https://harbour-ledger.example/"`
	// Country is where it is based, ISO 3166-1 alpha-2; kept in capitals.
	Country string `json:"country,omitempty" minLength:"2" maxLength:"2" example:"GB"`
	// Language is the language in which it mostly publishes, BCP 47.
	Language string `json:"language,omitempty" maxLength:"35" example:"en"`
	// Aliases are other names by which it is known.
	Aliases Strings `json:"aliases" swaggertype:"array,string" maxItems:"100" example:"Ledger"`
	// Description says in a sentence or two what it is.
	Description string `json:"description,omitempty" maxLength:"10000" example:"A daily paper of a port city."`
} // @name SourceInput

// Source is whoever published or originated a report: an outlet, an agency, an official body, a person, an anonymous voice.
type Source struct {
	Record
	SourceInput
	// Matches are the texts in which stands what a list was searched for; with highlight=true.
	Matches []Match `json:"matches,omitzero" gorm:"-"`
} // @name Source

// Check puts the input into canonical form and notes everything that is wrong with it.
func (in *SourceInput) Check(p *Problems) {
	p.Name("/name", &in.Name)
	p.required("/name", in.Name)
	kind(p, "/kind", in.Kind, SourceKinds)
	p.Domain("/domain", &in.Domain)
	p.Link("/url", &in.URL)
	p.Country("/country", &in.Country)
	p.Language("/language", &in.Language)
	p.lines("/aliases", &in.Aliases)
	p.prose("/description", &in.Description, MaxLongText)
}
