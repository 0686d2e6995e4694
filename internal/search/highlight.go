package search

import (
	"slices"
	"strings"
	"unicode/utf8"
)

// Span is a part of a text: the code points [Start, End).
type Span struct{ Start, End int }

// Fragment is a part of a text in which something was found.
type Fragment struct {
	Span
	Text  string
	Found []Span // in the whole text, as Span is
}

// The size of a fragment, in code points: all of it, and what of it stands before the first thing that was found.
const (
	fragmentLength = 200
	fragmentLead   = 60
)

// Fragments are the first parts of a text, so many at the most, in which a phrase stands that the query is to find. They
// begin and end with a word, or with the text, and do not overlap. What the query is to be without does not count.
func (q Query) Fragments(text string, most int) []Fragment {
	h := highlighter{last: map[string][]Phrase{}, keep: 1}
	for _, group := range q.Groups {
		for _, p := range group {
			h.want(p)
		}
	}
	whole := true
	for t := range Terms(text) {
		if h.read(t); len(h.done) == most {
			whole = false
			break
		}
	}
	h.close()
	if len(h.done) == 0 {
		return nil
	}
	return h.texts(text, whole)
}

// highlighter reads the terms of a text and gathers fragments.
type highlighter struct {
	last     map[string][]Phrase // by their last term
	prefixes []Phrase
	keep     int // terms that the longest phrase has

	recent []Term // those before the one that is read, and it
	open   *Fragment
	done   []Fragment
	ended  int // where the last fragment that was closed ends
	end    int // where the last term ends
}

func (h *highlighter) want(p Phrase) {
	h.keep = max(h.keep, len(p.Terms))
	if p.Prefix {
		h.prefixes = append(h.prefixes, p)
	} else {
		last := p.Terms[len(p.Terms)-1]
		h.last[last] = append(h.last[last], p)
	}
}

func (h *highlighter) read(t Term) {
	if h.open != nil && t.End > h.open.Start+fragmentLength && len(h.open.Found) > 0 && t.Start >= h.open.Found[len(h.open.Found)-1].End {
		h.close()
	}
	h.end = t.End
	// As many as a fragment's lead can have, and a phrase.
	if h.recent = append(h.recent, t); len(h.recent) >= 2*(h.keep+fragmentLead) {
		h.recent = slices.Delete(h.recent, 0, h.keep+fragmentLead)
	}
	found, ok := h.found(t)
	if !ok {
		return
	}
	if h.open == nil {
		h.begin(found)
	}
	// A phrase may take in what was found before within it.
	all := h.open.Found
	for len(all) > 0 && found.Start < all[len(all)-1].End {
		found.Start = min(found.Start, all[len(all)-1].Start)
		all = all[:len(all)-1]
	}
	h.open.Found = append(all, found)
	h.open.Start = min(h.open.Start, found.Start)
}

// found is the longest phrase that ends with a term.
func (h *highlighter) found(t Term) (longest Span, ok bool) {
	for _, p := range slices.Concat(h.last[t.Text], h.prefixes) {
		n := len(p.Terms)
		if n > len(h.recent) || p.Prefix && !strings.HasPrefix(t.Text, p.Terms[n-1]) {
			continue
		}
		from := h.recent[len(h.recent)-n:]
		if !slices.EqualFunc(from[:n-1], p.Terms[:n-1], func(t Term, text string) bool { return t.Text == text }) {
			continue
		}
		if !ok || from[0].Start < longest.Start {
			longest, ok = Span{from[0].Start, t.End}, true
		}
	}
	return longest, ok
}

// begin opens a fragment a few words before what was found, or the last one again where that reaches into it.
func (h *highlighter) begin(found Span) {
	if n := len(h.done); n > 0 && found.Start < h.ended {
		h.open, h.done = &h.done[n-1], h.done[:n-1]
		return
	}
	start := found.Start
	for _, t := range slices.Backward(h.recent) {
		if t.Start < found.Start-fragmentLead || t.Start < h.ended {
			break
		}
		start = min(start, t.Start)
	}
	h.open = &Fragment{Span: Span{Start: start}}
}

// close ends the fragment that is open with the last term.
func (h *highlighter) close() {
	if h.open == nil {
		return
	}
	h.open.End, h.ended = h.end, h.end
	closed := *h.open
	h.done, h.open = append(h.done, closed), nil
}

// texts gives the fragments their texts. The first one takes what stands before its first word where that is the text's
// first too, and the last one what stands after the text's last.
func (h *highlighter) texts(text string, whole bool) []Fragment {
	for t := range Terms(text) {
		if t.Start == h.done[0].Start && t.Start <= fragmentLead {
			h.done[0].Start = 0
		}
		break
	}
	at, code := 0, 0 // in bytes and in code points
	to := func(place int) int {
		for ; code < place; code++ {
			_, n := utf8.DecodeRuneInString(text[at:])
			at += n
		}
		return at
	}
	for i := range h.done {
		f := &h.done[i]
		start := to(f.Start)
		f.Text = text[start:to(f.End)]
		if rest := text[at:]; whole && f.End == h.end && len(rest) <= fragmentLead {
			f.Text, f.End = text[start:], f.End+utf8.RuneCountInString(rest)
		}
	}
	return h.done
}
