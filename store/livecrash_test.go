package store

import (
	"bufio"
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"smpptap/analyze"
)

// liveForEver is the body of a child process that records as live and proxy
// do.
func liveForEver(path string) error {
	l, err := OpenLive(path, LiveOptions{})
	if err != nil {
		return err
	}
	return feed(l)
}

// feed records for ever, and says after each batch how far it came.
func feed(l *Live) error {
	r := newRun()
	if err := l.Write(context.Background(), r.begin("child")); err != nil {
		return err
	}
	for id := int64(1); ; id++ {
		batch := r.exchange(5)
		at := time.Now().UnixNano()
		for i := range batch {
			if p := batch[i].PDU; p != nil {
				p.At.Time = at
			}
		}
		batch = append(batch, analyze.Record{Kind: analyze.RecordMessage, Message: &analyze.Message{
			ID: id, SubmitSession: 1, SubmitPDU: r.n - 1, Source: "acme", Destination: strconv.FormatInt(id, 10), Text: "hello",
		}})
		if err := l.Write(context.Background(), batch); err != nil {
			return err
		}
		fmt.Println(at)
		time.Sleep(3 * time.Millisecond)
	}
}

// kills is how often TestLiveKilled kills: 20 times, or as often as
// SMPPTAP_KILLS says.
func kills(t *testing.T) int {
	n := 20
	if s := os.Getenv("SMPPTAP_KILLS"); s != "" {
		var err error
		n, err = strconv.Atoi(s)
		must(t, err)
	}
	return n
}

// killedAfter kills a child after a time, and gives the times that it said.
func killedAfter(t *testing.T, delay time.Duration, cmd *exec.Cmd, lines *bufio.Scanner) (said []int64) {
	t.Helper()
	time.AfterFunc(delay, func() { _ = cmd.Process.Kill() })
	for lines.Scan() {
		at, err := strconv.ParseInt(lines.Text(), 10, 64)
		if err != nil {
			t.Fatal(lines.Text())
		}
		said = append(said, at)
	}
	_ = cmd.Wait()
	return said
}

// missing is how long a child ran since the last of what it said and the
// database has; of a run without a commit all may be missing. A child speaks
// every few milliseconds: what goes beyond is time in which the machine let
// nothing of it run.
func missing(t *testing.T, db *DB, said []int64) (d time.Duration) {
	t.Helper()
	stored := said[0]
	_, _ = fmt.Sscan(one(t, db, fmt.Sprintf("SELECT max(time) FROM pdus WHERE time >= %d", stored)), &stored)
	for i, at := range said {
		if at > stored {
			d += min(time.Duration(at-said[i-1]), 50*time.Millisecond)
		}
	}
	return d
}

// Killed at any moment, also while it opens the database: the database is
// whole, at most the last second is missing, and the next start goes on.
func TestLiveKilled(t *testing.T) {
	path := filepath.Join(t.TempDir(), "x.db")
	simple(t, path, 1)
	longest, recorded := time.Duration(0), 0
	for i := range kills(t) {
		cmd, lines := child(t, path, "SMPPTAP_STORE_LIVE=1")
		delay := time.Duration(rand.Int64N(int64(700 * time.Millisecond)))
		said := killedAfter(t, delay, cmd, lines)
		db, err := OpenReadOnly(path)
		must(t, err)
		if got := one(t, db, "PRAGMA integrity_check"); got != "ok" {
			t.Fatal(got)
		}
		if got := one(t, db, "SELECT count(*) FROM pdus WHERE NOT EXISTS (SELECT 1 FROM sessions AS s JOIN connections AS c ON c.id = connection_id WHERE s.id = session_id)"); got != "0" {
			t.Errorf("after %v: %s PDUs without their session", delay, got)
		}
		if len(said) > 0 {
			d := missing(t, db, said)
			if longest = max(longest, d); d > time.Second {
				t.Errorf("run %d, killed after %v: the last %v are missing", i, delay, d)
			}
			recorded++
		}
		must(t, db.Close())
	}
	if recorded == 0 {
		t.Error("no run came so far as to record")
	}
	t.Logf("%d runs recorded; at most the last %v were missing", recorded, longest)
	r := newLive(t, path, LiveOptions{})
	r.write(r.exchange(10))
	r.wantPDUs(r.close(path), 20)
}
