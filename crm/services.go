package crm

import "time"

// Settings are the company's choices that the rules depend on.
type Settings struct {
	Stages   Stages
	Zone     *time.Location
	Currency string
	Country  string // ISO 3166, of phone numbers typed without a prefix
}

// Services are the rules over a store. They are cheap: the bot makes them anew
// over the store of each event.
type Services struct {
	Users         *UserService
	Contacts      *ContactService
	Accounts      *AccountService
	Leads         *LeadService
	Opportunities *OpportunityService
	Activities    *ActivityService
	Tickets       *TicketService
	Articles      *ArticleService
	Records       *RecordService
	Settings      Settings
}

// base is what every service has.
type base struct {
	store TxStore
	now   func() time.Time
	set   Settings
}

// NewServices builds the services. now is in UTC and in whole microseconds.
func NewServices(store TxStore, now func() time.Time, set Settings) *Services {
	b := &base{store: store, now: now, set: set}
	return &Services{
		Users:         &UserService{b},
		Contacts:      &ContactService{b},
		Accounts:      &AccountService{b},
		Leads:         &LeadService{b},
		Opportunities: &OpportunityService{b},
		Activities:    &ActivityService{b},
		Tickets:       &TicketService{b},
		Articles:      &ArticleService{b},
		Records:       &RecordService{b},
		Settings:      set,
	}
}
