package relay

import (
	"context"
	"strings"
	"unicode"
	"unicode/utf8"

	"crmbot/bot"
	"crmbot/bot/locale"
	"crmbot/crm"
)

// customer is who sits in a customer's conversation, as colleagues speak of him.
type customer struct {
	*crm.Conversation
	contact  *crm.Contact  // an empty one if nobody knows who it is
	identity *crm.Identity // as he writes there, nil if that is not known
}

// customerOf reads who sits in a conversation. Where it goes is decided by the
// conversation alone, whoever its contact is by now.
func customerOf(ctx context.Context, r *bot.Request, c *crm.Conversation) (*customer, error) {
	of := &customer{Conversation: c, contact: &crm.Contact{}}
	if c.ContactID == 0 {
		return of, nil
	}
	contact, err := r.Store.Contact(ctx, c.ContactID)
	if err == nil {
		of.contact = contact
	} else if crm.CodeOf(err) != crm.CodeNotFound {
		return nil, err
	}
	of.identity, err = sitter(ctx, r, c)
	return of, err
}

// sitter is the identity that writes in a conversation: the one whose chat it
// is, else the only one of the contact at that install.
func sitter(ctx context.Context, r *bot.Request, c *crm.Conversation) (*crm.Identity, error) {
	found, err := r.Store.IdentitiesOf(ctx, c.ContactID, 0)
	if err != nil {
		return nil, err
	}
	var other *crm.Identity
	n := 0
	for _, id := range found {
		if id.Platform != c.Platform || id.Install != c.Install {
			continue
		}
		if id.Chat == c.Chat || id.Sender == c.Chat {
			return id, nil
		}
		other = id
		n++
	}
	if n == 1 {
		return other, nil
	}
	return nil, nil
}

// someone is the customer within a sentence.
func (of *customer) someone(w *locale.Words) string {
	if of.contact.Name == "" {
		return w.Label("relay.customer")
	}
	return of.contact.Name
}

// platform is what the company calls where the customer writes.
func (of *customer) platform(r *bot.Request, w *locale.Words) string {
	return r.Company.PlatformName(of.Platform, w.Lang())
}

// sentence is a sentence about the customer, who is {name} on {platform} in it.
func (of *customer) sentence(r *bot.Request, w *locale.Words, key string, pairs ...any) string {
	return capital(w.T(key, append(pairs, "name", of.someone(w), "platform", of.platform(r, w))...))
}

// features are those of the customer's platform.
func (of *customer) features(r *bot.Request) bot.Features {
	return r.Company.FeaturesOf(of.Platform, of.Install)
}

// atDesk says whether the desk of the platform itself has the chat.
func (of *customer) atDesk(r *bot.Request) bool {
	return r.Company.Desks[of.Platform] && of.Status == crm.ConversationHandedOff && of.AssigneeID == 0
}

// sender is the customer as an event of ours names him.
func (of *customer) sender() bot.Sender {
	if of.identity == nil {
		return bot.Sender{}
	}
	id := of.identity
	return bot.Sender{ID: bot.SenderID(id.Sender), Name: id.Name, Language: id.Language, Chat: bot.ChatID(id.Chat)}
}

// addressOf is where a conversation takes place.
func addressOf(c *crm.Conversation) bot.Address {
	return bot.Address{
		Platform: bot.Platform(c.Platform), Install: bot.Install(c.Install), Chat: bot.ChatID(c.Chat), Topic: bot.TopicID(c.Topic),
	}
}

// userName is what a colleague is called, "" for nobody.
func userName(ctx context.Context, r *bot.Request, id crm.UserID) string {
	if id == 0 {
		return ""
	}
	if r.User != nil && r.User.ID == id {
		return r.User.Name
	}
	u, err := r.Store.User(ctx, id)
	if err != nil {
		return id.String()
	}
	return u.Name
}

// ours are the words of what all colleagues at a place read.
func ours(r *bot.Request) *locale.Words {
	if r.WordsIn == nil || r.Company.Language == "" {
		return r.Words
	}
	return r.WordsIn(r.Company.Language)
}

// capital begins a sentence with a capital letter, whatever it begins with.
func capital(sentence string) string {
	i := strings.IndexFunc(sentence, func(x rune) bool { return x != '*' && x != '_' })
	if i < 0 {
		return sentence
	}
	first, size := utf8.DecodeRuneInString(sentence[i:])
	return sentence[:i] + string(unicode.ToUpper(first)) + sentence[i+size:]
}

// clip shortens a text to one line of at most n runes.
func clip(text string, n int) string {
	line := []rune(strings.Join(strings.Fields(text), " "))
	if len(line) <= n {
		return string(line)
	}
	return string(line[:n-1]) + "…"
}
