//go:build linux && cgo

package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// analysis is the process that analyses for a proxy.
func (r *proxyRun) analysis() int {
	r.t.Helper()
	all := children(r.t, r.cmd.Process.Pid)
	if len(all) != 1 {
		r.t.Fatalf("the proxy has %d processes for the analysis", len(all))
	}
	return all[0]
}

// toAnalysis sends it a signal.
func (r *proxyRun) toAnalysis(sig syscall.Signal) {
	r.t.Helper()
	if err := syscall.Kill(r.analysis(), sig); err != nil {
		r.t.Fatal(err)
	}
}

// stores waits until the database gives a value.
func (r *proxyRun) stores(sql, value string) {
	r.t.Helper()
	for end := time.Now().Add(longWait); r.query(sql) != value; time.Sleep(10 * time.Millisecond) {
		if time.Now().After(end) {
			r.t.Fatalf("%s gives %s, want %s", sql, r.query(sql), value)
		}
	}
}

// blamed are the rules that an audit of a database finds broken, but for
// notes.
func blamed(t *testing.T, db string) (rules []string) {
	t.Helper()
	out, err := exec.CommandContext(t.Context(), "smpptap", "audit", "--fail-on", "never", "-T", "json", db).Output()
	if err != nil {
		t.Fatal(err)
	}
	var a struct {
		Findings []struct{ Rule, Severity, Seen, Wanted string }
	}
	if err := json.Unmarshal(out, &a); err != nil {
		t.Fatal(err)
	}
	for _, f := range a.Findings {
		if f.Severity != "note" {
			rules = append(rules, fmt.Sprintf("%+v", f))
		}
	}
	return rules
}

