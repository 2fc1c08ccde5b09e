package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

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
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			catalog, err := locale.Load()
			if err != nil {
				return err
			}
			a := &asker{in: bufio.NewScanner(cmd.InOrStdin()), out: cmd.OutOrStdout(), catalog: catalog, words: catalog.Words("en")}
			if err := a.write(path); err != nil {
				return err
			}
			return check(cmd.Context(), path, cmd.OutOrStdout())
		},
	}
	cmd.Flags().StringVar(&path, "config", path, "the file to write")
	return cmd
}

// asker asks on the terminal, in the language that was chosen first.
type asker struct {
	in      *bufio.Scanner
	out     io.Writer
	catalog *locale.Catalog
	words   *locale.Words
}

// write asks everything and writes the config and, beside it, its secrets.
func (a *asker) write(path string) error {
	language, err := a.language()
	if err != nil {
		return err
	}
	a.words = a.catalog.Words(language)
	if _, err := os.Stat(path); err == nil && !a.yes(a.say("init.overwrite", "file", path)) {
		return wrongUse(fmt.Errorf("%s is left as it was", path))
	}

	var config, secrets strings.Builder
	put := func(key, value string) { fmt.Fprintf(&config, "%s: %s\n", key, quote(value)) }
	put("company", a.ask(a.say("init.company"), "crmbot"))
	put("language", language)
	put("timezone", a.ask(a.say("init.timezone"), map[string]string{"en": "Europe/London", "zh-CN": "Asia/Shanghai"}[language]))
	currency := a.ask(a.say("init.currency"), map[string]string{"en": "USD", "zh-CN": "CNY"}[language])
	put("currency", strings.ToUpper(currency))
	put("country", strings.ToUpper(a.ask(a.say("init.country"), map[string]string{"en": "US", "zh-CN": "CN"}[language])))
	put("database", a.ask(a.say("init.database"), "crmbot.db"))
	if url := a.ask(a.say("init.public_url"), ""); url != "" {
		put("public_url", url)
	}
	config.WriteString("adapters:\n")
	for _, name := range slices.Sorted(maps.Keys(adapters.Platforms)) {
		a.platform(name, adapters.Platforms[name], &config, &secrets)
	}
	if err := a.in.Err(); err != nil {
		return err
	}
	if err := os.WriteFile(path, []byte(config.String()), 0o600); err != nil {
		return err
	}
	if secrets.Len() > 0 {
		if err := os.WriteFile(envFile(path), []byte(secrets.String()), 0o600); err != nil {
			return err
		}
	}
	fmt.Fprintln(a.out, a.say("init.written", "file", filepath.Base(path)))
	return nil
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
	return "", wrongUse(errors.New("type 1 for English, 2 for Chinese; nothing was written"))
}

// platform asks for one platform, if it is wanted.
func (a *asker) platform(name string, p adapters.Platform, config, secrets *strings.Builder) {
	if p.Setup == nil {
		return
	}
	setup := p.Setup()
	if !a.yes(a.say("init.platform", "platform", a.local(setup.Name))) {
		return
	}
	fmt.Fprintln(a.out, a.local(setup.Intro))
	audience := "customers"
	if p.Staff {
		audience = "staff"
	}
	fmt.Fprintf(config, "  - platform: %s\n    install: main\n    audience: %s\n", name, audience)
	for _, key := range slices.Sorted(maps.Keys(setup.Fixed)) {
		fmt.Fprintf(config, "    %s: %s\n", key, quote(setup.Fixed[key]))
	}
	for _, f := range setup.Fields {
		a.field(f, config, secrets)
	}
}

func (a *asker) field(f bot.SetupField, config, secrets *strings.Builder) {
	value := a.ask(a.local(f.Ask), "")
	for f.Prefix != "" && value != "" && !strings.HasPrefix(value, f.Prefix) {
		value = a.ask(a.say("init.prefix", "prefix", f.Prefix), "")
	}
	if f.Env == "" {
		fmt.Fprintf(config, "    %s: %s\n", f.Key, quote(value))
		return
	}
	fmt.Fprintf(config, "    %s: ${%s}\n", f.Key, f.Env)
	fmt.Fprintf(secrets, "%s=%s\n", f.Env, value)
}

func (a *asker) ask(question, preset string) string {
	if preset != "" {
		question += " [" + preset + "]"
	}
	fmt.Fprint(a.out, question+" ")
	if a.in.Scan() {
		if answer := strings.TrimSpace(a.in.Text()); answer != "" {
			return answer
		}
	}
	return preset
}

func (a *asker) yes(question string) bool {
	answer := strings.ToLower(a.ask(question+" (y/n)", "n"))
	return strings.HasPrefix(answer, "y") || answer == "是" || answer == "好"
}

// local is the text in the chosen language.
func (a *asker) local(texts map[string]string) string { return texts[a.words.Lang()] }

func (a *asker) say(key string, args ...any) string {
	return a.words.Label(key, args...)
}

// quote writes a value so that YAML reads it as text.
func quote(s string) string {
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\n", `\n`).Replace(s) + `"`
}
