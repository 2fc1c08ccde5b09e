package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"crmbot/adapters"
	"crmbot/bot"
	"crmbot/bot/customer"
	"crmbot/bot/locale"
	"crmbot/bot/markup"
	"crmbot/crm"
)

// invitation is what crmbot qr is asked for.
type invitation struct {
	config, platform, install, scene, file string
}

// inviteCommand makes links and QR codes that say where somebody came from.
func inviteCommand() *cobra.Command {
	var o invitation
	cmd := &cobra.Command{
		Use:   "qr --scene NAME",
		Short: "Make a link or QR code that says where a customer came from",
		Long: "Makes a way into a chat of yours for a place of its own: a fair, a poster, a salesperson.\n" +
			"Whoever comes that way is recorded with the source that the scene begins with, as the\n" +
			"config's sources say.",
		Example: "  crmbot qr --scene expo-2026\n  crmbot qr --install shop --scene poster --out poster.png",
		Args:    cobra.NoArgs,
		RunE:    func(cmd *cobra.Command, _ []string) error { return invite(cmd.Context(), o, cmd.OutOrStdout()) },
	}
	cmd.Flags().StringVar(&o.platform, "platform", "", "the platform, if several could be meant")
	o.flags(cmd)
	return cmd
}

// platformCommands are the same command under each platform's name.
func platformCommands() []*cobra.Command {
	var all []*cobra.Command
	for _, name := range slices.Sorted(maps.Keys(adapters.Platforms)) {
		o := &invitation{platform: name}
		qr := &cobra.Command{
			Use: "qr --scene NAME", Short: "Make a link or QR code that says where a customer came from", Args: cobra.NoArgs,
			RunE: func(cmd *cobra.Command, _ []string) error { return invite(cmd.Context(), *o, cmd.OutOrStdout()) },
		}
		o.flags(qr)
		group := &cobra.Command{
			Use: name, Short: "Commands of this platform", Hidden: true, Args: cobra.NoArgs,
			RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
		}
		group.AddCommand(qr)
		all = append(all, group)
	}
	return all
}

func (o *invitation) flags(cmd *cobra.Command) {
	configFlag(cmd, &o.config)
	cmd.Flags().StringVar(&o.install, "install", "", "the install, if several could be meant")
	cmd.Flags().StringVar(&o.scene, "scene", "", "a name for the place: letters, digits, _ and -, at most 64")
	cmd.Flags().StringVar(&o.file, "out", "", "a file for the QR code, where the platform draws one")
}

// invite makes the link and says what it will be recorded as.
func invite(ctx context.Context, o invitation, out io.Writer) error {
	cfg, err := readConfig(o.config)
	if err != nil {
		return err
	}
	h, err := buildWith(ctx, cfg, discardLog(), nil)
	if err != nil {
		return err
	}
	defer h.close()
	words := h.catalog.Words(cfg.Language)
	if o.scene == "" {
		return wrongly(words, "qr.place")
	}
	d, inviter, err := o.door(h, words)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, examineFor)
	defer cancel()
	made, err := inviter.Invite(ctx, o.scene)
	if err != nil {
		return notInvited(out, words, d, o.config, err)
	}
	fmt.Fprintf(out, "%s/%s\n", d.platform, d.install)
	fmt.Fprintln(out, " ", words.Label("qr.link", "address", made.URL))
	switch {
	case made.Image == "" && o.file != "":
		return &spokenError{words.Label("qr.unsaved", "file", o.file), exitFailed}
	case made.Image == "":
		fmt.Fprintln(out, " ", words.Label("qr.undrawn"))
	case o.file == "":
		fmt.Fprintln(out, " ", words.Label("qr.image", "address", made.Image))
	default:
		if err := fetchImage(ctx, made.Image, o.file); err != nil {
			return notInvited(out, words, d, o.config, err)
		}
		fmt.Fprintln(out, " ", words.Label("qr.saved", "file", o.file))
	}
	fmt.Fprintln(out, " ", recorded(words, cfg, o.scene))
	return nil
}

// recorded says which source a scene will be counted under.
func recorded(words *locale.Words, cfg *Config, scene string) string {
	company := cfg.company(nil)
	name := customer.SourceOf(scene, company.Sources)
	if slices.ContainsFunc(company.Sources, func(s bot.Source) bool { return s.Name == name }) {
		return words.Label("qr.recorded", "source", company.SourceName(name, words.Lang()), "scene", scene)
	}
	return words.Label("qr.unknown", "scene", scene)
}

// door opens the install that is meant.
func (o invitation) door(h *house, words *locale.Words) (door, bot.Inviter, error) {
	var names []string
	var meant []door
	var inviters []bot.Inviter
	for _, d := range h.cfg.doors() {
		if o.platform != "" && string(d.platform) != o.platform || o.install != "" && string(d.install) != o.install {
			continue
		}
		adapter, err := d.open(h.line.Host(d.platform, d.install))
		if err != nil {
			return d, nil, err
		}
		if inviter, can := adapter.(bot.Inviter); can {
			meant, inviters = append(meant, d), append(inviters, inviter)
			names = append(names, string(d.platform)+"/"+string(d.install))
		}
	}
	switch len(meant) {
	case 1:
		return meant[0], inviters[0], nil
	case 0:
		return door{}, nil, wrongly(words, "qr.none")
	}
	return door{}, nil, wrongly(words, "qr.several", "chats", strings.Join(names, ", "))
}

// wrongly ends the command with a sentence about how it was called.
func wrongly(words *locale.Words, key string, pairs ...any) error {
	return &spokenError{words.Label(key, pairs...), exitWrong}
}

// notInvited words why there is no link.
func notInvited(out io.Writer, words *locale.Words, d door, path string, err error) error {
	switch crm.CodeOf(err) {
	case crm.CodeInvalid:
		return &spokenError{words.Label("qr.scene"), exitWrong}
	case crm.CodeUnsupported:
		return &spokenError{words.Label("qr.unsupported"), exitFailed}
	}
	if _, known := errors.AsType[*crm.Error](err); known {
		return &spokenError{markup.Plain(words.Error(err)), exitFailed}
	}
	r := &report{out: out, words: words, found: map[bot.Level]int{}}
	r.add(r.placed(r.worded(bot.Broken(err), d, path), d))
	return r.failure(exitFailed)
}

// imageMost is more than any drawn code has.
const imageMost = 5 << 20

// fetchImage keeps the drawn code in a file.
func fetchImage(ctx context.Context, address, file string) error {
	client, err := bot.NewClient("", 15*time.Second)
	if err != nil {
		return err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return errors.New("the address of the drawn code cannot be read")
	}
	resp, err := client.Do(req)
	if err != nil {
		return fmt.Errorf("the drawn code: %w", err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(io.LimitReader(resp.Body, imageMost))
	if err != nil {
		return fmt.Errorf("the drawn code: %w", err)
	}
	if resp.StatusCode != http.StatusOK || !strings.HasPrefix(http.DetectContentType(body), "image/") {
		return fmt.Errorf("the drawn code: the platform answers %d and no picture", resp.StatusCode)
	}
	return os.WriteFile(file, body, 0o600)
}
