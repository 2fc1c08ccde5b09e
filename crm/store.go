package crm

import (
	"context"
	"io"
	"time"
)

// Store keeps the nouns. It is composed of one small store per noun and has no
// transaction method: whoever needs several changes to happen together takes a
// Tx. Every list comes with the total before paging. Every Update reads the
// record for writing, calls change and writes it back with the next version,
// all in one transaction; an error of change is returned as it is and nothing
// is written. Stores return CodeNotFound for what is not there, CodeConflict
// for a broken unique key, CodeUnavailable when the database is away.
type Store interface {
	UserStore
	TeamStore
	LinkCodeStore
	IdentityStore
	ContactStore
	AccountStore
	LeadStore
	OpportunityStore
	ActivityStore
	TicketStore
	ArticleStore
	ConversationStore
	MessageStore
	MediaStore
	EventStore
	SearchStore
	ThreadStore
	ReleaseStore
	SurveyStore
	QuestionStore
}

// Tx runs several changes as one. fn gets a Store whose changes all happen or
// none do; calls may nest, the inner one is a savepoint. fn must use only the
// store it is given.
type Tx interface {
	InTx(ctx context.Context, fn func(ctx context.Context, store Store) error) error
}

// TxStore is a Store that can open a transaction.
type TxStore interface {
	Store
	Tx
}

// UserStore keeps who works here.
type UserStore interface {
	CreateUser(ctx context.Context, u *User) error // CodeConflict: the handle is taken
	User(ctx context.Context, id UserID) (*User, error)
	UserByHandle(ctx context.Context, handle string) (*User, error)
	Users(ctx context.Context, f UserFilter) ([]*User, error) // by name
	UpdateUser(ctx context.Context, id UserID, change func(*User) error) (*User, error)
	// NextUser is the user of the filter whose turn it is: the one whose
	// TurnAt is longest ago, moved to the end of the queue by this call.
	NextUser(ctx context.Context, f UserFilter) (*User, error)
}

// TeamStore keeps the teams.
type TeamStore interface {
	// EnsureTeam returns the team of that name, made if it was missing.
	EnsureTeam(ctx context.Context, name string) (*Team, error)
	Teams(ctx context.Context) ([]*Team, error) // by name
}

// LinkCodeStore keeps one-time codes by their hash.
type LinkCodeStore interface {
	CreateLinkCode(ctx context.Context, c *LinkCode) error
	LinkCodeByHash(ctx context.Context, hash string) (*LinkCode, error)
	UpdateLinkCode(ctx context.Context, id int64, change func(*LinkCode) error) (*LinkCode, error)
	// EndLinkCodes marks the unused codes of a user as used; user 0 has those
	// of the first admin.
	EndLinkCodes(ctx context.Context, user UserID, at time.Time) error
}

// IdentityStore keeps who is who on the platforms.
type IdentityStore interface {
	// Identities returns those of the keys that are known, in no order.
	Identities(ctx context.Context, keys []IdentityKey) ([]*Identity, error)
	// CreateIdentities inserts them; one that another process inserted first
	// is left alone and keeps ID 0 here: read it again.
	CreateIdentities(ctx context.Context, ids []*Identity) error
	IdentitiesOf(ctx context.Context, contact ContactID, user UserID) ([]*Identity, error) // latest first
	UpdateIdentity(ctx context.Context, id IdentityID, change func(*Identity) error) (*Identity, error)
}

// ContactStore keeps people outside.
type ContactStore interface {
	CreateContacts(ctx context.Context, c ...*Contact) error
	Contact(ctx context.Context, id ContactID) (*Contact, error) // follows MergedInto
	ContactsByID(ctx context.Context, ids []ContactID) ([]*Contact, error)
	Contacts(ctx context.Context, f ContactFilter) ([]*Contact, int, error)
	// MergedContacts are those that were merged into a contact, directly or not.
	MergedContacts(ctx context.Context, id ContactID) ([]*Contact, error)
	UpdateContact(ctx context.Context, id ContactID, change func(*Contact) error) (*Contact, error)
}

// AccountStore keeps companies.
type AccountStore interface {
	CreateAccount(ctx context.Context, a *Account) error
	Account(ctx context.Context, id AccountID) (*Account, error)
	Accounts(ctx context.Context, f AccountFilter) ([]*Account, int, error)
	UpdateAccount(ctx context.Context, id AccountID, change func(*Account) error) (*Account, error)
}

// LeadStore keeps leads.
type LeadStore interface {
	CreateLead(ctx context.Context, l *Lead) error
	Lead(ctx context.Context, id LeadID) (*Lead, error)
	Leads(ctx context.Context, f LeadFilter) ([]*Lead, int, error)
	UpdateLead(ctx context.Context, id LeadID, change func(*Lead) error) (*Lead, error)
}

