package crm

// Page asks for part of a list. Limit 0 means 50; more than 500 is 500.
type Page struct {
	Limit  int
	Offset int
}

// Bound returns the page with its limit made sensible.
func (p Page) Bound() Page {
	switch {
	case p.Limit <= 0:
		p.Limit = 50
	case p.Limit > 500:
		p.Limit = 500
	}
	p.Offset = max(p.Offset, 0)
	return p
}
