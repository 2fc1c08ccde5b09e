// Package index finds the document that a text asks for, and says how likely it
// is that it does.
//
// A document is an article in all its languages: the ways to ask for it, its
// tags and its words. A text is written in one form (Normal) and taken apart in
// four ways: words and pairs of them, parts of words, Han characters and pairs
// of them, and how those sound. Two voters look at that. A linear support vector
// machine for each document against all others has learned from the phrasings
// what tells the documents apart; BM25 matches each document as a whole, tags
// and body too. Where there are vectors, they are a third voter. The scores are
// put on one scale and added. Who asks in the very words of a phrasing has found
// it.
//
// How far to believe the winner is learned too, from the documents alone:
// phrasings are held back and asked (they have an answer), whole documents are
// held back and asked for (they have none); see Calibrate and Thresholds. What a
// feature tells is worth most of all that was measured: see telling in
// corpus.go, and the weights beside it. All of them were chosen by trials on the
// training file of BANKING77 (Casanueva and others 2020).
//
// An Index never changes after Build, and the same documents make the same
// Index, byte by byte, on every machine: documents and features are sorted,
// seeds are fixed, nothing is added in the order of a map or of goroutines, and
// no machine may round less often than another (number.go).
package index

import "sync"

// Document is what can be found.
type Document struct {
	ID        string   // unique
	Phrasings []string // how people ask for it, titles among them
	Tags      []string // words that it is about
	Body      string   // plain text
}

// Options choose how to build. The zero value is right for a knowledge base.
type Options struct {
	// Vectors are those of all phrasings, by phrasing: a third voter, nil for none.
	Vectors map[string][]float32
}

// Index is immutable and safe for concurrent use. The zero value is of no use:
// Build and Read make one.
type Index struct {
	documents   []Document // sorted by ID
	options     Options
	fingerprint string
	phrasings   []phrasing
	exact       []exact // sorted
	vocabulary  vocabulary
	kind        []kind    // by feature
	term        []bool    // by feature: whether BM25 counts it
	mark        []bool    // by feature: whether it counts for how alike texts are
	telling     []float32 // by feature: how much it tells, 0 for those beside the phrasings
	weights     weights
	terms       postings
	memory      memory
	meanings    meanings
	calibration *calibration // nil before Calibrate
	adopted     bool         // whether it is that of another index
	training    *training    // nil after Read
	room        sync.Pool
}

// Documents is how many there are.
func (x *Index) Documents() int { return len(x.documents) }

// ID is the ID of the document at a place.
func (x *Index) ID(document int) string { return x.documents[document].ID }

// Hit is a document that may be meant.
type Hit struct {
	Document    int     // its place
	Score       float64 // the sum of the voters, comparable within one search
	Probability float64 // that it is the one, 0 to 1, with Share of the texts unanswerable
}

// Result is what was found for a text.
type Result struct {
	Exact bool  // Hits[0] has this very phrasing, but for how it is written
	Hits  []Hit // best first, at most ten; none when nothing of the text is known
	// Known is how much of the text the documents know, 0 to 1, by the weight
	// of its words and Han characters.
	Known float64
}

// Search finds the documents that a text asks for. share, 0 to 1, is the share
// of all texts that no document answers, as far as is known, 0.3 if nothing is.
// vector is the text's own, by the model that made those of Options; nil, or one
// of another size, is none. Only the first 1,500 bytes of a text count. It takes
// tens of microseconds at 500 phrasings and grows with them.
func (x *Index) Search(text string, share float64, vector []float32) Result {
	l := x.look()
	defer x.room.Put(l)
	l.read(x, text)
	if len(l.text) == 0 || len(x.documents) == 0 {
		return Result{}
	}
	same := x.same(l)
	if len(l.features) == 0 && len(same) == 0 && !x.meanings.fits(vector) {
		return Result{}
	}
	x.vote(l, vector)
	l.nearest = max(l.nearest, float64(containedWeight*x.contained(l)))
	r := Result{Known: l.known / max(l.reach, 1e-9), Exact: len(same) == 1}
	r.Hits = x.rank(l, share)
	return promote(r, same)
}

// look takes room to look at a text.
func (x *Index) look() *look {
	if l, ok := x.room.Get().(*look); ok {
		return l
	}
	return &look{}
}

// SelfTest asks every phrasing of an index that does not know it.
type SelfTest struct {
	Asked, Right, Among3 int
	Confused             []Confusion // most often first
}

// Confusion is two documents of which the first is taken for the second.
type Confusion struct {
	Asked, Found string // IDs
	Times        int
	Example      string
}
