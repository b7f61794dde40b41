//go:build linux && cgo

package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/binary"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"smpptap/internal/cost"
	"smpptap/internal/smpptest"
	"smpptap/store"
)

// network is two network namespaces joined by a pair of interfaces: the ESME's
// has 10.77.0.1, the SMSC's 10.77.0.2.
type network struct {
	esme, smsc string
}

func newNetwork(t *testing.T) *network {
	t.Helper()
	if os.Getuid() != 0 {
		if os.Getenv("CI") == "" {
			t.Skip("needs root, for network namespaces")
		}
		t.Fatal("needs root, for network namespaces")
	}
	name := fmt.Sprintf("smpptap-%d-%s", os.Getpid(), strings.ToLower(strings.TrimPrefix(t.Name(), "TestLive")))
	n := &network{name + "-esme", name + "-smsc"}
	ip := func(args ...string) {
		t.Helper()
		if out, err := exec.CommandContext(t.Context(), "ip", args...).CombinedOutput(); err != nil {
			t.Fatalf("ip %v: %v: %s", args, err, out)
		}
	}
	for i, ns := range []string{n.esme, n.smsc} {
		ip("netns", "add", ns)
		t.Cleanup(func() { _ = exec.CommandContext(context.Background(), "ip", "netns", "del", ns).Run() })
		ip("-n", ns, "link", "set", "lo", "up")
		if i == 1 {
			ip("-n", n.esme, "link", "add", "ve", "type", "veth", "peer", "name", "vs", "netns", n.smsc)
			ip("-n", n.esme, "addr", "add", "10.77.0.1/24", "dev", "ve")
			ip("-n", n.smsc, "addr", "add", "10.77.0.2/24", "dev", "vs")
			ip("-n", n.esme, "link", "set", "ve", "up")
			ip("-n", n.smsc, "link", "set", "vs", "up")
		}
	}
	return n
}

// inNamespace runs f on a thread in a namespace. Sockets made there stay in it.
func inNamespace(t *testing.T, ns string, f func() error) {
	t.Helper()
	done := make(chan error)
	go func() {
		runtime.LockOSThread() // for good: the thread ends
		fd, err := unix.Open("/var/run/netns/"+ns, unix.O_RDONLY|unix.O_CLOEXEC, 0)
		if err == nil {
			err = unix.Setns(fd, unix.CLONE_NEWNET)
			_ = unix.Close(fd)
		}
		if err == nil {
			err = f()
		}
		done <- err
	}()
	if err := <-done; err != nil {
		t.Fatal(err)
	}
}

// liveRun is a `smpptap live` under way.
type liveRun struct {
	t     *testing.T
	cmd   *exec.Cmd
	lines chan string   // of its output
	out   []string      // read so far
	errs  *bytes.Buffer // to be read after erred
	erred chan struct{}
	db    string
}

// startLive starts it and waits until it captures.
func startLive(t *testing.T, ns string, args ...string) *liveRun {
	t.Helper()
	r := &liveRun{t: t, lines: make(chan string, 10_000), errs: &bytes.Buffer{}, erred: make(chan struct{}), db: filepath.Join(t.TempDir(), "live.db")}
	args = append([]string{"netns", "exec", ns, "smpptap", "live", "--db", r.db, "--time", "utc"}, args...)
	r.cmd = exec.CommandContext(context.Background(), "ip", args...)
	out, err := r.cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	errs, err := r.cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := r.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = r.cmd.Process.Kill() })
	go func() {
		defer close(r.lines)
		for s := bufio.NewScanner(out); s.Scan(); {
			r.lines <- s.Text()
		}
	}()
	first := make(chan string, 1)
	go func() {
		defer close(r.erred)
		b := bufio.NewReader(errs)
		line, _ := b.ReadString('\n')
		first <- line
		_, _ = io.Copy(r.errs, b)
	}()
	if line := <-first; !strings.Contains(line, "capturing on") {
		t.Fatalf("it says %q", line)
	}
	return r
}

