package audit

import (
	"net/netip"
	"strconv"
	"strings"
	"testing"
	"time"

	"smpptap/analyze/profile"
	"smpptap/analyze/session"
	"smpptap/dissect"
	"smpptap/internal/smpptest"
	"smpptap/stream"
)

const (
	toSMSC = stream.FromA
	toESME = stream.FromB
)

// scene plays one conversation through the real tracker and the rules.
type scene struct {
	t       *testing.T
	a       *Auditor
	tracker *session.Tracker
	now     int64
	number  int64
	frame   int64
	ids     int64
}

// play starts a scene under a built-in profile.
func play(t *testing.T, name string) *scene {
	t.Helper()
	p, err := profile.Load(name)
	if err != nil {
		t.Fatal(err)
	}
	return &scene{t: t, a: New(p, Options{}), tracker: session.New(session.Options{}), now: 1_700_000_000 * second}
}

// wire is a connection of a scene.
type wire struct {
	*scene
	c    *session.Conn
	seqs [2]uint32
}

// open makes a connection of the ESME 10.0.0.n to the SMSC.
func (s *scene) open(syn bool) *wire {
	s.ids++
	c := &stream.Conn{
		ID: s.ids, SYN: syn, Opened: s.stamp(), TLS: "none",
		A: netip.MustParseAddrPort("10.0.0.7:40000"), B: netip.MustParseAddrPort("10.0.0.1:2775"),
	}
	c.A = netip.AddrPortFrom(c.A.Addr(), uint16(40000+s.ids))
	l := &wire{scene: s, c: s.tracker.Open(c)}
	s.tracker.Decide(l.c, stream.FromA, session.BasisBind)
	return l
}

func (s *scene) stamp() stream.Stamp { return stream.Stamp{Time: s.now, Frame: s.frame} }

// wait lets time pass; others' packets show it.
func (s *scene) wait(d time.Duration) {
	s.now += int64(d)
	s.a.Events(s.tracker.Expire(s.now))
	s.a.Expire(s.now)
}

// hold lets time pass that no packet shows before the next one.
func (s *scene) hold(d time.Duration) { s.now += int64(d) }

// put sends octets that are a PDU.
func (l *wire) put(dir stream.Dir, b []byte, missing int64) {
	l.now += int64(time.Millisecond)
	l.number++
	l.frame++
	f := &stream.Frame{Kind: stream.FramePDU, Octets: b, Length: int64(len(b)) + missing, Missing: missing, Began: l.stamp(), At: l.stamp()}
	var p dissect.PDU
	dissect.Decode(&p, b)
	o, events := l.tracker.Observe(l.c, dir, l.number, f, &p)
	l.a.Observe(o, nil, events)
}

// send sends a PDU under a number.
func (l *wire) send(dir stream.Dir, command string, seq uint32, parts ...smpptest.Part) {
	var f smpptest.F
	switch command {
	case "bind_transceiver", "bind_transmitter", "bind_receiver":
		f = smpptest.F{"system_id": "acme", "password": "s3cret", "system_type": "smpp", "interface_version": 0x34}
	case "submit_sm", "deliver_sm", "data_sm":
		f = smpptest.F{"source_addr": "1234", "destination_addr": "39333123456"}
		if command != "data_sm" {
			f["short_message"] = "hi " + strconv.Itoa(int(seq)) // no two alike: duplicate-submit
		}
	case "submit_sm_resp":
		f = smpptest.F{"message_id": strconv.Itoa(76 + int(seq))} // no two alike: message-id-repeated
	}
	l.put(dir, smpptest.Build(command, seq, f, parts...), 0)
}

// ask sends the side's next request and gives its number.
func (l *wire) ask(dir stream.Dir, command string, parts ...smpptest.Part) uint32 {
	l.seqs[dir]++
	l.send(dir, command, l.seqs[dir], parts...)
	return l.seqs[dir]
}

// talk sends a request and its answer.
func (l *wire) talk(dir stream.Dir, command string, parts ...smpptest.Part) {
	l.send(dir.Other(), command+"_resp", l.ask(dir, command), parts...)
}

