package index

import (
	"slices"
	"strings"
)

// Build makes an index of the documents. It is pure computation, about a second
// for 1,500 phrasings.
func Build(documents []Document, o Options) *Index {
	x := &Index{documents: arrange(documents), options: o}
	x.fingerprint = fingerprint(x.documents, o)
	x.collect()
	t := &training{corpus: x.number()}
	x.read(t)
	x.telling = t.corpus.telling(nil)
	x.terms = t.corpus.postings(&t.beside, x.telling, nil, nil)
	r := t.corpus.rows(x.telling, nil)
	x.fit(t, r)
	x.remember(t.corpus, r.scale)
	x.mean()
	x.training = t
	return x
}

// training is what Build knows and a search does not need: Calibrate goes on
// from it.
type training struct {
	corpus *corpus
	beside beside
	duals  [][]float32 // by document, then text; nil in an index that was read
}

// arrange sorts the documents by ID and the phrasings of each, so that the
// order they come in does not matter.
func arrange(documents []Document) []Document {
	out := slices.Clone(documents)
	slices.SortStableFunc(out, func(a, b Document) int { return strings.Compare(a.ID, b.ID) })
	for i := range out {
		out[i].Phrasings = slices.Clone(out[i].Phrasings)
		slices.Sort(out[i].Phrasings)
	}
	return out
}

// phrasing is one of the ways to ask, by the places of its document and of its
// text there.
type phrasing struct{ document, place int32 }

func (x *Index) text(p phrasing) string { return x.documents[p.document].Phrasings[p.place] }

// collect lists the phrasings, leaving out those that say nothing or the same
// as one before it in the same document, and their exact forms.
func (x *Index) collect() {
	var buffer []byte
	for d := range x.documents {
		seen := map[uint64]bool{}
		for i, text := range x.documents[d].Phrasings {
			buffer = appendNormal(buffer[:0], text, longestPhrasing)
			h := exactly(buffer)
			if len(buffer) == 0 || seen[h] {
				continue
			}
			seen[h] = true
			x.exact = append(x.exact, exact{h, int32(len(x.phrasings))})
			x.phrasings = append(x.phrasings, phrasing{int32(d), int32(i)})
		}
	}
	slices.SortFunc(x.exact, exact.compare)
}

// crowded is from how many phrasings on parts of words that only one has are
// left out: there are more of them than of everything else together.
const crowded = 3000

// number names all features.
func (x *Index) number() *corpus {
	type count struct {
		in, last   int32
		kind       kind
		term, mark bool
		factor     float32
	}
	seen := map[uint64]count{}
	var buffer []byte
	var found []feature
	for i, p := range x.phrasings {
		buffer = appendNormal(buffer[:0], x.text(p), longestPhrasing)
		found = features(found[:0], buffer)
		for _, f := range found {
			c, ok := seen[f.hash]
			if !ok {
				c = count{kind: f.kind, term: f.term, mark: f.mark, factor: f.factor(), last: -1}
			}
			if c.last != int32(i) {
				c.in, c.last = c.in+1, int32(i)
				seen[f.hash] = c
			}
		}
	}
	for d := range x.documents {
		x.beside(d, func(text string, _ float32) {
			buffer = appendNormal(buffer[:0], text, longestBody)
			found = features(found[:0], buffer)
			for _, f := range found {
				if _, ok := seen[f.hash]; f.term && !ok {
					seen[f.hash] = count{kind: f.kind, term: true, mark: f.mark, factor: f.factor()}
				}
			}
		})
	}
	hashes := make([]uint64, 0, len(seen))
	for h, c := range seen {
		if c.kind != parts || c.in > 1 || len(x.phrasings) <= crowded {
			hashes = append(hashes, h)
		}
	}
	slices.Sort(hashes)
	x.vocabulary = newVocabulary(hashes)
	c := &corpus{
		kind: make([]kind, len(hashes)), term: make([]bool, len(hashes)),
		mark: make([]bool, len(hashes)), factor: make([]float32, len(hashes)),
		documents: len(x.documents),
	}
	for i, h := range hashes {
		c.kind[i], c.term[i], c.mark[i], c.factor[i] = seen[h].kind, seen[h].term, seen[h].mark, seen[h].factor
	}
	x.kind, x.term, x.mark = c.kind, c.term, c.mark
	return c
}

// beside calls fn with what a document says beside its phrasings, and how much
// it counts.
func (x *Index) beside(d int, fn func(text string, weight float32)) {
	for _, t := range x.documents[d].Tags {
		fn(t, 1)
	}
	weight := float32(bodyWeight)
	if len(x.documents[d].Phrasings) < 2 {
		weight = soleWeight
	}
	fn(x.documents[d].Body, weight)
}

// read takes all texts apart.
func (x *Index) read(t *training) {
	c := t.corpus
	c.start = append(make([]int32, 0, len(x.phrasings)+1), 0)
	var l look
	for _, p := range x.phrasings {
		l.take(x, x.text(p), longestPhrasing)
		c.features = append(c.features, l.features...)
		c.start = append(c.start, int32(len(c.features)))
		c.label = append(c.label, p.document)
		c.latin = append(c.latin, float32(l.latin))
		c.chinese = append(c.chinese, float32(l.chinese))
		var odd [kinds]uint16
		for k, n := range l.odd {
			odd[k] = uint16(n)
		}
		c.odd = append(c.odd, odd)
	}
	b := &t.beside
	b.start = append(b.start, 0)
	for d := range x.documents {
		from := len(b.list)
		x.beside(d, func(text string, weight float32) {
			l.take(x, text, longestBody)
			for _, f := range l.features {
				if c.term[f] {
					b.list = append(b.list, occurrence{f, weight})
				}
			}
		})
		b.list = append(b.list[:from], merged(b.list[from:])...)
		b.start = append(b.start, int32(len(b.list)))
	}
}

// fit trains the classifier, one document after the other.
func (x *Index) fit(t *training, r *rows) {
	t.duals = make([][]float32, len(x.documents))
	entries := make([][]entry, len(x.documents))
	columns := make([]*column, workers())
	parallel(len(x.documents), func(worker, i int) {
		c := columns[worker]
		if c == nil {
			c = newColumn(r)
			columns[worker] = c
		}
		clear(c.weights)
		clear(c.duals)
		classifier.train(r, int32(i), c, nil)
		t.duals[i] = make([]float32, len(c.duals))
		for k, a := range c.duals {
			t.duals[i][k] = float32(a)
		}
		entries[i] = strongest(c.weights, len(x.documents))
	})
	x.weights = transpose(entries, len(x.kind))
}
