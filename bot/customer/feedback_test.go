package customer_test

import (
	"testing"

	"crmbot/bot/customer"
	"crmbot/bot/locale"
)

func TestVerdict(t *testing.T) {
	t.Parallel()
	c, err := locale.Load()
	if err != nil {
		t.Fatal(err)
	}
	p := customer.Load(c)
	for text, want := range map[string]string{
		"solved": "solved", "Solved!": "solved", "thanks, that helped!": "solved", "it helped 👍": "solved",
		"解决了": "solved", "谢谢，解决了": "solved", "搞定[OK]": "solved", "有用。": "solved", "解決了": "solved",
		"not helpful": "unhelpful", "That doesn't help.": "unhelpful", "that’s not what I asked": "unhelpful", "useless!!": "unhelpful",
		"没用": "unhelpful", "不是这个": "unhelpful", "沒用": "unhelpful", "答非所问！": "unhelpful", "没有帮助啊": "unhelpful",
		// A part of a sentence is none, and neither is what only sounds like it.
		"is it solved?": "", "that helped a bit but what about the price": "", "my problem is not solved by a discount": "",
		"这个有用吗": "", "没用完的糖浆怎么保存": "", "不是这个型号的桶": "", "thanks": "", "ok": "", "": "", "1": "",
	} {
		if have := p.Verdict(text); have != want {
			t.Errorf("%q is %q, want %q", text, have, want)
		}
	}
}

func TestFacesAreNoWords(t *testing.T) {
	t.Parallel()
	c, err := locale.Load()
	if err != nil {
		t.Fatal(err)
	}
	p := customer.Load(c)
	for text, want := range map[string]customer.Courtesy{
		"[微笑]": customer.Okay, "[Smile]": customer.Okay, "[抱拳][抱拳]": customer.Okay, "谢谢[抱拳]": customer.Thanks, "好的[OK]": customer.Okay,
		"[1]": "", "[order 12]": "", "[a]": "", "[这是一个很长的标题]": "",
	} {
		if have := p.Courtesy(text); have != want {
			t.Errorf("%q is %q, want %q", text, have, want)
		}
	}
	for text, want := range map[string]string{"怎么付款[疑问]": "怎么付款", "how to pay 🙏": "how to pay", "[微笑]": "[微笑]", "a [b] c": "a [b] c"} {
		if have := customer.Spoken(text); have != want {
			t.Errorf("%q without pictures is %q, want %q", text, have, want)
		}
	}
}
