package crm

import "strings"

// Stage is one step of the sales process. Names, order and probability come
// from the config; exactly one stage is Won and one is Lost.
type Stage struct {
	Key         string            // stored: "proposal"
	Names       map[string]string // by language: {"en": "Proposal", "zh-CN": "方案报价"}
	Probability int               // percent
	Won, Lost   bool
}

// Closed says whether the sale is decided here.
func (s Stage) Closed() bool { return s.Won || s.Lost }

// Stages is the sales process in order.
type Stages []Stage

// DefaultStages is the process of a company that has not configured its own.
func DefaultStages() Stages {
	return Stages{
		{Key: "prospecting", Probability: 10, Names: map[string]string{"en": "Prospecting", "zh-CN": "初步接触"}},
		{Key: "qualification", Probability: 30, Names: map[string]string{"en": "Qualification", "zh-CN": "需求确认"}},
		{Key: "proposal", Probability: 50, Names: map[string]string{"en": "Proposal", "zh-CN": "方案报价"}},
		{Key: "negotiation", Probability: 80, Names: map[string]string{"en": "Negotiation", "zh-CN": "商务谈判"}},
		{Key: "won", Probability: 100, Won: true, Names: map[string]string{"en": "Won", "zh-CN": "赢单"}},
		{Key: "lost", Probability: 0, Lost: true, Names: map[string]string{"en": "Lost", "zh-CN": "输单"}},
	}
}

// Find returns the stage with that key, or whose name in any language equals
// or contains word ("报价" finds 方案报价). An exact match wins; a word that
// fits two stages finds none.
func (s Stages) Find(word string) (Stage, bool) {
	word = strings.ToLower(strings.TrimSpace(word))
	if word == "" {
		return Stage{}, false
	}
	var found []Stage
	for _, stage := range s {
		part := false
		for _, name := range append([]string{stage.Key}, values(stage.Names)...) {
			name = strings.ToLower(name)
			if name == word {
				return stage, true
			}
			part = part || strings.Contains(name, word)
		}
		if part {
			found = append(found, stage)
		}
	}
	if len(found) == 1 {
		return found[0], true
	}
	return Stage{}, false
}

// First is where a new opportunity starts.
func (s Stages) First() Stage { return s[0] }

// Won is the stage of success.
func (s Stages) Won() Stage { return s.pick(func(x Stage) bool { return x.Won }) }

// Lost is the stage of failure.
func (s Stages) Lost() Stage { return s.pick(func(x Stage) bool { return x.Lost }) }

// Validate checks that the process can be used. Returns CodeInvalid.
func (s Stages) Validate() error {
	won, lost, keys := 0, 0, map[string]bool{}
	for _, x := range s {
		if x.Key == "" || keys[x.Key] || x.Probability < 0 || x.Probability > 100 || (x.Won && x.Lost) {
			return Fail(CodeInvalid, "stage.bad", "stage", x.Key).In("stages")
		}
		keys[x.Key] = true
		if x.Won {
			won++
		}
		if x.Lost {
			lost++
		}
	}
	if won != 1 || lost != 1 || len(s) < 3 || s[0].Closed() {
		return Fail(CodeInvalid, "stage.ends").In("stages")
	}
	return nil
}

func (s Stages) pick(want func(Stage) bool) Stage {
	for _, x := range s {
		if want(x) {
			return x
		}
	}
	return Stage{}
}

func values(m map[string]string) []string {
	out := make([]string, 0, len(m))
	for _, v := range m {
		out = append(out, v)
	}
	return out
}
