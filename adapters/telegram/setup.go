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
		Place: &bot.SetupField{
			Pattern: "^-100[0-9]{5,15}$",
			Ask: bot.Local{
				"en": "Your people can answer customers in a Telegram group, one topic for each. Switch on Topics in the group's settings, " +
					"add the bot and make it an admin with “Manage topics”. Once crmbot serve runs, write “@your_bot where” there, with " +
					"the bot's own name, and it tells you the group's ID (-100…):",
				"zh-CN": "同事可以在 Telegram 群里回复客户，每位客户一个话题。请在群设置里打开“话题”，把机器人加进群并设为管理员，" +
					"勾选“管理话题”。crmbot serve 运行后，在群里发“@机器人用户名 where”，它会告诉您群的 ID（-100…）：",
			},
		},
		Fixed:  map[string]string{"mode": "polling"},
		Fields: []bot.SetupField{{Key: "token", Env: "TELEGRAM_TOKEN", Pattern: pasted, Ask: map[string]string{"en": "The token:", "zh-CN": "粘贴 token："}}},
	}
}
