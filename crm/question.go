package crm

import "time"

// Question is what somebody asked the knowledge base, what the bot made of it
// and what became of that. It is the memory from which the knowledge base
// learns what it does not know.
type Question struct {
	ID             QuestionID `bun:",pk,autoincrement,identity"`
	Key            string     // unique: names the event it was asked by
	ConversationID ConversationID
	ContactID      ContactID   `bun:",nullzero"`
	Text           string      // as it was asked, at most QuestionMax runes
	Language       string      // the asker's: "en", "zh-CN"
	Knowledge      int64       // the version of the knowledge base that was searched
	Probability    float64     // that Top[0] answers it, 0 to 1
	Top            []Candidate `bun:"type:jsonb"` // best first, at most three
	Band           Band
	ArticleID      ArticleID `bun:",nullzero"` // that was shown: answered, or chosen from what was suggested
	ArticleVersion int64     // of it
	Outcome        Outcome   // what the asker did, "" for nothing yet
	// What a person answered afterwards, and the article that says the same.
	ReplyID   ReleaseID `bun:",nullzero"`
	Reply     string
	ReplyOfID ArticleID `bun:",nullzero"`
	// What the keepers made of it.
	State     QuestionState
	ClusterID QuestionID `bun:",nullzero"` // the first of those that ask alike, 0 until they were compared
	TaughtID  ArticleID  `bun:",nullzero"` // the article that got it as a phrasing, or was made of it
	TaughtBy  UserID     `bun:",nullzero"`
	Asked     time.Time
	Created   time.Time
	Updated   time.Time
}

// QuestionMax is how much of a question is kept, in runes.
const QuestionMax = 500

// QuestionKept is how long a question is kept.
const QuestionKept = 400 * 24 * time.Hour

// Lesson is what the keepers made of a question: State, TaughtID and TaughtBy.
// The zero Lesson is nothing yet.
type Lesson struct {
	State   QuestionState `json:"state"`
	Article ArticleID     `json:"article,omitempty"`
	By      UserID        `json:"by,omitempty"`
}

// Miss is what several people asked alike and the knowledge base had no answer
// for, while nobody has dealt with it.
type Miss struct {
	Cluster  QuestionID // names it: the ClusterID of the questions, or the ID of one that was not compared yet
	Count    int        // of questions
	Question *Question  // the latest
	// What a person answered the latest of them that was answered, and the
	// article that says the same; zero for nothing.
	ReplyID ReleaseID
	Reply   string
	ReplyOf ArticleID
}

// Candidate is an article that may answer a question.
type Candidate struct {
	Article     ArticleID `json:"article"`
	Version     int64     `json:"version"`
	Probability float64   `json:"p"`
}

// Band is what the bot does with a question, going by how sure it is.
type Band string

// The bands.
const (
	BandAnswered  Band = "answered"   // with an article
	BandSuggested Band = "suggested"  // up to three articles to choose from
	BandHandedOff Band = "handed_off" // a person was offered
)

// Outcome is what the asker did with it.
type Outcome string

// The outcomes.
const (
	OutcomeSolved     Outcome = "solved"      // he says so
	OutcomePicked     Outcome = "picked"      // he chose one of the suggestions
	OutcomeNotHelpful Outcome = "not_helpful" // he says so
	OutcomeNone       Outcome = "none"        // none of the suggestions
	OutcomePerson     Outcome = "person"      // he wanted a person
)

// QuestionState is what the keepers of the knowledge base made of a question.
type QuestionState string

// The states.
const (
	QuestionOpen    QuestionState = ""
	QuestionTaught  QuestionState = "taught"  // a phrasing of an article now
	QuestionDrafted QuestionState = "drafted" // an article was made of it
	QuestionIgnored QuestionState = "ignored"
)

// Missed says whether the knowledge base failed the asker.
func (q *Question) Missed() bool {
	switch q.Outcome {
	case OutcomeNotHelpful, OutcomeNone, OutcomePerson:
		return true
	case OutcomeSolved, OutcomePicked:
		return false
	}
	return q.Band == BandHandedOff
}

// QuestionFilter selects questions, latest first. Zero fields do not filter.
type QuestionFilter struct {
	Conversation ConversationID
	Cluster      QuestionID // of those that ask alike, the first one too
	Article      ArticleID  // that was shown
	Taught       ArticleID  // that got them as phrasings, or was made of them
	Contact      ContactID  // who asked, with those merged into him
	Band         Band       // "" for any
	Missed       bool       // those that Missed, in QuestionOpen
	Open         bool       // in QuestionOpen
	Unclustered  bool       // whose ClusterID is 0
	Leading      bool       // whose ClusterID is their own ID
	Unreplied    bool       // whose ReplyID is 0
	Since, Until time.Time  // Asked in [Since, Until)
	Page         Page
}

// QuestionFigures are sums over questions.
type QuestionFigures struct {
	Asked, Answered, Suggested, HandedOff           int // by Band
	Solved, Picked, NotHelpful, None, Person, Quiet int // by Outcome
	Wrong                                           int // answered, and then NotHelpful, None, Person, or another one Picked
	Missed                                          int // see Question.Missed
	Helped                                          int // Picked, or not answered at once but Solved
}

// Served is the share of the questions that were answered or chosen and not
// taken back, 0 to 1; 0 when nothing was asked.
func (f QuestionFigures) Served() float64 {
	if f.Asked == 0 {
		return 0
	}
	return float64(f.Answered-f.Wrong+f.Helped) / float64(f.Asked)
}