// bound opens a connection and binds it.
func (s *scene) bound(command string) *wire {
	l := s.open(true)
	l.talk(toSMSC, command)
	return l
}

func (l *wire) event(dir stream.Dir, e stream.Event) {
	l.now += int64(time.Millisecond)
	l.frame++
	l.a.Events(l.tracker.Event(l.c, dir, l.stamp(), e))
	l.a.Event(l.c, dir, l.stamp(), e)
}

// fin closes in order, dir first.
func (l *wire) fin(dir stream.Dir) {
	l.event(dir, stream.Event{Kind: stream.EventFIN})
	l.event(dir.Other(), stream.Event{Kind: stream.EventFIN})
	l.close()
}

func (l *wire) rst(dir stream.Dir) {
	l.event(dir, stream.Event{Kind: stream.EventRST, N: 64, Other: 64})
	l.close()
}

func (l *wire) close() { l.a.Events(l.tracker.Close(l.c, l.stamp(), nil)) }

// unbind ends the session and the connection.
func (l *wire) unbind() {
	l.talk(toSMSC, "unbind")
	l.fin(toSMSC)
}

// skip gives octets that are no PDU.
func (l *wire) skip(dir stream.Dir, f stream.Frame) {
	l.frame++
	f.Began, f.At = l.stamp(), l.stamp()
	l.a.Events(l.tracker.Skip(l.c, dir, &f))
	l.a.Frame(l.c, dir, &f)
}

// end ends the input.
func (s *scene) end() *scene {
	for _, c := range s.tracker.Conns() {
		s.a.Events(s.tracker.Close(c, s.stamp(), stream.ErrInputEnd))
	}
	s.a.Finish(s.now)
	return s
}

// found gives the findings of a rule.
func (s *scene) found(rule string) (out []*Finding) {
	for _, f := range s.a.Findings() {
		if f.Rule.String() == rule {
			out = append(out, f)
		}
	}
	return out
}

// wants checks that rule fires once, with the severity and count, and that
// its message holds text.
func (s *scene) wants(rule string, severity Severity, count int64, text string) *Finding {
	s.t.Helper()
	fs := s.found(rule)
	if len(fs) != 1 {
		s.t.Fatalf("%s: %d findings, want 1: %v", rule, len(fs), s.rules())
	}
	f := fs[0]
	if f.Severity != severity || f.Count != count || !strings.Contains(f.Message, text) {
		s.t.Errorf("%s: %s, count %d, %q; want %s, %d, %q", rule, f.Severity, f.Count, f.Message, severity, count, text)
	}
	c := s.a.Checks()[f.Rule]
	if c.Checked == 0 || c.Failed == 0 || c.Failed > c.Checked {
		s.t.Errorf("%s: checked %d, failed %d", rule, c.Checked, c.Failed)
	}
	if f.Remedy == "" || f.Message == "" || Rules[f.Rule].Title == "" || Rules[f.Rule].Why == "" {
		s.t.Errorf("%s: words are missing: %+v", rule, f)
	}
	return f
}

// silent checks that none of the rules fires.
func (s *scene) silent(rules ...string) {
	s.t.Helper()
	for _, r := range rules {
		if _, ok := RuleByName(r); !ok {
			s.t.Fatalf("no rule %s", r)
		}
		for _, f := range s.found(r) {
			s.t.Errorf("%s fires: %s, %s", r, f.Severity, f.Message)
		}
	}
}

// mute checks that nothing fires but what every bind in the clear has, and
// every script that waits for its answers, and asks for no receipt.
func (s *scene) mute() {
	s.t.Helper()
	for _, f := range s.a.Findings() {
		if f.Rule != RuleCleartextCredentials && f.Rule != RuleWindowOfOne && f.Rule != RuleReceiptNotAsked {
			s.t.Errorf("%s fires: %s, %s", f.Rule, f.Severity, f.Message)
		}
	}
}

func (s *scene) rules() (out []string) {
	for _, f := range s.a.Findings() {
		out = append(out, f.Rule.String()+": "+f.Message)
	}
	return out
}

func contains(s, part string) bool { return strings.Contains(s, part) }