// OpportunityStore keeps opportunities.
type OpportunityStore interface {
	CreateOpportunity(ctx context.Context, o *Opportunity) error
	Opportunity(ctx context.Context, id OpportunityID) (*Opportunity, error)
	Opportunities(ctx context.Context, f OpportunityFilter) ([]*Opportunity, int, error)
	UpdateOpportunity(ctx context.Context, id OpportunityID, change func(*Opportunity) error) (*Opportunity, error)
	// Pipeline sums what the filter selects, a row per group and currency,
	// largest amount first.
	Pipeline(ctx context.Context, f PipelineFilter) ([]PipelineRow, error)
}

// ActivityStore keeps notes and plans.
type ActivityStore interface {
	CreateActivity(ctx context.Context, a *Activity) error
	Activity(ctx context.Context, id ActivityID) (*Activity, error)
	Activities(ctx context.Context, f ActivityFilter) ([]*Activity, int, error)
	UpdateActivity(ctx context.Context, id ActivityID, change func(*Activity) error) (*Activity, error)
	// DueActivities returns open plans due at or before now whose owner was
	// not told yet, earliest first, at most limit.
	DueActivities(ctx context.Context, now time.Time, limit int) ([]*Activity, error)
}

// TicketStore keeps requests for help.
type TicketStore interface {
	CreateTicket(ctx context.Context, t *Ticket) error
	Ticket(ctx context.Context, id TicketID) (*Ticket, error)
	Tickets(ctx context.Context, f TicketFilter) ([]*Ticket, int, error)
	UpdateTicket(ctx context.Context, id TicketID, change func(*Ticket) error) (*Ticket, error)
}

// ArticleStore keeps the knowledge base.
type ArticleStore interface {
	CreateArticle(ctx context.Context, a *Article) error // CodeConflict: slug and language are taken
	Article(ctx context.Context, id ArticleID) (*Article, error)
	Articles(ctx context.Context, f ArticleFilter) ([]*Article, int, error)
	UpdateArticle(ctx context.Context, id ArticleID, change func(*Article) error) (*Article, error)
	// KnowledgeVersion changes whenever an article does: by any process.
	KnowledgeVersion(ctx context.Context) (int64, error)
}

// ConversationKey is where a conversation takes place.
type ConversationKey struct{ Platform, Install, Chat, Topic string }

// ConversationStore keeps conversations. Several addresses may lead to one
// conversation.
type ConversationStore interface {
	// Conversations returns those at the keys, by key.
	Conversations(ctx context.Context, keys []ConversationKey) (map[ConversationKey]*Conversation, error)
	// CreateConversations inserts them with their address; one that another
	// process inserted first keeps ID 0 here: read it again.
	CreateConversations(ctx context.Context, c []*Conversation) error
	Conversation(ctx context.Context, id ConversationID) (*Conversation, error)
	ConversationsOf(ctx context.Context, contact ContactID, user UserID) ([]*Conversation, error) // latest first
	UpdateConversation(ctx context.Context, id ConversationID, change func(*Conversation) error) (*Conversation, error)
	// ConversationList returns what the filter selects.
	ConversationList(ctx context.Context, f ConversationFilter) ([]*Conversation, int, error)
	// MoveConversation adds an address: the chat now lives there too.
	MoveConversation(ctx context.Context, id ConversationID, to ConversationKey) error
}

// MessageStore keeps what was said.
type MessageStore interface {
	CreateMessages(ctx context.Context, m []*Message) error
	// Messages returns up to limit messages of a conversation with an id above
	// after, oldest first; a negative limit returns the latest, oldest first.
	Messages(ctx context.Context, id ConversationID, after MessageID, limit int) ([]*Message, error)
	// LatestMessages returns the latest n messages of each of the conversations,
	// oldest first, in one statement; of one in which nothing was said, none.
	LatestMessages(ctx context.Context, ids []ConversationID, n int) (map[ConversationID][]*Message, error)
	// Timeline is the latest messages over all conversations of a contact,
	// newest first.
	Timeline(ctx context.Context, contact ContactID, limit int) ([]*Message, error)
	// MessageByNative finds an incoming or outgoing message by the platform's id.
	MessageByNative(ctx context.Context, id ConversationID, native string) (*Message, error)
	// MessageByLabel finds the latest message of ours with that label.
	MessageByLabel(ctx context.Context, id ConversationID, label string) (*Message, error)
	// ReviseMessage keeps the old body as a Revision. body "" with deleted
	// true marks it deleted.
	ReviseMessage(ctx context.Context, id MessageID, body string, deleted bool, at time.Time) error
	Parts(ctx context.Context, ids []MessageID) ([]*Part, error)
}

