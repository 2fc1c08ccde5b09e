package slack

import "crmbot/bot"

// Setup is what a newcomer is asked for.
func Setup() bot.Setup {
	return bot.Setup{
		Name: bot.Local{"en": "Slack, for the people who work here", "zh-CN": "Slack（同事用）"},
		Intro: bot.Local{
			"en": "At api.slack.com/apps press Create New App, From an app manifest, choose your workspace and paste what is in " +
				"{paste}. Press Create, then Install to Workspace.",
			"zh-CN": "在 api.slack.com/apps 点 Create New App，选 From an app manifest，选您的工作区，粘贴文件 {paste} 的内容，" +
				"点 Create，再点 Install to Workspace。",
		},
		Install: "team",
		Paste:   Manifest,
		Fields: []bot.SetupField{
			{
				Key: "mode", Ask: bot.Local{"en": "How is Slack to reach us?", "zh-CN": "Slack 怎么连到我们？"},
				Choices: []bot.SetupChoice{
					{Value: modeSocket, Name: bot.Local{"en": "Socket Mode: no address needed", "zh-CN": "Socket Mode，不需要公网地址"}},
					{Value: modeHTTP, Name: bot.Local{"en": "it calls our address", "zh-CN": "访问我们的公网地址"}, Public: true},
				},
			},
			{
				Key: "bot_token", Env: "SLACK_BOT_TOKEN", Prefix: "xoxb-",
				Ask: bot.Local{"en": "OAuth & Permissions, Bot User OAuth Token (xoxb-…):", "zh-CN": "OAuth & Permissions 页的 Bot User OAuth Token（xoxb-…）："},
			},
			{
				Key: "app_token", Env: "SLACK_APP_TOKEN", Prefix: "xapp-", When: map[string]string{"mode": modeSocket},
				Ask: bot.Local{
					"en":    "Basic Information, App-Level Tokens, Generate Token with connections:write (xapp-…):",
					"zh-CN": "Basic Information 页的 App-Level Tokens，新建带 connections:write 的 token（xapp-…）：",
				},
			},
			{
				Key: "signing_secret", Env: "SLACK_SIGNING_SECRET", Pattern: "^[0-9a-f]{32}$", When: map[string]string{"mode": modeHTTP},
				Ask: bot.Local{"en": "Basic Information, Signing Secret:", "zh-CN": "Basic Information 页的 Signing Secret："},
				After: bot.Local{
					"en":    "In the app's manifest set socket_mode_enabled to false and put {hook} where the file shows an address.",
					"zh-CN": "在应用的 manifest 里把 socket_mode_enabled 改为 false，并在文件标出地址的几处填 {hook}。",
				},
			},
		},
		Place: &bot.SetupField{
			Pattern: "^[CG][A-Z0-9]{6,20}$",
			Ask: bot.Local{
				"en": "In which channel shall customers appear who want a person? Open the channel's details: its ID stands at the bottom " +
					"(C0123ABCD):",
				"zh-CN": "客户找人工时，对话显示在哪个频道？打开频道详情，最下面就是频道 ID（C0123ABCD）：",
			},
			After: bot.Local{
				"en":    "Invite the bot there: /invite @crm. A private channel keeps customers' words among those who answer them.",
				"zh-CN": "请在那个频道里邀请机器人：/invite @crm。建议用私有频道，客户的话只有接待的人看得到。",
			},
		},
		Outro: bot.Local{
			"en":    "In Slack you find the bot under Apps: write “help” there, or type /crm in any channel.",
			"zh-CN": "在 Slack 的“应用”里就能找到机器人：发“帮助”，或在任意频道输入 /crm。",
		},
	}
}
