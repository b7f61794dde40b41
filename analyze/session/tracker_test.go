package session_test

import (
	"fmt"
	"net/netip"
	"strings"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"

	"smpptap/analyze/session"
	"smpptap/dissect"
	"smpptap/internal/smpptest"
	"smpptap/stream"
)

// dialogue drives a Tracker with PDUs and writes down what it says.
type dialogue struct {
	t      *testing.T
	tr     *session.Tracker
	c      *session.Conn
	now    time.Duration
	number int64
	log    []string
}

const second = time.Second

func begin(t *testing.T, syn bool, opt session.Options) *dialogue {
	d := &dialogue{t: t, tr: session.New(opt)}
	d.c = d.tr.Open(&stream.Conn{
		ID: 1, A: netip.MustParseAddrPort("10.1.0.7:40000"), B: netip.MustParseAddrPort("10.2.0.1:2775"),
		Opened: stream.Stamp{Time: 1}, SYN: syn,
	})
	d.tr.Decide(d.c, stream.FromA, session.BasisSYN)
	return d
}

func (d *dialogue) stamp() stream.Stamp { return stream.Stamp{Time: int64(d.now) + 1, Frame: d.number} }

// at moves time to a point of the dialogue, raising what silence causes.
func (d *dialogue) at(now time.Duration) *dialogue {
	d.now = now
	d.note(d.tr.Expire(int64(now) + 1))
	return d
}

// esme and smsc send a PDU.
func (d *dialogue) esme(raw []byte) *session.Observed { return d.send(stream.FromA, raw, 0) }
func (d *dialogue) smsc(raw []byte) *session.Observed { return d.send(stream.FromB, raw, 0) }

func (d *dialogue) send(dir stream.Dir, raw []byte, missing int64) *session.Observed {
	d.t.Helper()
	d.number++
	f := &stream.Frame{Kind: stream.FramePDU, Octets: raw, Length: int64(len(raw)), Began: d.stamp(), At: d.stamp(), Missing: missing}
	var p dissect.PDU
	dissect.Decode(&p, raw)
	o, events := d.tr.Observe(d.c, dir, d.number, f, &p)
	out := *o
	d.note(events)
	for _, x := range d.tr.Paired() {
		d.log = append(d.log, fmt.Sprintf("paired %d with %d", x.Response, x.Request))
	}
	return &out
}

func (d *dialogue) gap(dir stream.Dir) {
	d.note(d.tr.Skip(d.c, dir, &stream.Frame{Kind: stream.FrameGap, Length: 100, Began: d.stamp(), At: d.stamp()}))
}

func (d *dialogue) event(dir stream.Dir, k stream.EventKind) {
	d.note(d.tr.Event(d.c, dir, d.stamp(), stream.Event{Kind: k}))
}

func (d *dialogue) close(reason error) { d.note(d.tr.Close(d.c, d.stamp(), reason)) }

var kinds = map[session.EventKind]string{
	session.EventAnswered: "answered", session.EventAnsweredLate: "late", session.EventWrongType: "wrong type",
	session.EventDuplicate: "duplicate", session.EventUnmatched: "unmatched", session.EventReused: "reused",
	session.EventTimeout: "timeout", session.EventAbandoned: "abandoned", session.EventOpen: "open",
	session.EventEvicted: "evicted", session.EventBind: "bound", session.EventBindRefused: "refused",
	session.EventSessionStart: "start", session.EventSessionEnd: "end", session.EventConnEnd: "closed",
}

func (d *dialogue) note(events []session.Event) {
	for i := range events {
		e := &events[i]
		line := kinds[e.Kind]
		if e.Req != nil {
			line += fmt.Sprintf(" %d", e.Req.Number)
		}
		if e.Resp.Number != 0 {
			line += fmt.Sprintf(" by %d", e.Resp.Number)
		}
		if e.OldReq != nil {
			line += fmt.Sprintf(" was %d", e.OldReq.Number)
		}
		if e.Doubt != 0 {
			line += fmt.Sprintf(" doubt %d", e.Doubt)
		}
		d.log = append(d.log, line)
	}
}

