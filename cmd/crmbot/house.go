package main

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"slices"
	"sync/atomic"
	"time"

	"crmbot/adapters"
	"crmbot/bot"
	"crmbot/bot/commands"
	"crmbot/bot/customer"
	"crmbot/bot/handoff"
	"crmbot/bot/knowledge"
	"crmbot/bot/locale"
	"crmbot/bot/pipeline"
	"crmbot/bot/relay"
	"crmbot/bot/router"
	"crmbot/bot/teach"
	"crmbot/crm"
	"crmbot/storage"
)

// house is every floor, built on each other and not yet running.
type house struct {
	cfg      *Config
	log      *slog.Logger
	store    *storage.DB
	catalog  *locale.Catalog
	services *crm.Services
	matcher  *knowledge.Matcher
	line     *pipeline.Pipeline
	models   *modelCalls
	migrated atomic.Bool // no step of the schema is missing
	installs []pipeline.Install
	menu     func(crm.Audience) bot.Menu // what can be asked for in an install
	lock     *os.File                    // of a database that is a file
}

// door is an install that is to be opened.
type door struct {
	platform bot.Platform
	install  bot.Install
	audience crm.Audience
	open     func(bot.Host) (bot.Adapter, error) // its error is a fault
	spot     func(key string) spot               // where a key of its block stands
}

// doors are the installs of the config.
func (c *Config) doors() []door {
	all := make([]door, 0, len(c.Adapters))
	for _, a := range c.Adapters {
		shared := adapters.Shared{
			Install: a.Install, Staff: a.Audience == crm.AudienceStaff,
			PublicURL: c.PublicURL, Company: c.Company, Language: c.Language,
		}
		all = append(all, door{a.Platform, a.Install, a.Audience, func(host bot.Host) (bot.Adapter, error) {
			adapter, err := adapters.Platforms[string(a.Platform)].Open(a.block, shared, host)
			if err != nil {
				return nil, c.blamed(a, err)
			}
			return adapter, nil
		}, func(key string) spot { return c.spot(a, key) }})
	}
	return all
}

// build opens the database, puts the config's people into it and builds every
// floor above, with the doors of the config.
func build(ctx context.Context, cfg *Config, log *slog.Logger) (*house, error) {
	return buildWith(ctx, cfg, log, cfg.doors())
}

func buildWith(ctx context.Context, cfg *Config, log *slog.Logger, doors []door) (*house, error) {
	h := &house{cfg: cfg, log: log}
	store, err := storage.Open(ctx, cfg.Database, storage.Options{Now: h.now, Logger: log, Migrate: true})
	if err != nil {
		failed := &databaseError{err}
		if crm.CodeOf(err) == crm.CodeInvalid {
			return nil, wrongUse(failed)
		}
		return nil, failed
	}
	h.store = store
	if err := h.furnish(ctx, doors); err != nil {
		h.close()
		return nil, err
	}
	return h, nil
}

// databaseError is a database that cannot be opened.
type databaseError struct{ err error }

func (e *databaseError) Error() string { return e.err.Error() }
func (e *databaseError) Unwrap() error { return e.err }

// furnish builds everything above the database.
func (h *house) furnish(ctx context.Context, doors []door) error {
	var err error
	if h.catalog, err = locale.Load(); err != nil {
		return err
	}
	h.catalog.SetCurrency(h.cfg.Currency)
	company := h.cfg.company(doors)
	work, err := h.learn(company)
	if err != nil {
		return err
	}
	route, err := router.New(router.Options{
		Commands:  slices.Concat(commands.All(), customer.All(), relay.Commands(), handoff.Commands(), teach.Commands(h.matcher)),
		Knowledge: h.matcher,
		Catalog:   h.catalog,
		Company:   company,
		Logger:    h.log,
	})
	if err != nil {
		return err
	}
	h.menu = route.Guide
	for _, d := range doors {
		h.installs = append(h.installs, pipeline.Install{Platform: d.platform, Install: d.install, Audience: d.audience})
	}
	h.line = pipeline.New(pipeline.Options{
		Store: h.store, Handler: route.Handle, Consult: route.Consult, Adapters: h.installs, Company: company,
		Catalog: h.catalog, Settings: h.cfg.settings(), Logger: h.log,
		Jobs: work.jobs, Periods: work.periods,
	})
	h.services = crm.NewServices(h.store, h.line.Now, h.cfg.settings())
	if err := h.seed(ctx); err != nil {
		return err
	}
	return h.open(doors)
}

// open makes the adapters, which need their Host first.
func (h *house) open(doors []door) error {
	for i, d := range doors {
		adapter, err := d.open(h.line.Host(d.platform, d.install))
		if err != nil {
			return err
		}
		if guide, ok := adapter.(bot.Guide); ok {
			menu := h.menu(d.audience)
			menu.Places = h.cfg.placesOf(d)
			guide.SetMenu(menu)
		}
		if err := h.cfg.threadless(d, adapter.Features()); err != nil {
			return err
		}
		h.line.Attach(d.platform, d.install, adapter)
		h.installs[i].Adapter = adapter
	}
	return nil
}

// now is the clock of the house: that of the line of messages, which a script
// moves forward.
func (h *house) now() time.Time {
	if h.line == nil {
		return now()
	}
	return h.line.Now()
}

// seed puts the config's people into the database where they are unknown.
func (h *house) seed(ctx context.Context) error {
	for _, u := range h.cfg.Users {
		keys, err := u.identityKeys()
		if err != nil {
			return wrongUse(err)
		}
		newcomer := crm.NewUser{Name: u.Name, Handle: u.Handle, Role: crm.Role(u.Role), Team: u.Team}
		if _, err := h.services.Users.Seed(ctx, newcomer, keys); err != nil {
			return fmt.Errorf("users: %s: %w", u.Handle, err)
		}
	}
	return nil
}

// knowledgeEvery is how often a change of the knowledge base by another
// process is looked for.
const knowledgeEvery = 2 * time.Second

// run carries messages until ctx ends and then drains. It begins once there is
// something to answer from; what the knowledge base has still to find out about
// itself it does beside.
func (h *house) run(ctx context.Context) error {
	if err := h.matcher.Load(ctx); err != nil {
		h.log.WarnContext(ctx, "knowledge: reading the articles", "error", err)
	}
	thrift()
	go func() { _ = h.matcher.Run(ctx, knowledgeEvery, h.log) }()
	return quiet(ctx, h.line.Run(ctx))
}

// settle does all that is due, without running: for a terminal and for scripts.
func (h *house) settle(ctx context.Context) error {
	if err := h.line.Settle(ctx); err != nil {
		return err
	}
	return h.matcher.Refresh(ctx)
}

func (h *house) close() {
	h.release()
	if err := h.store.Close(); err != nil {
		h.log.Warn("closing the database", "error", err)
	}
}

func discardLog() *slog.Logger { return slog.New(slog.DiscardHandler) }
