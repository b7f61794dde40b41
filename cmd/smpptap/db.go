package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"

	"github.com/spf13/cobra"

	"smpptap/report"
	"smpptap/store"
)

func (a *app) dbCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "db",
		Short: "Look after a database: what it holds, whether it is sound; compact, merge, erase",
		Args:  noArgs,
		RunE: func(*cobra.Command, []string) error {
			return usagef("say what to do: db info, db check, db compact, db merge DB... -o FILE, db erase --number N")
		},
	}
	cmd.AddCommand(a.dbInfo(), a.dbCheck(), a.dbCompact(), a.dbMerge(), a.dbErase())
	return cmd
}

// databases are the files that a command is about: those of its arguments,
// else of --db, each with its parts.
func (a *app) databases(args []string) (all []string) {
	if len(args) == 0 {
		args = a.dbs
	}
	for _, path := range args {
		for _, file := range store.Files(path) {
			if !slices.ContainsFunc(all, func(known string) bool { return same(known, file) }) {
				all = append(all, file)
			}
		}
	}
	return all
}

// each does what a command does, to one database after the other. Of several
// one may be empty, where a run was cut off as it began.
func (a *app) each(args []string, do func(path string) error) error {
	all := a.databases(args)
	for _, path := range all {
		if err := do(path); err != nil && (len(all) == 1 || !errors.Is(err, store.ErrEmpty)) {
			return err
		}
	}
	return nil
}

// heading names a database where there are several.
func (a *app) heading(args []string, path string) {
	if len(a.databases(args)) > 1 {
		fmt.Fprintf(a.out, "%s:\n", report.Safe(path))
	}
}

func (a *app) dbCheck() *cobra.Command {
	return &cobra.Command{
		Use:   "check [DB...]",
		Short: "Read all of a database and say what is wrong with it; exit code 1 when something is",
		RunE: func(cmd *cobra.Command, args []string) error {
			var faults error // the others are looked at all the same
			err := a.each(args, func(path string) error {
				db, err := store.OpenReadOnly(path)
				if err != nil {
					return err
				}
				defer func() { _ = db.Close() }()
				a.heading(args, path)
				faults = errors.Join(faults, a.checkDB(cmd.Context(), db))
				return nil
			})
			return oneLine(errors.Join(faults, err))
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
		return fmt.Errorf("database %s: %s", db.Path(), report.Things(int64(len(faults)), "faults"))
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
		Use:   "compact [DB...]",
		Short: "Write a database anew without the space that was freed in it",
		Long: "compact writes the database anew, all or nothing. It needs as much room again while it works, and\n" +
			"nobody may be recording into it.",
		RunE: func(_ *cobra.Command, args []string) error {
			return a.each(args, func(path string) error {
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
			})
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
		Long: "merge copies all captures into a new database, in the order of the arguments. What would have a number\n" +
			"that is taken is numbered anew with all of its database. The files of a run with --rotate become one\n" +
			"capture. The databases stay as they are.",
		Example: "  smpptap db merge monday.db tuesday.db -o week.db",
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) == 0 {
				return usagef("name the databases to merge")
			}
			if out == "" {
				return usagef("name the new database with -o")
			}
			return a.merge(cmd.Context(), args, out)
		},
	}
	cmd.Flags().StringVarP(&out, "output", "o", "", "the new database `file`")
	return cmd
}

func (a *app) merge(ctx context.Context, paths []string, out string) (err error) {
	if _, err := os.Lstat(out); err == nil {
		return usagef("%s is there already: -o wants a new file", out)
	}
	for i, p := range paths {
		for _, q := range paths[:i] {
			if same(p, q) {
				return usagef("%s and %s are one database", q, p)
			}
		}
	}
	db, err := store.Open(out, store.Options{})
	if err != nil {
		return err
	}
	if err = errors.Join(db.Merge(ctx, a.databases(paths)...), db.Close()); err != nil {
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
