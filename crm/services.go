package crm

import (
	"context"
	"time"
)

// Settings are the company's choices that the rules depend on.
type Settings struct {
	Stages   Stages
	Zone     *time.Location
	Currency string
	Country  string // ISO 3166, of phone numbers typed without a prefix
	Hours    Hours
	Rules    Rules
}

// Services are the rules over a store. They are cheap: the bot makes them anew
// over the store of each event.
type Services struct {
	Users         UserService
	Contacts      ContactService
	Accounts      AccountService
	Leads         LeadService
	Opportunities OpportunityService
	Activities    ActivityService
	Tickets       TicketService
	Articles      ArticleService
	Records       RecordService
	Conversations ConversationService
	Surveys       SurveyService
	Questions     QuestionService
	Settings      Settings
}

// base is what every service has.
type base struct {
	store TxStore
	now   func() time.Time
	set   *Settings
}

// NewServices builds the services. now is in UTC and in whole microseconds.
func NewServices(store TxStore, now func() time.Time, set Settings) *Services {
	s := &Services{Settings: set}
	b := &base{store: store, now: now, set: &s.Settings}
	s.Users.base, s.Contacts.base, s.Accounts.base, s.Leads.base = b, b, b, b
	s.Opportunities.base, s.Activities.base, s.Tickets.base, s.Articles.base = b, b, b, b
	s.Records.base, s.Conversations.base, s.Surveys.base, s.Questions.base = b, b, b, b
	return s
}

// himself is a customer under the contact that he was merged into; everybody
// else as he is.
func (b *base) himself(ctx context.Context, by Actor) (Actor, error) {
	if by.Kind != AuthorContact || by.Contact == 0 {
		return by, nil
	}
	c, err := b.store.Contact(ctx, by.Contact)
	if err != nil {
		return by, missing(err, Ref{KindContact, int64(by.Contact)})
	}
	by.Contact = c.ID
	return by, nil
}
