package locale

// Not every platform tells what somebody is called, and not everybody says it.
// What is shown in the place of a name is written here, and nowhere else.

// Called is a name on a card or in a list, or that nobody knows it yet: "(no
// name yet)".
func (w *Words) Called(name string) string { return w.or(name, "called.nobody") }

// Someone is a name within a sentence, or "a customer".
func (w *Words) Someone(name string) string { return w.or(name, "called.someone") }

// Speaker is a name before what was said or done, or "customer".
func (w *Words) Speaker(name string) string { return w.or(name, "author.contact") }

func (w *Words) or(name, key string) string {
	if name != "" {
		return name
	}
	return w.Label(key)
}
