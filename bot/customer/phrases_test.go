package customer

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"crmbot/bot"
	"crmbot/bot/locale"
)

func load(t *testing.T) *Phrases {
	t.Helper()
	c, err := locale.Load()
	if err != nil {
		t.Fatal(err)
	}
	return Load(c)
}

func TestIntentIsTheWholeMessage(t *testing.T) {
	t.Parallel()
	p := load(t)
	for _, x := range []struct {
		text string
		want Intent
	}{
		{"我要买", Intent{Command: "wish", Values: map[string]string{}}},
		{"我要买！", Intent{Command: "wish", Values: map[string]string{}}},
		{"想采购20吨麦芽糖浆", Intent{Command: "wish", Values: map[string]string{"need": "20吨麦芽糖浆"}}},
		{"我们想采购 20吨麦芽糖浆。", Intent{Command: "wish", Values: map[string]string{"need": "20吨麦芽糖浆"}}},
		{"I want to buy 20 t of maltose syrup", Intent{Command: "wish", Values: map[string]string{"need": "20 t of maltose syrup"}}},
		{"i WANT to buy Maltose.", Intent{Command: "wish", Values: map[string]string{"need": "Maltose"}}},
		{"多少钱?", Intent{Command: "wish", Price: true, Values: map[string]string{}}},
		{"报价", Intent{Command: "wish", Price: true, Values: map[string]string{}}},
		{"麦芽糖浆多少钱？", Intent{Command: "wish", Price: true, Values: map[string]string{"need": "麦芽糖浆"}}},
		{"麦芽糖浆多少钱一吨", Intent{Command: "wish", Price: true, Values: map[string]string{"need": "麦芽糖浆"}}},
		{"How much is maltose syrup?", Intent{Command: "wish", Price: true, Values: map[string]string{"need": "maltose syrup"}}},
		{"I need a quote for 5 pallets", Intent{Command: "wish", Price: true, Values: map[string]string{"quantity": "5 pallets"}}},
		{"我要20吨麦芽糖浆，请报价", Intent{Command: "wish", Price: true, Values: map[string]string{"need": "20吨麦芽糖浆"}}},
		{"我要20吨麦芽糖浆", Intent{Command: "wish", Values: map[string]string{"need": "20吨麦芽糖浆"}}},
		{"I need 20 t of maltose syrup", Intent{Command: "wish", Values: map[string]string{"need": "20 t of maltose syrup"}}},
		{"投诉", Intent{Command: "trouble", Values: map[string]string{"kind": "complaint"}}},
		{"投诉：到货破袋", Intent{Command: "trouble", Values: map[string]string{"kind": "complaint", "text": "到货破袋"}}},
		{"complaint: torn bags", Intent{Command: "trouble", Values: map[string]string{"kind": "complaint", "text": "torn bags"}}},
		{"到货破袋", Intent{Command: "trouble", Values: map[string]string{"kind": "complaint", "text": "到货破袋"}}},
		{"昨天收到的两桶漏了", Intent{Command: "trouble", Values: map[string]string{"kind": "complaint", "text": "昨天收到的两桶漏了"}}},
		{"What does it cost?", Intent{Command: "wish", Price: true, Values: map[string]string{}}},
		{"这个多少钱", Intent{Command: "wish", Price: true, Values: map[string]string{}}},
		{"can I get a quote?", Intent{Command: "wish", Price: true, Values: map[string]string{}}},
		{"产品有质量问题", Intent{Command: "trouble", Values: map[string]string{"kind": "complaint", "text": "产品有质量问题"}}},
		{"I received the wrong product", Intent{Command: "trouble", Values: map[string]string{"kind": "complaint", "text": "I received the wrong product"}}},
		{"torn bags, very unhappy", Intent{Command: "trouble", Values: map[string]string{"kind": "complaint", "text": "torn bags, very unhappy"}}},
		{"坏了", Intent{Command: "trouble", Values: map[string]string{"kind": "complaint", "text": "坏了"}}},
		{"My order arrived damaged!", Intent{Command: "trouble", Values: map[string]string{"kind": "complaint", "text": "My order arrived damaged"}}},
		{"我要退货", Intent{Command: "trouble", Values: map[string]string{"kind": "return"}}},
		{"报修", Intent{Command: "trouble", Values: map[string]string{"kind": "repair"}}},
	} {
		have, ok := p.Intent(x.text, sold{})
		if !ok {
			t.Errorf("Intent(%q) is none", x.text)
			continue
		}
		if diff := cmp.Diff(x.want, have); diff != "" {
			t.Errorf("Intent(%q) (-want +have):\n%s", x.text, diff)
		}
	}
}

