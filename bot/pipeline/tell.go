package pipeline

import (
	"context"
	"slices"

	"crmbot/bot"
	"crmbot/crm"
)

// direct is where somebody who works here can be told something.
type direct struct {
	address bot.Address
	sender  bot.Sender
}

// tell makes an event of a notice, at the user's own chat. There is none for
// somebody whose chat we do not know.
func (b *batch) tell(ctx context.Context, store bot.Store, e *event, t bot.Tell) (*bot.InboxRow, error) {
	to, ok := b.chats[t.User]
	if !ok {
		var err error
		if to, err = b.p.direct(ctx, store, t.User); err != nil {
			return nil, err
		}
		b.chats[t.User] = to
	}
	if to == nil {
		b.p.log.Warn("pipeline: nobody to tell", "user", t.User.String(), "line", bot.LineName(t.Line))
		return nil, nil
	}
	return b.p.row(to.event(b.name(e, len(b.inbounds)), t.Line), b.now)
}

// event is a notice as an event of that chat.
func (d *direct) event(id, line string) bot.Inbound {
	return bot.Inbound{
		EventID: id, Kind: bot.KindSystem, Address: d.address, Direct: true, Sender: d.sender, Action: line,
	}
}

// direct finds a user's own chat: the latest where staff work, else the latest
// of any, else where an identity of his can be written to. It is nil when
// there is none.
func (p *Pipeline) direct(ctx context.Context, store crm.Store, user crm.UserID) (*direct, error) {
	identities, err := store.IdentitiesOf(ctx, 0, user)
	if err != nil || len(identities) == 0 {
		return nil, err
	}
	conversations, err := store.ConversationsOf(ctx, 0, user)
	if err != nil {
		return nil, err
	}
	var found *direct
	for _, c := range conversations {
		id := p.spoken(c, identities)
		if id == nil {
			continue
		}
		d := &direct{bot.Address{
			Platform: bot.Platform(c.Platform), Install: bot.Install(c.Install), Chat: bot.ChatID(c.Chat), Topic: bot.TopicID(c.Topic),
		}, speaker(id)}
		if c.Audience == crm.AudienceStaff {
			return d, nil
		}
		if found == nil {
			found = d
		}
	}
	for _, id := range identities {
		if found == nil && id.Chat != "" && p.has(id.Platform, id.Install) {
			found = &direct{bot.Address{
				Platform: bot.Platform(id.Platform), Install: bot.Install(id.Install), Chat: bot.ChatID(id.Chat),
			}, speaker(id)}
		}
	}
	return found, nil
}

// spoken is the identity that somebody has in his direct chat, nil if he
// cannot be reached there.
func (p *Pipeline) spoken(c *crm.Conversation, identities []*crm.Identity) *crm.Identity {
	if !c.Direct || !p.has(c.Platform, c.Install) {
		return nil
	}
	return whose(c, slices.DeleteFunc(slices.Clone(identities), func(id *crm.Identity) bool { return !id.GoneAt.IsZero() }))
}

// whose is the one of somebody's identities that a direct chat is with. A
// contact who has several at one install, as after a merge, is known by the chat
// alone: the other one may be somebody else.
func whose(c *crm.Conversation, identities []*crm.Identity) *crm.Identity {
	var same []*crm.Identity
	for _, id := range identities {
		if id.Platform != c.Platform || id.Install != c.Install {
			continue
		}
		if id.Chat == c.Chat || id.Sender == c.Chat {
			return id
		}
		same = append(same, id)
	}
	if len(same) == 0 || len(same) > 1 && same[0].UserID == 0 {
		return nil
	}
	return same[0]
}

func (p *Pipeline) has(platform, name string) bool {
	return p.installs[address{bot.Platform(platform), bot.Install(name)}] != nil
}

func speaker(id *crm.Identity) bot.Sender {
	return bot.Sender{ID: bot.SenderID(id.Sender), Name: id.Name, Language: id.Language, Chat: bot.ChatID(id.Chat)}
}
