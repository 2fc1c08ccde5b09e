package telegram

// Remember is what Run begins with.
var Remember = (*Adapter).remember

// Hasten lets retries follow at once.
func Hasten(a *Adapter) { a.pause = 0 }
