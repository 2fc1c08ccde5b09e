package eval

import (
	"bufio"
	"cmp"
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"hash/fnv"
	"io"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"unicode/utf8"

	"crmbot/crm"
)

// language is that of all articles and questions: categories have one each.
const language = "en"

// rows reads a table with the header text,category row by row; without
// categories, category may be missing.
func rows(t Table, categories bool, each func(text, category string) error) error {
	in := bufio.NewReaderSize(t.From, 1<<16)
	if mark, err := in.Peek(3); err == nil && string(mark) == "\xef\xbb\xbf" {
		_, _ = in.Discard(3)
	}
	reader := csv.NewReader(in)
	reader.ReuseRecord, reader.FieldsPerRecord = true, -1
	header, err := reader.Read()
	if errors.Is(err, io.EOF) {
		return &TableError{Table: t.Name, Err: errors.New("the file is empty; it must begin with the line text,category")}
	}
	if err != nil {
		return broken(t, err)
	}
	text, category := slices.Index(header, "text"), slices.Index(header, "category")
	if text < 0 || category < 0 && categories {
		return &TableError{t.Name, 1, fmt.Errorf("the first line must be text,category, not %q", cut(strings.Join(header, ",")))}
	}
	columns, n := len(header), 0
	for {
		row, err := reader.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return broken(t, err)
		}
		line, _ := reader.FieldPos(0)
		what := ""
		if len(row) != columns {
			return &TableError{t.Name, line, fmt.Errorf("%d columns where the first line has %d; a text with a comma needs quotes", len(row), columns)}
		}
		if category >= 0 {
			what = strings.TrimSpace(row[category])
		}
		switch asked := strings.TrimSpace(row[text]); {
		case !utf8.ValidString(row[text]) || !utf8.ValidString(what):
			return &TableError{t.Name, line, errors.New("this is not UTF-8; save the file as UTF-8")}
		case asked == "":
			return &TableError{t.Name, line, errors.New("the text is empty")}
		case what == "" && categories:
			return &TableError{t.Name, line, errors.New("the category is empty")}
		default:
			if err := each(asked, what); err != nil {
				return err
			}
		}
		n++
	}
	if n == 0 {
		return &TableError{Table: t.Name, Err: errors.New("there is no row below the first line")}
	}
	return nil
}

// broken says where a file stops being CSV.
func broken(t Table, err error) error {
	if wrong, is := errors.AsType[*csv.ParseError](err); is {
		return &TableError{t.Name, wrong.Line, wrong.Err}
	}
	return &TableError{Table: t.Name, Err: err}
}

// cut is the beginning of what stands in a file.
func cut(s string) string {
	s = strings.ToValidUTF8(s, "?")
	if r := []rune(s); len(r) > 60 {
		return string(r[:60]) + "…"
	}
	return s
}

// shelf is a knowledge base in memory. It implements knowledge.Articles.
type shelf struct {
	articles []*crm.Article
	places   map[string]int
}

// gather makes an article of each category. Of more than shots texts it keeps
// some by chance, all of them when shots is 0; the seed and the category decide
// which.
func gather(t Table, shots int, seed uint64) (*shelf, error) {
	texts, seen, chance := map[string][]string{}, map[string]int{}, map[string]*rand.Rand{}
	err := rows(t, true, func(text, category string) error {
		category = strings.Clone(category)
		seen[category]++
		if shots <= 0 || len(texts[category]) < shots {
			texts[category] = append(texts[category], strings.Clone(text))
			return nil
		}
		if chance[category] == nil {
			chance[category] = rand.New(rand.NewPCG(seed, named(category))) //nolint:gosec // a sample, no secret
		}
		if at := chance[category].IntN(seen[category]); at < shots {
			texts[category][at] = strings.Clone(text)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	s := &shelf{places: map[string]int{}}
	for _, category := range slices.Sorted(maps.Keys(texts)) {
		s.places[category] = len(s.articles)
		s.articles = append(s.articles, &crm.Article{
			ID: crm.ArticleID(len(s.articles) + 1), Slug: category, Language: language, Phrasings: texts[category],
			Status: crm.ArticlePublished, Version: 1,
		})
	}
	return s, nil
}

// named is a number for a category.
func named(category string) uint64 {
	h := fnv.New64a()
	_, _ = io.WriteString(h, category)
	return h.Sum64()
}

func (s *shelf) has(category string) bool {
	_, ok := s.places[category]
	return ok
}

// Articles implements knowledge.Articles.
func (s *shelf) Articles(_ context.Context, f crm.ArticleFilter) ([]*crm.Article, int, error) {
	from := min(f.Page.Offset, len(s.articles))
	return s.articles[from:min(from+f.Page.Limit, len(s.articles))], len(s.articles), nil
}

// KnowledgeVersion implements knowledge.Articles.
func (s *shelf) KnowledgeVersion(context.Context) (int64, error) { return 1, nil }

func byTimes(a, b Confusion) int {
	return cmp.Or(cmp.Compare(b.Times, a.Times), cmp.Compare(a.Asked, b.Asked), cmp.Compare(a.Found, b.Found))
}
