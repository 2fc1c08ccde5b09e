package knowledge

import "time"

// Status is which knowledge base answers, as an engineer watches it. Unlike
// Health it costs nothing.
type Status struct {
	Version             int64
	Articles, Phrasings int
	Calibrated          bool      // it is known how far the answers can be believed
	Since               time.Time // when this version began to answer here
	Built, Learned      time.Duration
}

// Status is that of the knowledge base that answers; false before there is one.
func (m *Matcher) Status() (Status, bool) {
	x := m.current.Load()
	if x == nil {
		return Status{}, false
	}
	return Status{
		Version: x.version, Articles: len(x.articles), Phrasings: x.phrasings, Calibrated: x.settled(),
		Since: x.since, Built: x.built, Learned: x.learned,
	}, true
}
