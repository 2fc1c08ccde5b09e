package customer

import (
	"regexp"
	"slices"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"

	"crmbot/bot/grammar"
	"crmbot/bot/locale"
)

// Goods knows what the company sells. The knowledge base is one.
type Goods interface {
	// Names says whether a text names something that is sold.
	Names(text string) bool
	// Known says whether it knows enough of what is sold to doubt the rest.
	Known() bool
}

// Intent is a wish: the command that takes it down and what the words said
// already.
type Intent struct {
	Command string
	Values  map[string]string
	Price   bool // asked what something costs
	Doubt   bool // worded like a wish, but about nothing that is sold here
}

// pattern is one way to word a wish, of a whole message.
type pattern struct {
	expr  func() *regexp.Regexp // compiled when the first text holds it: most never do
	holds string                // what a text must hold to be worth a closer look, squeezed
	opens string                // what it must begin with, squeezed
	shuts string                // what it must end with, squeezed
	list  *list
	slots []string
	never []string // a slot that holds one of these is no wish
}

// list is a list of patterns with what it leads to.
type list struct {
	key    string
	intent Intent
	about  about
	whole  bool // the message is the description itself
	free   bool // what stands in the slot may be anything, over several lines
}

// about is what a slot has to name.
type about int

const (
	anything about = iota
	wares          // something sold, or a quantity in trade units; else it is in doubt
	things         // something sold or delivered; else it is no wish
)

// lists in the order in which they are tried: what somebody names as a
// complaint is one, whatever else it is.
var lists = []list{
	{key: "words.trouble.report", intent: trouble("complaint"), free: true},
	{key: "words.trouble.complaint", intent: trouble("complaint")},
	{key: "words.trouble.damage", intent: trouble("complaint"), about: things, whole: true},
	{key: "words.trouble.return", intent: trouble("return"), about: things},
	{key: "words.trouble.repair", intent: trouble("repair")},
	{key: "words.wish.price", intent: Intent{Command: "wish", Price: true}, about: wares},
	{key: "words.wish.buy", intent: Intent{Command: "wish"}, about: wares},
}

func trouble(kind string) Intent {
	return Intent{Command: "trouble", Values: map[string]string{"kind": kind}}
}

func loadPatterns(c *locale.Catalog) []pattern {
	var out []pattern
	for i := range lists {
		l := &lists[i]
		var never []string
		for _, w := range c.Every(l.key + ".not") {
			never = append(never, Normal(w))
		}
		texts := c.Every(l.key)
		slices.SortStableFunc(texts, func(a, b string) int { return open(a) - open(b) })
		for _, text := range texts {
			x := compile(text, l)
			x.never = never
			out = append(out, x)
		}
	}
	return out
}

// open orders patterns: those that leave nothing open first, then the longest.
func open(text string) int {
	if strings.Contains(text, "{") {
		return 1000 - len(text)
	}
	return 0
}

var (
	slot   = regexp.MustCompile(`\\\{([a-z]+)\\\}`)
	braces = regexp.MustCompile(`\{[a-z]+\}`)
)

// squeeze leaves out what may stand between words or not.
func squeeze(s string) string { return dense(folded(s)) }

// The longest that a slot takes, in runes, and one that may hold anything. The
// expressions do not count: each count is written out in memory.
const (
	longestSlot = 160
	longestFree = 500
)

func (l *list) longest() int {
	if l.free {
		return longestFree
	}
	return longestSlot
}

