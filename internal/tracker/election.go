package tracker

// ElectionInput is all that a client may write of an election.
type ElectionInput struct {
	// Name says which election it is.
	Name string `json:"name" validate:"required" maxLength:"300" example:"2024 United States presidential election"`
	// Country is where it is held, ISO 3166-1 alpha-2, kept in capitals; left out for a supranational one.
	Country string `json:"country,omitempty" minLength:"2" maxLength:"2" example:"US"`
	// Level says how much of a country it is for.
	Level ElectionLevel `json:"level" validate:"required" example:"national"`
	// Kind says what it decides.
	Kind ElectionKind `json:"kind" validate:"required" example:"presidential"`
	// Date is the (first) day of voting.
	Date Date `json:"date,omitempty" swaggertype:"string" format:"date" example:"2024-11-05"`
} // @name ElectionInput

// Election is a vote that claims are about.
type Election struct {
	Record
	ElectionInput
} // @name Election

// Check puts the input into canonical form and notes everything that is wrong with it.
func (in *ElectionInput) Check(p *Problems) {
	p.Name("/name", &in.Name)
	p.required("/name", in.Name)
	p.Country("/country", &in.Country)
	if in.Country == "" && in.Level != LevelSupranational {
		p.Add("/country", "required", "must be given, unless the level is supranational")
	}
	kind(p, "/level", in.Level, ElectionLevels)
	kind(p, "/kind", in.Kind, ElectionKinds)
	p.Date("/date", in.Date)
}
