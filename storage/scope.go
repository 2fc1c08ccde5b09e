package storage

import (
	"github.com/uptrace/bun"

	"crmbot/crm"
)

// scoped keeps only the rows that s sees; the table has owner_id and team_id.
// It says in SQL what crm.Scope.Sees says in Go.
func scoped(q *bun.SelectQuery, s crm.Scope) *bun.SelectQuery {
	switch s.Reach {
	case crm.All:
		return q
	case crm.OfTeam, crm.Own:
		return q.WhereGroup(" AND ", func(q *bun.SelectQuery) *bun.SelectQuery {
			return seen(q, s)
		})
	}
	return q.Where("1 = 0")
}

func seen(q *bun.SelectQuery, s crm.Scope) *bun.SelectQuery {
	q = q.Where("?TableAlias.owner_id IS NULL AND ?TableAlias.team_id IS NULL")
	q = orEqual(q, "?TableAlias.owner_id", int64(s.User))
	if s.Reach == crm.OfTeam {
		q = orEqual(q, "?TableAlias.team_id", int64(s.Team))
	}
	return q
}

// orEqual compares with an id whose zero is stored as NULL.
func orEqual(q *bun.SelectQuery, column string, id int64) *bun.SelectQuery {
	if id == 0 {
		return q.WhereOr(column + " IS NULL")
	}
	return q.WhereOr(column+" = ?", id)
}
