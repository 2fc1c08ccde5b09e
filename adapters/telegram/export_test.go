package telegram

// Remember is what Run begins with.
var Remember = (*Adapter).remember

// SetWebhook is one look after the webhook.
var SetWebhook = (*Adapter).setWebhook

// Hasten lets retries follow at once.
func Hasten(a *Adapter) { a.pause = 0 }

// HTML is markup as it is sent.
var HTML = html

// FileName is a name as it goes out.
var FileName = fileName
