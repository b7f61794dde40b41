package main

import (
	"context"
	"errors"
	"fmt"
	"syscall"

	"github.com/spf13/cobra"

	"smpptap/report"
)

// readFlags are those of `read`.
type readFlags struct {
	files
	tree   bool
	hex    bool
	format string
	count  int64
	out    string
}

func (a *app) readCommand() *cobra.Command {
	var f readFlags
	cmd := &cobra.Command{
		Use:   "read FILE... | -",
		Short: "List PDUs as tshark does; records nothing",
		Example: "  smpptap read capture.pcap\n  smpptap read -V -x -c 1 capture.pcap\n" +
			"  smpptap read -T ndjson capture.pcap | jq .status",
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := f.check(args); err != nil {
				return err
			}
			return a.read(cmd.Context(), &f)
		},
	}
	f.files.add(cmd)
	cmd.Flags().BoolVarP(&f.tree, "details", "V", false, "each PDU as a tree")
	cmd.Flags().BoolVarP(&f.hex, "hexdump", "x", false, "the octets too")
	cmd.Flags().StringVarP(&f.format, "format", "T", "table", "table, tree, json or ndjson")
	cmd.Flags().Int64VarP(&f.count, "count", "c", 0, "stop after `N` PDUs")
	cmd.Flags().StringVarP(&f.out, "output", "o", "", "write to a `file`")
	return cmd
}

func (f *readFlags) check(args []string) error {
	if err := oneOf("-T", f.format, "table", "tree", "json", "ndjson"); err != nil {
		return err
	}
	if f.count < 0 {
		return usagef("-c: %d is no number of PDUs", f.count)
	}
	if f.tree && f.format != "table" && f.format != "tree" {
		return usagef("-V is a text format; it cannot be had as %s", f.format)
	}
	return f.take(args)
}

func (f *readFlags) listing() report.Format {
	switch {
	case f.format == "json":
		return report.FormatJSON
	case f.format == "ndjson":
		return report.FormatNDJSON
	case f.format == "tree", f.tree:
		return report.FormatTree
	}
	return report.FormatTable
}

func (a *app) read(ctx context.Context, f *readFlags) error {
	p, err := a.loadProfile()
	if err != nil {
		return err
	}
	if err := f.readable(); err != nil {
		return err
	}
	out, err := a.output(f.out)
	if err != nil {
		return err
	}
	opt := a.reportOptions(out.Writer, p)
	if out.file != nil {
		opt = a.reportOptions(out.file, p)
	}
	opt.Hex = f.hex
	list := report.NewListing(out, opt, report.ListingOptions{
		Format: f.listing(), Limit: f.count, Live: a.isLive(out.Writer, f.paths), Header: opt.Width > 0,
	})
	err = a.analyse(ctx, &f.files, p, true, list)
	if e := list.Close(); err == nil {
		err = e
	}
	if list.Gaps > 0 && f.listing() != report.FormatTree && !a.quiet && !errors.Is(err, syscall.EPIPE) {
		fmt.Fprintf(a.err, "smpptap: %s octets in %s places were no PDU (lost, or garbage); -V shows them\n",
			report.Count(list.GapOctets), report.Count(list.Gaps))
	}
	return out.close(err)
}
