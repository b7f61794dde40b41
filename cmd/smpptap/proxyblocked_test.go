//go:build linux && cgo

package main

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"golang.org/x/sys/unix"

	"smpptap/internal/smpptest"
)

// TestProxyBlocked: nobody reads the findings on standard output, and the
// analysis stands still. The traffic goes on in bounded memory. When somebody
// reads again the analysis goes on, and every octet was analysed or is counted
// as lost.
func TestProxyBlocked(t *testing.T) {
	out, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer out.Close()
	if _, err := unix.FcntlInt(w.Fd(), unix.F_SETPIPE_SZ, 4096); err != nil { // the least
		t.Fatal(err)
	}
	r := &proxyRun{t: t, db: filepath.Join(t.TempDir(), "blocked.db"), done: make(chan struct{})}
	r.errs.more, r.outs.more = make(chan struct{}, 1), make(chan struct{}, 1)
	r.cmd = exec.CommandContext(t.Context(), "smpptap", "proxy", "--db", r.db, "-v", "--metrics", "127.0.0.1:0",
		"--listen", "127.0.0.1:0", "--upstream", localSMSC(t, nil))
	r.cmd.Stdout = w
	errs, err := r.cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := r.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	w.Close()
	go func() {
		defer close(r.done)
		r.errs.take(errs)
	}()
	e := bound(t, r.addr("link1"))
	for range 100 { // each gives a finding; their lines fill the pipe
		c, err := net.Dial("tcp", r.addr("link1"))
		if err != nil {
			t.Fatal(err)
		}
		unbound := &esme{t: t, c: c, in: bufio.NewReader(c), n: 1}
		unbound.submits(1)
		c.Close()
	}
	r.stuck()
	for full := 0; full < 20; { // what stands behind the queue takes some, too
		_, text := r.get("/metrics")
		waits := metric(t, text, `smpptap_waiting_bytes\{queue="analysis"\}`)
		if waits > 4<<20+64<<10 { // others' ends wait, too
			t.Errorf("%.0f octets wait for the analysis, want 4 MiB at most", waits)
		}
		if full++; waits < 4<<20-128<<10 {
			full = 0
			e.large()
		}
	}
	for range 50 { // none finds room
		e.large()
	}
	go func() { _, _ = io.Copy(io.Discard, out) }()
	r.until(`^smpptap_analysis_lost_bytes_total\{link="link1"\} [1-9]`)
	e.submits(100)
	e.leave()
	r.until(`^smpptap_connections\{link="link1"\} 0`)
	r.until(`^smpptap_waiting_bytes\{queue="analysis"\} 0`)
	text := r.until(`^smpptap_sessions\{bind_type="trx",link="link1"\} 0`)
	r.stop()
	r.accounts(text)
	if got := r.query("SELECT count(*) FROM pdus WHERE command_id = 6"); got != "1" {
		t.Errorf("%s unbinds are recorded", got)
	}
}

// stuck waits until a thread of the analysis is held up in writing to its
// standard output (proc_pid_syscall(5)).
func (r *proxyRun) stuck() {
	r.t.Helper()
	writing := fmt.Sprint(unix.SYS_WRITE, " 0x1 ")
	tasks := fmt.Sprintf("/proc/%d/task/*/syscall", r.analysis())
	r.patiently("a full pipe", func() bool {
		threads, _ := filepath.Glob(tasks)
		return slices.ContainsFunc(threads, func(path string) bool {
			text, _ := os.ReadFile(path) // it may have ended
			return strings.HasPrefix(string(text), writing)
		})
	})
}

// large sends a message of 60,000 octets.
func (e *esme) large() {
	e.t.Helper()
	e.n++
	e.ask(smpptest.Build("submit_sm", e.n, smpptest.F{
		"source_addr": "ACME", "source_addr_ton": 5, "destination_addr": "919800000001",
	}, smpptest.TLV{Tag: 0x0424, Value: []byte(strings.Repeat("x", 60_000))}))
}

// accounts checks that by the last scrape every octet that was relayed was
// recorded or counted as lost, and that there are many of the latter.
func (r *proxyRun) accounts(scrape string) {
	r.t.Helper()
	relayed := metric(r.t, scrape, `smpptap_relay_bytes_total\{direction="to_smsc",link="link1"\}`) +
		metric(r.t, scrape, `smpptap_relay_bytes_total\{direction="to_esme",link="link1"\}`)
	lost := metric(r.t, scrape, `smpptap_analysis_lost_bytes_total\{link="link1"\}`)
	recorded, err := strconv.ParseFloat(r.query("SELECT sum(length(raw)) FROM pdus"), 64)
	if err != nil {
		r.t.Fatal(err)
	}
	if recorded+lost != relayed || lost < 1<<20 {
		r.t.Errorf("%.0f octets were relayed, %.0f recorded, %.0f counted as lost", relayed, recorded, lost)
	}
}

// metric gives a sample's value in a scrape.
func metric(t *testing.T, scrape, pattern string) float64 {
	t.Helper()
	m := regexp.MustCompile(`(?m)^` + pattern + ` (\S+)$`).FindStringSubmatch(scrape)
	if m == nil {
		t.Fatal(fmt.Sprint("no ", pattern, " in:\n", scrape))
	}
	v, err := strconv.ParseFloat(m[1], 64)
	if err != nil {
		t.Fatal(err)
	}
	return v
}
