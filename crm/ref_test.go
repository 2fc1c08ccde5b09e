package crm

import (
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
		kind := rapid.SampledFrom([]Kind{
			KindLead, KindContact, KindAccount, KindOpportunity, KindTicket,
			KindActivity, KindArticle, KindUser, KindConversation,
		}).Draw(t, "kind")
		ref := Ref{kind, rapid.Int64Min(1).Draw(t, "id")}
		if got, ok := ParseRef(ref.String()); !ok || got != ref {
			t.Fatalf("ParseRef(%q) = %v", ref, got)
		}
	})
}
