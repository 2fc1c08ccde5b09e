package customer

import (
	"slices"
	"strings"
	"testing"

	"crmbot/bot/locale"
)

func lines(s string) []string {
	var out []string
	for _, l := range strings.Split(s, "|") {
		if l = strings.TrimSpace(l); l != "" {
			out = append(out, l)
		}
	}
	return out
}

// TestWishesFire: what customers say when they want to buy.
func TestWishesFire(t *testing.T) {
	t.Parallel()
	p := load(t)
	for _, text := range lines(`麦芽糖浆20吨|采购麦芽糖浆20吨|我要下单20吨|订20吨|报价 麦芽糖浆 20吨|再来5吨低聚糖|还要10吨|还想要5吨低聚异麦芽糖|
		老板，来20吨麦芽糖浆|麦芽糖浆怎么卖呀|麦芽糖浆啥价|麦芽糖浆咋卖的|多少钱一吨|你好我想买麦芽糖浆|need 20t maltose syrup|
		pls quote maltose syrup 20 tons|hi, how much is maltose syrup per ton?|how much per ton|Looking for maltose syrup, 20 MT, CIF Mombasa|
		Can you send me a quotation for 20 tons of maltose syrup?|I want to buy maltose syrup, how much?|i want to by maltose syrup|
		I want 20 tons of maltose syrup delivered to Nairobi by the end of the month if you can, my phone is +254 712 345678|
		我要買20噸麥芽糖漿|多少錢|麥芽糖漿多少錢|我要20桶|price for 20 tons|20吨麦芽糖浆|请给我报价，谢谢|20 t maltose syrup|20 tons of maltose syrup`) {
		if have, ok := p.Intent(text, sold{}); !ok || have.Command != "wish" || have.Doubt {
			t.Errorf("Intent(%q) = %+v, %v", text, have, ok)
		}
	}
}

// TestTroubleFires: what customers say when something went wrong.
func TestTroubleFires(t *testing.T) {
	t.Parallel()
	p := load(t)
	for _, text := range lines(`投诉：你们太差了！袋子都破了|你们发错货了|收到的糖浆少了两桶|货少了两桶|糖浆有异味|糖浆发黑了|没收到货|重量不够|货怎么还没到|换货|退钱|
		The bags arrived torn, I want a refund|two bags missing from my delivery|the syrup is moldy|my order is late!!!|I'd like to file a complaint|
		terrible service!!!|投诉！袋子破了|投诉: 电话一直没人接，怎么回事？|我的糖浆发霉了|麻烦帮我退货，谢谢|我要退這批貨|退貨`) {
		if have, ok := p.Intent(text, sold{}); !ok || have.Command != "trouble" {
			t.Errorf("Intent(%q) = %+v, %v", text, have, ok)
		}
	}
	long := "投诉:" + strings.Repeat("袋子破了！", 80) + "\n还有两桶漏了"
	if have, ok := p.Intent(long, nil); !ok || !strings.Contains(have.Values["text"], "\n还有两桶漏了") {
		t.Errorf("a long complaint: %v", ok)
	}
}

