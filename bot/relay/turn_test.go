package relay

import (
	"context"
	"testing"

	"crmbot/bot"
	"crmbot/crm"
	"crmbot/storage/storagetest"
)

// Of two who want something else of the same words at once one is first, and the
// other hears of it: what is stopped never goes, what went is not stopped.
func TestWordsStandInOnePlace(t *testing.T) {
	ctx := context.Background()
	store := storagetest.Open(t, storagetest.SQLite(t), nil)
	r := &bot.Request{Store: store}
	rel := &crm.Release{ConversationID: 1, UserID: 1, Body: "hello"}
	if err := turn(ctx, r, rel, crm.ReleaseHeld); err != nil {
		t.Fatal(err)
	}
	sender, stopper := *rel, *rel
	if err := turn(ctx, r, &stopper, crm.ReleaseStopped); err != nil {
		t.Fatal(err)
	}
	if err := turn(ctx, r, &sender, crm.ReleaseSent); crm.CodeOf(err) != crm.CodeConflict {
		t.Errorf("stopped words went: %v", err)
	}
	kept, err := store.Release(ctx, rel.ID)
	if err != nil || kept.State != crm.ReleaseStopped {
		t.Errorf("it stands as %q (%v)", kept.State, err)
	}
}
