package store

import (
	"context"
	"database/sql"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"smpptap/analyze"
	"smpptap/internal/smpptest"
)

// liveRun is a Live with records for it.
type liveRun struct {
	*run
	t      *testing.T
	l      *Live
	states chan LiveState
	sent   int // PDUs
}

func newLive(t *testing.T, path string, opt LiveOptions) *liveRun {
	t.Helper()
	r := &liveRun{run: newRun(), t: t, states: make(chan LiveState, 1000)}
	r.conn.Link = "link1"
	opt.Every, opt.BusyTimeout, opt.Retry = 5*time.Millisecond, 5*time.Millisecond, 20*time.Millisecond
	opt.Changed = func(s LiveState) { r.states <- s }
	l, err := OpenLive(path, opt)
	must(t, err)
	r.l = l
	begin := r.begin("eth0")
	begin[0].Capture.StartedAt = second
	r.write(begin)
	return r
}

func (r *liveRun) write(records []analyze.Record) {
	r.t.Helper()
	for i := range records {
		if records[i].PDU != nil {
			r.sent++
		}
	}
	must(r.t, r.l.Write(context.Background(), records))
}

// until waits for a state of the database; "" is that it works.
func (r *liveRun) until(reason string) LiveState {
	r.t.Helper()
	timeout := time.After(patience)
	for {
		select {
		case s := <-r.states:
			if s.Away == reason {
				return s
			}
		case <-timeout:
			r.t.Fatalf("the database's state does not become %q", reason)
		}
	}
}

// stored waits until nothing waits.
func (r *liveRun) stored() {
	r.t.Helper()
	for end := time.Now().Add(patience); r.l.State().Waiting > 0; {
		if time.Now().After(end) {
			r.t.Fatalf("not stored: %+v", r.l.State())
		}
		time.Sleep(time.Millisecond)
	}
}

// close ends the run and checks that all that was sent is stored or counted.
func (r *liveRun) close(path string) *DB {
	r.t.Helper()
	r.write([]analyze.Record{r.end("eth0")})
	must(r.t, r.l.Close())
	db, err := OpenReadOnly(path)
	must(r.t, err)
	r.t.Cleanup(func() { _ = db.Close() })
	if got := one(r.t, db, "PRAGMA integrity_check"); got != "ok" {
		r.t.Error(got)
	}
	if got := one(r.t, db, "SELECT count(*) FROM captures WHERE id = (SELECT max(id) FROM captures) AND ended_at > 0"); got != "1" {
		r.t.Errorf("the capture has no end")
	}
	return db
}

func (r *liveRun) wantPDUs(db *DB, want int) {
	r.t.Helper()
	if got := one(r.t, db, "SELECT count(*) FROM pdu_list WHERE system_id = 'acme' AND capture = (SELECT max(id) FROM captures)"); got != strconv.Itoa(want) {
		r.t.Errorf("%s PDUs with their session, want %d", got, want)
	}
	if got := one(r.t, db, "SELECT count(DISTINCT pdu_id) FROM tlvs"); got != one(r.t, db, "SELECT count(*) FROM pdus WHERE command_id = 4") {
		r.t.Errorf("%s PDUs have TLVs", got)
	}
}

// exclusive locks a database as another program might.
func exclusive(t *testing.T, path string) (release func()) {
	t.Helper()
	other, err := sql.Open("sqlite3", path)
	must(t, err)
	c, err := other.Conn(t.Context())
	must(t, err)
	_, err = c.ExecContext(t.Context(), "BEGIN EXCLUSIVE")
	must(t, err)
	return func() {
		t.Helper()
		_, err := c.ExecContext(context.Background(), "ROLLBACK")
		must(t, err)
		must(t, c.Close())
		must(t, other.Close())
	}
}

// TestLiveEndInOneBatch: a session whose last PDUs, findings and end come in
// one batch keeps the counts of its findings.
func TestLiveEndInOneBatch(t *testing.T) {
	path := filepath.Join(t.TempDir(), "x.db")
	r := newLive(t, path, LiveOptions{})
	batch := r.exchange(1)
	r.session.Errors, r.session.Notes, r.session.EndedAt, r.conn.EndedAt = 1, 2, second+9, second+9
	r.write(append(batch, analyze.Record{Kind: analyze.RecordSession, Session: r.session}, analyze.Record{Kind: analyze.RecordConn, Conn: r.conn}))
	db := r.close(path)
	if got := one(t, db, "SELECT errors || ' ' || warnings || ' ' || notes || ' ' || pdus_to_smsc FROM sessions"); got != "1 0 2 1" {
		t.Error(got)
	}
}

