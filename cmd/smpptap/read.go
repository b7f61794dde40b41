package main

import (
	"context"
	"errors"
	"strings"
	"syscall"

	"github.com/spf13/cobra"

	"smpptap/analyze/profile"
	"smpptap/report"
)

// readFlags are those of `read`.
type readFlags struct {
	files
	tree    bool
	hex     bool
	format  string
	count   int64
	out     string
	names   []string // -e
	options []string // -E
	stats   []string // -z

	fields *report.Fields
}

const readLong = `List PDUs as tshark does, one row a PDU where tshark has one a packet.

-Y takes Wireshark's display filters with its field names, and smpptap's own
fields: smpptap.text, smpptap.latency, smpptap.rule, smpptap.system_id and others.
'smpptap help filter' explains them. -c stops after so many rows that are shown.

A response names the request it answers and its latency. A request's row stands
before its response was read, so it cannot name it; recorded PDUs can: see
'smpptap show' and 'smpptap pdus'.

-T fields -e NAME writes values as tshark does, but one row a PDU: passwords are
masked, times are UTC, characters that a terminal would act on are escaped, and
with -E quote= a quote inside a value is doubled.

Statistics of -z stand behind the rows; -q leaves out the rows. They count PDUs,
and -Y does not limit them: they take filters of their own.
  -z smpp_commands,tree[,FILTER]        requests, responses, statuses
  -z io,stat,SECONDS[,FILTER]...        PDUs and octets by interval; 0: the whole
  -z smpp,srt[,FILTER]                  response times by command`

func (a *app) readCommand() *cobra.Command {
	var f readFlags
	cmd := &cobra.Command{
		Use:   "read FILE... | -",
		Short: "List PDUs as tshark does; records nothing",
		Long:  readLong,
		Example: "  smpptap read capture.pcap\n  smpptap read -V -x -c 1 capture.pcap\n" +
			"  smpptap read -Y 'smpp.command_status != 0' capture.pcap\n" +
			"  smpptap read -T fields -e frame.number -e smpp.command_id -E header=y capture.pcap\n" +
			"  smpptap read -q -z smpp,srt -z io,stat,1 capture.pcap\n" +
			"  smpptap read -T ndjson capture.pcap | jq .status",
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := f.check(args); err != nil {
				return err
			}
			return a.read(cmd.Context(), &f)
		},
	}
	f.files.add(cmd)
	fl := cmd.Flags()
	fl.BoolVarP(&f.tree, "details", "V", false, "each PDU as a tree")
	fl.BoolVarP(&f.hex, "hexdump", "x", false, "the octets too")
	fl.StringVarP(&f.format, "format", "T", "table", "table, tree, json, ndjson, fields or ek")
	fl.Int64VarP(&f.count, "count", "c", 0, "stop after `N` PDUs that are shown")
	fl.StringVarP(&f.out, "output", "o", "", "write to a `file`")
	fl.StringArrayVarP(&f.names, "field", "e", nil, "with -T fields: a `field` to write; repeatable")
	fl.StringArrayVarP(&f.options, "field-option", "E", nil,
		"with -T fields: header=y, separator=/t, quote=d|s|n, occurrence=f|l|a, aggregator=, or bom=y; repeatable")
	fl.StringArrayVarP(&f.stats, "statistics", "z", nil, "a `statistic` behind the rows; repeatable: "+strings.Join(report.StatNames(), "; "))
	return cmd
}

func (f *readFlags) check(args []string) (err error) {
	if err := oneOf("-T", f.format, "table", "tree", "json", "ndjson", "fields", "ek"); err != nil {
		return err
	}
	if f.count < 0 {
		return usagef("-c: %d is no number of PDUs", f.count)
	}
	if f.tree && f.format != "table" && f.format != "tree" {
		return usagef("-V is a text format; it cannot be had as %s", f.format)
	}
	switch isFields := f.format == "fields"; {
	case isFields && len(f.names) == 0:
		return usagef("-T fields: name a field with -e, for example -e smpp.command_id")
	case !isFields && len(f.names)+len(f.options) > 0:
		return usagef("-e and -E go with -T fields")
	case isFields && f.hex, f.format == "ek" && f.hex:
		return usagef("-x cannot be had as %s; -T json and -T ndjson have the octets", f.format)
	case isFields:
		if f.fields, err = report.NewFields(f.names, f.options); err != nil {
			return &exitError{exitUsage, err}
		}
	}
	return f.take(args)
}

var readFormats = map[string]report.Format{
	"table": report.FormatTable, "tree": report.FormatTree, "json": report.FormatJSON,
	"ndjson": report.FormatNDJSON, "fields": report.FormatFields, "ek": report.FormatEK,
}

func (f *readFlags) listing(quiet bool) report.Format {
	switch {
	case quiet && len(f.stats) > 0:
		return report.FormatNone
	case f.tree:
		return report.FormatTree
	}
	return readFormats[f.format]
}

func (a *app) read(ctx context.Context, f *readFlags) error {
	p, err := a.loadProfile()
	if err != nil {
		return err
	}
	wanted, err := a.displayFilter(p.Dialect())
	if err != nil {
		return err
	}
	stats, err := a.statistics(f.stats, p)
	if err != nil {
		return err
	}
	if err := f.readable(); err != nil {
		return err
	}
	out, err := a.output(f.out, a.isLive(nil, &f.files))
	if err != nil {
		return err
	}
	opt := a.reportOptions(out.stream(), p)
	opt.Hex = f.hex
	list := report.NewListing(out, opt, report.ListingOptions{
		Format: f.listing(a.quiet), Limit: f.count, Live: a.isLive(out.stream(), &f.files), Header: opt.Width > 0,
		Fields: f.fields, Filter: wanted, Stats: stats,
	})
	f.noAudit = !list.ShowsFindings() && (wanted == nil || !wanted.NeedsFindings()) && !report.NeedFindings(stats)
	f.parts = list.ShowsMessages()
	// The listing reads the texts of what it shows.
	err = a.analyse(ctx, &f.files, p, false, list)
	if e := list.Close(); err == nil {
		err = e
	}
	if len(list.Unused) > 0 {
		a.remark("%s", strings.Join(list.Unused, "; "))
	}
	if list.Gaps > 0 && (f.listing(a.quiet) != report.FormatTree || wanted != nil) && !errors.Is(err, syscall.EPIPE) {
		a.remark("%s in %s: no PDU (lost, or garbage); -V without -Y shows them",
			report.Things(list.GapOctets, "octets"), report.Things(list.Gaps, "places"))
	}
	// What could be read of a damaged capture is the result, as on standard output.
	if e := out.close(err == nil || ctx.Err() == nil); err == nil {
		err = e
	}
	return err
}

// statistics reads -z.
func (a *app) statistics(args []string, p *profile.Profile) ([]report.Stat, error) {
	var stats []report.Stat
	for _, arg := range args {
		s, err := report.ParseStat(arg, p.Dialect(), a.parseFilter(p.Dialect()))
		if err != nil {
			return nil, &exitError{exitUsage, err}
		}
		stats = append(stats, s)
	}
	return stats, nil
}
