package main

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"net"
	"net/http"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"crmbot/adapters"
	"crmbot/bot"
)

// The longest that one install, and the address of our own, may take.
const (
	examineFor = 20 * time.Second
	knockFor   = 5 * time.Second
)

func checkCommand() *cobra.Command {
	path := ""
	cmd := &cobra.Command{
		Use:   "check",
		Short: "Try every credential and connection, and say the next step",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return check(cmd.Context(), path, cmd.OutOrStdout())
		},
	}
	configFlag(cmd, &path)
	return cmd
}

// configFlag gives a command the flag that names the config.
func configFlag(cmd *cobra.Command, path *string) {
	cmd.Flags().StringVar(path, "config", "crmbot.yaml", "the config file; see config.example.yaml")
}

// check builds the house without its doors, tries each door, and says in the
// config's language what works, what an account cannot do and what to do next.
// It fails if something does not work.
func check(ctx context.Context, path string, out io.Writer) error {
	cfg, err := readConfig(path)
	if err != nil {
		return err
	}
	r, err := newReport(out, cfg.Language)
	if err != nil {
		return err
	}
	r.title(path)
	r.say(bot.LevelFine, "check.config", "", "file", path)
	h, err := buildWith(ctx, cfg, discardLog(), nil)
	if err != nil {
		return r.noHouse(err)
	}
	defer h.close()
	r.say(bot.LevelFine, "check.database", "")
	r.knock(ctx, cfg.PublicURL)
	for _, d := range cfg.doors() {
		r.title(r.called(d))
		r.try(ctx, h, d, path)
	}
	r.unanswered(cfg)
	r.translation(ctx, cfg)
	if err := r.knowledge(ctx, h); err != nil {
		return err
	}
	return r.end(path, len(cfg.Adapters))
}

// noHouse says why there is nothing to go on with.
func (r *report) noHouse(err error) error {
	if _, is := errors.AsType[*databaseError](err); !is {
		return err
	}
	code := exitFailed
	if _, is := errors.AsType[*usageError](err); is {
		code = exitWrong
	}
	r.add(r.sentence(bot.LevelBroken, "check.no_database", "check.no_database.next", err))
	return r.failure(code)
}

// knock looks whether our own address leads anywhere.
func (r *report) knock(ctx context.Context, address string) {
	switch {
	case address == "":
		return
	case !strings.HasPrefix(address, "https://"):
		r.say(bot.LevelWarning, "check.plain", "check.plain.next", "address", address)
		return
	}
	ctx, cancel := context.WithTimeout(ctx, knockFor)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return
	}
	resp, err := http.DefaultClient.Do(req)
	if err == nil {
		_ = resp.Body.Close()
		r.say(bot.LevelFine, "check.address", "", "address", address)
		return
	}
	key := "check.silent"
	if _, unknown := errors.AsType[*net.DNSError](err); unknown {
		key = "check.nameless"
	} else if distrusted(err) {
		key = "check.distrusted"
	}
	r.say(bot.LevelWarning, key, key+".next", "address", address)
}

// distrusted says whether a TLS certificate is at fault.
func distrusted(err error) bool {
	_, invalid := errors.AsType[*tls.CertificateVerificationError](err)
	_, unknown := errors.AsType[x509.UnknownAuthorityError](err)
	_, record := errors.AsType[tls.RecordHeaderError](err)
	return invalid || unknown || record
}

// try opens one install and asks it what it finds out.
func (r *report) try(ctx context.Context, h *house, d door, path string) {
	adapter, err := d.open(h.line.Host(d.platform, d.install))
	if err != nil {
		r.wrong = true
		r.mistake(err, path)
		return
	}
	ctx, cancel := context.WithTimeout(ctx, examineFor)
	defer cancel()
	if examiner, can := adapter.(bot.Examiner); can {
		r.findings(h.cfg, d, examiner.Examine(ctx))
	} else {
		r.say(bot.LevelFine, "check.install", "")
	}
	r.places(ctx, h.cfg, d, adapter)
}

// findings are what an install found out about itself.
func (r *report) findings(cfg *Config, d door, all []bot.Finding) {
	for _, f := range all {
		if f.Text == nil {
			f = r.worded(f, d, cfg.path)
		}
		f, err := r.pasted(f, cfg, d)
		if err != nil {
			f.Err = errors.Join(f.Err, err)
		}
		r.add(r.placed(f, d))
	}
}

// mistake is a block of the config that cannot be used.
func (r *report) mistake(err error, path string) {
	wrong, is := errors.AsType[*fault](err)
	if !is {
		r.add(r.sentence(bot.LevelBroken, "check.odd", "", err))
		return
	}
	lang := r.words.Lang()
	next := r.words.Label("check.keys.next", "file", path, "line", wrong.line)
	if wrong.spot != nil {
		next = wrong.spot.in(r.words)
	}
	r.add(bot.Finding{Level: bot.LevelBroken, Text: bot.Local{lang: wrong.sentence(r.words)}, Next: bot.Local{lang: next}})
}

// worded is what the class of an error means to the owner of the account.
func (r *report) worded(f bot.Finding, d door, path string) bot.Finding {
	key := "check.odd"
	switch bot.FailureOf(f.Err).Class {
	case bot.Transient, bot.Ambiguous:
		key = "check.away"
	case bot.Unauthorized:
		key = "check.locked"
	case bot.RateLimited:
		key = "check.busy"
	}
	lang := r.words.Lang()
	f.Text = bot.Local{lang: within(r.words, key, r.named(d))}
	f.Next = bot.Local{lang: within(r.words, key+".next", r.named(d), "file", path)}
	return f
}

// placed says behind the next step where the wrong value stands. An account
// that does not let us in, for a reason nobody names, has a wrong secret.
func (r *report) placed(f bot.Finding, d door) bot.Finding {
	keys := []string{f.Key}
	switch {
	case d.spot == nil:
		return f
	case f.Key != "":
	case f.Level == bot.LevelBroken && bot.FailureOf(f.Err).Class == bot.Unauthorized:
		keys = secretsOf(d)
	default:
		return f
	}
	lang := r.words.Lang()
	next := f.Next.In(lang)
	for _, key := range keys {
		where := d.spot(key)
		if f.Key != "" || where.variable != "" {
			next = strings.TrimSpace(next + "\n" + where.in(r.words))
		}
	}
	if next != "" {
		f.Next = bot.Local{lang: next}
	}
	return f
}

// secretsOf are the keys of a platform that hold what it gave us to get in.
func secretsOf(d door) (keys []string) {
	entry := adapters.Platforms[string(d.platform)]
	if entry.Setup == nil {
		return nil
	}
	for _, field := range entry.Setup().Fields {
		if field.Env != "" && field.Make == 0 {
			keys = append(keys, field.Key)
		}
	}
	return keys
}

// pasted writes the text to paste on the platform's page into its file anew,
// where the next step is to paste it.
func (r *report) pasted(f bot.Finding, cfg *Config, d door) (bot.Finding, error) {
	entry := adapters.Platforms[string(d.platform)]
	if entry.Setup == nil || !strings.Contains(f.Next.In(r.words.Lang()), "{paste}") {
		return f, nil
	}
	o := &opening{
		draft: &draft{path: cfg.path, public: cfg.PublicURL}, name: string(d.platform), install: string(d.install), setup: entry.Setup(),
	}
	f.Next = f.Next.With("paste", o.pasteFile())
	return f, o.writePaste()
}
