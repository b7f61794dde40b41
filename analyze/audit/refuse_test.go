package audit

import (
	"testing"

	"smpptap/dissect"
	"smpptap/internal/smpptest"
)

// refuse sends submits that are answered with a status.
func (l *wire) refuse(n int, status uint32, destination string) {
	for range n {
		l.seqs[toSMSC]++
		f := smpptest.F{"source_addr": "1234", "destination_addr": destination, "short_message": "hi"}
		l.put(toSMSC, smpptest.Build("submit_sm", l.seqs[toSMSC], f), 0)
		l.send(toESME, "submit_sm_resp", l.seqs[toSMSC], smpptest.Status(status), smpptest.HeaderOnly{})
	}
}

func TestResponseRefused(t *testing.T) {
	tests := []struct {
		name     string
		refused  int
		status   uint32
		to       string
		accepted int
		acceptTo string
		severity Severity
		text     string
	}{
		{"few", 2, 0x0B, "39333123456", 20, "39333123456", Note, "2 of 22"},
		{"many", 5, 0x45, "39333123456", 20, "39333123456", Warning, "5 of 25"},
		{"below 10 percent", 5, 0x45, "39333123456", 60, "39333123456", Note, "5 of 65"},
		{"the reason shows", 1, 0x0B, "+39333123456", 3, "39333123456", Warning, "leading +"},
		{"an accepted one has it too", 1, 0x0B, "+39333123456", 1, "+39333123456", Note, "1 of 2"},
		{"contrast", 3, 0x45, "0039333123456", 8, "39333123456", Note, "All 3 refused have a destination_addr of a leading 00, none of the 8 accepted does"},
	}
	for _, c := range tests {
		t.Run(c.name, func(t *testing.T) {
			s := play(t, "smpp34")
			l := s.bound("bind_transmitter")
			l.refuse(c.accepted, 0, c.acceptTo)
			l.refuse(c.refused, c.status, c.to)
			l.unbind()
			s.end().wants("response-refused", c.severity, int64(c.refused), c.text)
		})
	}
}

func TestOtherRulesSpeakOfTheseRefusals(t *testing.T) {
	s := play(t, "smpp34")
	l := s.bound("bind_transceiver")
	l.refuse(10, dissect.StatusThrottled, "39333123456")
	l.refuse(10, dissect.StatusQueueFull, "39333123456")
	for range 6 {
		l.talk(toESME, "deliver_sm", smpptest.Status(8))
	}
	l.unbind()
	s.end().silent("response-refused")
}

func TestRefusedForItsState(t *testing.T) {
	s := play(t, "smpp34")
	l := s.bound("bind_receiver")
	l.refuse(1, dissect.StatusInvalidBindStatus, "39333123456")
	l.unbind()
	s.end().wants("response-refused", Warning, 1, "state does not allow")
	s.wants("command-state", Error, 1, "bound as receiver")
}
