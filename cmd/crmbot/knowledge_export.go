package main

import (
	"context"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"crmbot/cmd/crmbot/articles"
)

func exportCommand(with withHouse) *cobra.Command {
	return &cobra.Command{
		Use:   "export PATH",
		Short: "Write all articles into a folder, or into one spreadsheet (FILE.csv, FILE.xlsx)",
		Args:  cobra.ExactArgs(1),
		RunE:  with(exportArticles),
	}
}

// exportArticles writes every article as it can be imported again.
func exportArticles(ctx context.Context, h *house, args []string, out io.Writer) error {
	all, err := readArticles(ctx, h.store)
	if err != nil {
		return err
	}
	words := h.words()
	others, err := articles.Save(args[0], all, words)
	if err != nil {
		return err
	}
	if len(others) > 0 {
		fmt.Fprintln(out, "·", words.Label("export.others", "names", words.Enum(articles.Few(others))))
	}
	fmt.Fprintln(out, words.N("export.done", len(all), "path", args[0]))
	return nil
}
