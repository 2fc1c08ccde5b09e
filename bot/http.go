package bot

import (
	"net/http"

	"crmbot/crm"
)

// BodyLimit is the largest request body a webhook reads, in bytes.
const BodyLimit = 1 << 20

// HTTPStatus is what a webhook answers after Inbox.Receive returned err: 200
// when it is kept, 200 as well for what is authentic but unreadable (the
// platform would only repeat it), 503 when the database is away, so that the
// platform delivers it again.
func HTTPStatus(err error) int {
	switch crm.CodeOf(err) {
	case "", crm.CodeInvalid, crm.CodeUnsupported:
		return http.StatusOK
	}
	return http.StatusServiceUnavailable
}
