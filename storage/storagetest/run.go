package storagetest

import (
	"context"
	"reflect"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"crmbot/bot"
	"crmbot/crm"
)

// Run is what every store of the business must do. open makes a fresh, empty
// store whose clock is Clock; it is called once for each part of the suite.
func Run(t *testing.T, open func(t *testing.T) bot.Store) {
	for _, part := range []struct {
		name string
		run  func(t *testing.T, s bot.Store)
	}{
		{"values", values},
		{"created", created},
		{"update", updates},
		{"concurrent updates", concurrentUpdates},
		{"transactions", transactions},
		{"conflicts", conflicts},
		{"missing", missing},
		{"scopes", scopes},
		{"lead filter", leadFilter},
		{"opportunity filter", opportunityFilter},
		{"activity filter", activityFilter},
		{"ticket filter", ticketFilter},
		{"contact filter", contactFilter},
		{"account filter", accountFilter},
		{"article filter", articleFilter},
		{"pages", pages},
		{"users", users},
		{"turns", turns},
		{"link codes", linkCodes},
		{"identities", identities},
		{"identity race", identityRace},
		{"conversations", conversations},
		{"conversation race", conversationRace},
		{"messages", messages},
		{"labels", labels},
		{"threads", threads},
		{"releases", releases},
		{"surveys", surveys},
		{"questions", questions},
		{"question filter", questionFilter},
		{"missed questions", missedQuestions},
		{"question figures", questionFigures},
		{"misses", misses},
		{"lessons", lessons},
		{"index", index},
		{"index race", indexRace},
		{"vectors", vectors},
		{"conversation list", conversationList},
		{"conversation scopes", conversationScopes},
		{"media", media},
		{"merged contacts", merged},
		{"events", events},
		{"remove", remove},
		{"knowledge version", knowledgeVersion},
		{"pipeline", pipeline},
		{"pipeline periods", pipelinePeriods},
		{"search words", searchWords},
		{"search follows changes", searchFollows},
		{"search scopes", searchScopes},
		{"edge", edge},
	} {
		t.Run(part.name, func(t *testing.T) { part.run(t, open(t)) })
	}
}

// ok fails the test on an error and returns the value.
func ok[T any](v T, err error) func(t *testing.T) T {
	return func(t *testing.T) T {
		t.Helper()
		if err != nil {
			t.Fatalf("unexpected error: %v", err)
		}
		return v
	}
}

func fine(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatalf("unexpected error: %v", err)
	}
}

func wantCode(t *testing.T, what string, err error, code crm.Code) {
	t.Helper()
	if got := crm.CodeOf(err); got != code {
		t.Errorf("%s: code %q, want %q (%v)", what, got, code, err)
	}
}

// same compares to the last bit: a time in another zone is not the same.
func same(t *testing.T, what string, got, want any) {
	t.Helper()
	if !reflect.DeepEqual(got, want) {
		t.Errorf("%s (-got +want):\n%s\ngot  %+v\nwant %+v", what, cmp.Diff(got, want), got, want)
	}
}

// at is Clock and so many minutes, with microseconds.
func at(minutes int) time.Time {
	return Clock().Add(time.Duration(minutes)*time.Minute + 123457*time.Microsecond)
}

// total drops the rows of a list and keeps the number.
func total[T any](_ []T, n int, err error) (int, error) { return n, err }

// refs are the references of a list, in its order.
func refs[T interface{ Ref() crm.Ref }](list []T) []string {
	out := []string{}
	for _, x := range list {
		out = append(out, x.Ref().String())
	}
	return out
}

var everything = crm.Everything()

type ctxKey struct{}

func ctxWith(t *testing.T, v string) context.Context {
	return context.WithValue(t.Context(), ctxKey{}, v)
}
