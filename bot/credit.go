package bot

import (
	"slices"
	"time"

	"crmbot/crm"
)

// Balance is what is left of a person's Credits in one conversation, and who
// has spent how much of it. The zero Balance has nothing. It is stored as JSON;
// its methods are the rules.
//
// Rights of the same length are one: a new one takes the older one's place,
// for a platform does not add them up. Rights of another length stand beside
// it. What we count is never more than the platform grants, so where its rule
// is in doubt we count less.
type Balance struct {
	Grants []Grant `json:"grants,omitempty"`
	// Bot is how many the bot has spent since the person last gave any.
	Bot int `json:"bot,omitempty"`
	// Nudged is when the person was last told outside the chat that a reply
	// waits; zero since he last gave any.
	Nudged time.Time `json:"nudged,omitzero"`
}

// Grant is what one event gave.
type Grant struct {
	Left  int           `json:"left"`
	Of    int           `json:"of,omitempty"`
	For   time.Duration `json:"for,omitempty"`
	Until time.Time     `json:"until"`
}

// Grant adds what an event of the kind gives at a moment; it says whether it
// gives anything. An event that comes late, or once more, gives nothing that a
// newer one has not given already.
func (b *Balance) Grant(credits []Credit, kind Kind, at time.Time) bool {
	given := false
	for _, c := range credits {
		until := at.Add(c.For)
		if c.On != kind || slices.ContainsFunc(b.Grants, func(g Grant) bool { return g.For == c.For && !g.Until.Before(until) }) {
			continue
		}
		b.Grants = slices.DeleteFunc(b.Grants, func(g Grant) bool { return !g.Until.After(at) || g.For == c.For })
		b.Grants = append(b.Grants, Grant{Left: c.N, Of: c.N, For: c.For, Until: until})
		given = true
	}
	if given {
		b.Bot, b.Nudged = 0, time.Time{}
		slices.SortFunc(b.Grants, func(x, y Grant) int { return x.Until.Compare(y.Until) })
	}
	return given
}

// Left is how many messages may still be sent at a moment.
func (b *Balance) Left(at time.Time) int {
	n := 0
	for _, g := range b.Grants {
		if g.Until.After(at) {
			n += g.Left
		}
	}
	return n
}

// Spend takes one, of the right that ends first, and says whether there was
// one. Where a person was asked for or is in charge, the bot gets one and
// leaves the rest to that person.
func (b *Balance) Spend(author crm.AuthorKind, charge bool, at time.Time) bool {
	_, ok := b.Pay(author, charge, at)
	return ok
}

// Pay is Spend that also says which right it took from, for Refund.
func (b *Balance) Pay(author crm.AuthorKind, charge bool, at time.Time) (from Grant, ok bool) {
	if author == crm.AuthorBot && charge && b.Bot >= 1 {
		return Grant{}, false
	}
	for i := range b.Grants {
		if g := &b.Grants[i]; g.Left > 0 && g.Until.After(at) {
			g.Left--
			if author == crm.AuthorBot {
				b.Bot++
			}
			return *g, true
		}
	}
	return Grant{}, false
}

// Refund gives back what Pay took for a message that surely did not arrive. A
// right that was renewed meanwhile is full already.
func (b *Balance) Refund(author crm.AuthorKind, from Grant) {
	for i := range b.Grants {
		g := &b.Grants[i]
		if g.For != from.For || !g.Until.Equal(from.Until) || g.Left >= g.Of {
			continue
		}
		g.Left++
		if author == crm.AuthorBot && b.Bot > 0 {
			b.Bot--
		}
	}
}

// Close forgets every right that began before a moment: the platform refused a
// message sent then, so it knows of fewer than we do.
func (b *Balance) Close(at time.Time) {
	b.Grants = slices.DeleteFunc(b.Grants, func(g Grant) bool { return !g.Until.Add(-g.For).After(at) })
}
