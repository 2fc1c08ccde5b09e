package crm

import "context"

// RecordService is for what is the same for every noun.
type RecordService struct{ *base }

// Find searches everything in the actor's scope: names, phones, companies,
// references.
func (s *RecordService) Find(ctx context.Context, by Actor, text string, kinds []Kind, limit int) ([]Hit, error) {
	return nil, errTodo
}

// Show returns the name of a record in scope, to speak of it. CodeNotFound.
func (s *RecordService) Show(ctx context.Context, by Actor, r Ref) (Hit, error) {
	return Hit{}, errTodo
}

// History is the audit trail of a record in scope, newest first.
func (s *RecordService) History(ctx context.Context, by Actor, r Ref, limit int) ([]*Event, error) {
	return nil, errTodo
}

// Undo takes back the actor's own last change of the last ten minutes, whole:
// a conversion goes with everything it made. CodeNotFound if there is none,
// CodeConflict if somebody changed the record since.
func (s *RecordService) Undo(ctx context.Context, by Actor) ([]*Event, error) {
	return nil, errTodo
}
