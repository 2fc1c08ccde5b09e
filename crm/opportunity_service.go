package crm

import "context"

// OpportunityService moves possible sales through their stages.
type OpportunityService struct{ *base }

// Create makes an opportunity at the first open stage, if it names none. The
// actor owns it. CodeInvalid for a closed stage, CodeForbidden.
func (s *OpportunityService) Create(ctx context.Context, by Actor, o *Opportunity) error {
	if err := by.may(create, KindOpportunity, 0); err != nil {
		return err
	}
	return s.act(ctx, by, func(ctx context.Context, a *act) error {
		stage, ok := a.set.Stages.Find(either(o.Stage, a.set.Stages.First().Key))
		if !ok {
			return unknownStage(o.Stage)
		}
		if err := o.Enter(stage); err != nil {
			return err
		}
		if err := o.Price(o.Amount, a.set.Currency); err != nil {
			return err
		}
		if err := a.about(ctx, o); err != nil {
			return err
		}
		if err := set(o.setters(), map[string]string{"name": o.Name, "close": o.CloseOn, "intent": string(o.Intent)}); err != nil {
			return err
		}
		o.OwnerID, o.TeamID = by.User, by.Team
		if err := a.store.CreateOpportunity(ctx, o); err != nil {
			return err
		}
		return a.made(ctx, o)
	})
}

// about checks whom a new opportunity is with, and takes its name and source
// from there where it has none.
func (a *act) about(ctx context.Context, o *Opportunity) error {
	if o.ContactID != 0 {
		r, err := see(ctx, a.store, a.by, Ref{KindContact, int64(o.ContactID)})
		if err != nil {
			return err
		}
		c := r.(*Contact)
		o.Source = either(o.Source, c.First.Name)
		if o.AccountID == 0 {
			o.AccountID = c.AccountID
		}
		if o.AccountID == 0 {
			o.Name = either(o.Name, c.Name, c.Phone, c.Claimed, c.Ref().String())
		}
	}
	if o.AccountID != 0 {
		r, err := see(ctx, a.store, a.by, Ref{KindAccount, int64(o.AccountID)})
		if err != nil {
			return err
		}
		o.Name = either(o.Name, r.(*Account).Name)
	}
	return nil
}

// Opportunity returns one in scope. CodeNotFound.
func (s *OpportunityService) Opportunity(ctx context.Context, by Actor, id OpportunityID) (*Opportunity, error) {
	o, err := s.store.Opportunity(ctx, id)
	return seen(by, o, err, Ref{KindOpportunity, int64(id)})
}

// List returns opportunities in scope, and how many there are. CodeForbidden
// for who sees none at all.
func (s *OpportunityService) List(ctx context.Context, by Actor, f OpportunityFilter) ([]*Opportunity, int, error) {
	if err := by.sees(KindOpportunity); err != nil {
		return nil, 0, err
	}
	f.Scope = by.Scope(KindOpportunity)
	return s.store.Opportunities(ctx, f)
}

// Move brings an opportunity to an open stage, in any direction; a closed one
// is reopened by that. Winning and losing are Win and Lose: CodeInvalid for
// their stages and for one that does not exist.
func (s *OpportunityService) Move(ctx context.Context, by Actor, id OpportunityID, stage string) (*Opportunity, error) {
	return s.change(ctx, by, id, modify, "stage", func(_ context.Context, a *act, o *Opportunity) error {
		to, ok := a.set.Stages.Find(stage)
		if !ok {
			return unknownStage(stage)
		}
		if o.Stage == to.Key && o.Open() {
			return nil
		}
		return o.Enter(to)
	})
}

func unknownStage(word string) error {
	return Fail(CodeInvalid, "stage.unknown", "stage", word).In("stage")
}

// Win closes it as won. CodeConflict if it is closed.
func (s *OpportunityService) Win(ctx context.Context, by Actor, id OpportunityID) (*Opportunity, error) {
	return s.change(ctx, by, id, modify, "won", func(_ context.Context, a *act, o *Opportunity) error {
		return o.Win(a.set.Stages, a.now)
	})
}

// Lose closes it as lost, with a reason. CodeInvalid without one, CodeConflict
// if it is closed.
func (s *OpportunityService) Lose(ctx context.Context, by Actor, id OpportunityID, reason string) (*Opportunity, error) {
	return s.change(ctx, by, id, modify, "lost", func(_ context.Context, a *act, o *Opportunity) error {
		return o.Lose(a.set.Stages, reason, a.now)
	})
}

// Price sets the amount. An amount without currency takes the company's.
// CodeInvalid below zero.
func (s *OpportunityService) Price(ctx context.Context, by Actor, id OpportunityID, m Money) (*Opportunity, error) {
	return s.change(ctx, by, id, modify, "amount", func(_ context.Context, a *act, o *Opportunity) error {
		return o.Price(m, a.set.Currency)
	})
}

// Expect sets the day by which it should close. CodeInvalid if it is none.
func (s *OpportunityService) Expect(ctx context.Context, by Actor, id OpportunityID, day string) (*Opportunity, error) {
	return s.change(ctx, by, id, modify, "close", func(_ context.Context, _ *act, o *Opportunity) error {
		return checked(&o.CloseOn, ParseDay)(day)
	})
}

// Assign gives it to a user. CodeInvalid for one who has left or sees no
// opportunities.
func (s *OpportunityService) Assign(ctx context.Context, by Actor, id OpportunityID, to UserID) (*Opportunity, error) {
	return s.change(ctx, by, id, assign, "assigned", func(ctx context.Context, a *act, o *Opportunity) error {
		u, err := heir(ctx, a.store, to, KindOpportunity)
		possess(u, &o.OwnerID, &o.TeamID)
		return err
	})
}

// Pipeline sums what the actor sees. The filter's Scope is set here. Service
// staff get CodeForbidden.
func (s *OpportunityService) Pipeline(ctx context.Context, by Actor, f PipelineFilter) ([]PipelineRow, error) {
	if err := by.sees(KindOpportunity); err != nil {
		return nil, err
	}
	f.Scope = by.Scope(KindOpportunity)
	f.WonStage = s.set.Stages.Won().Key
	return s.store.Pipeline(ctx, f)
}

func (s *OpportunityService) change(ctx context.Context, by Actor, id OpportunityID, d do, verb string, fn func(context.Context, *act, *Opportunity) error) (o *Opportunity, err error) {
	err = s.act(ctx, by, func(ctx context.Context, a *act) error {
		o, err = change(ctx, a, d, KindOpportunity, verb, a.store.UpdateOpportunity, id,
			func(o *Opportunity) error { return fn(ctx, a, o) })
		return err
	})
	return o, err
}
