package audit

import (
	"testing"
	"time"

	"smpptap/analyze/profile"
	"smpptap/analyze/session"
	"smpptap/dissect"
	"smpptap/internal/smpptest"
	"smpptap/stream"
)

// playWith starts a scene under a profile that sets more.
func playWith(t *testing.T, set func(*profile.Profile)) *scene {
	t.Helper()
	s := play(t, "kaleyra")
	set(s.a.profile)
	s.a = New(s.a.profile, Options{})
	for _, r := range [...]RuleID{RuleWindowExceeded, RuleRateExceeded} {
		s.a.off[r], s.a.hearsay[r] = false, false
	}
	return s
}

// submitTo asks for a message to a destination.
func (l *wire) submitTo(to, text string) uint32 {
	l.seqs[toSMSC]++
	seq := l.seqs[toSMSC]
	l.put(toSMSC, smpptest.Build("submit_sm", seq, smpptest.F{"source_addr": "1234", "destination_addr": to, "short_message": text}), 0)
	return seq
}

func (l *wire) turnDown(seq, status uint32) {
	l.put(toESME, smpptest.Build("submit_sm_resp", seq, nil, smpptest.Status(status), smpptest.HeaderOnly{}), 0)
}

// sends submits n messages, one in a step; each third is refused.
func (l *wire) sends(n int, step time.Duration, status uint32) {
	for i := range n {
		seq := l.submitTo("39333123456", string(rune('a'+i%26)))
		if i%3 == 2 {
			l.turnDown(seq, status)
		} else {
			l.send(toESME, "submit_sm_resp", seq)
		}
		l.hold(step)
	}
}

func TestThrottled(t *testing.T) {
	s := play(t, "smpp34")
	l := s.bound("bind_transceiver")
	l.sends(30, 50*time.Millisecond, dissect.StatusThrottled)
	l.unbind()
	s.end().wants("throttled", Warning, 10, "answered 10 messages with 0x58")
	s.wants("throttle-ignored", Warning, 9, "did not slow down")
	s.silent("response-refused", "response-missing")
	if c := s.a.Checks()[RuleThrottled]; c.Checked != 30 || c.Failed != 10 {
		t.Errorf("%+v", c)
	}
	if c := s.a.Checks()[RuleThrottleIgnored]; c.Checked != 1 || c.Failed != 1 {
		t.Errorf("%+v", c)
	}

	s = play(t, "smpp34") // another refusal is no throttling
	l = s.bound("bind_transceiver")
	l.turnDown(l.submitTo("39333123456", "x"), 0x0B)
	l.unbind()
	s.end().silent("throttled", "throttle-ignored")
}

func TestThrottledWords(t *testing.T) {
	s := play(t, "smpp34")
	l := s.bound("bind_transceiver")
	for range 3 { // 6 in a second pass
		for range 5 {
			l.talk(toSMSC, "submit_sm")
			l.hold(190 * time.Millisecond)
		}
	}
	l.hold(time.Second)
	for i := range 12 { // of 12 two are refused
		seq := l.submitTo("39333123456", string(rune('a'+i)))
		if i < 10 {
			l.send(toESME, "submit_sm_resp", seq)
		} else {
			l.turnDown(seq, dissect.StatusThrottled)
		}
		l.hold(50 * time.Millisecond)
	}
	l.hold(2 * time.Second)
	l.send(toESME, "submit_sm_resp", l.submitTo("39333123456", "k")) // sent again
	l.hold(3 * time.Second)
	l.unbind()
	f := s.end().wants("throttled", Warning, 2, "from 12 on there are refusals")
	if !contains(f.Message, "up to 6 submits pass") || !contains(f.Message, "0 within 1 s, 1 within 5 s, 1 not") {
		t.Error(f.Message)
	}
	s.silent("throttle-ignored")

	s = play(t, "smpp34")
	l = s.bound("bind_transceiver")
	l.sends(30, 50*time.Millisecond, dissect.StatusQueueFull)
	s.end().wants("throttled", Warning, 10, "one destination")
}

