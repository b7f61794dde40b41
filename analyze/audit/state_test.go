package audit

import (
	"testing"
	"time"

	"smpptap/internal/smpptest"
	"smpptap/stream"
)

func TestBindMissing(t *testing.T) {
	s := play(t, "smpp34")
	l := s.open(true)
	l.talk(toSMSC, "submit_sm")
	l.talk(toSMSC, "submit_sm")
	l.fin(toSMSC)
	s.end().wants("bind-missing", Error, 2, "no bind came before it")
	s.silent("command-state", "unbind-missing")
	if c := s.a.Checks()[RuleBindMissing]; c.Failed != 1 {
		t.Errorf("failed %d checks of one connection", c.Failed)
	}

	s = play(t, "smpp34") // behind a bind that is not answered yet
	l = s.open(true)
	bind := l.ask(toSMSC, "bind_transmitter")
	one, two := l.ask(toSMSC, "submit_sm"), l.ask(toSMSC, "submit_sm")
	l.send(toESME, "bind_transmitter_resp", bind)
	l.send(toESME, "submit_sm_resp", one)
	l.send(toESME, "submit_sm_resp", two)
	l.unbind()
	s.end().wants("bind-missing", Error, 2, "not answered yet")

	s = play(t, "smpp34") // nor may its answer have been captured
	l = s.open(true)
	l.ask(toSMSC, "bind_transmitter")
	l.ask(toSMSC, "submit_sm")
	s.end().silent("bind-missing")

	s = play(t, "smpp34") // the capture starts inside
	l = s.open(false)
	l.talk(toSMSC, "submit_sm")
	s.end().mute()

	s = play(t, "smpp34") // what may stand before the bind
	l = s.open(true)
	l.send(toESME, "outbind", 1)
	l.talk(toSMSC, "bind_receiver")
	l.unbind()
	s.end().silent("bind-missing", "command-state", "command-direction")
}

func TestCommandState(t *testing.T) {
	tests := []struct {
		bind     string
		dir      stream.Dir
		command  string
		severity Severity // none: allowed
	}{
		{"bind_receiver", toSMSC, "submit_sm", Error},
		{"bind_transmitter", toESME, "deliver_sm", Error},
		{"bind_transceiver", toSMSC, "submit_sm", 0},
		{"bind_transceiver", toSMSC, "replace_sm", 0},
		{"bind_receiver", toSMSC, "replace_sm", Error},
		{"bind_receiver", toSMSC, "data_sm", 0}, // 3.4 lets both sides in every bound state
		{"bind_transmitter", toESME, "data_sm", 0},
		{"bind_receiver", toSMSC, "enquire_link", 0},
	}
	for _, c := range tests {
		s := play(t, "smpp34")
		l := s.bound(c.bind)
		l.talk(c.dir, c.command)
		l.unbind()
		s.end()
		if c.severity == 0 {
			s.silent("command-state", "command-direction")
		} else {
			s.wants("command-state", c.severity, 1, c.command)
		}
	}

	s := play(t, "smpp34") // enquire_link before the bind: a note
	l := s.open(true)
	l.talk(toSMSC, "enquire_link")
	l.talk(toSMSC, "bind_transceiver")
	l.unbind()
	s.end().wants("command-state", Note, 1, "5.0 allows")
	s.silent("bind-missing")
}

func TestCommandDirection(t *testing.T) {
	s := play(t, "smpp34")
	l := s.bound("bind_transceiver")
	l.talk(toSMSC, "deliver_sm")
	l.unbind()
	s.end()
	fs := s.found("command-direction")
	if len(fs) != 2 || fs[0].Severity != Error || !contains(fs[0].Message, "which only the SMSC may send") {
		t.Errorf("%v", s.rules())
	}
	s.silent("command-state", "response-wrong-type")
}

func TestBindRepeated(t *testing.T) {
	s := play(t, "smpp34")
	l := s.bound("bind_transceiver")
	l.talk(toSMSC, "bind_transceiver")
	l.unbind()
	s.end().wants("bind-repeated", Error, 1, "bound already")
	s.silent("command-state", "bind-unanswered", "bind-missing")

	s = play(t, "smpp34") // while one is pending
	l = s.open(true)
	one := l.ask(toSMSC, "bind_transceiver")
	two := l.ask(toSMSC, "bind_transceiver")
	l.send(toESME, "bind_transceiver_resp", one)
	l.send(toESME, "bind_transceiver_resp", two)
	l.unbind()
	s.end().wants("bind-repeated", Error, 1, "still unanswered")

	s = play(t, "smpp34") // after a refusal, and after unbind_resp
	l = s.open(true)
	l.send(toESME, "bind_transceiver_resp", l.ask(toSMSC, "bind_transceiver"), smpptest.Status(0x0D))
	l.talk(toSMSC, "bind_transceiver")
	l.talk(toSMSC, "unbind")
	l.talk(toSMSC, "bind_transceiver")
	l.unbind()
	s.end().silent("bind-repeated", "traffic-after-unbind", "command-state")
}

