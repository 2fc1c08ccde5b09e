package crm

import (
	"fmt"
	"strconv"
	"strings"
)

// Kind names a noun that people can refer to.
type Kind string

// The kinds, as they are stored.
const (
	KindLead         Kind = "lead"
	KindContact      Kind = "contact"
	KindAccount      Kind = "account"
	KindOpportunity  Kind = "opportunity"
	KindTicket       Kind = "ticket"
	KindActivity     Kind = "activity"
	KindArticle      Kind = "article"
	KindUser         Kind = "user"
	KindConversation Kind = "conversation"
	KindIdentity     Kind = "identity" // in the audit trail only: people cannot refer to one
	KindQuestion     Kind = "question" // so too
)

var prefixes = map[Kind]string{
	KindLead: "LEAD", KindContact: "CON", KindAccount: "ACC", KindOpportunity: "OPP",
	KindTicket: "TIC", KindActivity: "ACT", KindArticle: "ART", KindUser: "USER",
	KindConversation: "CONV",
}

// Ref points at one record. People type and read it as LEAD-42.
type Ref struct {
	Kind Kind
	ID   int64
}

// String prints the reference as people type it, "" for the zero Ref.
func (r Ref) String() string {
	if r == (Ref{}) {
		return ""
	}
	return fmt.Sprintf("%s-%d", prefixes[r.Kind], r.ID)
}

// ParseRef reads a reference in any case: "LEAD-42", "opp-1", "tic11". It
// knows the prefixes only; nouns of a language ("线索1") are the business of
// the command grammar.
func ParseRef(s string) (Ref, bool) {
	s = strings.ToUpper(strings.TrimSpace(s))
	for kind, prefix := range prefixes {
		rest, ok := strings.CutPrefix(s, prefix)
		if !ok {
			continue
		}
		id, err := strconv.ParseInt(strings.TrimPrefix(rest, "-"), 10, 64)
		if err == nil && id > 0 && strings.IndexFunc(rest, notRefDigit) < 0 {
			return Ref{Kind: kind, ID: id}, true
		}
	}
	return Ref{}, false
}

func notRefDigit(r rune) bool { return r != '-' && (r < '0' || r > '9') }

// UserID and its like identify records. Each prints as its reference.
type (
	UserID         int64
	TeamID         int64
	IdentityID     int64
	ContactID      int64
	AccountID      int64
	LeadID         int64
	OpportunityID  int64
	ActivityID     int64
	TicketID       int64
	ArticleID      int64
	ConversationID int64
	MessageID      int64
	EventID        int64
	ThreadID       int64
	ReleaseID      int64
	SurveyID       int64
	QuestionID     int64
)

func (id UserID) String() string         { return Ref{KindUser, int64(id)}.String() }
func (id ContactID) String() string      { return Ref{KindContact, int64(id)}.String() }
func (id AccountID) String() string      { return Ref{KindAccount, int64(id)}.String() }
func (id LeadID) String() string         { return Ref{KindLead, int64(id)}.String() }
func (id OpportunityID) String() string  { return Ref{KindOpportunity, int64(id)}.String() }
func (id ActivityID) String() string     { return Ref{KindActivity, int64(id)}.String() }
func (id TicketID) String() string       { return Ref{KindTicket, int64(id)}.String() }
func (id ArticleID) String() string      { return Ref{KindArticle, int64(id)}.String() }
func (id ConversationID) String() string { return Ref{KindConversation, int64(id)}.String() }
