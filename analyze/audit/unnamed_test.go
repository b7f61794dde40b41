package audit

import (
	"fmt"
	"testing"
	"time"

	"smpptap/analyze/profile"
	"smpptap/internal/smpptest"
)

// TestUnnamedForgotten: connections that send messages without a bind leave
// nothing behind; one with accepted messages is judged at the end.
func TestUnnamedForgotten(t *testing.T) {
	s := play(t, "kaleyra")
	for range 100 {
		l := s.open(true)
		l.submits(1, 0)
		l.rst(toSMSC)
	}
	accepted := len(s.a.journeys.order)
	if accepted != 100 {
		t.Fatalf("%d accounts with accepted messages", accepted)
	}
	for range 100 {
		l := s.open(true)
		l.seqs[toSMSC]++
		l.send(toSMSC, "submit_sm", l.seqs[toSMSC])
		if len(s.a.audiences) == accepted {
			t.Fatal("nothing is kept while the connection lasts")
		}
		l.rst(toSMSC)
	}
	if n, m, z := len(s.a.journeys.order), len(s.a.audiences), s.a.zeroes; n != accepted || m != accepted || z != accepted || len(s.a.journeys.accounts) != n {
		t.Errorf("%d accounts, %d audiences, %d messages without a wish are kept; want %d of each", n, m, z, accepted)
	}
}

// TestStrangers: names whose binds are refused do not fill the tables, and
// beyond the bound nobody lacks a receiver.
func TestStrangers(t *testing.T) {
	guess := func(s *scene, n int) {
		l := s.open(true)
		l.put(toSMSC, smpptest.Build("bind_receiver", 1, smpptest.F{"system_id": fmt.Sprint("guess", n), "password": "x"}), 0)
		l.put(toESME, smpptest.Build("bind_receiver_resp", 1, nil, smpptest.Status(0x0F), smpptest.HeaderOnly{}), 0)
		l.rst(toESME)
		s.hold(time.Second)
	}
	s := play(t, "smpp34")
	for i := range 2 * fewClients {
		guess(s, i)
	}
	if n, m := len(s.a.journeys.order), len(s.a.links.clients); n != maxStrangers || m > fewClients {
		t.Errorf("%d accounts and %d clients are kept", n, m)
	}
	s.bound("bind_transmitter").submits(1, 1)
	s.end().silent("receipt-no-receiver", "bind-storm")

	s = play(t, "smpp34")
	guess(s, 1)
	s.bound("bind_transmitter").submits(1, 1)
	s.end().wants("receipt-no-receiver", Warning, 1, "no receiver or transceiver session")
}

// TestRatesForgotten: rates that count over one connection end with it.
func TestRatesForgotten(t *testing.T) {
	s := playWith(t, func(p *profile.Profile) { p.Flow.RateMax, p.Flow.RateScope = 2, "bind" })
	for range 3 {
		l := s.bound("bind_transceiver")
		l.submits(5, 1)
		if len(s.a.rates) != 1 {
			t.Fatalf("%d rates", len(s.a.rates))
		}
		l.unbind()
	}
	if n := len(s.end().found("rate-exceeded")); n != 3 || len(s.a.rates) != 0 {
		t.Errorf("%d findings, %d rates are kept", n, len(s.a.rates))
	}
}
