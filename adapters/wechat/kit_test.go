package wechat_test

import "crmbot/adapters/wechat"

// photo is the beginning of a PNG, and enough of it to be taken for one.
var photo = []byte("\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\b\x06\x00\x00\x00\x1f\x15\xc4\x89\x00\x00\x00\x00IEND\xaeB`\x82")

func menu() []wechat.MenuEntry {
	return []wechat.MenuEntry{
		{Label: "产品报价", Entries: []wechat.MenuEntry{{Label: "麦芽糖浆", Say: "麦芽糖浆"}, {Label: "我要报价", Say: "报价"}}},
		{Label: "官网", URL: "https://example.com"},
		{Label: "找人工", Say: "人工"},
	}
}