// said compares the log since the last call.
func (d *dialogue) said(want string) {
	d.t.Helper()
	got := strings.Join(d.log, "; ")
	d.log = nil
	if diff := gocmp.Diff(want, got); diff != "" {
		d.t.Errorf("want (-) got (+):\n%s", diff)
	}
}

func (d *dialogue) bind(version byte, respond ...smpptest.Part) {
	d.esme(smpptest.Build("bind_transceiver", 1, smpptest.F{"system_id": "acme", "password": "secret", "system_type": "smpp", "interface_version": int(version)}))
	d.smsc(smpptest.Build("bind_transceiver_resp", 1, smpptest.F{"system_id": "SMSC"}, respond...))
	d.log = nil
}

func submit(seq uint32) []byte {
	return smpptest.Build("submit_sm", seq, smpptest.F{"destination_addr": "919800000001", "short_message": "hi"})
}

func submitResp(seq uint32) []byte {
	return smpptest.Build("submit_sm_resp", seq, smpptest.F{"message_id": "1"})
}

func TestDialogue(t *testing.T) {
	d := begin(t, true, session.Options{})
	d.esme(smpptest.Build("bind_transceiver", 1, smpptest.F{"system_id": "acme", "interface_version": 0x34}))
	d.smsc(smpptest.Build("bind_transceiver_resp", 1, smpptest.F{"system_id": "SMSC"}))
	d.said("start; answered 1 by 2; bound 1 by 2")
	s := d.c.Session
	if s.State != session.StateBoundTRX || s.SystemID != "acme" || s.BindType != session.BindTRX || s.Version != dissect.V34 {
		t.Errorf("after the bind: %+v", s)
	}
	d.esme(submit(2))
	d.esme(submit(3))
	d.at(2 * second)
	o := d.smsc(submitResp(3))
	if o.Request != 4 || o.Latency != int64(2*second) {
		t.Errorf("response to PDU %d after %d", o.Request, o.Latency)
	}
	d.smsc(submitResp(2))
	d.said("answered 4 by 5; answered 3 by 6")
	if m := d.c.Sides[stream.FromA].MaxOutstanding; m != 2 {
		t.Errorf("window %d, want 2", m)
	}
	d.esme(smpptest.Build("unbind", 4, nil))
	d.smsc(smpptest.Build("unbind_resp", 4, nil))
	if s.State != session.StateUnbound || !s.UnbindAnswered || s.UnbindBy != dissect.ESME {
		t.Errorf("after unbind: %+v", s)
	}
	d.event(stream.FromA, stream.EventFIN)
	d.event(stream.FromB, stream.EventFIN)
	d.close(nil)
	d.said("answered 7 by 8; end; closed")
	if d.c.End != session.EndFIN || d.c.EndedBy != stream.FromA {
		t.Errorf("ended %v by %v", d.c.End, d.c.EndedBy)
	}
}

