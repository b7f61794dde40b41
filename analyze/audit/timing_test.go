package audit

import (
	"testing"
	"time"

	"smpptap/analyze/profile"
	"smpptap/stream"
)

func TestProbesInTimeStaySilent(t *testing.T) {
	s := play(t, "kaleyra")
	l := s.bound("bind_transceiver")
	for range 20 {
		s.wait(65 * time.Second)
		l.talk(toSMSC, "enquire_link")
	}
	l.unbind()
	s.end().mute()
	if c := s.a.Checks()[RuleEnquireLinkMissing]; c.Checked != 20 {
		t.Errorf("checked %d intervals", c.Checked)
	}
}

func TestEnquireLinkMissing(t *testing.T) {
	for _, shown := range []bool{true, false} { // by others' packets or by the next PDU
		s := play(t, "kaleyra")
		l := s.bound("bind_transceiver")
		if shown {
			for range 190 {
				s.wait(time.Second)
			}
		} else {
			s.hold(190 * time.Second)
		}
		l.talk(toSMSC, "enquire_link")
		s.wait(10 * time.Second)
		l.unbind()
		s.end().wants("enquire-link-missing", Warning, 1, "no enquire_link for 190 s")
		s.silent("enquire-link-late", "idle-near-limit", "idle-disconnect")
	}
	s := play(t, "kaleyra") // never, and the capture ends
	s.bound("bind_transceiver")
	s.wait(130 * time.Second)
	s.end().wants("enquire-link-missing", Warning, 1, "no enquire_link")

	s = play(t, "kaleyra") // not long enough to know
	s.bound("bind_transceiver")
	s.wait(60 * time.Second)
	s.end().mute()

	s = play(t, "smpp34") // the bare specification sets no interval
	s.bound("bind_transceiver")
	s.wait(time.Hour)
	s.end().mute()

	s = play(t, "kaleyra") // a gap may have held the probe
	l := s.bound("bind_transceiver")
	s.wait(30 * time.Second)
	l.skip(toSMSC, stream.Frame{Kind: stream.FrameGap, Length: 16})
	s.wait(90 * time.Second)
	s.end()
	if f := s.found("enquire-link-missing"); len(f) > 1 || len(f) == 1 && f[0].Severity != Note {
		t.Errorf("%v", s.rules())
	}
}

// The finding's time is when the probe was due, whether the clock or a later
// packet shows that it is missing.
func TestEnquireLinkMissingTime(t *testing.T) {
	times := map[int64]bool{}
	for _, step := range []time.Duration{time.Second, 10 * time.Second, 200 * time.Second} {
		s := play(t, "kaleyra")
		l := s.bound("bind_transceiver")
		from := s.now
		s.hold(70 * time.Second)
		l.talk(toSMSC, "submit_sm")
		for waited := time.Duration(0); waited < 200*time.Second; waited += step {
			s.wait(step)
		}
		l.unbind()
		f := s.end().wants("enquire-link-missing", Warning, 1, "no enquire_link for")
		times[(f.Time-from)/second] = true
	}
	if len(times) != 1 {
		t.Errorf("due after %v s", times)
	}
}

func TestEnquireLinkLate(t *testing.T) {
	s := play(t, "kaleyra")
	l := s.bound("bind_transceiver")
	for range 40 {
		s.wait(5 * time.Second)
		l.talk(toSMSC, "submit_sm")
	}
	l.talk(toSMSC, "enquire_link")
	l.unbind()
	s.end().wants("enquire-link-late", Note, 1, "busy")
	s.silent("enquire-link-missing")
}

