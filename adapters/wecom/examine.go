package wecom

import (
	"context"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/silenceper/wechat/v2/work/kf"

	"crmbot/adapters/weixin"
	"crmbot/bot"
)

// What Examine finds out, in words for whoever runs the shop.
var (
	isFine     = bot.Local{"en": "The customer service account “{name}” ({id}) is ready.", "zh-CN": "客服账号“{name}”（{id}）可以使用。"}
	pasteHook  = bot.Local{"en": "Messages come in once {hook} is saved on the page for receiving messages (微信客服 → API → 企业内部接入 → 回调配置).", "zh-CN": "在“微信客服 → API → 企业内部接入 → 回调配置”里保存 {hook} 后，才能收到消息。"}
	noDesk     = bot.Local{"en": "The company has no customer service account yet.", "zh-CN": "企业还没有客服账号。"}
	makeDesk   = bot.Local{"en": "In the WeCom console open 应用管理 → 微信客服 and create an account.", "zh-CN": "请在企业微信管理后台打开“应用管理 → 微信客服”，新建一个客服账号。"}
	noRight    = bot.Local{"en": "WeCom says that we may not write for the account “{name}” ({id}).", "zh-CN": "企业微信显示，我们没有客服账号“{name}”（{id}）的管理权限。"}
	giveRight  = bot.Local{"en": "On the page 微信客服 → API let the API manage this account.", "zh-CN": "请在“微信客服 → API”里，把这个账号交给 API 管理。"}
	unknown    = bot.Local{"en": "The company has no customer service account {id}, which the config names.", "zh-CN": "配置里写的客服账号 {id} 不存在。"}
	fixDesk    = bot.Local{"en": "Correct accounts in the config; these exist: {ids}.", "zh-CN": "请修改配置里的 accounts，现有账号：{ids}。"}
	hasPeople  = bot.Local{"en": "In WeCom people take chats of “{name}” too ({n}): they may take them away from the bot, and what they take it cannot answer any more.", "zh-CN": "“{name}”在企业微信里有 {n} 位接待人员：会话可能被他们接走，接走后机器人就不能再回复。"}
	takeAway   = bot.Local{"en": "Remove them from the account in 微信客服, or agree that they take only the chats that are handed over to them.", "zh-CN": "请在“微信客服”里移除接待人员，或约定只接待转过去的会话。"}
	noChannel  = bot.Local{"en": "The company has no WeChat video channel bound, so it can serve only so many customers: 100 in all while it is not verified, 10,000 once it is.", "zh-CN": "企业没有绑定视频号，能接待的客户数有限：未认证累计 100 位，已认证累计 10000 位。"}
	getChannel = bot.Local{"en": "See under 我的企业 → 企业信息 whether the company is verified; binding a video channel lifts the limit.", "zh-CN": "请在“我的企业 → 企业信息”里确认是否已认证；绑定视频号后不再限制。"}
	fewAnswers = bot.Local{"en": "Five messages may be sent within 48 hours after a customer has written, and none before.", "zh-CN": "客户发消息后 48 小时内最多回复 5 条；客户没有先发消息时不能主动发送。"}
)

// advice is for the codes that mean that somebody has to do something.
var advice = map[int]struct{ text, next bot.Local }{
	40013: {
		bot.Local{"en": "WeCom knows no company with this corp_id.", "zh-CN": "企业微信不认识这个 corp_id。"},
		bot.Local{"en": "Copy 企业ID again from the bottom of 我的企业 → 企业信息.", "zh-CN": "请到“我的企业 → 企业信息”页面底部，重新复制企业ID。"},
	},
	40001: {
		bot.Local{"en": "WeCom does not accept the secret.", "zh-CN": "企业微信不接受这个 secret。"},
		bot.Local{"en": "Copy the Secret of 微信客服 → API again; that of another application does not do.", "zh-CN": "请重新复制“微信客服 → API”里的 Secret，其他应用的 Secret 不能用。"},
	},
	60020: {
		bot.Local{"en": "WeCom does not let this server in: its address {ip} is not among the trusted ones.", "zh-CN": "企业微信不允许这台服务器访问：IP {ip} 不在可信名单里。"},
		bot.Local{"en": "Add {ip} under 企业可信IP on the page of the application whose secret this is, and wait a minute.", "zh-CN": "请在该应用页面的“企业可信IP”里添加 {ip}，一分钟后再试。"},
	},
	48002: {
		bot.Local{"en": "This secret may not use customer service.", "zh-CN": "这个 secret 没有微信客服的权限。"},
		bot.Local{"en": "Use the Secret of 微信客服 → API, or give the application the right there.", "zh-CN": "请使用“微信客服 → API”里的 Secret，或在那里给应用授权。"},
	},
	95017: {
		bot.Local{"en": "The API of customer service is switched off.", "zh-CN": "微信客服的 API 没有开启。"},
		bot.Local{"en": "In the WeCom console open 应用管理 → 微信客服 → API and switch it on.", "zh-CN": "请在企业微信管理后台打开“应用管理 → 微信客服 → API”，点击开启。"},
	},
	95012: {
		bot.Local{"en": "The company does not use customer service in WeCom.", "zh-CN": "企业没有在企业微信里使用微信客服。"},
		bot.Local{"en": "In the WeCom console open 应用管理 → 微信客服 and start using it.", "zh-CN": "请在企业微信管理后台打开“应用管理 → 微信客服”，点击开始使用。"},
	},
	95011: {
		bot.Local{"en": "The company uses customer service in WeCom, and this secret is that of the old separate console.", "zh-CN": "企业已改在企业微信里使用微信客服，这个 secret 是旧的独立后台的。"},
		bot.Local{"en": "Take the Secret from 应用管理 → 微信客服 → API in the WeCom console.", "zh-CN": "请使用企业微信管理后台“应用管理 → 微信客服 → API”里的 Secret。"},
	},
	40201: {
		bot.Local{"en": "Tencent has blocked the customer service account.", "zh-CN": "客服账号已被腾讯封禁。"},
		bot.Local{"en": "Ask WeCom's own support why.", "zh-CN": "请联系企业微信客服处理。"},
	},
	95003: {
		bot.Local{"en": "The company has reached the number of customers it may serve.", "zh-CN": "企业能接待的客户数已达上限。"},
		bot.Local{"en": "Have the company verified, or bind a video channel: see 我的企业 → 企业信息.", "zh-CN": "请完成企业认证或绑定视频号，见“我的企业 → 企业信息”。"},
	},
}

