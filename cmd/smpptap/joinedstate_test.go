package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// A session whose bind was not captured has the state unknown, also behind its
// unbind; one that was seen from its bind on is unbound.
func TestJoinedState(t *testing.T) {
	bye := "1 > enquire_link\n1 < enquire_link_resp\n1 > submit_sm\n1 < submit_sm_resp\n1 > unbind\n1 < unbind_resp\n1 > fin\n1 < fin\nlater 5s"
	for name, x := range map[string]struct {
		script string
		cut    int // packets left out at the beginning
		want   string
	}{
		"joined":       {"bound 1 transceiver\n" + bye, 5, "unknown"},
		"seen to bind": {"bound 1 transceiver\n" + bye, 0, "unbound"},
	} {
		dir := t.TempDir()
		file, db := filepath.Join(dir, "a.pcap"), filepath.Join(dir, "a.db")
		s := scenario{t: t, skip: x.cut}
		if err := os.WriteFile(file, s.capture(x.script), 0o600); err != nil {
			t.Fatal(err)
		}
		var out, errs strings.Builder
		if code := run(t.Context(), []string{"analyze", "-q", "--db", db, file}, strings.NewReader(""), &out, &errs); code != 0 {
			t.Fatalf("%s: exit %d: %s", name, code, errs.String())
		}
		out.Reset()
		if code := run(t.Context(), []string{"sql", "--db", db, "select state from sessions"}, strings.NewReader(""), &out, &errs); code != 0 {
			t.Fatalf("%s: exit %d: %s", name, code, errs.String())
		}
		if !strings.Contains(out.String(), x.want) {
			t.Errorf("%s: %s, want %s", name, out.String(), x.want)
		}
	}
}
