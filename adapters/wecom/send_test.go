package wecom_test

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"strings"
	"testing"
	"time"

	"crmbot/adapters/adaptertest"
	"crmbot/adapters/wecom"
	"crmbot/adapters/wecom/wecomtest"
	"crmbot/bot"
)

func post(key, text string) bot.Outgoing {
	return bot.Outgoing{V: 1, Key: key, Op: bot.OpPost, To: address(ana), Direct: true, Reply: bot.Text(text)}
}

// TestStates sends in every state of a session, after it was known to be the
// bot's and when it was not.
func TestStates(t *testing.T) {
	for _, c := range []struct {
		name  string
		state int
		known bool // the adapter has written a moment ago
		class bot.Class
		says  string
		after int
	}{
		{"new", wecomtest.StateNew, false, "", "", wecomtest.StateBot},
		{"bot", wecomtest.StateBot, false, "", "", wecomtest.StateBot},
		{"pool", wecomtest.StatePool, false, bot.WindowClosed, "queue", wecomtest.StatePool},
		{"human", wecomtest.StateHuman, false, bot.WindowClosed, "zhangsan", wecomtest.StateHuman},
		{"ended", wecomtest.StateEnded, false, bot.WindowClosed, "ended", wecomtest.StateEnded},
		{"new_again", wecomtest.StateNew, true, "", "", wecomtest.StateNew},
		{"taken_to_the_pool", wecomtest.StatePool, true, bot.WindowClosed, "queue", wecomtest.StatePool},
		{"taken_by_a_person", wecomtest.StateHuman, true, bot.WindowClosed, "zhangsan", wecomtest.StateHuman},
		{"ended_meanwhile", wecomtest.StateEnded, true, bot.WindowClosed, "ended", wecomtest.StateEnded},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := spoken(t)
			a := open(t, config(s), adaptertest.NewHouse())
			want := 1
			if c.known {
				want = 2
				if _, err := a.Send(t.Context(), post("1", "first")); err != nil {
					t.Fatal(err)
				}
			}
			s.SetSession(shop, ana.ID, c.state, "zhangsan")
			_, err := a.Send(t.Context(), post("2", "second"))
			if c.class == "" && err != nil || c.class != "" && (err == nil || bot.FailureOf(err).Class != c.class || !strings.Contains(err.Error(), c.says)) {
				t.Errorf("%v, want %q saying %q", err, c.class, c.says)
			}
			if c.class != "" {
				want--
			}
			if n := len(s.Messages()); n != want {
				t.Errorf("%d messages, want %d", n, want)
			}
			if state, _ := s.Session(shop, ana.ID); state != c.after {
				t.Errorf("the session is in state %d, want %d", state, c.after)
			}
		})
	}
}

// TestReturns checks that after a person has ended a session the bot may write
// again when the customer does.
func TestReturns(t *testing.T) {
	s := spoken(t)
	a := open(t, config(s), adaptertest.NewHouse())
	s.SetSession(shop, ana.ID, wecomtest.StateHuman, "zhangsan")
	if _, err := a.Send(t.Context(), post("1", "x")); bot.FailureOf(err).Class != bot.WindowClosed {
		t.Errorf("a person has it: %v", err)
	}
	s.SetSession(shop, ana.ID, wecomtest.StateEnded, "")
	s.Spoke(ana, shop)
	if _, err := a.Send(t.Context(), post("1", "x")); err != nil {
		t.Errorf("the customer wrote again: %v", err)
	}
}

// TestRace checks a session that somebody takes between the look at it and the
// message.
func TestRace(t *testing.T) {
	s := spoken(t)
	a := open(t, config(s), adaptertest.NewHouse())
	s.SetSession(shop, ana.ID, wecomtest.StateHuman, "zhangsan")
	s.Force("kf/service_state/get", adaptertest.Answer{Body: `{"errcode":0,"service_state":0}`})
	if _, err := a.Send(t.Context(), post("1", "x")); bot.FailureOf(err).Class != bot.WindowClosed || !strings.Contains(err.Error(), "zhangsan") {
		t.Errorf("taken before we took it: %v", err)
	}
	s.Force("kf/service_state/get", adaptertest.Answer{Body: `{"errcode":0,"service_state":1}`})
	if _, err := a.Send(t.Context(), post("1", "x")); bot.FailureOf(err).Class != bot.WindowClosed || !strings.Contains(err.Error(), "zhangsan") {
		t.Errorf("taken before the message: %v", err)
	}
	s.SetSession(shop, ana.ID, wecomtest.StateBot, "")
	s.Force("kf/send_msg", says(95018, "send msg session status invalid"))
	if _, err := a.Send(t.Context(), post("1", "x")); bot.FailureOf(err).Class != bot.Transient {
		t.Errorf("ours again before we asked: %v, want transient", err)
	}
}

