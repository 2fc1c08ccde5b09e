package index

// posting is how much a feature speaks for a document.
type posting struct {
	document int32
	weight   float32
}

// table is the postings of all features: of feature f list[start[f]:start[f+1]],
// in the order of the documents.
type table struct {
	start []int32
	list  []posting
}

func (t *table) of(f int32) []posting { return t.list[t.start[f]:t.start[f+1]] }
