package storage

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"time"

	"github.com/uptrace/bun"

	"crmbot/bot/pinyin"
	"crmbot/crm"
)

// searchRow is what search knows of one record.
type searchRow struct {
	bun.BaseModel `bun:"table:search,alias:s"`

	ID       int64 `bun:",pk,autoincrement,identity"`
	Kind     crm.Kind
	RecordID int64
	OwnerID  crm.UserID `bun:",nullzero"`
	TeamID   crm.TeamID `bun:",nullzero"`
	Title    string
	Note     string
	TitleKey string // folded, to rank exact matches first
	PhoneKey string // digits
	Words    string `bun:"type:tsvector"` // Postgres only
	Updated  time.Time
}

// entry is what a record wants to be found by.
type entry struct {
	ref     crm.Ref
	owner   crm.UserID
	team    crm.TeamID
	title   string
	note    string
	words   []string
	phones  []string
	account crm.AccountID // its name is one more word, and the note if there is none
	gone    bool          // not to be found any more
}

// Search implements crm.SearchStore. A reference finds its record; a word that
// only looks like one is a word. An exact name or phone comes first, then
// names that begin with the text, then the rest; the latest change first.
func (d *DB) Search(ctx context.Context, s crm.Search) ([]crm.Hit, error) {
	if ref, ok := crm.ParseRef(s.Text); ok {
		hits, err := d.find(ctx, s, func(q *bun.SelectQuery) *bun.SelectQuery {
			return q.Where("s.kind = ? AND s.record_id = ?", ref.Kind, ref.ID)
		})
		if err != nil || len(hits) > 0 {
			return hits, err
		}
	}
	match := d.match(s.Text)
	if match == "" {
		return nil, nil
	}
	return d.find(ctx, s, func(q *bun.SelectQuery) *bun.SelectQuery { return d.matching(q, match) })
}

// rankedMost is how many rows are put in order: of a word that is everywhere, such
// as a family name, those that are first in the database.
const rankedMost = 2000

// find returns what is in scope of the rows that which selects: those of the very
// name, however many others there are, and then the rest.
func (d *DB) find(ctx context.Context, s crm.Search, which func(*bun.SelectQuery) *bun.SelectQuery) ([]crm.Hit, error) {
	if s.Limit <= 0 {
		s.Limit = 10
	}
	key, digits := folded(s.Text), digitsOf(s.Text)
	if len(digits) < 7 {
		digits = "-" // too short to be a whole number
	}
	some := func(most int) *bun.SelectQuery {
		q := which(d.db.NewSelect().Model((*searchRow)(nil)).Column("s.id")).Limit(int64(most))
		return q.WhereGroup(" AND ", func(q *bun.SelectQuery) *bun.SelectQuery { return inScopes(q, s) })
	}
	named := some(s.Limit).Where("s.title_key = ?", key).OrderExpr("s.updated DESC, s.id DESC")
	var rows []*searchRow
	q := d.db.NewSelect().Model(&rows).ExcludeColumn("words").Limit(int64(s.Limit)).
		Where("s.id IN (SELECT n.id FROM (?) AS n UNION SELECT n.id FROM (?) AS n)", named, some(rankedMost)).
		OrderExpr(`CASE WHEN s.title_key = ? THEN 0 WHEN s.phone_key LIKE ? THEN 0
			WHEN s.title_key LIKE ? ESCAPE '!' THEN 1 ELSE 2 END`, key, "%"+digits, likeEscape(key)+"%").
		OrderExpr("s.updated DESC, s.id DESC")
	if err := q.Scan(ctx); err != nil {
		return nil, fault(err)
	}
	hits := make([]crm.Hit, len(rows))
	for i, r := range rows {
		hits[i] = crm.Hit{Ref: crm.Ref{Kind: r.Kind, ID: r.RecordID}, Title: r.Title, Note: r.Note, Owner: r.OwnerID}
	}
	return hits, nil
}

// inScopes selects the kinds that are asked for, each within its scope. A kind
// without a scope is not seen.
func inScopes(q *bun.SelectQuery, s crm.Search) *bun.SelectQuery {
	q = q.Where("1 = 0")
	for kind, scope := range s.Scopes {
		if s.Kinds != nil && !slices.Contains(s.Kinds, kind) || scope.Reach == crm.None {
			continue
		}
		q = q.WhereGroup(" OR ", func(q *bun.SelectQuery) *bun.SelectQuery {
			return scoped(q.Where("s.kind = ?", kind), scope)
		})
	}
	return q
}

// match is the question in the language of the database, "" if it has no words.
func (d *DB) match(text string) string {
	exact, prefixes := wanted(text)
	quote, prefix, and := `'`, `:*`, ` & `
	if d.dialect == sqlite {
		quote, prefix, and = `"`, `*`, ` AND `
	}
	var terms []string
	for _, t := range exact {
		terms = append(terms, quote+t+quote) // letters and digits only: nothing to escape
	}
	for _, t := range prefixes {
		terms = append(terms, quote+t+quote+prefix)
	}
	return strings.Join(terms[:min(len(terms), 32)], and)
}