func TestThrottleIgnored(t *testing.T) {
	s := play(t, "smpp34") // each refusal is followed by a pause
	l := s.bound("bind_transceiver")
	for range 5 {
		l.sends(3, 50*time.Millisecond, dissect.StatusThrottled)
		l.hold(1200 * time.Millisecond)
	}
	l.unbind()
	s.end().silent("throttle-ignored")
	s.wants("throttled", Warning, 5, "")

	s = play(t, "smpp34") // slower, without a pause
	l = s.bound("bind_transceiver")
	for range 50 {
		l.talk(toSMSC, "submit_sm")
		l.hold(50 * time.Millisecond)
	}
	l.turnDown(l.submitTo("39333123456", "x"), dissect.StatusThrottled)
	for range 20 {
		l.hold(400 * time.Millisecond)
		l.talk(toSMSC, "submit_sm")
	}
	l.unbind()
	s.end().silent("throttle-ignored")

	s = play(t, "smpp34") // at the same rate for long before and after
	l = s.bound("bind_transceiver")
	for i := range 400 {
		if i == 200 {
			l.turnDown(l.submitTo("39333123456", "x"), dissect.StatusThrottled)
		} else {
			l.talk(toSMSC, "submit_sm")
		}
		l.hold(50 * time.Millisecond)
	}
	l.unbind()
	s.end().wants("throttle-ignored", Warning, 1, "submits a second")

	s = play(t, "smpp34") // nothing is sent after it
	l = s.bound("bind_transceiver")
	l.sends(3, 50*time.Millisecond, dissect.StatusThrottled)
	s.end().silent("throttle-ignored")
}

func TestWindowExceeded(t *testing.T) {
	ten := func(p *profile.Profile) { p.Flow.WindowMax = 10 }
	s := playWith(t, ten)
	l := s.bound("bind_transceiver")
	for range 12 {
		l.ask(toSMSC, "submit_sm")
	}
	s.end().wants("window-exceeded", Warning, 2, "up to 12 requests open")

	s = playWith(t, ten) // exactly ten
	l = s.bound("bind_transceiver")
	for range 10 {
		l.ask(toSMSC, "submit_sm")
	}
	s.end().silent("window-exceeded")

	s = playWith(t, ten) // what timed out is not open any more
	l = s.bound("bind_transceiver")
	for range 3 {
		for range 10 {
			l.ask(toSMSC, "submit_sm")
		}
		s.wait(31 * time.Second)
	}
	s.end().silent("window-exceeded")

	s = playWith(t, ten) // answers may have been lost
	l = s.bound("bind_transceiver")
	for range 10 {
		l.ask(toSMSC, "submit_sm")
	}
	l.skip(toESME, stream.Frame{Kind: stream.FrameGap, Length: 170})
	l.ask(toSMSC, "submit_sm")
	s.end().wants("window-exceeded", Note, 1, "lost octets")

	s = play(t, "smpp34") // no window is agreed
	l = s.bound("bind_transceiver")
	for range 500 {
		l.ask(toSMSC, "submit_sm")
	}
	s.end().silent("window-exceeded", "rate-exceeded")
}

func TestWindowOfOne(t *testing.T) {
	one := func(n int, trip, think time.Duration) *scene {
		s := play(t, "smpp34")
		l := s.bound("bind_transceiver")
		for range n {
			seq := l.ask(toSMSC, "submit_sm")
			l.hold(trip)
			l.send(toESME, "submit_sm_resp", seq)
			l.hold(think)
		}
		l.unbind()
		return s.end()
	}
	s := one(25, 179*time.Millisecond, 0)
	s.wants("window-of-one", Note, 1, "with 180 ms a round trip it reaches at most 5.6 a second")
	one(25, time.Millisecond, 8*time.Millisecond).wants("window-of-one", Note, 1, "")
	one(19, 179*time.Millisecond, 0).silent("window-of-one")
	one(25, time.Millisecond, 20*time.Millisecond).silent("window-of-one")
	one(25, 50*time.Millisecond, 100*time.Millisecond).silent("window-of-one")

	s = play(t, "smpp34") // two are open
	l := s.bound("bind_transceiver")
	a := l.ask(toSMSC, "submit_sm")
	for range 30 {
		b := l.ask(toSMSC, "submit_sm")
		l.send(toESME, "submit_sm_resp", a)
		a = b
	}
	s.end().silent("window-of-one")
}

