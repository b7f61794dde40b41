package audit

import (
	"strings"
	"testing"
	"time"

	"smpptap/internal/smpptest"
	"smpptap/stream"
)

func TestRequestsInOrderStaySilent(t *testing.T) {
	s := play(t, "smpp34")
	l := s.bound("bind_transceiver")
	for range 50 {
		l.talk(toSMSC, "submit_sm")
		l.talk(toESME, "deliver_sm")
		l.talk(toESME, "enquire_link")
	}
	l.unbind()
	s.end().mute()
}

func TestResponseMissing(t *testing.T) {
	t.Run("late", func(t *testing.T) {
		s := play(t, "smpp34")
		l := s.bound("bind_transceiver")
		seq := l.ask(toSMSC, "submit_sm")
		s.wait(42 * time.Second)
		l.send(toESME, "submit_sm_resp", seq)
		l.unbind()
		s.end().wants("response-missing", Warning, 1, "answered after 42 s")
		s.silent("response-unmatched", "response-slow", "closed-while-outstanding")
	})
	t.Run("never", func(t *testing.T) {
		s := play(t, "smpp34")
		l := s.bound("bind_transceiver")
		l.ask(toSMSC, "submit_sm")
		l.ask(toSMSC, "submit_sm")
		l.rst(toESME)
		s.end().wants("response-missing", Warning, 2, "before the connection ended")
		s.wants("closed-while-outstanding", Warning, 1, "2 submit_sm of the ESME")
		s.wants("connection-reset", Warning, 1, "The SMSC reset")
	})
	t.Run("open", func(t *testing.T) {
		s := play(t, "smpp34")
		l := s.bound("bind_transceiver")
		l.ask(toSMSC, "submit_sm")
		s.wait(10 * time.Second)
		s.end().mute()
		if s.a.Checks()[RuleResponseMissing].Unchecked != 1 {
			t.Error("the open request was not given up")
		}
	})
	t.Run("gap", func(t *testing.T) {
		s := play(t, "smpp34")
		l := s.bound("bind_transceiver")
		l.ask(toSMSC, "submit_sm")
		l.skip(toESME, stream.Frame{Kind: stream.FrameGap, Length: 17})
		s.wait(40 * time.Second)
		s.end().wants("response-missing", Note, 1, "lost octets")
		s.wants("framing-gap", Note, 1, "17 octets")
		s.wants("capture-lossy", Note, 1, "1 hole")
	})
}

func TestResponseUnmatched(t *testing.T) {
	s := play(t, "smpp34")
	l := s.bound("bind_transceiver")
	l.send(toESME, "submit_sm_resp", 4242)
	l.unbind()
	s.end().wants("response-unmatched", Error, 1, "answers no request")

	s = play(t, "smpp34") // mid-connection: a note at most
	l = s.open(false)
	l.send(toESME, "submit_sm_resp", 4242)
	s.wait(5 * time.Second)
	l.talk(toSMSC, "submit_sm")
	s.end().wants("response-unmatched", Note, 1, "may have stood")

	s = play(t, "smpp34") // a bind response under another number
	l = s.open(true)
	l.ask(toSMSC, "bind_transceiver")
	l.send(toESME, "bind_transceiver_resp", 9)
	l.unbind()
	s.end().wants("response-unmatched", Error, 1, "under number 9")
	s.silent("bind-unanswered", "response-missing", "bind-missing")

	s = play(t, "smpp34") // generic_nack with 0 is legal
	l = s.bound("bind_transceiver")
	l.send(toESME, "generic_nack", 0, smpptest.Status(2))
	l.unbind()
	s.end().silent("response-unmatched")
	s.wants("generic-nack", Warning, 1, "No PDU near it")
}

func TestResponseWrongTypeAndDuplicate(t *testing.T) {
	s := play(t, "smpp34")
	l := s.bound("bind_transceiver")
	l.send(toESME, "submit_sm_resp", l.ask(toSMSC, "enquire_link"))
	l.unbind()
	s.end().wants("response-wrong-type", Error, 1, "with submit_sm_resp")
	s.silent("response-unmatched", "enquire-link-unanswered", "response-missing")

	s = play(t, "smpp34")
	l = s.bound("bind_transceiver")
	seq := l.ask(toSMSC, "submit_sm")
	l.send(toESME, "submit_sm_resp", seq)
	l.send(toESME, "submit_sm_resp", seq)
	l.unbind()
	s.end().wants("response-duplicate", Error, 1, "twice")
	s.silent("response-unmatched")
}