func TestEnquireLinkUnanswered(t *testing.T) {
	s := play(t, "smpp34") // late; nothing else came
	l := s.bound("bind_transceiver")
	seq := l.ask(toSMSC, "enquire_link")
	s.wait(75 * time.Second)
	l.send(toESME, "enquire_link_resp", seq)
	l.rst(toSMSC)
	s.end().wants("enquire-link-unanswered", Error, 1, "answered after 75 s")
	s.silent("response-missing", "response-slow", "response-unmatched", "closed-while-outstanding")

	s = play(t, "smpp34") // the path lives
	l = s.bound("bind_transceiver")
	l.ask(toESME, "enquire_link")
	s.wait(10 * time.Second)
	l.talk(toSMSC, "submit_sm")
	s.wait(30 * time.Second)
	s.end().wants("enquire-link-unanswered", Error, 1, "the path is alive")

	s = play(t, "smpp34") // another number
	l = s.bound("bind_transceiver")
	l.seqs[toESME] = 40
	l.ask(toESME, "enquire_link")
	l.send(toSMSC, "enquire_link_resp", 1)
	s.wait(5 * time.Second)
	l.talk(toESME, "deliver_sm")
	s.wait(40 * time.Second)
	s.end().wants("enquire-link-unanswered", Error, 1, "under number 1")

	s = play(t, "smpp34") // nothing at all
	l = s.bound("bind_transceiver")
	l.ask(toSMSC, "enquire_link")
	s.wait(40 * time.Second)
	s.end().wants("enquire-link-unanswered", Error, 1, "path is dead")

	s = play(t, "smpp34") // the connection ended meanwhile
	l = s.bound("bind_transceiver")
	l.ask(toSMSC, "enquire_link")
	l.rst(toESME)
	s.end().silent("enquire-link-unanswered")
	s.wants("closed-while-outstanding", Warning, 1, "1 enquire_link of the ESME")

	s = play(t, "smpp34") // two were open
	l = s.bound("bind_transceiver")
	l.ask(toSMSC, "enquire_link")
	l.ask(toSMSC, "enquire_link")
	l.rst(toESME)
	s.end().wants("enquire-link-unanswered", Error, 2, "Several")
}

func TestIdleNearLimit(t *testing.T) {
	for _, d := range []time.Duration{230 * time.Second, 250 * time.Second} {
		s := play(t, "kaleyra")
		l := s.bound("bind_transceiver")
		s.hold(d)
		l.talk(toESME, "enquire_link")
		s.end()
		if d < 240*time.Second {
			s.silent("idle-near-limit")
		} else {
			s.wants("idle-near-limit", Warning, 1, "60 s more")
		}
		s.silent("idle-disconnect", "idle-limit-not-enforced")
	}
}

func TestIdleDisconnect(t *testing.T) {
	tests := []struct {
		idle time.Duration
		by   stream.Dir
		how  string
		want bool
	}{
		{300400 * time.Millisecond, toESME, "fin", true},
		{301 * time.Second, toESME, "rst", true},
		{302 * time.Second, toESME, "unbind", true},
		{301 * time.Second, toSMSC, "fin", false},
		{290 * time.Second, toESME, "fin", false},
		{370 * time.Second, toESME, "fin", false},
	}
	for _, c := range tests {
		s := play(t, "kaleyra")
		l := s.bound("bind_transceiver")
		s.wait(c.idle)
		switch c.how {
		case "fin":
			l.fin(c.by)
		case "rst":
			l.rst(c.by)
		default:
			l.talk(c.by, "unbind")
			l.fin(c.by)
		}
		s.end()
		if c.want {
			s.wants("idle-disconnect", Error, 1, "sent no enquire_link on this connection")
		} else {
			s.silent("idle-disconnect")
		}
	}
}

func TestIdleLimitNotEnforced(t *testing.T) {
	s := play(t, "kaleyra")
	s.bound("bind_transceiver")
	s.wait(365 * time.Second)
	s.end().wants("idle-limit-not-enforced", Note, 1, "still open")

	s = play(t, "kaleyra")
	s.bound("bind_transceiver")
	s.wait(355 * time.Second)
	s.end().silent("idle-limit-not-enforced")
}

func TestIdleClosePattern(t *testing.T) {
	for _, ages := range [][]time.Duration{{120, 121, 120, 300}, {120, 121, 130, 90}, {20, 20, 20, 20}} {
		s := play(t, "smpp34")
		for _, age := range ages {
			l := s.bound("bind_transceiver")
			s.wait(age * time.Second)
			l.rst(toESME)
		}
		s.end()
		if ages[2] == 120 {
			s.wants("idle-close-pattern", Warning, 3, "3 connections to 10.0.0.1:2775")
		} else {
			s.silent("idle-close-pattern")
		}
	}
}

// TestShortIntervalIsNotHeldByTheBindTimer: a keep-alive shorter than the time
// for the bind is judged when it is due.
func TestShortIntervalIsNotHeldByTheBindTimer(t *testing.T) {
	s := playWith(t, func(p *profile.Profile) { p.KeepAlive.Interval, p.KeepAlive.MaxGap = 5*time.Second, 5*time.Second })
	s.bound("bind_transceiver")
	s.wait(20 * time.Second)
	if f := s.found("enquire-link-missing"); len(f) != 1 {
		t.Errorf("%d findings of enquire-link-missing after 20 s of silence, want 1", len(f))
	}
}
