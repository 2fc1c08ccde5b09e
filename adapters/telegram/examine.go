package telegram

import (
	"context"
	"errors"
	"strconv"
	"time"

	"crmbot/bot"
)

// What Examine finds out, in words for whoever runs the shop.
var (
	isFine      = bot.Local{"en": "The bot is @{name}: https://t.me/{name}.", "zh-CN": "机器人是 @{name}：https://t.me/{name}。"}
	openChat    = bot.Local{"en": "Open that link on a phone and press Start to try it.", "zh-CN": "用手机打开这个链接，点“开始”试一试。"}
	cannotStart = bot.Local{"en": "It cannot write to people first: everybody has to press Start once.", "zh-CN": "机器人不能先给人发消息，对方要先点一次“开始”。"}
	shareLink   = bot.Local{"en": "Put the link on your page; with ?start=expo at its end you see who came from there.", "zh-CN": "把链接放到网页上；末尾加上 ?start=expo，就能看到是从哪里来的。"}
	isPrivate   = bot.Local{"en": "In groups it sees commands and replies to it only, because privacy mode is on.", "zh-CN": "隐私模式已开启：在群里，机器人只能看到命令和对它的回复。"}
	makeOpen    = bot.Local{"en": "If it is to hear everything in a group, send /setprivacy to @BotFather, choose Disable, then add the bot to the group again.", "zh-CN": "如果要让它看到群里的所有消息，给 @BotFather 发 /setprivacy，选 Disable，然后重新把机器人加进群。"}
	noGroups    = bot.Local{"en": "It cannot be added to groups.", "zh-CN": "机器人不能加入群。"}
	letGroups   = bot.Local{"en": "If you want it in groups, send /setjoingroups to @BotFather and choose Enable.", "zh-CN": "如果要放进群里，给 @BotFather 发 /setjoingroups，选 Enable。"}
	otherHook   = bot.Local{"en": "Telegram brings this bot's messages to another address now.", "zh-CN": "这个机器人的消息现在被送到别的地址。"}
	stopOther   = bot.Local{"en": "If another program uses this bot, stop it or make a new bot with @BotFather; crmbot serve takes the messages over.", "zh-CN": "如果别的程序在用这个机器人，请先停掉，或者在 @BotFather 新建一个；启动 crmbot serve 后会接管消息。"}
	noHook      = bot.Local{"en": "Telegram does not know yet where to bring the messages.", "zh-CN": "Telegram 还不知道把消息送到哪里。"}
	fewUpdates  = bot.Local{"en": "Telegram does not bring everything we need yet.", "zh-CN": "Telegram 现在没有送来全部需要的消息。"}
	runServe    = bot.Local{"en": "Start crmbot serve: it tells Telegram.", "zh-CN": "启动 crmbot serve，它会自动设置。"}
	hookFails   = bot.Local{"en": "Telegram could not deliver lately: “{says}”. {n} messages wait.", "zh-CN": "Telegram 最近投递失败：“{says}”，有 {n} 条消息在等待。"}
	reachHook   = bot.Local{"en": "Open {url} from outside: the certificate must be valid, and the way must lead to crmbot.", "zh-CN": "请从外网访问 {url}：证书要有效，并且能通到 crmbot。"}
	isWaiting   = bot.Local{"en": "{n} messages wait for us at Telegram.", "zh-CN": "Telegram 那边有 {n} 条消息在等待接收。"}
	takeThem    = bot.Local{"en": "Start crmbot serve: it takes them in, none is lost for a day.", "zh-CN": "启动 crmbot serve 就会接收，一天之内不会丢。"}
	shortSecret = bot.Local{"en": "The secret_token is so short that it can be guessed.", "zh-CN": "secret_token 太短，容易被猜到。"}
	longSecret  = bot.Local{"en": "Write 16 or more letters and digits there.", "zh-CN": "请换成 16 位以上的字母和数字。"}
	badToken    = bot.Local{"en": "Telegram does not accept the token.", "zh-CN": "Telegram 不接受这个 token。"}
	newToken    = bot.Local{"en": "Send /mybots to @BotFather, choose the bot, then API Token, and paste it again.", "zh-CN": "给 @BotFather 发 /mybots，选机器人，再选 API Token，重新粘贴。"}
	noWay       = bot.Local{"en": "Telegram cannot be reached from here.", "zh-CN": "从这里连不上 Telegram。"}
	useProxy    = bot.Local{"en": "Where Telegram is blocked, set proxy for this install, as in proxy: socks5://127.0.0.1:1080.", "zh-CN": "如果网络访问不了 Telegram，请给它设置代理，例如 proxy: socks5://127.0.0.1:1080。"}
)

