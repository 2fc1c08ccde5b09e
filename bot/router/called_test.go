package router

import (
	"testing"

	"crmbot/crm"
)

func TestALoneHitIsTakenOnlyForWhatIsCalledSo(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		kind        crm.Kind
		title, text string
		want        bool
	}{
		{crm.KindContact, "Ana Lopez", "an", true}, // a person may be named by a part
		{crm.KindTicket, "We need the certificate of analysis", "ana", false},
		{crm.KindTicket, "We need the certificate of analysis", "certificate", true},
		{crm.KindTicket, "Certificate: of analysis", "of Analysis", true},
		{crm.KindTicket, "到货破袋", "破袋", true},
		{crm.KindArticle, "How long does delivery take?", "deli", false},
	} {
		hit := crm.Hit{Ref: crm.Ref{Kind: c.kind, ID: 1}, Title: c.title}
		if got := calledSo(hit, c.text); got != c.want {
			t.Errorf("calledSo(%s %q, %q) = %v", c.kind, c.title, c.text, got)
		}
	}
}
