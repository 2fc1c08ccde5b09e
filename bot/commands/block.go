package commands

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"crmbot/bot"
	"crmbot/bot/relay"
	"crmbot/crm"
)

// blocks are the commands by which somebody is no longer listened to.
func blocks() []bot.Command {
	platform := []bot.Arg{{Name: "platform", Type: bot.ArgText}}
	return staff(
		bot.Command{Name: "contact.block", Subject: crm.KindContact, Args: platform, Run: block},
		bot.Command{Name: "contact.unblock", Subject: crm.KindContact, Args: platform, Run: unblock},
	)
}

// block stops a contact on one platform: what he writes there is kept, and
// nobody is disturbed by it.
func block(ctx context.Context, r *bot.Request) (*bot.Reply, error) {
	return listen(ctx, r, false)
}

func unblock(ctx context.Context, r *bot.Request) (*bot.Reply, error) {
	return listen(ctx, r, true)
}

func listen(ctx context.Context, r *bot.Request, on bool) (*bot.Reply, error) {
	contact, err := contactHere(ctx, r, subjectContact(r))
	if err != nil {
		return nil, err
	}
	all, err := platformsOf(ctx, r, contact.ID, on)
	if err != nil {
		return nil, err
	}
	platform, err := whichPlatform(r, all)
	if err != nil {
		return nil, err
	}
	name := r.Words.Someone(contact.Name)
	switch {
	case len(all) == 0 && on:
		return bot.Text(capital(r.Words.T("unblock.none", "name", name))), nil
	case len(all) == 0:
		return bot.Text(capital(r.Words.T("block.none", "name", name))), nil
	case platform == "":
		return askPlatform(r, contact, all, on), nil
	}
	if _, err := r.CRM.Contacts.Block(ctx, r.Actor, contact.ID, platform, !on); err != nil {
		return nil, err
	}
	if err := settled(ctx, r, contact.ID, platform, on); err != nil {
		return nil, err
	}
	key, other, back := "block.done", "unblock", "contact.unblock "
	if on {
		key, other, back = "unblock.done", "block", "contact.block "
	}
	reply := bot.Text(capital(r.Words.T(key, "name", name, "platform", r.Company.PlatformName(platform, r.Words.Lang()))))
	reply.Buttons = []bot.Button{press(r, other, back+contact.Ref().String()+" "+pair("platform", platform))}
	return reply, nil
}

// contactHere is a contact in sight, or the one whose thread this is.
func contactHere(ctx context.Context, r *bot.Request, id crm.ContactID) (*crm.Contact, error) {
	if r.Customer != nil && r.Customer.ContactID != 0 {
		of, err := r.Store.Contact(ctx, r.Customer.ContactID)
		if err != nil {
			return nil, err
		}
		asked, err := r.Store.Contact(ctx, id)
		if err == nil && asked.ID == of.ID {
			return of, nil
		}
	}
	return r.CRM.Contacts.Contact(ctx, r.Actor, id)
}

// platformsOf are where a contact can be blocked, or is not listened to. Who is
// muted for a while can be blocked for good.
func platformsOf(ctx context.Context, r *bot.Request, id crm.ContactID, blocked bool) ([]string, error) {
	ids, err := r.Store.IdentitiesOf(ctx, id, 0)
	if err != nil {
		return nil, err
	}
	var out []string
	for _, i := range ids {
		closed := !i.BlockedAt.IsZero()
		if blocked {
			closed = i.Muted(r.Now)
		}
		if closed == blocked && !slices.Contains(out, i.Platform) {
			out = append(out, i.Platform)
		}
	}
	return out, nil
}

// whichPlatform is the one that is meant: the named one, the thread's, the only
// one; "" if it has to be asked. CodeInvalid for one where he does not write.
func whichPlatform(r *bot.Request, all []string) (string, error) {
	asked := strings.TrimSpace(r.Args.String("platform"))
	for _, p := range all {
		if asked != "" && names(r, p, asked) || asked == "" && (len(all) == 1 || r.Customer != nil && r.Customer.Platform == p) {
			return p, nil
		}
	}
	if asked != "" && len(all) > 0 {
		return "", crm.Fail(crm.CodeInvalid, "block.where", "platform", asked)
	}
	return "", nil
}

// askPlatform asks on which platform, with a button for each.
func askPlatform(r *bot.Request, c *crm.Contact, all []string, on bool) *bot.Reply {
	command := "contact.block "
	if on {
		command = "contact.unblock "
	}
	reply := bot.Text(r.Words.T("block.which"))
	for _, p := range all {
		reply.Buttons = append(reply.Buttons, bot.Button{
			Label: r.Company.PlatformName(p, r.Words.Lang()), Action: command + c.Ref().String() + " " + pair("platform", p), Once: true,
		})
	}
	return reply
}

// settled ends a person's part in the chats of somebody who is blocked now, and
// has what is shown of them drawn anew.
func settled(ctx context.Context, r *bot.Request, id crm.ContactID, platform string, on bool) error {
	all, err := r.Store.ConversationsOf(ctx, id, 0)
	if err != nil {
		return err
	}
	for _, c := range all {
		if c.Audience != crm.AudienceCustomers || !c.Direct || c.Platform != platform {
			continue
		}
		line := "handoff.redraw"
		if !on && c.Person() {
			line = fmt.Sprintf("handoff.close by=%d", r.Actor.User)
		}
		if err := relay.Order(ctx, r, c, line); err != nil {
			return err
		}
	}
	return nil
}
