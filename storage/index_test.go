package storage_test

import (
	"testing"
	"time"

	"crmbot/storage"
	"crmbot/storage/storagetest"
)

// TestPiecesOfAnIndexThatNeverCameAreRemoved has a process die while it kept an
// index, and another one keep its own at this moment.
func TestPiecesOfAnIndexThatNeverCameAreRemoved(t *testing.T) {
	storagetest.Databases(t, func(t *testing.T, db *storage.DB) {
		if err := db.SaveIndex(t.Context(), "one", []byte("1")); err != nil {
			t.Fatal(err)
		}
		for name, created := range map[string]time.Time{
			"dead": storagetest.Clock().Add(-2 * time.Hour), "under way": storagetest.Clock().Add(-time.Minute),
		} {
			_, err := db.Root().NewRaw("INSERT INTO knowledge_index (name, position, key, data, created) VALUES (?, 0, '', ?, ?)",
				name, []byte("x"), created).Exec(t.Context())
			if err != nil {
				t.Fatal(err)
			}
		}
		if err := db.SaveIndex(t.Context(), "two", []byte("2")); err != nil {
			t.Fatal(err)
		}
		var names []string
		if err := db.Root().NewRaw("SELECT name FROM knowledge_index WHERE key = '' ORDER BY name").Scan(t.Context(), &names); err != nil {
			t.Fatal(err)
		}
		if len(names) != 3 || names[2] != "under way" {
			t.Errorf("pieces of %q, want of two indexes and of the one under way", names)
		}
		for name, want := range map[string]string{"one": "1", "two": "2"} {
			if data, err := db.Index(t.Context(), name); err != nil || string(data) != want {
				t.Errorf("%s: %q, %v", name, data, err)
			}
		}
	})
}
