package crm

import "context"

// OpportunityService moves possible sales through their stages.
type OpportunityService struct{ *base }

// Create makes an opportunity at the first open stage, if it names none. The
// actor owns it. CodeInvalid for a closed stage.
func (s *OpportunityService) Create(ctx context.Context, by Actor, o *Opportunity) error {
	return errTodo
}

// Opportunity returns one in scope. CodeNotFound.
func (s *OpportunityService) Opportunity(ctx context.Context, by Actor, id OpportunityID) (*Opportunity, error) {
	return nil, errTodo
}

// List returns opportunities in scope.
func (s *OpportunityService) List(ctx context.Context, by Actor, f OpportunityFilter) ([]*Opportunity, int, error) {
	return nil, 0, errTodo
}

// Move brings an opportunity to an open stage, in any direction; a closed one
// is reopened by that. Winning and losing are Win and Lose.
func (s *OpportunityService) Move(ctx context.Context, by Actor, id OpportunityID, stage string) (*Opportunity, error) {
	return nil, errTodo
}

// Win closes it as won. CodeConflict if it is closed.
func (s *OpportunityService) Win(ctx context.Context, by Actor, id OpportunityID) (*Opportunity, error) {
	return nil, errTodo
}

// Lose closes it as lost, with a reason. CodeConflict if it is closed.
func (s *OpportunityService) Lose(ctx context.Context, by Actor, id OpportunityID, reason string) (*Opportunity, error) {
	return nil, errTodo
}

// Price sets the amount. An amount without currency takes the company's.
// CodeInvalid below zero.
func (s *OpportunityService) Price(ctx context.Context, by Actor, id OpportunityID, m Money) (*Opportunity, error) {
	return nil, errTodo
}

// Expect sets the day by which it should close.
func (s *OpportunityService) Expect(ctx context.Context, by Actor, id OpportunityID, day string) (*Opportunity, error) {
	return nil, errTodo
}

// Assign gives it to a user.
func (s *OpportunityService) Assign(ctx context.Context, by Actor, id OpportunityID, to UserID) (*Opportunity, error) {
	return nil, errTodo
}

// Pipeline sums what the actor sees. The filter's Scope is set here. Service
// staff get CodeForbidden.
func (s *OpportunityService) Pipeline(ctx context.Context, by Actor, f PipelineFilter) ([]PipelineRow, error) {
	return nil, errTodo
}
