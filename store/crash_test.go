package store

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"smpptap/analyze"
	"smpptap/internal/smpptest"
)

// writeForEver is the body of a child process: it records until it is killed
// or a write fails, and says after each batch how far it came.
func writeForEver(path string) {
	if os.Getenv("SMPPTAP_STORE_LIMIT") != "" {
		signal.Ignore(syscall.SIGXFSZ)
		lim := syscall.Rlimit{Cur: 2 << 20, Max: 2 << 20}
		if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &lim); err != nil {
			fmt.Println("setrlimit:", err)
			os.Exit(2)
		}
	}
	if os.Getenv("SMPPTAP_STORE_LIVE") != "" {
		fmt.Println(liveForEver(path))
		os.Exit(1)
	}
	if os.Getenv("SMPPTAP_STORE_ROTATE") != "" {
		fmt.Println(rotateForEver(path))
		os.Exit(1)
	}
	db, err := Open(path, Options{})
	if err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
	err = fill(db, func(at int64) { fmt.Println(at); time.Sleep(2 * time.Millisecond) })
	fmt.Println(err)
	os.Exit(1)
}

// fill records batches stamped with the time until one fails.
func fill(db *DB, done func(at int64)) error {
	w, err := db.NewWriter(WriterOptions{})
	if err != nil {
		return err
	}
	r := newRun()
	if err := w.Write(context.Background(), r.begin("child")); err != nil {
		return err
	}
	for {
		batch := r.exchange(20)
		at := time.Now().UnixNano()
		for i := range batch {
			if p := batch[i].PDU; p != nil {
				p.At.Time = at
			}
		}
		if err := w.Write(context.Background(), batch); err != nil {
			return errors.Join(err, w.Close())
		}
		done(at)
	}
}

func child(t *testing.T, path string, env ...string) (*exec.Cmd, *bufio.Scanner) {
	t.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), append(env, "SMPPTAP_STORE_CHILD="+path)...)
	out, err := cmd.StdoutPipe()
	must(t, err)
	must(t, cmd.Start())
	return cmd, bufio.NewScanner(out)
}

func one(t *testing.T, db *DB, query string) string {
	t.Helper()
	got := ""
	must(t, db.Query(t.Context(), query, func([]string) error { return nil }, func(v []any) error {
		got += fmt.Sprint(v[0])
		return nil
	}))
	return got
}

func TestKilled(t *testing.T) {
	if testing.Short() {
		t.Skip("takes seconds")
	}
	path := filepath.Join(t.TempDir(), "x.db")
	for i := range 5 {
		cmd, lines := child(t, path)
		var first int64
		if !lines.Scan() {
			t.Fatal("the child says nothing")
		} else if _, err := fmt.Sscan(lines.Text(), &first); err != nil {
			t.Fatal(lines.Text())
		}
		said := append([]int64{first}, killedAfter(t, time.Duration(200+200*i)*time.Millisecond, cmd, lines)...)
		db, err := OpenReadOnly(path)
		must(t, err)
		if got := one(t, db, "PRAGMA integrity_check"); got != "ok" {
			t.Fatal(got)
		}
		if d := missing(t, db, said); d > time.Second {
			t.Errorf("run %d: the last %v are missing", i, d)
		}
		if got := one(t, db, "SELECT count(*) FROM captures WHERE ended_at IS NOT NULL"); got != "0" {
			t.Errorf("%s captures look ended", got)
		}
		if got := one(t, db, "SELECT count(*) FROM sessions WHERE pdus_to_smsc = 0"); got != "0" {
			t.Errorf("%s sessions were not stored with their PDUs", got)
		}
		must(t, db.Close())
	}
	simple(t, path, 1) // the lock of a killed process is no hindrance
	db := read(t, path)
	for _, x := range slices.Concat(bulkIndices, messageIndices) {
		if one(t, db, "SELECT count(*) FROM sqlite_schema WHERE name = '"+x.name+"'") != "1" {
			t.Error("no index " + x.name + " after a whole capture")
		}
	}
}

func TestFileTooLarge(t *testing.T) {
	path := filepath.Join(t.TempDir(), "x.db")
	cmd, lines := child(t, path, "SMPPTAP_STORE_LIMIT=1")
	last := ""
	for lines.Scan() {
		last = lines.Text()
	}
	_ = cmd.Wait()
	if !strings.Contains(last, "records not stored") || !strings.Contains(last, path) {
		t.Error(last)
	}
	checkIntact(t, path)
}

func checkIntact(t *testing.T, path string) {
	t.Helper()
	db, err := OpenReadOnly(path)
	must(t, err)
	defer db.Close()
	if got := one(t, db, "PRAGMA integrity_check"); got != "ok" {
		t.Error(got)
	}
	if got := one(t, db, "SELECT count(*) > 0 FROM pdus"); got != "1" {
		t.Error("nothing was stored")
	}
}

func TestDiskFull(t *testing.T) {
	dir := smpptest.SmallDisk(t, 6<<20)
	defer func() { must(t, syscall.Unmount(dir, 0)) }()
	path := filepath.Join(dir, "x.db")
	db, err := Open(path, Options{})
	must(t, err)
	err = fill(db, func(int64) {})
	if err == nil || !strings.Contains(err.Error(), "no space is left") || !strings.Contains(err.Error(), "records not stored") {
		t.Error(err)
	}
	must(t, db.Close())
	checkIntact(t, path)
}

// A mount that cannot be written: a finished database is readable, one with a
// log left beside it tells what to do.
func TestReadOnlyMount(t *testing.T) {
	dir, ro := t.TempDir(), t.TempDir()
	path := filepath.Join(dir, "x.db")
	simple(t, path, 3)
	cut := filepath.Join(dir, "cut.db")
	simple(t, cut, 3)
	must(t, os.WriteFile(cut+"-wal", make([]byte, 4096), 0o600))
	if err := syscall.Mount(dir, ro, "", syscall.MS_BIND, ""); err != nil {
		t.Skip("cannot mount: ", err)
	}
	defer func() { must(t, syscall.Unmount(ro, 0)) }()
	must(t, syscall.Mount("", ro, "", syscall.MS_BIND|syscall.MS_REMOUNT|syscall.MS_RDONLY, ""))
	db, err := OpenReadOnly(filepath.Join(ro, "x.db"))
	must(t, err)
	if got := len(pdus(t, db, Filter{})); got != 6 {
		t.Errorf("%d PDUs", got)
	}
	must(t, db.Close())
	_, err = OpenReadOnly(filepath.Join(ro, "cut.db"))
	if !errors.Is(err, errLeftover) {
		t.Error(err)
	}
	_, err = Open(filepath.Join(ro, "x.db"), Options{})
	if !errors.Is(err, syscall.EROFS) {
		t.Error(err)
	}
}

var _ analyze.Sink = (*Writer)(nil)
