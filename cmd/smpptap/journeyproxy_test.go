//go:build linux && cgo

package main

import (
	"io"
	"net"
	"path/filepath"
	"testing"
	"time"

	"smpptap/internal/smpptest"
)

// The world through the proxy, which is ended and started again in the middle:
// receipts behind that complete messages before it.
func TestJourneysThroughTheProxy(t *testing.T) {
	w := smpptest.NewWorld(1_500)
	path := filepath.Join(t.TempDir(), "x.db")
	smsc, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer smsc.Close()
	for capture := range 2 {
		p := startProxy(t, "--listen", "127.0.0.1:0", "--upstream", smsc.Addr().String(), "--db", path)
		conns := make([][2]net.Conn, w.Conns())
		for i := range conns {
			if conns[i][0], err = net.Dial("tcp", p.addr("link1")); err != nil { //nolint:noctx // it is local
				t.Fatal(err)
			}
			if conns[i][1], err = smsc.Accept(); err != nil {
				t.Fatal(err)
			}
		}
		buf := make([]byte, 4096)
		w.Run(capture, func(s smpptest.Step) {
			c := conns[s.Conn]
			_ = c[1-s.From].SetReadDeadline(time.Now().Add(20 * time.Second))
			if _, err := c[s.From].Write(s.PDU); err != nil {
				t.Fatal(err)
			}
			if _, err := io.ReadFull(c[1-s.From], buf[:len(s.PDU)]); err != nil {
				t.Fatal(err)
			}
		})
		for _, c := range conns {
			c[0].Close()
			c[1].Close()
		}
		p.stop()
	}
	checkWorld(t, path, w)
}
