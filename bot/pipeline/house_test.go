package pipeline

import "testing"

func TestAFileIsWhatItsBytesSay(t *testing.T) {
	const page, stream, plain = "text/html; charset=utf-8", "application/octet-stream", "text/plain; charset=utf-8"
	for _, c := range []struct{ claimed, seen, want string }{
		{"image/png", page, "text/html"},
		{"image/png", "image/jpeg", "image/jpeg"},
		{"", "application/pdf", "application/pdf"},
		{"image/png", plain, "text/plain"},
		{"image/svg+xml", "text/xml; charset=utf-8", "text/xml"},
		{"text/html", plain, "text/plain"},
		{"application/javascript", plain, "text/plain"},
		{"application/xhtml+xml", "text/xml", "text/xml"},
		{"text/csv", plain, "text/csv"},
		{"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "application/zip", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"},
		{"audio/amr", stream, "audio/amr"},
		{"Application/MSWord; x=y", stream, "application/msword"},
		{"", stream, "application/octet-stream"},
	} {
		if got := typeOf(c.claimed, c.seen); got != c.want {
			t.Errorf("called %q and seen as %q: %q, want %q", c.claimed, c.seen, got, c.want)
		}
	}
}
