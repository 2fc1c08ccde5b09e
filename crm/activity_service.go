package crm

import (
	"context"
	"time"
)

// ActivityService keeps notes and plans.
type ActivityService struct{ *base }

// Note records what was done about a record in scope. A note moves a new lead
// to working.
func (s *ActivityService) Note(ctx context.Context, by Actor, about Ref, body string) (*Activity, error) {
	return nil, errTodo
}

// Plan records what is to be done. due must be in the future (CodeInvalid).
func (s *ActivityService) Plan(ctx context.Context, by Actor, about Ref, due time.Time, body string) (*Activity, error) {
	return nil, errTodo
}

// Done ends a plan. CodeConflict if it is done.
func (s *ActivityService) Done(ctx context.Context, by Actor, id ActivityID) (*Activity, error) {
	return nil, errTodo
}

// Move gives a plan a new due time; its owner is told again then.
func (s *ActivityService) Move(ctx context.Context, by Actor, id ActivityID, due time.Time) (*Activity, error) {
	return nil, errTodo
}

// Activity returns one in scope. CodeNotFound.
func (s *ActivityService) Activity(ctx context.Context, by Actor, id ActivityID) (*Activity, error) {
	return nil, errTodo
}

// List returns activities in scope.
func (s *ActivityService) List(ctx context.Context, by Actor, f ActivityFilter) ([]*Activity, int, error) {
	return nil, 0, errTodo
}

// Today is the actor's own open plans that are overdue or due before the end
// of the day, earliest first.
func (s *ActivityService) Today(ctx context.Context, by Actor) ([]*Activity, error) {
	return nil, errTodo
}

// Due returns plans whose owner must be told now and marks them told. For the
// clock job.
func (s *ActivityService) Due(ctx context.Context, limit int) ([]*Activity, error) {
	return nil, errTodo
}
