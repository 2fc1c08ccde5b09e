package wecom

import (
	"encoding/json"
	"fmt"
	"strconv"

	"crmbot/adapters/weixin"
	"crmbot/bot"
)

// The origins of a message.
const (
	fromCustomer = 3
	fromSystem   = 4
	fromDesk     = 5 // a person of the company, writing in WeCom
)

// message is one entry of sync_msg, of any kind. The library's types lack
// several of them.
type message struct {
	ID       string `json:"msgid"`
	Account  string `json:"open_kfid"`
	Customer string `json:"external_userid"`
	Servicer string `json:"servicer_userid"`
	Sent     int64  `json:"send_time"`
	Origin   int    `json:"origin"`
	Type     string `json:"msgtype"`

	Text     *text     `json:"text"`
	Image    *media    `json:"image"`
	Voice    *media    `json:"voice"`
	Video    *media    `json:"video"`
	File     *media    `json:"file"`
	Location *location `json:"location"`
	Link     *link     `json:"link"`
	Card     *card     `json:"business_card"`
	Program  *titled   `json:"miniprogram"`
	Channels *titled   `json:"channels"`
	Product  *product  `json:"channels_shop_product"`
	Order    *order    `json:"channels_shop_order"`
	Merged   *merged   `json:"merged_msg"`
	Event    *event    `json:"event"`
}

type text struct {
	Content string `json:"content"`
	Menu    string `json:"menu_id"` // of the entry of a menu that was pressed; Content is what it says
}

type media struct {
	ID   string `json:"media_id"`
	Name string `json:"filename"`
}

type location struct {
	Latitude  float64 `json:"latitude"`
	Longitude float64 `json:"longitude"`
	Name      string  `json:"name"`
	Address   string  `json:"address"`
}

type link struct {
	Title string `json:"title"`
	Desc  string `json:"desc"`
	URL   string `json:"url"`
}

type card struct {
	User string `json:"userid"`
}

// titled is a mini program or something out of a video channel.
type titled struct {
	Title    string `json:"title"`
	Nickname string `json:"nickname"`
}

type product struct {
	Title string `json:"title"`
	Shop  string `json:"shop_nickname"`
}

type order struct {
	ID    string `json:"order_id"`
	Title string `json:"product_titles"`
	Price string `json:"price_wording"`
	State string `json:"state"`
}

// merged are messages of another chat that were passed on together.
type merged struct {
	Title string `json:"title"`
	Items []struct {
		Sender  string `json:"sender_name"`
		Type    string `json:"msgtype"`
		Content string `json:"msg_content"` // JSON
	} `json:"item"`
}

// event is what the system says.
type event struct {
	Type     string `json:"event_type"`
	Account  string `json:"open_kfid"`
	Customer string `json:"external_userid"`
	Scene    word   `json:"scene"`
	Param    word   `json:"scene_param"`
	Welcome  string `json:"welcome_code"`
	Failed   string `json:"fail_msgid"`
	FailType int    `json:"fail_type"`
	Change   int    `json:"change_type"`
	New      string `json:"new_servicer_userid"`
	Recalled string `json:"recall_msgid"`
}

// word is a string that some versions of the API write as a number.
type word string

// UnmarshalJSON reads both, and nothing of anything else.
func (w *word) UnmarshalJSON(raw []byte) error {
	var s string
	if json.Unmarshal(raw, &s) == nil {
		*w = word(s)
	} else if _, err := strconv.ParseFloat(string(raw), 64); err == nil {
		*w = word(raw)
	}
	return nil
}

// content is what a message says in words.
func (m *message) content() string {
	switch {
	case m.Text != nil:
		return m.Text.Content
	case m.Location != nil:
		at := fmt.Sprintf("%.6f, %.6f", m.Location.Latitude, m.Location.Longitude)
		return weixin.Lines(m.Location.Name, m.Location.Address, at)
	case m.Link != nil:
		return weixin.Lines(m.Link.Title, m.Link.Desc, m.Link.URL)
	case m.Card != nil:
		return m.Card.User
	case m.Program != nil:
		return m.Program.Title
	case m.Channels != nil:
		return weixin.Lines(m.Channels.Nickname, m.Channels.Title)
	case m.Product != nil:
		return weixin.Lines(m.Product.Title, m.Product.Shop)
	case m.Order != nil:
		return weixin.Lines(m.Order.ID, m.Order.Title, m.Order.Price, m.Order.State)
	case m.Merged != nil:
		return m.Merged.content()
	}
	return ""
}

// content is a line for each of the messages that were passed on.
func (m *merged) content() string {
	said := []string{m.Title}
	for _, item := range m.Items {
		var inner message
		if json.Unmarshal([]byte(item.Content), &inner) != nil {
			continue
		}
		inner.Merged = nil // what was passed on twice is not unfolded
		if words := inner.content(); words != "" {
			said = append(said, item.Sender+": "+words)
		}
	}
	return weixin.Lines(said...)
}

// files is what comes with a message. Of its type WeCom says no more than
// this; what it really is shows when it is fetched.
func (m *message) files() []bot.File {
	for _, f := range []struct {
		media *media
		mime  string
	}{{m.Image, "image/jpeg"}, {m.Voice, "audio/amr"}, {m.Video, "video/mp4"}, {m.File, ""}} {
		if f.media != nil && f.media.ID != "" {
			return []bot.File{{Name: bot.Clean(f.media.Name), MIME: f.mime, Native: f.media.ID}}
		}
	}
	return nil
}
