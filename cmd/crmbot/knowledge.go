package main

import (
	"context"
	"io"

	"github.com/spf13/cobra"

	"crmbot/bot/locale"
	"crmbot/cmd/crmbot/articles"
	"crmbot/crm"
)

// knowledgeCommand brings the knowledge base in and out as files, and says how
// it does.
func knowledgeCommand() *cobra.Command {
	path := ""
	cmd := &cobra.Command{
		Use: "knowledge", Short: "Import, export and examine the articles that the bot answers with", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	with := func(fn func(ctx context.Context, h *house, args []string, out io.Writer) error) func(*cobra.Command, []string) error {
		return func(cmd *cobra.Command, args []string) error {
			cfg, err := readConfig(path)
			if err != nil {
				return err
			}
			cfg.Adapters = nil
			h, err := build(cmd.Context(), cfg, discardLog())
			if err != nil {
				return err
			}
			defer h.close()
			return fn(cmd.Context(), h, args, cmd.OutOrStdout())
		}
	}
	for _, sub := range []*cobra.Command{importCommand(with), exportCommand(with), healthCommand(with)} {
		sub.Flags().StringVar(&path, "config", "crmbot.yaml", "the config file")
		cmd.AddCommand(sub)
	}
	cmd.AddCommand(evalCommand())
	return cmd
}

// withHouse runs fn in the house of a config without its doors.
type withHouse func(fn func(ctx context.Context, h *house, args []string, out io.Writer) error) func(*cobra.Command, []string) error

// words are those of the company.
func (h *house) words() *locale.Words { return h.catalog.Words(h.cfg.Language) }

// readArticles reads the whole knowledge base.
func readArticles(ctx context.Context, store crm.ArticleStore) ([]*crm.Article, error) {
	var all []*crm.Article
	for {
		page, total, err := store.Articles(ctx, crm.ArticleFilter{Page: crm.Page{Limit: 500, Offset: len(all)}})
		if err != nil {
			return nil, err
		}
		all = append(all, page...)
		if len(all) >= total || len(page) == 0 {
			return all, nil
		}
	}
}

// articleOptions are what the reading of files depends on.
func (h *house) articleOptions() articles.Options {
	return articles.Options{Catalog: h.catalog, Language: h.cfg.Language}
}
