package crm

import "context"

// AccountService keeps companies.
type AccountService struct{ *base }

// Ensure returns the account of that name in scope, made if missing. Returns
// CodeInvalid, CodeForbidden.
func (s *AccountService) Ensure(ctx context.Context, by Actor, name string) (account *Account, err error) {
	if err := by.sees(KindAccount); err != nil {
		return nil, err
	}
	err = s.act(ctx, by, func(ctx context.Context, a *act) error {
		fresh := &Account{Name: name}
		if err := fresh.check(a.set); err != nil {
			return err
		}
		if account, err = a.named(ctx, fresh.Name); err != nil || account != nil {
			return err
		}
		account = fresh
		return a.found(ctx, fresh)
	})
	if err != nil {
		return nil, err
	}
	return account, nil
}

// Create makes an account; the actor owns it. Returns CodeInvalid,
// CodeForbidden. Same name: CodeConflict with its reference.
func (s *AccountService) Create(ctx context.Context, by Actor, account *Account) error {
	if err := by.may(create, KindAccount, 0); err != nil {
		return err
	}
	return s.act(ctx, by, func(ctx context.Context, a *act) error {
		if err := account.check(a.set); err != nil {
			return err
		}
		have, err := a.named(ctx, account.Name)
		if err != nil {
			return err
		}
		if have != nil {
			return Fail(CodeConflict, "account.exists", "name", have.Name, "ref", have.Ref().String()).In("name")
		}
		return a.found(ctx, account)
	})
}

// named is the account of that name in scope, nil if there is none.
func (a *act) named(ctx context.Context, name string) (*Account, error) {
	have, _, err := a.store.Accounts(ctx, AccountFilter{Scope: a.by.Scope(KindAccount), Name: name, Page: Page{Limit: 1}})
	if err != nil || len(have) == 0 {
		return nil, err
	}
	return have[0], nil
}

// found makes an account; it belongs to the actor unless it belongs to
// somebody already.
func (a *act) found(ctx context.Context, account *Account) error {
	if !a.free {
		if err := a.by.may(create, KindAccount, 0); err != nil {
			return err
		}
	}
	if account.OwnerID == 0 {
		account.OwnerID, account.TeamID = a.by.User, a.by.Team
	}
	if err := a.store.CreateAccount(ctx, account); err != nil {
		return err
	}
	return a.made(ctx, account)
}

// Account returns one in scope. CodeNotFound.
func (s *AccountService) Account(ctx context.Context, by Actor, id AccountID) (*Account, error) {
	a, err := s.store.Account(ctx, id)
	return seen(by, a, err, Ref{KindAccount, int64(id)})
}

// List returns accounts in scope, and how many there are.
func (s *AccountService) List(ctx context.Context, by Actor, f AccountFilter) ([]*Account, int, error) {
	if err := by.sees(KindAccount); err != nil {
		return nil, 0, err
	}
	f.Scope = by.Scope(KindAccount)
	return s.store.Accounts(ctx, f)
}

// Set changes fields by name: name, phone, website, city. CodeInvalid names
// the field.
func (s *AccountService) Set(ctx context.Context, by Actor, id AccountID, fields map[string]string) (*Account, error) {
	return s.change(ctx, by, id, modify, "changed", func(_ context.Context, a *act, account *Account) error {
		return set(account.setters(a.set), fields)
	})
}

// Assign gives an account to a user. CodeInvalid for a user who has left.
func (s *AccountService) Assign(ctx context.Context, by Actor, id AccountID, to UserID) (*Account, error) {
	return s.change(ctx, by, id, assign, "assigned", func(ctx context.Context, a *act, account *Account) error {
		u, err := heir(ctx, a.store, to, KindAccount)
		possess(u, &account.OwnerID, &account.TeamID)
		return err
	})
}

func (s *AccountService) change(ctx context.Context, by Actor, id AccountID, d do, verb string, fn func(context.Context, *act, *Account) error) (account *Account, err error) {
	err = s.act(ctx, by, func(ctx context.Context, a *act) error {
		account, err = change(ctx, a, d, KindAccount, verb, a.store.UpdateAccount, id,
			func(account *Account) error { return fn(ctx, a, account) })
		return err
	})
	return account, err
}
