package storage

import (
	"context"
	"crypto/sha256"
	"encoding/hex"

	"github.com/uptrace/bun"

	"crmbot/crm"
)

// mediaChunk is the size of one piece of a file in the database.
const mediaChunk = 256 << 10

// mediaRow gives crm.Media its table.
type mediaRow struct {
	bun.BaseModel `bun:"table:media,alias:f"`
	crm.Media
}

func (r *mediaRow) head() head[int64] { return head[int64]{id: &r.ID, created: &r.Created} }

func (r *mediaRow) media() *crm.Media { return &r.Media }

// chunkRow is one piece of the bytes behind a hash.
type chunkRow struct {
	bun.BaseModel `bun:"table:media_chunks,alias:b"`
	Hash          string `bun:",pk"`
	Position      int    `bun:",pk"`
	Data          []byte
}

// CreateMedia implements crm.MediaStore.
func (d *DB) CreateMedia(ctx context.Context, m []*crm.Media) error {
	rows := make([]*mediaRow, len(m))
	for i := range m {
		rows[i] = &mediaRow{Media: *m[i]}
	}
	if err := create(ctx, d, rows...); err != nil {
		return err
	}
	for i := range m {
		*m[i] = rows[i].Media
	}
	return nil
}

// MediaOf implements crm.MediaStore, in the order of messages and positions.
func (d *DB) MediaOf(ctx context.Context, ids []crm.MessageID) ([]*crm.Media, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	var rows []*mediaRow
	err := d.db.NewSelect().Model(&rows).Where("f.message_id IN (?)", bun.List(ids)).
		OrderExpr("f.message_id, f.position, f.id").Scan(ctx)
	return each(rows, (*mediaRow).media), fault(err)
}

// StoreMedia implements crm.MediaStore. Bytes that are there already are not
// written again.
func (d *DB) StoreMedia(ctx context.Context, id int64, mime string, data []byte) error {
	if len(data) > crm.MediaMax {
		return crm.Fail(crm.CodeInvalid, "media.too_large", "mb", crm.MediaMax>>20)
	}
	sum := sha256.Sum256(data)
	hash := hex.EncodeToString(sum[:])
	return d.once(ctx, func(ctx context.Context, tx *DB) error {
		_, err := update(ctx, tx, "", id, func(r *mediaRow) error {
			r.State, r.Error = crm.MediaStored, ""
			r.MIME, r.Hash, r.Size = mime, hash, int64(len(data))
			return nil
		})
		if err != nil {
			return err
		}
		known, err := tx.db.NewSelect().Model((*chunkRow)(nil)).Where("b.hash = ?", hash).Exists(ctx)
		if err != nil || known {
			return fault(err)
		}
		for at := 0; at < len(data); at += mediaChunk {
			row := &chunkRow{Hash: hash, Position: at / mediaChunk, Data: data[at:min(at+mediaChunk, len(data))]}
			_, err := tx.db.NewInsert().Model(row).On("CONFLICT (hash, position) DO NOTHING").Exec(ctx)
			if err != nil {
				return fault(err)
			}
		}
		return nil
	})
}

// FailMedia implements crm.MediaStore.
func (d *DB) FailMedia(ctx context.Context, id int64, cause string) error {
	_, err := update(ctx, d, "", id, func(r *mediaRow) error {
		r.State, r.Error = crm.MediaFailed, cause
		return nil
	})
	return err
}

// MediaBytes implements crm.MediaStore.
func (d *DB) MediaBytes(ctx context.Context, hash string) ([]byte, error) {
	var rows []*chunkRow
	err := d.db.NewSelect().Model(&rows).Where("b.hash = ?", hash).OrderExpr("b.position").Scan(ctx)
	if err != nil {
		return nil, fault(err)
	}
	empty := sha256.Sum256(nil)
	if len(rows) == 0 && hash != hex.EncodeToString(empty[:]) {
		return nil, crm.Fail(crm.CodeNotFound, "error.not_found", "ref", "")
	}
	data := make([]byte, 0, len(rows)*mediaChunk)
	for _, r := range rows {
		data = append(data, r.Data...)
	}
	return data, nil
}