var fromIP = regexp.MustCompile(`from ip: ([0-9A-Fa-f.:]{2,45})`)

// advise says what an error means and what to do about it; ok is false for one
// that speaks for itself.
func advise(err error) (text, next bot.Local, ok bool) {
	h, ok := advice[weixin.CodeOf(err)]
	if !ok {
		return nil, nil, false
	}
	ip := "?"
	if found := fromIP.FindStringSubmatch(err.Error()); found != nil {
		ip = strings.TrimRight(found[1], ".:,")
	}
	return h.text.With("ip", ip), h.next.With("ip", ip), true
}

// explain is the advice for the log.
func explain(err error) string {
	text, next, ok := advise(err)
	if !ok {
		return ""
	}
	return text.In("en") + " " + next.In("en")
}

// Examine tries the credentials and tells which accounts there are, who else
// takes their chats, and what limits the company has.
func (a *Adapter) Examine(ctx context.Context) []bot.Finding {
	if err := a.api.Prove(ctx); err != nil { // whatever token is kept
		return []bot.Finding{a.broken(err)}
	}
	list, err := a.desks(ctx)
	if err != nil {
		return []bot.Finding{a.broken(err)}
	}
	if len(list) == 0 {
		return []bot.Finding{{Level: bot.LevelBroken, Text: noDesk, Next: makeDesk}}
	}
	found := a.examineConfig(list)
	for _, d := range list {
		if a.ours(d.id) {
			found = append(found, a.examineDesk(ctx, d)...)
		}
	}
	found = append(found, bot.Finding{Level: bot.LevelNote, Text: fewAnswers})
	bound, err := a.bound(ctx)
	if err == nil && !bound {
		found = append(found, bot.Finding{Level: bot.LevelWarning, Text: noChannel, Next: getChannel})
	}
	return found
}

// examineConfig looks for accounts that the config names and nobody knows.
func (a *Adapter) examineConfig(list []desk) (found []bot.Finding) {
	var ids []string
	for _, d := range list {
		ids = append(ids, d.id)
	}
	for _, id := range a.cfg.Accounts {
		if !slices.Contains(ids, id) {
			found = append(found, bot.Finding{
				Level: bot.LevelBroken, Text: unknown.With("id", id), Next: fixDesk.With("ids", strings.Join(ids, ", ")),
			})
		}
	}
	return found
}

// examineDesk looks at one account.
func (a *Adapter) examineDesk(ctx context.Context, d desk) []bot.Finding {
	name := []string{"name", d.name, "id", d.id}
	if !d.manages {
		return []bot.Finding{{Level: bot.LevelWarning, Text: noRight.With(slices.Clone(name)...), Next: giveRight}}
	}
	fine := bot.Finding{Level: bot.LevelFine, Text: isFine.With(slices.Clone(name)...)}
	if a.cfg.PublicURL != "" {
		fine.Next = pasteHook.With("hook", a.hookURL())
	}
	n, err := a.servicers(ctx, d.id)
	switch {
	case err != nil:
		return []bot.Finding{fine, a.broken(err)}
	case n > 0:
		text := hasPeople.With(append(slices.Clone(name), "n", strconv.Itoa(n))...)
		return []bot.Finding{fine, {Level: bot.LevelWarning, Text: text, Next: takeAway}}
	}
	return []bot.Finding{fine}
}

// bound says whether the company has a video channel, which only a verified
// company can have. WeCom tells no more about that.
func (a *Adapter) bound(ctx context.Context) (bool, error) {
	bound := false
	err := a.call(ctx, func(c *kf.Client) error {
		q, err := c.GetCorpQualification()
		bound = q.WechatChannelsBinding
		return err
	})
	return bound, err
}

// allowList is what WeCom calls the addresses that it lets in.
const allowList = "企业可信IP"

// broken says why something does not work. What the code means is in the
// sentence: the cause is what WeCom said.
func (a *Adapter) broken(err error) bot.Finding {
	f := a.api.Broken(classed(err), allowList)
	if text, next, ok := advise(err); ok {
		f.Text, f.Next, f.Key = text, next, wrongKey[weixin.CodeOf(err)]
	}
	return f
}

// wrongKey is the key of the config that a code is about.
var wrongKey = map[int]string{40013: "corp_id", 40001: "secret", 48002: "secret", 95011: "secret"}

// hookURL is the address for WeCom's page.
func (a *Adapter) hookURL() string { return bot.HookURL(a.cfg.PublicURL, Platform, a.cfg.Install) }
