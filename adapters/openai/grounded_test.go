package openai_test

import (
	"strings"
	"testing"

	"crmbot/bot"
	"crmbot/crm"
)

// TestFiguresInEveryWriting: what is the same number may be written another way,
// and what is another one is none of the source.
func TestFiguresInEveryWriting(t *testing.T) {
	t.Parallel()
	const subject = "The delivery of sweet maltose syrup drums by lorry: "
	for _, c := range []struct {
		source, question, answer string
		fine                     bool
	}{
		{"takes 7 days", "", "takes seven days", true},
		{"takes seven days", "", "takes 7 days", true},
		{"takes twenty-five days", "", "takes 25 days", true},
		{"takes 25 days", "", "takes twenty five days", true},
		{"takes 25 days", "", "takes thirty five days", false},
		{"takes seven to nine days", "", "takes 7 to 9 days", true},
		{"takes 10 to 20 days", "", "takes 10 - 20 days", true},
		{"costs ¥12,000.50 each", "", "costs 12000.50 yuan each", true},
		{"starts in March, on the 5th", "", "starts on 5 March", true},
		{"takes 7 days", "", "takes a 7-day trip", true},
		{"takes 7 business days", "", "takes 7 working days", true},
		{"takes 7 business days", "", "takes 7 days", false},
		{"takes 7 days", "", "takes 7 weeks", false},
		{"takes 7 days", "", "takes 7", true},
		{"takes 7", "", "takes 7 days", true},
		{"takes 7 to 9 days", "", "takes 7 to 9 days", true},
		{"costs ¥1,200.50 each", "", "costs CNY 1200.5 each", true},
		{"costs ¥1,200.50 each", "", "costs 1200.50 yuan each", true},
		{"costs ¥1,200.50 each", "", "costs ¥1,200.55 each", false},
		{"costs 1200 each", "", "costs ¥1200 each", false},
		{"costs 0,5 € each", "", "costs €0.50 each", true},
		{"costs US$5 each", "", "costs 5 dollars each", true},
		{"costs $5 each", "", "costs €5 each", false},
		{"costs 280k yuan", "", "costs 280,000 yuan", true},
		{"costs 28万元", "", "costs 280,000 yuan", true},
		{"costs 28万元", "", "costs 28 yuan", false},
		{"costs 1.2亿元", "", "costs 120,000,000 yuan", true},
		{"costs 5% more", "", "costs five percent more", true},
		{"costs 5 more", "", "costs 5% more", false},
		{"starts on 2026-11-22", "", "starts on 2026-11-22", true},
		{"starts on 2026-11-22", "", "starts on 2026-11-23", false},
		{"starts on 3 March 2027", "", "starts on March 3, 2027", true},
		{"starts on 2027年3月3日", "", "starts on 3 March 2027", true},
		{"starts on 3 March 2027", "", "starts on 3 April 2027", false},
		{"starts in March with 3 drums", "", "starts in March; it may have 3 drums", true},
		{"weighs 5 kg", "", "weighs 5 kilograms", true},
		{"weighs 5千克", "", "weighs 5 kg", true},
		{"weighs 5 kg", "", "weighs 5 t", false},
		{"has no number", "I need 20 t", "is fine for 20 t", true},
		{"has no number", "I need 20 t", "is fine for 30 t", false},
		{"has no number", "is it ¥20", "costs ¥20", false},
		{"has no number", "can you do it in 2 days", "takes 2 days", false},
		{"takes 7 days", "", "has two steps: it is packed\n1. first by hand\n2) then by lorry", true},
		{"takes 7 days", "", "has one thing and takes 7 days", true},
		{"by phone 400 820 8820", "", "by phone 400-820-8820", true},
		{"by phone 400 820 8820", "", "by phone 8820-400-820", false},
		{"二十五元, 一共", "", "costs 25 yuan", true},
		{"一百零五元", "", "costs 105 yuan", true},
		{"两千三百元", "", "costs 2,300 yuan", true},
		{"三万五千元", "", "costs 35,000 yuan", true},
		{"十二天", "", "takes twelve days", true},
	} {
		e := serve(t, says("[1] "+subject+c.answer))
		source := []bot.Passage{{Title: subject, Body: c.source}}
		text, _, err := answerer(t, e.URL).Compose(t.Context(), "what about delivery? "+c.question, "en", source)
		if (text != "") != c.fine || !c.fine && crm.CodeOf(err) != crm.CodeNotFound {
			t.Errorf("%q from %q (%q): %q %v", c.answer, c.source, c.question, text, err)
		}
	}
}

