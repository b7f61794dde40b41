//go:build linux && cgo

package main

import (
	"io"
	"net"
	"path/filepath"
	"testing"
	"time"

	"smpptap/internal/smpptest"
	"smpptap/store"
)

// The world through the proxy, which is ended and started again in the middle:
// receipts behind that complete messages before it.
func TestJourneysThroughTheProxy(t *testing.T) {
	path := filepath.Join(t.TempDir(), "x.db")
	checkWorld(t, path, worldThroughProxy(t, 1_500, "--db", path))
}

// The same into files that change: together they are what one is.
func TestJourneysOverFiles(t *testing.T) {
	dir := t.TempDir()
	path, merged := filepath.Join(dir, "x.db"), filepath.Join(dir, "merged.db")
	w := worldThroughProxy(t, 10_000, "--db", path, "--rotate", "filesize:1MiB")
	if n := len(store.Files(path)); n < 3 {
		t.Errorf("%d files", n)
	}
	smpptap(t, "db", "check", path)
	smpptap(t, "db", "merge", path, "-o", merged)
	checkWorld(t, merged, w)
	for _, args := range [][]string{
		{"sessions", "-T", "ndjson"}, {"pdus", "-T", "csv", "-c", "500", "--capture", "all"}, {"findings", "-T", "json"},
		{"messages", "--capture", "all", "-T", "csv", "-c", "1000"}, {"messages", "--stats"}, {"show", "900"}, {"export", "-T", "csv"},
		{"sql", "SELECT count(*), sum(length(raw)) FROM pdus"}, {"trace", "--to", w.Truth[700].Destination}, {"sql", "SELECT * FROM open_receipts"},
	} {
		one, all := smpptap(t, append(args, "--db", merged)...), smpptap(t, append(args, "--db", path)...)
		if one != all || one == "" {
			t.Errorf("%q: of one database\n%.1000s\nof its files\n%.1000s", args, one, all)
		}
	}
}

// worldThroughProxy has two runs of a proxy with these flags relay a world.
func worldThroughProxy(t *testing.T, messages int, flags ...string) *smpptest.World {
	t.Helper()
	w := smpptest.NewWorld(messages)
	smsc, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer smsc.Close()
	for capture := range 2 {
		p := startProxy(t, append([]string{"--listen", "127.0.0.1:0", "--upstream", smsc.Addr().String()}, flags...)...)
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
			_ = c[1-s.From].SetReadDeadline(time.Now().Add(time.Minute))
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
	return w
}
