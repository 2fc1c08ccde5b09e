package knowledge

import "crmbot/bot/knowledge/index"

// Sketcher returns how the index of this moment takes texts apart, to compare
// each with many: its Sketches go together, whatever is built meanwhile. Before
// the first Refresh nothing is like anything.
func (m *Matcher) Sketcher() func(text string) index.Sketch {
	x := m.current.Load()
	if x == nil {
		return func(string) index.Sketch { return index.Sketch{} }
	}
	return x.index.Sketch
}