func TestLive(t *testing.T) {
	path := filepath.Join(t.TempDir(), "x.db")
	simple(t, path, 3)
	r := newLive(t, path, LiveOptions{})
	r.write(r.exchange(50))
	r.stored()
	r.write(append(r.exchange(50), r.finding(1, 0, 1)))
	db := r.close(path)
	r.wantPDUs(db, 200)
	if p := r.l.Place(); p != (Place{2, 1, 1, 6}) {
		t.Errorf("%+v", p)
	}
	if got := one(t, db, "SELECT pdus_to_smsc || ' ' || pdus_to_esme FROM sessions WHERE id = 2"); got != "100 100" {
		t.Error(got)
	}
	if got := one(t, db, "SELECT count(*) FROM finding_list WHERE capture = 2 AND pdu = 7 AND session = 2"); got != "1" {
		t.Error(got)
	}
	if len(r.l.Dropped()) != 0 {
		t.Error(r.l.Dropped())
	}
}

// A Live and a Writer store the same.
func TestLiveAsWriter(t *testing.T) {
	a, b := filepath.Join(t.TempDir(), "a.db"), filepath.Join(t.TempDir(), "b.db")
	simple(t, a, 20)
	r := newLive(t, b, LiveOptions{})
	r.conn.Link = ""
	first := r.begin("a.pcap")
	r.l.first = nil
	r.write(first)
	r.write(r.exchange(20))
	r.write([]analyze.Record{r.end("a.pcap")})
	must(t, r.l.Close())
	for _, table := range []string{"captures", "connections", "sessions", "pdus", "tlvs", "findings", "checks", "messages", "parts", "sqlite_schema"} {
		if x, y := dump(t, a, table), dump(t, b, table); x != y {
			t.Errorf("%s:\n%s\n%s", table, x, y)
		}
	}
}

func dump(t *testing.T, path, table string) string {
	t.Helper()
	var out strings.Builder
	must(t, read(t, path).Query(t.Context(), "SELECT * FROM "+table, func([]string) error { return nil }, func(v []any) error {
		if table == "sqlite_schema" {
			v[3] = nil // rootpage
		}
		fmt.Fprintln(&out, v...)
		return nil
	}))
	return out.String()
}

// While another program holds the lock records wait; then all are stored.
func TestLiveLocked(t *testing.T) {
	path := filepath.Join(t.TempDir(), "x.db")
	r := newLive(t, path, LiveOptions{})
	r.write(r.exchange(10))
	r.stored()
	release := exclusive(t, path)
	r.write(r.exchange(100))
	if s := r.until(reasonLocked); s.Err == nil || !strings.Contains(s.Err.Error(), "holds it locked") {
		t.Error(s.Err)
	}
	r.write(r.exchange(100))
	release()
	r.until("")
	r.write(r.exchange(100))
	db := r.close(path)
	r.wantPDUs(db, r.sent)
}

// The queue is bounded. What has no room is counted, and the capture tells.
// TestLiveLockedAtTheEnd: what came behind the batch that could not be stored is
// stored with it when the run ends.
func TestLiveLockedAtTheEnd(t *testing.T) {
	path := filepath.Join(t.TempDir(), "x.db")
	r := newLive(t, path, LiveOptions{Grace: time.Minute})
	r.write(r.exchange(10))
	r.stored()
	release := exclusive(t, path)
	r.write(r.exchange(10))
	r.until(reasonLocked)
	r.write(r.exchange(10))
	go func() {
		<-r.l.stop
		release()
	}()
	r.wantPDUs(r.close(path), r.sent)
}

