package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"crmbot/adapters/console"
	"crmbot/bot"
	"crmbot/bot/script"
	"crmbot/cmd/crmbot/sample"
	"crmbot/crm"
)

// The two terminals of crmbot chat.
const (
	terminalOfCustomers bot.Install = "customers"
	terminalOfStaff     bot.Install = "staff"
)

// chatOptions are the flags of crmbot chat.
type chatOptions struct {
	as, script, database, config, language string
}

func chatCommand() *cobra.Command {
	var o chatOptions
	cmd := &cobra.Command{
		Use:   "chat",
		Short: "Talk to the bot on this terminal",
		Long: "Talk to the bot on this terminal, as a customer (--as customer:ana) or as somebody who\n" +
			"works here (--as li.wei). Without --database and --config it is the sample company,\n" +
			"kept nowhere.",
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			switch {
			case o.as == "" && o.script == "":
				return wrongUse(fmt.Errorf("say who you are, such as --as customer:ana or --as li.wei, or give a --script"))
			case o.as != "" && o.script != "":
				return wrongUse(fmt.Errorf("--as and --script exclude each other: a script names its speakers"))
			case o.database != "" && o.config != "":
				return wrongUse(fmt.Errorf("--database and --config exclude each other: the config names the database"))
			}
			return chat(cmd.Context(), o, cmd.InOrStdin(), cmd.OutOrStdout())
		},
	}
	cmd.Flags().StringVar(&o.as, "as", "", "who speaks: customer:NAME or a user's handle")
	cmd.Flags().StringVar(&o.script, "script", "", "a conversation of several speakers to play")
	cmd.Flags().StringVar(&o.database, "database", "", "a database to keep, filled with the sample company when it is new")
	cmd.Flags().StringVar(&o.config, "config", "", "a config file, for your own company")
	cmd.Flags().StringVar(&o.language, "language", "", "what the terminal says its language is: en or zh-CN")
	return cmd
}

// chat plays one speaker from in, or a script.
func chat(ctx context.Context, o chatOptions, in io.Reader, out io.Writer) error {
	lines, err := o.lines()
	if err != nil {
		return wrongUse(err)
	}
	cfg, cleanup, err := o.company()
	if err != nil {
		return err
	}
	defer cleanup()
	t := &terminals{speaker: o.as, language: o.language, in: in, out: out}
	h, err := buildWith(ctx, cfg, discardLog(), t.doors(lines != nil))
	if err != nil {
		return err
	}
	defer h.close()
	if err := h.claim(); err != nil {
		return err
	}
	if o.config == "" {
		if err := sample.Load(ctx, h.store, now(), cfg.settings()); err != nil {
			return err
		}
	}
	if err := h.seatStaff(ctx, console.Platform, terminalOfStaff); err != nil {
		return err
	}
	if err := h.settle(ctx); err != nil { // the knowledge base is read, with what a model says of it
		return err
	}
	if lines != nil {
		return quiet(ctx, script.Play(ctx, lines, t.stage(h), out))
	}
	return quiet(ctx, t.talk(ctx, h))
}

// lines reads the script, nil without one.
func (o chatOptions) lines() ([]script.Line, error) {
	if o.script == "" {
		return nil, nil
	}
	f, err := os.Open(o.script)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	lines, err := script.Parse(f)
	if err == nil && len(lines) == 0 {
		err = fmt.Errorf("%s: nobody says anything in it", filepath.Base(o.script))
	}
	return lines, err
}

// company is the config of the flags: a file, or the sample company in a
// database that is kept or thrown away.
func (o chatOptions) company() (*Config, func(), error) {
	nothing := func() {}
	if o.config != "" {
		cfg, err := readConfig(o.config)
		return cfg, nothing, err
	}
	cfg := sampleConfig()
	if o.database != "" {
		cfg.Database = o.database
		return cfg, nothing, nil
	}
	dir, err := os.MkdirTemp("", "crmbot-")
	if err != nil {
		return nil, nil, err
	}
	cfg.Database = filepath.Join(dir, "sample.db")
	return cfg, func() { _ = os.RemoveAll(dir) }, nil
}