func (d *DB) matching(q *bun.SelectQuery, match string) *bun.SelectQuery {
	if d.dialect == postgres {
		return q.Where("s.words @@ ?::tsquery", match)
	}
	return q.Where("s.id IN (SELECT rowid FROM search_words WHERE search_words MATCH ?)", match)
}

// index writes the search entries of records that have just changed.
func (d *DB) index(ctx context.Context, entries ...entry) error {
	names, err := d.accountNames(ctx, entries)
	if err != nil {
		return err
	}
	var rows []*searchRow
	for _, e := range entries {
		if e.gone {
			if err := d.unindex(ctx, e.ref); err != nil {
				return err
			}
			continue
		}
		rows = append(rows, e.row(names[e.account], d.now()))
	}
	if len(rows) == 0 {
		return nil
	}
	slices.SortFunc(rows, func(a, b *searchRow) int { // one order for everybody: no deadlocks
		return cmp.Or(cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.RecordID, b.RecordID))
	})
	return d.saveEntries(ctx, rows)
}

func (d *DB) saveEntries(ctx context.Context, rows []*searchRow) error {
	const on = `CONFLICT (kind, record_id) DO UPDATE SET owner_id = excluded.owner_id, team_id = excluded.team_id,
		title = excluded.title, note = excluded.note, title_key = excluded.title_key, phone_key = excluded.phone_key,
		updated = excluded.updated`
	if d.dialect == postgres {
		_, err := d.db.NewInsert().Model(&rows).On(on + ", words = excluded.words").Returning("NULL").Exec(ctx)
		return fault(err)
	}
	if _, err := insert(ctx, d, rows, on); err != nil {
		return err
	}
	_, err := d.run(ctx, liteWords, mapped(rows, func(r *searchRow) [3]any { return [3]any{r.Kind, r.RecordID, clean(r.Words)} }))
	return fault(err)
}

// unindex makes a record unfindable.
func (d *DB) unindex(ctx context.Context, r crm.Ref) error {
	var ids []int64
	err := d.db.NewDelete().Model((*searchRow)(nil)).
		Where("kind = ? AND record_id = ?", r.Kind, r.ID).Returning("id").Scan(ctx, &ids)
	if err != nil || d.dialect == postgres || len(ids) == 0 {
		return fault(err)
	}
	_, err = d.db.NewRaw("DELETE FROM search_words WHERE rowid IN (?)", bun.List(ids)).Exec(ctx)
	return fault(err)
}

// row is the entry as it is stored. account is the name of its account.
func (e entry) row(account string, now time.Time) *searchRow {
	if e.note == "" && account != e.title {
		e.note = account
	}
	var all []string
	for _, text := range append(e.words, account) {
		all = append(all, tokens(text)...)
	}
	all = append(all, sounds(e)...)
	var digits []string
	for _, phone := range e.phones {
		all = append(all, phoneTokens(phone)...)
		digits = append(digits, digitsOf(phone))
	}
	slices.Sort(all)
	all = slices.Compact(all)
	return &searchRow{
		Kind: e.ref.Kind, RecordID: e.ref.ID, OwnerID: e.owner, TeamID: e.team,
		Title: e.title, Note: e.note, TitleKey: folded(e.title), PhoneKey: strings.Join(digits, ""),
		Words: strings.Join(all[:min(len(all), tokensMax)], " "), Updated: now,
	}
}

// soundsMax bounds the characters of a name that is found by how it sounds.
const soundsMax = 16

// sounds are the syllables of a Chinese name, for who types it in Latin
// letters: "zhang", "wei" and "zhangwei" find 张伟.
func sounds(e entry) []string {
	switch e.ref.Kind {
	case crm.KindContact, crm.KindLead, crm.KindAccount, crm.KindUser:
	default:
		return nil
	}
	all := pinyin.Of(e.title)
	if len(all) == 0 || len(all) > soundsMax {
		return nil
	}
	whole := strings.Join(all, "")
	return append(all, whole[:min(len(whole), tokenMax)])
}

// accountNames reads the names that entries ask for, in one query or none.
func (d *DB) accountNames(ctx context.Context, entries []entry) (map[crm.AccountID]string, error) {
	var ids []crm.AccountID
	for _, e := range entries {
		if e.account != 0 && !e.gone {
			ids = append(ids, e.account)
		}
	}
	if len(ids) == 0 {
		return nil, nil
	}
	var rows []struct {
		ID   crm.AccountID
		Name string
	}
	err := d.db.NewSelect().Table("accounts").Column("id", "name").
		Where("id IN (?)", bun.List(ids)).Scan(ctx, &rows)
	names := map[crm.AccountID]string{}
	for _, r := range rows {
		names[r.ID] = r.Name
	}
	return names, fault(err)
}

func digitsOf(s string) string {
	return strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' {
			return r
		}
		return -1
	}, folded(s))
}

// likeEscape makes text stand for itself in LIKE … ESCAPE '!'.
func likeEscape(s string) string {
	return strings.NewReplacer("!", "!!", "%", "!%", "_", "!_").Replace(s)
}
