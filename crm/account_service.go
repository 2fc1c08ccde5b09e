package crm

import "context"

// AccountService keeps companies.
type AccountService struct{ *base }

// Ensure returns the account of that name in scope, made if missing.
func (s *AccountService) Ensure(ctx context.Context, by Actor, name string) (*Account, error) {
	return nil, errTodo
}

// Create makes an account. Same name: CodeConflict with its reference.
func (s *AccountService) Create(ctx context.Context, by Actor, a *Account) error { return errTodo }

// Account returns one in scope. CodeNotFound.
func (s *AccountService) Account(ctx context.Context, by Actor, id AccountID) (*Account, error) {
	return nil, errTodo
}

// List returns accounts in scope.
func (s *AccountService) List(ctx context.Context, by Actor, f AccountFilter) ([]*Account, int, error) {
	return nil, 0, errTodo
}

// Set changes fields by name: name, phone, website, city.
func (s *AccountService) Set(ctx context.Context, by Actor, id AccountID, fields map[string]string) (*Account, error) {
	return nil, errTodo
}

// Assign gives an account to a user.
func (s *AccountService) Assign(ctx context.Context, by Actor, id AccountID, to UserID) (*Account, error) {
	return nil, errTodo
}
