package wecom

import "crmbot/bot"

// Setup is what a newcomer is asked for. WeCom tries the callback's address as
// soon as it is saved: so that comes last, when the program runs.
func Setup() bot.Setup {
	return bot.Setup{
		Name:    bot.Local{"en": "WeChat customer service (WeCom), for your customers", "zh-CN": "微信客服（企业微信，客户用）"},
		Home:    "zh-CN",
		Install: "kf",
		Public:  true,
		Intro: bot.Local{
			"en": "Open the WeCom console (work.weixin.qq.com) → 应用管理 → 微信客服, create an account, and open API → 企业内部接入 there. " +
				"Under 企业可信IP add this server's address.",
			"zh-CN": "打开企业微信管理后台（work.weixin.qq.com）→ 应用管理 → 微信客服，新建客服账号，然后打开“API → 企业内部接入”。" +
				"在“企业可信IP”里添加这台服务器的 IP。",
		},
		Fields: []bot.SetupField{
			{
				Key: "corp_id", Prefix: "w", Pattern: corpShape.String(),
				Ask: bot.Local{"en": "企业ID, at the bottom of 我的企业 → 企业信息 (ww…):", "zh-CN": "企业ID，在“我的企业 → 企业信息”页面底部（ww…）："},
			},
			{
				Key: "secret", Env: "WECOM_SECRET",
				Ask: bot.Local{"en": "The Secret of 微信客服 → API:", "zh-CN": "“微信客服 → API”里的 Secret："},
			},
			{
				Key: "token", Env: "WECOM_TOKEN", Pattern: `^[A-Za-z0-9]{3,32}$`, Make: 24,
				Ask:   bot.Local{"en": "Token of 回调配置:", "zh-CN": "“回调配置”里的 Token："},
				After: bot.Local{"en": "Paste it on that page as Token: {value}", "zh-CN": "把它粘到该页的 Token：{value}"},
			},
			{
				Key: "encoding_aes_key", Env: "WECOM_AES_KEY", Pattern: `^[A-Za-z0-9+/]{43}$`, Make: 43,
				Ask:   bot.Local{"en": "EncodingAESKey:", "zh-CN": "EncodingAESKey："},
				After: bot.Local{"en": "Paste it on that page as EncodingAESKey: {value}", "zh-CN": "把它粘到该页的 EncodingAESKey：{value}"},
			},
		},
		Outro: bot.Local{
			"en":    "Start crmbot serve, then enter {hook} as the URL on the page 回调配置 and save: WeCom tries it at once.",
			"zh-CN": "先启动 crmbot serve，再到“回调配置”页面把 URL 填成 {hook} 并保存，企业微信会马上验证。",
		},
	}
}
