package tracker

import (
	"slices"
	"strconv"
	"strings"
)

// ClaimInput is all that a client may write of a claim once it is there.
type ClaimInput struct {
	// Text is one checkable assertion, in the analyst's words.
	Text string `json:"text" validate:"required" maxLength:"10000" example:"The leader assured his counterpart that his country would not interfere in the election."`
	// Kind says what sort of assertion it is.
	Kind ClaimKind `json:"kind" validate:"required" example:"pledge"`
	// Status is how far the work on it has come. Left out, it stays as it is; a new claim is logged. It moves logged,
	// in_review, reviewed, archived; back from reviewed to in_review, and from archived to logged.
	Status ClaimStatus `json:"status,omitempty" example:"logged"`
	// ElectionID is the election that it is about.
	ElectionID *int64 `json:"election_id,omitzero" minimum:"1" example:"1"`
	// ClaimedOn is the day on which it was claimed.
	ClaimedOn Date `json:"claimed_on,omitempty" swaggertype:"string" format:"date" example:"2023-11-15"`
	// Language is the language that Text is written in, BCP 47.
	Language string `json:"language,omitempty" maxLength:"35" example:"en"`
	// Tags are free words to find it by; kept in lower case.
	Tags []string `json:"tags" gorm:"-" maxItems:"100" example:"diplomacy"`
	// Techniques are codes of DISARM Red.
	Techniques []string `json:"techniques" gorm:"-" maxItems:"100" example:"T0068"`
	// Actors are those who act in it, each in a role; one actor may have several roles.
	Actors []ActorRole `json:"actors" gorm:"-" maxItems:"100"`
} // @name ClaimInput

// ActorRole is an actor's part in a claim.
type ActorRole struct {
	// ActorID is the actor.
	ActorID int64 `json:"actor_id" validate:"required" minimum:"1" example:"1"`
	// Role is the part that it plays.
	Role Role `json:"role" validate:"required" example:"speaker"`
} // @name ActorRole

// NewClaim is what makes a claim: its Input and the words it comes from.
type NewClaim struct {
	ClaimInput
	// Occurrence is where the claim stands. It is the claim's origin, whatever its is_origin says.
	Occurrence NewOccurrence `json:"occurrence" validate:"required"`
} // @name NewClaim

// Claim is one checkable assertion about interference in an election.
type Claim struct {
	Record
	ClaimInput
	// StatusSince is when it came to be in the state that it is in (UTC, RFC 3339, microseconds).
	StatusSince Instant `json:"status_since" swaggertype:"string" format:"date-time" validate:"required" example:"2024-01-31T08:34:00.000000Z"`
	// Actors are those who act in it, each in a role, in the order they were written.
	Actors []ClaimActor `json:"actors" gorm:"-" validate:"required"`
	// Origin is the place that the claim was logged from.
	Origin Occurrence `json:"origin" gorm:"-" validate:"required"`
	// Election is the record that election_id names; with expand=election.
	Election *Election `json:"election,omitempty" gorm:"-"`
	// TechniqueRecords are the records that techniques names; with expand=techniques.
	TechniqueRecords []Technique `json:"technique_records,omitzero" gorm:"-"`
	// Occurrences are the first 100 places where it stands, the origin among them, in the order they were logged; with
	// expand=occurrences.
	Occurrences []Occurrence `json:"occurrences,omitzero" gorm:"-"`
	// MoreOccurrences says that there are more: GET /api/v1/occurrences?claim_id= lists them all.
	MoreOccurrences bool `json:"more_occurrences,omitzero" gorm:"-"`
	// Matches are the texts in which stands what a list was searched for; with highlight=true.
	Matches []Match `json:"matches,omitzero" gorm:"-"`
} // @name Claim

// ClaimActor is an actor's part in a claim, as it is read.
type ClaimActor struct {
	ActorRole
	// Actor is the record that actor_id names; with expand=actors.
	Actor *Actor `json:"actor,omitempty" gorm:"-"`
} // @name ClaimActor

// Check puts the input into canonical form and notes everything that is wrong with it.
func (in *ClaimInput) Check(p *Problems) {
	p.prose("/text", &in.Text, MaxLongText)
	p.required("/text", in.Text)
	kind(p, "/kind", in.Kind, ClaimKinds)
	oneOf(p, "/status", in.Status, ClaimStatuses)
	p.id("/election_id", in.ElectionID)
	p.Date("/claimed_on", in.ClaimedOn)
	p.Language("/language", &in.Language)
	for i := range in.Tags {
		in.Tags[i] = strings.ToLower(in.Tags[i]) // the rest of what Tag does, lines does with each entry
	}
	p.lines("/tags", (*Strings)(&in.Tags))
	p.lines("/techniques", (*Strings)(&in.Techniques))
	if in.Actors == nil {
		in.Actors = []ActorRole{}
	}
	if !p.entries("/actors", len(in.Actors)) {
		return
	}
	seen := map[ActorRole]bool{}
	for i, a := range in.Actors {
		at := "/actors/" + strconv.Itoa(i)
		if a.ActorID == 0 {
			p.Add(at+"/actor_id", "required", "must be given: the id of an actor")
		}
		kind(p, at+"/role", a.Role, Roles)
		if seen[a] {
			p.Add(at, "duplicate", "the actor has this role already")
		}
		seen[a] = true
	}
}

// Begin puts the input of a new claim at the beginning of its work, and notes it where it says otherwise.
func (in *ClaimInput) Begin(p *Problems) {
	if in.Status == "" {
		in.Status = StatusLogged
	}
	if in.Status != StatusLogged && slices.Contains(ClaimStatuses, in.Status) {
		p.Add("/status", "not_allowed", "a new claim is logged; leave it out")
	}
}

// Move is nil when a claim that was in a state may go to that of the input, else a Conflict. A state that is left out stays.
func (in *ClaimInput) Move(was ClaimStatus) error {
	if in.Status == "" {
		in.Status = was
	}
	return was.CheckTransition(in.Status)
}
