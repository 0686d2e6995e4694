// Command client logs a claim on a running tracker and reads it back, changes it and deletes it, all by the client that is
// generated from docs/openapi.json: what the document says is what the server does, in types that compile.
package main

import (
	"context"
	"fmt"
	"net/http"
	"os"
	"time"

	"github.com/oapi-codegen/nullable"

	"claimtracker.example/client/tracker"
)

func main() {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	if err := run(ctx, os.Args[1]); err != nil {
		fmt.Fprintln(os.Stderr, "client:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, server string) error {
	c, err := tracker.NewClientWithResponses(server)
	if err != nil {
		return err
	}

	source, err := c.CreateSourceWithResponse(ctx, tracker.SourceInput{Name: "The Harbour Ledger", Kind: tracker.SourceNewsOutlet})
	if err != nil || source.JSON201 == nil {
		return failed("createSource", err, source)
	}
	url, title := "https://harbour-ledger.example/denied", "Minister denies meddling"
	text := "HARBOUR CITY, 3 May\nA minister denied on Friday — 🗳 — that her government had meddled in the vote."
	article, err := c.CreateArticleWithResponse(ctx, tracker.NewArticle{SourceId: source.JSON201.Id,
		Url: &url, Title: &title, Text: &text})
	if err != nil || article.JSON201 == nil {
		return failed("createArticle", err, article)
	}
	sentences := *article.JSON201.Latest.Sentences
	sentence := sentences[len(sentences)-1]

	denies := tracker.Stance("denies")
	claim, err := c.CreateClaimWithResponse(ctx, tracker.NewClaim{Text: "The government did not meddle in the vote.", Kind: tracker.ClaimDenial,
		Tags: &[]string{"client"}, Occurrence: tracker.NewOccurrence{SentenceId: &sentence.Id, Stance: &denies}})
	if err != nil || claim.JSON201 == nil {
		return failed("createClaim", err, claim)
	}
	id := claim.JSON201.Id

	expand := []tracker.GetClaimParamsExpand{"sentences", "article", "source"}
	read, err := c.GetClaimWithResponse(ctx, id, &tracker.GetClaimParams{Expand: &expand})
	if err != nil || read.JSON200 == nil {
		return failed("getClaim", err, read)
	}
	origin := read.JSON200.Origin
	if origin.Exact != sentence.Text || (*origin.Sentences)[0].Id != sentence.Id || origin.Article.Source.Name != "The Harbour Ledger" {
		return fmt.Errorf("getClaim: the claim came back on other words: %s", read.Body)
	}
	if words := string([]rune(*article.JSON201.Latest.Text)[origin.Start:origin.End]); words != origin.Exact {
		return fmt.Errorf("getClaim: the span holds %q; want %q", words, origin.Exact)
	}

	kinds, sources := []tracker.ClaimKind{tracker.ClaimDenial, tracker.ClaimPledge}, []int64{source.JSON201.Id}
	list, err := c.ListClaimsWithResponse(ctx, &tracker.ListClaimsParams{Kind: &kinds, SourceId: &sources})
	if err != nil || list.JSON200 == nil {
		return failed("listClaims", err, list)
	}
	if len(list.JSON200.Items) != 1 || list.JSON200.Items[0].Id != id || !list.JSON200.Next.IsNull() {
		return fmt.Errorf("listClaims: want the claim %d alone: %s", id, list.Body)
	}

	if err := ask(ctx, c, sentence.Id, id); err != nil {
		return err
	}

	reviewed := tracker.StatusInReview
	patch := tracker.ClaimPatch{Status: &reviewed, Tags: nullable.NewNullNullable[[]string]()}
	updated, err := c.UpdateClaimWithApplicationMergePatchPlusJSONBodyWithResponse(ctx, id, &tracker.UpdateClaimParams{IfMatch: *read.Headers200.ETag}, patch)
	if err != nil || updated.JSON200 == nil {
		return failed("updateClaim", err, updated)
	}
	if got := updated.JSON200; *got.Status != reviewed || len(got.Tags) != 0 || got.Text != claim.JSON201.Text {
		return fmt.Errorf("updateClaim: want it in review, without tags, its words as they were: %s", updated.Body)
	}

	stale, err := c.UpdateClaimWithResponse(ctx, id, &tracker.UpdateClaimParams{IfMatch: *read.Headers200.ETag}, patch)
	if err != nil || stale.ApplicationproblemJSON412 == nil {
		return failed("updateClaim of an old version", err, stale)
	}
	invalid, err := c.CreateClaimWithResponse(ctx, tracker.NewClaim{Kind: "doubt", Occurrence: tracker.NewOccurrence{SentenceId: &sentence.Id}})
	if err != nil || invalid.ApplicationproblemJSON422 == nil || len(*invalid.ApplicationproblemJSON422.Errors) != 2 {
		return failed("createClaim of a wrong kind and without text", err, invalid)
	}

	deleted, err := c.DeleteClaimWithResponse(ctx, id, &tracker.DeleteClaimParams{})
	if err != nil || deleted.StatusCode() != http.StatusNoContent {
		return failed("deleteClaim", err, deleted)
	}
	gone, err := c.GetClaimWithResponse(ctx, id, nil)
	if err != nil || gone.ApplicationproblemJSON404 == nil {
		return failed("getClaim of one that is deleted", err, gone)
	}
	fmt.Println("the generated client logged claims, read, counted and found them, changed one and deleted it")
	return nil
}

// ask logs one more claim with a bulk request, and finds both by what counts and by what searches.
func ask(ctx context.Context, c *tracker.ClientWithResponses, sentence, first int64) error {
	tags := []string{"client"}
	bulk, err := c.CreateClaimsWithResponse(ctx, nil, []tracker.NewClaim{{Text: "The vote was quiet.", Kind: tracker.ClaimAssessment,
		Tags: &tags, Occurrence: tracker.NewOccurrence{SentenceId: &sentence}}})
	if err != nil || bulk.JSON201 == nil {
		return failed("createClaims", err, bulk)
	}
	second := *bulk.JSON201.Items[0].Id
	counts, err := c.CountClaimsWithResponse(ctx, &tracker.CountClaimsParams{Tag: &tags, Field: []tracker.CountClaimsParamsField{"kind"}})
	if err != nil || counts.JSON200 == nil {
		return failed("countClaims", err, counts)
	}
	if facets := counts.JSON200; facets.Total != 2 || len(facets.Facets[0].Buckets) != 2 {
		return fmt.Errorf("countClaims: want one claim of either kind: %s", counts.Body)
	}
	timeline, err := c.GetTimelineWithResponse(ctx, &tracker.GetTimelineParams{Tag: &tags})
	if err != nil || timeline.JSON200 == nil {
		return failed("getTimeline", err, timeline)
	}
	found, err := c.SearchWithResponse(ctx, &tracker.SearchParams{Q: "quiet vot*"})
	if err != nil || found.JSON200 == nil {
		return failed("search", err, found)
	}
	if items := found.JSON200.Items; len(items) == 0 || items[0].Id != second {
		return fmt.Errorf("search: want the claim %d first, and not %d: %s", second, first, found.Body)
	}
	return nil
}

// answer is what every generated response has.
type answer interface {
	Status() string
	GetBody() []byte
}

func failed(operation string, err error, got answer) error {
	if err != nil {
		return fmt.Errorf("%s: %w", operation, err)
	}
	return fmt.Errorf("%s: %s: %s", operation, got.Status(), got.GetBody())
}
