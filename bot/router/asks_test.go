package router_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"crmbot/bot"
	"crmbot/bot/bottest"
	"crmbot/crm"
)

// clerk is a store that counts what a handler asks of it. What is not among its
// methods is asked of nothing, which fails.
type clerk struct {
	bot.Store
	asked map[string]int
}

func (c clerk) Savepoint(ctx context.Context, fn func(ctx context.Context, store bot.Store) error) (bool, error) {
	return false, fn(ctx, c)
}

func (c clerk) Leads(context.Context, crm.LeadFilter) ([]*crm.Lead, int, error) {
	c.asked["leads"]++
	return nil, 0, nil
}

func (c clerk) UpdateContact(_ context.Context, _ crm.ContactID, change func(*crm.Contact) error) (*crm.Contact, error) {
	c.asked["update contact"]++
	changed := crm.Contact{ID: 1}
	return &changed, change(&changed)
}

// heard is what became of a line of the customer's, and what it asked of the
// store.
func (d *desk) heard(t *testing.T, text string, prepare func(*bot.Request)) (*bot.Request, *bot.Reply, map[string]int) {
	t.Helper()
	store := clerk{asked: map[string]int{}}
	r := d.request(store, crm.NewServices(store, bottest.Start, d.settings), text)
	if prepare != nil {
		prepare(r)
	}
	defer func() {
		if x := recover(); x != nil {
			t.Errorf("%q asks something else: %v", text, x)
		}
	}()
	reply, err := d.router.Handle(t.Context(), r)
	if err != nil {
		t.Errorf("%q: %v", text, err)
	}
	return r, reply, store.asked
}

// TestAsksNothingOfTheStore: what most customers write is answered from memory.
func TestAsksNothingOfTheStore(t *testing.T) {
	t.Parallel()
	d, _ := newDesk(t)
	form := func(asking string, values map[string]string) func(*bot.Request) {
		return func(r *bot.Request) {
			r.Session.Form = &bot.FormState{Command: "wish", Asking: asking, Values: values, Started: bottest.Start(), Meant: true}
		}
	}
	for _, x := range []struct {
		texts   []string
		prepare func(*bot.Request)
		want    string
	}{
		{[]string{d.articles[0].Title, d.articles[1].Title, "is there sugar in it?", "里面加糖了没有"}, nil, ""},
		{prices, nil, ""},
		{troubles, nil, ""},
		{misses, nil, ""},
		{[]string{"my nephew has a birthday", "我侄子过生日"}, nil, ""},
		{[]string{"hello", "你好", "thanks", "谢谢", "👍"}, nil, ""},
		{[]string{"I need 20 t of maltose syrup", "我要买20吨麦芽糖浆"}, nil, ""},
		{[]string{"20 t", "20吨"}, form("quantity", map[string]string{"need": "maltose syrup"}), ""},
		{[]string{"13800000000"}, form("phone", map[string]string{"need": "maltose syrup", "quantity": "20 t"}), "leads:1"},
		{[]string{"hello", "你好"}, func(r *bot.Request) { r.Contact.Language = "" }, "update contact:1"},
	} {
		for _, text := range x.texts {
			_, _, asked := d.heard(t, text, x.prepare)
			if got := strings.TrimSuffix(strings.TrimPrefix(fmt.Sprint(asked), "map["), "]"); got != x.want {
				t.Errorf("%q asks %q of the store, want %q", text, got, x.want)
			}
		}
	}
}

// TestQuestionMarkEndsTheWaiting: a line that nothing knows waits for the next
// one, but not behind a question mark; the lines before it are read with it.
func TestQuestionMarkEndsTheWaiting(t *testing.T) {
	t.Parallel()
	d, _ := newDesk(t)
	for _, x := range []struct{ before, line, question string }{
		{"my nephew has a birthday", "who won the football match", "who won the football match?"},
		{"我侄子过生日", "谁赢了足球比赛", "谁赢了足球比赛？"},
	} {
		r, reply, _ := d.heard(t, x.line, nil)
		if !reply.Empty() || len(r.Session.Burst) != 1 || len(r.Effects().Inbounds) != 1 {
			t.Errorf("%q does not wait: %+v, session %+v", x.line, reply, r.Session)
		}
		r, reply, _ = d.heard(t, x.question, nil)
		if reply.Empty() || len(r.Session.Burst)+len(r.Effects().Inbounds) != 0 {
			t.Errorf("%q waits: %+v, session %+v", x.question, reply, r.Session)
		}
		if asked := r.Effects().Asked; len(asked) != 1 || asked[0].Text != x.question {
			t.Errorf("%q was kept as %+v", x.question, asked)
		}
		r, reply, _ = d.heard(t, x.question, func(r *bot.Request) { r.Session.Burst = []string{x.before} })
		if reply.Empty() || len(r.Session.Burst)+len(r.Effects().Inbounds) != 0 {
			t.Errorf("%q behind %q waits: %+v, session %+v", x.question, x.before, reply, r.Session)
		}
		if asked := r.Effects().Asked; len(asked) != 1 || asked[0].Text != x.before+" "+x.question {
			t.Errorf("%q behind %q was kept as %+v", x.question, x.before, asked)
		}
	}
}
