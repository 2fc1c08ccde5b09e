package adapters_test

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"crmbot/adapters/telegram/telegramtest"
	"crmbot/bot"
	"crmbot/bot/markup"
	"crmbot/crm"
)

// circle is a customer in front of one platform, and colleagues at a place.
type circle struct {
	*town
	t      *testing.T
	ana    outside
	office place
	text   strings.Builder
	normal strings.Builder
}

var circleCustomers = map[string]func(t *testing.T, language string) (outside, door){
	"telegram": func(t *testing.T, language string) (outside, door) {
		return newTelegram(t, "support", telegramtest.Person{ID: 555, Name: "Ana", Language: language})
	},
	"webchat": func(t *testing.T, language string) (outside, door) { return newWebchat(t, language) },
	"wechat":  func(t *testing.T, _ string) (outside, door) { return newWechat(t, false) },
}

var circlePlaces = map[string]func(t *testing.T, language string) (place, door){
	"page": newWebPlace, "slack": newSlackPlace, "telegram": newTelegramPlace,
}

// act is one line of a script in which two sides speak. who is "ana" or a
// colleague.
type act struct {
	who, do string
	with    string
}

// secret says whether what is done stays among colleagues.
func (a act) secret() bool { return a.do == "note" || a.do == "stopped" }

// TestCircleEverywhere plays the full circle on every platform where customers
// write and at every place where colleagues answer: a question and what is
// suggested, a wish for a person, the thread, a note, words that are stopped and
// words that go out, a photo each way, the end, how content she was, and the
// complaint.
func TestCircleEverywhere(t *testing.T) {
	for _, language := range []string{"en", "zh-CN"} {
		short, _, _ := strings.Cut(language, "-")
		var mu sync.Mutex
		said := map[string]string{}
		t.Run(short, func(t *testing.T) {
			for platform, customer := range circleCustomers {
				for spot, office := range circlePlaces {
					t.Run(platform+"."+spot, func(t *testing.T) {
						t.Parallel()
						c := newCircle(t, language, customer, office)
						c.play(circleScript[language])
						c.stayedInside(circleScript[language])
						keep(t, "thread."+platform+"."+spot+"."+short, c.text.String())
						mu.Lock()
						defer mu.Unlock()
						said[platform+"."+spot] = c.normal.String()
					})
				}
			}
		})
		first := ""
		for _, other := range sorted(said) {
			if first == "" {
				first = other
			}
			if diff := cmp.Diff(lines(said[first]), lines(said[other])); diff != "" {
				t.Errorf("%s: %s and %s do not say the same (-%s +%s):\n%s", language, first, other, first, other, diff)
			}
		}
	}
}

func newCircle(t *testing.T, language string, customer func(*testing.T, string) (outside, door), office func(*testing.T, string) (place, door)) *circle {
	t.Helper()
	c := &circle{t: t}
	var doors [2]door
	c.ana, doors[0] = customer(t, language)
	c.office, doors[1] = office(t, language)
	c.town = raise(t, language, []sitter{c.ana, c.office}, doors[:])
	return c
}

// TestOneBotEverywhere plays the circle where one bot of Telegram's is both the
// customers' and in the group of colleagues.
func TestOneBotEverywhere(t *testing.T) {
	for language, script := range circleScript {
		short, _, _ := strings.Cut(language, "-")
		t.Run(short, func(t *testing.T) {
			t.Parallel()
			office, d := newTelegramPlace(t, language)
			theirs, _ := office.(*telegramPlace)
			theirs.install, d.install, d.audience = "support", "support", crm.AudienceCustomers
			mine := *theirs.telegramScreen
			mine.me, mine.keys, mine.ours = telegramtest.Person{ID: 555, Name: "Ana", Language: language}, map[string]pressed{}, string(d.threads)
			theirs.others = strconv.FormatInt(mine.me.ID, 10)
			c := &circle{t: t, ana: &mine, office: office}
			c.town = raise(t, language, []sitter{sitters{&mine, office}}, []door{d})
			for _, who := range []string{"wang.fang", "li.wei"} {
				theirs.bring(theirs.server.Text(colleagueAt(who, language), c.linking(who)))
				c.settle()
			}
			c.ana.shown()
			office.shown()
			c.play(script)
			c.stayedInside(script)
			keep(t, "thread.telegram.same."+short, c.text.String())
		})
	}
}

// sitters sit behind one door.
type sitters []sitter

func (s sitters) sit(w *town, a bot.Adapter) {
	for _, x := range s {
		x.sit(w, a)
	}
}

// lapse is how long it takes to read and to type where words are held: less
// than they are, and less by more than settling jumps over.
const lapse = 4 * time.Second

