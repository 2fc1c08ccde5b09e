package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"crmbot/adapters"
	"crmbot/adapters/webchat"
	"crmbot/bot"
	"crmbot/bot/locale"
	"crmbot/crm"
)

func initCommand() *cobra.Command {
	path := "crmbot.yaml"
	cmd := &cobra.Command{
		Use:   "init",
		Short: "Ask for company, language and chats, write the config, and try it",
		Long: "Asks for your company, your language and your chats one by one, with the page to open and\n" +
			"what to paste. With a config that is there already it adds a chat, or corrects one. It ends in\ncrmbot check.",
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			catalog, err := locale.Load()
			if err != nil {
				return err
			}
			a := newAsker(cmd.InOrStdin(), cmd.OutOrStdout(), catalog)
			if left, err := a.write(path); left || err != nil {
				return err
			}
			return check(cmd.Context(), path, cmd.OutOrStdout())
		},
	}
	cmd.Flags().StringVar(&path, "config", path, "the file to write, to add to or to correct")
	return cmd
}

// draft is what init is about to write.
type draft struct {
	path    string            // of the config
	head    string            // of a new config, up to adapters:
	old     string            // text of the config that is added to, or corrected
	public  string            // public_url
	added   string            // public_url, if it was not there before
	blocks  []string          // of adapters
	places  []string          // entries of threads
	changes []string          // "key: value" of the install that is corrected
	changed string            // that install as platform/install, "" if none is
	page    bool              // colleagues have a page in the browser
	taken   map[string]bool   // installs as platform/install
	secrets map[string]string // new ones
	kept    *envLines         // those that are there
}

// write asks everything and writes the config and, beside it, its secrets. It
// says whether everything was to be left as it is.
func (a *asker) write(path string) (left bool, err error) {
	kept, err := readEnvLines(envFile(path))
	if err != nil {
		return false, wrongUse(err)
	}
	d := &draft{path: path, kept: kept, taken: map[string]bool{}, secrets: map[string]string{}}
	raw, err := os.ReadFile(path)
	more := true
	switch {
	case errors.Is(err, fs.ErrNotExist):
		err = a.company(d)
	case err == nil:
		left, more, err = a.existing(d, path, string(raw))
	}
	if left || err != nil {
		return left, err
	}
	for _, name := range order(a.words.Lang()) {
		if !more {
			break
		}
		if err := a.platform(d, name, adapters.Platforms[name]); err != nil {
			return false, err
		}
	}
	if more {
		a.staffPage(d)
	}
	if a.ended {
		return false, a.broke()
	}
	return false, a.save(d, path)
}

// broke is the end of the answers before the last question.
func (a *asker) broke() error { return &spokenError{a.say("init.ended"), exitWrong} }

// existing asks what to do with a config that is there. more says that chats
// are to be asked for.
func (a *asker) existing(d *draft, path, text string) (left, more bool, err error) {
	was, err := peek(text)
	if err != nil {
		return false, false, wrongUse(told(err, path, []byte(text)))
	}
	a.words = a.catalog.Words(languageOf([]byte(text)))
	choices := []string{"init.exists.add", "init.exists.change", "init.exists.anew", "init.exists.leave"}
	if len(was.Adapters) == 0 {
		choices = slices.Delete(choices, 1, 2)
	}
	names := make([]string, len(choices))
	for i, key := range choices {
		names[i] = a.say(key)
	}
	choice := choices[a.choose(a.say("init.exists", "file", filepath.Base(path)), names)]
	switch choice {
	case "init.exists.anew":
		return false, true, a.company(d)
	case "init.exists.leave":
		fmt.Fprintln(a.out, a.say("init.left", "file", filepath.Base(path)))
		return true, false, nil
	}
	d.old, d.public = text, was.PublicURL
	for _, i := range was.Adapters {
		d.taken[i.Platform+"/"+i.Install] = true
		d.page = d.page || i.Platform == string(webchat.Platform) && i.Audience == string(crm.AudienceStaff)
	}
	if choice == "init.exists.change" {
		return false, false, a.change(d, was)
	}
	return false, true, nil
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
	again := func(string) string { return a.say("init.pattern") }
	put("company", a.askFor(a.say("init.company"), "", func(s string) bool { return s != "" },
		func(string) string { return a.say("init.company") }))
	put("language", language)
	put("timezone", a.askFor(a.say("init.timezone"), home[0], func(s string) bool {
		_, err := time.LoadLocation(s)
		return err == nil
	}, again))
	put("currency", strings.ToUpper(a.askFor(a.say("init.currency"), home[1], func(s string) bool { return isCurrency(strings.ToUpper(s)) }, again)))
	put("country", strings.ToUpper(a.askFor(a.say("init.country"), home[2], func(s string) bool { return isCountry(strings.ToUpper(s)) }, func(s string) string {
		if like := likeCountry(s); like != "" {
			return a.say("init.country.like", "like", like)
		}
		return a.say("init.pattern")
	})))
	a.hours(&b)
	put("database", a.ask(a.say("init.database"), "crmbot.db"))
	d.public = a.address(a.say("init.public_url"))
	if d.public != "" {
		put("public_url", d.public)
	}
	d.head = b.String()
	return nil
}

// address asks for an https address, "" if there is none.
func (a *asker) address(question string) string {
	return a.askFor(question, "", func(s string) bool {
		return s == "" || strings.HasPrefix(s, "https://") && bot.CheckURL("", s) == nil
	}, func(string) string { return a.say("init.address") })
}

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
	if d.old != "" && len(d.blocks)+len(d.places)+len(d.changes)+len(d.secrets) == 0 && d.added == "" {
		fmt.Fprintln(a.out, a.say("init.unchanged", "file", filepath.Base(path)))
		return nil
	}
	text, err := d.text()
	if err != nil {
		return a.byHand(d, path)
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
	done := "init.written"
	if d.changed != "" {
		done = "init.changed"
	}
	fmt.Fprintln(a.out, a.say(done, "file", filepath.Base(path)))
	if len(d.secrets) > 0 {
		fmt.Fprintln(a.out, a.say("init.secrets", "file", filepath.Base(envFile(path))))
	}
	fmt.Fprintln(a.out)
	return nil
}

// byHand shows what could not be put into the config.
func (a *asker) byHand(d *draft, path string) error {
	file := filepath.Base(path)
	if d.changed != "" {
		return &spokenError{a.say("init.change.by_hand", "file", file, "install", d.changed) + "\n\n" + strings.Join(d.changes, "\n"), exitWrong}
	}
	return &spokenError{a.say("init.by_hand", "file", file) + "\n\n" + strings.Join(d.blocks, "") + strings.Join(d.threads(), ""), exitWrong}
}

// text is the config as it will be.
func (d *draft) text() (string, error) {
	if d.old == "" {
		text := d.head + strings.Join(d.threads(), "")
		if len(d.blocks) == 0 {
			return text + "adapters: []\n", nil
		}
		return text + "adapters:\n" + strings.Join(d.blocks, ""), nil
	}
	text := d.old
	if d.changed != "" {
		var err error
		if text, err = changeKeys(text, d.changed, d.changes); err != nil {
			return "", err
		}
	}
	if len(d.blocks) > 0 || d.added != "" {
		var err error
		if text, err = insertBlocks(text, d.blocks, d.added); err != nil {
			return "", err
		}
	}
	if len(d.places) > 0 {
		return insertList(text, "threads", d.places, "")
	}
	return text, nil
}

// threads are the lines of the places of a new config.
func (d *draft) threads() []string {
	if len(d.places) == 0 {
		return nil
	}
	return append([]string{"threads:\n"}, d.places...)
}
