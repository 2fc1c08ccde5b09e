package openai

import "testing"

func TestWords(t *testing.T) {
	t.Parallel()
	for said, want := range map[string]string{
		"[1] It keeps for **24 months**.":                         "[1] It keeps for 24 months.",
		"**[1]** It __keeps__ *well*, _really_ `so`.":             "[1] It keeps well, really so.",
		"# Shelf life\n\n- **Unopened**: 24 months\n* open: 30 d": "Shelf life\n\nUnopened: 24 months\nopen: 30 d",
		"See [the page](https://example.com/shelf_life_x).":       "See the page https://example.com/shelf_life_x.",
		"[1]: It keeps, see https://example.com/shelf-life.":      "[1]: It keeps, see https://example.com/shelf-life.",
		"```text\nIt keeps.\n```":                                 "It keeps.",
		"保质期**24个月**，*未开封*时。":                                     "保质期24个月，未开封时。",
		"evil**.**example":                                        "evil.example",
		"2*3*4 = 24, 5 * 6 * 7, snake_case_name, -5 °C, #1":       "2*3*4 = 24, 5 * 6 * 7, snake_case_name, -5 °C, #1",
		"Plain words stay.\nAll of them.":                         "Plain words stay.\nAll of them.",
	} {
		if have := words(said); have != want {
			t.Errorf("%q becomes %q, want %q", said, have, want)
		}
	}
}
