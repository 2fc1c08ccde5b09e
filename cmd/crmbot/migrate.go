package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"crmbot/storage"
)

func migrateCommand() *cobra.Command {
	path, dry := "", false
	cmd := &cobra.Command{
		Use:   "migrate",
		Short: "Bring the database up to date (serve does so too)",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			cfg, err := readConfig(path)
			if err != nil {
				return err
			}
			store, err := storage.Open(cmd.Context(), cfg.Database, storage.Options{})
			if err != nil {
				return err
			}
			defer store.Close()
			steps := store.Migrate
			word := "applied"
			if dry {
				steps, word = store.Pending, "waiting"
			}
			names, err := steps(cmd.Context())
			if err != nil {
				return err
			}
			for _, name := range names {
				fmt.Fprintln(cmd.OutOrStdout(), word, name)
			}
			if len(names) == 0 {
				fmt.Fprintln(cmd.OutOrStdout(), "the database is up to date")
			}
			return nil
		},
	}
	configFlag(cmd, &path)
	cmd.Flags().BoolVar(&dry, "dry-run", false, "only say what is waiting")
	return cmd
}