const (
	secretEnough = 16
	recently     = 24 * time.Hour
)

// Examine tries the token and tells what the account is, what it cannot do and
// how updates come.
func (a *Adapter) Examine(ctx context.Context) []bot.Finding {
	me, err := a.me(ctx)
	if err != nil {
		return []bot.Finding{a.broken(err)}
	}
	found := []bot.Finding{
		{Level: bot.LevelFine, Text: isFine.With("name", me.Username), Next: openChat},
		{Level: bot.LevelNote, Text: cannotStart, Next: shareLink},
	}
	switch {
	case !me.Joins:
		found = append(found, bot.Finding{Level: bot.LevelNote, Text: noGroups, Next: letGroups})
	case !me.ReadsAll:
		found = append(found, bot.Finding{Level: bot.LevelNote, Text: isPrivate, Next: makeOpen})
	}
	hook, err := a.webhookInfo(ctx)
	if err != nil {
		return append(found, a.broken(err))
	}
	if a.cfg.Mode == modeWebhook {
		return append(found, a.examineHook(hook)...)
	}
	switch {
	case hook.URL != "":
		found = append(found, bot.Finding{Level: bot.LevelWarning, Text: otherHook, Next: stopOther})
	case hook.Pending > 0:
		found = append(found, bot.Finding{Level: bot.LevelNote, Text: isWaiting.With("n", strconv.Itoa(hook.Pending)), Next: takeThem})
	}
	return found
}

// examineHook looks at where Telegram brings updates to.
func (a *Adapter) examineHook(hook *webhookInfo) (found []bot.Finding) {
	warn := func(text, next bot.Local) {
		found = append(found, bot.Finding{Level: bot.LevelWarning, Text: text, Next: next})
	}
	failed := hook.LastError != "" && a.host.Now().Sub(time.Unix(hook.LastDate, 0)) < recently
	switch {
	case hook.URL == "":
		warn(noHook, runServe)
	case hook.URL != a.hookURL():
		warn(otherHook, stopOther)
	case failed:
		warn(hookFails.With("says", hook.LastError, "n", strconv.Itoa(hook.Pending)), reachHook.With("url", a.hookURL()))
	case !hook.ours(a.hookURL()):
		warn(fewUpdates, runServe)
	}
	if len(a.cfg.SecretToken) < secretEnough {
		warn(shortSecret, longSecret)
	}
	return found
}

// broken says why nothing works.
func (a *Adapter) broken(err error) bot.Finding {
	f := bot.Broken(a.failure(err, true))
	var e *callError
	switch {
	case bot.FailureOf(f.Err).Class == bot.Unauthorized:
		f.Text, f.Next, f.Key = badToken, newToken, "token"
	case errors.As(err, &e) && (e.code == 0 || e.other):
		f.Text, f.Next = noWay, useProxy
	}
	return f
}

// Invite makes a link that opens the chat and says where somebody came from.
func (a *Adapter) Invite(ctx context.Context, scene string) (bot.Invitation, error) {
	if err := bot.CheckScene(scene); err != nil {
		return bot.Invitation{}, err
	}
	if err := a.known(ctx); err != nil {
		return bot.Invitation{}, a.failure(err, true)
	}
	return bot.Invitation{URL: "https://t.me/" + a.self.Load().name + "?start=" + scene}, nil
}
