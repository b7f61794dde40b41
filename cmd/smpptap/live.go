package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"os"
	"strings"
	"syscall"
	"time"

	"github.com/spf13/cobra"

	"smpptap/analyze"
	"smpptap/analyze/audit"
	"smpptap/analyze/profile"
	"smpptap/capture"
	"smpptap/report"
)

// live are the flags of a live capture.
type live struct {
	interfaces []string
	hosts      []string
	keep       string
	stop       []string
	rotate     []string
}

func (a *app) liveCommand() *cobra.Command {
	var l live
	cmd := &cobra.Command{
		Use:   "live -i IFACE",
		Short: "Analyse and record what passes on an interface, until interrupted",
		Long: "live captures from interfaces and does what analyze does, as it happens: findings are printed\n" +
			"when they are found, with -Y also the PDUs that it wants, and everything is recorded. An\n" +
			"interrupt ends it with the summary. It needs Linux and the capability CAP_NET_RAW. --port and\n" +
			"--host choose the packets.\n\n" +
			"-w keeps the packets in pcapng, masked: of a bind its password, and all octets that are in\n" +
			"no PDU; of IP fragments the headers alone are kept.",
		Example: "  smpptap live -i eth0 --port 2775\n" +
			"  smpptap live -i any --host 10.2.0.1 -w ring.pcapng -b filesize:100M -b files:10\n" +
			"  smpptap live -i lo -a duration:10m --no-db",
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			opt, err := l.options(cmd.Context())
			if err != nil {
				return err
			}
			opt.Ports, opt.Logger = a.portNumbers(), a.log
			return a.live(cmd.Context(), opt)
		},
	}
	f := cmd.Flags()
	f.StringSliceVarP(&l.interfaces, "interface", "i", nil, "`interface` to capture from; any: all (repeatable)")
	f.StringSliceVar(&l.hosts, "host", nil, "only packets from or to these `addresses` (repeatable)")
	f.StringVarP(&l.keep, "write", "w", "", "keep the packets in this `file`, passwords masked")
	f.StringSliceVarP(&l.stop, "autostop", "a", nil, "end by itself: duration:10m, packets:N, filesize:100M (plain numbers: seconds, kB)")
	f.StringSliceVarP(&l.rotate, "ring-buffer", "b", nil, "begin a new file of -w: duration:1h, filesize:100M; keep the newest: files:N")
	return cmd
}

// options read the flags.
func (l *live) options(ctx context.Context) (o capture.LiveOptions, err error) {
	if len(l.interfaces) == 0 {
		return o, usagef("name an interface with -i; any stands for all")
	}
	o.Interfaces = l.interfaces
	if o.Stop, err = l.limits(); err != nil {
		return o, err
	}
	if o.Keep, err = l.keeping(); err != nil {
		return o, err
	}
	o.Hosts, err = addresses(ctx, l.hosts)
	return o, err
}

// addresses are those of hosts; a name stands for all that it has.
func addresses(ctx context.Context, hosts []string) (out []netip.Addr, err error) {
	for _, h := range hosts {
		if ip, err := netip.ParseAddr(h); err == nil {
			out = append(out, ip.Unmap().WithZone(""))
			continue
		}
		found, err := net.DefaultResolver.LookupNetIP(ctx, "ip", h)
		if err != nil {
			return nil, fmt.Errorf("--host %s: no address, and no name that can be looked up", h)
		}
		for _, ip := range found {
			out = append(out, ip.Unmap())
		}
	}
	return out, nil
}

// live captures, analyses and records.
func (a *app) live(ctx context.Context, o capture.LiveOptions) (err error) {
	p, err := a.loadProfile()
	if err != nil {
		return err
	}
	list, err := a.matching(p)
	if err != nil {
		return err
	}
	summary := report.NewSummary()
	about := report.About{Profile: p.ID(), Version: buildInfo().version}
	shown := &shownFindings{app: a, opt: a.reportOptions(a.out, p), seen: map[int64]bool{}}
	sinks := []analyze.Sink{summary}
	src, err := capture.OpenLive(o)
	if err != nil {
		return err
	}
	if o.Keep != nil {
		about.Inputs = []string{o.Keep.Path}
	}
	var rec *recorder
	if !a.noDB {
		if rec, err = newRecorder(a.db); err != nil {
			src.Close()
			return err
		}
		shown.offset = rec.lastPDU(ctx)
		sinks = append(sinks, rec)
	}
	sinks = append(append(sinks, list...), shown)
	a.announce(&o)
	err = a.listen(ctx, src, strings.Join(o.Interfaces, " "), p, sinks)
	if rec != nil {
		err = errors.Join(err, rec.close(&about))
	}
	if e := summary.Print(a.out, a.reportOptions(a.out, p), about); e != nil {
		return e
	}
	return oneLine(err)
}

