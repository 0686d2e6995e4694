package text

import (
	"strings"
	"unicode/utf8"
)

// A stop is a candidate for a sentence's end, and what stands around it:
//
//	… at 5 p.m.)  «The …
//	       │  ││  ││
//	       │  ││  │└ firstAt: the next word, and first, what it begins with
//	       │  ││  └ next: what follows after the blanks
//	       │  │└ end: the mark and what closes after it
//	       │  └ closers: what follows the mark at once
//	       └ mark: the stop itself, or the first of several
//
// All of them are byte offsets in the reader's text.
type stop struct {
	*reader
	kind                              character // period, question, ellipsis or certain
	mark, closers, end, next, firstAt int
	first                             character // what the next word begins with
	opened                            character // the quote or bracket that opens before it, or other
	closed                            character // the quote or bracket that closes last after the mark, or other
}

// stopAt reads the stop at a byte offset.
func (r *reader) stopAt(pos int) stop {
	s := stop{reader: r, mark: pos, opened: other, closed: other}
	s.kind, s.closers = r.marks(pos)
	s.end = s.close(s.closers)
	s.next = skipBlanks(r.text, s.end)
	if s.next > s.end {
		s.closeAfterBlank()
	}
	s.open()
	return s
}

// marks reads the run of stops that begins at pos: what they are together, which is what the strongest of them is, and
// where they end. Two periods or more are an ellipsis.
func (r *reader) marks(pos int) (kind character, end int) {
	for count := 0; ; count++ {
		c, width := r.characterAt(pos)
		if c < period || c > certain {
			if kind == period && count > 1 {
				kind = ellipsis
			}
			return kind, pos
		}
		kind = max(kind, c)
		pos += width
	}
}

// close returns the end of what closes at pos: quotes, brackets and a reference such as [12].
func (s *stop) close(pos int) int {
	for {
		c, width := characterAt(s.text, pos)
		following, _ := characterAt(s.text, pos+width)
		switch {
		case c == unseen:
		case c == closeBracket, c == closeQuote,
			c == quote && !following.word(),
			c == straightQuote && (s.quoted || !following.word()):
			s.closed = c
		case c == openBracket && following == digit:
			reference := strings.IndexByte(s.text[pos:min(pos+5, len(s.text))], ']')
			if reference < 0 {
				return pos
			}
			width = reference + 1
		default:
			return pos
		}
		pos += width
	}
}

// closeAfterBlank takes in what closes after a blank, as French has it: « Non. ».
func (s *stop) closeAfterBlank() {
	for {
		c, width := characterAt(s.text, s.next)
		following, _ := characterAt(s.text, s.next+width)
		closes := c == closeBracket || c == closeQuote ||
			(c == quote || c == straightQuote && s.quoted) && !following.word() && s.isClosing(s.next)
		if !closes {
			return
		}
		s.closed = c
		s.end = s.next + width
		s.next = skipBlanks(s.text, s.end)
	}
}

// isClosing reports whether the quote at pos, with a blank on either side, can close: « and “ then open, and so does `.
func (s *stop) isClosing(pos int) bool {
	c, _ := utf8.DecodeRuneInString(s.text[pos:])
	return !strings.ContainsRune("«“‘`", c)
}

// open reads the quotes and brackets before the next word, and the dash that begins a turn.
func (s *stop) open() {
	for s.firstAt = s.turn(); ; {
		c, width := characterAt(s.text, s.firstAt)
		switch c {
		case openQuote, quote, straightQuote, openBracket:
			s.opened = c
			s.firstAt = skipBlanks(s.text, s.firstAt+width)
		case unseen:
			s.firstAt += width
		default:
			s.first = c
			return
		}
	}
}

// turn skips the dash before the next speaker's turn and the point before the next item: "Warum? – Darum!". A small
// letter after it carries the sentence on, and so does the text after a dateline.
func (s *stop) turn() int {
	if !s.spaced() || s.closed != other || s.kind == period && s.beginsLine() && s.justBegun() {
		return s.next
	}
	words := strings.TrimLeftFunc(s.text[s.next:], isDash)
	pos := skipBlanks(s.text, len(s.text)-len(words))
	switch c, _ := characterAt(s.text, pos); c {
	case upper, letter, openQuote, straightQuote:
		return pos
	}
	return s.next
}

// spaced reports whether a blank follows the stop, or nothing at all in its line.
func (s *stop) spaced() bool {
	return s.next > s.end || s.last()
}

// last reports whether nothing follows the stop in its line.
func (s *stop) last() bool {
	c, _ := characterAt(s.text, s.next)
	return c == lineEnd
}

func skipBlanks(s string, pos int) int {
	for {
		c, width := characterAt(s, pos)
		if c != blank {
			return pos
		}
		pos += width
	}
}
