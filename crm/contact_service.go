package crm

import "context"

// ContactService keeps people outside.
type ContactService struct{ *base }

// Duplicate is a record that may be the same one. Staff see its reference and
// owner even out of their scope, and no more.
type Duplicate struct {
	Ref   Ref
	Owner UserID
}

// Create makes a contact by hand. The actor owns it. Duplicates by phone are
// returned beside it and are no error.
func (s *ContactService) Create(ctx context.Context, by Actor, c *Contact) ([]Duplicate, error) {
	return nil, errTodo
}

// Contact returns one in scope. CodeNotFound.
func (s *ContactService) Contact(ctx context.Context, by Actor, id ContactID) (*Contact, error) {
	return nil, errTodo
}

// List returns contacts in scope.
func (s *ContactService) List(ctx context.Context, by Actor, f ContactFilter) ([]*Contact, int, error) {
	return nil, 0, errTodo
}

// Set changes fields by name: name, phone, email, title, language, intent,
// account (a reference or an account's name). CodeInvalid names the field.
func (s *ContactService) Set(ctx context.Context, by Actor, id ContactID, fields map[string]string) (*Contact, error) {
	return nil, errTodo
}

// Share records a number that the platform vouches for: the person's own.
// Claim records one that he typed: a hint for staff that links nothing.
func (s *ContactService) Share(ctx context.Context, id ContactID, phone string) (*Contact, error) {
	return nil, errTodo
}

// Claim records a typed phone, see Share.
func (s *ContactService) Claim(ctx context.Context, id ContactID, phone string) (*Contact, error) {
	return nil, errTodo
}

// Arrive records where somebody came from: the latest source always, the
// first one once.
func (s *ContactService) Arrive(ctx context.Context, id ContactID, from Source) error { return errTodo }

// OptOut records the wish for no more messages; in false takes it back.
func (s *ContactService) OptOut(ctx context.Context, id ContactID, out bool) error { return errTodo }

// Assign gives a contact to a user.
func (s *ContactService) Assign(ctx context.Context, by Actor, id ContactID, to UserID) (*Contact, error) {
	return nil, errTodo
}

// Timeline is what happened with a contact over all channels, newest first:
// messages, notes, plans, and changes of his records. The actor must see him.
func (s *ContactService) Timeline(ctx context.Context, by Actor, id ContactID, limit int) ([]TimelineItem, error) {
	return nil, errTodo
}
