package crm

import "time"

// PipelineBy is what the rows of a pipeline are.
type PipelineBy string

// The groupings of a pipeline.
const (
	ByStage  PipelineBy = "stage"
	ByOwner  PipelineBy = "owner"
	BySource PipelineBy = "source"
	ByTeam   PipelineBy = "team"
	ByMonth  PipelineBy = "month"
	ByIntent PipelineBy = "intent"
)

// PipelineFilter selects what a pipeline counts. Open deals count by expected
// close, closed ones by closing date; From and To are calendar days of the
// company's zone ("2026-10-01"), both inclusive, "" for no bound. FromAt and
// ToAt are the same bounds as moments, ToAt exclusive.
type PipelineFilter struct {
	Scope  Scope
	By     PipelineBy
	From   string
	To     string
	FromAt time.Time
	ToAt   time.Time
	Won    bool // count won deals of the period instead of open ones
	// WonStage is the key of the stage that Won means; "" is any closed deal
	// with a probability above zero.
	WonStage string
}

// PipelineRow is one row of a pipeline in one currency. Weighted is the sum of
// amount times probability.
type PipelineRow struct {
	Key      string // stage key, user id ("0" for nobody), source name, team id, "2026-12", intent
	Count    int
	Amount   Money
	Weighted Money
}
