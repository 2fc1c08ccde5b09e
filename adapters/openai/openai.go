// Package openai asks models behind an OpenAI-compatible endpoint: OpenAI's own,
// one of a cloud, or one on a machine of the company. A Translator puts words
// into another language, an Embedder turns texts into vectors, an Answerer words
// an answer from articles. All of them go through one client, which does nothing
// by itself: no second try, no address or key from the environment, no way to
// another host, no answer of any size. It asks two things of an endpoint and
// speaks HTTP and JSON itself: the endpoint's own SDK would make the program 20 MB
// larger and every process 7 MB, most of which ask no model at all.
//
// What models read was written by anybody, a customer at his worst included. It
// goes to them as data between marks that nobody can guess, with the order to
// obey nothing in it; and what comes back is believed only as far as it can be
// what was asked for. A translation is not empty, not much longer than the
// original, with none of the marks in it. An answer names the article it was
// taken from and holds no link, no number and no contact that is not there.
// Whatever else comes back, or nothing at all, is CodeUnavailable or
// CodeNotFound, and what the bot knows by itself stands.
package openai
