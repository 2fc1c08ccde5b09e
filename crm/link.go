package crm

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
	"strings"
	"time"
)

// A link code is eight letters and digits, 40 bits of chance, that live ten
// minutes. Somebody who guessed wrong five times in that time may not try
// again, and neither may a code that such a person keeps presenting.
const (
	codeAlphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ" // no I, L, O, U: read aloud without mistakes
	codeLength   = 8
	codeLives    = 10 * time.Minute
	codeTries    = 5
)

// NewCode makes a one-time code for an existing user: ten minutes, five tries,
// 40 bits at least, "7F3K-9QXA". An older unused one ends. For admins, and for
// the user himself: CodeForbidden. CodeNotFound for a user who has left.
func (s *UserService) NewCode(ctx context.Context, by Actor, id UserID) (code string, err error) {
	if by.Kind != AuthorUser || by.User != id {
		if err := by.may(modify, KindUser, 0); err != nil {
			return "", err
		}
	}
	err = s.act(ctx, by, func(ctx context.Context, a *act) error {
		u, err := worker(ctx, a.store, id)
		if err != nil {
			return err
		}
		if u == nil {
			return absent(Ref{KindUser, int64(id)})
		}
		code, err = a.code(ctx, id)
		return err
	})
	return code, err
}

// AdminCode makes the code of the first admin, "" if there is an admin.
func (s *UserService) AdminCode(ctx context.Context) (code string, err error) {
	err = s.act(ctx, System(), func(ctx context.Context, a *act) error {
		admins, err := a.store.Users(ctx, UserFilter{Roles: []Role{RoleAdmin}, Active: true})
		if err != nil || len(admins) > 0 {
			return err
		}
		code, err = a.code(ctx, 0)
		return err
	})
	return code, err
}

// code makes the one code of a user that counts from now on.
func (a *act) code(ctx context.Context, user UserID) (string, error) {
	if err := a.store.EndLinkCodes(ctx, user, a.now); err != nil {
		return "", err
	}
	code := newCode()
	return code, a.store.CreateLinkCode(ctx, &LinkCode{
		Hash: hashCode(code), UserID: user, Expires: a.now.Add(codeLives), Created: a.now,
	})
}

// Link ties the identity to the user of the code. The first admin is made here
// with the identity's name, or without one (see User.Named). Wrong, old and used codes are CodeInvalid alike,
// and so is a right one from somebody who has guessed wrong five times. A
// wrong guess is counted in a transaction of its own: a caller must not take
// back what this call wrote when it fails.
func (s *UserService) Link(ctx context.Context, id *Identity, code string) (*User, error) {
	refused := Fail(CodeInvalid, "link.code.bad").In("code")
	tries, err := s.guesses(ctx, id)
	if err != nil {
		return nil, err
	}
	if tries >= codeTries {
		return nil, Fail(CodeInvalid, "link.code.tries").In("code")
	}
	var u *User
	err = s.act(ctx, System(), func(ctx context.Context, a *act) (err error) {
		u, err = a.link(ctx, id, hashCode(code))
		return err
	})
	if err != nil {
		return nil, err
	}
	if u == nil {
		if err := s.missed(ctx, id, hashCode(code)); err != nil {
			return nil, err
		}
		return nil, refused
	}
	return u, nil
}

// link uses a code. nil without an error is a code that does not count.
func (a *act) link(ctx context.Context, id *Identity, hash string) (*User, error) {
	c, err := a.store.LinkCodeByHash(ctx, hash)
	if CodeOf(err) == CodeNotFound {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	if subtle.ConstantTimeCompare([]byte(c.Hash), []byte(hash)) != 1 || !c.counts(a.now) {
		return nil, nil
	}
	u, err := a.linked(ctx, c, id)
	if u == nil || err != nil {
		return nil, err
	}
	if _, err := a.store.UpdateLinkCode(ctx, c.ID, func(c *LinkCode) error {
		if !c.counts(a.now) {
			return Fail(CodeInvalid, "link.code.bad").In("code")
		}
		c.Used = a.now
		return nil
	}); err != nil {
		return nil, err
	}
	if err := a.tie(ctx, id.ID, u.ID); err != nil {
		return nil, err
	}
	id.UserID, id.ContactID = u.ID, 0
	a.logs = append(a.logs, &Event{
		At: a.now, ActorKind: AuthorUser, ActorID: int64(u.ID), SubjectKind: KindUser, SubjectID: int64(u.ID), Verb: "linked",
		Changes: map[string]Change{"identity": {To: id.Platform + ":" + id.Install + "/" + id.Sender}}, After: u.Version,
	})
	return u, nil
}

// linked is whom a code is for: an active user, or the first admin.
func (a *act) linked(ctx context.Context, c *LinkCode, id *Identity) (*User, error) {
	if c.UserID != 0 {
		return worker(ctx, a.store, c.UserID)
	}
	admins, err := a.store.Users(ctx, UserFilter{Roles: []Role{RoleAdmin}, Active: true})
	if err != nil || len(admins) > 0 {
		return nil, err
	}
	return a.hire(ctx, NewUser{Name: id.called(RoleAdmin), Role: RoleAdmin})
}

// called is what a new user is called: as his platform says, or as his role
// until he tells his name.
func (i *Identity) called(role Role) string { return either(strings.TrimSpace(i.Name), string(role)) }

// counts says whether a code may still be used.
func (c *LinkCode) counts(now time.Time) bool {
	return c.Used.IsZero() && now.Before(c.Expires) && c.Tries < codeTries
}

// missed counts a wrong guess: with the identity, so that a stranger's guesses
// cannot end the codes of others, and with the code if it was one of ours.
func (s *UserService) missed(ctx context.Context, id *Identity, hash string) error {
	return s.act(ctx, System(), func(ctx context.Context, a *act) error {
		a.logs = append(a.logs, &Event{
			At: a.now, ActorKind: AuthorSystem, SubjectKind: KindIdentity, SubjectID: int64(id.ID), Verb: "refused",
			Changes: map[string]Change{},
		})
		c, err := a.store.LinkCodeByHash(ctx, hash)
		if CodeOf(err) == CodeNotFound {
			return nil
		}
		if err != nil {
			return err
		}
		_, err = a.store.UpdateLinkCode(ctx, c.ID, func(c *LinkCode) error { c.Tries++; return nil })
		return err
	})
}

// guesses is how often the identity guessed wrong of late.
func (s *UserService) guesses(ctx context.Context, id *Identity) (int, error) {
	_, n, err := s.store.Events(ctx, EventFilter{
		Subject: Ref{KindIdentity, int64(id.ID)}, Since: s.now().Add(-codeLives), Page: Page{Limit: 1},
	})
	return n, err
}

func newCode() string {
	var b [codeLength]byte
	_, _ = rand.Read(b[:]) // never fails
	for i := range b {
		b[i] = codeAlphabet[b[i]&31]
	}
	return string(b[:codeLength/2]) + "-" + string(b[codeLength/2:])
}

// hashCode is what is kept of a code. It reads a code as people type it: in
// small letters, with spaces, with O for 0 and I or L for 1.
func hashCode(typed string) string {
	code := strings.NewReplacer("-", "", "－", "", "—", "", " ", "", "O", "0", "I", "1", "L", "1").
		Replace(strings.ToUpper(strings.TrimSpace(typed)))
	sum := sha256.Sum256([]byte(code))
	return hex.EncodeToString(sum[:])
}
