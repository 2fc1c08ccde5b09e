package telegram

import "crmbot/bot"

// pasted is a token as @BotFather gives it: longer than what the config takes,
// so that a part of one is noticed at once.
const pasted = `^[0-9]{6,19}:[A-Za-z0-9_-]{30,100}$`

// Setup is what a newcomer is asked for.
func Setup() bot.Setup {
	return bot.Setup{
		Name: map[string]string{"en": "Telegram, for your customers", "zh-CN": "Telegram（客户用）"},
		Intro: map[string]string{
			"en":    "In Telegram, open a chat with @BotFather, send /newbot and follow it. It ends with a token like 123456:ABC….",
			"zh-CN": "在 Telegram 里打开 @BotFather，发送 /newbot，按提示做完，会得到类似 123456:ABC… 的 token。",
		},
		Fixed:  map[string]string{"mode": "polling"},
		Fields: []bot.SetupField{{Key: "token", Env: "TELEGRAM_TOKEN", Pattern: pasted, Ask: map[string]string{"en": "The token:", "zh-CN": "粘贴 token："}}},
	}
}