// listen runs the pipeline on src until ctx ends, which is a regular end.
func (a *app) listen(ctx context.Context, src *capture.Live, name string, p *profile.Profile, sinks []analyze.Sink) error {
	pipeline := analyze.New(analyze.Options{
		Kind: "live", Source: name, Version: buildInfo().version, Profile: p,
		Redact: a.redaction(), Ports: a.portNumbers(), Sinks: sinks, Texts: true, Parts: true, Messages: recording(sinks),
		Failed: func(err error) { a.log.Error("a result is not written any more", "error", err) },
	})
	a.log.Info("run begins", "profile", p.ID(), "interfaces", name, "redact", a.redact)
	start := time.Now()
	err := pipeline.Run(ctx, src)
	a.log.Info("run ended", "seconds", time.Since(start).Seconds())
	return err
}

// announce tells that packets are gathered from now on.
func (a *app) announce(o *capture.LiveOptions) {
	if a.quiet {
		return
	}
	text := "capturing on " + strings.Join(o.Interfaces, ", ")
	if len(o.Ports) > 0 {
		text += ", port " + strings.Trim(fmt.Sprint(o.Ports), "[]")
	}
	if len(o.Hosts) > 0 {
		text += ", host " + strings.Trim(fmt.Sprint(o.Hosts), "[]")
	}
	fmt.Fprintf(a.err, "smpptap: %s; an interrupt ends it with the summary\n", text)
}

// lastPDU is the number of the last PDU that the database holds already.
func (r *recorder) lastPDU(ctx context.Context) (n int64) {
	// Without it, lines tell numbers of the run.
	_ = r.db.Query(ctx, "SELECT coalesce(max(id), 0) FROM pdus",
		func([]string) error { return nil },
		func(values []any) error { n, _ = values[0].(int64); return nil })
	return n
}

// shownFindings prints each finding when it is new.
type shownFindings struct {
	*app
	opt    *report.Options
	seen   map[int64]bool
	offset int64 // of PDU numbers
}

// Write implements analyze.Sink.
func (s *shownFindings) Write(_ context.Context, records []analyze.Record) error {
	for i := range records {
		f := records[i].Finding
		if f == nil || s.seen[f.ID] {
			continue
		}
		s.seen[f.ID] = true
		if _, err := fmt.Fprintln(s.out, s.line(f)); err != nil {
			return closedPipe(err)
		}
	}
	return nil
}

// closedPipe ends the run when nobody reads the output any more.
func closedPipe(err error) error {
	if errors.Is(err, syscall.EPIPE) || errors.Is(err, os.ErrClosed) {
		return analyze.ErrStop
	}
	return err
}

// matching lists the PDUs that -Y wants as they pass; without -Y none.
func (a *app) matching(p *profile.Profile) ([]analyze.Sink, error) {
	if a.filter == "" {
		return nil, nil
	}
	wanted, err := a.displayFilter(p.Dialect())
	if err != nil {
		return nil, err
	}
	opt := a.reportOptions(a.out, p)
	return []analyze.Sink{&liveListing{report.NewListing(a.out, opt, report.ListingOptions{
		Format: report.FormatTable, Live: true, Header: opt.Width > 0, Filter: wanted,
	})}}, nil
}

// liveListing is a listing that ends the run with its reader.
type liveListing struct{ *report.Listing }

// Write implements analyze.Sink.
func (l *liveListing) Write(ctx context.Context, records []analyze.Record) error {
	return closedPipe(l.Listing.Write(ctx, records))
}

// line is a finding on one line.
func (s *shownFindings) line(f *audit.Finding) string {
	where := "-"
	switch {
	case f.PDU != 0:
		where = fmt.Sprintf("pdu %d", f.PDU+s.offset)
	case f.Connection != 0:
		where = fmt.Sprintf("conn %d", f.Connection)
	}
	return fmt.Sprintf("%s  %-7s  %s  %s  %s", s.when(f.Time), f.Severity, f.Rule, where, report.Safe(f.Message))
}

// when is the time of day, or as -t wants it.
func (s *shownFindings) when(ns int64) string {
	t := time.Unix(0, ns)
	switch s.time {
	case "utc":
		return t.UTC().Format("15:04:05.000")
	case "epoch":
		return fmt.Sprintf("%d.%03d", t.Unix(), t.Nanosecond()/1e6)
	}
	return t.Format("15:04:05.000")
}

// Close implements analyze.Sink.
func (*shownFindings) Close() error { return nil }
