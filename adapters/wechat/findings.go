package wechat

import "crmbot/bot"

// What is found out about an account, and what to do about it.
var (
	textOpen = bot.Local{
		"en":    "WeChat accepts the account {app} and its secret.",
		"zh-CN": "微信认可公众号 {app} 和它的密钥。",
	}
	nextHook = bot.Local{
		"en":    "At mp.weixin.qq.com under 设置与开发 → 基本配置 → 服务器配置 the URL must be {url}",
		"zh-CN": "公众平台“设置与开发 → 基本配置 → 服务器配置”里的 URL 要填：{url}",
	}
	textAddress = bot.Local{
		"en":    "WeChat does not know this computer's address {address} yet.",
		"zh-CN": "微信还不认识这台服务器的地址 {address}。",
	}
	nextAddress = bot.Local{
		"en":    "At mp.weixin.qq.com under 设置与开发 → 基本配置 → IP白名单 add {address}, wait ten minutes and run check again.",
		"zh-CN": "在公众平台“设置与开发 → 基本配置 → IP白名单”里加上 {address}，等十分钟再检查一次。",
	}
	textApp = bot.Local{
		"en":    "WeChat does not know this app_id.",
		"zh-CN": "微信不认识这个 app_id。",
	}
	nextApp = bot.Local{
		"en":    "Copy AppID (开发者ID) from mp.weixin.qq.com, 设置与开发 → 基本配置, into app_id.",
		"zh-CN": "从公众平台“设置与开发 → 基本配置”复制“开发者ID（AppID）”，填到 app_id。",
	}
	textSecret = bot.Local{
		"en":    "The app_secret is not the one of this account.",
		"zh-CN": "app_secret 不是这个公众号的。",
	}
	nextSecret = bot.Local{
		"en":    "At mp.weixin.qq.com under 设置与开发 → 基本配置 reset AppSecret (开发者密码) and put the new one into app_secret.",
		"zh-CN": "在公众平台“设置与开发 → 基本配置”重置“开发者密码（AppSecret）”，把新的填到 app_secret。",
	}
	textFrozen = bot.Local{
		"en":    "The account's secret is frozen.",
		"zh-CN": "这个公众号的 AppSecret 被冻结了。",
	}
	nextFrozen = bot.Local{
		"en":    "At mp.weixin.qq.com under 设置与开发 → 基本配置 unfreeze AppSecret.",
		"zh-CN": "在公众平台“设置与开发 → 基本配置”里解冻 AppSecret。",
	}
	textDesk = bot.Local{
		"en":    "It may write by itself: five messages within 48 hours after a customer's, three within a minute after a tap on the menu, a scan or a follow.",
		"zh-CN": "可以主动回复：客户发消息后 48 小时内 5 条；点菜单、扫码、关注后 1 分钟内 3 条。",
	}
	textMute = bot.Local{
		"en":    "It is an account without verification: it can only answer within five seconds, and nothing it wants to say later arrives.",
		"zh-CN": "这是未认证的公众号：只能在五秒内回复，之后的话客户收不到。",
	}
	nextMute = bot.Local{
		"en":    "Set passive: true in the config, or get the account verified (微信认证).",
		"zh-CN": "在配置里写 passive: true，或者给公众号做微信认证。",
	}
	textPassive = bot.Local{
		"en":    "It can only answer within five seconds: what your people write goes out with the answer to the customer's next message.",
		"zh-CN": "只能在五秒内回复：同事写的话，会随客户下一条消息的回复一起发出。",
	}
	textNoCodes = bot.Local{
		"en":    "It has no QR codes that tell where somebody came from (crmbot qr): only a verified service account has.",
		"zh-CN": "它没有带来源的二维码（crmbot qr）：认证的服务号才有。",
	}
	nextNoCodes = bot.Local{
		"en":    "Print the account's own code instead: mp.weixin.qq.com, 设置与开发 → 公众号设置. Who comes by it counts as a follower without a source.",
		"zh-CN": "请改用公众号自己的二维码：公众平台“设置与开发 → 公众号设置”。扫它进来的人没有来源记录。",
	}
	textNeedless = bot.Local{
		"en":    "The account may write by itself, but passive: true keeps it from doing so.",
		"zh-CN": "这个公众号可以主动回复，但配置里的 passive: true 把它关掉了。",
	}
	nextNeedless = bot.Local{
		"en":    "Take passive: true out of the config.",
		"zh-CN": "从配置里去掉 passive: true。",
	}
	textMenu = bot.Local{
		"en":    "The menu under the chat has {n} entries.",
		"zh-CN": "聊天底部菜单有 {n} 项。",
	}
	textOtherMenu = bot.Local{
		"en":    "Another menu stands under the chat: serve puts the one of the config in its place.",
		"zh-CN": "聊天底部现在是别的菜单：启动服务时会换成配置里的。",
	}
	textNoMenu = bot.Local{
		"en":    "The account may not set its menu from a program.",
		"zh-CN": "这个公众号不能用程序设置菜单。",
	}
	nextNoMenu = bot.Local{
		"en":    "Make the menu at mp.weixin.qq.com under 内容与互动 → 自定义菜单, or take menu out of the config.",
		"zh-CN": "在公众平台“内容与互动 → 自定义菜单”里设置，或从配置里去掉 menu。",
	}
	textNoNudge = bot.Local{
		"en":    "Once 48 hours have passed a customer cannot be told that a reply waits.",
		"zh-CN": "超过 48 小时，就没法提醒客户有回复了。",
	}
	nextNoNudge = bot.Local{
		"en":    "Add a template at mp.weixin.qq.com under 广告与服务 → 模板消息 and put its id into templates: {reply_waiting: …}.",
		"zh-CN": "在公众平台“广告与服务 → 模板消息”里添加模板，把模板 ID 填到 templates: {reply_waiting: …}。",
	}
	textNoTemplates = bot.Local{
		"en":    "The account has no right to templates: only a verified service account has.",
		"zh-CN": "这个公众号没有模板消息权限：只有认证的服务号才有。",
	}
	nextNoTemplates = bot.Local{
		"en":    "Take templates out of the config, or use a verified service account.",
		"zh-CN": "从配置里去掉 templates，或换成认证的服务号。",
	}
	textTemplate = bot.Local{
		"en":    "It has the template {id}.",
		"zh-CN": "模板 {id} 可以用。",
	}
	textTemplateGone = bot.Local{
		"en":    "The account has no template {id}.",
		"zh-CN": "公众号里没有模板 {id}。",
	}
	nextTemplateGone = bot.Local{
		"en":    "Copy the id from mp.weixin.qq.com, 我的模板, into the config.",
		"zh-CN": "从公众平台“我的模板”里复制模板 ID，填到配置里。",
	}
	textPlain = bot.Local{
		"en":    "Messages come unencrypted: whoever learns our address can put words into a customer's mouth.",
		"zh-CN": "消息没有加密：知道地址的人就能冒充客户发消息。",
	}
	nextPlain = bot.Local{
		"en":    "At mp.weixin.qq.com under 服务器配置 choose 安全模式 and put EncodingAESKey into encoding_aes_key.",
		"zh-CN": "在公众平台“服务器配置”里选“安全模式”，把 EncodingAESKey 填到 encoding_aes_key。",
	}
	textNoURL = bot.Local{
		"en":    "WeChat calls us when a customer writes, and the config does not say where we are.",
		"zh-CN": "客户发消息时微信要回调我们，但配置里没写我们的地址。",
	}
	nextNoURL = bot.Local{
		"en":    "Set public_url to the https address under which this program is reached from outside.",
		"zh-CN": "把 public_url 设成外网能访问到本程序的 https 地址。",
	}
)