// sampleConfig is the config of the sample company.
func sampleConfig() *Config {
	cfg := defaultConfig()
	cfg.Company = sample.Company
	for _, s := range sample.Sources() {
		cfg.Sources = append(cfg.Sources, SourceConfig(s))
	}
	if err := cfg.validate(); err != nil {
		panic(err) // the sample is part of the program
	}
	return cfg
}

// seatStaff lets everybody who works here speak at an install under his
// handle. Only for installs that this process alone can reach.
func (h *house) seatStaff(ctx context.Context, platform bot.Platform, install bot.Install) error {
	users, err := h.store.Users(ctx, crm.UserFilter{Active: true})
	if err != nil {
		return err
	}
	for _, u := range users {
		key := crm.IdentityKey{Platform: string(platform), Install: string(install), Sender: u.Handle}
		if err := h.seat(ctx, u, key); err != nil {
			return err
		}
	}
	return nil
}

// seat links one sender to one user.
func (h *house) seat(ctx context.Context, u *crm.User, key crm.IdentityKey) error {
	known, err := h.store.Identities(ctx, []crm.IdentityKey{key})
	if err != nil || len(known) > 0 {
		return err
	}
	return h.store.CreateIdentities(ctx, []*crm.Identity{{
		Platform: key.Platform, Install: key.Install, Sender: key.Sender, Chat: key.Sender,
		UserID: u.ID, Name: u.Name, Created: now(), Updated: now(),
	}})
}

// terminals are the two sides of crmbot chat.
type terminals struct {
	speaker, language string
	in                io.Reader
	out               io.Writer
	customers, staff  *console.Adapter
	show              console.Stage
}

// doors opens a terminal for customers and one for those who work here. The
// one where the speaker sits reads and writes; with a script both only show.
func (t *terminals) doors(played bool) []door {
	customer, outside := strings.CutPrefix(t.speaker, "customer:")
	open := func(install bot.Install, audience crm.Audience, keep **console.Adapter, here bool, who string) door {
		return door{platform: console.Platform, install: install, audience: audience, open: func(host bot.Host) (bot.Adapter, error) {
			cfg := console.Config{Install: install, Language: t.language}
			switch {
			case played:
				cfg.Show = t.show.Show(audience == crm.AudienceCustomers)
			case here:
				cfg.As, cfg.In, cfg.Out = bot.SenderID(who), t.in, t.out
			}
			a, err := console.New(cfg, host)
			*keep = a
			return a, err
		}}
	}
	return []door{
		open(terminalOfCustomers, crm.AudienceCustomers, &t.customers, outside, customer),
		open(terminalOfStaff, crm.AudienceStaff, &t.staff, !outside, t.speaker),
	}
}

// stage is where a script is played.
func (t *terminals) stage(h *house) script.Stage {
	t.show.Customers, t.show.Staff = t.customers, t.staff
	t.show.CustomersInbox = h.line.Inbox(console.Platform, terminalOfCustomers)
	t.show.StaffInbox = h.line.Inbox(console.Platform, terminalOfStaff)
	t.show.Settle = h.settle
	t.show.Wait = func(_ context.Context, d time.Duration) error {
		h.line.Advance(d)
		return nil
	}
	return &t.show
}

// talk reads the speaker's lines; each is answered before the next is read.
func (t *terminals) talk(ctx context.Context, h *house) error {
	_, outside := strings.CutPrefix(t.speaker, "customer:")
	if outside {
		return t.customers.Run(ctx, settling{h.line.Inbox(console.Platform, terminalOfCustomers), h})
	}
	if _, err := h.store.UserByHandle(ctx, t.speaker); err != nil {
		if crm.CodeOf(err) != crm.CodeNotFound {
			return err
		}
		return wrongUse(fmt.Errorf("nobody here is called %q; crmbot user list knows who is, and customers are customer:NAME", t.speaker))
	}
	return t.staff.Run(ctx, settling{h.line.Inbox(console.Platform, terminalOfStaff), h})
}

// settling is an Inbox that knows what others taught before, and returns when
// everything that follows has happened.
type settling struct {
	bot.Inbox
	*house
}

// Receive implements bot.Inbox.
func (s settling) Receive(ctx context.Context, in bot.Inbound) error {
	if err := s.matcher.Refresh(ctx); err != nil {
		return err
	}
	if err := s.Inbox.Receive(ctx, in); err != nil {
		return err
	}
	return s.settle(ctx)
}
