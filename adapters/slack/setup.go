package slack

import "crmbot/bot"

// Setup is what a newcomer is asked for.
func Setup() bot.Setup {
	return bot.Setup{
		Name: map[string]string{"en": "Slack, for the people who work here", "zh-CN": " Slack（同事用）"},
		Intro: map[string]string{
			"en": "At api.slack.com/apps create an app for your workspace. Switch on Socket Mode, add the command /crm, " +
				"subscribe to app_mention and message.im, and install it.",
			"zh-CN": "在 api.slack.com/apps 给您的工作区新建一个应用，打开 Socket Mode，添加命令 /crm，订阅 app_mention 和 message.im 事件，然后安装。",
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
