package storage_test

import (
	"testing"

	"crmbot/bot"
	"crmbot/crm"
	"crmbot/storage/storagetest"
)

// TestWhatIsNotCommittedIsNotTaken refuses at the commit, when the rows of the
// statement have been answered already.
func TestWhatIsNotCommittedIsNotTaken(t *testing.T) {
	db := storagetest.Open(t, storagetest.Postgres(t), nil)
	for _, order := range []string{
		`CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'no room' USING ERRCODE = '53100'; END $$`,
		`CREATE CONSTRAINT TRIGGER refuse AFTER INSERT ON inbox DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION refuse()`,
		`CREATE CONSTRAINT TRIGGER refuse AFTER INSERT ON leads DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION refuse()`,
	} {
		if _, err := db.Root().ExecContext(t.Context(), order); err != nil {
			t.Fatal(err)
		}
	}
	row := &bot.InboxRow{Chat: "x", Inbound: bot.Inbound{EventID: "1", Kind: bot.KindText}}
	if n, err := db.AddInbound(t.Context(), []*bot.InboxRow{row}); crm.CodeOf(err) != crm.CodeUnavailable || n != 0 {
		t.Errorf("an event that is not kept: %d, %v", n, err)
	}
	if err := db.CreateLead(t.Context(), &crm.Lead{Name: "Ana"}); crm.CodeOf(err) != crm.CodeUnavailable {
		t.Errorf("a lead that is not kept: %v", err)
	}
}
