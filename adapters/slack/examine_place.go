package slack

import (
	"context"
	"slices"
	"strings"

	"github.com/slack-go/slack"

	"crmbot/bot"
)

// What ExaminePlace finds out, in words for whoever runs the shop.
var (
	opensHere = bot.Local{"en": "Customers' conversations open as threads in #{channel}.", "zh-CN": "客户的对话会在 #{channel} 里开成消息列。"}
	noChannel = bot.Local{"en": "The bot sees no channel {channel}.", "zh-CN": "机器人看不到频道 {channel}。"}
	findID    = bot.Local{
		"en":    "Write /invite @{name} in the channel, and copy its ID (C…) from the foot of the channel's details into threads.",
		"zh-CN": "在该频道输入 /invite @{name}，再从频道详情最下方复制频道 ID（C…），填到 threads。",
	}
	noChat     = bot.Local{"en": "{channel} is no channel: threads need one.", "zh-CN": "{channel} 不是频道，消息列只能开在频道里。"}
	isClosed   = bot.Local{"en": "#{channel} is archived.", "zh-CN": "#{channel} 已归档。"}
	openAgain  = bot.Local{"en": "Unarchive it in Slack, or name another channel under threads.", "zh-CN": "在 Slack 里取消归档，或在 threads 里换一个频道。"}
	isOut      = bot.Local{"en": "The bot is not in #{channel}, so it cannot open threads there.", "zh-CN": "机器人不在 #{channel} 里，没法在那里开消息列。"}
	inviteHere = bot.Local{"en": "Write /invite @{name} in #{channel}.", "zh-CN": "在 #{channel} 里输入 /invite @{name}。"}
)

// ExaminePlace looks whether threads can be opened in a channel and heard there.
func (a *Adapter) ExaminePlace(ctx context.Context, chat bot.ChatID) []bot.Finding {
	var me *slack.AuthTestResponse
	err := a.do(ctx, true, func(ctx context.Context) (err error) {
		me, err = a.api.AuthTestContext(ctx)
		return err
	})
	if err != nil {
		return []bot.Finding{refused(err, badToken, a.onPage(newToken), "bot_token")}
	}
	var channel *slack.Channel
	err = a.do(ctx, true, func(ctx context.Context) (err error) {
		channel, err = a.api.GetConversationInfoContext(ctx, &slack.GetConversationInfoInput{ChannelID: string(chat)})
		return err
	})
	broken := func(text, next bot.Local) []bot.Finding {
		name := string(chat)
		if channel != nil && channel.Name != "" {
			name = channel.Name
		}
		pairs := func() []string { return []string{"channel", name, "name", me.User} }
		return []bot.Finding{{Level: bot.LevelBroken, Text: text.With(pairs()...), Next: next.With(pairs()...), Err: err}}
	}
	switch {
	case told(err, "missing_scope"):
		return []bot.Finding{a.lacks("channels:read", "groups:read")}
	case told(err, "channel_not_found"):
		return broken(noChannel, findID)
	case err != nil:
		return []bot.Finding{bot.Broken(err)}
	case channel.IsIM || channel.IsMpIM:
		return broken(noChat, findID)
	case channel.IsArchived:
		return broken(isClosed, openAgain)
	case !channel.IsMember:
		return broken(isOut, inviteHere)
	}
	need := "channels:history"
	if channel.IsPrivate {
		need = "groups:history"
	}
	if missing := lacking(me.Header); slices.Contains(missing, need) {
		return []bot.Finding{a.lacks(missing...)}
	}
	return []bot.Finding{{Level: bot.LevelFine, Text: opensHere.With("channel", channel.Name)}}
}

// lacks says which rights are missing.
func (a *Adapter) lacks(missing ...string) bot.Finding {
	return bot.Finding{Level: bot.LevelBroken, Text: lacks.With("scopes", strings.Join(missing, ", ")), Next: a.onPage(addRights)}
}
