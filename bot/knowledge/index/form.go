package index

import "encoding/binary"

// write writes the parts of an index; decode reads them in the same order.
func (x *Index) write(e *encoder) {
	e.int(len(x.phrasings))
	for _, p := range x.phrasings {
		e.int(int(p.document))
		e.int(int(p.place))
	}
	for _, t := range x.exact {
		e.b = binary.LittleEndian.AppendUint64(e.b, t.hash)
		e.int(int(t.phrasing))
	}
	e.int(len(x.kind))
	for _, h := range x.vocabulary.hashes {
		e.b = binary.LittleEndian.AppendUint64(e.b, h)
	}
	for _, k := range x.kind {
		e.b = append(e.b, byte(k))
	}
	e.flags(x.term)
	e.flags(x.mark)
	e.floats(x.telling)
	x.weights.write(e)
	e.float(x.terms.never)
	e.floats(x.terms.reach)
	x.terms.write(e)
	e.ends(x.memory.start)
	e.b = append(e.b, x.memory.list...)
	for _, s := range x.memory.scale {
		e.floats(s[:])
	}
	if x.adopted {
		e.int(0)
		return
	}
	x.calibration.write(e)
}

func (x *Index) decode(d *decoder) {
	x.decodePhrasings(d)
	n, documents := d.count(8), len(x.documents)
	hashes := make([]uint64, n)
	for i := range hashes {
		if b := d.take(8); b != nil {
			hashes[i] = binary.LittleEndian.Uint64(b)
		}
		if i > 0 && hashes[i] <= hashes[i-1] {
			d.failed = true
		}
	}
	if d.failed {
		return
	}
	x.vocabulary = newVocabulary(hashes)
	x.kind = make([]kind, n)
	for i, b := range d.take(n) {
		if x.kind[i] = kind(b); x.kind[i] >= kinds {
			d.failed = true
		}
	}
	x.term = d.flags(n)
	x.mark = d.flags(n)
	x.telling = d.floats(n)
	x.weights = decodeWeights(d, n, documents)
	x.terms.never = d.float()
	x.terms.reach = d.floats(n)
	x.terms.table = decodeTable(d, n, documents)
	if d.failed {
		return
	}
	x.decodeMemory(d, n)
	x.calibration = decodeCalibration(d)
}

func (t *table) write(e *encoder) {
	e.ends(t.start)
	for _, p := range t.list {
		e.int(int(p.document))
		e.float(p.weight)
	}
}

func decodeTable(d *decoder, features, documents int) table {
	t := table{start: d.ends(features, len(d.b)/5)}
	if d.failed {
		return t
	}
	t.list = make([]posting, t.start[features])
	for i := range t.list {
		t.list[i] = posting{int32(d.int(documents - 1)), d.float()}
	}
	return t
}

func (x *Index) decodePhrasings(d *decoder) {
	all := 0
	for _, document := range x.documents {
		all += len(document.Phrasings)
	}
	x.phrasings = make([]phrasing, d.int(all))
	for i := range x.phrasings {
		p := phrasing{int32(d.int(len(x.documents) - 1)), 0}
		if d.failed {
			return
		}
		p.place = int32(d.int(len(x.documents[p.document].Phrasings) - 1))
		x.phrasings[i] = p
	}
	x.exact = make([]exact, len(x.phrasings))
	for i := range x.exact {
		if b := d.take(8); b != nil {
			x.exact[i].hash = binary.LittleEndian.Uint64(b)
		}
		x.exact[i].phrasing = int32(d.int(len(x.phrasings) - 1))
		if i > 0 && x.exact[i].compare(x.exact[i-1]) <= 0 {
			d.failed = true
		}
	}
}

func (x *Index) decodeMemory(d *decoder, n int) {
	m := &x.memory
	m.start = d.ends(n, len(d.b))
	if d.failed {
		return
	}
	m.list = append([]byte(nil), d.take(int(m.start[n]))...)
	for f := range n {
		if d.failed || !valid(m.list[m.start[f]:m.start[f+1]], len(x.phrasings)) {
			d.failed = true
			return
		}
	}
	if len(x.phrasings) > len(d.b)/(4*int(kinds)) {
		d.failed = true
		return
	}
	m.scale = make([][kinds]float32, len(x.phrasings))
	for i := range m.scale {
		copy(m.scale[i][:], d.floats(int(kinds)))
	}
}

// valid says whether a list of the memory names only phrasings below limit.
func valid(list []byte, limit int) bool {
	at := uint64(0)
	for len(list) > 0 {
		more, n := binary.Uvarint(list)
		if n <= 0 || more >= uint64(limit) || at+more >= uint64(limit) {
			return false
		}
		at, list = at+more, list[n:]
	}
	return true
}

func (c *calibration) write(e *encoder) {
	if c == nil {
		e.int(0)
		return
	}
	e.int(1)
	e.flags([]bool{c.trusted})
	for _, w := range [][]float64{c.told.answerable, c.told.right, c.meant.answerable, c.meant.right} {
		e.int(len(w))
		for _, v := range w {
			e.double(v)
		}
	}
	e.int(len(c.outcomes))
	for _, o := range c.outcomes {
		e.float(o.answerable)
		e.float(o.right)
		e.int(int(o.kind))
	}
	e.int(c.test.Asked)
	e.int(c.test.Right)
	e.int(c.test.Among3)
	e.int(len(c.test.Confused))
	for _, f := range c.test.Confused {
		e.bytes([]byte(f.Asked))
		e.bytes([]byte(f.Found))
		e.int(f.Times)
		e.bytes([]byte(f.Example))
	}
}

func decodeCalibration(d *decoder) *calibration {
	if d.int(1) == 0 {
		return nil
	}
	c := &calibration{}
	for _, f := range d.flags(1) {
		c.trusted = f
	}
	c.told = belief{d.doubles(toldCount), d.doubles(toldCount)}
	c.meant = belief{d.doubles(meantCount), d.doubles(meantCount)}
	if len(c.told.answerable) == 0 || len(c.told.right) == 0 || len(c.meant.answerable) != len(c.meant.right) {
		d.failed = true
	}
	c.outcomes = make([]outcome, d.count(9))
	for i := range c.outcomes {
		c.outcomes[i] = outcome{d.float(), d.float(), uint8(d.int(found))}
	}
	const plenty = 1 << 40
	c.test.Asked, c.test.Right, c.test.Among3 = d.int(plenty), d.int(plenty), d.int(plenty)
	for range d.count(4) {
		c.test.Confused = append(c.test.Confused, Confusion{
			Asked: string(d.take(d.count(1))), Found: string(d.take(d.count(1))), Times: d.int(plenty), Example: string(d.take(d.count(1))),
		})
	}
	return c
}
