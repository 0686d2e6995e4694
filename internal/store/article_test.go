package store_test

import (
	"crypto/sha256"
	"encoding/hex"
	"reflect"
	"slices"
	"strings"
	"testing"

	"gorm.io/gorm"

	"claimtracker/internal/store"
	"claimtracker/internal/tracker"
)

func TestAnArticleIsReadWithItsLatestTextAndSentences(t *testing.T) {
	s := open(t)
	const words = "It was rigged, he said. Nobody saw it.\nОна не была."
	article := newArticle(s, words)
	got := must(s.Articles.Get(bg, article.ID, nil))
	if !reflect.DeepEqual(got, article) {
		t.Errorf("the article was created as\n%+v and read as\n%+v", article, got)
	}
	digest := sha256.Sum256([]byte(words))
	v := got.Latest
	if v.N != 1 || v.Text != words || v.Length != len([]rune(words)) || v.SHA256 != hex.EncodeToString(digest[:]) || v.CapturedAt == 0 {
		t.Errorf("the latest version = %+v; want version 1 of %q", v, words)
	}
	for i, sentence := range v.Sentences {
		alone := must(s.Sentences.Get(bg, sentence.ID, nil))
		if !reflect.DeepEqual(alone, sentence) || sentence.Ordinal != i+1 || string([]rune(words)[sentence.Start:sentence.End]) != sentence.Text {
			t.Errorf("sentence %d = %+v, alone %+v; want what stands at its place", i+1, sentence, alone)
		}
	}
	if len(v.Sentences) != 3 {
		t.Errorf("%q has %d sentences; want 3", words, len(v.Sentences))
	}
}

func TestListsOfArticlesLeaveTheTextOut(t *testing.T) {
	s := open(t)
	newArticle(s, "It was rigged.")
	l := must(s.Articles.List(bg, store.ArticleFilter{}, page("created_at"), nil))
	if v := l.Items[0].Latest; v.N != 1 || v.SHA256 == "" || v.Text != "" || v.Sentences != nil {
		t.Errorf("in a list, the latest version = %+v; want it without text and sentences", v)
	}
}

func TestANewTextIsANewVersionAndTheOldOneStays(t *testing.T) {
	s := open(t)
	article := newArticle(s, "It was rigged.")
	first := article.Latest
	second := must(s.Articles.AddVersion(bg, article.ID, read("It was rigged, he said.")))
	if second.N != 2 || second.Text != "It was rigged, he said." {
		t.Errorf("the new version = %+v; want version 2", second)
	}
	now := must(s.Articles.Get(bg, article.ID, nil))
	if now.Version != 2 || !reflect.DeepEqual(now.Latest, second) {
		t.Errorf("the article is at version %d with the text %+v; want 2 with %+v", now.Version, now.Latest, second)
	}
	if got := must(s.Articles.Version(bg, article.ID, 1)); !reflect.DeepEqual(got, first) {
		t.Errorf("version 1 = %+v; want it as it was, %+v", got, first)
	}
	all := must(s.Articles.Versions(bg, article.ID))
	if len(all) != 2 || all[0].N != 1 || all[1].N != 2 || all[0].Text+all[1].Text != "" {
		t.Errorf("the versions = %+v; want both, without texts", all)
	}
	unchanged(t, s, "the same text again", func() {
		_, err := s.Articles.AddVersion(bg, article.ID, read("It was rigged, he said."))
		wantCode(t, "the same text again", err, tracker.Conflict)
	})
	if third := must(s.Articles.AddVersion(bg, article.ID, read("It was rigged."))); third.N != 3 {
		t.Errorf("the first text once more is version %d; want 3", third.N)
	}
	_, err := s.Articles.AddVersion(bg, 999, read("a"))
	wantCode(t, "a version of no article", err, tracker.NotFound)
	_, err = s.Articles.Versions(bg, 999)
	wantCode(t, "the versions of no article", err, tracker.NotFound)
	_, err = s.Articles.Version(bg, article.ID, 4)
	wantCode(t, "a version that is not there", err, tracker.NotFound)
}

