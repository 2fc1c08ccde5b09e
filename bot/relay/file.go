package relay

import (
	"context"

	"crmbot/bot"
	"crmbot/crm"
)

// Whether the files of a release can go.
const (
	filesHere = iota
	filesWait
	filesLost
)

// filesOf are the files of the message that a release was written as.
func filesOf(ctx context.Context, r *bot.Request, rel *crm.Release) ([]bot.File, int, error) {
	if err := findSource(ctx, r, rel); err != nil {
		return nil, filesWait, err
	}
	if rel.SourceID == 0 {
		return nil, filesHere, nil
	}
	media, err := r.Store.MediaOf(ctx, []crm.MessageID{rel.SourceID})
	if err != nil {
		return nil, filesWait, err
	}
	files, lost := attached(media)
	if len(lost) == 0 || rel.Why == whyFile { // let go without them
		return files, filesHere, nil
	}
	for _, m := range media {
		if m.State == crm.MediaWaiting && r.Now.Sub(rel.Due) < fileWait {
			return nil, filesWait, nil
		}
	}
	return nil, filesLost, nil
}

// findSource finds the message with the files, which is kept by now.
func findSource(ctx context.Context, r *bot.Request, rel *crm.Release) error {
	if rel.SourceID != 0 || rel.Source == "" {
		return nil
	}
	from := crm.ConversationID(numbered(r, "from"))
	if from == 0 && rel.ThreadID != 0 {
		t, err := r.Store.Thread(ctx, rel.ThreadID)
		if err != nil {
			return err
		}
		found, err := r.Store.Conversations(ctx, []crm.ConversationKey{t.Place()})
		if err != nil || found[t.Place()] == nil {
			return err
		}
		from = found[t.Place()].ID
	}
	if from == 0 {
		return nil
	}
	m, err := r.Store.MessageByNative(ctx, from, rel.Source)
	if crm.CodeOf(err) == crm.CodeNotFound {
		return nil
	}
	if err != nil {
		return err
	}
	changed, err := r.Store.UpdateRelease(ctx, rel.ID, func(x *crm.Release) error { x.SourceID = m.ID; return nil })
	if err == nil {
		*rel = *changed
	}
	return err
}