// TestAnalysisKilled: whatever ends the analysis, no connection is lost and no
// octet changed; it is started again, also when that fails for a while, goes on
// with the connections that there are, counts what it did not see, and accuses
// nobody of it.
func TestAnalysisKilled(t *testing.T) {
	l, upstream := newLoad(t)
	l.rest = 10 * time.Millisecond // so that the database can follow
	profile := filepath.Join(t.TempDir(), "p.yaml")
	write := func(text string) {
		t.Helper()
		if err := os.WriteFile(profile, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	const sound = "profile: {id: p, title: P, extends: kaleyra}\n"
	write(sound)
	r := startProxy(t, "--listen", "127.0.0.1:0", "--upstream", upstream, "--profile", profile)
	l.begin(r.addr("link1"))
	r.until(`^smpptap_pdus_total\{command="submit_sm",.*\} [1-9]`)
	for i, sig := range []syscall.Signal{syscall.SIGSEGV, syscall.SIGKILL} {
		r.stores("SELECT count(*) FROM captures", fmt.Sprint(i+1))
		if sig == syscall.SIGKILL { // what passes now is surely lost
			r.toAnalysis(syscall.SIGSTOP)
			l.passes(500)
		}
		r.toAnalysis(sig)
		r.said(fmt.Sprintf(`(?s)(the analysis goes on.*){%d}`, i+1))
		if sig == syscall.SIGKILL {
			r.until(`^smpptap_analysis_lost_bytes_total\{link="link1"\} ([4-9]\d{4}|[1-9]\d{5}|\S+e\+)`) // 500 are more
		}
		text := r.until(`^smpptap_pdus_total\{command="submit_sm_resp",.*\} [1-9]`)
		if open := metric(t, text, `smpptap_connections\{link="link1"\}`); open != loadSessions {
			t.Errorf("%.0f connections", open)
		}
	}
	r.stores("SELECT count(*) FROM captures", "3")
	write("profile: broken\n")
	r.toAnalysis(syscall.SIGKILL)
	r.said(`(?s)(the analysis has ended.*){4}`) // and once more, as it cannot be started
	l.passes(500)
	write(sound)
	r.said(`(?s)(the analysis goes on.*){3}`)
	r.until(`^smpptap_pdus_total\{command="submit_sm",.*\} [1-9]`)
	l.end()
	out := r.stop()
	if !strings.Contains(out, "\nConnections\n") || !strings.Contains(out, fmt.Sprint(loadSessions, " connections, ")) {
		t.Errorf("summary:\n%s", out)
	}
	if got := r.query("PRAGMA integrity_check"); got != "ok" {
		t.Error("integrity_check: ", got)
	}
	if got := r.query("SELECT count(*) || ' ' || count(ended_at) FROM captures"); got != "4 1" {
		t.Errorf("captures, and those that ended in order: %s", got)
	}
	if got := r.query("SELECT count(*) FROM pdus WHERE command_id = 6"); got != strconv.Itoa(loadSessions) {
		t.Errorf("%s unbinds are recorded", got)
	}
	if who := blamed(t, r.db); len(who) > 0 {
		t.Errorf("somebody is accused: %s", who)
	}
}

// TestAnalysisSheds: what finds no room while the analysis stands still is
// counted, to the octet.
func TestAnalysisSheds(t *testing.T) {
	r := startProxy(t, "--listen", "127.0.0.1:0", "--upstream", localSMSC(t, nil))
	e := bound(t, r.addr("link1"))
	r.until(`^smpptap_sessions\{bind_type="trx",link="link1"\} 1`)
	r.toAnalysis(syscall.SIGSTOP)
	for range 150 { // twice what may wait
		e.large()
	}
	r.toAnalysis(syscall.SIGCONT)
	e.submits(10)
	e.leave()
	text := r.until(`^smpptap_sessions\{bind_type="trx",link="link1"\} 0`)
	r.stop()
	r.accounts(text)
	if got := r.query("SELECT count(*) FROM captures"); got != "1" {
		t.Errorf("%s captures", got)
	}
	if who := blamed(t, r.db); len(who) > 0 {
		t.Errorf("somebody is accused: %s", who)
	}
}

// TestProxyRefuses: what is wrong is said once, with its exit code, and nothing
// is left running.
func TestProxyRefuses(t *testing.T) {
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	busy := taken.Addr().String()
	running := startProxy(t, "--listen", "127.0.0.1:0", "--upstream", localSMSC(t, nil))
	fresh := filepath.Join(t.TempDir(), "fresh.db")
	for _, c := range []struct {
		args []string
		code int
		says string
	}{
		{[]string{"--no-such-flag"}, 2, "unknown flag"},
		{[]string{"--profile", "nosuch", "--db", fresh}, 1, "nosuch"},
		{[]string{"-Y", "smpp.nosuch", "--db", fresh}, 2, "smpp.nosuch"},
		{[]string{"--listen", busy, "--db", fresh}, 1, "address already in use"},
		{[]string{"--metrics", busy, "--db", fresh}, 1, "--metrics: .*address already in use"},
		{[]string{"--db", fresh, "--db", "b.db"}, 2, "into one database, not into 2"},
		{[]string{"--db", filepath.Join(t.TempDir(), "no/such/dir.db")}, 1, "no such file or directory"},
		{[]string{"--db", t.TempDir()}, 1, "directory"},
		{[]string{"-w", "/proc/nosuch", "--db", fresh}, 1, "/proc/nosuch"},
		{[]string{"--db", running.db}, 1, "is being written by another smpptap"},
	} {
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		cmd := exec.CommandContext(ctx, "smpptap", append([]string{"proxy", "--listen", "127.0.0.1:0", "--upstream", "127.0.0.1:1"}, c.args...)...)
		var errs strings.Builder
		cmd.Stderr = &errs
		out, _ := cmd.Output() // it ends when no process has its streams any more
		cancel()
		if code := cmd.ProcessState.ExitCode(); code != c.code || len(out) > 0 || len(regexp.MustCompile("(?m)^smpptap: ").FindAllString(errs.String(), -1)) != 1 {
			t.Errorf("%q: exit %d:\n%s%s", c.args, code, out, &errs)
		}
		if !regexp.MustCompile(c.says).MatchString(errs.String()) {
			t.Errorf("%q: says %s", c.args, &errs)
		}
	}
	if _, err := os.Stat(fresh); err == nil {
		t.Error("a database was made")
	}
	running.stop()
}

// TestAnalysisAlone: the way into the analysis's process is for the program's
// own use.
func TestAnalysisAlone(t *testing.T) {
	cmd := exec.CommandContext(t.Context(), "smpptap", "proxy", "--upstream", "127.0.0.1:1", "--no-db")
	cmd.Env = append(os.Environ(), analysisVariable+"=1")
	out, err := cmd.CombinedOutput()
	if cmd.ProcessState.ExitCode() != exitFailed || !strings.Contains(string(out), "for the program's own use") {
		t.Errorf("%v: %s", err, out)
	}
}
