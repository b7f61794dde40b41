package analyze_test

import (
	"context"
	"net/netip"
	"slices"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"

	"smpptap/analyze"
	"smpptap/analyze/profile"
	"smpptap/internal/smpptest"
	"smpptap/stream"
)

// ledger is a Sink that keeps what lanes number.
type ledger struct {
	profile  string
	sessions map[int64]string // links
	findings map[int64]string
	checked  int64 // of system-type
}

// Write implements analyze.Sink.
func (l *ledger) Write(_ context.Context, records []analyze.Record) error {
	for i := range records {
		switch r := &records[i]; r.Kind {
		case analyze.RecordCapture:
			l.profile = r.Capture.Profile
		case analyze.RecordSession:
			l.sessions[r.Session.ID] = r.Session.Conn.Link
		case analyze.RecordFinding:
			l.findings[r.Finding.ID] = r.Finding.Rule.String()
		case analyze.RecordCheck:
			if r.Check.Rule.String() == "system-type" && !r.Off {
				l.checked = r.Check.Checked
			}
		}
	}
	return nil
}

// Close implements analyze.Sink.
func (*ledger) Close() error { return nil }

// TestLinksHaveProfiles: each link is judged by its own profile, in one
// capture with one numbering.
func TestLinksHaveProfiles(t *testing.T) {
	load := func(name string) *profile.Profile {
		p, err := profile.Load(name)
		if err != nil {
			t.Fatal(err)
		}
		return p
	}
	out := &ledger{sessions: map[int64]string{}, findings: map[int64]string{}}
	p := analyze.New(analyze.Options{
		Kind: "proxy", Profile: load("kaleyra"), Sinks: []analyze.Sink{out},
		Links: []analyze.LinkProfile{{Name: "bare", Profile: load("smpp34")}},
	})
	wrong := smpptest.Build("bind_transceiver", 1, smpptest.F{"system_id": "acme", "password": "s3cretpw", "system_type": "cp", "interface_version": 0x34})
	err := p.Run(t.Context(), script(func(h stream.Handler) error {
		for i, name := range []string{"kaleyra", "bare", "kaleyra", "bare"} {
			at := stream.Stamp{Time: int64(i+1) * 1_000_000_000}
			tap := h.Open(&stream.Conn{
				ID: int64(i + 1), Link: name, SYN: true, Expected: true, Opened: at,
				A: netip.MustParseAddrPort("10.0.0.1:40000"), B: netip.MustParseAddrPort("10.0.0.2:2775"),
			})
			tap.Data(stream.FromA, at, wrong)
			tap.Data(stream.FromB, at, bindResp)
			tap.Data(stream.FromA, at, smpptest.Build("unbind", 2, nil))
			tap.Data(stream.FromB, at, smpptest.Build("unbind_resp", 2, nil))
			tap.Close(at, nil)
		}
		return nil
	}))
	if err != nil {
		t.Fatal(err)
	}
	if d := gocmp.Diff(map[int64]string{1: "kaleyra", 2: "bare", 3: "kaleyra", 4: "bare"}, out.sessions); d != "" {
		t.Error("sessions:", d)
	}
	var rules []string
	for _, r := range out.findings {
		rules = append(rules, r)
	}
	slices.Sort(rules)
	// cleartext-credentials is in both catalogues, system-type in kaleyra's.
	want := []string{"cleartext-credentials", "cleartext-credentials", "cleartext-credentials", "cleartext-credentials", "system-type", "system-type"}
	if d := gocmp.Diff(want, rules); d != "" {
		t.Error("findings:", d)
	}
	if out.profile != "kaleyra, smpp34" || out.checked != 2 {
		t.Errorf("profile %q, system-type checked %d times", out.profile, out.checked)
	}
}
