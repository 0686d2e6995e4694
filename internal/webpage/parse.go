package webpage

import (
	"fmt"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// Finding the main text has steps that take the number of elements times the length of the text, or the depth. These
// limits keep them to seconds at worst; a page of news has about 700 elements, and one in a hundred above 3,000.
const (
	maxElements = 20_000
	maxText     = 1 << 20 // bytes of words in all blocks of the page
)

// parse returns the tree of an HTML page. Pages of too many elements are refused before they are built, those nested
// deeper than 512 by html.Parse.
func parse(source string) (*html.Node, error) {
	if n := countElements(source); n > maxElements {
		return nil, fmt.Errorf("the page has more than %d elements", maxElements)
	}
	tree, err := html.Parse(strings.NewReader(source))
	if err != nil {
		return nil, fmt.Errorf("the page cannot be parsed: %w", err)
	}
	return tree, nil
}

// countElements returns how many elements the tree of source has, or more: it stops past maxElements. A formatting
// element left open is opened anew in each block that follows, so that a few hundred of them would multiply the tree.
func countElements(source string) int {
	n, open := 0, 0
	openOf := map[string]int{}
	tokens := html.NewTokenizer(strings.NewReader(source))
	for n <= maxElements {
		switch tokens.Next() {
		case html.ErrorToken:
			return n
		case html.StartTagToken, html.SelfClosingTagToken:
			name, _ := tokens.TagName()
			if isFormatting[atom.Lookup(name)] {
				openOf[string(name)]++
				open++
			}
			n++
			// Up to three open elements are common, and are reopened rarely enough not to count.
			n += max(0, open-3)
		case html.EndTagToken:
			name, _ := tokens.TagName()
			if openOf[string(name)] > 0 {
				openOf[string(name)]--
				open--
			}
			// These two make an element where there is none to end.
			if tag := atom.Lookup(name); tag == atom.P || tag == atom.Br {
				n++
			}
		}
	}
	return n
}

// isFormatting holds the formatting elements of the HTML standard, section 13.2.4.3.
var isFormatting = map[atom.Atom]bool{
	atom.A: true, atom.B: true, atom.Big: true, atom.Code: true, atom.Em: true, atom.Font: true, atom.I: true,
	atom.Nobr: true, atom.S: true, atom.Small: true, atom.Strike: true, atom.Strong: true, atom.Tt: true, atom.U: true,
}

// walk calls visit for each node under n in document order, and enters those for which it returns true.
func walk(n *html.Node, visit func(*html.Node) bool) {
	for child := n.FirstChild; child != nil; {
		next := child.NextSibling // visit may take child out
		if visit(child) {
			walk(child, visit)
		}
		child = next
	}
}

// attribute returns the value of the named attribute of n, trimmed of HTML white space.
func attribute(n *html.Node, name string) string {
	for _, a := range n.Attr {
		if a.Key == name {
			return strings.Trim(a.Val, htmlSpace)
		}
	}
	return ""
}

// htmlSpace is what HTML folds into one space: ASCII white space, not the no-break space.
const htmlSpace = " \t\n\f\r"
