package console

import (
	"context"
	"errors"
	"fmt"
	"time"

	"crmbot/bot"
	"crmbot/bot/script"
)

// Stage is a script.Stage of two terminals: customers speak at one, people who
// work here at the other. Settle lets everything happen that follows from a
// line; Wait lets time pass.
type Stage struct {
	Customers, Staff           *Adapter
	CustomersInbox, StaffInbox bot.Inbox
	Settle                     func(ctx context.Context) error
	Wait                       func(ctx context.Context, d time.Duration) error

	said []script.Said
}

// Show is the Show of a terminal's Config.
func (s *Stage) Show(customers bool) func(bot.Outgoing) {
	return func(out bot.Outgoing) {
		to := script.Speaker{Name: string(out.To.Chat), Customer: customers}
		s.said = append(s.said, script.Said{To: to, Reply: out.Reply, Op: out.Op})
	}
}

// Do plays a line. Its error says what cannot be done here: a group, another
// platform, a form, a button that nobody showed.
func (s *Stage) Do(ctx context.Context, line script.Line) ([]script.Said, error) {
	s.said = nil
	if line.Wait > 0 {
		if err := s.Wait(ctx, line.Wait); err != nil {
			return nil, err
		}
	} else if err := s.speak(ctx, line); err != nil {
		return nil, err
	}
	err := s.Settle(ctx)
	return s.said, err
}

func (s *Stage) speak(ctx context.Context, line script.Line) error {
	who := line.Speaker
	terminal, inbox := s.Staff, s.StaffInbox
	if who.Customer {
		terminal, inbox = s.Customers, s.CustomersInbox
	}
	sender, text := bot.SenderID(who.Name), line.Text
	switch {
	case line.Turn != "":
		return fmt.Errorf("a terminal knows nothing of %q", line.Turn)
	case who.Group != "" || who.Place != "":
		return errors.New("a terminal has no groups and no other platforms")
	case line.Event == "open" || line.Event == "fill" || line.Event == "search":
		return errors.New("a terminal has no forms")
	case line.Press != "" && !terminal.Press(sender, line.Press):
		return fmt.Errorf("%s was shown no button %q", who, line.Press)
	case line.Event != "":
		text = "<" + line.Event + " " + line.Text + ">"
	}
	return terminal.Type(ctx, inbox, sender, text)
}
