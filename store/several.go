package store

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// OpenAll opens databases to read from them, each name with its parts (Files).
// Several are read as the one that Merge makes of them: it is made beside, in
// os.TempDir, readable by its owner only, and removed by Close. That takes as
// much room and about as long as recording them did. A single file is read as
// it is.
func OpenAll(ctx context.Context, paths ...string) (*DB, error) {
	var files []string
	for _, p := range paths {
		for _, f := range Files(p) {
			if !slices.ContainsFunc(files, func(g string) bool { return sameFile(f, g) }) {
				files = append(files, f)
			}
		}
	}
	if len(files) == 1 {
		return OpenReadOnly(files[0])
	}
	dir, err := os.MkdirTemp("", "smpptap-")
	if err != nil {
		return nil, fmt.Errorf("copy databases: %w", err)
	}
	db, err := mergedIn(ctx, filepath.Join(dir, "all.db"), files)
	if err != nil {
		return nil, errors.Join(err, os.RemoveAll(dir))
	}
	db.path, db.scratch = strings.Join(paths, ", "), dir
	return db, nil
}

// mergedIn merges databases into a new one, and opens that.
func mergedIn(ctx context.Context, path string, files []string) (*DB, error) {
	db, err := Open(path, Options{})
	if err != nil {
		return nil, err
	}
	err = db.Merge(ctx, files...)
	if e := db.Close(); cmp.Or(err, e) != nil {
		return nil, cmp.Or(err, e)
	}
	return OpenReadOnly(path)
}

func sameFile(a, b string) bool {
	x, err := os.Stat(a)
	if err != nil {
		return a == b
	}
	y, err := os.Stat(b)
	return err == nil && os.SameFile(x, y)
}