// TestNoIntent is the list of what must start nothing.
func TestNoIntent(t *testing.T) {
	t.Parallel()
	p := load(t)
	for _, text := range []string{
		"含人工甜味剂吗", "人工费多少", "人工费多少钱", "I am a travel agent", "refund policy?", "退货政策是什么?",
		"客户说下周付款", "运费多少钱", "what does shipping cost", "退货怎么弄", "可以退货吗", "如果到货破袋了怎么办",
		"what if my order arrived damaged?", "投诉电话是多少", "投诉流程", "how do I complain?", "我要买什么好",
		"采购流程是什么", "价格会不会上涨", "你们的价格比去年高", "the bags are not broken", "袋子没有破了",
		"if the pump is broken who pays", "", " ", "?", "。", "buy", "quote me on that please my friend",
		"I need 2 more days", "我要2点到", "I want to know", "我要投诉电话", "I need help",
		strings.Repeat("我要买", 200),
	} {
		if have, ok := p.Intent(text, sold{}); ok && !have.Doubt {
			t.Errorf("Intent(%q) = %+v, want none", text, have)
		}
	}
}

// TestPrompts: what the playground proposes to a customer means something.
func TestPrompts(t *testing.T) {
	t.Parallel()
	c, err := locale.Load()
	if err != nil {
		t.Fatal(err)
	}
	p := Load(c)
	person := c.Every("command.person")
	for _, text := range c.Every("words.playground.customer") {
		_, wish := p.Intent(text, sold{})
		if !wish && !p.Question(text) && !slices.Contains(person, text) {
			t.Errorf("%q means nothing", text)
		}
	}
}

func TestCourtesy(t *testing.T) {
	t.Parallel()
	p := load(t)
	for text, want := range map[string]Courtesy{
		"在吗": Hello, "在吗？": Hello, "你好": Hello, "你好！": Hello, "你好，在吗": Hello, "Hello!": Hello, "HI": Hello, "?": Hello,
		"谢谢": Thanks, "谢谢!!": Thanks, "Thanks.": Thanks, "thank you": Thanks, "谢谢您": Thanks,
		"👌": Okay, "👍👍": Okay, "好的": Okay, "ok": Okay, "❤️": Okay, "😀": Okay,
		"再见": Bye, "bye": Bye,
		"": "", "hello, how long does it keep": "", "你好请问多少钱": "", "thanksgiving": "", "好的产品有哪些": "",
		"谢谢 麦芽糖浆多少钱": "", "12": "", "שלום": "", "'; DROP TABLE leads; --": "",
	} {
		if have := p.Courtesy(text); have != want {
			t.Errorf("Courtesy(%q) = %q, want %q", text, have, want)
		}
	}
}

func TestQuestion(t *testing.T) {
	t.Parallel()
	p := load(t)
	for text, want := range map[string]bool{
		"refund policy?": true, "可以退货吗": true, "保质期多久": true, "how long does it keep": true, "是否含糖": true,
		"20吨麦芽糖浆": false, "Green Farm": false, "13800000000": false, "skip": false, "what": false, "": false,
		"Howard Foods": false, "到货破袋": false,
	} {
		if have := p.Question(text); have != want {
			t.Errorf("Question(%q) = %v, want %v", text, have, want)
		}
	}
}

func TestSourceOf(t *testing.T) {
	t.Parallel()
	sources := []bot.Source{{Name: "baidu", Words: []string{"baidu", "百度", "bd"}}, {Name: "expo", Words: []string{"expo", "展会"}}}
	for scene, want := range map[string]string{
		"baidu": "baidu", "BAIDU_2026-11": "baidu", "qrscene_expo_3": "expo", "bd-a": "baidu", "展会": "expo",
		"https://example.com/p?utm_source=baidu&utm_medium=cpc": "baidu", "https://example.com/p?from=expo": "expo",
		"https://baidu.example.com/": "", "bdx": "", "unknown": "", "": "", "expos": "", "%zz": "",
	} {
		if have := SourceOf(scene, sources); have != want {
			t.Errorf("SourceOf(%q) = %q, want %q", scene, have, want)
		}
	}
}