func TestRateExceeded(t *testing.T) {
	run := func(n int, step time.Duration) *scene {
		s := playWith(t, func(p *profile.Profile) { p.Flow.RateMax = 10 })
		l := s.bound("bind_transceiver")
		k := s.bound("bind_transceiver") // of the same account
		for i := range n {
			if i%2 == 0 {
				l.ask(toSMSC, "submit_sm")
			} else {
				k.ask(toSMSC, "submit_sm")
			}
			s.hold(step)
		}
		return s.end()
	}
	run(30, 49*time.Millisecond).wants("rate-exceeded", Warning, 1, "at most 20")
	run(41, 49*time.Millisecond).wants("rate-exceeded", Warning, 2, "In 2 seconds")
	run(30, 101*time.Millisecond).silent("rate-exceeded")
}

func TestPace(t *testing.T) {
	var p pace
	now := int64(1_700_000_000) * second
	for range 1000 {
		p.add(now)
		now += 50 * second / 1000
	}
	if n := p.total - p.before(now-5*second); n != 100 {
		t.Errorf("%d in 5 s", n)
	}
	if n := p.before(now - 60*second); n > 800 {
		t.Errorf("%d a minute ago", n)
	}
	p.add(now + 3600*second)
	if n := p.before(now + 3590*second); n != 1000 {
		t.Errorf("%d before a pause", n)
	}
}

func TestFlowAllocatesNothing(t *testing.T) {
	h := newHot(t)
	turn := func() {
		h.seq++
		o, e := h.observe(stream.FromA, h.number(h.req))
		h.flow(o, e)
		h.flow(h.observe(stream.FromB, h.number(h.resp)))
	}
	for range 300 {
		turn()
	}
	if n := testing.AllocsPerRun(1000, turn); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

// flow runs the rules of flow alone.
func (h *hot) flow(o *session.Observed, events []session.Event) {
	c := h.a.state(o.Conn)
	for i := range events {
		h.a.onFlow(c, &events[i])
	}
	h.a.checkFlow(c, o)
}

// BenchmarkFlow is what the rules of flow cost for two PDUs, with session.
func BenchmarkFlow(b *testing.B) {
	h := newHot(b)
	b.ReportAllocs()
	for b.Loop() {
		h.seq++
		h.flow(h.observe(stream.FromA, h.number(h.req)))
		h.flow(h.observe(stream.FromB, h.number(h.resp)))
	}
}

// TestThrottledMany: of thousands of refused messages at once some are followed,
// and of those alone it is said what became of them.
func TestThrottledMany(t *testing.T) {
	s := play(t, "smpp34")
	l := s.bound("bind_transceiver")
	for range 2 * maxResends {
		l.send(toESME, "submit_sm_resp", l.ask(toSMSC, "submit_sm"), smpptest.Status(0x58), smpptest.HeaderOnly{})
		s.now -= int64(1900 * time.Microsecond) // 10,000 a second
	}
	l.send(toSMSC, "submit_sm", 2) // once more
	l.send(toESME, "submit_sm_resp", 2)
	s.wait(10 * time.Second)
	l.unbind()
	s.end().wants("throttled", Warning, 2*maxResends, "Sent again on this connection, of 4096 that were followed: 1 within 1 s, 0 within 5 s, 4095 not.")
}
