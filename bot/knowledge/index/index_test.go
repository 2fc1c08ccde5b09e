package index

import "slices"

// shop is a small knowledge base in two languages.
var shop = []Document{
	{ID: "delivery", Phrasings: []string{"How long does delivery take?", "when will my order arrive", "shipping time", "送货要多久", "什么时候发货", "几天能到货"}, Tags: []string{"logistics"}},
	{ID: "refund", Phrasings: []string{"Can I get a refund?", "I want my money back", "return and refund policy", "怎么退款", "可以退货吗", "退货流程是什么"}, Tags: []string{"退换"}},
	{ID: "invoice", Phrasings: []string{"Can I have an invoice?", "send me the VAT invoice", "where is my bill", "怎么开发票", "能开增值税发票吗", "发票抬头怎么改"}},
	{ID: "sample", Phrasings: []string{"Do you send free samples?", "I would like to try a sample first", "how much is a sample", "可以寄样品吗", "样品收费吗", "先试用样品"}},
	{ID: "payment", Phrasings: []string{"Which payment methods do you accept?", "can I pay by card", "do you take bank transfer", "可以用支付宝吗", "怎么付款", "支持银行转账吗"}},
	{ID: "minimum", Phrasings: []string{"What is the minimum order quantity?", "smallest amount I can buy", "MOQ", "起订量是多少", "最少买几件", "一件起批吗"}},
	{ID: "hours", Phrasings: []string{"What are your opening hours?", "when are you open", "are you open on Sunday", "营业时间是几点", "周末上班吗", "几点下班"}},
	{ID: "warranty", Phrasings: []string{"How long is the warranty?", "is there a guarantee", "my machine broke within a year", "保修期多长", "质保几年", "坏了怎么修"}},
	{ID: "halal", Phrasings: []string{"Are your products halal?", "halal certificate", "do you have kosher certification", "有清真认证吗", "产品是清真的吗", "有没有犹太认证"}},
	{ID: "storage", Phrasings: []string{"How should I store the paste?", "shelf life after opening", "does it need a fridge", "怎么保存", "开封后能放多久", "需要冷藏吗"}},
	{ID: "body", Phrasings: []string{"Pallets"}, Body: "We ship on euro pallets made of wood. 托盘是木头的。"},
	{ID: "catalog", Phrasings: []string{"send me your catalogue", "product list please", "发一份产品目录", "有哪些产品"}},
}

var queries = []string{
	"", "?", "when will it arrive", "多久能到", "REFUND", "我要退貨", "ｓａｍｐｌｅ", "inovice", "tuo pan", "euro pallets", "木头", "asdf qwer",
	"MOQ", "can I pay on Sunday", "样品和发票", "怎么", "送貨要多久？", "are they", "order 12345678 arrives when https://x.example/y",
}

func reversed(documents []Document) []Document {
	out := slices.Clone(documents)
	slices.Reverse(out)
	for i := range out {
		out[i].Phrasings = slices.Clone(out[i].Phrasings)
		slices.Reverse(out[i].Phrasings)
	}
	return out
}
