package webchat

import "crmbot/bot"

// Setup is what a newcomer is asked for: nothing but whether he wants it.
func Setup() bot.Setup {
	return bot.Setup{
		Name: map[string]string{"en": "a chat on your own web page", "zh-CN": "网页聊天"},
		Intro: map[string]string{
			"en":    "Your customers will find it at /chat/main, and one line puts it into any page of yours: see /chat/main/embed.js.",
			"zh-CN": "客户可以在 /chat/main 找到它，也可以用一行代码放进您的任何网页，见 /chat/main/embed.js。",
		},
	}
}
