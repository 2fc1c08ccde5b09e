package pipeline

import (
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"maps"
	"slices"
	"time"

	"crmbot/bot"
	"crmbot/crm"
)

const (
	// leaseFor is how long a lease outlives its holder: so long nothing that one
	// replica does for all is done.
	leaseFor       = 3 * time.Second
	transcriptMost = 200
)

// Host is what the adapter of an install may ask of the house.
func (p *Pipeline) Host(platform bot.Platform, name bot.Install) bot.Host {
	return host{p, address{platform, name}}
}

type host struct {
	p  *Pipeline
	at address
}

func (h host) key(name string) string {
	return string(h.at.platform) + "/" + string(h.at.install) + "/" + name
}

// Value implements bot.Host.
func (h host) Value(ctx context.Context, key string) (string, error) {
	v := new(string)
	if err := h.p.asked.do(ctx, wanted{h.key(key), v}); err != nil {
		return "", err
	}
	return *v, nil
}

// wanted is a value that somebody asks for, and where it is to be put.
type wanted struct {
	key   string
	value *string
}

// flushAsked reads what adapters ask for at the same time, with one statement.
func (p *Pipeline) flushAsked(all []wanted) []error {
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	keys, errs := make([]string, len(all)), make([]error, len(all))
	for i, w := range all {
		keys[i] = w.key
	}
	found, err := p.store.Values(ctx, keys)
	for i, w := range all {
		*w.value, errs[i] = found[w.key], err
	}
	return errs
}

// SetValue implements bot.Host.
func (h host) SetValue(ctx context.Context, key, value string, ttl time.Duration) error {
	return h.p.values.do(ctx, bot.KeptValue{Key: h.key(key), Value: value, TTL: ttl})
}

// flushValues keeps what adapters set at the same time, with one commit.
func (p *Pipeline) flushValues(values []bot.KeptValue) []error {
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	err := p.store.SetValues(ctx, values)
	errs := make([]error, len(values))
	for i := range errs {
		errs[i] = err
	}
	return errs
}

// Count implements bot.Host.
func (h host) Count(platform bot.Platform, name bot.Install, reason string, raw []byte) {
	h.p.Count(platform, name, reason, raw)
}

// Logger implements bot.Host.
func (h host) Logger() *slog.Logger {
	return h.p.log.With("platform", h.at.platform, "install", h.at.install)
}

// Now implements bot.Host.
func (h host) Now() time.Time { return h.p.Now() }

// Lease implements bot.Host.
func (h host) Lease(ctx context.Context, name string) (context.Context, func(), error) {
	name = h.key(name)
	for {
		ok, err := h.p.take(ctx, name)
		if err != nil && ctx.Err() == nil {
			h.p.log.Warn("pipeline: lease", "name", name, "error", err)
		}
		if ok {
			break
		}
		if pause(ctx, leaseFor/10); ctx.Err() != nil {
			return nil, nil, crm.Fail(crm.CodeUnavailable, "error.unavailable").Because(ctx.Err())
		}
	}
	held, lose := context.WithCancel(ctx)
	stopped := make(chan struct{})
	go func() {
		defer close(stopped)
		defer lose()
		h.p.renew(held, name)
	}()
	return held, func() {
		lose()
		<-stopped
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
		defer cancel()
		if err := h.p.store.DropLease(ctx, name, h.p.owner); err != nil {
			h.p.log.Warn("pipeline: lease", "name", name, "error", err)
		}
	}, nil
}

func (p *Pipeline) take(ctx context.Context, name string) (bool, error) {
	ctx, cancel := context.WithTimeout(ctx, leaseFor/2)
	defer cancel()
	return p.store.TakeLease(ctx, name, p.owner, leaseFor)
}

// renew keeps a lease until it is lost: taken by another, or not renewed in
// time because the database is away.
func (p *Pipeline) renew(ctx context.Context, name string) {
	last := time.Now()
	for {
		if pause(ctx, leaseFor/5); ctx.Err() != nil {
			return
		}
		started := time.Now()
		ok, err := p.take(ctx, name)
		switch {
		case err == nil && !ok:
			p.log.Warn("pipeline: lease lost", "name", name)
			return
		case err == nil:
			last = started
		case time.Since(last) > leaseFor*3/4:
			p.log.Warn("pipeline: lease given up", "name", name, "error", err)
			return
		}
	}
}

