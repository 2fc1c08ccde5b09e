package main

import (
	"context"
	"fmt"
	"strconv"

	"github.com/spf13/cobra"

	"crmbot/storage"
)

// queueCommand shows what waits and what was given up.
func queueCommand() *cobra.Command {
	path := ""
	cmd := &cobra.Command{Use: "queue", Short: "Show what waits, what was parked, and try it again", Args: cobra.NoArgs}
	cmd.PersistentFlags().StringVar(&path, "config", "crmbot.yaml", "the config file")
	with := func(fn func(ctx context.Context, cmd *cobra.Command, store *storage.DB, args []string) error) func(*cobra.Command, []string) error {
		return func(cmd *cobra.Command, args []string) error {
			cfg, err := readConfig(path)
			if err != nil {
				return err
			}
			store, err := storage.Open(cmd.Context(), cfg.Database, storage.Options{Migrate: true})
			if err != nil {
				return err
			}
			defer store.Close()
			return fn(cmd.Context(), cmd, store, args)
		}
	}
	cmd.RunE = with(func(ctx context.Context, cmd *cobra.Command, store *storage.DB, _ []string) error {
		b, err := store.Backlog(ctx, now())
		if err != nil {
			return err
		}
		out := cmd.OutOrStdout()
		fmt.Fprintf(out, "inbox\twaiting %d\tlater %d\tparked %d\n", b.DueInbox, b.Inbox-b.DueInbox, b.DeadInbox)
		fmt.Fprintf(out, "outbox\twaiting %d\tlater %d\tfailed %d\tpaused installs %d\n", b.DueOutbox, b.Outbox-b.DueOutbox, b.FailedOutbox, b.Holds)
		fmt.Fprintf(out, "jobs\twaiting %d\tlater %d\tparked %d\n", b.DueJobs, b.Jobs-b.DueJobs, b.DeadJobs)
		dead, err := store.DeadInbound(ctx, 50)
		for _, row := range dead {
			fmt.Fprintf(out, "%d\t%s\t%s/%s\t%s\t%s\n", row.ID, row.Received.Format("2006-01-02 15:04:05"),
				row.Inbound.Address.Platform, row.Inbound.Address.Install, row.Inbound.Kind, row.Cause)
		}
		return err
	})
	cmd.AddCommand(&cobra.Command{
		Use: "retry ID…", Short: "Try parked events again", Args: cobra.MinimumNArgs(1),
		RunE: with(func(ctx context.Context, cmd *cobra.Command, store *storage.DB, args []string) error {
			ids := make([]int64, len(args))
			for i, arg := range args {
				id, err := strconv.ParseInt(arg, 10, 64)
				if err != nil {
					return wrongUse(fmt.Errorf("%q is not the number of an event", arg))
				}
				ids[i] = id
			}
			n, err := store.ReviveInbound(ctx, ids, now())
			if err == nil {
				fmt.Fprintf(cmd.OutOrStdout(), "%d of %d will be tried again\n", n, len(ids))
			}
			return err
		}),
	})
	return cmd
}
