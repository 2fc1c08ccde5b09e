package storage_test

import (
	"testing"

	"crmbot/bot"
	"crmbot/storage/storagetest"
)

func TestStore(t *testing.T) {
	t.Run("sqlite", func(t *testing.T) {
		t.Parallel()
		storagetest.Run(t, func(t *testing.T) bot.Store { return storagetest.New(t) })
	})
	t.Run("postgres", func(t *testing.T) {
		t.Parallel()
		storagetest.Run(t, func(t *testing.T) bot.Store {
			return storagetest.Open(t, storagetest.Postgres(t), storagetest.Clock)
		})
	})
}