func TestTrafficAfterUnbind(t *testing.T) {
	s := play(t, "smpp34")
	l := s.bound("bind_transceiver")
	before := l.ask(toSMSC, "submit_sm")
	l.talk(toSMSC, "unbind")
	l.send(toESME, "submit_sm_resp", before) // its request was from before
	l.fin(toSMSC)
	s.end().silent("traffic-after-unbind", "command-state")

	s = play(t, "smpp34")
	l = s.bound("bind_transceiver")
	l.talk(toSMSC, "unbind")
	l.ask(toSMSC, "submit_sm")
	l.fin(toSMSC)
	s.end().wants("traffic-after-unbind", Error, 1, "the session was over")
	s.silent("command-state", "bind-missing", "response-missing", "closed-while-outstanding")
}

func TestBindTimeout(t *testing.T) {
	for _, d := range []time.Duration{50 * time.Second, 70 * time.Second} {
		s := play(t, "smpp34")
		l := s.open(true)
		l.talk(toSMSC, "enquire_link")
		s.wait(d)
		s.end()
		if d < time.Minute {
			s.silent("bind-timeout")
		} else {
			s.wants("bind-timeout", Warning, 1, "no bind was sent")
		}
	}
	s := play(t, "smpp34") // it comes, but late; nothing else showed the time
	l := s.open(true)
	s.hold(90 * time.Second)
	l.talk(toSMSC, "bind_transceiver")
	l.unbind()
	s.end().wants("bind-timeout", Warning, 1, "only 90 s")
}

func TestBindUnanswered(t *testing.T) {
	s := play(t, "smpp34")
	l := s.open(true)
	l.ask(toSMSC, "bind_transceiver")
	s.wait(time.Second)
	l.fin(toESME)
	s.end().wants("bind-unanswered", Error, 1, "closed by the SMSC")
	s.silent("closed-while-outstanding", "response-missing", "unbind-missing")

	s = play(t, "smpp34")
	l = s.open(true)
	l.ask(toSMSC, "bind_transceiver")
	s.wait(10 * time.Second)
	s.end().silent("bind-unanswered", "bind-timeout", "bind-storm")
}

func TestSilentServer(t *testing.T) {
	s := play(t, "smpp34") // its FIN shows that its direction was captured
	l := s.open(true)
	l.ask(toSMSC, "bind_transceiver")
	s.wait(40 * time.Second)
	l.fin(toSMSC)
	s.end().wants("bind-unanswered", Error, 1, "before the connection ended 40")
	if n := s.a.Checks()[RuleBindUnanswered].Unchecked; n != 0 {
		t.Errorf("%d checks given up", n)
	}
	s.silent("capture-one-sided", "closed-while-outstanding")
}

func TestBindRefused(t *testing.T) {
	s := play(t, "smpp34")
	l := s.open(true)
	l.send(toESME, "bind_transceiver_resp", l.ask(toSMSC, "bind_transceiver"), smpptest.Status(0x0D))
	l.fin(toSMSC)
	s.end().wants("bind-refused", Error, 1, "client address 10.0.0.7")
	if contains(s.found("bind-refused")[0].Message, "s3cret") {
		t.Error("the password is shown")
	}
	s.silent("bind-already-bound", "bind-storm", "response-refused", "unbind-missing")
}

func TestBindAlreadyBound(t *testing.T) {
	s := play(t, "kaleyra")
	s.bound("bind_transceiver") // stays open, silent
	s.wait(90 * time.Second)
	l := s.open(true)
	l.send(toESME, "bind_transceiver_resp", l.ask(toSMSC, "bind_transceiver"), smpptest.Status(5))
	s.end().wants("bind-already-bound", Error, 1, "from 10.0.0.7:40001 never closed")
	s.silent("bind-refused")

	s = play(t, "smpp34")
	a := s.bound("bind_transceiver")
	l = s.open(true)
	l.send(toESME, "bind_transceiver_resp", l.ask(toSMSC, "bind_transceiver"), smpptest.Status(5))
	a.unbind()
	s.end().wants("bind-already-bound", Error, 1, "limit looks like 1")
}

func TestBindStorm(t *testing.T) {
	for _, n := range []int{4, 7} {
		s := play(t, "smpp34")
		for range n {
			l := s.open(true)
			l.send(toESME, "bind_transceiver_resp", l.ask(toSMSC, "bind_transceiver"), smpptest.Status(0x0D))
			l.fin(toSMSC)
			s.wait(2 * time.Second)
		}
		s.end()
		if n < DefaultLimits().StormBinds {
			s.silent("bind-storm")
			continue
		}
		s.wants("bind-storm", Warning, 7, "of \"acme\" from 10.0.0.7")
		if f := s.found("bind-storm")[0]; f.Connection != 1 {
			t.Errorf("stands on connection %d", f.Connection)
		}
	}
	s := play(t, "smpp34") // sessions that end with unbind
	for range 10 {
		s.bound("bind_transceiver").unbind()
	}
	s.end().mute()

	s = play(t, "smpp34") // sessions that end at once without it
	for range 5 {
		s.bound("bind_transceiver").fin(toSMSC)
	}
	s.end().wants("bind-storm", Warning, 5, "closed at once")
}

func TestVersionDisagreement(t *testing.T) {
	for _, v := range []uint8{0x34, 0x33} {
		s := play(t, "smpp34")
		l := s.open(true)
		l.send(toESME, "bind_transceiver_resp", l.ask(toSMSC, "bind_transceiver"), smpptest.TLV8(0x0210, v))
		l.unbind()
		s.end()
		if v == 0x34 {
			s.mute()
		} else {
			s.wants("version-disagreement", Note, 1, "version 3.3 is in force")
		}
	}
}
