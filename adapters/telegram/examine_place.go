package telegram

import (
	"context"
	"errors"

	tgbotapi "github.com/go-telegram-bot-api/telegram-bot-api/v5"

	"crmbot/bot"
)

// What ExaminePlace finds out, in words for whoever runs the shop.
var (
	opensHere = bot.Local{"en": "Customers' conversations open as topics in {group}.", "zh-CN": "客户的对话会在 {group} 里开成话题。"}
	notThere  = bot.Local{"en": "The bot is in no group {group}.", "zh-CN": "机器人不在群 {group} 里。"}
	addIt     = bot.Local{
		"en":    "Add @{name} to the group, write “@{name} where” there, and put the number it names under threads.",
		"zh-CN": "把 @{name} 加进群，在群里发“@{name} where”，把它说的编号填到 threads。",
	}
	noTopics = bot.Local{"en": "{group} has no topics.", "zh-CN": "{group} 没有开启话题功能。"}
	topicsOn = bot.Local{
		"en":    "Open the group's settings in Telegram, choose Edit and switch Topics on; the group may get another number, which “@{name} where” names.",
		"zh-CN": "在 Telegram 打开群设置，点“编辑”，开启“话题”；群的编号可能会变，发“@{name} where”可以查看。",
	}
	mayNot  = bot.Local{"en": "The bot may not open topics in {group}.", "zh-CN": "机器人在 {group} 里没有新建话题的权限。"}
	promote = bot.Local{
		"en":    "In the group's settings, under Administrators, add @{name} and switch Manage Topics on.",
		"zh-CN": "在群设置的“管理员”里添加 @{name}，并打开“管理话题”。",
	}
	hearsLittle = bot.Local{
		"en":    "It hears only what is said to it in {group}, because privacy mode is on and it is no administrator.",
		"zh-CN": "机器人在 {group} 里只看得到对它说的话，因为隐私模式已开启，而且它不是管理员。",
	}
	cannotPin = bot.Local{"en": "The bot cannot pin the customer's card in {group}.", "zh-CN": "机器人没法在 {group} 里置顶客户卡片。"}
	letPin    = bot.Local{
		"en":    "If you want that, switch Pin Messages on among its rights as administrator.",
		"zh-CN": "如果需要，在它的管理员权限里打开“置顶消息”。",
	}
)

// ExaminePlace looks whether topics can be opened in a group and heard there.
func (a *Adapter) ExaminePlace(ctx context.Context, where bot.ChatID) []bot.Finding {
	me, err := a.me(ctx)
	if err != nil {
		return []bot.Finding{a.broken(err)}
	}
	group := struct {
		chat
		Title string `json:"title"`
	}{Title: string(where)}
	say := func(level bot.Level, text, next bot.Local) bot.Finding {
		pairs := func() []string { return []string{"group", group.Title, "name", me.Username} }
		f := bot.Finding{Level: level, Text: text.With(pairs()...)}
		if next != nil {
			f.Next = next.With(pairs()...)
		}
		return f
	}
	err = a.call(ctx, callTime, "getChat", tgbotapi.Params{"chat_id": string(where)}, &group)
	var self struct {
		member
		Topics bool `json:"can_manage_topics"`
		Pins   bool `json:"can_pin_messages"`
	}
	if err == nil {
		err = a.call(ctx, callTime, "getChatMember", tgbotapi.Params{"chat_id": string(where), "user_id": number(a.botID)}, &self)
	}
	switch {
	case outside(err), err == nil && (!self.in() || group.private() || group.channel()):
		return []bot.Finding{say(bot.LevelBroken, notThere, addIt)}
	case err != nil:
		return []bot.Finding{a.broken(err)}
	case !group.IsForum:
		return []bot.Finding{say(bot.LevelBroken, noTopics, topicsOn)}
	case !self.Topics:
		found := []bot.Finding{say(bot.LevelBroken, mayNot, promote)}
		if self.Status != "administrator" && !me.ReadsAll {
			found = append(found, say(bot.LevelBroken, hearsLittle, promote))
		}
		return found
	}
	found := []bot.Finding{say(bot.LevelFine, opensHere, nil)}
	if !self.Pins {
		found = append(found, say(bot.LevelNote, cannotPin, letPin))
	}
	return found
}

// outside says whether Telegram knows no such group of ours.
func outside(err error) bool {
	var e *callError
	return errors.As(err, &e) && says(e, noGroup)
}