func TestVersionsAddedAtOnceAreCountedOneByOne(t *testing.T) {
	s := open(t)
	article := newArticle(s, "It was rigged.")
	for _, err := range atOnce(6, func(i int) error {
		_, err := s.Articles.AddVersion(bg, article.ID, read(strings.Repeat("It was not. ", i+1)))
		return err
	}) {
		if err != nil {
			t.Errorf("adding a version: %v", err)
		}
	}
	var counted []int64
	for _, v := range must(s.Articles.Versions(bg, article.ID)) {
		counted = append(counted, v.N)
	}
	if want := []int64{1, 2, 3, 4, 5, 6, 7}; !slices.Equal(counted, want) {
		t.Errorf("the versions are %v; want %v", counted, want)
	}
}

func TestTheDatabaseItselfRefusesToChangeAText(t *testing.T) {
	s := open(t)
	article := newArticle(s, "It was rigged.")
	for _, statement := range []string{
		"UPDATE article_versions SET text = 'It was not rigged.'",
		"UPDATE article_versions SET text = text",
		"UPDATE article_versions SET sha256 = '' WHERE n = 1",
		"UPDATE sentences SET text = 'It was not rigged.'",
		"UPDATE sentences SET span_end = span_end + 1",
		"UPDATE sentences SET article_id = article_id",
		"INSERT OR REPLACE INTO article_versions SELECT article_id, n, language, sha256, length, captured_at, 'It was not.' FROM article_versions",
		"INSERT OR REPLACE INTO sentences SELECT id, article_id, article_version, ordinal, span_start, span_end, 'It was not.' FROM sentences",
		"INSERT OR REPLACE INTO sentences SELECT id + 9, article_id, article_version, ordinal, span_start, span_end, 'It was not.' FROM sentences",
	} {
		unchanged(t, s, statement, func() {
			if err := s.Write(bg, func(tx *gorm.DB) error { return tx.Exec(statement).Error }); err == nil {
				t.Errorf("%s was done; want it refused", statement)
			}
		})
	}
	if got := must(s.Articles.Get(bg, article.ID, nil)); !reflect.DeepEqual(got, article) {
		t.Errorf("the article = %+v; want it as it was, %+v", got, article)
	}
}

func TestArticlesWithTheSameTextNameEachOther(t *testing.T) {
	s := open(t)
	first, second, other := newArticle(s, "It was rigged."), newArticle(s, "It was rigged."), newArticle(s, "It was not.")
	if got := must(s.Articles.Get(bg, first.ID, nil)).SameTextAs; !slices.Equal(got, []int64{second.ID}) {
		t.Errorf("the same text as article %d have %v; want %d", first.ID, got, second.ID)
	}
	if got := must(s.Articles.Get(bg, other.ID, nil)).SameTextAs; len(got) != 0 {
		t.Errorf("the same text as article %d have %v; want none", other.ID, got)
	}
	must(s.Articles.AddVersion(bg, first.ID, read("It was not.")))
	if got := must(s.Articles.Get(bg, first.ID, nil)).SameTextAs; !slices.Equal(got, []int64{other.ID}) {
		t.Errorf("after a new version, the same text have %v; want %d", got, other.ID)
	}
	if got := must(s.Articles.Get(bg, second.ID, nil)).SameTextAs; !slices.Equal(got, []int64{first.ID}) {
		t.Errorf("the text of an older version of an article have %v; want %d", got, first.ID)
	}
}

func TestAnArticleOfVeryManySentencesIsKeptWhole(t *testing.T) {
	s := open(t)
	article := newArticle(s, strings.Repeat("It was rigged.\n", 2500))
	if n := len(must(s.Articles.Get(bg, article.ID, nil)).Latest.Sentences); n != 2500 {
		t.Errorf("of 2500 sentences %d were kept", n)
	}
	if err := s.Articles.Delete(bg, article.ID, anyVersion); err != nil {
		t.Errorf("deleting it: %v", err)
	}
	_, err := s.Sentences.Get(bg, article.Latest.Sentences[0].ID, nil)
	wantCode(t, "a sentence of a deleted article", err, tracker.NotFound)
}
