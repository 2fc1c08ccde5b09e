package sample

import (
	"context"
	"strconv"

	"crmbot/adapters/webchat"
	"crmbot/bot/markup"
	"crmbot/crm"
)

// chat is what a contact and the bot said on the company's page some days ago.
// Where a line is "" the bot gave the article.
type chat struct {
	contact, language string
	ago               int
	lines             []string // the contact's first, then by turns
	article           string   // its slug
}

var chats = []chat{
	{"张伟, 融氏食品 Rongshi Foods", "zh-CN", 6, []string{"在吗", "您好，有什么可以帮您？", "M50开封后能放多久？", "", "好的谢谢"}, "shelf-life"},
	{"Anna Lee, Sunrise Bakery", "en", 3, []string{"hello", "Hello! What can I do for you?", "do you have syrup in IBC?", ""}, "packaging"},
}

// talk keeps the conversations, so that a contact's card shows what was said.
func (h *history) talk(ctx context.Context) error {
	for i, c := range chats {
		h.ago(c.ago, 10)
		contact, at := h.contacts[c.contact], h.clock.UTC()
		v := &crm.Conversation{
			Platform: string(webchat.Platform), Install: "site", Chat: "sample-" + strconv.Itoa(i+1), Direct: true,
			Audience: crm.AudienceCustomers, ContactID: contact.ID, Language: c.language, Status: crm.ConversationOpen,
			LastInAt: at, LastOutAt: at, Created: at, Updated: at,
		}
		if err := h.store.CreateConversations(ctx, []*crm.Conversation{v}); err != nil {
			return err
		}
		said, err := h.said(ctx, c, v)
		if err != nil {
			return err
		}
		if err := h.store.CreateMessages(ctx, said); err != nil {
			return err
		}
	}
	return nil
}

// said are the messages of a chat.
func (h *history) said(ctx context.Context, c chat, v *crm.Conversation) ([]*crm.Message, error) {
	found, _, err := h.store.Articles(ctx, crm.ArticleFilter{Slug: c.article, Language: c.language})
	if err != nil {
		return nil, err
	}
	var all []*crm.Message
	for i, line := range c.lines {
		m := &crm.Message{
			ConversationID: v.ID, Direction: crm.In, AuthorKind: crm.AuthorContact, AuthorID: int64(v.ContactID),
			Audience: crm.AudienceCustomer, Kind: "text", Body: line, Language: c.language,
			Happened: v.Created, Received: v.Created,
		}
		if i%2 == 1 {
			m.Direction, m.AuthorKind, m.AuthorID = crm.Out, crm.AuthorBot, 0
		}
		if line == "" && len(found) > 0 {
			m.Body = markup.Parse(found[0].Body).Plain()
		}
		all = append(all, m)
	}
	return all, nil
}
