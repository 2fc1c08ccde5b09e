package bot

import (
	"context"

	"crmbot/crm"
)

// Embedder turns texts into vectors whose angles say how much they mean the
// same. It is slow and may fail: only jobs call it.
type Embedder interface {
	// Model names the model, so that vectors of different ones are never mixed.
	Model() string
	// Embed returns one vector for each text (1 to 256 of them), all of one
	// length, each of length 1. CodeUnavailable when they cannot be had.
	Embed(ctx context.Context, texts []string) ([][]float32, error)
}

// Answerer words an answer to a question from articles and from nothing else.
// It is slow and may fail: only jobs call it.
type Answerer interface {
	// Compose returns an answer in the language, and which of the sources it was
	// taken from (an index into them). The text is plain, without marks of any
	// markup. CodeUnavailable when it cannot be had,
	// CodeNotFound when the sources do not answer the question.
	Compose(ctx context.Context, question, language string, sources []Passage) (text string, source int, err error)
}

// Passage is an article as an Answerer reads it.
type Passage struct {
	Title string
	Body  string // plain text
}

// Unanswered is the error of an Answerer whose sources do not answer the
// question: CodeNotFound. The cause is for the log.
func Unanswered(cause error) error {
	return crm.Fail(crm.CodeNotFound, "error.not_found").Because(cause)
}
