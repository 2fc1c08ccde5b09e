package main

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"crmbot/bot"
	"crmbot/bot/locale"
	"crmbot/storage"
)

// change is a command that does something about rows: after it has shown them,
// and somebody said yes.
func (q *queue) change(use, short, question, done string, do func(ctx context.Context, rows []storage.Stuck) (int, error)) *cobra.Command {
	all, yes := false, false
	cmd := &cobra.Command{Use: use, Short: short}
	cmd.Flags().BoolVar(&all, "all", false, "all rows that --queue, --install, --kind and --older leave")
	cmd.Flags().BoolVar(&yes, "yes", false, "do not ask")
	cmd.RunE = q.on(func(ctx context.Context, cmd *cobra.Command, args []string) error {
		rows, err := q.meant(ctx, args, all)
		if err != nil {
			return err
		}
		out := cmd.OutOrStdout()
		if len(rows) == 0 {
			fmt.Fprintln(out, "there is nothing that was given up")
			return nil
		}
		q.limit = 0 // nothing is done to what was not shown
		q.list(out, rows)
		if !yes {
			if agreed, err := q.agreed(cmd, "\n"+fmt.Sprintf(question, these(len(rows)))); err != nil || !agreed {
				return err
			}
		}
		n, err := do(ctx, rows)
		if err == nil {
			fmt.Fprintf(out, "%d of %d %s\n", n, len(rows), done)
		}
		return err
	})
	return cmd
}

func these(n int) string {
	if n == 1 {
		return "this row"
	}
	return fmt.Sprintf("these %d rows", n)
}

// agreed asks on the terminal. Where nobody answers it is wrong use.
func (q *queue) agreed(cmd *cobra.Command, question string) (bool, error) {
	catalog, err := locale.Load()
	if err != nil {
		return false, err
	}
	ask := newAsker(cmd.InOrStdin(), cmd.OutOrStdout(), catalog)
	if ask.yes(question) {
		return true, nil
	}
	if ask.ended {
		return false, wrongUse(fmt.Errorf("nobody said yes, and nothing was done; in a script add --yes"))
	}
	fmt.Fprintln(cmd.OutOrStdout(), "nothing was done")
	return false, nil
}

// meant are the rows that are named, or with --all those that the flags leave.
func (q *queue) meant(ctx context.Context, names []string, all bool) ([]storage.Stuck, error) {
	f, err := q.filter()
	switch {
	case err != nil:
		return nil, err
	case all == (len(names) > 0):
		return nil, wrongUse(fmt.Errorf("name the rows, such as in-12, or say --all (of --queue, --install, --kind, --older)"))
	case all:
		return q.store.Stuck(ctx, f)
	}
	return q.named(ctx, names)
}

// prefixes are how a row of a queue is named.
var prefixes = []struct{ prefix, queue string }{
	{"in-", storage.QueueInbox}, {"out-", storage.QueueOutbox}, {"job-", storage.QueueJobs},
}

// named are the rows of these names; a bare number is an event. All of them must
// be there.
func (q *queue) named(ctx context.Context, names []string) ([]storage.Stuck, error) {
	ids := map[string][]int64{}
	for _, name := range names {
		queue, number := storage.QueueInbox, name
		for _, p := range prefixes {
			if rest, ok := strings.CutPrefix(name, p.prefix); ok {
				queue, number = p.queue, rest
			}
		}
		id, err := strconv.ParseInt(number, 10, 64)
		if err != nil {
			return nil, wrongUse(fmt.Errorf("%q is not the name of a row; crmbot queue lists them", name))
		}
		if !slices.Contains(ids[queue], id) {
			ids[queue] = append(ids[queue], id)
		}
	}
	rows, err := q.store.Stuck(ctx, storage.StuckFilter{IDs: ids})
	if err != nil {
		return nil, err
	}
	for _, p := range prefixes {
		for _, id := range ids[p.queue] {
			if !slices.ContainsFunc(rows, func(s storage.Stuck) bool { return s.Queue == p.queue && s.ID == id }) {
				return nil, wrongUse(fmt.Errorf("%s%d was not given up; crmbot queue lists what was", p.prefix, id))
			}
		}
	}
	return rows, nil
}

// rowName is how a row is named.
func rowName(s storage.Stuck) string {
	for _, p := range prefixes {
		if p.queue == s.Queue {
			return p.prefix + strconv.FormatInt(s.ID, 10)
		}
	}
	return ""
}

func placeOf(platform, install string) storage.Place {
	return storage.Place{Platform: bot.Platform(platform), Install: bot.Install(install)}
}

// rowInstall is where a row belongs, "" for a job.
func rowInstall(s storage.Stuck) string {
	if s.Place.Platform == "" {
		return ""
	}
	return string(s.Place.Platform) + "/" + string(s.Place.Install)
}

// causeMost is how much of a cause fits into a line.
const causeMost = 160

// rowLine is a line of the list. It holds nothing of what was said.
func rowLine(s storage.Stuck) string {
	cause, _, _ := strings.Cut(strings.TrimSpace(s.Cause), "\n")
	if runes := []rune(cause); len(runes) > causeMost {
		cause = string(runes[:causeMost-1]) + "…"
	}
	if s.State == "unknown" {
		cause = "perhaps it arrived: " + cause
	}
	dash := func(v string) string {
		if v == "" {
			return "-"
		}
		return v
	}
	return strings.Join([]string{
		rowName(s), aged(now().Sub(s.At)), dash(s.Kind), dash(rowInstall(s)), dash(s.Chat), strconv.Itoa(s.Attempts), dash(cause),
	}, "\t")
}

// aged is a time that has passed, as short as people say it.
func aged(d time.Duration) string {
	switch {
	case d < time.Minute:
		return strconv.Itoa(int(max(d, 0).Seconds())) + "s"
	case d < time.Hour:
		return strconv.Itoa(int(d.Minutes())) + "m"
	case d < 48*time.Hour:
		return strconv.Itoa(int(d.Hours())) + "h"
	}
	return strconv.Itoa(int(d.Hours()/24)) + "d"
}
