package storage

import (
	"context"

	"github.com/uptrace/bun"

	"crmbot/crm"
)

// ticketRow gives crm.Ticket its table.
type ticketRow struct {
	bun.BaseModel `bun:"table:tickets,alias:t"`
	crm.Ticket
}

func (r *ticketRow) head() head[crm.TicketID] {
	return head[crm.TicketID]{id: &r.ID, version: &r.Version, created: &r.Created, updated: &r.Updated}
}

func (r *ticketRow) ticket() *crm.Ticket { return &r.Ticket }

func (r *ticketRow) entry() entry {
	return entry{
		ref: r.Ref(), owner: r.OwnerID, team: r.TeamID, title: r.Title,
		words: []string{r.Title}, account: r.AccountID,
	}
}

// CreateTicket implements crm.TicketStore.
func (d *DB) CreateTicket(ctx context.Context, t *crm.Ticket) error {
	row := &ticketRow{Ticket: *t}
	if err := create(ctx, d, row); err != nil {
		return err
	}
	*t = row.Ticket
	return nil
}

// Ticket implements crm.TicketStore.
func (d *DB) Ticket(ctx context.Context, id crm.TicketID) (*crm.Ticket, error) {
	row, err := read[ticketRow](ctx, d, crm.KindTicket, id)
	return given(row, (*ticketRow).ticket, err)
}

// Tickets implements crm.TicketStore.
func (d *DB) Tickets(ctx context.Context, f crm.TicketFilter) ([]*crm.Ticket, int, error) {
	var rows []*ticketRow
	q := scoped(d.db.NewSelect().Model(&rows), f.Scope).OrderExpr("t.id DESC")
	if f.Owner != 0 {
		q = q.Where("t.owner_id = ?", f.Owner)
	}
	if f.Account != 0 {
		q = q.Where("t.account_id = ?", f.Account)
	}
	if f.Open {
		q = q.Where("t.status IN (?, ?)", crm.TicketOpen, crm.TicketPending)
	}
	q = ofContact(q, "t.contact_id", f.Contact)
	n, err := list(ctx, q, &rows, f.Page)
	return each(rows, (*ticketRow).ticket), n, err
}

// UpdateTicket implements crm.TicketStore.
func (d *DB) UpdateTicket(ctx context.Context, id crm.TicketID, change func(*crm.Ticket) error) (*crm.Ticket, error) {
	row, err := update(ctx, d, crm.KindTicket, id, func(r *ticketRow) error { return change(&r.Ticket) })
	return given(row, (*ticketRow).ticket, err)
}