// play lets both sides do what the script says, and writes down what everybody
// is shown.
func (c *circle) play(script []act) {
	c.t.Helper()
	for i, a := range script {
		c.line.Advance(lapse)
		line := a.who + "> " + c.do(a)
		c.settle()
		seen := c.ana.shown()
		if reader, ok := c.ana.(interface{ looks() }); ok {
			reader.looks()
			c.settle()
		}
		c.hear(a, line, seen, c.office.shown())
		if i == 0 {
			c.known()
		}
	}
	if missed := c.catalog.Missed(); len(missed) > 0 {
		c.t.Errorf("words that are missing: %v", missed)
	}
}

// account is the company of the customer.
const account = "Green Farm"

// known has a colleague recognize the customer: she buys for a company.
func (c *circle) known() {
	c.t.Helper()
	ctx, by := c.t.Context(), crm.System()
	services := crm.NewServices(c.store, c.now, c.settings)
	all, _, err := services.Contacts.List(ctx, by, crm.ContactFilter{})
	if err != nil || len(all) == 0 {
		c.t.Fatalf("%d contacts, %v", len(all), err)
	}
	ana := slices.MaxFunc(all, func(a, b *crm.Contact) int { return int(a.ID - b.ID) }).ID
	wang := must(c.store.UserByHandle(ctx, "wang.fang"))(c.t)
	buyer := must(services.Accounts.Ensure(ctx, by, account))(c.t)
	must(services.Contacts.Set(ctx, by, ana, map[string]string{"name": "Ana", "account": account, "intent": "A"}))(c.t)
	must(services.Contacts.Assign(ctx, by, ana, wang.ID))(c.t)
	deal := crm.Opportunity{
		Name: "Maltose syrup", AccountID: buyer.ID, ContactID: ana, OwnerID: wang.ID,
		Amount: crm.Money{Minor: 28_000_000, Currency: "CNY"},
	}
	if err := services.Opportunities.Create(ctx, by, &deal); err != nil {
		c.t.Fatal(err)
	}
}

// do does what one line says, and returns it as it is written down.
func (c *circle) do(a act) string {
	c.t.Helper()
	customer := a.who == "ana"
	switch a.do {
	case "enter":
		c.ana.enter(a.with)
		return "<enters " + a.with + ">"
	case "say":
		c.ana.say(a.with)
	case "choose":
		c.ana.press(a.with)
		return "[" + a.with + "]"
	case "press":
		label := c.words.Label(a.with)
		if customer {
			c.ana.press(label)
		} else {
			c.office.press(a.who, label)
		}
		return "[" + label + "]"
	case "photo":
		if customer {
			c.ana.photo("torn.png")
			return "<photo>"
		}
		c.office.send(a.who, "green.png", a.with)
		return "<photo> → ana: " + a.with
	case "note":
		c.office.note(a.who, a.with)
	case "reply", "stopped":
		c.office.reply(a.who, a.with)
		return "→ ana: " + a.with
	case "answer":
		c.office.answer(a.who, a.with)
		return "[" + c.words.Label("button.conversation.reply") + "] " + a.with
	case "wait": // until what was said last goes out
		c.line.Advance(pause)
	default:
		c.t.Fatalf("nobody can %s", a.do)
	}
	return a.with
}

// hear writes down what everybody is shown after a line.
func (c *circle) hear(a act, line string, ana, office []shown) {
	out := &transcript{}
	fmt.Fprintln(&c.text, line)
	fmt.Fprintln(&c.normal, line)
	told := map[string]string{}
	for i, x := range append(ana, settled(office)...) {
		if i < len(ana) {
			x.who = "ana"
		}
		out.add(x)
		if said := c.same(a, x); said != "" {
			told[strings.TrimSuffix(x.who, alone)] += said + "\n"
		}
	}
	c.text.WriteString(out.text.String())
	for _, who := range sorted(told) {
		said := told[who]
		if who == "ana" { // some platforms show words and a picture one after the other
			said = normal(said, "\x00", "")
		}
		last := ""
		for said := range strings.Lines(said) {
			if said == last { // sent, and then delivered
				continue
			}
			last = said
			fmt.Fprintf(&c.normal, "  %s: %s\n", who, strings.TrimSpace(said))
		}
	}
}

// settled puts the card last where it and its thread change one after the other:
// which is first is up to whoever is faster, a request that waits for its answer
// or what happens beside it.
func settled(all []shown) []shown {
	rank := func(x shown) int {
		if x.who == cardIs {
			return 1
		}
		return 0
	}
	for i := 0; i < len(all); i++ {
		end := i
		for end < len(all) && all[end].changed {
			end++
		}
		slices.SortStableFunc(all[i:end], func(a, b shown) int { return rank(a) - rank(b) })
		i = end
	}
	return all
}

var (
	// elsewhere is what platforms are called.
	elsewhere = strings.NewReplacer("Telegram", "‹platform›", "WeChat", "‹platform›", "Web chat", "‹platform›", "微信", "‹platform›", "网页聊天", "‹platform›")
	// chosen is a choice as a thread shows it, with its number where there are no
	// buttons.
	chosen = regexp.MustCompile(`^(Ana) (?:\d )?「.*」$`)
	// rating is an answer to the survey by its button, or by its number.
	rating = regexp.MustCompile(`(Ana \d) \S.*$`)
	quoted = regexp.MustCompile(`^“.*”$`)
	theBot = regexp.MustCompile(`^(?:Bot|机器人) `)
)

