package store

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/mattn/go-sqlite3"
)

// partTime is what stands in the name of a part (Rotate): when it began, UTC.
const partTime = "-20060102T150405"

// Files gives the databases that a name stands for: the file itself, when it
// is there, and those that a Live with Rotate made of the name, oldest first.
// When there are none it gives the name.
func Files(path string) []string {
	all := parts(path)
	if _, err := os.Stat(path); err == nil || len(all) == 0 {
		all = append([]string{path}, all...)
	}
	return all
}

// parts gives the files that were made of a name, by the times in their names.
func parts(path string) (all []string) {
	ext := filepath.Ext(path)
	stem := strings.TrimSuffix(filepath.Base(path), ext)
	entries, _ := os.ReadDir(filepath.Dir(path)) // sorted; what cannot be listed has none
	for _, e := range entries {
		name := e.Name()
		at, err := time.Parse(partTime, strings.TrimSuffix(strings.TrimPrefix(name, stem), ext))
		if err == nil && name == stem+at.Format(partTime)+ext && e.Type().IsRegular() {
			all = append(all, filepath.Join(filepath.Dir(path), name))
		}
	}
	return all
}

// partName is the name of a part that begins at a time. It comes after all
// that there are, also when the clock was put back.
func partName(path string, at time.Time) string {
	ext := filepath.Ext(path)
	stem := strings.TrimSuffix(path, ext)
	if all := parts(path); len(all) > 0 {
		newest := strings.TrimSuffix(filepath.Base(all[len(all)-1]), ext)
		last, _ := time.Parse(partTime, newest[len(newest)-len(partTime):])
		if next := last.Add(time.Second); at.Before(next) {
			at = next
		}
	}
	return stem + at.UTC().Format(partTime) + ext
}

// isPart tells whether a file was made by Rotate, or is empty as a run that was
// killed leaves it. A backup that has such a name is none.
func isPart(name string) (is bool, err error) {
	err = lookInto(name, func(c *sqlite3.SQLiteConn) error {
		if n, err := integer(c, "SELECT count(*) FROM sqlite_schema"); n == 0 {
			is = err == nil
			return err
		}
		others, err := integer(c, "SELECT count(*) FROM captures WHERE json_extract(stats, '$.Run') IS NULL")
		is = err == nil && others == 0
		return err
	})
	return is, err
}

// lookInto lends a connection to a database that can only read.
func lookInto(name string, look func(*sqlite3.SQLiteConn) error) error {
	real, err := realPath(name)
	if err != nil {
		return err
	}
	c, err := newConnector(real, modeRead, time.Second).Connect(context.Background())
	if err != nil {
		return err
	}
	defer c.Close() //nolint:errcheck // it was read
	return look(c.(*sqlite3.SQLiteConn))
}

// remove removes a database with its log. The lock is its owner's.
func remove(name string) error {
	var errs []error
	for _, suffix := range []string{"", "-wal", "-shm"} {
		if err := os.Remove(name + suffix); err != nil && !errors.Is(err, fs.ErrNotExist) {
			errs = append(errs, err)
		}
	}
	return errors.Join(errs...)
}