func TestQuantity(t *testing.T) {
	t.Parallel()
	for need, want := range map[string]string{
		"20吨麦芽糖浆": "20吨", "20 t maltose": "20 t", "两吨": "两吨", "1.5 tons of syrup": "1.5 tons", "麦芽糖浆": "",
		"maltose syrup": "", "10 pallets": "10 pallets", "糖浆DE42": "",
	} {
		r := &bot.Request{Company: &bot.Company{Country: "CN"}, Args: bot.Args{Values: map[string]any{"need": need}}}
		if have := quantityIn(r); have != want {
			t.Errorf("quantityIn(%q) = %q, want %q", need, have, want)
		}
	}
	for _, x := range [][3]string{
		{"20吨麦芽糖浆", "20吨", "20吨麦芽糖浆"}, {"maltose", "20 t", "maltose 20 t"}, {"20 T maltose", "20 t", "20 T maltose"}, {"syrup", "", "syrup"},
	} {
		if have := withQuantity(x[0], x[1]); have != x[2] {
			t.Errorf("withQuantity(%q, %q) = %q, want %q", x[0], x[1], have, x[2])
		}
	}
}

// FuzzPhrases: whatever is typed, nothing panics.
func FuzzPhrases(f *testing.F) {
	c, err := locale.Load()
	if err != nil {
		f.Fatal(err)
	}
	p := Load(c)
	for _, s := range []string{"我要买", "hello", "\x00", "😀", "{need}", "how much is ?"} {
		f.Add(s)
	}
	f.Fuzz(func(_ *testing.T, s string) {
		p.Intent(s, sold{})
		p.Courtesy(s)
		p.Question(s)
		SourceOf(s, []bot.Source{{Name: "a"}})
	})
}

func BenchmarkIntent(b *testing.B) {
	c, err := locale.Load()
	if err != nil {
		b.Fatal(err)
	}
	p := Load(c)
	for b.Loop() {
		p.Intent("please tell me whether the maltose syrup you sell can be used in baked goods and candy", sold{})
		p.Intent("请问你们家的麦芽糖浆可以用来做糖果和烘焙吗还有低聚糖", sold{})
	}
}

// sold is what a small company sells.
type sold struct{}

func (sold) Known() bool { return true }

func (sold) Names(text string) bool {
	text = strings.ToLower(text)
	for _, w := range []string{"麦芽糖浆", "糖浆", "葡萄糖", "低聚", "maltose", "syrup", "glucose"} {
		if strings.Contains(text, w) {
			return true
		}
	}
	return false
}

// TestAYoungCompanyTurnsNobodyAway: where the knowledge base does not tell what
// is sold, whoever wants to buy something is asked how much of it.
func TestAYoungCompanyTurnsNobodyAway(t *testing.T) {
	t.Parallel()
	p := load(t)
	for _, text := range []string{"how much is maltose syrup?", "麦芽糖浆多少钱", "I want to buy maltose syrup", "我想买麦芽糖浆"} {
		for name, goods := range map[string]Goods{"young": young{}, "none": nil} {
			if have, ok := p.Intent(text, goods); !ok || have.Doubt || have.Command != "wish" {
				t.Errorf("Intent(%q) with %s goods = %+v, %v", text, name, have, ok)
			}
		}
		if have, ok := p.Intent(text, other{}); !ok || !have.Doubt {
			t.Errorf("Intent(%q) where something else is sold = %+v, %v: want a doubt", text, have, ok)
		}
	}
}

// young knows no goods; other knows some, but not these.
type (
	young struct{}
	other struct{}
)

func (young) Names(string) bool { return false }
func (young) Known() bool       { return false }
func (other) Names(string) bool { return false }
func (other) Known() bool       { return true }

func TestEveryPatternCompiles(t *testing.T) {
	t.Parallel()
	for _, x := range load(t).patterns {
		if x.expr().NumSubexp() < len(x.slots) {
			t.Errorf("%s has %d slots", x.expr(), len(x.slots))
		}
	}
}

func TestASlotIsShort(t *testing.T) {
	t.Parallel()
	p := load(t)
	for _, x := range []struct {
		before string
		runes  int
		fits   bool
	}{
		{"I want to buy ", longestSlot, true},
		{"I want to buy ", longestSlot + 1, false},
		{"我要买", longestSlot, true},
		{"我要买", longestSlot + 1, false},
		{"投诉:", longestFree, true},
		{"投诉:", longestFree + 1, false},
	} {
		if _, ok := p.Intent(x.before+strings.Repeat("糖", x.runes), nil); ok != x.fits {
			t.Errorf("%s and %d runes: %v, want %v", x.before, x.runes, ok, x.fits)
		}
	}
}
