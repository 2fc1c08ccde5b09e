package slack

import (
	"context"
	_ "embed" // the manifest
	"net/http"
	"regexp"
	"slices"
	"strings"

	"github.com/slack-go/slack"

	"crmbot/bot"
)

// Manifest is the app as Slack's own pages take it.
//
//go:embed manifest.yaml
var Manifest string

// scopes are the rights that the app needs.
var scopes = []string{
	"app_mentions:read", "channels:history", "channels:read", "chat:write", "commands", "files:read", "files:write",
	"groups:history", "groups:read", "im:history", "im:write", "reactions:read", "users:read",
}

// What Examine finds out, in words for whoever runs the shop.
var (
	isFine    = bot.Local{"en": "The bot is @{name} in the workspace {team}.", "zh-CN": "机器人是 {team} 工作区的 @{name}。"}
	sayHello  = bot.Local{"en": "Find {name} under Apps in Slack and write “help” to try it.", "zh-CN": "在 Slack 的“应用”里找到 {name}，发“帮助”试一试。"}
	onInvite  = bot.Local{"en": "In channels it hears only what is said to it, and in the threads it was called into.", "zh-CN": "在频道里，机器人只看得到 @它 的消息，以及它被叫进去的消息列。"}
	inviteIt  = bot.Local{"en": "Write /invite @{name} in every channel where it is to answer.", "zh-CN": "要让它在哪个频道回答，就在那里输入 /invite @{name}。"}
	lacks     = bot.Local{"en": "The app lacks these rights: {scopes}.", "zh-CN": "应用缺少这些权限：{scopes}。"}
	addRights = bot.Local{
		"en":    "Open {page}, go to App Manifest, paste what is in {paste} and save, then press Install App, Reinstall to Workspace.",
		"zh-CN": "打开 {page}，在 App Manifest 页粘贴文件 {paste} 的内容并保存，再到 Install App 页点 Reinstall to Workspace。",
	}
	badToken = bot.Local{"en": "Slack does not accept the bot_token.", "zh-CN": "Slack 不接受 bot_token。"}
	newToken = bot.Local{
		"en":    "Open {page}, go to OAuth & Permissions, and copy the Bot User OAuth Token (xoxb-…) again.",
		"zh-CN": "打开 {page}，在 OAuth & Permissions 页重新复制 Bot User OAuth Token（xoxb-…）。",
	}
	socketOn  = bot.Local{"en": "Socket Mode works: Slack needs no address of yours.", "zh-CN": "Socket Mode 可用，不需要公网地址。"}
	socketOff = bot.Local{"en": "Slack does not accept the app_token for Socket Mode.", "zh-CN": "Slack 不接受用于 Socket Mode 的 app_token。"}
	newSocket = bot.Local{
		"en":    "Open {page} and switch Socket Mode on, then make a token with connections:write under Basic Information, App-Level Tokens (xapp-…), and paste it.",
		"zh-CN": "打开 {page}，启用 Socket Mode，再到 Basic Information 页的 App-Level Tokens 新建带 connections:write 的 token（xapp-…）并粘贴。",
	}
	isCalled  = bot.Local{"en": "Slack brings everything to {hook}; whether the signing_secret is right shows with its first request.", "zh-CN": "Slack 会把消息送到 {hook}；signing_secret 是否正确，要等第一个请求才知道。"}
	pasteHook = bot.Local{
		"en":    "Open {page} and paste that address in four places: as Request URL under Event Subscriptions, as Request URL and as Options Load URL under Interactivity & Shortcuts, and for /crm under Slash Commands.",
		"zh-CN": "打开 {page}，把这个地址填到四处：Event Subscriptions 的 Request URL、Interactivity & Shortcuts 的 Request URL 和 Options Load URL、Slash Commands 里的 /crm。",
	}
	noAddress = bot.Local{"en": "Mode http needs public_url: without it Slack has no address to call.", "zh-CN": "http 模式需要 public_url，否则 Slack 找不到我们。"}
	useSocket = bot.Local{"en": "Set public_url to where this program is reached from outside, or use mode: socket.", "zh-CN": "请把 public_url 设为外网能访问的地址，或改用 mode: socket。"}
)

// Examine tries the tokens, and tells which app and workspace they belong to
// and which rights are missing.
func (a *Adapter) Examine(ctx context.Context) []bot.Finding {
	var me *slack.AuthTestResponse
	err := a.do(ctx, true, func(ctx context.Context) (err error) {
		me, err = a.api.AuthTestContext(ctx)
		return err
	})
	if err != nil {
		return []bot.Finding{refused(err, badToken, a.onPage(newToken), "bot_token")}
	}
	found := []bot.Finding{
		{Level: bot.LevelFine, Text: isFine.With("name", me.User, "team", me.Team), Next: sayHello.With("name", me.User)},
		{Level: bot.LevelNote, Text: onInvite, Next: inviteIt.With("name", me.User)},
	}
	if missing := lacking(me.Header); len(missing) > 0 {
		found = append(found, a.lacks(missing...))
	}
	if a.cfg.Mode == modeHTTP {
		return append(found, a.examineHook())
	}
	err = a.do(ctx, true, func(ctx context.Context) error {
		_, _, err := a.api.StartSocketModeContext(ctx)
		return err
	})
	if err != nil {
		return append(found, refused(err, socketOff, a.onPage(newSocket), "app_token"))
	}
	return append(found, bot.Finding{Level: bot.LevelFine, Text: socketOn})
}

// appID is the app's id in its own token.
var appID = regexp.MustCompile(`^xapp-\d+-(A[0-9A-Z]+)-`)

// anyApp is the app's page as long as we do not know which that is.
var anyApp = bot.Local{"en": "the app at api.slack.com/apps", "zh-CN": "api.slack.com/apps 里的应用"}

// onPage is a next step on the app's page.
func (a *Adapter) onPage(next bot.Local) bot.Local {
	if m := appID.FindStringSubmatch(a.cfg.AppToken); m != nil {
		return next.With("page", "https://api.slack.com/apps/"+m[1])
	}
	there := bot.Local{}
	for language, text := range next {
		there[language] = strings.ReplaceAll(text, "{page}", anyApp.In(language))
	}
	return there
}

// refused is what is found when Slack does not take a token. Where it cannot be
// asked at all, the error speaks for itself.
func refused(err error, text, next bot.Local, key string) bot.Finding {
	f := bot.Broken(err)
	if bot.FailureOf(err).Class == bot.Unauthorized {
		f.Text, f.Next, f.Key = text, next, key
	}
	return f
}

// lacking are the scopes that the bot's token has not. Without the header
// nothing is known.
func lacking(header http.Header) []string {
	given := header.Get("X-Oauth-Scopes")
	if given == "" {
		return nil
	}
	has := strings.FieldsFunc(given, func(r rune) bool { return r == ',' || r == ' ' })
	return slices.DeleteFunc(slices.Clone(scopes), func(s string) bool { return slices.Contains(has, s) })
}

// examineHook says where Slack has to bring what happens.
func (a *Adapter) examineHook() bot.Finding {
	if a.cfg.PublicURL == "" {
		return bot.Finding{Level: bot.LevelBroken, Text: noAddress, Next: useSocket}
	}
	hook := bot.HookURL(a.cfg.PublicURL, Platform, a.cfg.Install)
	return bot.Finding{Level: bot.LevelNote, Text: isCalled.With("hook", hook), Next: a.onPage(pasteHook)}
}
