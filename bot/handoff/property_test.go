package handoff_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"crmbot/crm"
)

// TestExactlyOneIsResponsible plays at random and looks after each step who is
// responsible, and what the customer was shown.
func TestExactlyOneIsResponsible(t *testing.T) {
	for seed := range uint64(3) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			h := opens(t, "hours mon-fri 09:00-18:00")
			random := rand.New(rand.NewPCG(seed, 7)) //nolint:gosec // repeatable on purpose
			h.play("customer:ana> person")
			shown := map[string]int{}
			for n := range 70 {
				line := step(random, n)
				for _, said := range h.play(line)["customer:ana"] {
					shown[said]++
					if strings.Contains(said, "secret") {
						t.Fatalf("after %s the customer was shown %q", line, said)
					}
				}
				responsible(t, h, line)
			}
			for said, times := range shown {
				if strings.Contains(said, "word") && times > 1 {
					t.Errorf("%q was sent %d times", said, times)
				}
			}
		})
	}
}

// step is something that anybody may do at any time.
func step(random *rand.Rand, n int) string {
	who := []string{"wang.fang", "chen.jie", "he.min", "li.wei"}[random.IntN(4)]
	thread := who + "#support/1> "
	lines := []string{
		"customer:ana> person", "customer:ana> thanks", "customer:ana> 5", fmt.Sprintf("customer:ana> and number %d?", n),
		"customer:ana> How long does delivery take?",
		thread + fmt.Sprintf("reply: word %d", n), thread + fmt.Sprintf("secret %d", n), thread + fmt.Sprintf("reply: word %d", n),
		thread + "@ take", thread + "@ close", thread + "@ back", thread + "@ live", thread + "@ live off",
		thread + "@ assign chen.jie", who + "> away", who + "> back",
		"* wait 3s", "* wait 10s", "* wait 1m", "* wait 11m", "* wait 3h", "* wait 13h",
	}
	return lines[random.IntN(len(lines))]
}

func responsible(t *testing.T, h *house, line string) {
	t.Helper()
	c := h.chat("desk", "ana")
	if !c.Person() {
		if c.AssigneeID != 0 || c.LiveID != 0 || !c.WaitsSince.IsZero() || !c.AskedAt.IsZero() || len(c.Tried) > 0 {
			t.Fatalf("after %s the bot has it, and so has somebody: %+v", line, c)
		}
		return
	}
	u, err := h.Store.User(t.Context(), c.AssigneeID)
	switch {
	case err != nil || !u.Active:
		t.Fatalf("after %s nobody who works here has it: %+v, %v", line, c, err)
	case c.Status == crm.ConversationWaiting && c.WaitsSince.IsZero():
		t.Fatalf("after %s a person was called, and nobody waits: %+v", line, c)
	case c.LiveID != 0 && (c.LiveID != c.AssigneeID || c.Status != crm.ConversationHandedOff):
		t.Fatalf("after %s another is live: %+v", line, c)
	}
}
