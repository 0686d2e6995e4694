package tracker

import "slices"

// SourceKind says what a source is.
type SourceKind string // @name SourceKind

// The kinds of source.
const (
	SourceNewsOutlet         SourceKind = "news_outlet"
	SourceWireAgency         SourceKind = "wire_agency"
	SourceBroadcaster        SourceKind = "broadcaster"
	SourceGovernmentBody     SourceKind = "government_body"
	SourceIntelligenceAgency SourceKind = "intelligence_agency"
	SourceLawEnforcement     SourceKind = "law_enforcement"
	SourceThinkTank          SourceKind = "think_tank"
	SourceAcademic           SourceKind = "academic"
	SourceCivilSociety       SourceKind = "civil_society"
	SourceTechnologyCompany  SourceKind = "technology_company"
	SourcePrivateConsultancy SourceKind = "private_consultancy"
	SourceIndividual         SourceKind = "individual"
	SourceSocialAccount      SourceKind = "social_account"
	SourceAnonymous          SourceKind = "anonymous"
	SourceOther              SourceKind = "other"
)

// SourceKinds are all kinds of source.
var SourceKinds = []SourceKind{SourceNewsOutlet, SourceWireAgency, SourceBroadcaster, SourceGovernmentBody,
	SourceIntelligenceAgency, SourceLawEnforcement, SourceThinkTank, SourceAcademic, SourceCivilSociety,
	SourceTechnologyCompany, SourcePrivateConsultancy, SourceIndividual, SourceSocialAccount, SourceAnonymous, SourceOther}

// ActorKind says what an actor is.
type ActorKind string // @name ActorKind

// The kinds of actor.
const (
	ActorState           ActorKind = "state"
	ActorGovernmentBody  ActorKind = "government_body"
	ActorSecurityService ActorKind = "security_service"
	ActorPoliticalParty  ActorKind = "political_party"
	ActorOrganization    ActorKind = "organization"
	ActorCompany         ActorKind = "company"
	ActorPerson          ActorKind = "person"
	ActorNetwork         ActorKind = "network"
	ActorOnlinePersona   ActorKind = "online_persona"
	ActorUnknown         ActorKind = "unknown"
)

// ActorKinds are all kinds of actor.
var ActorKinds = []ActorKind{ActorState, ActorGovernmentBody, ActorSecurityService, ActorPoliticalParty,
	ActorOrganization, ActorCompany, ActorPerson, ActorNetwork, ActorOnlinePersona, ActorUnknown}

// Role is the part that an actor plays in a claim.
type Role string // @name Role

// The roles of an actor in a claim.
const (
	RoleSpeaker     Role = "speaker"     // whose words the claim is
	RoleAccused     Role = "accused"     // whom it says did it
	RoleTarget      Role = "target"      // at whom it was aimed
	RoleBeneficiary Role = "beneficiary" // who gains by it
	RoleAttributor  Role = "attributor"  // who says who did it
)

// Roles are all roles of an actor in a claim.
var Roles = []Role{RoleSpeaker, RoleAccused, RoleTarget, RoleBeneficiary, RoleAttributor}

// ClaimKind says what sort of assertion a claim is.
type ClaimKind string // @name ClaimKind

// The kinds of claim.
const (
	ClaimAllegation  ClaimKind = "allegation"
	ClaimAttribution ClaimKind = "attribution"
	ClaimDenial      ClaimKind = "denial"
	ClaimPledge      ClaimKind = "pledge"
	ClaimAssessment  ClaimKind = "assessment"
	ClaimPrediction  ClaimKind = "prediction"
	ClaimWarning     ClaimKind = "warning"
	ClaimStatistic   ClaimKind = "statistic"
	ClaimOther       ClaimKind = "other"
)

// ClaimKinds are all kinds of claim.
var ClaimKinds = []ClaimKind{ClaimAllegation, ClaimAttribution, ClaimDenial, ClaimPledge, ClaimAssessment,
	ClaimPrediction, ClaimWarning, ClaimStatistic, ClaimOther}

// ClaimStatus is how far the work on a claim has come.
type ClaimStatus string // @name ClaimStatus

// The states of the work on a claim.
const (
	StatusLogged   ClaimStatus = "logged"
	StatusInReview ClaimStatus = "in_review"
	StatusReviewed ClaimStatus = "reviewed"
	StatusArchived ClaimStatus = "archived"
)

// ClaimStatuses are all states of the work on a claim.
var ClaimStatuses = []ClaimStatus{StatusLogged, StatusInReview, StatusReviewed, StatusArchived}

// Next are the states that may follow s, other than s itself.
func (s ClaimStatus) Next() []ClaimStatus {
	switch s {
	case StatusLogged:
		return []ClaimStatus{StatusInReview}
	case StatusInReview:
		return []ClaimStatus{StatusReviewed}
	case StatusReviewed:
		return []ClaimStatus{StatusArchived, StatusInReview}
	case StatusArchived:
		return []ClaimStatus{StatusLogged}
	default:
		return nil
	}
}

// CheckTransition is nil when a claim in state s may go to state to, else a Conflict that names what is allowed.
func (s ClaimStatus) CheckTransition(to ClaimStatus) error {
	if s == to || slices.Contains(s.Next(), to) {
		return nil
	}
	err := Errorf(Conflict, "A claim that is %s cannot become %s; it can become %s", s, to, Listed(s.Next()))
	for _, next := range s.Next() {
		err.Allowed = append(err.Allowed, string(next))
	}
	return err
}

// Stance says what an article does with a claim at a place where it stands.
type Stance string // @name Stance

// The stances of an article towards a claim.
const (
	StanceAsserts   Stance = "asserts"
	StanceReports   Stance = "reports"
	StanceDenies    Stance = "denies"
	StanceQuestions Stance = "questions"
	StanceRebuts    Stance = "rebuts"
)

// Stances are all stances of an article towards a claim.
var Stances = []Stance{StanceAsserts, StanceReports, StanceDenies, StanceQuestions, StanceRebuts}

// ElectionLevel says how much of a country, or of how many, an election is for.
type ElectionLevel string // @name ElectionLevel

// The levels of election.
const (
	LevelNational      ElectionLevel = "national"
	LevelRegional      ElectionLevel = "regional"
	LevelLocal         ElectionLevel = "local"
	LevelSupranational ElectionLevel = "supranational"
)

// ElectionLevels are all levels of election.
var ElectionLevels = []ElectionLevel{LevelNational, LevelRegional, LevelLocal, LevelSupranational}

// ElectionKind says what an election decides.
type ElectionKind string // @name ElectionKind

// The kinds of election.
const (
	ElectionPresidential  ElectionKind = "presidential"
	ElectionParliamentary ElectionKind = "parliamentary"
	ElectionMunicipal     ElectionKind = "municipal"
	ElectionReferendum    ElectionKind = "referendum"
	ElectionPrimary       ElectionKind = "primary"
	ElectionOther         ElectionKind = "other"
)

// ElectionKinds are all kinds of election.
var ElectionKinds = []ElectionKind{ElectionPresidential, ElectionParliamentary, ElectionMunicipal, ElectionReferendum,
	ElectionPrimary, ElectionOther}
