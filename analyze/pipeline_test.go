package analyze_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"

	"smpptap/analyze"
	"smpptap/analyze/profile"
	"smpptap/internal/smpptest"
	"smpptap/stream"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// script is a Source that does what a test says.
type script func(h stream.Handler) error

// Run implements stream.Source.
func (s script) Run(_ context.Context, h stream.Handler) error { return s(h) }

// wire is one connection of a script.
type wire struct {
	tap stream.Tap
	at  stream.Stamp
}

func dial(h stream.Handler, id int64, syn bool) *wire {
	w := &wire{at: stream.Stamp{Time: 1_000_000_000 * (1 + id), Frame: id * 1000}}
	w.tap = h.Open(&stream.Conn{
		ID: id, A: netip.AddrPortFrom(netip.MustParseAddr("10.1.0.7"), uint16(40000+id)),
		B: netip.MustParseAddrPort("10.2.0.1:2775"), Opened: w.at, SYN: syn,
	})
	return w
}

func (w *wire) send(dir stream.Dir, p ...[]byte) *wire {
	for _, b := range p {
		w.at.Time += 1_000_000
		w.at.Frame++
		w.tap.Data(dir, w.at, b)
	}
	return w
}

func (w *wire) esme(p ...[]byte) *wire { return w.send(stream.FromA, p...) }
func (w *wire) smsc(p ...[]byte) *wire { return w.send(stream.FromB, p...) }

func (w *wire) end(reason error) {
	if reason == nil {
		w.tap.Event(stream.FromA, w.at, stream.Event{Kind: stream.EventFIN})
		w.tap.Event(stream.FromB, w.at, stream.Event{Kind: stream.EventFIN})
	}
	w.tap.Close(w.at, reason)
}

var (
	bind       = smpptest.Build("bind_transceiver", 1, smpptest.F{"system_id": "acme", "password": "s3cretpw", "system_type": "smpp", "interface_version": 0x34})
	bindResp   = smpptest.Build("bind_transceiver_resp", 1, smpptest.F{"system_id": "SMSC"})
	submit     = smpptest.Build("submit_sm", 2, smpptest.F{"source_addr": "ACME", "source_addr_ton": 5, "destination_addr": "919800000001", "dest_addr_ton": 1, "dest_addr_npi": 1, "short_message": "hello"})
	submitResp = smpptest.Build("submit_sm_resp", 2, smpptest.F{"message_id": "17"})
	probe      = smpptest.Build("enquire_link", 3, nil)
	probeResp  = smpptest.Build("enquire_link_resp", 3, nil)
	unbind     = smpptest.Build("unbind", 4, nil)
	unbindResp = smpptest.Build("unbind_resp", 4, nil)
)

// paper is a Sink that writes records down as lines.
type paper struct {
	lines  []string
	octets [][]byte
	fail   error
}

// Write implements analyze.Sink.
func (p *paper) Write(_ context.Context, records []analyze.Record) error {
	for i := range records {
		switch r := &records[i]; r.Kind {
		case analyze.RecordPDU:
			x := r.PDU
			p.octets = append(p.octets, bytes.Clone(x.P.Raw))
			p.lines = append(p.lines, fmt.Sprintf("%d %s %s conn %d session %d request %d", x.Number, x.P.CommandName(), x.Direction(), x.Conn.ID, x.Session.ID, x.Request))
		case analyze.RecordGap:
			p.octets = append(p.octets, bytes.Clone(r.Gap.Frame.Octets))
			p.lines = append(p.lines, fmt.Sprintf("skip %d of kind %d", r.Gap.Frame.Length, r.Gap.Frame.Kind))
		case analyze.RecordFinding:
			p.octets = append(p.octets, []byte(r.Finding.Seen+r.Finding.Message+r.Finding.Wanted))
			p.lines = append(p.lines, fmt.Sprintf("%s %s %d", r.Finding.Severity, r.Finding.Rule, r.Finding.Count))
		case analyze.RecordPair:
			p.lines = append(p.lines, fmt.Sprintf("pair %d %d", r.Pair.Request, r.Pair.Response))
		}
	}
	return p.fail
}

// Close implements analyze.Sink.
func (*paper) Close() error { return nil }

