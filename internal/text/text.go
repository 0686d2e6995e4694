// Package text reads an article: it normalises the text once on the way in, splits it into sentences, and makes and
// finds quotes in it.
//
// Every offset counts Unicode code points of the normalised text, the unit of W3C Web Annotation's TextPositionSelector.
package text

// Span is the half-open range [Start,End) of a text, in Unicode code points.
type Span struct {
	Start, End int
}
