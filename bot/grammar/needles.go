package grammar

import (
	"slices"
	"strings"
)

// Needles finds which of many short texts a longer one holds, in one pass over
// it. It never changes.
type Needles struct {
	texts []string
	by    map[[2]byte][]int // those that begin with two bytes
	short []int             // those that have fewer
}

// NewNeedles makes Needles of texts. An empty one is in every text.
func NewNeedles(texts []string) *Needles {
	n := &Needles{texts: texts, by: map[[2]byte][]int{}}
	for i, s := range texts {
		if len(s) < 2 {
			n.short = append(n.short, i)
			continue
		}
		key := [2]byte{s[0], s[1]}
		n.by[key] = append(n.by[key], i)
	}
	return n
}

// In are the places of the needles that a text holds, in order, each once; nil
// for none.
func (n *Needles) In(text string) []int {
	var out []int
	for _, i := range n.short {
		if strings.Contains(text, n.texts[i]) {
			out = append(out, i)
		}
	}
	for at := range max(len(text)-1, 0) {
		for _, i := range n.by[[2]byte{text[at], text[at+1]}] {
			if strings.HasPrefix(text[at:], n.texts[i]) {
				out = append(out, i)
			}
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// Any says whether a text holds one of the needles.
func (n *Needles) Any(text string) bool {
	for _, i := range n.short {
		if strings.Contains(text, n.texts[i]) {
			return true
		}
	}
	for at := range max(len(text)-1, 0) {
		for _, i := range n.by[[2]byte{text[at], text[at+1]}] {
			if strings.HasPrefix(text[at:], n.texts[i]) {
				return true
			}
		}
	}
	return false
}
