package router_test

import (
	"context"
	"reflect"
	"testing"

	"crmbot/bot"
	"crmbot/bot/bottest"
	"crmbot/crm"
)

// TestHandleChangesNoInbound is that the worker's own event stays what arrived,
// for it may have to be handled again.
func TestHandleChangesNoInbound(t *testing.T) {
	d, db := newDesk(t)
	for name, arrange := range map[string]func(*bot.Request){
		"article":       func(r *bot.Request) { r.Inbound.Text = d.articles[0].Title },
		"price":         func(r *bot.Request) { r.Inbound.Text = prices[0] },
		"typed arrival": func(r *bot.Request) { r.Inbound.Text = "/start baidu" },
		"menu's words":  func(r *bot.Request) { r.Inbound.Kind, r.Inbound.Text = bot.KindMenu, prices[1] },
		"files before":  func(r *bot.Request) { r.Inbound.Text, r.Session.Files = troubles[0], []string{"bags.jpg"} },
		"lines before": func(r *bot.Request) {
			r.Inbound.Text, r.Session.Burst = "of maltose syrup?", []string{"How much is a ton"}
		},
	} {
		t.Run(name, func(t *testing.T) {
			err := db.Transact(t.Context(), func(ctx context.Context, store bot.Store) error {
				r := d.request(store, crm.NewServices(store, bottest.Start, d.settings), "")
				arrange(r)
				in, before := r.Inbound, *r.Inbound
				if _, err := d.router.Handle(ctx, r); err != nil {
					return err
				}
				if !reflect.DeepEqual(*in, before) {
					t.Errorf("%+v became %+v", before, *in)
				}
				return nil
			})
			fine(t, err)
		})
	}
}
