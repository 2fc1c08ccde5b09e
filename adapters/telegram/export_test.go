package telegram

import "net/http"

// Remember is what Run begins with.
var Remember = (*Adapter).remember

// SetWebhook is one look after the webhook.
var SetWebhook = (*Adapter).setWebhook

// Hasten lets retries follow at once.
func Hasten(a *Adapter) { a.pause = 0 }

// Through has an adapter's calls answered by transport.
func Through(a *Adapter, transport http.RoundTripper) { a.http = &http.Client{Transport: transport} }

// HTML is markup as it is sent.
var HTML = html

// Form is how params are sent.
var Form = form

// FileName is a name as it goes out.
var FileName = fileName