// TestIdempotent sends one message several times: it is shown once, and costs
// one of the five.
func TestIdempotent(t *testing.T) {
	s := spoken(t)
	a := open(t, config(s), adaptertest.NewHouse())
	s.Force("kf/send_msg", adaptertest.Answer{Cut: true})
	if _, err := a.Send(t.Context(), post("7-1", "once")); bot.FailureOf(err).Class != bot.Transient {
		t.Errorf("the answer got lost: %v, want transient", err)
	}
	var ids []bot.MessageID
	for range 3 {
		sent, err := a.Send(t.Context(), post("7-1", "once"))
		if err != nil {
			t.Fatal(err)
		}
		ids = append(ids, sent.ID)
	}
	if ids[0] == "" || ids[0] != ids[1] || ids[1] != ids[2] || len(s.Messages()) != 1 {
		t.Errorf("ids %v, %d messages", ids, len(s.Messages()))
	}
	for i := range 4 {
		if _, err := a.Send(t.Context(), post(fmt.Sprint("8-", i), "more")); err != nil {
			t.Errorf("message %d: %v", i+2, err)
		}
	}
	if _, err := a.Send(t.Context(), post("9-1", "the sixth")); bot.FailureOf(err).Class != bot.WindowClosed {
		t.Errorf("the sixth message: %v, want window_closed", err)
	}
	late := adaptertest.Clock().Add(49 * time.Hour)
	s.Spoke(ana, shop)
	s.Now = func() time.Time { return late }
	if _, err := a.Send(t.Context(), post("9-2", "late")); bot.FailureOf(err).Class != bot.WindowClosed {
		t.Errorf("after 49 hours: %v, want window_closed", err)
	}
}

func TestMsgID(t *testing.T) {
	s := start(t)
	shape := regexp.MustCompile(`^[0-9a-zA-Z_-]{1,32}$`)
	other := config(s)
	other.Install = "kf2"
	a, b := open(t, config(s), adaptertest.NewHouse()), open(t, other, adaptertest.NewHouse())
	seen := map[string]string{}
	for _, key := range []string{"1", "1-1", "1-11", "11-1", strings.Repeat("长", 100), "a b\x00c"} {
		for part := range 3 {
			for name, a := range map[string]*wecom.Adapter{"a": a, "b": b} {
				id := wecom.MsgID(a, key, part)
				what := fmt.Sprint(name, key, part)
				if !shape.MatchString(id) || id != wecom.MsgID(a, key, part) || seen[id] != "" {
					t.Errorf("%s: %q, also of %q", what, id, seen[id])
				}
				seen[id] = what
			}
		}
	}
}

// TestGreeting checks what may be said to somebody who has just come in.
func TestGreeting(t *testing.T) {
	enter := func(t *testing.T) (*wecomtest.Server, *adaptertest.House, bot.Outgoing) {
		s := start(t)
		house := adaptertest.NewHouse()
		in, reason := wecom.Inbound(open(t, config(s), house), shop, s.Enter(ana, shop, "expo", ""))
		if in == nil || in.Kind != bot.KindFollow || in.Turn == "" {
			t.Fatalf("%+v %s", in, reason)
		}
		out := post("1-1", "welcome")
		out.Turn = in.Turn
		return s, house, out
	}
	t.Run("at_once", func(t *testing.T) {
		s, house, out := enter(t)
		a := open(t, config(s), house)
		if sent, err := a.Send(t.Context(), out); err != nil || sent.ID == "" {
			t.Fatal(sent, err)
		}
		if m := s.Messages(); len(m) != 1 || !m[0].Event || m[0].Text != "welcome" {
			t.Errorf("messages: %+v", m)
		}
		out.Key = "1-2"
		if _, err := a.Send(t.Context(), out); bot.FailureOf(err).Class != bot.WindowClosed {
			t.Errorf("a second greeting: %v, want window_closed", err)
		}
	})
	t.Run("late", func(t *testing.T) {
		s, house, out := enter(t)
		a := open(t, config(s), later{house, adaptertest.Clock().Add(21 * time.Second)})
		if _, err := a.Send(t.Context(), out); bot.FailureOf(err).Class != bot.WindowClosed || len(s.Calls("kf/send_msg_on_event")) != 0 {
			t.Errorf("after 21 seconds: %v", err)
		}
		s.Spoke(ana, shop)
		if _, err := a.Send(t.Context(), out); err != nil || len(s.Messages()) != 1 || s.Messages()[0].Event {
			t.Errorf("the customer has written: %v, %+v", err, s.Messages())
		}
	})
	t.Run("no_code", func(t *testing.T) {
		s := spoken(t)
		in, _ := wecom.Inbound(open(t, config(s), adaptertest.NewHouse()), shop, s.Enter(ana, shop, "expo", ""))
		if in == nil || in.Kind != bot.KindScan || in.Scene != "expo" || in.Turn != "" {
			t.Errorf("%+v", in)
		}
	})
}

