package crm

import "context"

// LeadService works leads from the first word to the opportunity.
type LeadService struct{ *base }

// Create makes a lead by hand; the actor owns it if he sells, else it goes to
// the salesperson whose turn it is. Duplicates by phone among leads and
// contacts are returned beside it and are no error.
func (s *LeadService) Create(ctx context.Context, by Actor, l *Lead) ([]Duplicate, error) {
	return nil, errTodo
}

// Wish is a customer's wish to buy from a chat. Within seven days a second
// wish joins the open lead of the contact (joined true): its need is added.
// A new lead goes to the contact's owner, else in turn among sales, and the
// contact without an owner gets the same one.
func (s *LeadService) Wish(ctx context.Context, contact ContactID, l *Lead) (lead *Lead, joined bool, err error) {
	return nil, false, errTodo
}

// Lead returns one in scope. CodeNotFound.
func (s *LeadService) Lead(ctx context.Context, by Actor, id LeadID) (*Lead, error) {
	return nil, errTodo
}

// List returns leads in scope.
func (s *LeadService) List(ctx context.Context, by Actor, f LeadFilter) ([]*Lead, int, error) {
	return nil, 0, errTodo
}

// Set changes fields by name: name, company, phone, email, need, source, intent.
func (s *LeadService) Set(ctx context.Context, by Actor, id LeadID, fields map[string]string) (*Lead, error) {
	return nil, errTodo
}

// Qualify says that the need is real. From new or working; else CodeConflict.
func (s *LeadService) Qualify(ctx context.Context, by Actor, id LeadID) (*Lead, error) {
	return nil, errTodo
}

// Lose ends an open lead with a reason. CodeConflict if it is not open.
func (s *LeadService) Lose(ctx context.Context, by Actor, id LeadID, reason string) (*Lead, error) {
	return nil, errTodo
}

// Reopen takes a lost lead up again.
func (s *LeadService) Reopen(ctx context.Context, by Actor, id LeadID) (*Lead, error) {
	return nil, errTodo
}

// Grade sets the intent level.
func (s *LeadService) Grade(ctx context.Context, by Actor, id LeadID, intent Intent) (*Lead, error) {
	return nil, errTodo
}

// Assign gives a lead to a user, and its contact with it if that had the same
// owner or none.
func (s *LeadService) Assign(ctx context.Context, by Actor, id LeadID, to UserID) (*Lead, error) {
	return nil, errTodo
}

// Conversion is what a lead became.
type Conversion struct {
	Lead        *Lead
	Account     *Account
	Contact     *Contact
	Opportunity *Opportunity
}

// Convert makes account, contact and opportunity of an open lead in one
// transaction. The contact it came from is reused, an account of the same name
// and in scope too. CodeConflict if it was converted or lost.
func (s *LeadService) Convert(ctx context.Context, by Actor, id LeadID) (*Conversion, error) {
	return nil, errTodo
}