func TestPairing(t *testing.T) {
	tests := []struct {
		name string
		run  func(*dialogue)
		want string
	}{
		{"timeout, then late", func(d *dialogue) {
			d.esme(submit(2))
			d.at(31 * second)
			d.smsc(submitResp(2))
		}, "timeout 3; late 3 by 4"},
		{"no timeout within the time", func(d *dialogue) {
			d.esme(submit(2))
			d.at(29 * second)
			d.smsc(submitResp(2))
		}, "answered 3 by 4"},
		{"timer is armed anew for later requests", func(d *dialogue) {
			d.esme(submit(2))
			d.smsc(submitResp(2))
			d.at(20 * second)
			d.esme(submit(3))
			d.at(40 * second)
			d.at(51 * second)
		}, "answered 3 by 4; timeout 5"},
		{"wrong type", func(d *dialogue) {
			d.esme(submit(2))
			d.smsc(smpptest.Build("enquire_link_resp", 2, nil))
			d.smsc(submitResp(2))
		}, "wrong type 3 by 4; closed after"},
		{"generic_nack answers", func(d *dialogue) {
			d.esme(submit(2))
			d.smsc(smpptest.Build("generic_nack", 2, nil, smpptest.Status(3)))
		}, "answered 3 by 4"},
		{"duplicate response", func(d *dialogue) {
			d.esme(submit(2))
			d.smsc(submitResp(2))
			d.smsc(submitResp(2))
		}, "answered 3 by 4; duplicate 3 by 5"},
		{"reused number: the right command, oldest first", func(d *dialogue) {
			d.esme(submit(2))
			d.esme(submit(2))
			d.esme(smpptest.Build("enquire_link", 2, nil))
			d.smsc(smpptest.Build("enquire_link_resp", 2, nil))
			d.smsc(submitResp(2))
			d.smsc(submitResp(2))
		}, "reused 4 was 3; reused 5 was 4; answered 5 by 6; answered 3 by 7; answered 4 by 8"},
		{"response before its request", func(d *dialogue) {
			d.smsc(submitResp(2))
			d.esme(submit(2))
		}, "answered 4 by 3; paired 3 with 4"},
		{"unmatched once the requester is past it", func(d *dialogue) {
			d.smsc(submitResp(9))
			d.at(1 * second)
			d.esme(submit(2))
			d.at(3 * second)
			d.esme(submit(3))
		}, "unmatched by 3"},
		{"unmatched behind a gap is in doubt", func(d *dialogue) {
			d.gap(stream.FromA)
			d.smsc(submitResp(9))
			d.at(3 * second)
			d.esme(submit(3))
		}, "unmatched by 3 doubt 2"},
		{"generic_nack without a number belongs to nothing", func(d *dialogue) {
			d.smsc(smpptest.Build("generic_nack", 0, nil, smpptest.Status(2)))
			d.event(stream.FromA, stream.EventFIN)
		}, ""},
		{"unknown command answered by a nack with another number", func(d *dialogue) {
			d.esme(smpptest.Build("enquire_link", 7, nil, smpptest.ID(0x999)))
			d.smsc(smpptest.Build("generic_nack", 1, nil, smpptest.Status(3)))
		}, "answered 3 by 4"},
		{"alert_notification waits for nothing", func(d *dialogue) {
			d.smsc(smpptest.Build("alert_notification", 5, nil))
			d.at(100 * second)
		}, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			d := begin(t, true, session.Options{})
			d.bind(0x34)
			tt.run(d)
			if want, rest, ok := strings.Cut(tt.want, "; closed after"); ok {
				d.event(stream.FromA, stream.EventFIN)
				_ = rest
				got := strings.Join(d.log, "; ")
				if !strings.HasPrefix(got, want) || !strings.Contains(got, "by 5") {
					t.Errorf("got %s", got)
				}
				return
			}
			d.said(tt.want)
		})
	}
}

func TestEnds(t *testing.T) {
	t.Run("abandoned at a reset", func(t *testing.T) {
		d := begin(t, true, session.Options{})
		d.bind(0x34)
		d.esme(submit(2))
		d.at(2 * second)
		d.event(stream.FromB, stream.EventRST)
		d.close(nil)
		d.said("abandoned 3; end; closed")
		if d.c.End != session.EndRST || d.c.EndedBy != stream.FromB {
			t.Errorf("ended %v by %v", d.c.End, d.c.EndedBy)
		}
	})
	t.Run("open at the input's end", func(t *testing.T) {
		d := begin(t, true, session.Options{})
		d.bind(0x34)
		d.esme(submit(2))
		d.at(2 * second)
		d.close(stream.ErrInputEnd)
		d.said(fmt.Sprintf("open 3 doubt %d; end; closed", session.DoubtEnd))
		if d.c.End != session.EndNone {
			t.Errorf("ended %v", d.c.End)
		}
	})
	t.Run("overdue at the input's end", func(t *testing.T) {
		d := begin(t, true, session.Options{})
		d.bind(0x34)
		d.esme(submit(2))
		d.at(32 * second)
		d.close(stream.ErrInputEnd)
		d.said(fmt.Sprintf("timeout 3; open 3 doubt %d; end; closed", session.DoubtEnd))
	})
	t.Run("a missing answer behind a gap is in doubt", func(t *testing.T) {
		d := begin(t, true, session.Options{})
		d.bind(0x34)
		d.esme(submit(2))
		d.at(2 * second)
		d.gap(stream.FromB)
		d.at(31 * second)
		d.said(fmt.Sprintf("timeout 3 doubt %d", session.DoubtGap))
	})
}

