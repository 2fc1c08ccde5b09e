package handoff_test

import (
	"slices"
	"strings"
	"testing"

	"crmbot/bot/bottest"
	"crmbot/crm"
)

// house is a whole bot whose colleagues answer in a channel.
type house struct {
	*bottest.House
	t testing.TB
}

// opens a house with settings of a script: "hours mon-fri 09:00-18:00".
func opens(t *testing.T, settings ...string) *house {
	t.Helper()
	t.Parallel()
	h := &house{House: bottest.New(t, "en"), t: t}
	h.Threads("office:team#support")
	for _, s := range settings {
		h.Say("* with " + s)
	}
	return h
}

// play plays lines and returns what each reader was shown, a line each.
func (h *house) play(lines ...string) map[string][]string {
	h.t.Helper()
	shown := map[string][]string{}
	for _, line := range lines {
		reader := ""
		for _, said := range strings.Split(h.Say(line), "\n") {
			switch text := strings.TrimSpace(said); {
			case strings.HasPrefix(said, "  to "):
				reader = strings.TrimPrefix(said, "  to ")
			case strings.HasPrefix(said, "    "):
				shown[reader] = append(shown[reader], text)
			case said != "":
				reader, _, _ = strings.Cut(said, ">")
				if _, place, group := strings.Cut(reader, "#"); group {
					reader = "#" + place
				}
			}
		}
	}
	return shown
}

// hears checks what a reader was shown, line by line; a want that ends in … is
// how a line begins.
func (h *house) hears(shown map[string][]string, reader string, want ...string) {
	h.t.Helper()
	same := slices.EqualFunc(shown[reader], want, func(got, want string) bool {
		begins, open := strings.CutSuffix(want, "…")
		return got == want || open && strings.HasPrefix(got, begins)
	})
	if !same {
		h.t.Errorf("%s was shown\n\t%s\nwant\n\t%s", reader, strings.Join(shown[reader], "\n\t"), strings.Join(want, "\n\t"))
	}
}

// sees says whether a reader was shown a line with a text.
func sees(shown map[string][]string, reader, text string) bool {
	return slices.ContainsFunc(shown[reader], func(line string) bool { return strings.Contains(line, text) })
}

// chat is how a customer's conversation stands.
func (h *house) chat(platform, name string) *crm.Conversation {
	h.t.Helper()
	key := crm.ConversationKey{Platform: platform, Install: "shop", Chat: name}
	found, err := h.Store.Conversations(h.t.Context(), []crm.ConversationKey{key})
	if err != nil || found[key] == nil {
		h.t.Fatalf("no conversation of %s: %v", name, err)
	}
	return found[key]
}

// stands checks who is responsible for ana, "" for the bot.
func (h *house) stands(status crm.ConversationStatus, handle string) {
	h.t.Helper()
	h.check("desk", "ana", status, handle)
}

func (h *house) check(platform, name string, status crm.ConversationStatus, handle string) {
	h.t.Helper()
	c, has := h.chat(platform, name), ""
	if c.AssigneeID != 0 {
		u, err := h.Store.User(h.t.Context(), c.AssigneeID)
		if err != nil {
			h.t.Fatal(err)
		}
		has = u.Handle
	}
	if c.Status != status || has != handle {
		h.t.Errorf("%s is %s with %q, want %s with %q", name, c.Status, has, status, handle)
	}
}

// tickets are those of all customers, latest first.
func (h *house) tickets() []*crm.Ticket {
	h.t.Helper()
	all, _, err := h.Store.Tickets(h.t.Context(), crm.TicketFilter{Scope: crm.Everything(), Page: crm.Page{Limit: 50}})
	if err != nil {
		h.t.Fatal(err)
	}
	return all
}

// off has somebody leave the company, without a word to anybody.
func (h *house) off(handle string) {
	h.t.Helper()
	u, err := h.Store.UserByHandle(h.t.Context(), handle)
	if err == nil {
		_, err = h.Store.UpdateUser(h.t.Context(), u.ID, func(u *crm.User) error { u.Active = false; return nil })
	}
	if err != nil {
		h.t.Fatal(err)
	}
}