// Transcript implements bot.Host.
func (h host) Transcript(ctx context.Context, at bot.Address, after int64) ([]bot.Entry, error) {
	c, err := h.conversation(ctx, at)
	if err != nil || c == nil {
		return nil, err
	}
	messages, err := h.p.store.Messages(ctx, c.ID, crm.MessageID(after), transcriptMost)
	if err != nil {
		return nil, err
	}
	var entries []bot.Entry
	names := map[crm.UserID]string{}
	for _, m := range messages {
		if m.Kind == string(bot.KindReaction) || c.Audience == crm.AudienceCustomers && m.Audience == crm.AudienceNote {
			continue
		}
		e, err := entry(m)
		if err != nil {
			return nil, err
		}
		if e.Op == bot.OpEphemeral && (c.Direct || c.Audience != crm.AudienceStaff) {
			continue
		}
		if m.AuthorKind == crm.AuthorUser {
			if e.Name, err = h.name(ctx, names, crm.UserID(m.AuthorID)); err != nil {
				return nil, err
			}
		}
		entries = append(entries, e)
	}
	return entries, h.attach(ctx, entries)
}

// attach puts the files that came in beside their entries.
func (h host) attach(ctx context.Context, entries []bot.Entry) error {
	at := map[crm.MessageID]int{}
	for i, e := range entries {
		if e.Direction == crm.In {
			at[crm.MessageID(e.ID)] = i
		}
	}
	if len(at) == 0 {
		return nil
	}
	files, err := h.p.store.MediaOf(ctx, slices.Sorted(maps.Keys(at)))
	for _, m := range files {
		e := &entries[at[m.MessageID]]
		e.Files = append(e.Files, bot.File{Name: m.Name, MIME: m.MIME, Size: m.Size, Hash: m.Hash})
	}
	return err
}

// entry is a message as a Transcript shows it.
func entry(m *crm.Message) (bot.Entry, error) {
	e := bot.Entry{
		ID: int64(m.ID), Direction: m.Direction, Author: m.AuthorKind, Event: m.EventID,
		At: m.Happened, Deleted: !m.Deleted.IsZero(),
	}
	if m.Direction == crm.In || m.Detail == "" {
		e.Kind, e.Text = bot.Kind(m.Kind), m.Body
		return e, nil
	}
	d := detail{Reply: &bot.Reply{}}
	if err := json.Unmarshal([]byte(m.Detail), &d); err != nil {
		return e, crm.Fail(crm.CodeInternal, "error.internal").Because(err)
	}
	e.Reply = d.Reply
	if d.Op != bot.OpPost {
		e.Op, e.Target, e.Of, e.For = d.Op, d.Target, int64(d.Of), d.For
	}
	return e, nil
}

func (h host) name(ctx context.Context, known map[crm.UserID]string, id crm.UserID) (string, error) {
	if name, ok := known[id]; ok || id == 0 {
		return name, nil
	}
	u, err := h.p.store.User(ctx, id)
	if crm.CodeOf(err) == crm.CodeNotFound {
		return "", nil
	}
	if err != nil {
		return "", err
	}
	known[id] = u.Name
	return u.Name, nil
}

func (h host) conversation(ctx context.Context, at bot.Address) (*crm.Conversation, error) {
	at.Platform, at.Install = h.at.platform, h.at.install
	key := conversationKey(at)
	found, err := h.p.store.Conversations(ctx, []crm.ConversationKey{key})
	return found[key], err
}

// File implements bot.Host.
func (h host) File(ctx context.Context, hash string) (io.ReadCloser, error) {
	return h.p.store.OpenMedia(ctx, hash)
}

// Watch implements bot.Host.
func (h host) Watch(ctx context.Context, at bot.Address) <-chan struct{} {
	at.Platform, at.Install = h.at.platform, h.at.install
	return h.p.watchers.add(ctx, at)
}

// Delivered implements bot.Host.
func (h host) Delivered(ctx context.Context, at bot.Address, upTo int64) error {
	c, err := h.conversation(ctx, at)
	if err != nil || c == nil {
		return err
	}
	return h.p.proved(ctx, c.ID, crm.MessageID(upTo))
}