func run(t *testing.T, opt analyze.Options, s script) (*paper, error) {
	t.Helper()
	p, err := profile.Load("kaleyra")
	if err != nil {
		t.Fatal(err)
	}
	out := &paper{}
	opt.Profile, opt.Sinks = p, append(opt.Sinks, out)
	return out, analyze.New(opt).Run(t.Context(), s)
}

// pdus gives the lines of PDUs.
func (p *paper) pdus() []string {
	return slices.DeleteFunc(slices.Clone(p.lines), func(s string) bool { return s[0] < '0' || s[0] > '9' })
}

func TestPipeline(t *testing.T) {
	out, err := run(t, analyze.Options{}, func(h stream.Handler) error {
		w := dial(h, 1, true).esme(bind).smsc(bindResp).esme(submit).smsc(submitResp).esme(unbind).smsc(unbindResp)
		w.end(nil)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	want := []string{
		"1 bind_transceiver to_smsc conn 1 session 1 request 0",
		"2 bind_transceiver_resp to_esme conn 1 session 1 request 1",
		"3 submit_sm to_smsc conn 1 session 1 request 0",
		"4 submit_sm_resp to_esme conn 1 session 1 request 3",
		"5 unbind to_smsc conn 1 session 1 request 0",
		"6 unbind_resp to_esme conn 1 session 1 request 5",
	}
	if d := gocmp.Diff(want, out.pdus()); d != "" {
		t.Error(d)
	}
}

// TestDirection: who is the ESME is told by the first PDU that only one side
// may send, a bind over all else; PDUs that tell nothing wait for it.
func TestDirection(t *testing.T) {
	tests := []struct {
		name string
		syn  bool
		talk func(w *wire)
		want string // direction of the first PDU
	}{
		{"bind", true, func(w *wire) { w.esme(bind) }, "to_smsc"},
		{"the SMSC dialled out", true, func(w *wire) {
			w.send(stream.FromA, smpptest.Build("outbind", 1, nil)).send(stream.FromB, bind)
		}, "to_esme"},
		{"mid-stream, A is the SMSC", false, func(w *wire) { w.send(stream.FromA, probe).send(stream.FromB, probeResp, submit) }, "to_esme"},
		{"a wrong PDU before the bind", true, func(w *wire) { w.send(stream.FromA, smpptest.Build("deliver_sm", 9, nil), bind) }, "to_smsc"},
		{"probes only, SYN seen", true, func(w *wire) { w.send(stream.FromB, probe).send(stream.FromA, probeResp) }, "to_esme"},
		{"probes only, by the port", false, func(w *wire) { w.send(stream.FromA, probe).send(stream.FromB, probeResp) }, "to_smsc"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			out, err := run(t, analyze.Options{}, func(h stream.Handler) error {
				w := dial(h, 1, tt.syn)
				tt.talk(w)
				w.end(stream.ErrInputEnd)
				return nil
			})
			if err != nil {
				t.Fatal(err)
			}
			if got := out.pdus()[0]; !strings.Contains(got, tt.want) {
				t.Errorf("got %s, want %s", got, tt.want)
			}
		})
	}
}

// TestSameEveryRun: the output does not depend on how the stages' goroutines
// were scheduled.
func TestSameEveryRun(t *testing.T) {
	s := func(h stream.Handler) error {
		var wires []*wire
		for id := int64(1); id <= 20; id++ {
			wires = append(wires, dial(h, id, id%3 != 0))
		}
		for i := range 60 {
			for n, w := range wires {
				switch (i + n) % 7 {
				case 0:
					w.esme(bind)
				case 1:
					w.smsc(bindResp)
				case 2:
					w.esme(submit, submit)
				case 3:
					w.smsc(submitResp[:10]).smsc(submitResp[10:])
				case 4:
					w.tap.Gap(stream.FromA, w.at, 33)
				case 5:
					w.esme(probe, []byte("garbage that is no SMPP"), probe)
				}
			}
		}
		for _, w := range wires {
			w.end(nil)
		}
		return nil
	}
	first, err := run(t, analyze.Options{Workers: 1}, s)
	if err != nil {
		t.Fatal(err)
	}
	for range 5 {
		again, err := run(t, analyze.Options{Workers: 3}, s)
		if err != nil {
			t.Fatal(err)
		}
		if d := gocmp.Diff(first.lines, again.lines); d != "" {
			t.Fatal(d)
		}
	}
}

// TestPasswordsStay sends passwords in every form that could betray them and
// looks for them in all that leaves.
func TestPasswordsStay(t *testing.T) {
	const secret = "s3cretpw"
	overlong := smpptest.Build("bind_receiver", 1, smpptest.F{"system_id": strings.Repeat("x", 40), "password": secret})
	noNUL := bytes.Clone(bind[:16+5+8])
	noNUL[3] = byte(len(noNUL))
	unknown := smpptest.Build("bind_transmitter", 1, smpptest.F{"password": secret}, smpptest.ID(0x999))
	lying := bytes.Clone(bind)
	lying[3] = 200 // the stream ends inside it
	tests := map[string]func(w *wire){
		"bind":           func(w *wire) { w.esme(bind).smsc(bindResp) },
		"octet by octet": func(w *wire) { w.esme(bytes.Split(bind, nil)...).smsc(bindResp) },
		"outbind": func(w *wire) {
			w.smsc(smpptest.Build("outbind", 1, smpptest.F{"system_id": "SMSC", "password": secret})).esme(bind)
		},
		"overlong": func(w *wire) { w.esme(overlong, probe) },
		"no NUL":   func(w *wire) { w.esme(noNUL, probe) },
		"under a known id": func(w *wire) {
			body := smpptest.Build("bind_transmitter", 1, smpptest.F{"password": secret})[16:]
			for _, c := range []string{"enquire_link", "unbind", "submit_sm", "bind_transmitter_resp"} {
				b := append(smpptest.Build(c, 5, nil, smpptest.HeaderOnly{}), body...)
				b[3] = byte(len(b))
				w.esme(b)
			}
		},
		"unknown command": func(w *wire) { w.esme(probe, unknown, probe) },
		"garbage":         func(w *wire) { w.esme(probe, []byte("login acme "+secret+" now please, thank you"), probe, probe) },
		"cut by a gap": func(w *wire) {
			w.esme(probe, bind[:30])
			w.tap.Gap(stream.FromA, w.at, int64(len(bind)-30))
			w.esme(probe)
		},
		"tail": func(w *wire) { w.esme(probe, lying) },
		"bad length": func(w *wire) {
			b := bytes.Clone(bind)
			b[0] = 0x7F
			w.esme(probe, b, probe, probe)
		},
	}
	for name, talk := range tests {
		t.Run(name, func(t *testing.T) {
			out, err := run(t, analyze.Options{}, func(h stream.Handler) error {
				w := dial(h, 1, true)
				talk(w)
				w.end(nil)
				return nil
			})
			if err != nil {
				t.Fatal(err)
			}
			if len(out.octets) == 0 {
				t.Fatal("nothing came out")
			}
			for _, b := range out.octets {
				if bytes.Contains(b, []byte(secret)) || bytes.Contains(b, []byte(secret[:5])) {
					t.Errorf("the password left: %q", b)
				}
			}
		})
	}
}

// A capture that comes in inside a bind brings its answer out first: the rest
// of the bind is no PDU, and masked all the same.
func TestPasswordStaysMidstream(t *testing.T) {
	for i := 1; i < 24; i++ {
		out, err := run(t, analyze.Options{}, func(h stream.Handler) error {
			w := dial(h, 1, false)
			w.esme(bind[i:]).smsc(bindResp).esme(probe).smsc(probeResp).esme(submit).smsc(submitResp)
			w.end(nil)
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		for _, b := range out.octets {
			if bytes.Contains(b, []byte("cretpw")) {
				t.Errorf("from octet %d on: the password left: %q", i, b)
			}
		}
	}
}

// Packets without a time (pcapng's simple packet blocks) are a capture, too.
func TestNoTime(t *testing.T) {
	first := analyze.RecordKind(0)
	sink := sinkFunc(func(r []analyze.Record) {
		if first == 0 && len(r) > 0 {
			first = r[0].Kind
		}
	})
	out, err := run(t, analyze.Options{Sinks: []analyze.Sink{sink}}, func(h stream.Handler) error {
		w := &wire{}
		w.tap = h.Open(&stream.Conn{ID: 1, A: netip.MustParseAddrPort("10.1.0.7:40000"), B: netip.MustParseAddrPort("10.2.0.1:2775"), SYN: true})
		for _, b := range [][]byte{bind, submit} {
			w.tap.Data(stream.FromA, stream.Stamp{}, b)
		}
		w.tap.Close(stream.Stamp{}, stream.ErrInputEnd)
		return nil
	})
	if err != nil || len(out.pdus()) != 2 || first != analyze.RecordCapture {
		t.Errorf("%v, %q, first record of kind %d", err, out.pdus(), first)
	}
}

type sinkFunc func([]analyze.Record)

func (f sinkFunc) Write(_ context.Context, r []analyze.Record) error { f(r); return nil }
func (sinkFunc) Close() error                                        { return nil }

// TestRedact: under --redact no text and no address leaves, in findings
// neither.
func TestRedact(t *testing.T) {
	bad := smpptest.Build("submit_sm", 2, smpptest.F{"source_addr": "ACME", "destination_addr": "00919800000001", "dest_addr_ton": 1, "short_message": "hello you"})
	out, err := run(t, analyze.Options{Redact: analyze.RedactAll}, func(h stream.Handler) error {
		dial(h, 1, true).esme(bind).smsc(bindResp).esme(bad).smsc(submitResp).end(nil)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, b := range out.octets {
		for _, s := range []string{"919800000001", "ACME", "hello"} {
			if bytes.Contains(b, []byte(s)) {
				t.Errorf("%s left: %q", s, b)
			}
		}
	}
	if !slices.ContainsFunc(out.lines, func(s string) bool { return strings.Contains(s, "destination-address") }) {
		t.Error("the finding is gone")
	}
}

// TestUnknownCommandHasItsIssue: a command that nobody knows is told as an
// issue of its PDU, as decoding it again from the record tells it.
func TestUnknownCommandHasItsIssue(t *testing.T) {
	var codes []string
	sink := sinkFunc(func(records []analyze.Record) {
		for _, r := range records {
			if r.Kind == analyze.RecordPDU && r.PDU.P.Command == nil {
				for _, i := range r.PDU.Issues {
					codes = append(codes, fmt.Sprintf("%s %s %d", i.Code, i.Field, i.Offset))
				}
			}
		}
	})
	_, err := run(t, analyze.Options{Sinks: []analyze.Sink{sink}}, func(h stream.Handler) error {
		unknown := []byte{0, 0, 0, 16, 0, 0, 9, 0x99, 0, 0, 0, 0, 0, 0, 0, 2}
		dial(h, 1, true).esme(bind).smsc(bindResp).esme(unknown).end(nil)
		return nil
	})
	if want := []string{"command-id-unknown command_id 4"}; err != nil || !slices.Equal(codes, want) {
		t.Errorf("%v, %q, want %q", err, codes, want)
	}
}

func TestSinkEndsTheRun(t *testing.T) {
	boom := errors.New("disk full")
	for _, fail := range []error{boom, analyze.ErrStop} {
		out := &paper{fail: fail}
		p, err := profile.Load("smpp34")
		if err != nil {
			t.Fatal(err)
		}
		err = analyze.New(analyze.Options{Profile: p, Sinks: []analyze.Sink{out}}).Run(t.Context(), script(func(h stream.Handler) error {
			w := dial(h, 1, true)
			for range 50_000 {
				w.esme(probe).smsc(probeResp)
			}
			w.end(nil)
			return nil
		}))
		if fail == boom && !errors.Is(err, boom) || fail != boom && err != nil {
			t.Errorf("sink failed with %v: Run gave %v", fail, err)
		}
	}
}

func TestSourceErrorComesBehindTheData(t *testing.T) {
	boom := errors.New("cut at octet 77")
	out, err := run(t, analyze.Options{Source: "x.pcap"}, func(h stream.Handler) error {
		dial(h, 1, true).esme(bind).smsc(bindResp).end(stream.ErrInputEnd)
		return boom
	})
	if !errors.Is(err, boom) || len(out.pdus()) != 2 {
		t.Errorf("%v, %d PDUs", err, len(out.pdus()))
	}
}

// TestOtherProtocols: connections without SMPP give no PDU and no finding
// where SMPP is not expected.
func TestOtherProtocols(t *testing.T) {
	out, err := run(t, analyze.Options{}, func(h stream.Handler) error {
		w := dial(h, 1, true)
		w.esme([]byte("GET / HTTP/1.1\r\nHost: example\r\n\r\n")).smsc([]byte("HTTP/1.1 200 OK\r\n\r\n"))
		w.end(nil)
		return nil
	})
	if err != nil || len(out.lines) != 0 {
		t.Errorf("%v, %q", err, out.lines)
	}
}
