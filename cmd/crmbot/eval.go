package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"time"

	"github.com/spf13/cobra"

	"crmbot/bot/knowledge"
	"crmbot/bot/knowledge/eval"
	"crmbot/bot/locale"
)

const evalHelp = `Measure how well questions are answered, on questions whose answers are known.

The files are CSV in UTF-8 whose first line is text,category. Each category of
--train becomes an article that is asked for with its texts (its name is not one
of them). Every text of --test is asked, and should find its category; those of
--oos have no article, and nothing should be answered. How sure the bot must be
follows from --train, --wrong and --share alone, as it does in the product.

It prints one JSON object:
  hit1 hit3        % of --test whose category is found first, among the first three
  mrr              mean reciprocal rank among the first ten, 0 to 1
  auroc            how well --test is told from --oos by how sure the bot is, 0 to 1
  answered         % of --test that gets an answer
  answered_right   % of --test that gets the right answer
  suggested_right  % of --test that gets suggestions with the right one among them
  handed_off       % of --test that is handed to a person
  oos_answered     % of --oos that gets an answer
  train_seconds    until the new index answers
  query_p50_us     microseconds for one question: half of them, 99 %
  query_p99_us
  heap_mb          memory of the knowledge base, in millions of bytes
  confusions       with --confusions: which category was taken for which
auroc and oos_answered are null without --oos.`

// evalFlags are the flags of the command.
type evalFlags struct {
	train, test, outside string
	confusions           bool
	eval.Options
}

// evalCommand measures how well questions are answered.
func evalCommand() *cobra.Command {
	var f evalFlags
	cmd := &cobra.Command{
		Use: "eval --train FILE.csv --test FILE.csv", Short: "Measure how well questions are answered", Long: evalHelp,
		Args: cobra.NoArgs, RunE: func(cmd *cobra.Command, _ []string) error { return f.run(cmd) },
	}
	flags := cmd.Flags()
	flags.StringVar(&f.train, "train", "", "the knowledge base: texts and their categories")
	flags.StringVar(&f.test, "test", "", "the questions and the categories that answer them")
	flags.StringVar(&f.outside, "oos", "", "questions that no category answers")
	flags.IntVar(&f.Shots, "shots", 0, "how many texts of each category to take, by chance (0: all)")
	flags.Uint64Var(&f.Seed, "seed", 1, "the chance of --shots and --typos")
	flags.BoolVar(&f.Typos, "typos", false, "one slip in every question")
	flags.BoolVar(&f.confusions, "confusions", false, "which category was taken for which")
	flags.Float64Var(&f.Wrong, "wrong", knowledge.DefaultWrong, "the share of the answers that may be wrong, between 0 and 1")
	flags.Float64Var(&f.Share, "share", knowledge.DefaultShare, "the share of all questions that no article answers, between 0 and 1")
	return cmd
}

// check says what is wrong with the flags.
func (f *evalFlags) check() error {
	switch {
	case f.train == "" || f.test == "":
		return errors.New("knowledge eval needs --train FILE.csv and --test FILE.csv")
	case f.Shots < 0:
		return errors.New("--shots must be 0 or more")
	case f.Wrong <= 0 || f.Wrong >= 1:
		return errors.New("--wrong must be between 0 and 1, such as 0.1")
	case f.Share <= 0 || f.Share >= 1:
		return errors.New("--share must be between 0 and 1, such as 0.3")
	}
	return nil
}

func (f *evalFlags) run(cmd *cobra.Command) error {
	if err := f.check(); err != nil {
		return wrongUse(err)
	}
	catalog, err := locale.Load()
	if err != nil {
		return err
	}
	f.Words, f.Now = knowledge.WordsOf(catalog), time.Now
	tables := []struct {
		path string
		into *eval.Table
	}{{f.train, &f.Train}, {f.test, &f.Test}}
	if f.outside != "" {
		f.Outside = &eval.Table{}
		tables = append(tables, struct {
			path string
			into *eval.Table
		}{f.outside, f.Outside})
	}
	for _, t := range tables {
		file, err := os.Open(t.path)
		if err != nil {
			return wrongUse(err)
		}
		defer file.Close() //nolint:errcheck // it is only read
		*t.into = eval.Table{Name: t.path, From: file}
	}
	report, err := eval.Run(cmd.Context(), f.Options)
	if wrong, is := errors.AsType[*eval.TableError](err); is {
		return wrongUse(wrong)
	}
	if err != nil {
		return err
	}
	if report.UnknownQuestions > 0 {
		fmt.Fprintf(cmd.ErrOrStderr(), "crmbot: %d texts of %s have a category that %s does not have; they count as not found\n", report.UnknownQuestions, f.test, f.train)
	}
	if !f.confusions {
		report.Confusions = nil
	}
	out := json.NewEncoder(cmd.OutOrStdout())
	out.SetEscapeHTML(false)
	out.SetIndent("", "  ")
	return out.Encode(report)
}
