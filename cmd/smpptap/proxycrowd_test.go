//go:build linux && cgo

package main

import (
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"

	"smpptap/internal/cost"
)

// TestProxyCrowd: 10,000 clients connect to one link and say nothing. As many
// as --max-connections allows are relayed, in bounded memory; the others are
// refused, which is counted; and nobody on the other link notices, also when
// all of them reset their connections.
func TestProxyCrowd(t *testing.T) {
	for _, limit := range []int{2000, 9000} {
		t.Run(fmt.Sprint(limit, " allowed"), func(t *testing.T) {
			if cost.Race && limit > 2000 {
				t.Log("the race detector cannot watch as many goroutines")
				return
			}
			crowd(t, limit)
		})
	}
}

func crowd(t *testing.T, limit int) {
	const clients = 10_000
	descriptors(t, clients+limit+500)
	smsc := silentSMSC(t)
	config := filepath.Join(t.TempDir(), "links.yaml")
	text := "listen: 127.0.0.1:0\nlinks:\n  - {name: good, upstream: '" + localSMSC(t, nil) + "'}\n  - {name: bad, upstream: '" + smsc.Addr().String() + "'}\n"
	if err := os.WriteFile(config, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	r := startProxy(t, "--config", config, "--max-connections", fmt.Sprint(limit), "--drain", "0s")
	h := beHealthy(t, r.addr("good"))
	address := r.addr("bad")
	conns := make([]net.Conn, clients)
	t.Cleanup(func() { leave(conns) })
	for i := range conns {
		c, err := net.Dial("tcp", address)
		if err == nil {
			conns[i] = c
		} else if !errors.Is(err, syscall.ECONNRESET) { // that is how it is refused
			t.Fatal(err)
		}
	}
	relayed := limit - 1 // one is the healthy ESME
	r.until(fmt.Sprintf(`^smpptap_connections\{link="bad"\} %d$`, relayed))
	r.until(fmt.Sprintf(`^smpptap_connection_failures_total\{link="bad",reason="limit"\} %d$`, clients-relayed))
	h.goesOn()
	held := r.memory()
	t.Logf("%d connections: %.0f MiB", relayed, held)
	if most := 150 + float64(limit)/36; !cost.Race && held > most {
		t.Errorf("%d connections: %.0f MiB, want at most %.0f", relayed, held, most)
	}
	leave(conns)
	r.until(`^smpptap_connections\{link="bad"\} 0$`)
	scrape := r.until(fmt.Sprintf(`^smpptap_findings_total\{link="bad",rule="connection-silent",severity="note"\} %d$`, relayed))
	if refused := metric(t, scrape, `smpptap_connection_failures_total\{link="good",reason="limit"\}`); refused != 0 {
		t.Errorf("%.0f refused on the good link", refused)
	}
	h.leaves()
	r.stop()
	if got := r.query("SELECT count(*) || ' ' || sum(count) FROM findings WHERE rule = 'connection-silent'"); got != fmt.Sprint("1 ", relayed) {
		t.Errorf("connection-silent, findings and occurrences: %s", got)
	}
	r.wholeOn("good", h)
}

// descriptors makes sure that a test may open so many files.
func descriptors(t *testing.T, n int) {
	t.Helper()
	var l unix.Rlimit
	if err := unix.Getrlimit(unix.RLIMIT_NOFILE, &l); err != nil {
		t.Fatal(err)
	}
	if l.Cur < uint64(n) {
		t.Fatalf("%d files may be open (ulimit -n), the test wants %d", l.Cur, n)
	}
}

// silentSMSC accepts connections, says nothing and ends them with the test.
func silentSMSC(t *testing.T) net.Listener {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	var conns []net.Conn
	done := make(chan struct{})
	go func() {
		defer close(done)
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			conns = append(conns, c)
		}
	}()
	t.Cleanup(func() {
		l.Close()
		<-done
		leave(conns)
	})
	return l
}

// leave resets connections, which leaves nothing of them behind.
func leave(conns []net.Conn) {
	for _, c := range conns {
		if c != nil {
			_ = c.(*net.TCPConn).SetLinger(0) // it may be closed
			_ = c.Close()
		}
	}
}
