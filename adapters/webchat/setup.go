package webchat

import "crmbot/bot"

// Setup is what a newcomer is asked for: nothing but whether he wants it.
func Setup() bot.Setup {
	return bot.Setup{
		Name: bot.Local{"en": "Web chat, on a page of your own", "zh-CN": "网页聊天"},
		Intro: bot.Local{
			"en":    "Your customers will find it at {public_url}/chat/{install}; there is nothing to sign up for.",
			"zh-CN": "客户可以在 {public_url}/chat/{install} 找到它，不需要注册任何账号。",
		},
	}
}
