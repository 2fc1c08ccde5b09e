package storage

import (
	"context"
	"errors"
	"time"

	"github.com/uptrace/bun"

	"crmbot/crm"
)

// eventRow gives crm.Event its table.
type eventRow struct {
	bun.BaseModel `bun:"table:events,alias:e"`
	crm.Event
}

func (r *eventRow) head() head[crm.EventID] { return head[crm.EventID]{id: &r.ID} }

func (r *eventRow) event() *crm.Event { return &r.Event }

// CreateEvents implements crm.EventStore. An event without a time happened
// now.
func (d *DB) CreateEvents(ctx context.Context, e ...*crm.Event) error {
	rows := make([]*eventRow, len(e))
	for i := range e {
		rows[i] = &eventRow{Event: *e[i]}
		if rows[i].At.IsZero() {
			rows[i].At = d.now()
		}
	}
	if err := create(ctx, d, rows...); err != nil {
		return err
	}
	for i := range e {
		*e[i] = rows[i].Event
	}
	return nil
}

// Events implements crm.EventStore.
func (d *DB) Events(ctx context.Context, f crm.EventFilter) ([]*crm.Event, int, error) {
	var rows []*eventRow
	q := d.db.NewSelect().Model(&rows).OrderExpr("e.id DESC")
	if f.Subject != (crm.Ref{}) {
		q = q.Where("e.subject_kind = ? AND e.subject_id = ?", f.Subject.Kind, f.Subject.ID)
	}
	if f.Actor != 0 {
		q = q.Where("e.actor_kind = ? AND e.actor_id = ?", crm.AuthorUser, f.Actor)
	}
	if !f.Since.IsZero() {
		q = q.Where("e.at >= ?", f.Since)
	}
	n, err := list(ctx, q, &rows, f.Page)
	return each(rows, (*eventRow).event), n, err
}

// LastAct implements crm.EventStore.
func (d *DB) LastAct(ctx context.Context, user crm.UserID, since time.Time) ([]*crm.Event, error) {
	last := new(eventRow)
	err := d.db.NewSelect().Model(last).
		Where("e.actor_kind = ? AND e.actor_id = ? AND e.at >= ?", crm.AuthorUser, user, since).
		Where("e.undone IS NULL AND e.act <> ''").OrderExpr("e.id DESC").Limit(1).Scan(ctx)
	if err = fault(err); crm.CodeOf(err) == crm.CodeNotFound {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	var rows []*eventRow
	err = d.db.NewSelect().Model(&rows).Where("e.act = ?", last.Act).OrderExpr("e.id").Scan(ctx)
	return each(rows, (*eventRow).event), fault(err)
}

// UndoneAct implements crm.EventStore. CodeNotFound for an action that does
// not exist or was undone before.
func (d *DB) UndoneAct(ctx context.Context, act string, at time.Time) error {
	res, err := d.db.NewUpdate().Model((*eventRow)(nil)).Set("undone = ?", at).
		Where("act = ? AND act <> '' AND undone IS NULL", act).Exec(ctx)
	if err != nil {
		return fault(err)
	}
	if n, err := res.RowsAffected(); err != nil || n == 0 {
		return crm.Fail(crm.CodeNotFound, "error.not_found", "ref", "").Because(err)
	}
	return nil
}

// Remove implements crm.EventStore. CodeUnsupported for a kind that no action
// makes.
func (d *DB) Remove(ctx context.Context, r crm.Ref) error {
	var model any
	switch r.Kind {
	case crm.KindLead:
		model = (*leadRow)(nil)
	case crm.KindContact:
		model = (*contactRow)(nil)
	case crm.KindAccount:
		model = (*accountRow)(nil)
	case crm.KindOpportunity:
		model = (*opportunityRow)(nil)
	case crm.KindTicket:
		model = (*ticketRow)(nil)
	case crm.KindActivity:
		model = (*activityRow)(nil)
	case crm.KindArticle:
		model = (*articleRow)(nil)
	case crm.KindUser:
		model = (*userRow)(nil)
	default:
		return crm.Fail(crm.CodeUnsupported, "error.unsupported").Because(errors.New("storage: cannot remove " + r.String()))
	}
	return d.again(ctx, func(ctx context.Context, tx *DB) error {
		res, err := tx.db.NewDelete().Model(model).Where("id = ?", r.ID).Exec(ctx)
		if err != nil {
			return fault(err)
		}
		if n, err := res.RowsAffected(); err != nil || n == 0 {
			return missing(r)
		}
		if r.Kind == crm.KindArticle {
			if err := tx.bumpKnowledge(ctx); err != nil {
				return err
			}
		}
		return tx.unindex(ctx, r)
	})
}
