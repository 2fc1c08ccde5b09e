package slack

import "crmbot/bot"

// Setup is what a newcomer is asked for.
func Setup() bot.Setup {
	return bot.Setup{
		Name: map[string]string{"en": "Slack, for the people who work here", "zh-CN": " Slack（同事用）"},
		Intro: map[string]string{
			"en": "At api.slack.com/apps create an app for your workspace. Switch on Socket Mode, add the command /crm, " +
				"subscribe the bot to app_mention and message.im, add the bot scopes chat:write and users:read, " +
				"under App Home let people send messages to the app, and install it.",
			"zh-CN": "在 api.slack.com/apps 给您的工作区新建一个应用：打开 Socket Mode，添加命令 /crm，为机器人订阅 app_mention 和 message.im 事件，" +
				"添加机器人权限 chat:write 和 users:read，在 App Home 里允许用户给应用发消息，最后安装。",
		},
		Fixed: map[string]string{"mode": "socket"},
		Fields: []bot.SetupField{
			{
				Key: "bot_token", Env: "SLACK_BOT_TOKEN", Prefix: "xoxb-",
				Ask: map[string]string{"en": "OAuth & Permissions, Bot User OAuth Token (xoxb-…):", "zh-CN": "OAuth & Permissions 页的 Bot User OAuth Token（xoxb-…）："},
			},
			{
				Key: "app_token", Env: "SLACK_APP_TOKEN", Prefix: "xapp-",
				Ask: map[string]string{"en": "Basic Information, App-Level Token with connections:write (xapp-…):", "zh-CN": "Basic Information 页的 App-Level Token，权限 connections:write（xapp-…）："},
			},
		},
	}
}