// TestNothingStarts: what sounds like a wish and is none. In doubt it may be
// offered, never started.
func TestNothingStarts(t *testing.T) {
	t.Parallel()
	p := load(t)
	for _, text := range lines(`我没收到报价|不要报价|不需要报价|不用报价|已经收到报价|谢谢你们的报价|还在等你们的报价|请问你们什么时候给我报价|上次的报价|去年的价格|
		对手的报价|市场价格|谈价格|太贵了 这个价格|你们老板的价格|我要买单|我要买单了|我想买个教训|我要一个说法|我要一件事问你|我需要一个联系人|
		我们需要一个人来现场|我们需要一个月时间|需要两个小时|需要三个工作日|我要一个报价单模板|我要1个样品|我想买一袋样品|how much is the moisture|
		how much is the MOQ|how much is one bag in kg|what does HS code cost|what is the price of your competitor|how much are your employees paid|
		I want to buy time|i would like to order a taxi|我要退休了|我要退群|我要退房|我要退一步|我要退出|我要退税|我要退烧药|我要退订|I want to return to China|
		I want to return your call|i would like to return next week|we want to return next year|糖浆是不是坏了|开封多久就坏了|放久了会发霉了|甜度是不是少了|
		人少了|利润少了|麻烦少了|订单少了|我心情坏了|我的手机坏了|发票漏了|开票信息发错了|the link is broken|your website is broken|my English is broken|
		my car is damaged|the market is damaged|我要投诉信箱地址|投诉处理时效|投诉率是不是很低|投诉:谢谢你们服务很好没有投诉|
		complaint about nothing, just saying hi|糖浆变白是不是坏了|what if the bags arrived torn|我们要20个人|需要30个工作日`) {
		if have, ok := p.Intent(text, sold{}); ok && !have.Doubt {
			t.Errorf("Intent(%q) = %+v", text, have)
		}
	}
}

// TestCore: what is only polite is taken off, and no more.
func TestCore(t *testing.T) {
	t.Parallel()
	p := load(t)
	c, err := locale.Load()
	if err != nil {
		t.Fatal(err)
	}
	command := func(text string) string {
		for _, name := range []string{"person", "stop", "help", "progress", "order", "cancel"} {
			if slices.ContainsFunc(c.Every("command."+name), func(w string) bool { return p.Core(w) == p.Core(text) }) {
				return name
			}
		}
		return ""
	}
	for want, texts := range map[string]string{
		"person": `轉人工|给我轉人工|帮我转人工|我要找人工客服|我要人工客服|转真人|转接人工服务|转人工，急|人工客服 谢谢|人 工|人工 人工 人工|客服|客服在吗|叫个人来|有人工客服吗|
			talk to human|I want to talk to a human|human please|agent please|real human pls|customer service|talk to sales|can I talk to someone?|请转人工🙏|怎么没人回我`,
		"stop":     `please stop|unsubscribe me|stop messaging me|别发了|不要再发了|我想退订|我要退订|退訂|TD|STOP`,
		"progress": `進度|查一下进度|我的投诉怎么样了|/progress`,
		"help":     `/help|幫助|help please`,
		"order":    `where is my order|我的订单到哪了|取消订单|cancel my order`,
		"cancel":   `算了吧`,
		"":         `I am a travel agent|人工费多少|取消订单要付钱吗|don't stop|stop sign|help me choose a syrup|不要转人工|please`,
	} {
		for _, text := range lines(texts) {
			if have := command(text); have != want {
				t.Errorf("%q is %q, want %q (core %q)", text, have, want, p.Core(text))
			}
		}
	}
}

func TestSeveralCourtesies(t *testing.T) {
	t.Parallel()
	p := load(t)
	for want, texts := range map[Courtesy]string{
		Thanks: `好的谢谢|谢谢🙏|ok thanks|okay, thank you so much!|great, thanks a lot!|Thanks for your help|谢谢老板|辛苦了|thank u|謝謝|感謝|ok, 谢谢!`,
		Okay:   `好👌|嗯嗯嗯|好滴|可以|没问题|不用了|没事了|perfect|:)|/::)|哈哈|👍👍👍👍👍👍👍👍👍👍`,
		Hello:  `在？|在嘛|您好，请问在吗|hey, good morning!|哈囉|你好呀，在吗`,
		Bye:    `晚安|谢谢，再见`,
		"":     `好的产品有哪些|可以退货吗|没问题吗|ok what about price|谢谢你们的报价|在哪里|:|:-(|(|bye-product|hi there is a problem`,
	} {
		for _, text := range lines(texts) {
			if text == ":" {
				continue // asks whether somebody is there
			}
			if have := p.Courtesy(text); have != want {
				t.Errorf("Courtesy(%q) = %q, want %q", text, have, want)
			}
		}
	}
}
