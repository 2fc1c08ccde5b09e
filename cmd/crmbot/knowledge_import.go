package main

import (
	"context"
	"fmt"
	"io"
	"slices"

	"github.com/spf13/cobra"

	"crmbot/bot/grammar"
	"crmbot/bot/knowledge"
	"crmbot/bot/locale"
	"crmbot/cmd/crmbot/articles"
	"crmbot/crm"
)

// taking is how articles are taken in.
type taking struct {
	dry bool // only say what would be
	articles.Missing
}

func importCommand(with withHouse) *cobra.Command {
	o := taking{}
	cmd := &cobra.Command{
		Use:   "import PATH…",
		Short: "Take in articles from folders, Markdown files and spreadsheets; what is unchanged stays",
		Long: "Take in articles: a folder of slug.language.md files, one such file, or a spreadsheet (.csv, .xlsx)\n" +
			"with a row for each. A spreadsheet needs the columns question and answer (问题, 答案); slug, language,\n" +
			"phrasings, tags and status (编号, 语言, 问法, 标签, 状态) may be there too, in any order. What a\n" +
			"spreadsheet does not have, the knowledge base keeps. One mistake anywhere, and nothing is taken in.",
		Args: cobra.MinimumNArgs(1),
		RunE: with(func(ctx context.Context, h *house, args []string, out io.Writer) error {
			return importArticles(ctx, h, args, o, out)
		}),
	}
	cmd.Flags().BoolVar(&o.dry, "dry-run", false, "only say what would change")
	cmd.Flags().BoolVar(&o.Archive, "archive-missing", false, "archive the published articles that are not in the import")
	cmd.Flags().BoolVar(&o.Drop, "drop-phrasings", false, "take away the ways to ask that are not in the import")
	return cmd
}

// importArticles takes in all files, or none if one is wrong.
func importArticles(ctx context.Context, h *house, paths []string, o taking, out io.Writer) error {
	batch := articles.Load(paths, h.articleOptions())
	var plan *articles.Plan
	var after []*crm.Article
	err := h.store.InTx(ctx, func(ctx context.Context, store crm.Store) error {
		tx, ok := store.(crm.TxStore)
		if !ok {
			return fmt.Errorf("knowledge: %T opens no transactions", store)
		}
		base, err := readArticles(ctx, tx)
		if err != nil {
			return err
		}
		plan = articles.Compare(base, batch.Entries, o.Missing)
		after = plan.After(base)
		if batch.Wrong.Any() || plan.Wrong.Any() || o.dry {
			return nil
		}
		return h.apply(ctx, tx, plan)
	})
	if err != nil {
		return err
	}
	words := h.words()
	if batch.Wrong.Any() || plan.Wrong.Any() {
		tell(out, words, "✗", &batch.Wrong)
		tell(out, words, "✗", &plan.Wrong)
		return &spokenError{text: words.Label("import.none"), code: exitWrong}
	}
	tell(out, words, "·", &batch.Notes)
	tell(out, words, "!", &plan.Notes)
	tell(out, words, "!", h.near(plan, after))
	tellPlan(out, words, plan)
	if o.dry {
		fmt.Fprintln(out, words.Label("import.dry"))
	}
	return nil
}

// apply writes a plan.
func (h *house) apply(ctx context.Context, tx crm.TxStore, plan *articles.Plan) error {
	services := crm.NewServices(tx, h.now, h.cfg.settings())
	put := func(a *crm.Article) error {
		copied := *a
		if _, _, err := services.Articles.Put(ctx, crm.System(), &copied); err != nil {
			return fmt.Errorf("%s (%s): %w", a.Slug, a.Language, err)
		}
		return nil
	}
	for _, list := range [][]*articles.Change{plan.New, plan.Changed} {
		for _, c := range list {
			if err := put(c.Article); err != nil {
				return err
			}
		}
	}
	for _, a := range plan.Archived {
		gone := *a
		gone.Status = crm.ArticleArchived
		if err := put(&gone); err != nil {
			return err
		}
	}
	return nil
}

// mostNear is how many articles times questions a comparison of each with each
// takes on: a knowledge base of 1,000 articles with two questions each. More
// would take minutes.
const mostNear = 2_000_000

// near are the questions of what was new or changed that come close to another
// article's: a customer who asks one may get the other.
func (h *house) near(plan *articles.Plan, after []*crm.Article) *articles.Findings {
	found, questions := &articles.Findings{}, 0
	changes := slices.Concat(plan.New, plan.Changed)
	if len(changes) == 0 {
		return found
	}
	after = slices.DeleteFunc(after, func(a *crm.Article) bool { return a.Status == crm.ArticleArchived })
	for _, a := range after {
		questions += 1 + len(a.Phrasings)
	}
	if questions*len(after) > mostNear {
		found.Say(articles.Place{}, "import.far")
		return found
	}
	m, told := knowledge.Of(after, knowledge.WordsOf(h.catalog)), map[[2]string]bool{}
	for _, c := range changes {
		if c.Article.Status == crm.ArticleArchived {
			continue
		}
		for _, near := range m.Conflicts(c.Article) {
			if grammar.Bare(near.Phrasing) == grammar.Bare(near.Other) || told[[2]string{near.Other, near.Phrasing}] {
				continue // told already
			}
			told[[2]string{near.Phrasing, near.Other}] = true
			found.Say(c.At, "import.near", "question", near.Phrasing, "other", near.Other,
				"title", near.Article.Title, "slug", near.Article.Slug)
		}
	}
	return found
}

// tell prints findings behind a mark.
func tell(out io.Writer, words *locale.Words, mark string, found *articles.Findings) {
	for _, f := range found.All {
		fmt.Fprintln(out, mark, f.In(words))
	}
	if found.More > 0 {
		fmt.Fprintln(out, mark, words.N("import.more", found.More))
	}
}

// mostChanges is how many changes are listed one by one.
const mostChanges = 50

// tellPlan prints what changed.
func tellPlan(out io.Writer, words *locale.Words, plan *articles.Plan) {
	n := 0
	say := func(mark, key string, a *crm.Article, pairs ...any) {
		if n++; n <= mostChanges {
			pairs = append(pairs, "title", a.Title, "slug", a.Slug, "language", a.Language)
			fmt.Fprintln(out, mark, words.Label(key, pairs...))
		}
	}
	for _, c := range plan.New {
		if c.Article.Status == crm.ArticleDraft {
			say("+", "import.new_draft", c.Article)
		} else {
			say("+", "import.new", c.Article)
		}
	}
	for _, c := range plan.Changed {
		names := make([]string, len(c.Fields))
		for i, field := range c.Fields {
			names[i] = words.List("words.column." + field)[0]
		}
		say("~", "import.changed", c.Article, "fields", words.Enum(names))
	}
	for _, a := range plan.Archived {
		say("-", "import.archived", a)
	}
	if n > mostChanges {
		fmt.Fprintln(out, "…", words.N("import.more", n-mostChanges))
	}
	n = 0
	for _, c := range plan.Waiting {
		say("!", "import.waiting", c.Article)
	}
	if plan.Kept > 0 {
		fmt.Fprintln(out, "·", words.N("import.kept", plan.Kept))
	}
	if plan.Asleep > 0 {
		fmt.Fprintln(out, "!", words.N("import.asleep", plan.Asleep))
	}
	fmt.Fprintln(out, words.Label("import.done", "created", len(plan.New), "changed", len(plan.Changed),
		"same", plan.Same, "archived", len(plan.Archived)))
}
