package router

import (
	"context"
	"testing"

	"crmbot/bot"
	"crmbot/crm"
)

// BenchmarkHandle is a customer's question that nothing knows, on its way
// through all steps.
func BenchmarkHandle(b *testing.B) {
	r, t := staffTurn(b)
	req := *t.Request
	req.User, req.Actor = nil, crm.Actor{Kind: crm.AuthorContact, Contact: 1}
	req.Contact = &crm.Contact{ID: 1, Language: "en"}
	req.Conversation = &crm.Conversation{ID: 1, Audience: crm.AudienceCustomers, Direct: true}
	req.Inbound = &bot.Inbound{Kind: bot.KindText, Direct: true, Text: "can your syrup be used for candy and for baking?"}
	for b.Loop() {
		one := req
		one.Session = &bot.Session{}
		if _, err := r.Handle(context.Background(), &one); err != nil {
			b.Fatal(err)
		}
	}
}
