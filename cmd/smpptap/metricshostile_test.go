//go:build linux && cgo

package main

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"strings"
	"sync"
	"testing"

	"smpptap/internal/cost"
)

// TestMetricsHostileClients: clients of --metrics that send a header without an
// end, a huge one, nothing, or 10,000 requests cost the proxy little memory and
// few files, and its traffic does not notice. When they have gone metrics are
// served as before.
func TestMetricsHostileClients(t *testing.T) {
	r := startProxy(t, "--listen", "127.0.0.1:0", "--upstream", localSMSC(t, nil))
	h := beHealthy(t, r.addr("link1"))
	address := r.said(`metrics are served" address=(\S+)`)[1]
	dial := func() net.Conn {
		t.Helper()
		c, err := net.Dial("tcp", address)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { c.Close() })
		return c
	}
	files := r.files()

	slow := dial()
	if _, err := io.WriteString(slow, "GET /metrics HTTP/1.1\r\nHost: x\r\nX-Slow: "); err != nil {
		t.Fatal(err)
	}
	large := dial()
	go func() {
		_, _ = io.WriteString(large, "GET /metrics HTTP/1.1\r\nHost: x\r\nX: "+strings.Repeat("x", 64<<20)) // until it is closed
	}()
	// The answer may be lost in the reset for what was not read.
	if a, err := http.ReadResponse(bufio.NewReader(large), nil); err == nil {
		a.Body.Close()
		if a.StatusCode != http.StatusRequestHeaderFieldsTooLarge {
			t.Errorf("a huge header: %s", a.Status)
		}
	}
	var asking sync.WaitGroup
	for range 8 {
		c := dial()
		asking.Go(func() {
			in := bufio.NewReader(c)
			for range 1250 {
				if _, err := io.WriteString(c, "GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n"); err != nil {
					t.Error(err)
					return
				}
				a, err := http.ReadResponse(in, nil)
				if err != nil {
					t.Error(err)
					return
				}
				a.Body.Close()
			}
		})
	}
	asking.Wait()
	h.goesOn()
	if n, _ := io.Copy(io.Discard, slow); n > 200 { // it was given up
		t.Errorf("a header without an end: %d octets", n)
	}

	var idle []net.Conn
	for range 1000 {
		idle = append(idle, dial())
	}
	h.goesOn()
	if n := r.files() - files; n > adminConnections+16 { // the database may have opened some, too
		t.Errorf("%d more files are open", n)
	}
	if held := r.memory(); !cost.Race && held > 200 {
		t.Errorf("it held %.0f MiB", held)
	}
	leave(idle)
	r.until(`^smpptap_connections\{link="link1"\} 1$`)
	h.leaves()
	r.stop()
	r.wholeOn("link1", h)
}

// files are those that the command and its children have open.
func (r *proxyRun) files() (n int) {
	r.t.Helper()
	for _, pid := range append(children(r.t, r.cmd.Process.Pid), r.cmd.Process.Pid) {
		open, err := os.ReadDir(fmt.Sprintf("/proc/%d/fd", pid))
		if err != nil {
			r.t.Fatal(err)
		}
		n += len(open)
	}
	return n
}