func TestLiveOverflow(t *testing.T) {
	path := filepath.Join(t.TempDir(), "x.db")
	r := newLive(t, path, LiveOptions{Queue: 512 << 10})
	r.stored()
	release := exclusive(t, path)
	r.write(r.exchange(1))
	r.until(reasonLocked)
	for range 200 {
		r.write(r.exchange(20))
		if n := r.l.State().Waiting; n > 600<<10 {
			t.Fatalf("%d octets wait", n)
		}
	}
	dropped := r.l.Dropped()[Drop{"link1", reasonLocked}]
	release()
	r.until("")
	r.stored()
	r.write(r.exchange(100))
	db := r.close(path)
	if len(r.l.Dropped()) != 1 || dropped == 0 {
		t.Error(r.l.Dropped())
	}
	r.wantPDUs(db, r.sent-int(dropped))
	c, err := db.Capture(t.Context(), LastCapture)
	must(t, err)
	if got := c.Stats.Caps["records not stored (database locked)"]; got != dropped {
		t.Errorf("the capture tells of %d dropped records, not %d", got, dropped)
	}
	// The session counts what passed, and the first of the outage are there.
	if got := one(t, db, "SELECT pdus_to_smsc + pdus_to_esme FROM sessions"); got != strconv.Itoa(r.sent) {
		t.Error(got)
	}
	if got := one(t, db, "SELECT count(*) FROM pdus WHERE id <= 100"); got != "100" {
		t.Error(got)
	}
}

// What was dropped is told also by a capture that is cut off.
func TestLiveToldWhileRunning(t *testing.T) {
	path := filepath.Join(t.TempDir(), "x.db")
	r := newLive(t, path, LiveOptions{Queue: 64 << 10})
	r.stored()
	release := exclusive(t, path)
	r.write(r.exchange(1))
	r.until(reasonLocked)
	r.write(r.exchange(500))
	release()
	r.until("")
	r.stored()
	r.write(r.exchange(1))
	r.stored()
	db := read(t, path)
	c, err := db.Capture(t.Context(), LastCapture)
	must(t, err)
	if c.Stats.Caps["records not stored (database locked)"] == 0 || c.EndedAt != 0 {
		t.Errorf("%+v", c)
	}
	must(t, r.l.Close())
}

// Messages and findings have room when PDUs have none any more.
func TestLiveShares(t *testing.T) {
	path := filepath.Join(t.TempDir(), "x.db")
	r := newLive(t, path, LiveOptions{Queue: 64 << 10})
	r.stored()
	release := exclusive(t, path)
	r.write(r.exchange(1000))
	r.write([]analyze.Record{
		r.finding(1, 0, 1),
		{Kind: analyze.RecordMessage, Message: &analyze.Message{ID: 1, SubmitSession: 1, Text: "x"}},
	})
	r.until(reasonLocked)
	release()
	r.until("")
	db := r.close(path)
	if got := one(t, db, "SELECT (SELECT count(*) FROM findings) || (SELECT count(*) FROM messages)"); got != "11" {
		t.Error(got)
	}
	if r.l.State().Dropped == 0 {
		t.Error("nothing was dropped")
	}
}

// A full disk: records wait, and what does not fit is counted; when there is
// room again recording goes on in the same capture.
func TestLiveDiskFull(t *testing.T) {
	dir := smpptest.SmallDisk(t, 8<<20)
	path, ballast := filepath.Join(dir, "x.db"), filepath.Join(dir, "ballast")
	r := newLive(t, path, LiveOptions{Queue: 1 << 20})
	r.write(r.exchange(10))
	r.stored()
	must(t, os.WriteFile(ballast, make([]byte, 6<<20), 0o600))
	away := false
	for !away {
		r.write(r.exchange(50))
		select {
		case s := <-r.states:
			if away = s.Away == reasonFull; !away {
				t.Fatalf("%+v", s)
			}
		default:
		}
	}
	r.write(r.exchange(3000)) // more than the queue holds
	must(t, os.Remove(ballast))
	r.until("")
	r.stored()
	r.write(r.exchange(10))
	db := r.close(path)
	dropped := 0
	for d, n := range r.l.Dropped() {
		if d.Link != "link1" || d.Reason != reasonFull && d.Reason != reasonSlow {
			t.Errorf("%+v: %d", d, n)
		}
		dropped += int(n)
	}
	if r.l.Dropped()[Drop{"link1", reasonFull}] == 0 {
		t.Error("nothing was dropped")
	}
	r.wantPDUs(db, r.sent-dropped)
	if got := one(t, db, "SELECT count(*) FROM captures"); got != "1" {
		t.Errorf("%s captures", got)
	}
}

