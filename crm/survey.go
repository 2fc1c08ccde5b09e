package crm

import "time"

// Survey is one question how content a customer is with how he was helped.
type Survey struct {
	ID             SurveyID `bun:",pk,autoincrement,identity"`
	ContactID      ContactID
	ConversationID ConversationID
	UserID         UserID `bun:",nullzero"` // who was in charge
	Rating         int    // 5 very content … 1 not at all, 0 not answered
	Comment        string
	TicketID       TicketID  `bun:",nullzero"` // the complaint that it led to
	Answered       time.Time `bun:",nullzero"`
	Created        time.Time
	Updated        time.Time
}

// The rules of surveys.
const (
	SurveyEvery = 30 * 24 * time.Hour // at most one in this time for each person
	SurveyBad   = 2                   // this and below is a complaint
)

// SurveyFilter selects surveys, latest first. Zero fields do not filter.
type SurveyFilter struct {
	Contact      ContactID
	Conversation ConversationID
	User         UserID
	Since        time.Time
	Page         Page
}
