package storagetest

import (
	"context"
	"reflect"
	"testing"
	"time"

	"crmbot/bot"
	"crmbot/crm"
)

// noun is how one type is written and read back.
type noun struct {
	name   string
	zero   func() any
	create func(ctx context.Context, s bot.Store, x any) error
	read   func(ctx context.Context, s bot.Store, x any) (any, error)
}

// nounOf makes a noun of the two methods of its store.
func nounOf[T any](name string,
	create func(context.Context, bot.Store, *T) error,
	read func(context.Context, bot.Store, *T) (*T, error),
) noun {
	return noun{
		name:   name,
		zero:   func() any { return new(T) },
		create: func(ctx context.Context, s bot.Store, x any) error { return create(ctx, s, x.(*T)) },
		read: func(ctx context.Context, s bot.Store, x any) (any, error) {
			return read(ctx, s, x.(*T))
		},
	}
}

func nouns() []noun {
	type ctx = context.Context
	return []noun{
		nounOf("user",
			func(c ctx, s bot.Store, x *crm.User) error { return s.CreateUser(c, x) },
			func(c ctx, s bot.Store, x *crm.User) (*crm.User, error) { return s.User(c, x.ID) }),
		nounOf("link code",
			func(c ctx, s bot.Store, x *crm.LinkCode) error { return s.CreateLinkCode(c, x) },
			func(c ctx, s bot.Store, x *crm.LinkCode) (*crm.LinkCode, error) { return s.LinkCodeByHash(c, x.Hash) }),
		nounOf("identity",
			func(c ctx, s bot.Store, x *crm.Identity) error { return s.CreateIdentities(c, []*crm.Identity{x}) },
			func(c ctx, s bot.Store, x *crm.Identity) (*crm.Identity, error) {
				return first(s.Identities(c, []crm.IdentityKey{x.Key()}))
			}),
		nounOf("contact",
			func(c ctx, s bot.Store, x *crm.Contact) error { return s.CreateContacts(c, x) },
			func(c ctx, s bot.Store, x *crm.Contact) (*crm.Contact, error) {
				return first(s.ContactsByID(c, []crm.ContactID{x.ID}))
			}),
		nounOf("account",
			func(c ctx, s bot.Store, x *crm.Account) error { return s.CreateAccount(c, x) },
			func(c ctx, s bot.Store, x *crm.Account) (*crm.Account, error) { return s.Account(c, x.ID) }),
		nounOf("lead",
			func(c ctx, s bot.Store, x *crm.Lead) error { return s.CreateLead(c, x) },
			func(c ctx, s bot.Store, x *crm.Lead) (*crm.Lead, error) { return s.Lead(c, x.ID) }),
		nounOf("opportunity",
			func(c ctx, s bot.Store, x *crm.Opportunity) error { return s.CreateOpportunity(c, x) },
			func(c ctx, s bot.Store, x *crm.Opportunity) (*crm.Opportunity, error) { return s.Opportunity(c, x.ID) }),
		nounOf("activity",
			func(c ctx, s bot.Store, x *crm.Activity) error { return s.CreateActivity(c, x) },
			func(c ctx, s bot.Store, x *crm.Activity) (*crm.Activity, error) { return s.Activity(c, x.ID) }),
		nounOf("ticket",
			func(c ctx, s bot.Store, x *crm.Ticket) error { return s.CreateTicket(c, x) },
			func(c ctx, s bot.Store, x *crm.Ticket) (*crm.Ticket, error) { return s.Ticket(c, x.ID) }),
		nounOf("article",
			func(c ctx, s bot.Store, x *crm.Article) error { return s.CreateArticle(c, x) },
			func(c ctx, s bot.Store, x *crm.Article) (*crm.Article, error) { return s.Article(c, x.ID) }),
		nounOf("conversation",
			func(c ctx, s bot.Store, x *crm.Conversation) error {
				return s.CreateConversations(c, []*crm.Conversation{x})
			},
			func(c ctx, s bot.Store, x *crm.Conversation) (*crm.Conversation, error) {
				return s.Conversation(c, x.ID)
			}),
		nounOf("message",
			func(c ctx, s bot.Store, x *crm.Message) error { return s.CreateMessages(c, []*crm.Message{x}) },
			func(c ctx, s bot.Store, x *crm.Message) (*crm.Message, error) {
				return first(s.Messages(c, x.ConversationID, x.ID-1, 1))
			}),
		nounOf("thread",
			func(c ctx, s bot.Store, x *crm.Thread) error { return s.CreateThread(c, x) },
			func(c ctx, s bot.Store, x *crm.Thread) (*crm.Thread, error) { return s.Thread(c, x.ID) }),
		nounOf("release",
			func(c ctx, s bot.Store, x *crm.Release) error { return s.CreateRelease(c, x) },
			func(c ctx, s bot.Store, x *crm.Release) (*crm.Release, error) { return s.Release(c, x.ID) }),
		nounOf("survey",
			func(c ctx, s bot.Store, x *crm.Survey) error { return s.CreateSurvey(c, x) },
			func(c ctx, s bot.Store, x *crm.Survey) (*crm.Survey, error) { return s.Survey(c, x.ID) }),
		nounOf("question",
			func(c ctx, s bot.Store, x *crm.Question) error { return s.CreateQuestions(c, []*crm.Question{x}) },
			func(c ctx, s bot.Store, x *crm.Question) (*crm.Question, error) { return s.Question(c, x.ID) }),
		nounOf("media",
			func(c ctx, s bot.Store, x *crm.Media) error { return s.CreateMedia(c, []*crm.Media{x}) },
			func(c ctx, s bot.Store, x *crm.Media) (*crm.Media, error) {
				list, err := s.MediaOf(c, []crm.MessageID{x.MessageID})
				for _, m := range list {
					if m.ID == x.ID {
						return m, err
					}
				}
				return nil, err
			}),
		nounOf("event",
			func(c ctx, s bot.Store, x *crm.Event) error { return s.CreateEvents(c, x) },
			func(c ctx, s bot.Store, x *crm.Event) (*crm.Event, error) {
				list, _, err := s.Events(c, crm.EventFilter{Subject: crm.Ref{Kind: x.SubjectKind, ID: x.SubjectID}})
				return first(list, err)
			}),
	}
}

