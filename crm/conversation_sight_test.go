package crm_test

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"crmbot/crm"
)

// Somebody sees his own conversations, those of his contacts and team, and those
// that wait. What the list has, and nothing else, can be opened.
func TestConversationsInSight(t *testing.T) {
	t.Parallel()
	everywhere(t, func(t *testing.T, w *world) {
		ctx, s := t.Context(), w.Conversations
		talks := map[string]*crm.Conversation{
			"wang's contact": w.talk(t, "wang.fang"),
			"zhou's contact": w.talk(t, "zhou.na"),
			"nobody's":       w.talk(t, ""),
			"chen has it":    w.talk(t, ""),
			"zhou has it":    w.talk(t, "wang.fang"),
			"it waits":       w.talk(t, "zhou.na"),
		}
		must(s.Take(ctx, w.as("chen.jie"), talks["chen has it"].ID, false))(t)
		must(s.Take(ctx, w.as("zhou.na"), talks["zhou has it"].ID, false))(t)
		w.ask(t, talks["it waits"])
		merged := w.talk(t, "") // and its contact turned out to be wang's
		must(w.Contacts.Merge(ctx, w.as("admin"), merged.ContactID, talks["wang's contact"].ContactID, true))(t)
		talks["merged into wang's"] = merged
		staff := &crm.Conversation{Platform: "p", Chat: "staff", Audience: crm.AudienceStaff, Status: crm.ConversationOpen}
		own := &crm.Conversation{Platform: "p", Chat: "own", Audience: crm.AudienceCustomers, UserID: w.id("zhao.min"), Status: crm.ConversationOpen}
		if err := w.db.CreateConversations(ctx, []*crm.Conversation{staff, own}); err != nil {
			t.Fatal(err)
		}
		talks["a colleagues' chat"], talks["a colleague's own"] = staff, own
		everything := []string{"chen has it", "it waits", "merged into wang's", "nobody's", "wang's contact", "zhou has it", "zhou's contact"}
		for who, want := range map[string][]string{
			"admin":     everything,
			"zhao.min":  everything,
			"li.wei":    {"chen has it", "it waits", "merged into wang's", "nobody's", "wang's contact", "zhou has it"},
			"wang.fang": {"it waits", "merged into wang's", "nobody's", "wang's contact", "zhou has it"},
			"chen.jie":  {"chen has it", "it waits", "nobody's"},
			"zhou.na":   {"it waits", "nobody's", "zhou has it", "zhou's contact"},
		} {
			list, n, err := s.List(ctx, w.as(who), crm.ConversationFilter{})
			if err != nil || n != len(list) {
				t.Errorf("%s: %d of %d, %v", who, len(list), n, err)
			}
			listed, opened := w.inSight(t, who, talks, list)
			if !slices.Equal(listed, want) || !slices.Equal(opened, want) {
				t.Errorf("%s\nlists %s\nopens %s\nwant  %s", who, strings.Join(listed, ", "), strings.Join(opened, ", "), strings.Join(want, ", "))
			}
		}
		if list, _, err := s.List(ctx, w.as("admin"), crm.ConversationFilter{}); err != nil || list[0].ID != talks["it waits"].ID {
			t.Errorf("first %+v, %v", list[0], err)
		}
		hit := must(w.Records.Show(ctx, w.as("chen.jie"), talks["chen has it"].Ref()))(t)
		if hit.Title != "张伟" || hit.Note != "p" || hit.Owner != w.id("chen.jie") {
			t.Errorf("shown as %+v", hit)
		}
		_, err := w.Records.Show(ctx, w.as("chen.jie"), talks["zhou has it"].Ref())
		want(t, err, "not_found")
		events := must(w.Records.History(ctx, w.as("chen.jie"), talks["chen has it"].Ref(), 9))(t)
		if len(events) != 1 || events[0].Changes["owner"].To != "陈杰" || events[0].Changes["status"].To != "handed_off" {
			t.Errorf("history %+v", events)
		}
	})
}

// inSight are the names of the conversations that are listed, and of those that
// somebody can open.
func (w *world) inSight(t *testing.T, who string, talks map[string]*crm.Conversation, list []*crm.Conversation) (listed, opened []string) {
	t.Helper()
	for name, c := range talks {
		if slices.ContainsFunc(list, func(x *crm.Conversation) bool { return x.ID == c.ID }) {
			listed = append(listed, name)
		}
		if _, err := w.Conversations.Conversation(t.Context(), w.as(who), c.ID); err == nil {
			opened = append(opened, name)
		} else if crm.CodeOf(err) != crm.CodeNotFound {
			t.Errorf("%s opens %s: %v", who, name, err)
		}
	}
	slices.Sort(listed)
	slices.Sort(opened)
	return listed, opened
}

// Who has it is told by name and time.
func TestTakenSince(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	c := w.talk(t, "")
	must(w.Conversations.Take(t.Context(), w.as("chen.jie"), c.ID, false))(t)
	w.now = w.now.Add(time.Hour)
	must(w.Conversations.Answered(t.Context(), w.as("chen.jie"), c.ID))(t)
	answered := w.now
	w.now = w.now.Add(time.Hour)
	_, err := w.Conversations.Take(t.Context(), w.as("wang.fang"), c.ID, false)
	var e *crm.Error
	if !errors.As(err, &e) || !slices.Equal(e.Args, []any{"name", "陈杰", "since", answered}) {
		t.Errorf("refused with %v %+v", err, e)
	}
}
