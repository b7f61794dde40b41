package audit

import (
	"strings"
	"testing"
	"time"

	"smpptap/stream"
)

func TestNotices(t *testing.T) {
	tests := []struct {
		kind stream.NoticeKind
		rule string
		text string
	}{
		{stream.NoticeCut, "capture-lossy", "snap length cut 9 packets"},
		{stream.NoticeDropped, "capture-lossy", "dropped 9 packets"},
		{stream.NoticeDamaged, "capture-lossy", "breaks off"},
		{stream.NoticeCap, "capture-lossy", "a limit dropped 9 items (x)"},
		{stream.NoticeClock, "capture-clock", "9 times"},
		{stream.NoticeDuplicates, "capture-duplicates", "9 packets"},
		{stream.NoticePackets, "", ""},
		{stream.NoticeSkipped, "", ""},
	}
	for _, c := range tests {
		s := play(t, "smpp34")
		s.bound("bind_transceiver").unbind()
		s.a.Notice(stream.Notice{Kind: c.kind, Count: 9, Octets: 100, Text: "x"})
		s.end()
		if c.rule == "" {
			s.mute()
		} else if f := s.wants(c.rule, Note, 1, c.text); f.Connection != 0 {
			t.Errorf("%s stands on connection %d", c.rule, f.Connection)
		} else if own := strings.Contains(f.Remedy, "--cap"); own != (c.kind == stream.NoticeCap) {
			t.Errorf("%s: remedy %q", c.text, f.Remedy)
		}
	}
}

func TestCaptureOneSided(t *testing.T) {
	s := play(t, "smpp34")
	l := s.open(true)
	l.ask(toSMSC, "bind_transceiver")
	for range 5 {
		l.ask(toSMSC, "submit_sm")
	}
	s.wait(time.Minute)
	s.end().wants("capture-one-sided", Note, 1, "No data of the SMSC")
	s.silent("response-missing", "bind-unanswered", "closed-while-outstanding")
}
