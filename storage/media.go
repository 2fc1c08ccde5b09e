package storage

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"

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

// StoreMedia implements crm.MediaStore. The hash is known at the end only, so
// the pieces are kept under another name until then. Bytes that are there
// already are not kept twice.
func (d *DB) StoreMedia(ctx context.Context, id int64, mime string, data io.Reader) error {
	name := fmt.Sprintf("%s%015d %s", unnamed, d.now().UnixMilli(), rand.Text())
	hash, size, err := d.keep(ctx, name, data)
	if err == nil {
		err = d.baptise(ctx, id, mime, name, hash, size)
	}
	if crm.CodeOf(err) == crm.CodeConflict { // the same bytes came twice at the same moment
		err = d.baptise(ctx, id, mime, name, hash, size)
	}
	if err != nil {
		_ = d.drop(context.WithoutCancel(ctx), name) // Prune does it later, if not now
	}
	return err
}

// unnamed begins the name of pieces whose hash is not known yet; the time when
// they began to be kept follows.
const unnamed = "new "

// keep writes the pieces of a file and returns the hash of all.
func (d *DB) keep(ctx context.Context, name string, data io.Reader) (hash string, size int64, err error) {
	sum, piece := sha256.New(), make([]byte, mediaChunk)
	for position := 0; ; position++ {
		n, err := io.ReadFull(data, piece)
		size += int64(n)
		if size > crm.MediaMax {
			return "", 0, crm.Fail(crm.CodeInvalid, "media.too_large", "mb", crm.MediaMax>>20)
		}
		if n > 0 {
			_, _ = sum.Write(piece[:n]) // a hash does not fail
			row := &chunkRow{Hash: name, Position: position, Data: piece[:n]}
			if _, err := d.db.NewInsert().Model(row).Exec(ctx); err != nil {
				return "", 0, fault(err)
			}
		}
		switch {
		case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
			return hex.EncodeToString(sum.Sum(nil)), size, nil
		case err != nil:
			return "", 0, err
		}
	}
}

// baptise gives pieces their hash and marks the file stored.
func (d *DB) baptise(ctx context.Context, id int64, mime, name, hash string, size int64) error {
	return d.again(ctx, func(ctx context.Context, tx *DB) error {
		_, err := update(ctx, tx, "", id, func(r *mediaRow) error {
			r.State, r.Error = crm.MediaStored, ""
			r.MIME, r.Hash, r.Size = mime, hash, size
			return nil
		})
		if err != nil {
			return err
		}
		known, err := tx.db.NewSelect().Model((*chunkRow)(nil)).Where("b.hash = ?", hash).Exists(ctx)
		if err != nil {
			return fault(err)
		}
		if known {
			return tx.drop(ctx, name)
		}
		_, err = tx.db.NewUpdate().Table("media_chunks").Set("hash = ?", hash).Where("hash = ?", name).Exec(ctx)
		return fault(err)
	})
}

func (d *DB) drop(ctx context.Context, name string) error {
	_, err := d.db.NewDelete().Table("media_chunks").Where("hash = ?", name).Exec(ctx)
	return fault(err)
}

// FailMedia implements crm.MediaStore.
func (d *DB) FailMedia(ctx context.Context, id int64, cause string) error {
	_, err := update(ctx, d, "", id, func(r *mediaRow) error {
		r.State, r.Error = crm.MediaFailed, cause
		return nil
	})
	return err
}

// OpenMedia implements crm.MediaStore. One piece is in memory at a time.
func (d *DB) OpenMedia(ctx context.Context, hash string) (io.ReadCloser, error) {
	r := &mediaReader{ctx: ctx, db: d, hash: hash}
	err := r.next()
	empty := sha256.Sum256(nil)
	if errors.Is(err, io.EOF) && hash != hex.EncodeToString(empty[:]) {
		return nil, crm.Fail(crm.CodeNotFound, "error.not_found", "ref", "")
	}
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, err
	}
	return r, nil
}

// mediaReader reads one piece after the other.
type mediaReader struct {
	ctx      context.Context //nolint:containedctx // of the OpenMedia that this reader is the result of
	db       *DB
	hash     string
	position int
	piece    []byte
	last     bool
}

// next reads the next piece; io.EOF when there is none.
func (r *mediaReader) next() error {
	if r.last {
		return io.EOF
	}
	var row chunkRow
	err := fault(r.db.db.NewSelect().Model(&row).Where("b.hash = ?", r.hash).Where("b.position = ?", r.position).Scan(r.ctx))
	if crm.CodeOf(err) == crm.CodeNotFound {
		r.last = true
		return io.EOF
	}
	r.position++
	r.piece, r.last = row.Data, len(row.Data) < mediaChunk
	return err
}

// Read implements io.Reader.
func (r *mediaReader) Read(p []byte) (int, error) {
	for len(r.piece) == 0 {
		if err := r.next(); err != nil {
			return 0, err
		}
	}
	n := copy(p, r.piece)
	r.piece = r.piece[n:]
	return n, nil
}

// Close implements io.Closer.
func (r *mediaReader) Close() error { return nil }
