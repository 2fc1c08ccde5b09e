package storage

import (
	"bytes"
	"cmp"
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"maps"
	"math"
	"slices"
	"time"

	"github.com/uptrace/bun"

	"crmbot/crm"
)

const (
	indexMax   = 64 << 20  // bytes of one index
	indexChunk = 256 << 10 // bytes of one piece of it
	indexNames = 2         // how many indexes are kept
	vectorsMax = 200       // of one statement
)

// indexRow is an index of the knowledge base, or one piece of its data. Pieces are
// named by a key, so that all but the last step of keeping an index can be taken
// without a transaction that others wait for.
type indexRow struct {
	bun.BaseModel `bun:"table:knowledge_index,alias:x"`
	ID            int64 `bun:",pk,autoincrement,identity"`
	Name          string
	Position      int    // whole for an index
	Key           string // of the pieces of an index
	Data          []byte
	Created       time.Time
}

const whole = -1

// vectorRow is the vector of one text, little-endian. The text is known by its
// hash.
type vectorRow struct {
	bun.BaseModel `bun:"table:knowledge_vectors,alias:v"`
	Model         string `bun:",pk"`
	Hash          string `bun:",pk"`
	Data          []byte
}

// Index implements bot.IndexStore, in one statement.
func (d *DB) Index(ctx context.Context, name string) ([]byte, error) {
	var rows []*indexRow
	key := d.db.NewSelect().TableExpr("knowledge_index AS k").ColumnExpr("k.key").
		Where("k.name = ?", name).Where("k.position = ?", whole)
	err := d.db.NewSelect().Model(&rows).Where("x.name = (?)", key).OrderExpr("x.position").Scan(ctx)
	if err != nil {
		return nil, fault(err)
	}
	if len(rows) == 0 {
		return nil, crm.Fail(crm.CodeNotFound, "error.not_found", "ref", "")
	}
	parts := make([][]byte, len(rows))
	for i, r := range rows {
		parts[i] = r.Data
	}
	return bytes.Join(parts, nil), nil
}

// SaveIndex implements bot.IndexStore. CodeInvalid for more than indexMax.
func (d *DB) SaveIndex(ctx context.Context, name string, data []byte) error {
	if len(data) > indexMax {
		return crm.Fail(crm.CodeInvalid, "media.too_large", "mb", indexMax>>20)
	}
	if old, err := d.Index(ctx, name); err == nil && bytes.Equal(old, data) {
		return nil
	}
	key := unnamed + rand.Text()
	err := d.keepPieces(ctx, key, data)
	if err == nil {
		err = d.again(ctx, func(ctx context.Context, tx *DB) error {
			if err := tx.dropIndexes(ctx, "x.name = ?", name); err != nil {
				return err
			}
			if err := tx.keepPiece(ctx, &indexRow{Name: name, Position: whole, Key: key, Data: []byte{}}); err != nil {
				return err
			}
			latest := tx.db.NewSelect().TableExpr("knowledge_index AS k").ColumnExpr("k.id").Where("k.position = ?", whole).
				OrderExpr("k.id DESC").Limit(indexNames)
			if err := tx.dropIndexes(ctx, "x.id NOT IN (?)", latest); err != nil {
				return err
			}
			return tx.dropPieces(ctx)
		})
	}
	if err == nil {
		return nil
	}
	_, lost := d.db.NewDelete().Model((*indexRow)(nil)).Where("x.name = ?", key).Exec(context.WithoutCancel(ctx))
	if crm.CodeOf(err) == crm.CodeConflict { // another process kept the same one at this moment
		return fault(lost)
	}
	return err
}

// keepPieces writes data piece by piece; no data is one empty piece.
func (d *DB) keepPieces(ctx context.Context, key string, data []byte) error {
	for position := 0; position == 0 || position*indexChunk < len(data); position++ {
		piece := data[position*indexChunk : min((position+1)*indexChunk, len(data))]
		if piece == nil {
			piece = []byte{}
		}
		if err := d.keepPiece(ctx, &indexRow{Name: key, Position: position, Data: piece}); err != nil {
			return err
		}
	}
	return nil
}

