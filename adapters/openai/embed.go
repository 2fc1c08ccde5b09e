package openai

import (
	"context"
	"errors"
	"fmt"
	"math"
	"strings"
	"sync/atomic"

	"crmbot/bot"
)

// The limits of vectors.
const (
	embedMost  = 256   // texts of one request
	embedRunes = 2000  // of a text: what stands behind says no more
	dimensions = 16384 // at most
)

// Embedder turns texts into vectors. It is safe for concurrent use.
type Embedder struct {
	*client
	length atomic.Int64 // of the vectors, once there was one
}

var _ bot.Embedder = (*Embedder)(nil)

// NewEmbedder makes the embedder. It fails with a *bot.BadKey when a key of the
// config cannot be used.
func NewEmbedder(c Config) (*Embedder, error) {
	to, err := connect(c)
	if err != nil {
		return nil, err
	}
	return &Embedder{client: to}, nil
}

// Model implements bot.Embedder: "model@host", for one name is not the same
// model everywhere.
func (e *Embedder) Model() string { return e.model + "@" + e.host }

// Embed implements bot.Embedder: CodeUnavailable for everything that goes wrong,
// a vector of another length than before included; where the endpoint said no,
// its cause is a *bot.Failure. No error holds the key or a text.
func (e *Embedder) Embed(ctx context.Context, texts []string) ([][]float32, error) {
	if len(texts) == 0 || len(texts) > embedMost {
		return nil, bot.Unavailable(fmt.Errorf("%d texts at once; 1 to %d go", len(texts), embedMost))
	}
	given := make([]string, len(texts))
	for i, text := range texts {
		given[i] = first(strings.TrimSpace(text), embedRunes)
		if given[i] == "" {
			return nil, bot.Unavailable(errors.New("an empty text has no vector"))
		}
	}
	ctx, cancel := context.WithTimeout(ctx, within)
	defer cancel()
	var answer struct {
		Data []embedding `json:"data"`
	}
	err := e.ask(ctx, "embeddings", vectorsMax, map[string]any{
		"model": e.model, "input": given, "encoding_format": "float",
	}, &answer)
	if err != nil {
		return nil, bot.Unavailable(err)
	}
	found, err := e.sorted(answer.Data, len(texts))
	if err != nil {
		return nil, bot.Unavailable(err)
	}
	return found, nil
}

// embedding is the vector of a text, and the place of the text, where the
// endpoint tells it.
type embedding struct {
	Index  *int      `json:"index"`
	Vector []float64 `json:"embedding"`
}

// sorted puts the vectors in the order of the texts.
func (e *Embedder) sorted(data []embedding, texts int) ([][]float32, error) {
	if len(data) != texts {
		return nil, errors.New("the answer holds another number of vectors than of texts")
	}
	found := make([][]float32, texts)
	for at, one := range data {
		if one.Index != nil {
			at = *one.Index
		}
		if at < 0 || at >= texts {
			return nil, errors.New("the answer does not say which vector is whose")
		}
		vector, err := unit(one.Vector)
		if err != nil {
			return nil, err
		}
		found[at] = vector
	}
	length := int64(len(found[0]))
	for _, v := range found {
		if int64(len(v)) != length {
			return nil, errors.New("the vectors are not of one length")
		}
	}
	if e.length.CompareAndSwap(0, length); e.length.Load() != length {
		return nil, errors.New("the vectors are of another length than before")
	}
	return found, nil
}

// unit is a vector of length 1 in the direction of v.
func unit(v []float64) ([]float32, error) {
	if len(v) == 0 || len(v) > dimensions {
		return nil, errors.New("the answer holds no vector")
	}
	sum := 0.0
	for _, x := range v {
		sum += x * x
	}
	length := math.Sqrt(sum)
	if length == 0 || math.IsNaN(length) || math.IsInf(length, 0) {
		return nil, errors.New("the answer holds a vector that points nowhere")
	}
	out := make([]float32, len(v))
	for i, x := range v {
		out[i] = float32(x / length)
	}
	return out, nil
}

// first is the beginning of a text, in runes.
func first(s string, most int) string {
	if runes := []rune(s); len(runes) > most {
		return string(runes[:most])
	}
	return s
}