func TestResponseSlow(t *testing.T) {
	for _, d := range []time.Duration{4 * time.Second, 9 * time.Second} {
		s := play(t, "smpp34")
		l := s.bound("bind_transceiver")
		seq := l.ask(toSMSC, "submit_sm")
		s.wait(d)
		l.send(toESME, "submit_sm_resp", seq)
		l.unbind()
		s.end()
		if d < 5*time.Second {
			s.mute()
		} else {
			s.wants("response-slow", Note, 1, "at most 9 s")
		}
	}
}

func TestSequenceReused(t *testing.T) {
	s := play(t, "smpp34")
	l := s.bound("bind_transceiver")
	l.send(toSMSC, "submit_sm", 7)
	l.send(toSMSC, "submit_sm", 7)
	l.send(toESME, "submit_sm_resp", 7)
	l.send(toESME, "submit_sm_resp", 7)
	l.send(toESME, "enquire_link", 7) // the other side counts by itself
	l.send(toSMSC, "enquire_link_resp", 7)
	l.seqs[toSMSC] = 7
	l.unbind()
	s.end().wants("sequence-reused", Error, 1, "still unanswered")
	s.silent("response-duplicate", "response-unmatched")
	s.wants("sequence-order", Note, 2, "first 1 then 7")
}

func TestSequenceOrder(t *testing.T) {
	s := play(t, "smpp34")
	l := s.bound("bind_transceiver")
	l.send(toSMSC, "enquire_link", 2)
	l.send(toESME, "enquire_link_resp", 2)
	l.skip(toSMSC, stream.Frame{Kind: stream.FrameGap, Length: 100}) // not judged across it
	l.send(toSMSC, "enquire_link", 0x7FFFFFFF)
	l.send(toESME, "enquire_link_resp", 0x7FFFFFFF)
	l.seqs[toSMSC] = 0 // 1 follows
	l.unbind()
	s.end().silent("sequence-order")

	s = play(t, "smpp34") // one counter for two binds
	a, b := s.open(true), s.open(true)
	a.send(toSMSC, "bind_transmitter", 1)
	a.send(toESME, "bind_transmitter_resp", 1)
	b.send(toSMSC, "bind_receiver", 2)
	b.send(toESME, "bind_receiver_resp", 2)
	for i := uint32(3); i < 21; i += 2 {
		a.send(toSMSC, "enquire_link", i)
		a.send(toESME, "enquire_link_resp", i)
		b.send(toSMSC, "enquire_link", i+1)
		b.send(toESME, "enquire_link_resp", i+1)
	}
	s.end()
	fs := s.found("sequence-order")
	if len(fs) != 2 || !contains(fs[0].Message, "shared by several binds") || fs[0].Count != 9 {
		t.Errorf("shared counter: %v", s.rules())
	}
}

func TestGenericNackNamesItsCause(t *testing.T) {
	s := play(t, "smpp34")
	l := s.bound("bind_receiver")
	l.send(toESME, "enquire_link", 10, smpptest.ID(0x999))
	l.send(toSMSC, "generic_nack", 999, smpptest.Status(3))
	l.unbind()
	s.end().wants("generic-nack", Warning, 1, "command 0x00000999")
	s.wants("response-unmatched", Error, 1, "number 999")
	s.silent("response-missing", "bind-missing", "command-state")

	s = play(t, "smpp34") // it answers a request
	l = s.bound("bind_transmitter")
	l.send(toESME, "generic_nack", l.ask(toSMSC, "submit_multi"), smpptest.Status(3))
	l.unbind()
	s.end().wants("generic-nack", Warning, 1, "does not support")
	s.silent("response-unmatched", "response-missing", "response-refused", "response-wrong-type")
}

func TestWordsOfManyAreComplete(t *testing.T) {
	s := play(t, "smpp34")
	l := s.bound("bind_transceiver")
	for range 7 {
		l.ask(toSMSC, "submit_sm")
	}
	l.ask(toESME, "enquire_link")
	l.rst(toESME)
	s.end().wants("response-missing", Warning, 7, "did not answer 7 submit_sm of the ESME")
}

// TestEachSideHasItsNumbers: what one side numbers wrongly is not told of the
// other.
func TestEachSideHasItsNumbers(t *testing.T) {
	s := play(t, "smpp34")
	l := s.bound("bind_transceiver")
	for range 2 {
		l.send(toSMSC, "submit_sm", 0)
		l.send(toESME, "submit_sm_resp", 0)
	}
	l.send(toESME, "enquire_link", 0)
	l.send(toSMSC, "enquire_link_resp", 0)
	l.unbind()
	fs := s.end().found("sequence-zero")
	if len(fs) != 2 || fs[0].Count != 2 || fs[1].Count != 1 || !strings.HasPrefix(fs[1].Message, "enquire_link of the SMSC ") {
		t.Errorf("%+v", fs)
	}
}