// until reads its output up to a line that holds text.
func (r *liveRun) until(text string) {
	r.t.Helper()
	deadline := time.After(longWait)
	for {
		select {
		case line, ok := <-r.lines:
			if !ok {
				r.t.Fatalf("it ended without saying %q:\n%s", text, strings.Join(r.out, "\n"))
			}
			r.out = append(r.out, line)
			if strings.Contains(line, text) {
				return
			}
		case <-deadline:
			r.t.Fatalf("it does not say %q:\n%s", text, strings.Join(r.out, "\n"))
		}
	}
}

// stop interrupts it and gives all of its output.
func (r *liveRun) stop(sig os.Signal) string {
	r.t.Helper()
	if err := r.cmd.Process.Signal(sig); err != nil {
		r.t.Fatal(err)
	}
	for line := range r.lines {
		r.out = append(r.out, line)
	}
	<-r.erred
	if err := r.cmd.Wait(); err != nil {
		r.t.Errorf("after %v: %v: %s", sig, err, r.errs)
	}
	return strings.Join(r.out, "\n")
}

// query asks its database for one number.
func (r *liveRun) query(sql string) (n int64) {
	r.t.Helper()
	db, err := store.OpenReadOnly(r.db)
	if err != nil {
		r.t.Fatal(err)
	}
	defer db.Close()
	err = db.Query(context.Background(), sql, func([]string) error { return nil }, func(v []any) error {
		n, _ = v[0].(int64)
		return nil
	})
	if err != nil {
		r.t.Fatal(err)
	}
	return n
}

// answering is a listener that answers every request with its response.
func answering(t *testing.T, n *network, port string) {
	t.Helper()
	var l net.Listener
	inNamespace(t, n.smsc, func() (err error) {
		l, err = net.Listen("tcp4", "10.77.0.2:"+port)
		return err
	})
	var conns sync.WaitGroup
	conns.Go(func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			conns.Go(func() { answer(c) })
		}
	})
	t.Cleanup(func() {
		l.Close()
		conns.Wait()
	})
}

func answer(c net.Conn) {
	defer c.Close()
	in := bufio.NewReader(c)
	for {
		p, err := readPDU(in)
		if err != nil {
			return
		}
		out := append([]byte(nil), p[:16]...)
		out[4] |= 0x80
		switch binary.BigEndian.Uint32(p[4:]) {
		case 4:
			out = fmt.Appendf(out, "%d\x00", binary.BigEndian.Uint32(p[12:]))
		case 9:
			out = append(out, "smsc\x00"...)
		}
		binary.BigEndian.PutUint32(out, uint32(len(out)))
		if _, err := c.Write(out); err != nil {
			return
		}
	}
}

func readPDU(in *bufio.Reader) ([]byte, error) {
	h, err := in.Peek(4)
	if err != nil {
		return nil, err
	}
	p := make([]byte, binary.BigEndian.Uint32(h))
	_, err = io.ReadFull(in, p)
	return p, err
}

func dialIn(t *testing.T, n *network, port string) (c net.Conn) {
	t.Helper()
	inNamespace(t, n.esme, func() (err error) {
		c, err = net.Dial("tcp4", "10.77.0.2:"+port)
		return err
	})
	t.Cleanup(func() { c.Close() })
	return c
}

func liveBind() []byte {
	return smpptest.Build("bind_transceiver", 1, smpptest.F{
		"system_id": "alice", "password": "s3cr3tpw", "system_type": "smpp", "interface_version": 0x34,
	})
}