// A disk that is full, or cannot be written, when the run begins.
func TestLiveBeginsAway(t *testing.T) {
	dir := smpptest.SmallDisk(t, 1<<20)
	path, ballast := filepath.Join(dir, "x.db"), filepath.Join(dir, "ballast")
	f, err := os.Create(ballast)
	must(t, err)
	for {
		if _, err := f.Write(make([]byte, 4096)); err != nil {
			break
		}
	}
	must(t, f.Close())
	r := newLive(t, path, LiveOptions{})
	r.write(r.exchange(10))
	r.until(reasonFull)
	must(t, os.Remove(ballast))
	r.until("")
	db := r.close(path)
	r.wantPDUs(db, 20)
	must(t, db.Close())

	must(t, syscall.Mount("", dir, "", syscall.MS_REMOUNT|syscall.MS_RDONLY, ""))
	r = newLive(t, path, LiveOptions{})
	r.write(r.exchange(20))
	r.until(reasonReadOnly)
	must(t, syscall.Mount("", dir, "", syscall.MS_REMOUNT, ""))
	r.until("")
	db = r.close(path)
	r.wantPDUs(db, 40)
	if p := r.l.Place(); p.Capture != 2 || p.PDU != 20 {
		t.Errorf("%+v", p)
	}
}

// A mount that cannot be written covers the database for a while: what the
// hidden file has already is not stored twice.
func TestLiveCovered(t *testing.T) {
	dir := smpptest.SmallDisk(t, 8<<20)
	path := filepath.Join(dir, "x.db")
	r := newLive(t, path, LiveOptions{})
	r.write(r.exchange(10))
	r.stored()
	if err := syscall.Mount("none", dir, "tmpfs", syscall.MS_RDONLY, ""); err != nil {
		t.Fatal(err)
	}
	r.write(r.exchange(10))
	r.until(reasonReadOnly)
	r.write(r.exchange(10))
	must(t, syscall.Unmount(dir, syscall.MNT_DETACH))
	r.until("")
	r.write(r.exchange(10))
	db := r.close(path)
	r.wantPDUs(db, r.sent)
	if got := one(t, db, "SELECT count(*) FROM captures"); got != "1" {
		t.Errorf("%s captures", got)
	}
}

// A file that was deleted is made anew, with the capture and what is open.
func TestLiveDeleted(t *testing.T) {
	path := filepath.Join(t.TempDir(), "x.db")
	simple(t, path, 5)
	r := newLive(t, path, LiveOptions{})
	r.write(append(r.exchange(10), r.finding(1, 0, 1)))
	r.stored()
	for _, suffix := range []string{"", "-wal", "-shm", "-lock"} {
		must(t, os.Remove(path+suffix))
	}
	r.until(reasonGone)
	r.until("")
	r.write(r.exchange(10))
	db := r.close(path)
	r.wantPDUs(db, 20)
	if got := one(t, db, "SELECT (SELECT count(*) FROM captures) || (SELECT count(*) FROM sessions) || (SELECT count(*) FROM findings)"); got != "111" {
		t.Error(got)
	}
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
		t.Error(info.Mode(), err)
	}
}

// What comes after a file was moved away is not stored into that one first.
func TestLiveMoved(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "d")
	must(t, os.Mkdir(dir, 0o700))
	path := filepath.Join(dir, "x.db")
	r := newLive(t, path, LiveOptions{})
	r.write(r.exchange(10))
	r.stored()
	must(t, os.Rename(dir, dir+".old"))
	must(t, os.Mkdir(dir, 0o700))
	r.write(r.exchange(7))
	r.until(reasonGone)
	r.until("")
	r.close(path)
	for path, want := range map[string]string{path: "14", filepath.Join(dir+".old", "x.db"): "20"} {
		db, err := OpenReadOnly(path)
		must(t, err)
		if got := one(t, db, "SELECT count(*) FROM pdus"); got != want {
			t.Errorf("%s has %s PDUs, want %s", path, got, want)
		}
		must(t, db.Close())
	}
}

// The log or its index is deleted alone, as by an rm that comes late: nothing
// is lost, and who reads sees what comes.
func TestLiveLogDeleted(t *testing.T) {
	for _, suffix := range []string{"-wal", "-shm"} {
		path := filepath.Join(t.TempDir(), "x.db")
		r := newLive(t, path, LiveOptions{})
		r.write(r.exchange(10))
		r.stored()
		must(t, os.Remove(path+suffix))
		r.until(reasonGone)
		r.until("")
		r.write(r.exchange(10))
		r.stored()
		r.wantPDUs(read(t, path), 40)
		r.wantPDUs(r.close(path), 40)
	}
}

