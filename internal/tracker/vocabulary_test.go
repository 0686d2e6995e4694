package tracker

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
)

func TestClaimsMoveThroughTheirStatesAsTheDesignSays(t *testing.T) {
	allowed := map[ClaimStatus][]ClaimStatus{
		StatusLogged:   {StatusInReview},
		StatusInReview: {StatusReviewed},
		StatusReviewed: {StatusArchived, StatusInReview},
		StatusArchived: {StatusLogged},
	}
	if len(allowed) != len(ClaimStatuses) {
		t.Fatalf("the table has %d states; want all %d", len(allowed), len(ClaimStatuses))
	}
	for _, from := range ClaimStatuses {
		for _, to := range ClaimStatuses {
			err := from.CheckTransition(to)
			if want := from == to || slices.Contains(allowed[from], to); (err == nil) != want {
				t.Errorf("a claim from %s to %s: %v; want allowed = %t", from, to, err, want)
			}
		}
	}
}

func TestARefusedMoveSaysWhatIsAllowed(t *testing.T) {
	for from, want := range map[ClaimStatus]string{
		StatusLogged: "in_review", StatusInReview: "reviewed", StatusReviewed: "archived, in_review", StatusArchived: "logged",
	} {
		refused := slices.IndexFunc(ClaimStatuses, func(to ClaimStatus) bool { return from.CheckTransition(to) != nil })
		err, _ := errors.AsType[*Error](from.CheckTransition(ClaimStatuses[refused]))
		if got := strings.Join(err.Allowed, ", "); err.Code != Conflict || got != want || !strings.HasSuffix(err.Detail, want) {
			t.Errorf("from %s: code %s, allowed %s, detail %q; want %s, %s, and the detail to name them", from, err.Code, got, err.Detail, Conflict, want)
		}
	}
}

func TestNoClaimLeavesAStateThatThereIsNot(t *testing.T) {
	for _, to := range ClaimStatuses {
		if err := ClaimStatus("rigged").CheckTransition(to); CodeOf(err) != Conflict {
			t.Errorf("from rigged to %s: %v; want a conflict", to, err)
		}
	}
}

func TestVocabulariesHoldTheExactCodesOfTheDesign(t *testing.T) {
	for name, test := range map[string]struct{ got, want string }{
		"source kind": {fmt.Sprint(SourceKinds), "[news_outlet wire_agency broadcaster government_body intelligence_agency law_enforcement think_tank" +
			" academic civil_society technology_company private_consultancy individual social_account anonymous other]"},
		"actor kind": {fmt.Sprint(ActorKinds), "[state government_body security_service political_party organization company person network" +
			" online_persona unknown]"},
		"role":           {fmt.Sprint(Roles), "[speaker accused target beneficiary attributor]"},
		"claim kind":     {fmt.Sprint(ClaimKinds), "[allegation attribution denial pledge assessment prediction warning statistic other]"},
		"claim status":   {fmt.Sprint(ClaimStatuses), "[logged in_review reviewed archived]"},
		"stance":         {fmt.Sprint(Stances), "[asserts reports denies questions rebuts]"},
		"election level": {fmt.Sprint(ElectionLevels), "[national regional local supranational]"},
		"election kind":  {fmt.Sprint(ElectionKinds), "[presidential parliamentary municipal referendum primary other]"},
	} {
		if test.got != test.want {
			t.Errorf("the vocabulary of %s = %s; want %s", name, test.got, test.want)
		}
	}
}
