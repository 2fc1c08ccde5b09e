package slack

// Remember is what Run begins with.
var Remember = (*Adapter).remember

// Authentic checks the signature of a request.
var Authentic = (*Adapter).authentic

// Hasten lets retries follow at once.
func Hasten(a *Adapter) { a.pause = 0 }
