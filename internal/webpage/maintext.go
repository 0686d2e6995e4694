package webpage

import (
	"fmt"
	"strings"

	"github.com/markusmobius/go-trafilatura"
	"golang.org/x/net/html"
)

// mainLines returns the lines of the main text of a page, none if it has none. It takes the tree apart.
func mainLines(tree *html.Node) (lines []string, err error) {
	// The library follows heuristics through trees of any shape; a page must not bring the server down.
	defer func() {
		if p := recover(); p != nil {
			lines, err = nil, fmt.Errorf("the main text cannot be found: %v", p)
		}
	}()

	if n := settle(tree); n > maxText {
		return nil, fmt.Errorf("the page has more than %d bytes of text", maxText)
	}
	result, err := trafilatura.ExtractDocument(tree, trafilatura.Options{
		ExcludeComments: true,
		HtmlDateMode:    trafilatura.Disabled,
	})
	if err != nil {
		// Its errors say that the text is too short, which the caller sees by itself.
		return nil, nil
	}
	var b strings.Builder
	walk(result.ContentNode, func(n *html.Node) bool {
		if n.Type == html.TextNode {
			b.WriteString(n.Data)
			b.WriteRune(lineMark)
		}
		return true
	})
	return splitLines(b.String()), nil
}

// onceOnly returns lines with the headline at most once: pages repeat it above the article.
func onceOnly(lines []string, headline string) []string {
	seen := false
	kept := lines[:0]
	for _, l := range lines {
		if line(l) == headline {
			if seen {
				continue
			}
			seen = true
		}
		kept = append(kept, l)
	}
	return kept
}
