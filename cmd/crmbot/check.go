package main

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"crmbot/bot"
)

func checkCommand() *cobra.Command {
	path := ""
	cmd := &cobra.Command{
		Use:   "check",
		Short: "Validate the config and try every credential and connection",
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

// errUnchecked says that something of the config did not work.
var errUnchecked = errors.New("not everything works yet; see above")

// check builds the house as serve would, tries each install and says what to
// do next.
func check(ctx context.Context, path string, out io.Writer) error {
	cfg, err := readConfig(path)
	if err != nil {
		return err
	}
	h, err := build(ctx, cfg, discardLog())
	if err != nil {
		return err
	}
	defer h.close()
	words := h.catalog.Words(cfg.Language)
	fmt.Fprintln(out, "✓", words.Label("check.config", "file", path))
	fmt.Fprintln(out, "✓", words.Label("check.database"))
	failed := false
	for _, in := range h.installs {
		name := fmt.Sprintf("%s/%s", in.Platform, in.Install)
		checker, ok := in.Adapter.(bot.Checker)
		if !ok {
			fmt.Fprintln(out, "✓", words.Label("check.install", "install", name))
			continue
		}
		lines, err := checker.Check(ctx)
		if err != nil {
			failed = true
			fmt.Fprintln(out, "✗", name+":", inWords(err))
			continue
		}
		fmt.Fprintln(out, "✓", words.Label("check.install", "install", name))
		for _, line := range lines {
			fmt.Fprintln(out, "  ", line)
		}
	}
	if failed {
		return errUnchecked
	}
	if len(h.installs) == 0 {
		fmt.Fprintln(out, "✗", words.Label("check.nothing"))
		return errUnchecked
	}
	fmt.Fprintln(out, words.Label("check.next", "command", "crmbot serve --config "+path))
	return nil
}