// compile makes an expression of "i want to buy {need}" or "i need {amount}", for
// folded text. A slot is a stretch of text without a question or a new sentence;
// the expression fits the whole text, and takes linear time.
func compile(text string, l *list) pattern {
	p := pattern{list: l}
	words := folded(strings.TrimSpace(grammar.Normal(text)))
	parts := braces.Split(words, -1)
	for _, part := range parts {
		if part = squeeze(part); len(part) > len(p.holds) {
			p.holds = part
		}
	}
	p.opens, p.shuts = squeeze(parts[0]), squeeze(parts[len(parts)-1])
	quoted := strings.ReplaceAll(regexp.QuoteMeta(words), " ", `[ ,]+`)
	quoted = strings.ReplaceAll(quoted, ":", ` *: *`)
	expr := slot.ReplaceAllStringFunc(quoted, func(s string) string {
		name := slot.FindStringSubmatch(s)[1]
		p.slots = append(p.slots, name)
		switch {
		case name == "amount": // a need that begins with how much
			return `(` + quantity + `[^?!\n]*?)`
		case name == "quantity":
			return ` *(` + quantity + `)`
		case l.free:
			return `([\s\S]+?)`
		}
		return `([^?!\n]+?)`
	})
	p.expr = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^` + expr + `$`) })
	return p
}

// The longest that can be a wish as a whole, and the longest complaint.
const (
	longestWish      = 300
	longestComplaint = 600
)

// fixed are what texts must hold for patterns, as Dense makes it.
func fixed(patterns []pattern) *grammar.Needles {
	holds := make([]string, len(patterns))
	for i, x := range patterns {
		holds[i] = strings.ToLower(x.holds)
	}
	return grammar.NewNeedles(holds)
}

// Intent says which wish the whole text is. A question is none, but for one
// about the price. goods may be nil: then nothing is known to be sold.
func (p *Phrases) Intent(text string, goods Goods) (Intent, bool) { return p.Hear(text).Intent(goods) }

// Intent is that of Phrases for what was said.
func (s *Said) Intent(goods Goods) (Intent, bool) {
	p := s.phrases
	if utf8.RuneCountInString(s.Text) > longestComplaint {
		return Intent{}, false
	}
	near := p.fixed.In(s.Dense())
	if len(near) == 0 {
		return Intent{}, false
	}
	text := s.lines()
	asks := p.asks(grammar.Normal(text), Normal(text))
	start, end := p.manners.around(folded(strings.TrimRight(text, " .!?。~")))
	words := text[start:end]
	low := folded(words)
	squeezed, long := squeeze(words), utf8.RuneCountInString(words) > longestWish
	for _, i := range near {
		x := p.patterns[i]
		if long && !x.list.free || !strings.Contains(squeezed, x.holds) ||
			!strings.HasPrefix(squeezed, x.opens) || !strings.HasSuffix(squeezed, x.shuts) {
			continue
		}
		if asks && !x.list.intent.Price && !x.list.free && (len(x.slots) > 0 || strings.HasSuffix(text, "?")) {
			continue
		}
		if found, ok := p.match(x, words, low, goods); ok {
			return found, true
		}
	}
	return Intent{}, false
}

// lines is what was said line by line, each as grammar.Normal makes it.
func (s *Said) lines() string {
	if !strings.ContainsAny(s.words, "\r\n") {
		return s.flat
	}
	lines := strings.Split(strings.ReplaceAll(s.words, "\r", ""), "\n")
	for i := range lines {
		lines[i] = grammar.Normal(lines[i])
	}
	return strings.Join(lines, "\n")
}

func (p *Phrases) match(x pattern, text, low string, goods Goods) (Intent, bool) {
	m := x.expr().FindStringSubmatchIndex(low)
	if m == nil {
		return Intent{}, false
	}
	found := x.list.intent
	found.Values = map[string]string{}
	for k, v := range x.list.intent.Values {
		found.Values[k] = v
	}
	named := len(x.slots) == 0 || x.list.about != things
	for i, name := range x.slots {
		value := text[m[2*i+2]:m[2*i+3]]
		if utf8.RuneCountInString(value) > x.list.longest() {
			return Intent{}, false
		}
		value = strings.Trim(value, " ,.:;、\n")
		if holds(value, x.never) || name == "goods" && (goods == nil || !goods.Names(value) || len([]rune(value)) > 30) {
			return Intent{}, false
		}
		if x.list.about != things && slices.Contains(p.nothing, Normal(value)) {
			continue // the goods are still to be asked for
		}
		named = named || IsWare(value, goods) || holds(value, p.things)
		if x.list.about == wares && !IsWare(value, goods) {
			found.Doubt = goods != nil && goods.Known() // a customer too many is better than one lost
		}
		if value != "" && !x.list.whole {
			found.put(name, value)
		}
	}
	if !named {
		return Intent{}, false
	}
	if x.list.whole {
		found.Values["text"] = text
	}
	return found, true
}

// put keeps what a slot held. A need of nothing but a quantity is one, and the
// goods are still to be asked for.
func (i *Intent) put(name, value string) {
	if name == "goods" || name == "amount" {
		name = "need"
	}
	if name == "quantity" {
		if need := i.Values["need"]; need != "" {
			i.Values["need"] = need + " " + value
			return
		}
		i.Values["quantity"] = value
		return
	}
	if name == "need" {
		value = trimNeed(value)
		if isQuantity(value) {
			name = "quantity"
		}
	}
	if before := i.Values[name]; before != "" {
		value = before + " " + value
	}
	i.Values[name] = value
}

// IsWare says whether a text names something sold, or a quantity of something.
func IsWare(text string, goods Goods) bool {
	return amount.MatchString(folded(text)) || goods != nil && goods.Names(folded(text))
}

// tail is what stands behind a need and is none of it.
var tail = regexp.MustCompile(`(?i)[ ,]*(?:请报价|报价|报个价|多少钱|please quote|quote please|how much|per (?:tons?|tonne|kg|bag|drum)|一吨|一公斤|一袋|一桶)$`)

func trimNeed(s string) string {
	if short := strings.TrimSpace(tail.ReplaceAllString(s, "")); short != "" {
		return short
	}
	return s
}

// isQuantity says whether a text is a quantity and nothing else.
func isQuantity(s string) bool {
	s = folded(strings.TrimSpace(s))
	at := amount.FindStringIndex(s)
	if at == nil || strings.Trim(s[:at[0]], " 约大概") != "" {
		return false
	}
	rest := strings.Trim(s[at[1]:], " 左右吧的,.")
	return strings.IndexFunc(rest, unicode.IsLetter) < 0
}
