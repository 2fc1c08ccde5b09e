package router_test

import (
	"strings"
	"testing"
)

// doubtful are live lines that may be for us or for colleagues.
var doubtful = []string{
	"closee", "crm close", "pipeine by owner", "王芳: she is difficult", "close", "Close.", "clsoe", "CLOSE!!", "bot: close", "bot, close", "hey bot close", "please close", "`close`", "*close*",
	"ticket complaint", "ticket torn bags", "ticket kind=complaint torn bags", "lead hot", "deal 280k",
	"take", "tk" + "ae", "assign li wei", "assgin li.wei", "plna tomorrow 10:00 call", "remnid tomorrow call", "done LEAD-1",
	"priority urgent", "stage negotiation", "history", "closed LEAD-1", "close: she is happy", "hand ba" + "kc",
	"close conversaton", "golive", "go live", "live of", "reschedul",
	"结束", "关闭", "关闭吧", "關閉", "给 李伟", "转给李伟", "给李伟", "交给 李伟", "计画 明天10点 电话", "纪划 明天10点 电话",
	"计画", "跟近 要5吨", "机器人关闭", "机器人：关闭", "结束绘话", "工单 投诉", "工单投诉", "优先级 紧急", "接手",
	"（内部）不要说", "(内部) 不要说", "【内部】她很急", "[internal] do not say", "[note] she is angry", "（备注）她很急", "内部不要说", "备注她很急",
	"b注：不要说", "备主：不要说", "注：不要说", "n: she is angry", "noet: she is angry", "noet she is angry", "*note*: she is angry", "- note: angry",
	"re: hello", "repyl hello", "reply hello", "回覆：你好", "回腹:你好", "答复 你好",
	"李伟 底价多少", "李伟，底价多少", "李伟：底价多少", "李伟底价多少", "li wei what is our floor price", "li.wei: floor price?", "Li Wei", "wei, floor price?",
	"tell the customer it is on its way", "Tell her it is on its way", "tell Ana that it is on its way", "reply Ana that it is on its way",
	"let Ana know", "don't tell the customer the price", "The customer is angry", "Ana wants 5 t", "she says it is too dear", "do not tell her",
	"回复客户说在路上了", "告诉客户已经发货", "跟客户说明天到", "客户说太贵了", "告诉她明天到", "不要告诉她底价", "别跟客户说", "这个客户很急", "告诉Ana明天到",
}

// ordinary are lines of an ordinary chat.
var ordinary = []string{
	"Good morning, Ana", "Good morning! How can I help you?", "Thank you for waiting", "Thanks", "ok", "Fine", "Yes, we have it in stock",
	"Your order leaves tomorrow at 10:00", "Tomorrow at 10:00", "Today we ship 5 t", "Today at 3 pm", "It will be 2,800 CNY per ton", "2800 per ton",
	"It is done: the bags are new", "We will close the warehouse on Friday", "Could you send me a photo of the bags?", "Where did it tear?",
	"Ana, your bags are on the truck", "Hello Ana", "I am sorry about the torn bags", "Not yet, but soon", "Noted, thanks", "Nothing is missing",
	"The price: 280 EUR per drum", "Our address: 12 Main Road, Hangzhou", "See https://example.com/coa.pdf", "Lead time is 3 weeks", "Take your time",
	"Take care!", "Find attached your certificate", "Contact me any time", "He will call you this afternoon", "Here", "There you are",
	"What would you like to order?", "No problem, we replace the bags", "Call me on 13800000000", "Two pallets, 40 bags each", "Great 👍", "Goodbye",
	"My colleague Li Wei will call you", "We are the only maker", "In short: it keeps 18 months", "Please wait a moment",
	"您好，请问要几吨？", "你好", "好的，马上安排", "在的", "稍等一下", "请稍等", "明天", "明天上午10点发货", "今天下午发出", "今天发货，明天到", "后天可以到",
	"您的订单已经发货了", "价格是每吨2800元", "2800元一吨", "含税价，运费另算", "有货", "没货了", "合同已经发您邮箱", "非常抱歉，给您添麻烦了",
	"麻烦您拍张照片发过来", "请问是哪个型号？", "我们这边核实一下", "不客气", "没关系", "谢谢您的耐心等待", "收到，谢谢", "可以的", "行，那就这样",
	"保质期18个月", "25公斤一袋，40袋一托", "地址：杭州市文一路12号", "电话：13800000000", "给您换新的", "给您申请了优惠", "提醒您一下，周五前付款",
	"到了我通知您", "查到了，您的货在路上", "李伟稍后会联系您", "我们的客户都用这一款", "Ana您好，货已经到了", "王经理您好", "不用客气，应该的", "您可以看一下附件",
}

// TestLiveDoubt: what may have been meant for us or for colleagues is asked about
// and not sent.
func TestLiveDoubt(t *testing.T) {
	t.Parallel()
	h := inThread(t, "office")
	says(t, h, "he.min#support/1> @ live", "Live: 何敏")
	for _, line := range doubtful {
		have := h.Say("he.min#support/1> " + line)
		if got := words(have, "customer:ana"); got != "" {
			t.Errorf("%s\nwent out: %q", line, got)
		} else if !strings.Contains(have, "looks like a command") && !strings.Contains(have, "这句像是命令") {
			t.Errorf("%s\nis not asked about:\n%s", line, have)
		}
	}
}

// TestLiveChat: what plainly is for the customer goes out.
func TestLiveChat(t *testing.T) {
	t.Parallel()
	h := inThread(t, "office")
	says(t, h, "he.min#support/1> @ live", "Live: 何敏")
	for _, line := range ordinary {
		have := h.Say("he.min#support/1> " + line)
		if got := words(have, "customer:ana"); !strings.HasSuffix(got, line) {
			t.Errorf("%s\nthe customer reads %q:\n%.600s", line, got, have)
		}
	}
}

// TestLiveQuestion: while we wait for his answer, no plain line of somebody goes
// to the customer.
func TestLiveQuestion(t *testing.T) {
	t.Parallel()
	h := inThread(t, "office")
	says(t, h, "he.min#support/1> @ live", "Live: 何敏")
	says(t, h, "he.min#support/1> @ plan", "When?")
	have := outside(t, h, "he.min#support/1> tomorrow 10:00", "")
	if !strings.Contains(have, "you may have answered") {
		t.Errorf("he is not asked:\n%s", have)
	}
	outside(t, h, "he.min#support/1> [Send it]", "tomorrow 10:00")
	says(t, h, "he.min#support/1> @ tomorrow 10:00", "What is to be done?")
	says(t, h, "he.min#support/1> @ cancel", "Cancelled")
	outside(t, h, "he.min#support/1> we call then", "we call then")
}
