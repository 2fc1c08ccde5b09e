package wechat

import "crmbot/bot"

// Setup is what a newcomer is asked for.
func Setup() bot.Setup {
	return bot.Setup{
		Name:    bot.Local{"en": "WeChat Official Account, for your customers", "zh-CN": "微信公众号（客户用）"},
		Home:    "zh-CN",
		Install: "shop",
		Public:  true,
		Intro: bot.Local{
			"en": "Open mp.weixin.qq.com, sign in to the account and go to 设置与开发 → 基本配置. " +
				"You need AppID and AppSecret; this computer's address goes into IP白名单.",
			"zh-CN": "打开 mp.weixin.qq.com，登录公众号，进入“设置与开发 → 基本配置”。需要 AppID 和 AppSecret；把这台服务器的 IP 加到“IP白名单”。",
		},
		Fields: []bot.SetupField{
			{
				Key: "app_id", Prefix: "wx", Pattern: appShape.String(),
				Ask: bot.Local{"en": "开发者ID (AppID, wx…):", "zh-CN": "开发者ID（AppID，wx 开头）："},
			},
			{
				Key: "app_secret", Env: "WECHAT_APP_SECRET",
				Ask: bot.Local{"en": "开发者密码 (AppSecret):", "zh-CN": "开发者密码（AppSecret）："},
			},
			{
				Key: "token", Env: "WECHAT_TOKEN", Pattern: `^[A-Za-z0-9]{3,32}$`, Make: 24,
				Ask:   bot.Local{"en": "Token of 服务器配置:", "zh-CN": "“服务器配置”里的 Token："},
				After: bot.Local{"en": "Paste it on that page as Token: {value}", "zh-CN": "把它粘到该页的 Token：{value}"},
			},
			{
				Key: "encoding_aes_key", Env: "WECHAT_AES_KEY", Pattern: `^[A-Za-z0-9]{43}$`, Make: 43,
				Ask:   bot.Local{"en": "EncodingAESKey:", "zh-CN": "EncodingAESKey："},
				After: bot.Local{"en": "Paste it as EncodingAESKey and choose 安全模式: {value}", "zh-CN": "把它粘到 EncodingAESKey，并选“安全模式”：{value}"},
			},
			{
				Key: "passive",
				Ask: bot.Local{"en": "Is the account verified (微信认证)?", "zh-CN": "公众号做过微信认证吗？"},
				Choices: []bot.SetupChoice{
					{Value: "false", Name: bot.Local{"en": "yes, verified", "zh-CN": "已认证"}},
					{Value: "true", Name: bot.Local{"en": "no: it may answer within five seconds only", "zh-CN": "未认证：只能在五秒内回复"}},
				},
			},
		},
		Outro: bot.Local{
			"en": "Start crmbot serve, then at 服务器配置 enter the URL {hook} with the same Token and EncodingAESKey, " +
				"choose 安全模式, submit and switch it on (启用).",
			"zh-CN": "先启动 crmbot serve，再到“服务器配置”填 URL：{hook}，Token 和 EncodingAESKey 与上面相同，选“安全模式”，提交并启用。",
		},
	}
}