// TestChineseFigures are read where they are numbers, and not where they are a
// part of another word.
func TestChineseFigures(t *testing.T) {
	t.Parallel()
	const subject = "麦芽糖浆的供货与配送说明：一般来说，我们统一安排物流，"
	for _, c := range []struct {
		source, answer string
		fine           bool
	}{
		{"七天送到", "7天送到", true},
		{"7天送到", "七天送到", true},
		{"7天送到", "八天送到", false},
		{"7个工作日送到", "七个工作日送到", true},
		{"7个工作日送到", "七天送到", false},
		{"随时送到", "万一缺货也会一起送到", true},
		{"随时送到", "一块送到", true},
		{"随时送到", "一天送到", false},
		{"便宜百分之五", "便宜5%", true},
		{"便宜5%", "便宜百分之六", false},
		{"货款280,000元", "货款28万元", true},
		{"货款二十八万元", "货款28万元", true},
		{"每桶5千克", "每桶5公斤", true},
		{"电话 400-820-8820", "电话400-820-8820", true},
	} {
		e := serve(t, says("[1] "+subject+c.answer))
		text, _, err := answerer(t, e.URL).Compose(t.Context(), "怎么送", "zh-CN", []bot.Passage{{Title: subject, Body: c.source}})
		if (text != "") != c.fine {
			t.Errorf("%q from %q: %q %v", c.answer, c.source, text, err)
		}
	}
}

// TestLinksOfTheSource may come back, as they are and where a sentence ends.
func TestLinksOfTheSource(t *testing.T) {
	t.Parallel()
	const body = "See https://example.com/a?b=c#d, www.example.org/x or write to Sales@Example.com. Our account: @sweetroot. 网址是 example.cn。"
	for link, fine := range map[string]bool{
		"https://example.com/a?b=c#d": true, "https://example.com/a?b=c#d.": true, "(https://example.com/a?b=c#d)": true,
		"HTTPS://EXAMPLE.COM/a?b=c#d": true, "sales@example.com!": true, "www.example.org/x": true, "@sweetroot": true, "ｅxample.cn": true,
		"https://example.com/a": false, "https://example.com": false, "example.com": false, "http://example.com/a?b=c#d": false,
		"www.example.org/y": false, "x.sales@example.com": false, "@sweetroot2": false, "example.cn.evil.com": false, "evil-example.cn": false,
		"ftp://example.com/a?b=c#d": false, "例子.cn": false, "example.中国": false, "https://example.com/a?b=c#d/../e": false,
	} {
		e := serve(t, says("[1] See our addresses: "+link))
		text, _, _ := answerer(t, e.URL).Compose(t.Context(), "where", "en", []bot.Passage{{Title: "Addresses", Body: body}})
		if (text != "") != fine {
			t.Errorf("%s: %q", link, text)
		}
	}
}

// TestWhatIsTooLongIsCut before it goes out.
func TestWhatIsTooLongIsCut(t *testing.T) {
	t.Parallel()
	e := serve(t, says("NONE"))
	var sources []bot.Passage
	for range 20 {
		sources = append(sources, bot.Passage{Title: strings.Repeat("Ж", 5000), Body: strings.Repeat("Ъ", 5000)})
	}
	_, _, err := answerer(t, e.URL).Compose(t.Context(), strings.Repeat("问", 5000), "en", sources)
	if crm.CodeOf(err) != crm.CodeNotFound || len(e.asked) != 1 {
		t.Fatal(err)
	}
	given := e.asked[0].user
	for what, most := range map[string]int{"Ж": 8 * 4000, "Ъ": 8 * 4000, "问": 1000, "\nPassage [": 7} {
		if n := strings.Count(given, what); n != most {
			t.Errorf("%d of %q, want %d", n, what, most)
		}
	}
	// what was cut off is no source either
	e2 := serve(t, says("[1] The answer is 77 of these barrels"))
	long := bot.Passage{Title: "The answer of these barrels", Body: strings.Repeat("B", 4000) + " 77"}
	if text, _, err := answerer(t, e2.URL).Compose(t.Context(), "what", "en", []bot.Passage{long}); text != "" || crm.CodeOf(err) != crm.CodeNotFound {
		t.Errorf("%q %v", text, err)
	}
}
