package webpage

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// This file makes each block of a page hold its words as a browser shows them, as one plain text, before trafilatura
// chooses among the blocks. Trafilatura trims and joins the pieces between inline elements in ways that lose spaces
// and words, and a quote must read exactly as the page does.

// lineMark stands for a line end, and spaceMark+i for the i-th of keptSpaces, while trafilatura, which folds all white
// space, has the text. They are noncharacters, which Unicode sets aside for just such internal use.
const (
	lineMark  = '\uFDD0'
	spaceMark = '\uFDD1'
	lastMark  = '\uFDEF'
)

// keptSpaces are the white space characters that HTML does not fold, as they stand between words: no-break, thin and
// ideographic spaces and their like.
var keptSpaces = []rune("\u00A0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200A\u202F\u205F\u3000")

// markWhiteSpace replaces what must survive and drops what no reader sees: soft hyphens, zero width spaces, word
// joiners, byte order marks. Joiners that shape letters (U+200C, U+200D) and marks of direction stay.
func markWhiteSpace(r rune) rune {
	switch {
	case r == '\u00AD', r == '\u200B', r == '\u2060', r == '\uFEFF', lineMark <= r && r <= lastMark:
		return -1
	case r == '\u0085', r == '\u2028', r == '\u2029':
		return lineMark
	case r < utf8.RuneSelf:
		return r
	}
	if i := slices.Index(keptSpaces, r); i >= 0 {
		return spaceMark + rune(i)
	}
	return r
}

// unmarkWhiteSpace undoes markWhiteSpace, and leaves out control characters, as normalising does: white space beside them
// is white space at a line's end.
func unmarkWhiteSpace(r rune) rune {
	switch {
	case r != '\n' && r != '\t' && unicode.IsControl(r):
		return -1
	case r == lineMark:
		return '\n'
	case spaceMark <= r && r < spaceMark+rune(len(keptSpaces)):
		return keptSpaces[r-spaceMark]
	}
	return r
}

// splitLines returns the lines of s that are not blank, without the white space around them.
func splitLines(s string) []string {
	var lines []string
	for l := range strings.SplitSeq(strings.Map(unmarkWhiteSpace, s), "\n") {
		if l = strings.TrimSpace(l); l != "" {
			lines = append(lines, l)
		}
	}
	return lines
}

// settle makes each run of words in the block n, and in the blocks within it, one text node, and takes out what is no
// text. A run beside blocks gets a paragraph of its own. It returns the bytes of text in n.
func settle(n *html.Node) (size int) {
	var run []*html.Node
	hasBlocks := containsBlock(n)
	for child := n.FirstChild; child != nil; {
		next := child.NextSibling
		switch {
		case isWordless(child):
			n.RemoveChild(child)
		case containsBlock(child) || isBlock(child):
			size += settleRun(n, run, hasBlocks)
			run = nil
			size += settle(child)
		default:
			run = append(run, child)
		}
		child = next
	}
	return size + settleRun(n, run, hasBlocks)
}

// settleRun puts one text node in the place of the nodes of run, children of n, and returns its bytes.
func settleRun(n *html.Node, run []*html.Node, ownParagraph bool) int {
	if len(run) == 0 {
		return 0
	}
	var w runWords
	for _, node := range run {
		w.add(node, n.DataAtom == atom.Pre)
	}
	after := run[len(run)-1].NextSibling
	for _, node := range run {
		n.RemoveChild(node)
	}
	words := w.String()
	if strings.TrimFunc(words, isBlankMark) == "" || ownParagraph && !w.beyondTime {
		return 0
	}

	// A line end closes the text, for trafilatura joins blocks where it finds little text; and it takes lines that
	// end in words such as "on Facebook" for buttons.
	settled := &html.Node{Type: html.TextNode, Data: words + string(lineMark)}
	if w.isLinks() {
		settled = wrap(atom.A, settled)
	}
	if ownParagraph {
		switch n.DataAtom {
		case atom.Ul, atom.Ol, atom.Menu:
			settled = wrap(atom.Li, settled)
		default:
			settled = wrap(atom.P, settled)
		}
	}
	n.InsertBefore(settled, after)
	return len(words)
}

func wrap(tag atom.Atom, child *html.Node) *html.Node {
	n := &html.Node{Type: html.ElementNode, DataAtom: tag, Data: tag.String()}
	n.AppendChild(child)
	return n
}

func isBlankMark(r rune) bool { return unicode.IsSpace(unmarkWhiteSpace(r)) }

