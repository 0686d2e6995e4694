package text

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Split returns the sentences of a normalised text, in order, as ranges of code points.
//
// A line is read by itself, so that a heading, a dateline and a byline are each a sentence of their own and none crosses
// a line's end. Within a line the candidates are the characters of Unicode's Sentence_Terminal property, the stops of
// UAX #29, and the ellipsis; whether one of them ends a sentence is for the rules of the language to say. The language
// is a BCP 47 tag; without one ("" or "und") it is detected from the text.
//
// Sentences never overlap, neither begin nor end with a blank (unicode.IsSpace), and together hold every character that
// is not one.
func Split(s, language string) []Span {
	r := reader{text: s, language: languageOf(s, language), start: skipBlanks(s, 0)}
	r.read()
	return r.spans
}

// A reader walks through a text once and notes where its sentences stand.
type reader struct {
	text     string
	language *language
	spans    []Span

	start   int  // where the sentence being read begins, past its blanks, in bytes
	bracket int  // where the outermost of its open brackets stands
	depth   int  // how many brackets are open
	quoted  bool // whether an odd number of straight double quotes has passed in this line

	bytes, points int // the end of the last span, in both units
}

func (r *reader) read() {
	for pos := 0; pos < len(r.text); {
		c, width := r.characterAt(pos)
		switch c {
		case openBracket:
			if r.depth == 0 {
				r.bracket = pos
			}
			r.depth++
		case closeBracket:
			r.depth = max(r.depth-1, 0)
		case straightQuote:
			r.quoted = !r.quoted
		case comma:
			if r.isLabel(pos) {
				r.end(pos+width, pos+width)
			}
		case lineEnd:
			r.end(pos, pos+width)
			r.quoted = false
		case period, question, ellipsis, certain:
			stop := r.stopAt(pos)
			if stop.ends() {
				r.end(stop.end, stop.next)
			}
			width = stop.closers - pos
		}
		pos += width
	}
	r.end(len(r.text), len(r.text))
}

// isLabel reports whether a line so far is no more than the name of the list that follows it: "Tags:".
func (r *reader) isLabel(pos int) bool {
	return r.text[pos] == ':' && pos-r.start <= 30 && r.beginsLine() && r.language.labels.has(r.text[r.start:pos])
}

// beginsLine reports whether the sentence is the first of its line.
func (r *reader) beginsLine() bool {
	return r.start == 0 || r.text[r.start-1] == '\n'
}

// end closes the sentence at a byte offset, unless it is empty, and begins another after the blanks that stand at next.
func (r *reader) end(end, next int) {
	sentence := strings.TrimRightFunc(r.text[min(r.start, end):end], unicode.IsSpace)
	if sentence != "" {
		from := r.points + utf8.RuneCountInString(r.text[r.bytes:r.start])
		r.points = from + utf8.RuneCountInString(sentence)
		r.bytes = r.start + len(sentence)
		r.spans = append(r.spans, Span{Start: from, End: r.points})
	}
	r.start, r.depth = skipBlanks(r.text, next), 0
}

// characterAt reads the code point at a byte offset as the language takes it: after a word, its own sign for a stop is
// one.
func (r *reader) characterAt(pos int) (character, int) {
	c, width := characterAt(r.text, pos)
	if r.language.stopSign != 0 && width == 1 && r.text[pos] == r.language.stopSign && pos > r.start {
		before, _ := utf8.DecodeLastRuneInString(r.text[r.start:pos])
		if characterOf(before).word() {
			return r.language.stop, width
		}
	}
	return c, width
}
