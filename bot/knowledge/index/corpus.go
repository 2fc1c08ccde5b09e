package index

import "math"

// corpus is what the phrasings are made of: text i has the features
// features[start[i]:start[i+1]], sorted, each once.
type corpus struct {
	start     []int32
	features  []int32
	label     []int32         // the document of each text
	latin     []float32       // how many Latin words each text has
	chinese   []float32       // and how many Han characters, two like a word
	odd       [][kinds]uint16 // and how many features that nothing else has
	kind      []kind          // of each feature
	term      []bool          // whether BM25 counts it
	factor    []float32       // what it tells is multiplied with
	mark      []bool          // whether it counts for how alike texts are
	documents int
}

func (c *corpus) len() int { return len(c.label) }

func (c *corpus) row(i int) []int32 { return c.features[c.start[i]:c.start[i+1]] }

// How much a feature tells is the logarithm of how few documents have it, plus
// concentration times the logarithm of how often those that have it do, less
// everyday times the logarithm of the number of documents. A feature that came
// up once may be chance; one that all phrasings of one document share is what
// the document is about. With a plain inverse document frequency, three more
// percent of the questions go wrong at ten phrasings per document.
const (
	concentration = 2.5
	everyday      = 0.2
	least         = 0.05
	pairWeight    = 0.5 // of Latin word pairs
	commonWeight  = 0.5 // of what everybody says
)

// telling is how much each feature tells about the documents, counting only
// the texts for which use is true (nil for all); 0 for what none of them has.
func (c *corpus) telling(use []bool) []float32 {
	in := make([]int32, len(c.kind))
	documents := make([]int32, len(c.kind))
	last := make([]int32, len(c.kind)) // the document that was counted last, plus 1
	count, present := 0, int32(0)
	for i := range c.len() {
		if use != nil && !use[i] {
			continue
		}
		if c.label[i]+1 != present {
			present = c.label[i] + 1
			count++
		}
		for _, f := range c.row(i) {
			in[f]++
			if last[f] != present {
				last[f] = present
				documents[f]++
			}
		}
	}
	all := ln(float64(1 + count))
	logs := make([]float64, c.len()+2)
	for i := 1; i < len(logs); i++ {
		logs[i] = ln(float64(i))
	}
	out := make([]float32, len(c.kind))
	for f, n := range in {
		if n == 0 {
			continue
		}
		among := logs[1+documents[f]]
		v := float64((1-everyday)*all) - among + float64(concentration*(logs[1+n]-among))
		out[f] = float32(max(v, least)) * c.factor[f]
	}
	return out
}

// partWeight is how much more the parts of words weigh than whole ones.
const partWeight = 6

// scales is what the features of one text are multiplied with: those of a kind
// together have the length that the kind's share of the text allows, all of
// them length 1. With mark only the features for which it is true count, and
// strange, the squared length of what else each kind has.
func scales(features []int32, kind []kind, telling []float32, latin, chinese float64, mark []bool, strange [kinds]float64) [kinds]float64 {
	square := strange
	for _, f := range features {
		if mark != nil && !mark[f] {
			continue
		}
		v := float64(telling[f])
		square[kind[f]] += float64(v * v)
	}
	shares := [kinds]float64{words: latin, parts: partWeight * latin, han: chinese, sounds: chinese}
	total := 0.0
	for k := range kinds {
		if square[k] > 0 {
			total += shares[k]
		}
	}
	var scale [kinds]float64
	for k := range kinds {
		if square[k] > 0 && total > 0 {
			scale[k] = math.Sqrt(shares[k] / total / square[k])
		}
	}
	return scale
}

// weigh appends the values of the features of one text. Features that tell
// nothing have the value 0.
func weigh(dst []float32, features []int32, kind []kind, telling []float32, scale [kinds]float64) []float32 {
	for _, f := range features {
		dst = append(dst, float32(float64(telling[f])*scale[kind[f]]))
	}
	return dst
}

// rows are the texts as vectors.
type rows struct {
	*corpus
	values []float32
	square []float64        // the squared length of each text: 1, or 0 for an empty one
	scale  [][kinds]float32 // what the marks of each text are multiplied with
}

// rows weighs all texts. The room of old is used again.
func (c *corpus) rows(telling []float32, old *rows) *rows {
	r := &rows{corpus: c}
	if old != nil {
		r.values, r.square, r.scale = old.values[:0], old.square[:0], old.scale[:0]
	} else {
		r.values, r.square = make([]float32, 0, len(c.features)), make([]float64, 0, c.len())
	}
	for i := range c.len() {
		scale := scales(c.row(i), c.kind, telling, float64(c.latin[i]), float64(c.chinese[i]), nil, [kinds]float64{})
		r.values = weigh(r.values, c.row(i), c.kind, telling, scale)
		scale = scales(c.row(i), c.kind, telling, float64(c.latin[i]), float64(c.chinese[i]), c.mark, [kinds]float64{})
		r.scale = append(r.scale, [kinds]float32{float32(scale[0]), float32(scale[1]), float32(scale[2]), float32(scale[3])})
		sum := 0.0
		for _, v := range r.values[c.start[i]:c.start[i+1]] {
			sum += float64(float64(v) * float64(v))
		}
		r.square = append(r.square, sum)
	}
	return r
}

func (r *rows) at(i int) ([]int32, []float32) {
	return r.features[r.start[i]:r.start[i+1]], r.values[r.start[i]:r.start[i+1]]
}
