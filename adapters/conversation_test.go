package adapters_test

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// screen is a person in front of one platform.
type screen interface {
	// The person's side. Each brings one thing into the inbox.
	enter(scene string)
	say(text string)
	press(label string)
	phone(number string)
	photo(name string)
	// shown is what came since the last time.
	shown() []shown
}

// shown is one thing that a platform was told to show.
type shown struct {
	what    string // the call: "sendMessage"
	who     string // a colleague, "" for the person of the conversation
	text    string // as it went over the wire
	plain   string // as it reads
	options []string
	beside  bool // nothing that is read: a tick at a button, "is typing"
	changed bool // it stands in the place of what was there; text is the difference alone
}

// aPicture stands for one that is shown.
const aPicture = "‹picture›"

// step is one line of a script: what the person does.
type step struct {
	do   string // "enter", "say", "press", "phone", "photo"; "table" says something that is answered with one
	with string // for press the key of the label in the locale
}

// pause is how long a person takes to read and to type.
const pause = 10 * time.Second

// transcript is a conversation that was played.
type transcript struct {
	text   strings.Builder
	normal strings.Builder
}

// play lets a person do what the script says, and writes down what everybody is
// shown. others are screens of those who are told of it.
func (w *town) play(who string, s screen, others []screen, script []step) *transcript {
	w.t.Helper()
	out := &transcript{}
	for _, st := range script {
		w.line.Advance(pause)
		with := w.fill(st, out.text.String())
		line := with
		switch st.do {
		case "enter":
			s.enter(with)
			line = "<enters " + with + ">"
		case "say", "table":
			s.say(with)
		case "press":
			s.press(with)
			line = "[" + with + "]"
		case "phone":
			s.phone(with)
			line = "<phone " + with + ">"
		case "photo":
			s.photo(with)
			line = "<photo " + with + ">"
		}
		fmt.Fprintf(&out.normal, "%s> %s\n", who, line)
		if w.hears(out, who+"> "+line, s, others, st.do == "table") {
			w.line.Advance(pause)
			s.say("Ana")
			w.hears(out, who+"> Ana", s, others, false)
		}
	}
	return out
}

// hears writes down what everybody is shown after a line. It says whether the
// person is asked for a name: some platforms tell it, the others' people are
// asked once, so that this is in no normal form.
func (w *town) hears(out *transcript, line string, s screen, others []screen, table bool) (asked bool) {
	w.t.Helper()
	w.settle()
	fmt.Fprintln(&out.text, line)
	all := s.shown()
	for _, other := range others {
		all = append(all, other.shown()...)
	}
	hint, _, _ := strings.Cut(w.words.Label("form.words", "words", "|"), "|")
	name := w.words.Label("ask.wish.name")
	for _, x := range all {
		out.add(x)
		if x.who != "" || x.beside || x.plain == "…" { // nothing, to take a keyboard away
			continue
		}
		said := normal(x.plain, hint, name)
		if table {
			said = figures(x.plain)
		}
		if asked = asked || strings.Contains(x.plain, name); said != "" {
			fmt.Fprintln(&out.normal, said)
		}
	}
	return asked
}

var reference = regexp.MustCompile(`\{(LEAD|OPP|TIC)\}`)

// fill puts labels and the latest references into a step.
func (w *town) fill(st step, soFar string) string {
	if st.do == "press" {
		return w.words.Label(st.with)
	}
	return reference.ReplaceAllStringFunc(st.with, func(name string) string {
		kind := strings.Trim(name, "{}")
		all := regexp.MustCompile(kind+`-\d+`).FindAllString(soFar, -1)
		if len(all) == 0 {
			w.t.Fatalf("no %s so far:\n%s", kind, soFar)
		}
		return all[len(all)-1]
	})
}

func (out *transcript) add(x shown) {
	head := "  " + x.what
	if x.who != "" {
		head += " to " + x.who
	}
	fmt.Fprintln(&out.text, head)
	for line := range strings.SplitSeq(x.text, "\n") {
		if strings.TrimSpace(line) != "" {
			fmt.Fprintln(&out.text, "    "+line)
		}
	}
	if len(x.options) > 0 {
		fmt.Fprintln(&out.text, "    ["+strings.Join(x.options, "] [")+"]")
	}
}

var (
	numbered = regexp.MustCompile(`^\d+\. .*$`)
	figure   = regexp.MustCompile(`[¥$]?\d[\d,.:%]*`)
	layout   = strings.NewReplacer(": ", " ", "：", " ", "• ", "", "- ", "", "**", "")
)

// normal is a text without what platforms show in their own way: numbers and a
// hint in the place of buttons, the question for a name, and how the lines of a
// card are set and in which order.
func normal(text, hint, name string) string {
	var lines []string
	for line := range strings.SplitSeq(text, "\n") {
		if strings.HasPrefix(line, hint) || line == name {
			continue
		}
		line = strings.Join(strings.Fields(layout.Replace(line)), " ")
		if line != "" && !numbered.MatchString(line) {
			lines = append(lines, line)
		}
	}
	slices.Sort(lines)
	return strings.Join(lines, " / ")
}

