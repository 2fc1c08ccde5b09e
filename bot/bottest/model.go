package bottest

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"strings"

	"crmbot/bot"
	"crmbot/bot/assist"
	"crmbot/bot/pipeline"
	"crmbot/bot/relay"
	"crmbot/bot/script"
	"crmbot/bot/teach"
	"crmbot/crm"
)

// wordsmith is an Answerer that repeats its first source to whoever asks with a
// question mark. A question with "???" finds it away.
type wordsmith struct{}

// Compose implements bot.Answerer.
func (wordsmith) Compose(_ context.Context, question, language string, sources []bot.Passage) (string, int, error) {
	if strings.Contains(question, "???") {
		return "", 0, bot.Unavailable(errors.New("as the script says"))
	}
	if len(sources) == 0 || !strings.HasSuffix(question, "?") && !strings.HasSuffix(question, "？") {
		return "", 0, crm.Fail(crm.CodeNotFound, "error.not_found")
	}
	return language + "‹" + sources[0].Body + "›", 0, nil
}

// deliverJob brings an event of ours into a conversation.
const deliverJob = "bottest.deliver"

// Deliver brings an event of the program itself into the conversation of a
// speaker, "customer:ana", and returns what everybody was shown.
func (h *House) Deliver(who, action string, values map[string]string) string {
	h.t.Helper()
	lines, err := script.Parse(strings.NewReader(who + "> x"))
	if err != nil || len(lines) != 1 {
		h.t.Fatal(who, err)
	}
	s := lines[0].Speaker
	h.events++
	payload, err := json.Marshal(bot.Inbound{
		V: bot.InboundVersion, Kind: bot.KindSystem, EventID: fmt.Sprintf("ours-%d", h.events), Address: h.address(s),
		Direct: true, Sender: bot.Sender{ID: bot.SenderID(s.Name)}, Action: action, Values: values, At: h.Pipeline.Now(),
	})
	if err != nil {
		h.t.Fatal(err)
	}
	ctx := context.Background()
	if err := h.Store.AddJobs(ctx, &bot.Job{Kind: deliverJob, Payload: string(payload), RunAt: h.Pipeline.Now()}); err != nil {
		h.t.Fatal(err)
	}
	h.settle(ctx)
	var b strings.Builder
	for _, said := range h.said() {
		b.WriteString(script.Render(said))
	}
	return b.String()
}

// deliver is deliverJob.
func deliver(ctx context.Context, t *pipeline.Task) error {
	var in bot.Inbound
	if err := json.Unmarshal([]byte(t.Job.Payload), &in); err != nil {
		return err
	}
	return t.Deliver(ctx, t.Store, in)
}

// jobs are what is done outside the conversations.
func (h *House) jobs() map[string]pipeline.JobFunc {
	all := map[string]pipeline.JobFunc{
		relay.TranslateJob: relay.Translate(interpreter{}), deliverJob: deliver,
	}
	all[assist.JobKind] = func(context.Context, *pipeline.Task) error { return nil } // a model that is away
	maps.Copy(all, teach.Jobs(h.Matcher, h.Company))
	if h.Company.Knowledge.Answers {
		maps.Copy(all, assist.Jobs(assist.Options{
			Finder: h.Matcher, Answerer: wordsmith{}, Company: h.Company, Logger: logger(h.t),
		}))
	}
	return all
}

// study has the matcher read the articles when they changed, as it does by
// itself every few seconds where a clock runs.
func (h *House) study(ctx context.Context) error {
	version, err := h.Store.KnowledgeVersion(ctx)
	if err != nil || version == h.known {
		return err
	}
	h.known = version
	return h.Matcher.Refresh(ctx)
}
