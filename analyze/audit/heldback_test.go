package audit

import (
	"testing"
	"time"

	"smpptap/stream"
)

// A capture may bring the answer to a bind behind what was sent after it.
func TestBindAnswerOutOfOrder(t *testing.T) {
	for name, second := range map[string]string{"request": "submit_sm", "bind": "bind_transceiver"} {
		t.Run(name, func(t *testing.T) {
			s := play(t, "smpp34")
			l := s.open(true)
			bind := l.ask(toSMSC, "bind_transceiver")
			answered := s.now + int64(time.Second)
			s.now += int64(2 * time.Second)
			l.ask(toSMSC, second)
			s.now = answered
			l.send(toESME, "bind_transceiver_resp", bind)
			s.end().silent("bind-missing", "bind-repeated")
		})
	}
}

// A bind's response may stand before the bind.
func TestBindBehindItsAnswer(t *testing.T) {
	s := play(t, "smpp34")
	l := s.open(true)
	l.send(toESME, "bind_transceiver_resp", 1)
	l.send(toSMSC, "bind_transceiver", 1)
	l.talk(toSMSC, "submit_sm")
	l.unbind()
	s.end().silent("bind-missing", "bind-repeated", "command-state", "response-unmatched")
}

// Where the SMSC's direction is not captured, nothing tells whether the bind
// was accepted, or who unbound.
func TestBindAnswerNotCaptured(t *testing.T) {
	s := play(t, "smpp34")
	l := s.open(true)
	l.ask(toSMSC, "bind_transceiver")
	l.ask(toSMSC, "enquire_link")
	l.ask(toSMSC, "submit_sm")
	l.ask(toSMSC, "bind_transceiver")
	l.event(toSMSC, stream.Event{Kind: stream.EventFIN})
	s.wait(3 * time.Second)
	s.end().silent("bind-missing", "bind-repeated", "command-state", "unbind-missing")
}

// Where the capture has the two directions out of step, it does not show what
// came before the answer: nobody is accused for it.
func TestOutOfStep(t *testing.T) {
	behind := stream.Event{Kind: stream.EventBehind}
	s := play(t, "smpp34")
	l := s.open(true)
	bind := l.ask(toSMSC, "bind_transceiver")
	l.ask(toSMSC, "submit_sm")
	l.ask(toSMSC, "bind_transceiver")
	s.wait(3 * time.Second)
	l.event(toESME, behind)
	l.send(toESME, "bind_transceiver_resp", bind)
	s.end().wants("bind-missing", Note, 1, "not answered yet")
	s.wants("bind-repeated", Note, 1, "still unanswered")

	s = play(t, "smpp34")
	l = s.bound("bind_transceiver")
	l.event(toESME, behind)
	l.send(toESME, "submit_sm_resp", 99)
	s.wait(3 * time.Second)
	l.talk(toSMSC, "enquire_link")
	s.end().wants("response-unmatched", Note, 1, "out of step")

	s = play(t, "smpp34")
	l = s.bound("bind_transceiver")
	l.event(toESME, behind)
	l.send(toSMSC, "submit_sm", 7)
	l.send(toSMSC, "submit_sm", 7)
	s.end().wants("sequence-reused", Note, 1, "out of step")
}