// figures are the numbers of a table, however it is drawn.
func figures(text string) string {
	all := figure.FindAllString(text, -1)
	slices.Sort(all)
	return strings.Join(all, " ")
}

// minutes are those of the conversation. How many of them pass depends on who is
// first where an answer waits for its request.
var minutes = regexp.MustCompile(`\b10:0\d\b`)

// keep compares a transcript with its golden file, testdata/conversation/….
func keep(t *testing.T, name, have string) {
	t.Helper()
	have = minutes.ReplaceAllString(have, "10:00")
	path := filepath.Join("testdata", "conversation", name+".txt")
	if os.Getenv("CRMBOT_UPDATE") == "1" {
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(have), 0o644); err != nil { //nolint:gosec // no secret
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatalf("%v (CRMBOT_UPDATE=1 writes it)", err)
	}
	if diff := cmp.Diff(strings.Split(string(want), "\n"), strings.Split(have, "\n")); diff != "" {
		t.Errorf("%s (-want +have, CRMBOT_UPDATE=1 writes it):\n%s", path, diff)
	}
}

// stage opens a platform in a language: a town, the person, and who is told.
type stage func(t *testing.T, language string) (w *town, person screen, others []screen)

// compare plays a script on several platforms, keeps each transcript, and
// checks that they say the same.
func compare(t *testing.T, name, who string, stages map[string]stage, scripts map[string][]step) {
	for _, language := range []string{"en", "zh-CN"} {
		short, _, _ := strings.Cut(language, "-")
		first, said := "", ""
		for _, platform := range sorted(stages) {
			t.Run(platform+"."+short, func(t *testing.T) {
				w, person, others := stages[platform](t, language)
				out := w.play(who, person, others, scripts[language])
				if missed := w.catalog.Missed(); len(missed) > 0 {
					t.Errorf("words that are missing: %v", missed)
				}
				keep(t, name+"."+platform+"."+short, out.text.String())
				have := out.normal.String()
				if said == "" {
					first, said = platform, have
				}
				if diff := cmp.Diff(strings.Split(said, "\n"), strings.Split(have, "\n")); diff != "" {
					t.Errorf("%s and %s do not say the same (-%s +%s):\n%s", first, platform, first, platform, diff)
				}
			})
		}
	}
}

// TestCustomerEverywhere plays one and the same conversation of a customer on
// every platform where customers write: a way in that says where they come
// from, a button, a wish with its questions, an article in between, the phone
// number, a complaint with a photo, and a word for a person.
func TestCustomerEverywhere(t *testing.T) {
	compare(t, "customer", "ana", customerStages, customerScript)
}

var customerScript = map[string][]step{
	"en": {
		{"enter", "fair_2026"},
		{"press", "button.wish"},
		{"say", "20 t maltose syrup"},
		{"say", "How long does maltose syrup keep?"},
		{"phone", "13800000000"},
		{"say", "Green Farm"},
		{"say", "my last order arrived damaged"},
		{"press", "button.skip"},
		{"photo", "torn.png"},
		{"say", "talk to a person"},
	},
	"zh-CN": {
		{"enter", "fair_2026"},
		{"press", "button.wish"},
		{"say", "麦芽糖浆20吨"},
		{"say", "麦芽糖浆保质期多久？"},
		{"phone", "13800000000"},
		{"say", "绿源食品"},
		{"say", "上次的货破了"},
		{"press", "button.skip"},
		{"photo", "torn.png"},
		{"say", "人工"},
	},
}

// TestSalesEverywhere plays one and the same conversation of a salesperson on
// every platform where colleagues write: a lead, a note, a deal, the pipeline,
// and back again.
func TestSalesEverywhere(t *testing.T) {
	compare(t, "sales", "wang.fang", salesStages, salesScript)
}

var salesScript = map[string][]step{
	"en": {
		{"say", "lead new Zhang Wei company=Rongshi phone=13800000000 need=\"20 t maltose syrup\" source=baidu"},
		{"press", "button.yes"},
		{"say", "note {LEAD}: called, wants a sample"},
		{"say", "{LEAD}"},
		{"say", "deal new Rongshi 280k close=12-20"},
		{"say", "{OPP} proposal"},
		{"table", "pipeline"},
		{"say", "my deals"},
		{"say", "undo"},
		{"say", "{OPP}"},
	},
	"zh-CN": {
		{"say", "新线索 张伟 融氏 13800000000 麦芽糖浆20吨 百度"},
		{"press", "button.yes"},
		{"say", "跟进 {LEAD}：已电话，要样品"},
		{"say", "{LEAD}"},
		{"say", "新商机 融氏 28万 预计=12-20"},
		{"say", "{OPP} 报价"},
		{"table", "漏斗"},
		{"say", "我的商机"},
		{"say", "撤销"},
		{"say", "{OPP}"},
	},
}
