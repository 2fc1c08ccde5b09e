package webchat

import (
	"context"
	"strings"

	"crmbot/bot"
)

// What Examine finds out, in words for whoever runs the shop.
var (
	isFine    = bot.Local{"en": "The chat is at {page} once crmbot serve is running.", "zh-CN": "crmbot serve 运行后，聊天页面在 {page}。"}
	putInPage = bot.Local{"en": "To put it into your own page, paste this line there: {line}", "zh-CN": "要放进您自己的网页，就在网页里粘贴这一行：{line}"}
	onlyHere  = bot.Local{"en": "The chat is at {page} on the address of this machine; public_url is not set, so I cannot say which that is.", "zh-CN": "聊天页面是这台机器网址下的 {page}；没有设置 public_url，所以说不出完整网址。"}
	setPublic = bot.Local{"en": "For customers to find it, put public_url: https://… into the config.", "zh-CN": "要让客户访问得到，请在配置里写上 public_url: https://…。"}
	noOrigins = bot.Local{"en": "No page but its own may show the chat.", "zh-CN": "目前只有聊天页面自己可以显示它。"}
	setDesk   = bot.Local{"en": "For colleagues to find it from elsewhere, put public_url: https://… into the config. To sign in there, each of them sends “page” to the bot.", "zh-CN": "要让同事在别处也能打开，请在配置里写上 public_url: https://…。登录方法：各自给机器人发送“接待页”。"}
	deskHere  = bot.Local{"en": "Your colleagues answer customers at {page} on the address of this machine, once crmbot serve is running.", "zh-CN": "crmbot serve 运行后，同事在这台机器网址下的 {page} 接待客户。"}
	isDesk    = bot.Local{"en": "Your colleagues answer customers at {page} once crmbot serve is running.", "zh-CN": "crmbot serve 运行后，同事在 {page} 接待客户。"}
	signIn    = bot.Local{"en": "To sign in there, each of them sends “page” to the bot.", "zh-CN": "登录方法：各自给机器人发送“接待页”。"}
	nameSites = bot.Local{"en": "If your page is to show it, name it: origins: [https://www.example.com]", "zh-CN": "要在您的网页里显示，请写明网站：origins: [https://www.example.com]"}
)

// Examine says where the page is.
func (a *Adapter) Examine(context.Context) []bot.Finding {
	if a.cfg.PublicURL == "" && a.cfg.Staff {
		return []bot.Finding{{Level: bot.LevelFine, Text: deskHere.With("page", a.path()), Next: setDesk}}
	}
	if a.cfg.PublicURL == "" {
		return []bot.Finding{{Level: bot.LevelFine, Text: onlyHere.With("page", a.path()), Next: setPublic}}
	}
	page := strings.TrimRight(a.cfg.PublicURL, "/") + a.path()
	line := `<script src="` + page + `/embed.js" async></script>`
	found := []bot.Finding{{Level: bot.LevelFine, Text: isFine.With("page", page), Next: putInPage.With("line", line)}}
	if len(a.cfg.Origins) == 0 && !a.cfg.Staff {
		found = append(found, bot.Finding{Level: bot.LevelNote, Text: noOrigins, Next: nameSites, Key: "origins"})
	}
	if a.cfg.Staff {
		found[0].Text, found[0].Next = isDesk.With("page", page), signIn
	}
	return found
}
