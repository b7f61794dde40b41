package main

import (
	"context"
	"fmt"
	"io"
	"strconv"

	"github.com/spf13/cobra"

	"smpptap/report"
	"smpptap/store"
)

func (a *app) showCommand() *cobra.Command {
	var format string
	cmd := &cobra.Command{
		Use:   "show PDU",
		Short: "One recorded PDU: tree, octets, its exchange, its findings",
		Args:  arguments(1, 1),
		RunE: func(cmd *cobra.Command, args []string) error {
			id, err := strconv.ParseInt(args[0], 10, 64)
			if err != nil || id < 1 {
				return usagef("show: %q is no number of a PDU", args[0])
			}
			if err := oneOf("-T", format, "tree", "json"); err != nil {
				return err
			}
			return a.show(cmd.Context(), id, format)
		},
	}
	cmd.Flags().StringVarP(&format, "format", "T", "tree", "tree or json")
	return cmd
}

func (a *app) show(ctx context.Context, id int64, format string) error {
	db, err := store.OpenAll(ctx, a.dbs...)
	if err != nil {
		return err
	}
	defer func() { _ = db.Close() }()
	d, err := db.PDU(ctx, id)
	if err != nil {
		return err
	}
	a.redactDetail(d)
	rec := a.recorded(db)
	rec.named(d.Findings)
	if d.Session != nil {
		rec.bound([]store.Session{*d.Session})
	}
	w := buffered(a.out)
	if format == "json" {
		err = a.showJSON(ctx, w, rec, d)
	} else {
		err = a.showTree(ctx, w, rec, d)
	}
	if err != nil {
		return err
	}
	return w.Flush()
}

func (a *app) showJSON(ctx context.Context, w io.Writer, rec *recorded, d *store.Detail) error {
	opt := a.reportOptions(a.out, nil)
	p, err := rec.of(ctx, &d.PDU)
	if err != nil {
		return err
	}
	p.Latency = latencyOf(d.PDU.ExchangeUS())
	if err := rec.long.join(ctx, p); err != nil {
		return err
	}
	opt.Hex, opt.Response, opt.Dialect = true, d.PDU.Response, rec.profiles[judged{d.PDU.Capture, d.PDU.Link}].Dialect()
	_, err = w.Write(append(opt.AppendJSON(nil, p), '\n'))
	return err
}

// showTree writes the PDU, its octets, the other half of the exchange and
// what was found.
func (a *app) showTree(ctx context.Context, w io.Writer, rec *recorded, d *store.Detail) error {
	opt := a.reportOptions(a.out, nil)
	// The latency stands with the response; the request shows it as well.
	if d.Exchange != nil {
		latency := d.PDU.ExchangeUS()
		d.PDU.LatencyUS, d.Exchange.LatencyUS = latency, latency
	}
	if err := a.onePDU(ctx, w, rec, &d.PDU, opt, true); err != nil {
		return err
	}
	if d.Exchange != nil {
		title := "\nIts response:\n\n"
		if d.PDU.Request != 0 {
			title = "\nIts request:\n\n"
		}
		fmt.Fprint(w, title) // an error stays with the writer until Flush
		if err := a.onePDU(ctx, w, rec, d.Exchange, opt, false); err != nil {
			return err
		}
	}
	if len(d.Findings) > 0 {
		fmt.Fprint(w, "\nFindings:\n\n")
	}
	for i := range d.Findings {
		f := &d.Findings[i]
		fmt.Fprintf(w, "%s", opt.AppendFindingText(nil, &f.Finding))
	}
	return nil
}

func (a *app) onePDU(ctx context.Context, w io.Writer, rec *recorded, p *store.PDU, opt *report.Options, octets bool) error {
	x, err := rec.of(ctx, p)
	if err != nil {
		return err
	}
	if err := rec.long.join(ctx, x); err != nil {
		return err
	}
	x.Findings = nil // written in full below
	opt.Response, opt.Dialect = p.Response, rec.profiles[judged{p.Capture, p.Link}].Dialect()
	b := opt.AppendTree(nil, x)
	if octets {
		b = report.AppendHexdump(append(b, '\n'), p.Raw)
	}
	_, err = w.Write(b)
	return err
}
