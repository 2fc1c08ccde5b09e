package main

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"crmbot/adapters"
	"crmbot/bot"
	"crmbot/bot/locale"
)

func initCommand() *cobra.Command {
	path := "crmbot.yaml"
	cmd := &cobra.Command{
		Use:   "init",
		Short: "Ask for company, language and chats, write the config, and try it",
		Long: "Asks for your company, your language and your chats one by one, with the page to open and\n" +
			"what to paste. With a config that is there already it adds a chat. It ends in crmbot check.",
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			catalog, err := locale.Load()
			if err != nil {
				return err
			}
			a := newAsker(cmd.InOrStdin(), cmd.OutOrStdout(), catalog)
			if err := a.write(path); err != nil {
				return err
			}
			return check(cmd.Context(), path, cmd.OutOrStdout())
		},
	}
	cmd.Flags().StringVar(&path, "config", path, "the file to write, or to add to")
	return cmd
}

// draft is what init is about to write.
type draft struct {
	path    string            // of the config
	head    string            // of a new config, up to adapters:
	old     string            // text of the config that is added to
	public  string            // public_url
	added   string            // public_url, if it was not there before
	blocks  []string          // of adapters
	taken   map[string]bool   // installs as platform/install
	secrets map[string]string // new ones
	kept    *envLines         // those that are there
}

// write asks everything and writes the config and, beside it, its secrets.
func (a *asker) write(path string) error {
	kept, err := readEnvLines(envFile(path))
	if err != nil {
		return wrongUse(err)
	}
	d := &draft{path: path, kept: kept, taken: map[string]bool{}, secrets: map[string]string{}}
	raw, err := os.ReadFile(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		err = a.company(d)
	case err == nil:
		err = a.existing(d, path, string(raw))
	}
	if err != nil {
		return err
	}
	for _, name := range slices.Sorted(maps.Keys(adapters.Platforms)) {
		if err := a.platform(d, name, adapters.Platforms[name]); err != nil {
			return err
		}
	}
	if a.ended {
		return wrongUse(errors.New(a.say("init.ended")))
	}
	return a.save(d, path)
}

// existing asks what to do with a config that is there.
func (a *asker) existing(d *draft, path, text string) error {
	was, err := peek(text)
	if err != nil {
		return wrongUse(fmt.Errorf("%s: %w", filepath.Base(path), err))
	}
	if was.Language != "" {
		a.words = a.catalog.Words(was.Language)
	}
	switch a.choose(a.say("init.exists", "file", filepath.Base(path)),
		[]string{a.say("init.exists.add"), a.say("init.exists.anew"), a.say("init.exists.leave")}) {
	case 0:
		d.old, d.public = text, was.PublicURL
		for _, i := range was.Adapters {
			d.taken[i.Platform+"/"+i.Install] = true
		}
		return nil
	case 1:
		return a.company(d)
	}
	return wrongUse(errors.New(a.say("init.left", "file", filepath.Base(path))))
}

// company asks what every company has.
func (a *asker) company(d *draft) error {
	language, err := a.language()
	if err != nil {
		return err
	}
	a.words = a.catalog.Words(language)
	var b strings.Builder
	put := func(key, value string) { fmt.Fprintf(&b, "%s: %s\n", key, quote(value)) }
	home := map[string][3]string{"en": {"Europe/London", "GBP", "GB"}, "zh-CN": {"Asia/Shanghai", "CNY", "CN"}}[language]
	letters := func(n int) func(string) bool {
		return func(s string) bool {
			return len(s) == n && strings.Trim(strings.ToUpper(s), "ABCDEFGHIJKLMNOPQRSTUVWXYZ") == ""
		}
	}
	put("company", a.ask(a.say("init.company"), "crmbot"))
	put("language", language)
	put("timezone", a.askFor(a.say("init.timezone"), home[0], func(s string) bool {
		_, err := time.LoadLocation(s)
		return err == nil
	}))
	put("currency", strings.ToUpper(a.askFor(a.say("init.currency"), home[1], letters(3))))
	put("country", strings.ToUpper(a.askFor(a.say("init.country"), home[2], letters(2))))
	put("database", a.ask(a.say("init.database"), "crmbot.db"))
	d.public = a.askFor(a.say("init.public_url"), "", isAddress)
	if d.public != "" {
		put("public_url", d.public)
	}
	d.head = b.String()
	return nil
}

func isAddress(s string) bool { return s == "" || bot.CheckURL("", s) == nil }

// language asks which language to go on in, until it is one.
func (a *asker) language() (string, error) {
	for range 3 {
		switch strings.ToLower(a.ask("English (1) / 中文 (2)", "1")) {
		case "1", "en", "english":
			return "en", nil
		case "2", "zh", "zh-cn", "中文":
			return "zh-CN", nil
		}
	}
	return "", wrongUse(errors.New("type 1 for English, 2 for Chinese; nothing was written / 请输入 1 或 2；什么都没有写入"))
}

// save writes both files, readable by their owner alone, once the config is
// known to be one.
func (a *asker) save(d *draft, path string) error {
	if d.old != "" && len(d.blocks) == 0 {
		fmt.Fprintln(a.out, a.say("init.unchanged", "file", filepath.Base(path)))
		return nil
	}
	text, err := d.text()
	if err != nil {
		return wrongUse(fmt.Errorf("%s\n\n%s", a.say("init.by_hand", "file", filepath.Base(path)), strings.Join(d.blocks, "")))
	}
	if len(d.secrets) > 0 {
		if err := writePrivate(envFile(path), d.kept.with(d.secrets)); err != nil {
			return err
		}
	}
	if err := writePrivate(path, text); err != nil {
		return err
	}
	fmt.Fprintln(a.out)
	fmt.Fprintln(a.out, a.say("init.written", "file", filepath.Base(path)))
	if len(d.secrets) > 0 {
		fmt.Fprintln(a.out, a.say("init.secrets", "file", filepath.Base(envFile(path))))
	}
	fmt.Fprintln(a.out)
	return nil
}

// text is the config as it will be.
func (d *draft) text() (string, error) {
	if d.old == "" {
		if len(d.blocks) == 0 {
			return d.head + "adapters: []\n", nil
		}
		return d.head + "adapters:\n" + strings.Join(d.blocks, ""), nil
	}
	return insertBlocks(d.old, d.blocks, d.added)
}
