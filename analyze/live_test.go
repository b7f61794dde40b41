package analyze_test

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	gocmp "github.com/google/go-cmp/cmp"

	"smpptap/analyze"
	"smpptap/analyze/profile"
	"smpptap/internal/smpptest"
	"smpptap/stream"
)

// TestLiveSame: a live run gives what a run over files gives.
func TestLiveSame(t *testing.T) {
	talk := func(h stream.Handler) error {
		w := dial(h, 1, true).esme(bind).smsc(bindResp).esme(submit).smsc(submitResp).esme(probe).smsc(probeResp)
		x := dial(h, 2, false).esme(submit).smsc(submitResp)
		w.tap.Gap(stream.FromA, w.at, 50)
		w.esme(unbind).smsc(unbindResp).end(nil)
		x.end(stream.ErrInputEnd)
		h.Notice(stream.Notice{Kind: stream.NoticeDropped, Count: 3})
		return nil
	}
	file, err := run(t, analyze.Options{}, talk)
	if err != nil {
		t.Fatal(err)
	}
	live, err := run(t, analyze.Options{Kind: "live"}, talk)
	if err != nil {
		t.Fatal(err)
	}
	if d := gocmp.Diff(file.lines, live.lines); d != "" || len(file.lines) < 10 {
		t.Error(d)
	}
}

// TestLiveSilence: while the source is silent, what came is given to the
// sinks, the look for the ESME ends after a second, and timers fire.
func TestLiveSilence(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p, err := profile.Load("kaleyra")
		if err != nil {
			t.Fatal(err)
		}
		sink := &paper{}
		seen := func(want ...string) {
			t.Helper()
			time.Sleep(200 * time.Millisecond)
			synctest.Wait()
			if d := gocmp.Diff(want, sink.lines); d != "" {
				t.Error(d)
			}
			sink.lines = nil
		}
		src := script(func(h stream.Handler) error {
			tick := func(w *wire, d time.Duration) {
				w.at.Time += int64(d)
				h.(stream.Clocked).Clock(w.at)
			}
			// The bind decides at once.
			w := dial(h, 1, true).esme(bind)
			seen("1 bind_transceiver to_smsc conn 1 session 1 request 0", "note cleartext-credentials 1")
			w.smsc(bindResp)
			seen("2 bind_transceiver_resp to_esme conn 1 session 1 request 1")
			// Silence beyond 60 s and the tolerance.
			tick(w, 30*time.Second)
			seen()
			tick(w, 40*time.Second)
			seen("warning enquire-link-missing 1")
			// Nobody knows who sent this; it waits for a second.
			x := dial(h, 2, true)
			x.at.Time = w.at.Time
			x.send(stream.FromB, probe).send(stream.FromA, probeResp).send(stream.FromB, probe)
			seen()
			tick(x, 500*time.Millisecond)
			seen()
			tick(x, 600*time.Millisecond)
			time.Sleep(200 * time.Millisecond)
			synctest.Wait()
			if len(sink.lines) < 3 {
				t.Errorf("the look ahead does not end: %v", sink.lines)
			}
			return nil
		})
		if err := analyze.New(analyze.Options{Kind: "live", Profile: p, Sinks: []analyze.Sink{sink}}).Run(t.Context(), src); err != nil {
			t.Fatal(err)
		}
	})
}

// TestLiveStanding: a live run says while it goes on what is judged at the end of
// a file, and takes back what is overtaken.
func TestLiveStanding(t *testing.T) {
	binding := smpptest.F{"system_id": "acme", "password": "x"}
	talk := func(h stream.Handler) error {
		w := dial(h, 1, true).esme(smpptest.Build("bind_transmitter", 1, binding)).smsc(smpptest.Build("bind_transmitter_resp", 1, nil))
		w.esme(smpptest.Build("submit_sm", 2, smpptest.F{"destination_addr": "919800000001", "registered_delivery": 1, "short_message": "hello"})).smsc(submitResp)
		w.at.Time += int64(11 * time.Minute)
		w.esme(probe).smsc(probeResp)
		x := dial(h, 2, true)
		x.at.Time = w.at.Time
		x.esme(smpptest.Build("bind_receiver", 1, binding)).smsc(smpptest.Build("bind_receiver_resp", 1, nil))
		x.at.Time += int64(2 * time.Minute)
		x.esme(unbind).smsc(unbindResp).end(nil)
		w.end(stream.ErrInputEnd)
		return nil
	}
	for kind, want := range map[string]bool{"pcap": false, "live": true, "proxy": true} {
		out, err := run(t, analyze.Options{Kind: kind}, talk)
		if err != nil {
			t.Fatal(err)
		}
		if said := slices.Contains(out.lines, "note receipt-no-receiver 1"); said != want {
			t.Errorf("%s: said is %v, want %v: %v", kind, said, want, out.lines)
		}
	}
}

