//go:build linux && cgo

package main

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"smpptap/internal/smpptest"
	"smpptap/store"
)

// longWait bounds what must happen; nothing is measured by it.
const longWait = 3 * time.Minute

// proxyRun is a `smpptap proxy` under way.
type proxyRun struct {
	t    *testing.T
	cmd  *exec.Cmd
	db   string
	load *load // nil: others make the traffic
	outs utterance
	errs utterance
	done chan struct{} // both were read to their end
	read sync.WaitGroup
}

// utterance is what a program has said so far.
type utterance struct {
	mu   sync.Mutex
	text strings.Builder
	more chan struct{} // holds one
}

func (s *utterance) take(r io.Reader) {
	for in := bufio.NewReader(r); ; {
		line, err := in.ReadString('\n')
		s.mu.Lock()
		s.text.WriteString(line)
		s.mu.Unlock()
		select {
		case s.more <- struct{}{}:
		default:
		}
		if err != nil {
			return
		}
	}
}

func (s *utterance) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.text.String()
}

// startProxy starts one with metrics and waits until it listens.
func startProxy(t *testing.T, args ...string) *proxyRun {
	t.Helper()
	r := &proxyRun{t: t, db: filepath.Join(t.TempDir(), "proxy.db"), done: make(chan struct{})}
	r.outs.more, r.errs.more = make(chan struct{}, 1), make(chan struct{}, 1)
	if i := slices.Index(args, "--db"); i >= 0 {
		r.db = args[i+1]
		args = slices.Delete(slices.Clone(args), i, i+2)
	}
	args = append([]string{"proxy", "--db", r.db, "--time", "utc", "-v", "--metrics", "127.0.0.1:0"}, args...)
	r.cmd = exec.CommandContext(context.Background(), "smpptap", args...)
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
	r.read.Go(func() { r.outs.take(out) })
	r.read.Go(func() { r.errs.take(errs) })
	go func() {
		r.read.Wait()
		close(r.done)
	}()
	r.said("run begins")
	return r
}

// wait waits until s matches, and gives the match's groups.
func (r *proxyRun) wait(s *utterance, pattern string) []string {
	r.t.Helper()
	re := regexp.MustCompile(pattern)
	deadline := time.After(longWait)
	for over := false; ; {
		if m := re.FindStringSubmatch(s.String()); m != nil {
			return m
		}
		if over {
			r.t.Fatalf("it ended without saying %q:\n%s\n%s", pattern, &r.outs, &r.errs)
		}
		select {
		case <-s.more:
		case <-r.done:
			over = true
		case <-deadline:
			r.t.Fatalf("it does not say %q:\n%s\n%s", pattern, &r.outs, &r.errs)
		}
	}
}

func (r *proxyRun) said(pattern string) []string { r.t.Helper(); return r.wait(&r.errs, pattern) }
func (r *proxyRun) shows(pattern string)         { r.t.Helper(); r.wait(&r.outs, pattern) }

// addr is where a link listens.
func (r *proxyRun) addr(link string) string {
	r.t.Helper()
	return r.said(`smpptap: ` + link + `: listening on (\S+),`)[1]
}

// get asks its HTTP server.
func (r *proxyRun) get(path string) (status int, body string) {
	r.t.Helper()
	url := "http://" + r.said(`metrics are served" address=(\S+)`)[1] + path
	req, err := http.NewRequestWithContext(r.t.Context(), http.MethodGet, url, nil)
	if err != nil {
		r.t.Fatal(err)
	}
	a, err := http.DefaultClient.Do(req)
	if err != nil {
		r.t.Fatal(err)
	}
	defer a.Body.Close()
	text, err := io.ReadAll(a.Body)
	if err != nil {
		r.t.Fatal(err)
	}
	return a.StatusCode, string(text)
}

// until waits until a scrape matches, and gives it.
func (r *proxyRun) until(pattern string) string {
	r.t.Helper()
	re := regexp.MustCompile("(?m)" + pattern)
	for deadline := time.Now().Add(longWait); ; {
		_, text := r.get("/metrics")
		if re.MatchString(text) {
			return text
		}
		if time.Now().After(deadline) {
			r.t.Fatalf("no %q in:\n%s", pattern, text)
		}
	}
}

func (r *proxyRun) signal(sig syscall.Signal) {
	r.t.Helper()
	if err := r.cmd.Process.Signal(sig); err != nil {
		r.t.Fatal(err)
	}
}

// ended waits for its regular end and gives its output.
func (r *proxyRun) ended() string {
	r.t.Helper()
	<-r.done
	if err := r.cmd.Wait(); err != nil {
		r.t.Fatalf("%v:\n%s", err, &r.errs)
	}
	return r.outs.String()
}

// stop ends it when its connections have ended.
func (r *proxyRun) stop() string {
	r.t.Helper()
	r.signal(syscall.SIGTERM)
	return r.ended()
}

// query asks its database for one value.
func (r *proxyRun) query(sql string) (value string) {
	r.t.Helper()
	db, err := store.OpenReadOnly(r.db)
	if err != nil {
		r.t.Fatal(err)
	}
	defer db.Close()
	err = db.Query(context.Background(), sql, func([]string) error { return nil }, func(v []any) error {
		value = fmt.Sprint(v[0])
		return nil
	})
	if err != nil {
		r.t.Fatal(err)
	}
	return value
}

// localSMSC answers every request on l, or on a port of its own, and gives its
// address.
func localSMSC(t *testing.T, l net.Listener) string {
	t.Helper()
	if l == nil {
		var err error
		if l, err = net.Listen("tcp", "127.0.0.1:0"); err != nil {
			t.Fatal(err)
		}
	}
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
	return l.Addr().String()
}

// esme is an ESME that waits for each response.
type esme struct {
	t       *testing.T
	c       net.Conn
	in      *bufio.Reader
	n       uint32
	longest time.Duration // that it waited
}

// bound connects and binds.
func bound(t *testing.T, address string) *esme {
	t.Helper()
	c, err := net.Dial("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	return boundOn(t, c)
}

func boundOn(t *testing.T, c net.Conn) *esme {
	t.Helper()
	t.Cleanup(func() { c.Close() })
	e := &esme{t: t, c: c, in: bufio.NewReader(c), n: 1}
	e.ask(liveBind())
	return e
}

func (e *esme) took(since time.Time) { e.longest = max(e.longest, time.Since(since)) }

func (e *esme) ask(pdu []byte) {
	e.t.Helper()
	defer e.took(time.Now())
	if _, err := e.c.Write(pdu); err != nil {
		e.t.Fatal(err)
	}
	if _, err := readPDU(e.in); err != nil {
		e.t.Fatal(err)
	}
}

// submits sends n messages.
func (e *esme) submits(n int) {
	e.t.Helper()
	for range n {
		e.n++
		e.ask(message(e.n))
	}
}

// message is a submit_sm like no other.
func message(n uint32) []byte {
	return smpptest.Build("submit_sm", n, smpptest.F{
		"source_addr": "ACME", "source_addr_ton": 5, "destination_addr": "919800000001", "short_message": fmt.Sprint("hello ", n),
	})
}

// leave unbinds and waits until the other side has closed, too.
func (e *esme) leave() {
	e.t.Helper()
	e.n++
	e.ask(smpptest.Build("unbind", e.n, nil))
	if err := e.c.(interface{ CloseWrite() error }).CloseWrite(); err != nil {
		e.t.Fatal(err)
	}
	if _, err := e.in.ReadByte(); err != io.EOF {
		e.t.Fatal("no end: ", err)
	}
	e.c.Close()
}
