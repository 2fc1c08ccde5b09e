package storage

import (
	"context"
	"maps"
	"slices"
	"time"

	"github.com/uptrace/bun"

	"crmbot/bot"
)

type valueRow struct {
	bun.BaseModel `bun:"table:kept_values,alias:v"`
	Name          string `bun:",pk"`
	Value         string
	Expires       int64
}

type strayRow struct {
	bun.BaseModel `bun:"table:strays,alias:s"`
	ID            int64 `bun:",pk,autoincrement,identity"`
	Platform      bot.Platform
	Install       bot.Install
	Reason        string
	Raw           []byte
	At            int64
}

// Value implements bot.ValueStore.
func (d *DB) Value(ctx context.Context, key string) (string, error) {
	found, err := d.Values(ctx, []string{key})
	return found[key], err
}

// Values implements bot.ValueStore.
func (d *DB) Values(ctx context.Context, keys []string) (map[string]string, error) {
	found := make(map[string]string, len(keys))
	if len(keys) == 0 {
		return found, nil
	}
	var rows []*valueRow
	err := d.keptValues(ctx, &rows, keys)
	for _, row := range rows {
		found[row.Name] = row.Value
	}
	return found, err
}

func (d *DB) keptValues(ctx context.Context, rows *[]*valueRow, keys []string) error {
	now := millis(d.now())
	if d.dialect == sqlite {
		return d.collect(ctx, rows, liteValues, mapped(keys, clean), now)
	}
	err := d.db.NewSelect().Model(rows).Where("name IN (?)", bun.List(keys)).
		Where("(expires = 0 OR expires > ?)", now).Scan(ctx)
	return fault(err)
}

// SetValue implements bot.ValueStore.
func (d *DB) SetValue(ctx context.Context, key, value string, ttl time.Duration) error {
	return d.SetValues(ctx, []bot.KeptValue{{Key: key, Value: value, TTL: ttl}})
}

// SetValues implements bot.ValueStore: in the order of the keys, so that two
// processes cannot wait for each other.
func (d *DB) SetValues(ctx context.Context, values []bot.KeptValue) error {
	if len(values) == 0 {
		return nil
	}
	of := map[string]*valueRow{}
	for _, v := range values {
		row := &valueRow{Name: v.Key, Value: v.Value}
		if v.TTL > 0 {
			row.Expires = millis(d.now().Add(v.TTL))
		}
		of[v.Key] = row
	}
	rows := make([]*valueRow, 0, len(of))
	for _, key := range slices.Sorted(maps.Keys(of)) {
		rows = append(rows, of[key])
	}
	return put(ctx, d, rows, "CONFLICT (name) DO UPDATE SET value = excluded.value, expires = excluded.expires")
}

// TakeLease implements bot.ValueStore.
func (d *DB) TakeLease(ctx context.Context, name, owner string, ttl time.Duration) (bool, error) {
	clock := d.clockMillis()
	res, err := d.db.NewRaw(`INSERT INTO leases (name, owner, until) VALUES (?, ?, `+clock+` + ?)
		ON CONFLICT (name) DO UPDATE SET owner = excluded.owner, until = excluded.until
		WHERE leases.owner = excluded.owner OR leases.until <= `+clock,
		name, owner, ttl.Milliseconds()).Exec(ctx)
	n, err := affected(res, err)
	return n == 1, err
}

// DropLease implements bot.ValueStore.
func (d *DB) DropLease(ctx context.Context, name, owner string) error {
	_, err := d.db.NewDelete().Table("leases").Where("name = ?", name).Where("owner = ?", owner).Exec(ctx)
	return fault(err)
}

// Keep implements bot.ValueStore.
func (d *DB) Keep(ctx context.Context, platform bot.Platform, install bot.Install, reason string, raw []byte, at time.Time) error {
	row := &strayRow{Platform: platform, Install: install, Reason: reason, Raw: raw, At: millis(at)}
	if row.Raw == nil {
		row.Raw = []byte{}
	}
	_, err := d.db.NewInsert().Model(row).ExcludeColumn("id").Returning("NULL").Exec(ctx)
	return fault(err)
}
