package crm

// Page asks for part of a list. Limit 0 means 50; more than 500 is 500.
type Page struct {
	Limit  int
	Offset int
	// Uncounted is for who does not want the total, which may cost more than the
	// page: he is told how far the page goes instead.
	Uncounted bool
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