func TestBinds(t *testing.T) {
	t.Run("retry after a refusal stays in the session", func(t *testing.T) {
		d := begin(t, true, session.Options{})
		d.bind(0x34, smpptest.Status(0x53), smpptest.HeaderOnly{})
		first := d.c.Session
		if first.State != session.StateOpen || first.BindStatus != 0x53 {
			t.Errorf("after the refusal: %+v", first)
		}
		d.bind(0x34)
		if d.c.Session != first || first.State != session.StateBoundTRX || first.BindStatus != 0 {
			t.Errorf("after the retry: %+v", first)
		}
	})
	t.Run("a bind after unbind_resp opens the next", func(t *testing.T) {
		d := begin(t, true, session.Options{})
		d.bind(0x34)
		first := d.c.Session
		d.esme(smpptest.Build("unbind", 2, nil))
		d.smsc(smpptest.Build("unbind_resp", 2, nil))
		d.bind(0x34)
		if d.c.Session == first || d.c.Session.ID != 2 || d.c.Session.State != session.StateBoundTRX {
			t.Errorf("second session: %+v", d.c.Session)
		}
	})
	t.Run("a response with a wrong number counts for the pending bind", func(t *testing.T) {
		d := begin(t, true, session.Options{})
		d.esme(smpptest.Build("bind_transmitter", 1, nil))
		d.smsc(smpptest.Build("bind_transmitter_resp", 77, nil))
		d.said("start; unmatched 1 by 2; bound 1 by 2")
	})
	t.Run("capture from the middle: unknown, not wrong", func(t *testing.T) {
		d := begin(t, false, session.Options{})
		d.smsc(submitResp(100))
		d.esme(submit(101))
		s := d.c.Session
		if s.State != session.StateUnknown || s.SystemID != "" || !s.Presumed || s.BindType != session.BindTX || s.Version != 0 {
			t.Errorf("got %+v", s)
		}
		d.smsc(smpptest.Build("deliver_sm", 1, nil))
		if s.BindType != session.BindTRX {
			t.Errorf("presumed %v, want trx", s.BindType)
		}
	})
	t.Run("bind lost in a gap", func(t *testing.T) {
		d := begin(t, true, session.Options{})
		d.gap(stream.FromA)
		d.smsc(smpptest.Build("bind_receiver_resp", 1, nil))
		if s := d.c.Session; s.State != session.StateBoundRX || s.BindSeen {
			t.Errorf("got %+v", s)
		}
	})
}

func TestVersion(t *testing.T) {
	kaleyra := session.Options{Fallback: func(v uint8, bind dissect.Version) dissect.Version {
		if v == 0x34 {
			return bind
		}
		return dissect.V33
	}}
	tests := []struct {
		bind          byte
		sc            int // negative: absent
		opt           session.Options
		version, more dissect.Version
	}{
		{0x34, -1, session.Options{}, dissect.V34, 0},
		{0x33, -1, session.Options{}, dissect.V33, 0},
		{0x00, -1, session.Options{}, dissect.V33, 0},
		{0x22, -1, session.Options{}, dissect.V33, 0},
		{0x50, -1, session.Options{}, dissect.V50, 0},
		{0x34, 0x34, session.Options{}, dissect.V34, 0},
		{0x34, 0x50, session.Options{}, dissect.V34, dissect.V50},
		{0x50, 0x34, session.Options{}, dissect.V34, 0},
		{0x33, 0x34, session.Options{}, dissect.V33, dissect.V34},
		{0x50, -1, kaleyra, dissect.V33, 0},
		{0x34, -1, kaleyra, dissect.V34, 0},
		{0x50, 0x34, kaleyra, dissect.V34, 0},
	}
	for _, tt := range tests {
		d := begin(t, true, tt.opt)
		if tt.sc < 0 {
			d.bind(tt.bind)
		} else {
			d.bind(tt.bind, smpptest.TLV8(0x0210, uint8(tt.sc)))
		}
		if s := d.c.Session; s.Version != tt.version || s.Offered != tt.more {
			t.Errorf("bind 0x%02x, answer 0x%02x: version 0x%02x offered 0x%02x, want 0x%02x and 0x%02x", tt.bind, tt.sc, s.Version, s.Offered, tt.version, tt.more)
		}
	}
}

