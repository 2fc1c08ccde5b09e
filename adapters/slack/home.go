package slack

import (
	"context"
	"encoding/json"

	"github.com/slack-go/slack"

	"crmbot/bot"
)

const (
	viewBlocks = 100
	viewMax    = 240_000 // bytes; Slack's own limit is 250 KB
)

// publish shows somebody his home page. It is new whatever stood there, so that
// no page can be too old to be replaced; where Slack finds one all the same the
// page is given once more.
func (a *Adapter) publish(ctx context.Context, out bot.Outgoing) (bot.Sent, error) {
	who := first(string(out.For), string(out.To.Chat))
	page := slack.PublishViewContextRequest{UserID: who, View: slack.HomeTabViewRequest{
		Type: slack.VTHomeTab, CallbackID: "home", Blocks: slack.Blocks{BlockSet: homePage(out.Reply, a.address(who, ""))},
	}}
	put := func() error {
		return a.do(ctx, true, func(ctx context.Context) error {
			_, err := a.api.PublishViewContext(ctx, page)
			return err
		})
	}
	err := put()
	if told(err, "hash_conflict") {
		err = put()
	}
	return bot.Sent{}, err
}

// homePage lays a home page out and leaves out what is too much at its end.
func homePage(r *bot.Reply, at bot.Address) []slack.Block {
	list := layout(r, page{at: at}, viewBlocks)
	for len(list) > 1 {
		raw, err := json.Marshal(list)
		if err == nil && len(raw) <= viewMax {
			break
		}
		list = list[:len(list)*3/4]
	}
	return list
}
