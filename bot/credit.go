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
// for a platform does not add them up. Rights of another length stand beside it
// and are spent one after the other, the one that ends first before the others:
// platforms name a number for each kind of event, and none that holds for all
// of them together. Where one should count stricter than it says, its refusal
// corrects us (Close).
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

// Grant adds what an event of the kind, which happened at a moment, gives now;
// it says whether it gives anything. An event that comes so late that its own
// right is over gives nothing, nor one that is older than what gave the right we
// have. Platforms tell the second alone, so one of the same moment is a new one
// if anything was spent since. Nobody may grant for the same event twice.
func (b *Balance) Grant(credits []Credit, kind Kind, at, now time.Time) bool {
	given := false
	for _, c := range credits {
		until := at.Add(c.For)
		known := func(g Grant) bool {
			return g.For == c.For && (g.Until.After(until) || g.Until.Equal(until) && g.Left >= g.Of)
		}
		if c.On != kind || !until.After(now) || slices.ContainsFunc(b.Grants, known) {
			continue
		}
		b.Grants = slices.DeleteFunc(b.Grants, func(g Grant) bool { return !g.Until.After(now) || g.For == c.For })
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
// message sent then, so it knows of fewer than we do. A right that began in the
// same second may be younger than the refusal, for the platform tells no more
// than the second: it stays.
func (b *Balance) Close(at time.Time) {
	at = at.Truncate(time.Second)
	b.Grants = slices.DeleteFunc(b.Grants, func(g Grant) bool { return g.Until.Add(-g.For).Before(at) })
}
