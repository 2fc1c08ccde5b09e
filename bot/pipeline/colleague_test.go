package pipeline_test

import (
	"testing"

	"crmbot/bot"
	"crmbot/crm"
	"crmbot/storage/storagetest"
)

// TestOnlyAColleaguesOwnChatIsStaff looks at what goes out: a chat that others
// read, or that is a customer's, is none of a colleague's.
func TestOnlyAColleaguesOwnChatIsStaff(t *testing.T) {
	db := storagetest.New(t)
	h := newHouse(t, db, echo)
	h.receive(t, says(pigeon, "ana", "hello"))
	h.receive(t, says(pigeon, "li", "hello"))
	h.settle(t)
	u := &crm.User{Handle: "li.wei", Name: "Li", Role: crm.RoleSales, Active: true}
	if err := db.CreateUser(t.Context(), u); err != nil {
		t.Fatal(err)
	}
	link(t, db, pigeon, "li", u.ID)
	before := len(h.pigeon.ops())
	for _, chat := range []string{"ana", "li"} {
		h.receive(t, says(pigeon, chat, "again"))
	}
	group := says(pigeon, "li", "here too")
	group.Address.Chat, group.Direct, group.Mention = "group", false, true
	h.receive(t, group)
	h.settle(t)
	got := map[bot.ChatID]bool{}
	for _, out := range h.pigeon.ops()[before:] {
		got[out.To.Chat] = out.Staff
	}
	if len(got) != 3 || got["ana"] || !got["li"] || got["group"] {
		t.Errorf("staff chats: %v", got)
	}
}
