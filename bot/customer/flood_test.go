package customer_test

import (
	"strings"
	"testing"

	"crmbot/crm"
)

const slow = "That is a lot at once."

func TestWhoWritesTooMuchIsSlowedThenMuted(t *testing.T) {
	t.Parallel()
	h := shop(t, "* with flood 3 10m")
	for n := 1; n <= 8; n++ {
		shown := play(h, "customer:ana> hello "+strings.Repeat("x", n))
		said := strings.Count(shown, "\n    ")
		switch {
		case n <= 3 && said == 0:
			t.Errorf("message %d is not answered", n)
		case n == 4 && !strings.Contains(shown, slow), n != 4 && strings.Contains(shown, slow):
			t.Errorf("message %d: %s", n, shown)
		case n > 4 && n != 7 && said != 0:
			t.Errorf("message %d is answered: %s", n, shown)
		case n == 7 && strings.Count(shown, "to gu.yan") != 1:
			t.Errorf("nobody is told: %s", shown)
		}
	}
	found, err := h.Store.Identities(t.Context(), []crm.IdentityKey{{Platform: "desk", Install: "shop", Sender: "ana"}})
	if err != nil || len(found) != 1 || !found[0].Muted(h.Pipeline.Now()) {
		t.Fatalf("muted: %+v, %v", found, err)
	}
	if shown := play(h, "customer:ana> person"); strings.Contains(shown, "will answer") {
		t.Errorf("who is muted is heard: %s", shown)
	}
	c, err := h.Store.ConversationsOf(t.Context(), found[0].ContactID, 0)
	if err != nil {
		t.Fatal(err)
	}
	said, err := h.Store.Messages(t.Context(), c[0].ID, 0, 100)
	if err != nil {
		t.Fatal(err)
	}
	in := 0
	for _, m := range said {
		if m.Direction == crm.In {
			in++
		}
	}
	if in != 9 {
		t.Errorf("%d of 9 messages are kept", in)
	}
	if shown := play(h, "* wait 10m1s", "customer:ana> person"); !strings.Contains(shown, "will answer you here") {
		t.Errorf("after a while: %s", shown)
	}
}

func TestManyWhoWriteAreNoFlood(t *testing.T) {
	t.Parallel()
	h := shop(t, "* with flood 3 10m")
	for _, name := range []string{"ana", "bo", "cy", "di", "eve", "fay", "gil", "hal"} {
		if shown := play(h, "customer:"+name+"> hello"); strings.Contains(shown, slow) {
			t.Errorf("%s: %s", name, shown)
		}
	}
	for range 12 { // three a minute
		if shown := play(h, "* wait 20s", "customer:ana> hello"); strings.Contains(shown, slow) {
			t.Errorf("%s", shown)
		}
	}
}

func TestWithoutALimitNothingIsCounted(t *testing.T) {
	t.Parallel()
	h := shop(t)
	for range 40 {
		if shown := play(h, "customer:ana> hello"); strings.Contains(shown, slow) {
			t.Fatal(shown)
		}
	}
}
