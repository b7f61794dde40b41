package main

import (
	"context"
	"errors"
	"fmt"
	"os"

	"github.com/spf13/cobra"

	"smpptap/report"
	"smpptap/store"
)

func (a *app) dbCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "db",
		Short: "Look after a database: what it holds, whether it is sound; compact, merge, erase",
		Args:  cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			return usagef("say what to do: db info, db check, db compact, db merge DB... -o FILE, db erase --number N")
		},
	}
	cmd.AddCommand(a.dbInfo(), a.dbCheck(), a.dbCompact(), a.dbMerge(), a.dbErase())
	return cmd
}

// dbPath is the database that a command is about.
func (a *app) dbPath(args []string) string {
	if len(args) > 0 {
		return args[0]
	}
	return a.db
}

func (a *app) dbCheck() *cobra.Command {
	return &cobra.Command{
		Use:   "check [DB]",
		Short: "Read all of a database and say what is wrong with it; exit code 1 when something is",
		Args:  cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			db, err := store.OpenReadOnly(a.dbPath(args))
			if err != nil {
				return err
			}
			defer func() { _ = db.Close() }()
			return a.checkDB(cmd.Context(), db)
		},
	}
}

func (a *app) checkDB(ctx context.Context, db *store.DB) error {
	captures, err := db.Captures(ctx)
	if err != nil {
		return err
	}
	faults, err := db.Check(ctx)
	if err != nil {
		return err
	}
	for _, c := range captures {
		if c.EndedAt == 0 {
			fmt.Fprintf(a.out, "capture %d was cut off, or is still being recorded\n", c.ID)
		}
	}
	for _, f := range faults {
		fmt.Fprintln(a.out, report.Safe(f))
	}
	if len(faults) > 0 {
		return fmt.Errorf("database %s: %d faults", db.Path(), len(faults))
	}
	fmt.Fprintln(a.out, "ok")
	return nil
}

// existing opens a database to change it; one that is not there is not made.
func existing(path string) (*store.DB, error) {
	db, err := store.OpenReadOnly(path)
	if err != nil {
		return nil, err
	}
	if err := db.Close(); err != nil {
		return nil, err
	}
	return store.Open(path, store.Options{})
}

func (a *app) dbCompact() *cobra.Command {
	return &cobra.Command{
		Use:   "compact [DB]",
		Short: "Write a database anew without the space that was freed in it",
		Long: "compact writes the database anew, all or nothing. It needs as much room again while it works, and\n" +
			"nobody may be recording into it.",
		Args: cobra.MaximumNArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			path := a.dbPath(args)
			before := fileSize(path)
			db, err := existing(path)
			if err != nil {
				return err
			}
			if err := errors.Join(db.Compact(), db.Close()); err != nil {
				return err
			}
			fmt.Fprintf(a.out, "%s: %s octets, before %s\n", report.Safe(path), report.Count(fileSize(path)), report.Count(before))
			return nil
		},
	}
}

func fileSize(path string) int64 {
	info, err := os.Stat(path)
	if err != nil {
		return 0
	}
	return info.Size()
}

func (a *app) dbMerge() *cobra.Command {
	var out string
	cmd := &cobra.Command{
		Use:   "merge DB... -o FILE",
		Short: "Put the captures of several databases into a new one",
		Long: "merge copies all captures into a new database, in the order of the arguments, and numbers them,\n" +
			"their PDUs and everything else anew. The databases stay as they are.",
		Example: "  smpptap db merge monday.db tuesday.db -o week.db",
		RunE: func(_ *cobra.Command, args []string) error {
			if len(args) == 0 {
				return usagef("name the databases to merge")
			}
			if out == "" {
				return usagef("name the new database with -o")
			}
			return a.merge(args, out)
		},
	}
	cmd.Flags().StringVarP(&out, "output", "o", "", "the new database `file`")
	return cmd
}

func (a *app) merge(paths []string, out string) (err error) {
	if _, err := os.Lstat(out); err == nil {
		return usagef("%s is there already: -o wants a new file", out)
	}
	for i, p := range paths {
		for _, q := range paths[:i] {
			if same(p, q) {
				return usagef("%s and %s are one database", q, p)
			}
		}
		db, err := store.OpenReadOnly(p) // before a file is made
		if err != nil {
			return err
		}
		if err := db.Close(); err != nil {
			return err
		}
	}
	db, err := store.Open(out, store.Options{})
	if err != nil {
		return err
	}
	for _, p := range paths {
		if err = db.Merge(p); err != nil {
			break
		}
	}
	if err == nil {
		err = db.MakeIndices()
	}
	if err == nil {
		err = db.Link() // receipts of one with messages of another
	}
	if err = errors.Join(err, db.Close()); err != nil {
		return errors.Join(err, os.Remove(out))
	}
	return nil
}

// same tells that two paths name one file.
func same(a, b string) bool {
	x, err := os.Stat(a)
	if err != nil {
		return false
	}
	y, err := os.Stat(b)
	return err == nil && os.SameFile(x, y)
}
