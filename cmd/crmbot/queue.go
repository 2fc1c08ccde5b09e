package main

import (
	"context"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"crmbot/storage"
)

// queueCommand shows what waits and what was given up.
func queueCommand() *cobra.Command {
	q := &queue{}
	cmd := &cobra.Command{
		Use: "queue", Short: "Show what waits and what was given up; try it again, or drop it",
		Long: `Show what waits and what was given up. What people said is never printed, but
for the one row of --show. It works while crmbot serve runs.

  crmbot queue                        what waits, and what was given up
  crmbot queue --show in-12           one row, with what was said
  crmbot queue retry in-12 out-7      try these again
  crmbot queue drop --all --queue outbox --older 24h

in-12 is an event, out-7 an operation (the words of an answer), job-3 a job.`,
		Args: cobra.NoArgs,
	}
	flags := cmd.PersistentFlags()
	flags.StringVar(&q.config, "config", "crmbot.yaml", "the config file")
	flags.StringVar(&q.only, "queue", "", "only this queue: inbox, outbox or jobs")
	flags.StringVar(&q.install, "install", "", "only this install, as platform/install")
	flags.StringVar(&q.kind, "kind", "", "only this kind")
	flags.DurationVar(&q.older, "older", 0, "only what is older than this, such as 24h")
	cmd.Flags().IntVar(&q.limit, "limit", 50, "the most rows of each queue; 0 for all")
	cmd.Flags().StringVar(&q.show, "show", "", "one row, with what was said")
	cmd.RunE = q.on(func(ctx context.Context, cmd *cobra.Command, _ []string) error {
		if q.show != "" {
			return q.one(ctx, cmd.OutOrStdout())
		}
		return q.all(ctx, cmd.OutOrStdout())
	})
	cmd.AddCommand(
		q.change("retry [ROW…]", "Try rows again that were given up", "Try %s again?", "will be tried again", func(ctx context.Context, rows []storage.Stuck) (int, error) {
			return q.store.Revive(ctx, rows, now())
		}),
		q.change("drop [ROW…]", "Forget rows that were given up", "Drop %s?", "dropped", func(ctx context.Context, rows []storage.Stuck) (int, error) {
			return q.store.Drop(ctx, rows)
		}))
	return cmd
}

// queue is one call of the command.
type queue struct {
	config, only, install, kind, show string
	older                             time.Duration
	limit                             int
	store                             *storage.DB
}

// on opens the database for fn. It changes no schema: the program that runs on
// it may be another version.
func (q *queue) on(fn func(ctx context.Context, cmd *cobra.Command, args []string) error) func(*cobra.Command, []string) error {
	return func(cmd *cobra.Command, args []string) error {
		cfg, err := readConfig(q.config)
		if err != nil {
			return err
		}
		if q.store, err = storage.Open(cmd.Context(), cfg.Database, storage.Options{}); err != nil {
			return err
		}
		defer q.store.Close()
		steps, err := q.store.Pending(cmd.Context())
		if err != nil {
			return err
		}
		if len(steps) > 0 {
			return wrongUse(fmt.Errorf("database: it is not up to date; crmbot serve brings it up to date, or crmbot migrate"))
		}
		return fn(cmd.Context(), cmd, args)
	}
}

// filter is what the flags pick. Its error is wrong use.
func (q *queue) filter() (storage.StuckFilter, error) {
	f := storage.StuckFilter{Kind: q.kind}
	switch q.only {
	case "":
	case storage.QueueInbox, storage.QueueOutbox, storage.QueueJobs:
		f.Queues = []string{q.only}
	default:
		return f, wrongUse(fmt.Errorf("--queue: %q is none; there are inbox, outbox and jobs", q.only))
	}
	if q.install != "" {
		platform, install, ok := strings.Cut(q.install, "/")
		if !ok || platform == "" || install == "" {
			return f, wrongUse(fmt.Errorf("--install: %q is not platform/install", q.install))
		}
		f.Place = placeOf(platform, install)
	}
	if q.older > 0 {
		f.Before = now().Add(-q.older)
	}
	return f, nil
}

// all prints how much waits, and what was given up.
func (q *queue) all(ctx context.Context, out io.Writer) error {
	f, err := q.filter()
	if err != nil {
		return err
	}
	b, err := q.store.Backlog(ctx, now())
	if err != nil {
		return err
	}
	fmt.Fprintf(out, "inbox\twaiting %d\tlater %d\tparked %d\n", b.DueInbox, b.Inbox-b.DueInbox, b.DeadInbox)
	fmt.Fprintf(out, "outbox\twaiting %d\tlater %d\tfailed %d\tpaused installs %d\n", b.DueOutbox, b.Outbox-b.DueOutbox, b.FailedOutbox, b.Holds)
	fmt.Fprintf(out, "jobs\twaiting %d\tlater %d\tparked %d\n", b.DueJobs, b.Jobs-b.DueJobs, b.DeadJobs)
	if f.Limit = q.limit; q.limit > 0 {
		f.Limit++ // to see whether there are more
	}
	rows, err := q.store.Stuck(ctx, f)
	if err != nil {
		return err
	}
	q.list(out, rows)
	return nil
}

// list prints rows, no more of each queue than the limit.
func (q *queue) list(out io.Writer, rows []storage.Stuck) {
	if len(rows) > 0 {
		fmt.Fprintln(out, "\nROW\tAGE\tKIND\tINSTALL\tCHAT\tTRIES\tCAUSE")
	}
	printed := map[string]int{}
	for _, s := range rows {
		if printed[s.Queue]++; q.limit > 0 && printed[s.Queue] > q.limit {
			fmt.Fprintf(out, "… and more in %s: --limit 0 shows all\n", s.Queue)
			continue
		}
		fmt.Fprintln(out, rowLine(s))
	}
}

// one prints a row with what was said.
func (q *queue) one(ctx context.Context, out io.Writer) error {
	rows, err := q.named(ctx, []string{q.show})
	if err != nil {
		return err
	}
	s := rows[0]
	fmt.Fprintf(out, "row\t%s\ncame\t%s\nkind\t%s\n", rowName(s), s.At.Format(time.RFC3339), s.Kind)
	for _, line := range [][2]string{{"state", s.State}, {"install", rowInstall(s)}, {"chat", s.Chat}, {"event", s.Event}} {
		if line[1] != "" {
			fmt.Fprintf(out, "%s\t%s\n", line[0], line[1])
		}
	}
	_, err = fmt.Fprintf(out, "tries\t%d\ncause\t%s\nholds\t%s\n", s.Attempts, s.Cause, s.Payload)
	return err
}
