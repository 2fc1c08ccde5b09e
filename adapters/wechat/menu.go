package wechat

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/silenceper/wechat/v2/officialaccount/menu"

	"crmbot/adapters/weixin"
	"crmbot/bot"
)

// MenuEntry is one line of the menu under the chat: it says something as if the
// person had typed it, opens a page, or holds entries of its own.
type MenuEntry struct {
	Label   string      `yaml:"label"`
	Say     string      `yaml:"say"`
	URL     string      `yaml:"url"`
	Entries []MenuEntry `yaml:"entries"`
}

// The limits of a menu, in bytes but for the first two.
const (
	menuMost     = 3
	menuSubMost  = 5
	menuLabel    = 16
	menuSubLabel = 60
	menuSay      = 128
	menuURL      = 1024
)

// checkMenu finds what the platform would refuse.
func checkMenu(entries []MenuEntry) error {
	if len(entries) > menuMost {
		return fmt.Errorf("%d entries; there is room for %d", len(entries), menuMost)
	}
	for _, e := range entries {
		if err := e.check(menuLabel); err != nil {
			return err
		}
		if len(e.Entries) > menuSubMost {
			return fmt.Errorf("%q has %d entries; there is room for %d", e.Label, len(e.Entries), menuSubMost)
		}
		for _, sub := range e.Entries {
			if len(sub.Entries) > 0 {
				return fmt.Errorf("%q is too deep: a menu has two levels", sub.Label)
			}
			if err := sub.check(menuSubLabel); err != nil {
				return err
			}
		}
	}
	return nil
}

// check looks at one entry without those under it.
func (e MenuEntry) check(label int) error {
	kinds := 0
	for _, given := range []bool{e.Say != "", e.URL != "", len(e.Entries) > 0} {
		if given {
			kinds++
		}
	}
	switch {
	case e.Label == "":
		return errors.New("label: missing")
	case len(e.Label) > label:
		return fmt.Errorf("label %q: longer than %d bytes (a Chinese character is 3)", e.Label, label)
	case kinds != 1:
		return fmt.Errorf("%q: wants one of say, url and entries", e.Label)
	case len(e.Say) > menuSay:
		return fmt.Errorf("%q: say is longer than %d bytes", e.Label, menuSay)
	case len(e.URL) > menuURL:
		return fmt.Errorf("%q: url is longer than %d bytes", e.Label, menuURL)
	}
	return bot.CheckURL("url", e.URL)
}

// buttons is the menu as WeChat has it. The key of an entry is what it says, so
// that taps on an older menu, which telephones show for a day, still say it.
func buttons(entries []MenuEntry) []*menu.Button {
	var out []*menu.Button
	for _, e := range entries {
		switch {
		case len(e.Entries) > 0:
			out = append(out, menu.NewSubButton(e.Label, buttons(e.Entries)))
		case e.URL != "":
			out = append(out, menu.NewViewButton(e.Label, e.URL))
		default:
			out = append(out, menu.NewClickButton(e.Label, e.Say))
		}
	}
	return out
}

// menuName is the name of the value that says which menu was set last, and of
// the lease under which it is set.
const menuName = "menu"

// Run sets the menu, once for all replicas and only when it is another, and
// waits. It returns nil when ctx ends.
func (a *Adapter) Run(ctx context.Context, _ bot.Inbox) error {
	for len(a.cfg.Menu) > 0 {
		err := a.setMenu(ctx)
		if err == nil || ctx.Err() != nil {
			break
		}
		f := weixin.Failure(err, true)
		a.host.Logger().WarnContext(ctx, "the menu could not be set", "class", f.Class, "error", f.Err)
		if f.Class == bot.BadContent {
			break // it will not get better
		}
		select {
		case <-ctx.Done():
		case <-time.After(a.pause):
		}
	}
	<-ctx.Done()
	return nil
}

func (a *Adapter) setMenu(ctx context.Context) error {
	list := buttons(a.cfg.Menu)
	raw, err := json.Marshal(list)
	if err != nil {
		return err
	}
	sum := sha256.Sum256(raw)
	mark := hex.EncodeToString(sum[:])
	if set, err := a.host.Value(ctx, menuName); err != nil || set == mark {
		return err
	}
	held, release, err := a.host.Lease(ctx, menuName)
	if err != nil {
		return err
	}
	defer release()
	if set, err := a.host.Value(held, menuName); err != nil || set == mark {
		return err
	}
	err = a.api.Do(held, func(h weixin.Handle) error {
		return menu.NewMenu(a.library(h)).SetMenu(list)
	})
	if err != nil {
		return err
	}
	return a.host.SetValue(held, menuName, mark, 0)
}