// A file that another took the place of: that one's captures stay as they
// are, and the run goes on behind them.
func TestLiveReplaced(t *testing.T) {
	dir := t.TempDir()
	path, other := filepath.Join(dir, "x.db"), filepath.Join(dir, "other.db")
	simple(t, other, 7)
	r := newLive(t, path, LiveOptions{})
	r.write(r.exchange(10))
	r.stored()
	kept := filepath.Join(dir, "kept.db")
	must(t, os.Rename(path, kept))
	must(t, os.Rename(other, path))
	r.write(r.exchange(10))
	r.until(reasonGone)
	r.until("")
	for _, suffix := range []string{"-wal", "-shm"} {
		if _, err := os.Stat(kept + suffix); err == nil {
			t.Error(kept + suffix)
		}
	}
	checkIntact(t, kept)
	if got := len(pdus(t, read(t, kept), Filter{})); got != 20 && got != 40 { // the second lot may have been on its way
		t.Errorf("the file that was moved away has %d PDUs", got)
	}
	db := r.close(path)
	if got := one(t, db, "SELECT count(*) FROM pdus WHERE id <= 14"); got != "14" {
		t.Error(got)
	}
	if got := one(t, db, "SELECT group_concat(n) FROM (SELECT count(*) AS n FROM pdu_list WHERE system_id = 'acme' GROUP BY capture)"); got != "14,20" {
		t.Error(got)
	}
}

// A reader that stays in its transaction stops no writing, and sees what was
// there when it began.
func TestLiveReader(t *testing.T) {
	path := filepath.Join(t.TempDir(), "x.db")
	r := newLive(t, path, LiveOptions{})
	r.write(r.exchange(10))
	r.stored()
	db := read(t, path)
	tx, err := db.read.BeginTx(t.Context(), &sql.TxOptions{ReadOnly: true})
	must(t, err)
	var n int
	must(t, tx.QueryRow("SELECT count(*) FROM pdus").Scan(&n))
	for range 100 {
		r.write(r.exchange(500))
	}
	r.stored()
	must(t, tx.QueryRow("SELECT count(*) FROM pdus").Scan(&n))
	if n != 20 {
		t.Errorf("the reader sees %d PDUs", n)
	}
	must(t, tx.Rollback())
	r.wantPDUs(r.close(path), r.sent)
	select {
	case s := <-r.states:
		t.Errorf("%+v", s)
	default:
	}
}

// What cannot be stored when the run ends is counted and told.
func TestLiveEndsAway(t *testing.T) {
	path := filepath.Join(t.TempDir(), "x.db")
	r := newLive(t, path, LiveOptions{Grace: 50 * time.Millisecond})
	r.write(r.exchange(10))
	r.stored()
	release := exclusive(t, path)
	r.write(r.exchange(10)[:20])
	r.until(reasonLocked)
	err := r.l.Close()
	if err == nil || !strings.Contains(err.Error(), "21 records at the end of the run not stored") {
		t.Error(err)
	}
	if got := r.l.Dropped()[Drop{"link1", reasonLocked}]; got != 21 { // with the session
		t.Error(r.l.Dropped())
	}
	release()
	checkIntact(t, path)
	if err := r.l.Write(t.Context(), nil); err == nil {
		t.Error("it takes records after Close")
	}
}

// A path that is wrong is told at once.
func TestLivePath(t *testing.T) {
	dir := t.TempDir()
	text := filepath.Join(dir, "text")
	must(t, os.WriteFile(text, []byte("not a database, and long enough to be read as one"), 0o600))
	taken := filepath.Join(dir, "taken.db")
	db, err := Open(taken, Options{})
	must(t, err)
	defer db.Close()
	for path, want := range map[string]string{
		filepath.Join(dir, "none", "x.db"): "no such file or directory",
		dir:                                "is a directory",
		text:                               "this is no SQLite database",
		taken:                              "is being written by another smpptap",
	} {
		l, err := OpenLive(path, LiveOptions{})
		if err == nil {
			l.Close()
		}
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", path, err, want)
		}
	}
}

var _ analyze.Sink = (*Live)(nil)