// TestLiveRate: at 20,000 PDUs a second every PDU is recorded, and neither the
// kernel nor the queue drops any. Under the race detector smpptap is not that
// fast where it has to share a processor.
func TestLiveRate(t *testing.T) {
	const conns = 4
	rate, requests := 2500, 12_500 // on each connection
	if cost.Race {
		rate, requests = 400, 1200
	}
	n := newNetwork(t)
	answering(t, n, "2775")
	r := startLive(t, n.smsc, "-i", "vs", "--port", "2775")
	var peers sync.WaitGroup
	var answers atomic.Int64
	start := time.Now()
	for range conns {
		c := dialIn(t, n, "2775")
		peers.Go(func() {
			in := bufio.NewReader(c)
			for range 1 + requests + 1 {
				if _, err := readPDU(in); err != nil {
					t.Error(err)
					return
				}
				answers.Add(1)
			}
		})
		peers.Go(func() {
			_, _ = c.Write(liveBind())
			p := smpptest.Build("submit_sm", 2, smpptest.F{"source_addr": "ACME", "destination_addr": "919800000001", "short_message": "hello"})
			pace := time.NewTicker(4 * time.Millisecond)
			defer pace.Stop()
			last := start
			for sent, due := 0, 0.0; sent < requests; {
				now := <-pace.C
				// What a standstill of the machine kept back is not sent at once.
				due += min(now.Sub(last), 100*time.Millisecond).Seconds() * float64(rate)
				for last = now; sent < min(requests, int(due)); sent++ {
					binary.BigEndian.PutUint32(p[12:], uint32(2+sent))
					_, _ = c.Write(p)
				}
			}
			_, _ = c.Write(smpptest.Build("unbind", uint32(2+requests), nil))
		})
	}
	peers.Wait()
	took := time.Since(start)
	out := r.stop(os.Interrupt)
	sent := 2 * answers.Load()
	if want := int64(2 * conns * (requests + 2)); sent != want {
		t.Fatalf("%d PDUs were sent, %d wanted", sent, want)
	}
	cpu := r.cmd.ProcessState.UserTime() + r.cmd.ProcessState.SystemTime()
	t.Logf("%d PDUs in %v: %.0f a second; smpptap took %v of CPU", sent, took.Round(time.Millisecond), float64(sent)/took.Seconds(), cpu.Round(time.Millisecond))
	if got := r.query("SELECT count(*) FROM pdus"); got != sent {
		t.Errorf("%d PDUs of %d are recorded", got, sent)
	}
	if lost := r.query("SELECT coalesce(sum(lost_octets + gaps), 0) FROM connections"); lost != 0 || !strings.Contains(out, "nothing; everything could be read") {
		t.Errorf("%d lost:\n%s\n%s", lost, out, r.errs)
	}
}

// TestLiveSilent: a missing enquire_link is told while the link is silent.
func TestLiveSilent(t *testing.T) {
	short := filepath.Join(t.TempDir(), "short.yaml")
	// The auditor looks at a new connection first when its bind is due.
	text := "profile: {id: short, title: Short, extends: kaleyra}\ntimers: {session_init: {value: 2, provenance: private}}\nkeepalive:\n" +
		"  interval: {value: 2, provenance: private}\n  tolerance: {value: {percent: 0, seconds: 0}, provenance: private}\n"
	if err := os.WriteFile(short, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	n := newNetwork(t)
	answering(t, n, "4000")
	r := startLive(t, n.esme, "-i", "any", "--profile", short)
	c := dialIn(t, n, "4000")
	_, _ = c.Write(liveBind())
	if _, err := readPDU(bufio.NewReader(c)); err != nil {
		t.Fatal(err)
	}
	r.until("cleartext-credentials")
	r.until("enquire-link-missing") // nothing was sent since
	// Both are in the database while it runs, at the next flush.
	const both = "SELECT count(*) * 10 + (SELECT count(*) FROM findings WHERE rule = 'enquire-link-missing') FROM pdus"
	for deadline := time.Now().Add(longWait); r.query(both) != 21; {
		if time.Now().After(deadline) {
			t.Fatalf("the database holds %d", r.query(both))
		}
	}
	out := r.stop(syscall.SIGTERM)
	if !strings.Contains(out, "Connections") || !strings.Contains(out, "alice") {
		t.Errorf("no summary:\n%s", out)
	}
	if got := r.query("SELECT count(*) FROM captures WHERE kind = 'live' AND ended_at IS NOT NULL AND source = 'any'"); got != 1 {
		t.Error("the capture did not end")
	}
}
