package audit

import (
	"net/netip"
	"testing"
	"time"

	"smpptap/internal/smpptest"
	"smpptap/stream"
)

// playLive starts a scene of a run that has no end in sight.
func playLive(t *testing.T) *scene {
	s := play(t, "smpp34")
	s.a.opt.Live = true
	return s
}

// submits sends messages that are accepted.
func (l *wire) submits(n int, registered int) {
	for range n {
		l.seqs[toSMSC]++
		l.put(toSMSC, smpptest.Build("submit_sm", l.seqs[toSMSC], smpptest.F{
			"source_addr": "1234", "destination_addr": "39333123456", "registered_delivery": registered, "short_message": []byte{byte('a' + n)},
		}), 0)
		l.send(toESME, "submit_sm_resp", l.seqs[toSMSC])
	}
}

// TestStandingNotAsked: without an end of the input receipt-not-asked is said
// after ten minutes, once, and that it is overtaken.
func TestStandingNotAsked(t *testing.T) {
	for _, live := range []bool{false, true} {
		s := playLive(t)
		s.a.opt.Live = live
		l := s.bound("bind_transceiver")
		l.submits(20, 0)
		s.wait(9 * time.Minute)
		s.silent("receipt-not-asked")
		s.wait(2 * time.Minute)
		if !live {
			s.silent("receipt-not-asked")
			continue
		}
		l.submits(3, 0)
		s.wait(time.Minute)
		if f := s.found("receipt-not-asked"); len(f) != 1 || f[0].Count != 1 || !contains(f[0].Message, "None of the 23 accepted") {
			t.Fatalf("%v", s.rules())
		}
		l.submits(1, 1)
		s.wait(time.Minute)
		s.wait(time.Minute)
		s.end()
		s.wants("receipt-not-asked", Note, 1, "None of the 23 accepted messages of acme asks for a receipt: registered_delivery is 0 in all of them. Later messages ask for one, or receipts come.")
	}
}

// TestStandingNoReceiver: the same of receipt-no-receiver, which then is a note.
func TestStandingNoReceiver(t *testing.T) {
	s := playLive(t)
	s.bound("bind_transmitter").submits(1, 1)
	s.wait(9 * time.Minute)
	s.silent("receipt-no-receiver")
	s.wait(2 * time.Minute)
	if f := s.found("receipt-no-receiver"); len(f) != 1 || f[0].Severity != Warning {
		t.Fatalf("%v", s.rules())
	}
	s.bound("bind_receiver")
	s.wait(time.Minute)
	s.end()
	s.wants("receipt-no-receiver", Note, 1, "Later it has one.")
}

// TestStandingTurnedAway: address-turned-away is said while other addresses'
// connections go on, counts further ones, and what comes later takes it back.
func TestStandingTurnedAway(t *testing.T) {
	s := playLive(t)
	away := func(octets int64) {
		c := s.other("10.0.0.1:2775")
		c.A = netip.MustParseAddrPort("10.0.0.66:4000")
		s.now += int64(time.Second)
		s.a.OtherConn(c, "", octets, false, Ending{By: stream.FromB, At: c.Opened.Time + int64(time.Millisecond)})
	}
	s.bound("bind_transceiver")
	away(0)
	s.bound("bind_transceiver")
	away(0)
	s.wait(2 * time.Minute)
	s.silent("address-turned-away")
	away(0)
	s.wait(time.Minute)
	s.wants1("address-turned-away", Warning, 3)
	away(0)
	s.wait(time.Minute)
	s.wants1("address-turned-away", Warning, 4)
	away(9)
	s.wait(time.Minute)
	s.end()
	s.wants("address-turned-away", Note, 4, "Later one of them stayed.")
}

// TestStandingSplit: split-not-taken is said as soon as it shows.
func TestStandingSplit(t *testing.T) {
	s := playLive(t)
	broken := func() {
		l := s.bound("bind_transceiver")
		l.talk(toSMSC, "enquire_link")
		l.skip(toSMSC, stream.Frame{Kind: stream.FrameTail, Octets: []byte{0, 0, 0, 16, 0, 0, 0, 0x15}, Length: 8})
		l.rst(toESME)
	}
	broken()
	broken()
	s.wait(time.Minute)
	s.silent("split-not-taken")
	broken()
	s.wait(time.Minute)
	s.wants1("split-not-taken", Warning, 3)
	s.bound("bind_transceiver").rst(toESME)
	s.wait(time.Minute)
	s.end()
	s.wants("split-not-taken", Note, 3, "Later it took such a PDU, or ended a connection without one.")
}

// wants1 checks that a rule has one finding by now.
func (s *scene) wants1(rule string, severity Severity, count int64) {
	s.t.Helper()
	if f := s.found(rule); len(f) != 1 || f[0].Severity != severity || f[0].Count != count {
		s.t.Fatalf("%s, %s x%d: %v", rule, severity, count, s.rules())
	}
}
