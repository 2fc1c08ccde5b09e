package index

import (
	"cmp"
	"slices"
)

// Sketch is a text as an index sees it, to be compared with many others: all
// its features and how much they weigh, those that no document has as much as
// those that only one has.
type Sketch struct{ seen []seen }

// seen is a feature of a text.
type seen struct {
	hash  uint64
	value float32
	kind  kind
	alien bool // a whole word or Han character that no document has
}

// Sketch takes a text apart. Sketches of different indexes cannot be compared.
func (x *Index) Sketch(text string) Sketch {
	l := x.look()
	defer x.room.Put(l)
	l.take(x, text, longestPhrasing)
	all := make([]seen, 0, len(l.found))
	each := float32(unknown(len(x.documents)))
	for _, f := range l.found {
		if !f.mark {
			continue
		}
		s := seen{f.hash, each, f.kind, f.term && !f.pair && !f.common}
		if n := x.vocabulary.number(f.hash); n >= 0 && x.telling[n] > 0 {
			s.value, s.alien = x.telling[n], false
		} else if f.common {
			s.value = least
		}
		all = append(all, s)
	}
	slices.SortFunc(all, func(a, b seen) int { return cmp.Compare(a.hash, b.hash) })
	all = slices.CompactFunc(all, func(a, b seen) bool { return a.hash == b.hash })
	var square [kinds]float64
	for _, s := range all {
		square[s.kind] += float64(float64(s.value) * float64(s.value))
	}
	scale := scales(nil, nil, nil, l.latin, l.chinese, nil, square)
	for i := range all {
		all[i].value = float32(float64(all[i].value) * scale[all[i].kind])
	}
	return Sketch{slices.Clip(all)}
}

// Alike is how alike two texts are, 0 to 1.
func (s Sketch) Alike(other Sketch) float64 {
	a, b := s.seen, other.seen
	sum, i, j := 0.0, 0, 0
	for i < len(a) && j < len(b) {
		switch {
		case a[i].hash < b[j].hash:
			i++
		case a[i].hash > b[j].hash:
			j++
		default:
			sum += float64(float64(a[i].value) * float64(b[j].value))
			i++
			j++
		}
	}
	return min(sum, 1)
}

// Apart says whether each of the texts has a word or Han character of its own
// that no document has: then they may ask for different things however alike
// they are.
func (s Sketch) Apart(other Sketch) bool { return s.beyond(other) && other.beyond(s) }

// beyond says whether a text has such a word that the other lacks.
func (s Sketch) beyond(other Sketch) bool {
	for _, f := range s.seen {
		if !f.alien {
			continue
		}
		if _, ok := slices.BinarySearchFunc(other.seen, f.hash, func(o seen, h uint64) int { return cmp.Compare(o.hash, h) }); !ok {
			return true
		}
	}
	return false
}

// Alike is how alike two texts are, 0 to 1, by the words and parts of words that
// matter in this index. What the index does not know matters too.
func (x *Index) Alike(a, b string) float64 { return x.Sketch(a).Alike(x.Sketch(b)) }
