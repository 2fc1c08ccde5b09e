package bottest

import "crmbot/crm"

// articles are the knowledge base of the house: twelve matters, enough that how
// sure an answer is can be learned from them.
var articles = []crm.Article{
	{
		Slug: "shelf-life", Language: "en", Title: "How long does maltose syrup keep?", Tags: []string{"maltose", "storage"},
		Phrasings: []string{
			"shelf life of maltose syrup", "best before date of maltose syrup", "when does the syrup expire",
			"how many months is maltose syrup good for", "expiry date of the syrup",
		},
		Body: "Maltose syrup keeps **18 months** unopened at 10 to 30 °C.",
	},
	{
		Slug: "shelf-life", Language: "zh-CN", Title: "麦芽糖浆保质期多久？", Tags: []string{"麦芽糖浆", "储存"},
		Phrasings: []string{"麦芽糖浆能放多久", "麦芽糖浆的保质期", "糖浆会过期吗", "糖浆保质期几个月", "有效期到什么时候"},
		Body:      "麦芽糖浆未开封可保存**18个月**，储存温度10到30℃。",
	},
	{
		Slug: "sweetener", Language: "en", Title: "Is there artificial sweetener in it?", Tags: []string{"sweetener", "ingredients"},
		Phrasings: []string{
			"do you use artificial sweeteners", "what are the ingredients", "is anything added to the syrup",
			"what is the syrup made of", "are there additives in it",
		},
		Body: "No. Our syrups are made of maize starch and water, with nothing added.",
	},
	{
		Slug: "sweetener", Language: "zh-CN", Title: "含人工甜味剂吗？", Tags: []string{"甜味剂", "配料"},
		Phrasings: []string{"有没有添加人工甜味剂", "配料表是什么", "糖浆是什么做的", "有没有添加剂", "成分是什么"},
		Body:      "不含。我们的糖浆只用玉米淀粉和水，没有任何添加。",
	},
	{
		Slug: "returns", Language: "en", Title: "What is your refund policy?", Tags: []string{"return", "refund"},
		Phrasings: []string{
			"refund policy", "return policy", "can I return goods", "how do I get my money back", "how do refunds work", "what happens if something arrives damaged",
		},
		Body: "Unopened goods can be returned within 7 days. Damaged goods are replaced.",
	},
	{
		Slug: "returns", Language: "zh-CN", Title: "退货政策是什么？", Tags: []string{"退货", "退款"},
		Phrasings: []string{"可以退货吗", "退货规定", "怎么退款", "不满意能退吗", "几天内可以退货", "收到破损的怎么办"},
		Body:      "未开封产品7天内可退，破损产品免费补发。",
	},
	{
		Slug: "delivery", Language: "en", Title: "How long does delivery take?", Tags: []string{"delivery", "shipping"},
		Phrasings: []string{
			"delivery time", "when will my goods arrive", "how fast do you ship", "how many days until it arrives",
		},
		Body: "Within China 2 to 5 days, abroad 15 to 40 days by sea.",
	},
	{
		Slug: "delivery", Language: "zh-CN", Title: "多久能发货？", Tags: []string{"发货", "物流"},
		Phrasings: []string{"发货时间", "几天能到货", "什么时候发货", "物流要几天", "下单后多久能收到"},
		Body:      "付款后48小时内发货，国内2到5天到。",
	},
	{
		Slug: "price", Language: "en", Title: "How are prices made?", Tags: []string{"price", "quote"},
		Phrasings: []string{
			"price list", "how much is maltose syrup", "what does it cost per ton", "what do your prices depend on", "are there discounts for large orders",
		},
		Body: "Prices depend on quantity and packaging, so each order gets its own quote.",
	},
	{
		Slug: "price", Language: "zh-CN", Title: "价格怎么算？", Tags: []string{"价格", "报价"},
		Phrasings: []string{"麦芽糖浆多少钱", "有价格表吗", "一吨什么价", "价格由什么决定", "量大有优惠吗"},
		Body:      "价格与数量、包装有关，按单报价。",
	},
	{
		Slug: "packaging", Language: "en", Title: "Which packaging is there?", Tags: []string{"packaging", "drum", "bag"},
		Phrasings: []string{
			"packaging sizes", "what sizes do you sell", "how heavy is one drum", "do you have small drums", "in what containers does it come",
		},
		Body: "Drums of 25 kg and 75 kg, IBC of 1,400 kg, tank truck.",
	},
	{
		Slug: "packaging", Language: "zh-CN", Title: "有哪些包装规格？", Tags: []string{"包装", "规格", "桶"},
		Phrasings: []string{"包装规格", "一桶多重", "有小桶装吗", "都有什么包装", "一桶多少公斤"},
		Body:      "25公斤桶、75公斤桶、1.4吨吨桶、槽车。",
	},
	{
		Slug: "samples", Language: "en", Title: "Can I get a free sample?", Tags: []string{"sample"},
		Phrasings: []string{
			"do you send samples", "how do I order a sample", "who pays the postage of a sample", "can we test it first",
		},
		Body: "Yes: 500 g of each product are free, you pay the courier.",
	},
	{
		Slug: "samples", Language: "zh-CN", Title: "能免费寄样品吗？", Tags: []string{"样品"},
		Phrasings: []string{"可以寄样吗", "样品怎么申请", "样品运费谁出", "能先试用一下吗"},
		Body:      "可以，每种产品500克免费，运费到付。",
	},
	{
		Slug: "minimum", Language: "en", Title: "What is the smallest order?", Tags: []string{"moq"},
		Phrasings: []string{
			"minimum order quantity", "what is your moq", "can I buy just one drum", "do you sell small quantities",
		},
		Body: "One drum of 25 kg from stock, one ton for our own label.",
	},
	{
		Slug: "minimum", Language: "zh-CN", Title: "最少要订多少？", Tags: []string{"起订量"},
		Phrasings: []string{"起订量是多少", "最小起订量", "可以只买一桶吗", "少量能卖吗"},
		Body:      "现货一桶25公斤起，贴牌一吨起。",
	},
	{
		Slug: "payment", Language: "en", Title: "How can I pay?", Tags: []string{"payment"},
		Phrasings: []string{
			"payment terms", "which ways to pay do you accept", "do you take credit cards", "can I pay by bank transfer", "do you accept letters of credit",
		},
		Body: "By bank transfer: 30% with the order, the rest before loading. Letters of credit at sight from 20 t.",
	},
	{
		Slug: "payment", Language: "zh-CN", Title: "怎么付款？", Tags: []string{"付款"},
		Phrasings: []string{"付款方式有哪些", "可以刷卡吗", "能对公转账吗", "要付定金吗", "支持信用证吗"},
		Body:      "对公转账：下单付30%定金，发货前付清；20吨起可用即期信用证。",
	},
	{
		Slug: "certificates", Language: "en", Title: "Which certificates do you have?", Tags: []string{"certificate", "halal", "kosher"},
		Phrasings: []string{
			"is it halal certified", "do you have a kosher certificate", "are you iso certified", "can you send the certificate of analysis",
		},
		Body: "ISO 22000, HALAL and KOSHER. A certificate of analysis comes with each batch.",
	},
	{
		Slug: "certificates", Language: "zh-CN", Title: "有哪些认证？", Tags: []string{"认证", "检测报告"},
		Phrasings: []string{"有清真认证吗", "有检测报告吗", "通过iso认证了吗", "有质检证书吗"},
		Body:      "有ISO 22000、清真和犹太认证，每批附质检报告。",
	},
	{
		Slug: "invoice", Language: "en", Title: "Can I get an invoice?", Tags: []string{"invoice"},
		Phrasings: []string{
			"how do I get an invoice", "please send me a tax invoice", "when do you issue the invoice", "what do you need for the invoice",
		},
		Body: "The invoice goes out with the goods. Tell us your company name and tax number.",
	},
	{
		Slug: "invoice", Language: "zh-CN", Title: "可以开发票吗？", Tags: []string{"发票"},
		Phrasings: []string{"怎么开发票", "能开增值税专用发票吗", "发票什么时候寄", "开票需要什么资料"},
		Body:      "可以，发票随货寄出，请提供公司名称和税号。",
	},
	{
		Slug: "opened", Language: "en", Title: "How do I store an opened drum?", Tags: []string{"opened"},
		Phrasings: []string{
			"how long is it good after opening", "does it need a fridge once opened", "how to keep syrup after opening", "it turned thick in the cold",
		},
		Body: "Close it tightly and use it within 30 days. Thick from cold? Warm it to 40 °C.",
	},
	{
		Slug: "opened", Language: "zh-CN", Title: "开封后怎么保存？", Tags: []string{"开封"},
		Phrasings: []string{"开封后能放多久", "开封后要放冰箱吗", "打开以后怎么保存", "天冷变稠了怎么办"},
		Body:      "请盖紧，30天内用完；天冷变稠加热到40℃即可。",
	},
}
