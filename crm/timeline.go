package crm

import "time"

// TimelineItem is one thing that happened with a contact: exactly one of the
// pointers is set.
type TimelineItem struct {
	At       time.Time
	Message  *Message
	Activity *Activity
	Event    *Event
}