// same is what is said, whatever the platform: without the words that repeat
// what somebody just wrote, without the place and what may still be sent, and
// with what was shown to somebody as what was sent.
func (c *circle) same(a act, x shown) string {
	if x.beside || x.changed && x.who == cardIs {
		return ""
	}
	hint, _, _ := strings.Cut(c.words.Label("form.words", "words", "|"), "|")
	where, _, _ := strings.Cut(c.words.Label("notice.conversation.where", "where", "|"), "|")
	left, toast := c.words.Label("field.window"), c.words.Label("relay.stopped.toast")
	numbers := markup.Plain(c.words.T("feedback.numbers")) // in the place of buttons
	var kept []string
	for line := range strings.SplitSeq(x.plain, "\n") {
		if line == numbers {
			continue
		}
		bare := strings.TrimPrefix(strings.TrimSuffix(layout.Replace(elsewhere.Replace(line)), ":"), "王芳 ")
		if x.who == theThread && quoted.MatchString(line) || x.who != "ana" && line == "“"+a.with+"”" || strings.HasPrefix(bare, where) || strings.HasPrefix(bare, left) || bare == toast {
			continue
		}
		bare = chosen.ReplaceAllString(theBot.ReplaceAllString(bare, "bot "), "$1 ‹choice›")
		if bare == "bot "+c.words.Label("survey.ask") {
			continue
		}
		kept = append(kept, rating.ReplaceAllString(bare, "$1"))
	}
	said := normal(strings.Join(kept, "\n"), hint, "\x00")
	return strings.ReplaceAll(said, c.words.Label("relay.delivered", "name", "Ana"), c.words.Label("relay.accepted", "name", "Ana"))
}

// stayedInside checks that nothing that was said among colleagues was in
// anything that the customer's platform was ever sent, and that all else was.
func (c *circle) stayedInside(script []act) {
	c.t.Helper()
	reached := c.ana.reached()
	for _, known := range []string{account, "OPP-1", c.words.Label("relay.note.only", "name", "Ana"), c.words.Label("field.charge")} {
		if strings.Contains(reached, known) {
			c.t.Errorf("%q went out", known)
		}
	}
	for _, a := range script {
		switch {
		case a.secret() && strings.Contains(reached, a.with):
			c.t.Errorf("%q went out", a.with)
		case (a.do == "reply" || a.do == "photo" && a.with != "" || a.do == "answer") && !strings.Contains(reached, a.with):
			c.t.Errorf("%q did not go out", a.with)
		}
	}
}

var circleScript = map[string][]act{
	"en": {
		{"ana", "enter", "fair_2026"},
		{"ana", "say", "how long does your syrup keep?"},
		{"ana", "choose", "How long does maltose syrup keep?"},
		{"ana", "say", "can you make it blue?"},
		{"ana", "say", "talk to a person"},
		{"wang.fang", "note", "she asked for blue last year too"},
		{"wang.fang", "stopped", "Blue we can not do."},
		{"wang.fang", "press", "relay.button.stop"},
		{"wang.fang", "reply", "Hello Ana, blue we cannot do, but green."},
		{"wang.fang", "wait", "ten seconds pass"},
		{"ana", "photo", ""},
		{"wang.fang", "photo", "This green."},
		{"wang.fang", "wait", "ten seconds pass"},
		{"wang.fang", "answer", "You get a sample tomorrow."},
		{"wang.fang", "wait", "ten seconds pass"},
		{"wang.fang", "press", "button.conversation.close"},
		{"ana", "choose", "2 Not content"},
		{"ana", "say", "it took far too long"},
	},
	"zh-CN": {
		{"ana", "enter", "fair_2026"},
		{"ana", "say", "糖浆能放多久"},
		{"ana", "choose", "麦芽糖浆保质期多久？"},
		{"ana", "say", "能做成蓝色的吗"},
		{"ana", "say", "人工"},
		{"wang.fang", "note", "她去年也问过蓝色"},
		{"wang.fang", "stopped", "蓝色的做步了"},
		{"wang.fang", "press", "relay.button.stop"},
		{"wang.fang", "reply", "您好，蓝色做不了，绿色可以。"},
		{"wang.fang", "wait", "过了十秒"},
		{"ana", "photo", ""},
		{"wang.fang", "photo", "这种绿色。"},
		{"wang.fang", "wait", "过了十秒"},
		{"wang.fang", "answer", "明天给您寄样品。"},
		{"wang.fang", "wait", "过了十秒"},
		{"wang.fang", "press", "button.conversation.close"},
		{"ana", "choose", "2 不满意"},
		{"ana", "say", "等得太久了"},
	},
}