// TestLiveSinkFails: a live run goes on without a sink that fails, and tells.
func TestLiveSinkFails(t *testing.T) {
	broken, whole := &paper{fail: errors.New("disk full")}, &paper{}
	p, err := profile.Load("smpp34")
	if err != nil {
		t.Fatal(err)
	}
	var told []error
	opt := analyze.Options{
		Kind: "live", Profile: p, Sinks: []analyze.Sink{broken, whole},
		Failed: func(err error) { told = append(told, err) },
	}
	err = analyze.New(opt).Run(context.Background(), script(func(h stream.Handler) error {
		w := dial(h, 1, true).esme(bind).smsc(bindResp)
		for range 2000 {
			w.esme(smpptest.Build("submit_sm", 9, nil))
		}
		w.end(nil)
		return nil
	}))
	if !errors.Is(err, broken.fail) || len(told) != 1 || len(whole.lines) < 2000 {
		t.Errorf("%v, told %v, %d lines", err, told, len(whole.lines))
	}
}

// TestLiveCrowded: a live run tells, once and while it goes on, that it has more
// findings than it keeps.
func TestLiveCrowded(t *testing.T) {
	for kind, want := range map[string]int{"pcap": 0, "proxy": 1} {
		var told []error
		_, err := run(t, analyze.Options{
			Kind: kind, Caps: analyze.Caps{Findings: 2}, Failed: func(err error) { told = append(told, err) },
		}, func(h stream.Handler) error {
			for id := range int64(9) { // each shows its password
				dial(h, id+1, true).esme(bind).smsc(bindResp).esme(unbind).smsc(unbindResp).end(nil)
			}
			return nil
		})
		if err != nil || len(told) != want || want > 0 && !errors.Is(told[0], analyze.ErrFindings) {
			t.Errorf("%s: %v, told %v", kind, err, told)
		}
	}
}

// TestRelayFailures: what a relay could not reach, or lost, is told and nobody
// is blamed for it.
func TestRelayFailures(t *testing.T) {
	open := func(h stream.Handler, id int64) *wire {
		w := &wire{at: stream.Stamp{Time: id * int64(time.Second)}}
		w.tap = h.Open(&stream.Conn{
			ID: id, A: netip.MustParseAddrPort("10.1.0.7:40000"), B: netip.MustParseAddrPort("10.2.0.1:2775"),
			Opened: w.at, SYN: true, Expected: true,
		})
		return w
	}
	out, err := run(t, analyze.Options{Kind: "proxy"}, func(h stream.Handler) error {
		w := open(h, 1)
		w.tap.Event(stream.FromB, w.at, stream.Event{Kind: stream.EventRefused})
		w.end(fmt.Errorf("%w: connection refused", stream.ErrUnreached))
		open(h, 2).end(stream.ErrUnreached)
		open(h, 3).esme(bind).smsc(bindResp).esme(submit).end(stream.ErrLost)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	var found []string
	for _, l := range out.lines {
		if strings.HasPrefix(l, "note") || strings.HasPrefix(l, "warning") || strings.HasPrefix(l, "error") {
			found = append(found, l)
		}
	}
	want := []string{"note connection-silent 2", "note cleartext-credentials 1", "note source-address 1"} // the last two of bind and submit_sm
	if d := gocmp.Diff(want, found); d != "" {
		t.Error(d)
	}
}
