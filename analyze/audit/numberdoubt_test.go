package audit

import (
	"testing"
	"time"

	"smpptap/stream"
)

// A client that uses one number for all its requests is not accused of an
// answer that the capture lost, and not of those that are paired wrong since.
func TestReusedNumberAndLostAnswer(t *testing.T) {
	s := play(t, "smpp34")
	l := s.bound("bind_transceiver")
	once := func(answered bool) {
		l.send(toSMSC, "submit_sm", 7)
		if answered {
			l.send(toESME, "submit_sm_resp", 7)
		}
		s.wait(3 * time.Second)
	}
	once(true)
	once(false)
	l.skip(toESME, stream.Frame{Kind: stream.FrameGap, Length: 17})
	for range 5 {
		once(true)
	}
	s.end().wants("sequence-reused", Note, 5, "lost octets")
	s.silent("response-duplicate", "response-unmatched")
}

func TestReusedNumberAndCutAnswer(t *testing.T) {
	s := play(t, "smpp34")
	l := s.bound("bind_transceiver")
	l.send(toSMSC, "submit_sm", 7)
	l.put(toESME, make([]byte, 10), 7)
	l.send(toSMSC, "submit_sm", 7)
	l.send(toESME, "submit_sm_resp", 7)
	s.end().wants("sequence-reused", Note, 1, "lost octets")
}

// The request of a second response may have been lost.
func TestSecondResponseAndLostRequest(t *testing.T) {
	s := play(t, "smpp34")
	l := s.bound("bind_transceiver")
	l.send(toSMSC, "submit_sm", 7)
	l.send(toESME, "submit_sm_resp", 7)
	l.skip(toSMSC, stream.Frame{Kind: stream.FrameGap, Length: 60})
	l.send(toESME, "submit_sm_resp", 7)
	s.end().wants("response-duplicate", Note, 1, "lost octets")
	s.silent("sequence-reused")

	s = play(t, "smpp34") // what the other direction lost was no request
	l = s.bound("bind_transceiver")
	l.send(toSMSC, "submit_sm", 7)
	l.send(toESME, "submit_sm_resp", 7)
	l.skip(toESME, stream.Frame{Kind: stream.FrameGap, Length: 60})
	l.send(toESME, "submit_sm_resp", 7)
	s.end().wants("response-duplicate", Error, 1, "twice")
}

// A capture may bring a response behind the next request of its number, and a
// request behind its response.
func TestReusedNumberOutOfOrder(t *testing.T) {
	s := play(t, "smpp34")
	l := s.bound("bind_transceiver")
	l.send(toSMSC, "submit_sm", 7)
	answered := s.now + int64(time.Second)
	s.now = answered + int64(time.Millisecond)
	l.send(toSMSC, "submit_sm", 7)
	later := s.now
	s.now = answered
	l.send(toESME, "submit_sm_resp", 7)
	s.now = later
	l.send(toESME, "submit_sm_resp", 7)
	s.wait(5 * time.Second)
	l.talk(toSMSC, "enquire_link")
	s.end().silent("sequence-reused", "response-duplicate", "response-missing")

	s = play(t, "smpp34")
	l = s.bound("bind_transceiver")
	l.send(toSMSC, "submit_sm", 7)
	l.send(toESME, "submit_sm_resp", 7)
	sent := s.now
	s.now += int64(time.Second)
	l.send(toESME, "submit_sm_resp", 7)
	s.now = sent
	l.send(toSMSC, "submit_sm", 7)
	s.now += int64(5 * time.Second)
	l.talk(toSMSC, "enquire_link")
	s.end().silent("sequence-reused", "response-duplicate")
}

// What waits is judged once its direction has passed, and names the PDU at
// once.
func TestReusedNumberIsJudgedInTime(t *testing.T) {
	s := play(t, "smpp34")
	l := s.bound("bind_transceiver")
	l.send(toSMSC, "submit_sm", 7)
	l.send(toSMSC, "submit_sm", 7)
	if n := s.a.Named(); len(n) == 0 || n[len(n)-1].ID != RuleSequenceReused && n[0].ID != RuleSequenceReused {
		t.Errorf("named: %v", n)
	}
	s.wait(3 * time.Second)
	l.send(toESME, "enquire_link", 1)
	s.wants("sequence-reused", Error, 1, "still unanswered")

	s = play(t, "smpp34")
	l = s.bound("bind_transceiver")
	for range 3 * maxHeldNumbers {
		l.send(toSMSC, "submit_sm", 7)
	}
	if n := len(l.a.conns[l.c.ID].req.held.list); n > maxHeldNumbers {
		t.Errorf("%d wait", n)
	}
	s.end().wants("sequence-reused", Error, 3*maxHeldNumbers-1, "")
}
