package audit

import (
	"net/netip"
	"testing"
	"time"

	"smpptap/analyze/profile"
	"smpptap/analyze/session"
	"smpptap/dissect"
	"smpptap/internal/smpptest"
	"smpptap/stream"
)

// rig plays a dialogue of one or more connections through the tracker and the
// auditor.
type rig struct {
	t       testing.TB
	tracker *session.Tracker
	audit   *Auditor
	conn    *session.Conn
	now     int64
	number  int64
	conns   int64
	pdu     dissect.PDU
}

// start is the time of the first octet: 2026-01-02 03:04:05 UTC.
var start = time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC).UnixNano()

func newRig(t testing.TB, profileName string) *rig {
	t.Helper()
	p, err := profile.Load(profileName)
	if err != nil {
		t.Fatal(err)
	}
	r := &rig{
		t: t, now: start, audit: New(p, Options{}),
		tracker: session.New(session.Options{
			ResponseSMSC: p.ResponseTime(dissect.SMSC), ResponseESME: p.ResponseTime(dissect.ESME), Fallback: p.Fallback,
		}),
	}
	r.open()
	return r
}

// open begins a further connection.
func (r *rig) open() *session.Conn {
	r.conns++
	r.conn = r.tracker.Open(&stream.Conn{
		ID: r.conns, SYN: true, Opened: stream.Stamp{Time: r.now},
		A: netip.AddrPortFrom(netip.MustParseAddr("10.0.0.1"), uint16(40000+r.conns)),
		B: netip.MustParseAddrPort("10.0.0.2:2775"),
	})
	r.tracker.Decide(r.conn, stream.FromA, session.BasisSYN)
	return r.conn
}

func (r *rig) esme(octets []byte) { r.t.Helper(); r.send(stream.FromA, octets, 0) }
func (r *rig) smsc(octets []byte) { r.t.Helper(); r.send(stream.FromB, octets, 0) }

func (r *rig) send(dir stream.Dir, octets []byte, missing int64) {
	r.now += int64(10 * time.Millisecond)
	r.number++
	at := stream.Stamp{Time: r.now, Frame: r.number}
	r.events(r.tracker.Expire(r.now))
	r.audit.Expire(r.now)
	f := stream.Frame{At: at, Began: at, Octets: octets, Length: int64(len(octets)), Missing: missing}
	dissect.Decode(&r.pdu, octets)
	o, events := r.tracker.Observe(r.conn, dir, r.number, &f, &r.pdu)
	r.audit.Observe(o, nil, events)
	r.audit.Recorded(o, &r.pdu)
}

func (r *rig) events(e []session.Event) { r.audit.Events(e) }

func (r *rig) after(d time.Duration) { r.now += int64(d) }

// fin ends the connection in order, begun by dir.
func (r *rig) fin(dir stream.Dir) {
	r.now += int64(time.Millisecond)
	at := stream.Stamp{Time: r.now}
	r.events(r.tracker.Event(r.conn, dir, at, stream.Event{Kind: stream.EventFIN}))
	r.events(r.tracker.Event(r.conn, dir.Other(), at, stream.Event{Kind: stream.EventFIN}))
	r.events(r.tracker.Close(r.conn, at, nil))
}

// end ends the input.
func (r *rig) end() {
	r.events(r.tracker.Close(r.conn, stream.Stamp{Time: r.now}, stream.ErrInputEnd))
}

type fields = smpptest.F

func build(command string, seq uint32, f fields, parts ...smpptest.Part) []byte {
	return smpptest.Build(command, seq, f, parts...)
}

// Field values of well-formed PDUs.
func bindFields(more fields) fields {
	return with(fields{"system_id": "acme", "password": "secret", "system_type": "smpp", "interface_version": 0x34}, more)
}

func submitFields(more fields) fields {
	return with(fields{
		"source_addr_ton": 5, "source_addr": "ACME", "dest_addr_ton": 1, "dest_addr_npi": 1,
		"destination_addr": "447700900123", "registered_delivery": 1, "short_message": "hello",
	}, more)
}

func with(base, more fields) fields {
	for k, v := range more {
		base[k] = v
	}
	return base
}

var scVersion = smpptest.TLV8(0x0210, 0x34)

// bound plays a bind that fits Kaleyra.
func (r *rig) bound() {
	r.t.Helper()
	r.esme(build("bind_transceiver", 1, bindFields(nil)))
	r.smsc(build("bind_transceiver_resp", 1, fields{"system_id": "smsc"}, scVersion))
}

// boundAs plays a bind with other fields, accepted without
// sc_interface_version.
func (r *rig) boundAs(more fields) {
	r.t.Helper()
	r.esme(build("bind_transceiver", 1, bindFields(more)))
	r.smsc(build("bind_transceiver_resp", 1, fields{"system_id": "smsc"}))
}

// found gives the findings of a rule.
func (r *rig) found(rule RuleID) []*Finding {
	var out []*Finding
	for _, f := range r.audit.Findings() {
		if f.Rule == rule {
			out = append(out, f)
		}
	}
	return out
}

// wants fails unless the rule has exactly one finding of this severity and
// count.
func (r *rig) wants(rule RuleID, severity Severity, count int64) *Finding {
	r.t.Helper()
	got := r.found(rule)
	if len(got) != 1 || got[0].Severity != severity || got[0].Count != count {
		r.t.Errorf("%s: want one %s with count %d, got %s", rule, severity, count, describe(got))
		if len(got) == 0 {
			return &Finding{}
		}
	}
	if c := r.audit.Checks()[rule]; c.Failed > c.Checked {
		r.t.Errorf("%s: %d failed of %d checked", rule, c.Failed, c.Checked)
	}
	return got[0]
}

func (r *rig) silent(rules ...RuleID) {
	r.t.Helper()
	for _, rule := range rules {
		if got := r.found(rule); len(got) > 0 {
			r.t.Errorf("%s should be silent: %s", rule, describe(got))
		}
	}
}

func describe(fs []*Finding) string {
	s := ""
	for _, f := range fs {
		s += "\n\t" + f.Severity.String() + " x" + time.Duration(f.Count).String() + ": " + f.Message
	}
	if s == "" {
		return "none"
	}
	return s
}

// observation is an Observed that outlives the tracker's call.
type observation struct {
	session.Observed
	frame stream.Frame
}

func (r *rig) observed(p *dissect.PDU, dir stream.Dir) *observation {
	o := &observation{frame: stream.Frame{At: stream.Stamp{Time: r.now, Frame: r.number}}}
	o.Observed = session.Observed{
		Conn: r.conn, Session: r.conn.Session, Dir: dir, From: r.conn.Sender(dir), Number: r.number,
		Frame: &o.frame, Time: r.now, PDU: p, Latency: -1,
	}
	return o
}
