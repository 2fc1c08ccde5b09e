package wechat

import (
	"strings"

	"crmbot/bot"
)

// scenePrefix begins the key of a follow by way of a QR code of ours.
const scenePrefix = "qrscene_"

// event makes an Inbound of an event.
func (a *Adapter) event(m *envelope) (in *bot.Inbound, reason string) {
	in = &bot.Inbound{}
	switch m.Event {
	case "subscribe":
		in.Kind = bot.KindFollow
		if scene, ours := strings.CutPrefix(m.Key, scenePrefix); ours {
			in.Scene = bot.Clean(scene)
		}
	case "unsubscribe":
		in.Kind = bot.KindUnfollow
	case "SCAN":
		in.Kind, in.Scene = bot.KindScan, bot.Clean(m.Key)
	case "CLICK", "click":
		in.Kind, in.Text = bot.KindMenu, strings.TrimSpace(bot.Clean(m.Key))
		if in.Text == "" {
			return nil, bot.ReasonUnreadable
		}
	case "VIEW", "view":
		in.Kind, in.Values = bot.KindVisit, map[string]string{"url": bot.Clean(m.Key)}
	case "subscribe_msg_popup_event":
		return a.consent(m.Popup)
	case "subscribe_msg_change_event":
		return a.consent(m.Changed)
	default:
		return nil, eventReason(m.Event)
	}
	return in, ""
}

// consent is whether a person may be told that a reply waits: what he chose for
// a template of ours, if it was about one.
func (a *Adapter) consent(choices []choice) (in *bot.Inbound, reason string) {
	ours := a.cfg.Subscriptions
	answer := ""
	for _, c := range choices {
		if ours != (Notices{}) && c.Template != ours.ReplyWaiting && c.Template != ours.TicketUpdate {
			continue
		}
		switch {
		case strings.HasPrefix(c.Status, "accept"):
			answer = "yes"
		case answer == "":
			answer = "no"
		}
	}
	if answer == "" {
		return nil, bot.ReasonNotForUs
	}
	return &bot.Inbound{Kind: bot.KindConsent, Values: map[string]string{"notices": answer}}, ""
}

// others are events that are no word to us: of the menu's own doings, of other
// services of the account, of shops, cards, devices and companies. The names
// end in _ where a family of events begins so.
var others = []string{
	"view_miniprogram", "LOCATION", "location", "location_select", "TEMPLATESENDJOBFINISH", "MASSSENDJOBFINISH",
	"PUBLISHJOBFINISH", "scancode_", "pic_", "media_id", "view_limited", "article_id", "article_view_limited",
	"subscribe_msg_sent_event", "qualification_", "naming_", "annual_renew", "verify_expired", "wxa_", "weapp_", "open_",
	"merchant_", "kf_", "card_", "user_", "submit_", "update_member_card", "submit_membercard_user_info", "poi_", "review_",
	"ShakearoundUserShake", "ShakearoundLotteryBind", "WifiConnected", "wificonnected", "giftcard_", "invoice_", "cloud_invoice_",
	"order_", "trade_", "funds_", "transport_", "retail_", "product_", "minishop_", "shop_", "live_", "guide_", "channels_",
	"apply_", "create_map_poi_audit_info", "modify_store_audit_info", "add_store_audit_info", "add_nearby_poi_audit_info",
	"bind", "unbind", "subscribe_status", "unsubscribe_status", "user_info_modified", "user_authorization_revoke",
	"update_", "wx_", "nickname_", "add_", "sec_", "drama_", "authorize_", "device_", "transfer_", "feedback_", "delivery_",
	"express_", "face_", "mp_", "security_", "violation_", "risk_", "debug_demo", "xpay_", "secured_transaction_", "account_", "cpc_", "data_",
	// Of a company's account, whose messages have a door of their own.
	"enter_agent", "batch_job_result", "change_contact", "change_external_", "change_type", "external_", "create_calendar",
	"modify_calendar", "delete_calendar", "add_schedule", "modify_schedule", "delete_schedule", "respond_schedule",
	"book_meeting_room", "cancel_meeting_room", "share_agent_change", "share_chain_change", "template_card_event",
	"template_card_menu_event", "open_approval_change", "sys_approval_change", "taskcard_click", "living_status_change",
	"msgaudit_notify", "meeting_", "doc_", "smartsheet_", "wedrive_", "upload_media_job_finish", "customer_acquisition",
	"enter_chat", "close_inactive_", "reminder_", "unsubscribe_", "suite_", "corp_", "reset_permanent_code", "cancel_auth",
	"create_auth", "change_auth", "notify_", "component_", "updateauthorized", "unauthorized", "authorized", "checkin_",
}

// eventReason is why an event is nothing for us.
func eventReason(name string) string {
	for _, other := range others {
		if name == other || strings.HasSuffix(other, "_") && strings.HasPrefix(name, other) {
			return bot.ReasonNotForUs
		}
	}
	return bot.ReasonUnknown
}

// typeReason is why a type of message is nothing for us.
func typeReason(name string) string {
	switch name {
	case "device_event", "device_text", "device_status", "hardware", "wxcard", "music", "news", "transfer_customer_service", "miniprogrampage":
		return bot.ReasonNotForUs
	}
	return bot.ReasonUnknown
}
