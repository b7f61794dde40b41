package audit

import (
	"testing"
	"time"
)

// Where time jumps by more than a day, silence is at most a note.
func TestClockJumps(t *testing.T) {
	timers := []string{"response-missing", "enquire-link-unanswered", "deliver-unanswered", "bind-unanswered", "bind-timeout",
		"enquire-link-missing", "enquire-link-late", "idle-near-limit", "idle-limit-not-enforced", "idle-disconnect"}
	for _, jump := range []time.Duration{2 * time.Hour, 48 * time.Hour} {
		s := play(t, "kaleyra")
		l := s.bound("bind_transceiver")
		pending, silent := s.open(true), s.open(true)
		pending.ask(toSMSC, "bind_transceiver")
		l.talk(toSMSC, "enquire_link")
		l.ask(toSMSC, "submit_sm")
		l.ask(toSMSC, "enquire_link")
		l.ask(toESME, "deliver_sm")
		_ = silent
		s.now += int64(jump)
		s.a.Clock(s.now)
		s.wait(0)
		l.talk(toSMSC, "enquire_link")
		s.end()
		severe, seen := 0, 0
		for _, rule := range timers {
			for _, f := range s.found(rule) {
				seen++
				if f.Severity > Note {
					severe++
					if jump > 24*time.Hour {
						t.Errorf("%s: %s, %s", rule, f.Severity, f.Message)
					}
				}
			}
		}
		if seen < 4 || jump < 24*time.Hour && severe < 4 {
			t.Errorf("after %s: %d findings, %d severe: %v", jump, seen, severe, s.rules())
		}
	}
}
