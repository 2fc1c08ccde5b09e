package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"crmbot/cmd/crmbot/articles"
	"crmbot/crm"
)

// knowledgeCommand brings the knowledge base in and out as files.
func knowledgeCommand() *cobra.Command {
	path := ""
	cmd := &cobra.Command{
		Use: "knowledge", Short: "Import and export the articles that the bot answers with", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.PersistentFlags().StringVar(&path, "config", "crmbot.yaml", "the config file")
	with := func(fn func(ctx context.Context, h *house, dir string, out io.Writer) error) func(*cobra.Command, []string) error {
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
			return fn(cmd.Context(), h, args[0], cmd.OutOrStdout())
		}
	}
	cmd.AddCommand(
		&cobra.Command{
			Use: "import FOLDER", Short: "Take in slug.language.md files; what is unchanged stays", Args: cobra.ExactArgs(1),
			RunE: with(importArticles),
		},
		&cobra.Command{
			Use: "export FOLDER", Short: "Write every article as a file", Args: cobra.ExactArgs(1),
			RunE: with(exportArticles),
		})
	return cmd
}

// importArticles takes in all files of a folder, or none if one is wrong.
func importArticles(ctx context.Context, h *house, dir string, out io.Writer) error {
	all, err := articles.Read(os.DirFS(dir))
	if err != nil {
		return wrongUse(err)
	}
	if len(all) == 0 {
		return wrongUse(fmt.Errorf("%s holds no files such as moq.en.md", dir))
	}
	made, changed := 0, 0
	err = h.store.InTx(ctx, func(ctx context.Context, store crm.Store) error {
		made, changed = 0, 0
		tx, ok := store.(crm.TxStore)
		if !ok {
			return fmt.Errorf("knowledge: %T opens no transactions", store)
		}
		services := crm.NewServices(tx, now, h.cfg.settings())
		for _, a := range all {
			isNew, isChanged, err := services.Articles.Put(ctx, crm.System(), a)
			if err != nil {
				return fmt.Errorf("%s: %w", articles.Name(a), err)
			}
			if isNew {
				made++
			} else if isChanged {
				changed++
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	fmt.Fprintf(out, "%d new, %d changed, %d as they were\n", made, changed, len(all)-made-changed)
	return nil
}

// exportArticles writes every article into a folder, made if it is missing.
func exportArticles(ctx context.Context, h *house, dir string, out io.Writer) error {
	if err := os.MkdirAll(dir, 0o750); err != nil {
		return err
	}
	n := 0
	for {
		page, total, err := h.store.Articles(ctx, crm.ArticleFilter{Page: crm.Page{Limit: 500, Offset: n}})
		if err != nil {
			return err
		}
		for _, a := range page {
			text, err := articles.Format(a)
			if err != nil {
				return err
			}
			if err := os.WriteFile(filepath.Join(dir, articles.Name(a)), []byte(text), 0o600); err != nil {
				return err
			}
		}
		if n += len(page); n >= total || len(page) == 0 {
			fmt.Fprintf(out, "%d articles in %s\n", n, dir)
			return nil
		}
	}
}