// TestTransfer hands chats over to WeCom's own desk.
func TestTransfer(t *testing.T) {
	for _, c := range []struct {
		name      string
		state     int
		servicer  bot.SenderID
		class     bot.Class
		after     int
		farewells int
	}{
		{"to_the_pool", wecomtest.StateBot, "", "", wecomtest.StatePool, 1},
		{"new_to_the_pool", wecomtest.StateNew, "", "", wecomtest.StatePool, 1},
		{"to_a_person", wecomtest.StateBot, "zhangsan", "", wecomtest.StateHuman, 1},
		{"out_of_the_pool", wecomtest.StatePool, "zhangsan", "", wecomtest.StateHuman, 1},
		{"to_a_stranger", wecomtest.StateBot, "nobody", bot.BadContent, wecomtest.StateBot, 0},
		{"there_already", wecomtest.StateHuman, "", "", wecomtest.StateHuman, 0},
		{"in_the_pool_already", wecomtest.StatePool, "", "", wecomtest.StatePool, 0},
		{"over", wecomtest.StateEnded, "", bot.WindowClosed, wecomtest.StateEnded, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := spoken(t)
			s.Staff(shop, "zhangsan")
			s.SetSession(shop, ana.ID, c.state, "lisi")
			a := open(t, config(s), adaptertest.NewHouse())
			out := post("5-1", "a colleague goes on here")
			out.Op, out.For = bot.OpTransfer, c.servicer
			_, err := a.Send(t.Context(), out)
			if c.class == "" && err != nil || c.class != "" && bot.FailureOf(err).Class != c.class {
				t.Errorf("%v, want %q", err, c.class)
			}
			if state, _ := s.Session(shop, ana.ID); state != c.after {
				t.Errorf("state %d, want %d", state, c.after)
			}
			if n := len(s.Messages()); n != c.farewells {
				t.Errorf("%d last words, want %d", n, c.farewells)
			}
			if c.after == wecomtest.StatePool || c.after == wecomtest.StateHuman {
				if _, err := a.Send(t.Context(), post("5-2", "x")); bot.FailureOf(err).Class != bot.WindowClosed {
					t.Errorf("writing afterwards: %v, want window_closed", err)
				}
			}
		})
	}
}

// TestNothingInParticular checks operations and chats that are none.
func TestNothingInParticular(t *testing.T) {
	s := spoken(t)
	a := open(t, config(s), adaptertest.NewHouse())
	out := post("1", "x")
	out.Op = bot.OpEdit
	if _, err := a.Send(t.Context(), out); bot.FailureOf(err).Class != bot.Stale {
		t.Errorf("an edit: %v", err)
	}
	out = post("1", "x")
	out.To.Chat = "wkSHOP"
	if _, err := a.Send(t.Context(), out); bot.FailureOf(err).Class != bot.RecipientGone {
		t.Errorf("half a chat: %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := a.Send(ctx, post("1", "x")); bot.FailureOf(err).Class != bot.Transient {
		t.Errorf("nobody waits: %v", err)
	}
}

// TestElsewhere checks that a chat that is found with WeCom's desk is made
// known to the house, which WeCom had told nothing.
func TestElsewhere(t *testing.T) {
	s := spoken(t)
	house := adaptertest.NewHouse()
	a := run(t, config(s), house)
	defer a.stop()
	s.Await("kf/sync_msg", 1, patience)
	s.SetSession(shop, ana.ID, wecomtest.StateHuman, "zhangsan")
	var f *bot.Failure
	if _, err := a.Send(t.Context(), post("1", "x")); !errors.As(err, &f) || f.Why != bot.WhyDesk {
		t.Errorf("%v, want the desk", err)
	}
	in := house.Received()
	if len(in) != 1 || in[0].Kind != bot.KindDesk || in[0].Values["state"] != "taken" || in[0].Values["by"] != "zhangsan" ||
		in[0].Address != address(ana) || in[0].EventID == "" {
		t.Errorf("received %+v", in)
	}
	s.SetSession(shop, ana.ID, wecomtest.StateEnded, "")
	if _, err := a.Send(t.Context(), post("1", "x")); !errors.As(err, &f) || f.Why != bot.WhyEnded || len(house.Received()) != 1 {
		t.Errorf("%v, received %+v", err, house.Received())
	}
}

// TestWhys checks what is told of refusals besides their class.
func TestWhys(t *testing.T) {
	for code, why := range map[int]string{95003: bot.WhyLimit, 95013: bot.WhyEnded, 95001: "", 95014: bot.WhyNobody} {
		s := spoken(t)
		a := open(t, config(s), adaptertest.NewHouse())
		s.Force("kf/service_state/get", says(code, "no"))
		if _, err := a.Send(t.Context(), post("1", "x")); bot.FailureOf(err).Why != why {
			t.Errorf("of %d is told %q, want %q", code, bot.FailureOf(err).Why, why)
		}
	}
}