// runWords gathers the words of a run as a browser lays them out.
type runWords struct {
	strings.Builder
	inLink     bool
	inTime     bool
	space      bool // white space stands before the next word
	linked     int  // bytes that are links
	beyondTime bool // there is more than a <time>, which alone is no text but says when
}

// isLinks reports whether the run is hardly more than links, which is how trafilatura knows a menu. In other runs the
// links are words like any.
func (w *runWords) isLinks() bool { return 3*w.linked > 2*w.Len() }

func (w *runWords) add(n *html.Node, preformatted bool) {
	switch {
	case n.Type == html.TextNode:
		w.addText(n.Data, preformatted)
	case n.Type != html.ElementNode || isWordless(n) || isConcealed(n):
	case n.DataAtom == atom.Br:
		w.WriteRune(lineMark)
		w.space = false
	default:
		inLink, inTime := w.inLink, w.inTime
		w.inLink = inLink || n.DataAtom == atom.A
		w.inTime = inTime || n.DataAtom == atom.Time
		for child := n.FirstChild; child != nil; child = child.NextSibling {
			w.add(child, preformatted)
		}
		w.inLink, w.inTime = inLink, inTime
	}
}

func (w *runWords) addText(s string, preformatted bool) {
	before := w.Len()
	for _, r := range s {
		switch {
		case preformatted && r == '\n':
			w.WriteRune(lineMark)
			w.space = false
		case strings.ContainsRune(htmlSpace, r):
			w.space = true
		default:
			if r = markWhiteSpace(r); r < 0 {
				continue
			}
			if w.space {
				w.WriteByte(' ')
			}
			w.space = false
			w.WriteRune(r)
			w.beyondTime = w.beyondTime || !w.inTime
		}
	}
	if w.inLink {
		w.linked += w.Len() - before
	}
}

// isWordless reports whether n shows no words of its own: the head, scripts, controls, pictures, comments.
func isWordless(n *html.Node) bool {
	switch n.Type {
	case html.TextNode:
		return false
	case html.ElementNode:
	default:
		return true
	}
	switch n.DataAtom {
	case atom.Head, atom.Script, atom.Style, atom.Noscript, atom.Template, atom.Svg, atom.Math, atom.Iframe, atom.Object,
		atom.Embed, atom.Canvas, atom.Audio, atom.Video, atom.Img, atom.Picture, atom.Button, atom.Input, atom.Select,
		atom.Textarea, atom.Datalist, atom.Progress, atom.Meter, atom.Rp, atom.Rt:
		return true
	}
	return false
}

// isConcealed reports whether n is marked as not shown. That counts within a line only: there are pages whose every
// word stands in a block that a script shows later, so of blocks trafilatura judges.
func isConcealed(n *html.Node) bool {
	for _, a := range n.Attr {
		if a.Key == "hidden" && a.Val != "until-found" ||
			a.Key == "style" && strings.Contains(strings.ReplaceAll(strings.ToLower(a.Val), " ", ""), "display:none") {
			return true
		}
	}
	return false
}

// containsBlock reports whether a block stands anywhere in n.
func containsBlock(n *html.Node) bool {
	found := false
	walk(n, func(n *html.Node) bool {
		found = found || isBlock(n)
		return !found && !isWordless(n)
	})
	return found
}

// isBlock reports whether n breaks the line by the HTML standard's style sheet, section 15.3. All else, elements of
// unknown name too, is part of a line.
func isBlock(n *html.Node) bool {
	if n.Type != html.ElementNode {
		return false
	}
	switch n.DataAtom {
	case atom.Address, atom.Article, atom.Aside, atom.Blockquote, atom.Body, atom.Caption, atom.Center, atom.Dd,
		atom.Details, atom.Dialog, atom.Dir, atom.Div, atom.Dl, atom.Dt, atom.Fieldset, atom.Figcaption, atom.Figure,
		atom.Footer, atom.Form, atom.H1, atom.H2, atom.H3, atom.H4, atom.H5, atom.H6, atom.Header, atom.Hgroup, atom.Hr,
		atom.Html, atom.Legend, atom.Li, atom.Listing, atom.Main, atom.Menu, atom.Nav, atom.Ol, atom.P, atom.Plaintext,
		atom.Pre, atom.Section, atom.Summary, atom.Table, atom.Tbody, atom.Td, atom.Tfoot, atom.Th, atom.Thead, atom.Tr,
		atom.Ul, atom.Xmp:
		return true
	}
	return n.Data == "search"
}
