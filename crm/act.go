package crm

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"errors"
	"time"
)

// record is what every noun with an audit trail can tell about itself.
type record interface {
	Ref() Ref
	owned() (UserID, TeamID)
	revision() *int64          // its version, to read and to set
	fields() map[string]string // as people read them; records as references
	label() (title, note string)
}

// act is one action of somebody: a transaction, and the events it leaves.
type act struct {
	store Store
	set   Settings
	by    Actor
	free  bool // the rules of who may what were checked already
	id    string
	now   time.Time
	logs  []*Event
}

type actKey struct{}

// InAct makes all changes under ctx one act with this id: undo takes them back
// together. Without it every call of a service is an act of its own.
func InAct(ctx context.Context, id string) context.Context {
	return context.WithValue(ctx, actKey{}, id)
}

// act runs fn as one action of the actor: everything in it happens, with its
// events, or nothing does.
func (b *base) act(ctx context.Context, by Actor, fn func(ctx context.Context, a *act) error) error {
	id, ok := ctx.Value(actKey{}).(string)
	if !ok {
		id = newAct()
	}
	return b.store.InTx(ctx, func(ctx context.Context, store Store) error {
		a := &act{store: store, set: *b.set, by: by, id: id, now: b.now()}
		if err := fn(ctx, a); err != nil {
			return err
		}
		if len(a.logs) == 0 {
			return nil
		}
		return store.CreateEvents(ctx, a.logs...)
	})
}

func newAct() string {
	var b [12]byte
	_, _ = rand.Read(b[:]) // never fails
	return hex.EncodeToString(b[:])
}

// errSame ends an update that would change nothing.
var errSame = errors.New("crm: nothing changed")

// updater is a store's Update of one noun.
type updater[R record, ID ~int64] func(ctx context.Context, id ID, change func(R) error) (R, error)

// change updates a record in the actor's scope, as far as he may, and logs
// what became different. Where nothing did, nothing is written.
func change[R record, ID ~int64](ctx context.Context, a *act, d do, kind Kind, verb string, update updater[R, ID], id ID, fn func(R) error) (R, error) {
	var (
		seen   R
		before []byte
		was    map[string]string
		none   R
	)
	r, err := update(ctx, id, func(r R) error {
		if err := a.check(d, r); err != nil {
			return err
		}
		seen, was = r, r.fields()
		var err error
		if before, err = json.Marshal(r); err != nil {
			return err
		}
		if err := fn(r); err != nil {
			return err
		}
		after, err := json.Marshal(r)
		if err == nil && bytes.Equal(before, after) {
			return errSame
		}
		return err
	})
	if errors.Is(err, errSame) {
		return seen, nil
	}
	if err != nil {
		return none, missing(err, Ref{kind, int64(id)})
	}
	return r, a.log(ctx, verb, r, string(before), was)
}

// check says whether the actor sees the record and may do it.
func (a *act) check(d do, r record) error {
	if a.free {
		return nil
	}
	if !visible(a.by, r) {
		return absent(r.Ref())
	}
	owner, _ := r.owned()
	return a.by.may(d, r.Ref().Kind, owner)
}

// made logs a new record.
func (a *act) made(ctx context.Context, r record) error {
	return a.log(ctx, "created", r, "", nil)
}

// log adds the event of one change.
func (a *act) log(ctx context.Context, verb string, r record, before string, was map[string]string) error {
	changes, err := a.changes(ctx, was, r.fields())
	if err != nil {
		return err
	}
	ref := r.Ref()
	a.logs = append(a.logs, &Event{
		At: a.now, ActorKind: a.by.Kind, ActorID: a.by.ID(),
		SubjectKind: ref.Kind, SubjectID: ref.ID, Verb: verb, Changes: changes,
		Act: a.id, Before: before, After: *r.revision(),
	})
	return nil
}

// changes compares two states. References become the names of what they mean.
func (a *act) changes(ctx context.Context, from, to map[string]string) (map[string]Change, error) {
	out := map[string]Change{}
	for field, value := range to {
		if from[field] == value {
			continue
		}
		c := Change{From: from[field], To: value}
		for _, s := range []*string{&c.From, &c.To} {
			var err error
			if *s, err = a.spoken(ctx, field, *s); err != nil {
				return nil, err
			}
		}
		out[field] = c
	}
	return out, nil
}

// spoken is the value of a field as people read it: names for references. What
// is gone keeps its reference.
func (a *act) spoken(ctx context.Context, field, value string) (string, error) {
	if field == "team" {
		return a.teamName(ctx, value)
	}
	ref, ok := ParseRef(value)
	if !ok || !refers[field] {
		return value, nil
	}
	r, err := load(ctx, a.store, ref)
	if CodeOf(err) == CodeNotFound {
		return value, nil
	}
	if err != nil {
		return "", err
	}
	title, _ := r.label()
	return title, nil
}

func (a *act) teamName(ctx context.Context, number string) (string, error) {
	if number == "" {
		return "", nil
	}
	teams, err := a.store.Teams(ctx)
	for _, t := range teams {
		if teamNumber(t.ID) == number {
			return t.Name, nil
		}
	}
	return number, err
}

// refers are the fields that hold a reference.
var refers = map[string]bool{
	"owner": true, "live": true, "merged": true, "account": true, "contact": true, "opportunity": true, "about": true, "lead": true,
}

// visible says whether the actor may know of the record. Somebody outside
// knows himself and his own tickets.
func visible(by Actor, r record) bool {
	if by.Kind == AuthorContact {
		switch r := r.(type) {
		case *Ticket:
			return r.ContactID == by.Contact && by.Contact != 0
		case *Contact:
			return r.ID == by.Contact
		}
		return false
	}
	scope := by.Scope(r.Ref().Kind)
	if by.Serves != 0 && by.Serves == personOf(r) && scope.Reach != None {
		return true
	}
	return scope.Sees(r.owned())
}

// see loads a record that the actor sees.
func see(ctx context.Context, store Store, by Actor, ref Ref) (record, error) {
	r, err := load(ctx, store, ref)
	if err != nil {
		return nil, err
	}
	if !visible(by, r) {
		return nil, absent(ref)
	}
	return r, nil
}

// absent is the answer for what is not there and for what is out of scope.
func absent(r Ref) error { return Fail(CodeNotFound, "record.missing", "ref", r.String()) }

// missing words a store's not found as absent does, so that nobody can tell
// the two apart.
func missing(err error, r Ref) error {
	if CodeOf(err) == CodeNotFound {
		return absent(r)
	}
	return err
}