func TestCaps(t *testing.T) {
	d := begin(t, true, session.Options{MaxOutstanding: 3})
	d.bind(0x34)
	for seq := uint32(2); seq < 7; seq++ {
		d.esme(submit(seq))
	}
	d.said(fmt.Sprintf("evicted 3 doubt %d; evicted 4 doubt %d", session.DoubtEvicted, session.DoubtEvicted))
	if n := d.c.Sides[stream.FromA].Outstanding; n != 3 {
		t.Errorf("%d outstanding, want 3", n)
	}
}

func TestObserveAllocates(t *testing.T) {
	d := begin(t, true, session.Options{})
	d.bind(0x34)
	req, resp := submit(2), submitResp(2)
	var p, q dissect.PDU
	dissect.Decode(&p, req)
	dissect.Decode(&q, resp)
	f, g := &stream.Frame{Octets: req, At: d.stamp()}, &stream.Frame{Octets: resp, At: d.stamp()}
	run := func() {
		d.tr.Observe(d.c, stream.FromA, 10, f, &p)
		d.tr.Observe(d.c, stream.FromB, 11, g, &q)
	}
	for range 300 { // the ring of answers grows to its size first
		run()
	}
	if n := testing.AllocsPerRun(200, run); n != 0 {
		t.Errorf("%v allocations for a request and its response, want 0", n)
	}
}

func BenchmarkObserve(b *testing.B) {
	t := session.New(session.Options{})
	c := t.Open(&stream.Conn{ID: 1, SYN: true})
	t.Decide(c, stream.FromA, session.BasisSYN)
	req, resp := submit(2), submitResp(2)
	var p, q dissect.PDU
	dissect.Decode(&p, req)
	dissect.Decode(&q, resp)
	f, g := &stream.Frame{Octets: req}, &stream.Frame{Octets: resp}
	b.ReportAllocs()
	n := int64(0)
	for b.Loop() {
		n++
		f.At.Time, g.At.Time = n, n
		t.Observe(c, stream.FromA, n, f, &p)
		t.Observe(c, stream.FromB, n, g, &q)
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(2*b.N), "ns/PDU")
}

// The cap of all connections together holds also where each has one request;
// the oldest are given up, in order.
func TestCapOfAll(t *testing.T) {
	const most, conns = 128, 500
	tr := session.New(session.Options{MaxTotal: most})
	var open, next int64
	for id := int64(1); id <= conns; id++ {
		c := tr.Open(&stream.Conn{ID: id, SYN: true})
		tr.Decide(c, stream.FromA, session.BasisSYN)
		var p dissect.PDU
		dissect.Decode(&p, submit(7))
		_, events := tr.Observe(c, stream.FromA, id, &stream.Frame{Octets: p.Raw, At: stream.Stamp{Time: id}}, &p)
		open++
		for i := range events {
			if e := &events[i]; e.Kind == session.EventEvicted {
				if next++; e.Req.Number != next || e.Conn.ID != next {
					t.Fatalf("request %d of connection %d went, want %d", e.Req.Number, e.Conn.ID, next)
				}
				open--
			}
		}
		if open > most {
			t.Fatalf("%d requests wait", open)
		}
	}
	if open < most/2 || next == 0 {
		t.Errorf("%d wait, %d went", open, next)
	}
}