// MediaStore keeps files, their bytes by hash and once.
type MediaStore interface {
	CreateMedia(ctx context.Context, m []*Media) error
	MediaOf(ctx context.Context, ids []MessageID) ([]*Media, error)
	// StoreMedia keeps what data brings, piece by piece, and marks the file
	// stored. Returns CodeInvalid above MediaMax; an error of data as it is.
	StoreMedia(ctx context.Context, id int64, mime string, data io.Reader) error
	FailMedia(ctx context.Context, id int64, cause string) error
	// OpenMedia reads the bytes piece by piece. The caller closes it.
	OpenMedia(ctx context.Context, hash string) (io.ReadCloser, error)
}

// EventStore keeps the audit trail.
type EventStore interface {
	CreateEvents(ctx context.Context, e ...*Event) error
	Events(ctx context.Context, f EventFilter) ([]*Event, int, error)
	// LastAct returns all events of the user's last action at or after since
	// that was not undone, in the order they happened; none is no error.
	LastAct(ctx context.Context, user UserID, since time.Time) ([]*Event, error)
	UndoneAct(ctx context.Context, act string, at time.Time) error
	// Remove deletes a record that an undone action had made, with its search
	// entry. Events stay.
	Remove(ctx context.Context, r Ref) error
}

// SearchStore finds records by words, in any language. The index is written by
// the other stores in the transaction of the change.
type SearchStore interface {
	Search(ctx context.Context, q Search) ([]Hit, error)
}

// ThreadStore keeps where conversations are shown to colleagues.
type ThreadStore interface {
	CreateThread(ctx context.Context, t *Thread) error // CodeConflict: the conversation has one at that install
	Thread(ctx context.Context, id ThreadID) (*Thread, error)
	// ThreadAt finds the thread of a place, CodeNotFound if it is none.
	ThreadAt(ctx context.Context, place ConversationKey) (*Thread, error)
	Threads(ctx context.Context, f ThreadFilter) ([]*Thread, int, error)
	UpdateThread(ctx context.Context, id ThreadID, change func(*Thread) error) (*Thread, error)
}

// ReleaseStore keeps who let which words go.
type ReleaseStore interface {
	CreateRelease(ctx context.Context, r *Release) error
	Release(ctx context.Context, id ReleaseID) (*Release, error)
	Releases(ctx context.Context, f ReleaseFilter) ([]*Release, int, error)
	UpdateRelease(ctx context.Context, id ReleaseID, change func(*Release) error) (*Release, error)
}

// SurveyStore keeps how content customers are.
type SurveyStore interface {
	CreateSurvey(ctx context.Context, s *Survey) error
	Survey(ctx context.Context, id SurveyID) (*Survey, error)
	Surveys(ctx context.Context, f SurveyFilter) ([]*Survey, int, error)
	UpdateSurvey(ctx context.Context, id SurveyID, change func(*Survey) error) (*Survey, error)
}

// QuestionStore keeps what people asked the knowledge base and what became of
// it.
type QuestionStore interface {
	// CreateQuestions inserts them in one statement; one whose Key is there
	// already is left alone and keeps ID 0 here.
	CreateQuestions(ctx context.Context, q []*Question) error
	Question(ctx context.Context, id QuestionID) (*Question, error)
	QuestionByKey(ctx context.Context, key string) (*Question, error)
	Questions(ctx context.Context, f QuestionFilter) ([]*Question, int, error) // latest first
	UpdateQuestion(ctx context.Context, id QuestionID, change func(*Question) error) (*Question, error)
	// QuestionFigures sums the questions asked in [from, to).
	QuestionFigures(ctx context.Context, from, to time.Time) (QuestionFigures, error)
	// Misses sums the questions up that Missed, are open and were asked at or
	// after since, by cluster: the most frequent first, then the latest.
	Misses(ctx context.Context, since time.Time, page Page) ([]*Miss, int, error)
	// SettleQuestions gives those of the questions whose Lesson is from another
	// one, in one statement, and returns how many those were.
	SettleQuestions(ctx context.Context, ids []QuestionID, from, to Lesson) (int, error)
	// ClusterQuestions sets the ClusterID of questions, by their ID, in one
	// statement.
	ClusterQuestions(ctx context.Context, of map[QuestionID]QuestionID) error
	// ArticleUse counts the questions asked at or after since by the article that
	// was shown.
	ArticleUse(ctx context.Context, since time.Time) (map[ArticleID]int, error)
	// PruneQuestions removes those asked before, and returns how many.
	PruneQuestions(ctx context.Context, before time.Time) (int, error)
}
