package main

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"time"

	"github.com/spf13/cobra"

	"smpptap/report"
	"smpptap/store"
)

func (a *app) dbInfo() *cobra.Command {
	var format string
	cmd := &cobra.Command{
		Use:   "info [DB...]",
		Short: "Say what a database holds",
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := oneOf("-T", format, "table", "json"); err != nil {
				return err
			}
			return a.each(args, func(path string) error { return a.info(cmd.Context(), path, format) })
		},
	}
	cmd.Flags().StringVarP(&format, "format", "T", "table", "table or json")
	return cmd
}

func (a *app) info(ctx context.Context, path, format string) error {
	db, err := store.OpenReadOnly(path)
	if err != nil {
		return err
	}
	defer func() { _ = db.Close() }()
	i, err := db.Info(ctx)
	if err != nil {
		return err
	}
	if format == "json" {
		return a.infoJSON(i)
	}
	return a.infoTable(i)
}

// captureInfo is a capture of `db info -T json`.
type captureInfo struct {
	ID        int64            `json:"id"`
	Kind      string           `json:"kind"`
	Source    string           `json:"source"`
	Profile   string           `json:"profile"`
	Version   string           `json:"version"`
	StartedAt string           `json:"started_at,omitempty"`
	EndedAt   string           `json:"ended_at,omitempty"`
	CutOff    bool             `json:"cut_off"`
	Missing   map[string]int64 `json:"missing,omitempty"`
}

func (a *app) infoJSON(i *store.Info) error {
	out := struct {
		*store.Info
		From     string        `json:"from,omitempty"`
		To       string        `json:"to,omitempty"`
		Captures []captureInfo `json:"captures"`
	}{Info: i, From: isoTime(i.First), To: isoTime(i.Last), Captures: []captureInfo{}}
	for _, c := range i.Captures {
		out.Captures = append(out.Captures, captureInfo{
			ID: c.ID, Kind: c.Kind, Source: c.Source, Profile: c.Profile, Version: c.Version,
			StartedAt: isoTime(c.StartedAt), EndedAt: isoTime(c.EndedAt), CutOff: c.EndedAt == 0, Missing: c.Stats.Caps,
		})
	}
	e := json.NewEncoder(a.out)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(out)
}

// isoTime is a time as JSON has it; empty: not known.
func isoTime(ns int64) string {
	if ns == 0 {
		return ""
	}
	return time.Unix(0, ns).UTC().Format("2006-01-02T15:04:05.000000000Z")
}

func (a *app) infoTable(i *store.Info) error {
	opt := a.reportOptions(a.out, nil)
	fmt.Fprintf(a.out, "database  %s, schema %d\n", report.Safe(i.Path), i.Schema)
	fmt.Fprintf(a.out, "size      %s octets, %s of them free, and %s of log\n",
		report.Count(i.Octets), report.Count(i.FreeOctets), report.Count(i.LogOctets))
	if i.First != 0 || i.Last != 0 {
		fmt.Fprintf(a.out, "PDUs      %s to %s\n", opt.TimeText(i.First), opt.TimeText(i.Last))
	}
	for _, what := range slices.Sorted(maps.Keys(i.Missing)) {
		fmt.Fprintf(a.out, "missing   %s\n", report.Safe(report.Things(i.Missing[what], what)))
	}
	fmt.Fprintln(a.out)
	t := report.NewTable(a.out, "", report.Column{Name: "table"}, report.Column{Name: "rows", Right: true})
	for _, r := range i.Rows {
		if err := t.Row(r.Table, report.Count(r.Rows)); err != nil {
			return err
		}
	}
	if err := t.Close(); err != nil {
		return err
	}
	fmt.Fprintln(a.out)
	t = report.NewTable(a.out, "", report.Column{Name: "capture", Right: true}, report.Column{Name: "kind"}, report.Column{Name: "started"},
		report.Column{Name: "ended"}, report.Column{Name: "profile"}, report.Column{Name: "source", Max: 60})
	for _, c := range i.Captures {
		ended := "cut off, or recording"
		if c.EndedAt != 0 {
			ended = opt.TimeText(c.EndedAt)
		}
		if err := t.Row(strconv.FormatInt(c.ID, 10), c.Kind, opt.TimeText(c.StartedAt), ended, c.Profile, c.Source); err != nil {
			return err
		}
	}
	return t.Close()
}