func first[T any](list []*T, err error) (*T, error) {
	if err != nil || len(list) == 0 {
		return nil, err
	}
	return list[0], nil
}

// values inserts each noun as its zero value, and with every field filled, and
// reads back what was written, to the last bit.
func values(t *testing.T, s bot.Store) {
	team := ok(s.EnsureTeam(t.Context(), "华东"))(t)
	for _, n := range nouns() {
		full := n.zero()
		fill(reflect.ValueOf(full).Elem(), 1)
		switch x := full.(type) {
		case *crm.User:
			x.TeamID = team.ID
		case *crm.LinkCode:
			x.UserID = 1 // the zero user, the first one made
		case *crm.Contact:
			x.MergedInto = 0
		}
		for kind, x := range map[string]any{"zero": n.zero(), "full": full} {
			if err := n.create(t.Context(), s, x); err != nil {
				t.Errorf("%s %s: %v", kind, n.name, err)
				continue
			}
			if id := reflect.ValueOf(x).Elem().FieldByName("ID").Int(); id <= 0 {
				t.Errorf("%s %s: id %d", kind, n.name, id)
			}
			got, err := n.read(t.Context(), s, x)
			if err != nil {
				t.Errorf("read %s %s: %v", kind, n.name, err)
				continue
			}
			same(t, kind+" "+n.name, got, x)
		}
	}
}

// fill gives every field a value of its own.
func fill(v reflect.Value, seed int) int {
	switch {
	case v.Type() == reflect.TypeFor[time.Time]():
		v.Set(reflect.ValueOf(at(seed)))
	case v.Kind() == reflect.Struct:
		for i := range v.NumField() {
			seed = fill(v.Field(i), seed)
		}
	case v.Kind() == reflect.String:
		v.SetString([]string{"融氏 it's \"\\?\" ", "naïve 🍯\n%_ ", "null ", ""}[seed%4] + string(rune('a'+seed%26)) + "x")
	case v.Kind() == reflect.Int64 || v.Kind() == reflect.Int:
		v.SetInt(int64(seed) + 40)
	case v.Kind() == reflect.Bool:
		v.SetBool(true)
	case v.Type() == reflect.TypeFor[[]crm.UserID]():
		v.Set(reflect.ValueOf([]crm.UserID{7, 1 << 52, 7}))
	case v.Kind() == reflect.Float64:
		v.SetFloat(0.1 + 1/float64(seed+3))
	case v.Kind() == reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		return fill(v.Elem(), seed)
	case v.Type() == reflect.TypeFor[[]crm.Candidate]():
		v.Set(reflect.ValueOf([]crm.Candidate{{Article: 1 << 52, Version: 3, Probability: 1 / 3.0}, {}}))
	case v.Kind() == reflect.Slice:
		v.Set(reflect.ValueOf([]string{"怎么 \"付款\"?", "", "a,b\\c"}))
	case v.Kind() == reflect.Map:
		v.Set(reflect.ValueOf(map[string]crm.Change{"阶段": {From: "a'b", To: "\"c\""}, "x": {}}))
	default:
		panic("storagetest: no value for " + v.Type().String())
	}
	return seed + 1
}

// created says what the stores set themselves.
func created(t *testing.T, s bot.Store) {
	l := &crm.Lead{ID: 99, Version: 7, Name: "Ana"}
	fine(t, s.CreateLead(t.Context(), l))
	same(t, "lead", l, &crm.Lead{ID: 1, Version: 1, Name: "Ana", Created: Clock(), Updated: Clock()})
	old := &crm.Lead{Created: at(-60)}
	fine(t, s.CreateLead(t.Context(), old))
	same(t, "an imported lead keeps its age", old.Created, at(-60))
	same(t, "and its last change", old.Updated, at(-60))
}