func (d *DB) keepPiece(ctx context.Context, row *indexRow) error {
	row.Created = d.now()
	_, err := d.db.NewInsert().Model(row).ExcludeColumn("id").Returning("NULL").Exec(ctx)
	return fault(err)
}

// dropIndexes removes indexes with their pieces.
func (d *DB) dropIndexes(ctx context.Context, which string, arg any) error {
	var keys []string
	err := d.db.NewDelete().Model((*indexRow)(nil)).Where("x.position = ?", whole).Where(which, arg).Returning("key").Scan(ctx, &keys)
	if err != nil || len(keys) == 0 {
		return fault(err)
	}
	_, err = d.db.NewDelete().Model((*indexRow)(nil)).Where("x.name IN (?)", bun.List(keys)).Exec(ctx)
	return fault(err)
}

// dropPieces removes pieces that never became an index, and will not.
func (d *DB) dropPieces(ctx context.Context) error {
	keys := d.db.NewSelect().TableExpr("knowledge_index AS k").ColumnExpr("k.key").Where("k.position = ?", whole)
	_, err := d.db.NewDelete().Model((*indexRow)(nil)).Where("x.position <> ?", whole).Where("x.name NOT IN (?)", keys).
		Where("x.created < ?", d.now().Add(-time.Hour)).Exec(ctx)
	return fault(err)
}

// Vectors implements bot.IndexStore.
func (d *DB) Vectors(ctx context.Context, model string, texts []string) (map[string][]float32, error) {
	of := map[string]string{} // the text of a hash
	for _, t := range texts {
		of[hashOf(t)] = t
	}
	out := make(map[string][]float32, len(of))
	for hashes := range slices.Chunk(slices.Sorted(maps.Keys(of)), vectorsMax) {
		var rows []*vectorRow
		err := d.db.NewSelect().Model(&rows).Where("v.model = ?", model).Where("v.hash IN (?)", bun.List(hashes)).Scan(ctx)
		if err != nil {
			return nil, fault(err)
		}
		for _, r := range rows {
			out[of[r.Hash]] = floats(r.Data)
		}
	}
	return out, nil
}

// SaveVectors implements bot.IndexStore, in several steps: others may write in
// between.
func (d *DB) SaveVectors(ctx context.Context, model string, vectors map[string][]float32) error {
	if len(vectors) == 0 {
		return nil
	}
	rows := make([]*vectorRow, 0, len(vectors))
	for text, v := range vectors {
		rows = append(rows, &vectorRow{Model: model, Hash: hashOf(text), Data: bytesOf(v)})
	}
	slices.SortFunc(rows, func(a, b *vectorRow) int { return cmp.Compare(a.Hash, b.Hash) }) // one order for everybody: no deadlocks
	if _, err := d.db.NewDelete().Model((*vectorRow)(nil)).Where("v.model <> ?", model).Exec(ctx); err != nil {
		return fault(err)
	}
	for some := range slices.Chunk(rows, vectorsMax) {
		_, err := d.db.NewInsert().Model(&some).On("CONFLICT (model, hash) DO UPDATE").Set("data = excluded.data").Exec(ctx)
		if err != nil {
			return fault(err)
		}
	}
	return nil
}

func hashOf(text string) string {
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:])
}

func bytesOf(v []float32) []byte {
	out := make([]byte, 0, 4*len(v))
	for _, f := range v {
		out = binary.LittleEndian.AppendUint32(out, math.Float32bits(f))
	}
	return out
}

func floats(data []byte) []float32 {
	out := make([]float32, len(data)/4)
	for i := range out {
		out[i] = math.Float32frombits(binary.LittleEndian.Uint32(data[4*i:]))
	}
	return out
}
