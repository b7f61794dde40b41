package audit

import (
	"testing"
	"time"

	"smpptap/internal/smpptest"
	"smpptap/stream"
)

func TestDeliverUnanswered(t *testing.T) {
	s := play(t, "kaleyra") // late
	l := s.bound("bind_transceiver")
	seq := l.carry(0, "hello")
	s.wait(42 * time.Second)
	l.send(toSMSC, "deliver_sm_resp", seq)
	s.end().wants("deliver-unanswered", Warning, 1, "answered after 42 s")
	s.silent("response-missing", "response-unmatched")

	s = play(t, "kaleyra") // the ESME closes
	l = s.bound("bind_transceiver")
	l.carry(0, "hello")
	l.fin(toSMSC)
	s.end().wants("deliver-unanswered", Warning, 1, "before the connection ended")

	s = play(t, "kaleyra") // sent after the ESME had closed
	l = s.bound("bind_transceiver")
	l.event(toSMSC, stream.Event{Kind: stream.EventFIN})
	l.carry(0, "hello")
	l.event(toESME, stream.Event{Kind: stream.EventFIN})
	l.close()
	s.end().silent("deliver-unanswered")

	s = play(t, "kaleyra") // in time
	l = s.bound("bind_transceiver")
	l.talk(toESME, "deliver_sm")
	l.unbind()
	s.end().silent("deliver-unanswered", "deliver-repeated")

	s = play(t, "kaleyra") // the capture ends
	l = s.bound("bind_transceiver")
	l.carry(0, "hello")
	s.end().silent("deliver-unanswered")
	if c := s.a.Checks()[RuleDeliverUnanswered]; c.Unchecked != 1 || c.Checked != 0 {
		t.Errorf("%+v", c)
	}

	s = play(t, "kaleyra") // the answer may be lost
	l = s.bound("bind_transceiver")
	l.carry(0, "hello")
	l.skip(toSMSC, stream.Frame{Kind: stream.FrameGap, Length: 17})
	s.wait(40 * time.Second)
	s.end().wants("deliver-unanswered", Note, 1, "lost octets")

	s = play(t, "kaleyra") // the ESME's direction is silent, until its end shows that it was captured
	l = s.open(true)
	l.carry(0, "hello")
	s.wait(40 * time.Second)
	l.fin(toSMSC)
	s.end().wants("deliver-unanswered", Warning, 1, "")
	if c := s.a.Checks()[RuleDeliverUnanswered]; c.Unchecked != 0 {
		t.Errorf("%+v", c)
	}
}

func TestDeliverRefused(t *testing.T) {
	s := play(t, "kaleyra")
	l := s.bound("bind_transceiver")
	for _, text := range []string{"a", "b"} {
		l.send(toSMSC, "deliver_sm_resp", l.carry(0, text), smpptest.Status(0x45))
	}
	l.talk(toESME, "deliver_sm")
	s.end().wants("deliver-refused", Warning, 2, "refused 2 deliver_sm with 0x45")
	s.silent("response-refused", "deliver-repeated")
	if c := s.a.Checks()[RuleDeliverRefused]; c.Checked != 3 {
		t.Errorf("%+v", c)
	}

	s = play(t, "kaleyra")
	l = s.bound("bind_transceiver")
	l.talk(toESME, "deliver_sm")
	s.end().silent("deliver-refused")
}

func TestDeliverRepeated(t *testing.T) {
	s := play(t, "kaleyra") // unanswered, at growing distances
	l := s.bound("bind_transceiver")
	for _, d := range []time.Duration{10, 20, 40, 80, 0} {
		l.carry(0, "hello")
		s.wait(d * time.Second)
	}
	s.end().wants("deliver-repeated", Warning, 4, "5 times in all, at first after 10 s, at last after 80 s: the distance grows")

	s = play(t, "kaleyra") // its connection died
	l = s.bound("bind_transceiver")
	l.carry(0, "hello")
	l.rst(toSMSC)
	k := s.bound("bind_transceiver")
	k.talk(toESME, "enquire_link")
	k.carry(0, "hello")
	s.end().wants("deliver-repeated", Warning, 1, "2 times in all")

	s = play(t, "kaleyra") // refused
	l = s.bound("bind_transceiver")
	l.send(toSMSC, "deliver_sm_resp", l.carry(0, "hello"), smpptest.Status(0x45))
	l.send(toSMSC, "deliver_sm_resp", l.carry(0, "hello"))
	l.send(toSMSC, "deliver_sm_resp", l.carry(0, "hello")) // the last one was taken: this is another
	s.end().wants("deliver-repeated", Warning, 1, "")

	s = play(t, "kaleyra") // two subscribers' messages look alike
	l = s.bound("bind_transceiver")
	a, b := l.carry(0, "yes"), l.carry(0, "yes")
	l.send(toSMSC, "deliver_sm_resp", a)
	l.send(toSMSC, "deliver_sm_resp", b)
	l.send(toSMSC, "deliver_sm_resp", l.carry(0, "yes"))
	s.end().silent("deliver-repeated")
}

// The deliveries that failed are bounded, and what was forgotten accuses
// nobody.
func TestRepeatsBounded(t *testing.T) {
	a := Auditor{checks: make([]Check, ruleCount)}
	for i := range 3 * maxRepeats {
		a.deliverFailed(repeatKey{hash: uint64(i)}, 1)
	}
	v := &a.journeys.repeats
	if len(v.failed) > maxRepeats || len(v.order) > maxRepeats || a.checks[RuleDeliverRepeated].Unchecked == 0 {
		t.Errorf("%d kept, %d in order", len(v.failed), len(v.order))
	}
}
