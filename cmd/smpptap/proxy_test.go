//go:build linux && cgo

package main

import (
	"bytes"
	"encoding/json"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
)

// TestProxyLinks: two links under profiles of their own. What is missing on
// one is told while it is silent; metrics, readiness and both signals do what
// they promise; what dashboard and alerts ask for is there.
func TestProxyLinks(t *testing.T) {
	dir := t.TempDir()
	short := filepath.Join(dir, "short.yaml")
	write := func(path, text string) {
		t.Helper()
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write(short, "profile: {id: short, title: Short, extends: kaleyra}\ntimers: {session_init: {value: 1, provenance: private}}\nkeepalive:\n"+
		"  interval: {value: 1, provenance: private}\n  tolerance: {value: {percent: 0, seconds: 0}, provenance: private}\n")
	config := filepath.Join(dir, "links.yaml")
	write(config, "listen: 127.0.0.1:0\nupstream: "+localSMSC(t, nil)+"\nprofile: smpp34\nlinks:\n  - name: bare\n  - name: strict\n    profile: "+short+"\n")
	r := startProxy(t, "--config", config, "--pprof", "-w", filepath.Join(dir, "kept"))
	bare, strict := bound(t, r.addr("bare")), bound(t, r.addr("strict"))
	bare.submits(3)
	strict.submits(2)
	r.shows("enquire-link-missing  conn [0-9]+ of strict ") // of strict, which says nothing now
	text := r.until(`^smpptap_findings_total\{link="strict",rule="enquire-link-missing",severity="\w+"\} `)
	for _, want := range []string{
		`smpptap_pdus_total{command="submit_sm",direction="to_smsc",link="bare",status="ESME_ROK"} 3`,
		`smpptap_pdus_total{command="submit_sm_resp",direction="to_esme",link="strict",status="ESME_ROK"} 2`,
		`smpptap_response_seconds_count{command="submit_sm",link="bare"} 3`,
		`smpptap_sessions{bind_type="trx",link="bare"} 1`,
		`smpptap_sessions{bind_type="trx",link="strict"} 1`,
		`smpptap_window{link="bare"} 0`,
		`smpptap_connections{link="strict"} 1`,
		`smpptap_analysis_lost_bytes_total{link="bare"} 0`,
		`smpptap_records_dropped_total{link="bare",reason="slow"} 0`,
		`smpptap_database_up 1`,
		`smpptap_write_lost_total 0`,
	} {
		if !strings.Contains(text, want+"\n") {
			t.Errorf("no %s", want)
		}
	}
	if strings.Contains(text, `link="bare",rule="enquire-link-missing"`) {
		t.Error("smpp34 names no interval, and it is told missing")
	}
	for _, secret := range []string{"alice", "s3cr3tpw", "919800000001", "127.0.0.1", "hello"} {
		if strings.Contains(text, secret) {
			t.Errorf("metrics tell %q", secret)
		}
	}
	namedMetrics(t, text)
	for path, want := range map[string]int{"/healthz": 200, "/readyz": 200, "/debug/pprof/cmdline": 200, "/nosuch": 404} {
		if got, body := r.get(path); got != want {
			t.Errorf("%s: %d %s", path, got, body)
		}
	}

	r.signal(syscall.SIGTERM)
	r.said("draining")
	if status, body := r.get("/readyz"); status != http.StatusServiceUnavailable || !strings.Contains(body, `{"link":"bare","listening":false}`) {
		t.Errorf("draining, /readyz: %d %s", status, body)
	}
	bare.submits(1) // what is connected is still served
	if c, err := net.Dial("tcp", r.addr("bare")); err == nil {
		c.Close()
		t.Error("it still accepts")
	}
	r.signal(syscall.SIGTERM)
	out := r.ended() // --drain is 30 s
	if !strings.Contains(out, "\nConnections\n") || !strings.Contains(out, "2 connections, 2 sessions, 16 PDUs") {
		t.Errorf("summary:\n%s", out)
	}
	if got := r.query("SELECT count(*) || ' ' || count(DISTINCT link) FROM pdus JOIN connections c ON c.id = connection_id"); got != "16 2" {
		t.Errorf("recorded: %s", got)
	}
	audit := func(format string) string {
		t.Helper()
		out, err := exec.CommandContext(t.Context(), "smpptap", "audit", "--fail-on", "never", "-T", format, r.db).Output()
		if err != nil {
			t.Fatal(err)
		}
		return string(out)
	}
	for format, want := range map[string]string{
		"json":     `"link_profiles":[{"profile":"smpp34"},{"link":"strict","profile":"short"}]`,
		"table":    "short for strict\n",
		"markdown": "Link strict was judged by profile short",
		"html":     "All links that are not named here were judged by profile smpp34, revised 2026-11-23.",
	} {
		if got := audit(format); !strings.Contains(got, want) {
			t.Errorf("%s: no %s", format, want)
		}
	}
	if got := r.query("SELECT kind || ' ' || source || ' ' || (ended_at IS NOT NULL) FROM captures"); got != "proxy bare strict 1" {
		t.Errorf("capture: %s", got)
	}
}

// namedMetrics finds each metric that the dashboard and the alerts name in a
// scrape.
func namedMetrics(t *testing.T, scrape string) {
	t.Helper()
	for _, what := range []string{"dashboard", "alerts"} {
		text, err := exec.CommandContext(t.Context(), "smpptap", "proxy", "--print", what).Output()
		if err != nil {
			t.Fatal(err)
		}
		if what == "dashboard" && !json.Valid(text) {
			t.Error("the dashboard is no JSON")
		}
		names := regexp.MustCompile(`\b(smpptap|process|go)_[a-z_]+\b`).FindAllString(string(text), -1)
		if len(names) < 10 {
			t.Errorf("%s names %d metrics", what, len(names))
		}
		for _, name := range names {
			if !strings.Contains(scrape, "\n"+name+"{") && !strings.Contains(scrape, "\n"+name+" ") {
				t.Errorf("%s names %s", what, name)
			}
		}
	}
}

// TestProxyAuditsAlike: real peers notice nothing, the database has every PDU,
// and its audit is that of a tcpdump of the same run.
func TestProxyAuditsAlike(t *testing.T) {
	modules := peerModules(t)
	l, err := net.Listen("tcp", "127.0.0.1:0") // a free port for the SMSC
	if err != nil {
		t.Fatal(err)
	}
	_, port, _ := net.SplitHostPort(l.Addr().String())
	l.Close()
	node := func(script string, args ...string) *exec.Cmd {
		cmd := exec.CommandContext(t.Context(), "node", append([]string{"../../internal/peers/" + script, "--host", "127.0.0.1"}, args...)...)
		cmd.Env = append(os.Environ(), "SMPP_MODULES="+modules)
		return cmd
	}
	smsc := node("smsc.js", "--port", port, "--receipts", "DELIVRD")
	began(t, smsc, "")
	kept := filepath.Join(t.TempDir(), "dump.pcap")
	dump := exec.CommandContext(t.Context(), "tcpdump", "--immediate-mode", "-B", "32768", "-i", "lo", "-U", "-w", kept, "tcp port "+port)
	began(t, dump, "listening on")
	r := startProxy(t, "--listen", "127.0.0.1:0", "--upstream", "127.0.0.1:"+port)
	_, listen, _ := net.SplitHostPort(r.addr("link1"))
	out, err := node("esme.js", "--port", listen, "--system-id", "alice", "--password", "s3cr3tpw", "--send", "50", "--receipt", "--expect", "50").CombinedOutput()
	if err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	r.stop()
	if err := dump.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	_ = dump.Wait()
	const want = "204" // bind, unbind, submits, receipts
	if got := r.query("SELECT count(*) FROM pdus"); got != want {
		t.Errorf("%s PDUs are recorded, want %s", got, want)
	}
	recorded, dumped := auditOf(t, r.db), auditOf(t, kept)
	if recorded != dumped {
		t.Errorf("the audit of the database:\n%s\nof tcpdump's file:\n%s", recorded, dumped)
	}
	if raw, err := os.ReadFile(r.db); err != nil || bytes.Contains(raw, []byte("s3cr3tpw")) {
		t.Errorf("the database: %v, or a password", err)
	}
}

// began starts a program and waits until it says something: on standard error
// if text is what, else on standard output.
func began(t *testing.T, cmd *exec.Cmd, text string) {
	t.Helper()
	pipe := cmd.StdoutPipe
	if text != "" {
		pipe = cmd.StderrPipe
	}
	out, err := pipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	s := utterance{more: make(chan struct{}, 1)}
	done := make(chan struct{})
	go func() {
		defer close(done)
		s.take(out)
	}()
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		<-done
		_ = cmd.Wait()
	})
	for s.String() == "" || !strings.Contains(s.String(), text) {
		select {
		case <-s.more:
		case <-done:
			t.Fatalf("%v ended: %s", cmd.Args, &s)
		}
	}
}

