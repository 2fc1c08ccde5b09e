package crm

import (
	"errors"
	"fmt"
	"testing"

	"pgregory.net/rapid"
)

func TestParseRef(t *testing.T) {
	t.Parallel()
	for s, want := range map[string]Ref{
		"LEAD-42": {KindLead, 42}, "lead-42": {KindLead, 42}, " Opp-1 ": {KindOpportunity, 1}, "tic11": {KindTicket, 11},
		"CON-3": {KindContact, 3}, "CONV-3": {KindConversation, 3}, "user-9": {KindUser, 9},
	} {
		if got, ok := ParseRef(s); !ok || got != want {
			t.Errorf("ParseRef(%q) = %v, %v", s, got, ok)
		}
	}
	for _, s := range []string{"", "LEAD", "LEAD-", "LEAD-0", "LEAD--1", "LEAD-1x", "LEAD-99999999999999999999", "FISH-1", "线索1", "LEAD-+1"} {
		if got, ok := ParseRef(s); ok {
			t.Errorf("ParseRef(%q) = %v", s, got)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		kind := rapid.SampledFrom([]Kind{KindLead, KindContact, KindAccount, KindOpportunity, KindTicket,
			KindActivity, KindArticle, KindUser, KindConversation}).Draw(t, "kind")
		ref := Ref{kind, rapid.Int64Min(1).Draw(t, "id")}
		if got, ok := ParseRef(ref.String()); !ok || got != ref {
			t.Fatalf("ParseRef(%q) = %v", ref, got)
		}
	})
}

func TestStages(t *testing.T) {
	t.Parallel()
	s := DefaultStages()
	if err := s.Validate(); err != nil {
		t.Fatal(err)
	}
	for word, want := range map[string]string{
		"报价": "proposal", "方案报价": "proposal", "PROPOSAL": "proposal", "won": "won", "谈判": "negotiation",
		"qual": "qualification", "o": "", "": "", "单": "", "nothing": "",
	} {
		if got, ok := s.Find(word); got.Key != want || ok != (want != "") {
			t.Errorf("Find(%q) = %q, %v", word, got.Key, ok)
		}
	}
	if s.First().Key != "prospecting" || s.Won().Key != "won" || s.Lost().Key != "lost" {
		t.Error("the ends of the default stages")
	}
	for name, bad := range map[string]Stages{
		"none":           {},
		"no end":         s[:4],
		"key twice":      {s[0], s[0], s[4], s[5]},
		"starts closed":  {s[4], s[0], s[5]},
		"too sure":       {{Key: "a", Probability: 101}, s[4], s[5]},
		"two won":        {s[0], s[4], {Key: "x", Won: true}, s[5]},
		"won and lost":   {s[0], {Key: "x", Won: true, Lost: true}, s[5]},
		"without a name": {{Key: ""}, s[4], s[5]},
	} {
		if CodeOf(bad.Validate()) != CodeInvalid {
			t.Errorf("%s: valid", name)
		}
	}
}

func TestErrors(t *testing.T) {
	t.Parallel()
	cause := errors.New("disk full")
	err := fmt.Errorf("worker: %w", Fail(CodeUnavailable, "x").Because(cause).In("f"))
	if CodeOf(err) != CodeUnavailable || !errors.Is(err, cause) {
		t.Errorf("%v: code %s", err, CodeOf(err))
	}
	if CodeOf(nil) != "" || CodeOf(cause) != CodeInternal {
		t.Error("codes of nil and of an error not ours")
	}
	if got := Fail(CodeInvalid, "x.y").Error(); got != "x.y (invalid)" {
		t.Errorf("Error() = %q", got)
	}
}

func TestPage(t *testing.T) {
	t.Parallel()
	for have, want := range map[Page]Page{
		{}: {50, 0}, {Limit: 501, Offset: -1}: {500, 0}, {Limit: 7, Offset: 3}: {7, 3}, {Limit: -1}: {50, 0},
	} {
		if got := have.Bound(); got != want {
			t.Errorf("%+v.Bound() = %+v", have, got)
		}
	}
}
