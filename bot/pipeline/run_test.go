package pipeline_test

import (
	"context"
	"errors"
	"sync/atomic"
	"testing"

	"crmbot/bot"
	"crmbot/bot/pipeline"
	"crmbot/storage/storagetest"
)

func TestAnAdapterThatEndsOrPanicsIsStartedAgain(t *testing.T) {
	a := newAdapter(pigeon)
	var runs atomic.Int64
	a.run = func(ctx context.Context, in bot.Inbox) error {
		switch runs.Add(1) {
		case 1:
			return errors.New("the socket broke")
		case 2:
			panic("adapter")
		}
		if err := in.Receive(ctx, says(pigeon, "ana", "hello")); err != nil {
			return err
		}
		<-ctx.Done()
		return nil
	}
	db := storagetest.New(t)
	h := &house{db: db, pigeon: a, Pipeline: pipeline.New(options(t, db, echo, a))}
	h.run(t)
	eventually(t, "an answer", func() bool { return len(a.texts("ana")) == 1 })
}

func TestCalledOffBeforeItBeganIsNoFailure(t *testing.T) {
	db := storagetest.New(t)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := pipeline.New(options(t, db, echo, newAdapter(pigeon))).Run(ctx); err != nil {
		t.Errorf("Run = %v, want nil", err)
	}
}