// auditOf is what an audit says of rules and findings, without times.
func auditOf(t *testing.T, input string) string {
	t.Helper()
	out, err := exec.CommandContext(t.Context(), "smpptap", "audit", "--fail-on", "never", "-T", "json", input).Output()
	if err != nil {
		t.Fatal(err)
	}
	var a struct {
		Totals any
		Rules  []struct {
			ID, Status                 string
			Checked, Failed, Unchecked int
		}
		Findings []struct {
			Rule, Severity, Field, Seen, Wanted, Remedy string
			Connection, Session, PDU, LastPDU           int
			Count, Offset, Length                       int
		}
	}
	if err := json.Unmarshal(out, &a); err != nil {
		t.Fatal(err)
	}
	if len(a.Rules) < 100 {
		t.Fatalf("%d rules", len(a.Rules))
	}
	text, err := json.MarshalIndent(a, "", " ")
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// TestProxyUnread: nobody reads its results any more, and traffic and records
// go on.
func TestProxyUnread(t *testing.T) {
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	db := filepath.Join(t.TempDir(), "p.db")
	cmd := exec.CommandContext(t.Context(), "smpptap", "proxy", "--db", db, "-v", "--listen", "127.0.0.1:0", "--upstream", localSMSC(t, nil))
	cmd.Stdout = w
	errs, err := cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	w.Close()
	r.Close()
	p := &proxyRun{t: t, cmd: cmd, db: db, done: make(chan struct{})}
	p.errs.more, p.outs.more = make(chan struct{}, 1), make(chan struct{}, 1)
	go func() {
		p.errs.take(errs)
		close(p.done)
	}()
	for range 2 { // each gives findings
		e := bound(t, p.addr("link1"))
		e.submits(5)
		e.leave()
	}
	p.stop()
	if got := p.query("SELECT count(*) || ' ' || (SELECT count(*) > 0 FROM findings) FROM pdus"); got != "28 1" {
		t.Errorf("recorded: %s", got)
	}
}

// TestProxyDatabaseGone: the database is deleted under it; traffic goes on,
// and so do the records in a new one.
func TestProxyDatabaseGone(t *testing.T) {
	r := startProxy(t, "--listen", "127.0.0.1:0", "--upstream", localSMSC(t, nil))
	e := bound(t, r.addr("link1"))
	e.submits(1)
	for r.query("SELECT count(*) FROM pdus") != "4" { // until it is committed
	}
	for _, end := range []string{"", "-wal", "-shm"} { // the proxy may be faster in removing the latter two
		if err := os.Remove(r.db + end); err != nil && (end == "" || !os.IsNotExist(err)) {
			t.Fatal(err)
		}
	}
	e.submits(3)
	e.leave()
	r.stop()
	if got := r.query("SELECT count(*) || ' ' || (SELECT system_id FROM sessions) FROM pdus"); got != "8 alice" {
		t.Errorf("the new database: %s\n%s", got, &r.errs)
	}
}
