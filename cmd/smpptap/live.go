package main

import (
	"context"
	"fmt"
	"net"
	"net/netip"
	"strings"

	"github.com/spf13/cobra"

	"smpptap/analyze"
	"smpptap/capture"
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
	var kept caps
	var admin adminFlags
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
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			opt, err := l.options(cmd.Context())
			if err != nil {
				return err
			}
			if err := admin.check(); err != nil {
				return err
			}
			if err := kept.read(); err != nil {
				return err
			}
			opt.MaxConns, opt.MaxHeld = kept.connections, kept.held
			opt.Ports, opt.Logger = a.portNumbers(), a.log
			return a.live(cmd.Context(), opt, kept.run, &admin)
		},
	}
	f := cmd.Flags()
	f.StringSliceVarP(&l.interfaces, "interface", "i", nil, "`interface` to capture from; any: all (repeatable)")
	f.StringSliceVar(&l.hosts, "host", nil, "only packets from or to these `addresses` (repeatable)")
	f.StringVarP(&l.keep, "write", "w", "", "keep the packets in this `file`, passwords masked")
	f.StringSliceVarP(&l.stop, "autostop", "a", nil, "end by itself: duration:10m, packets:N, filesize:100M (plain numbers: seconds, kB)")
	f.StringSliceVarP(&l.rotate, "ring-buffer", "b", nil, "begin a new file of -w: duration:1h, filesize:100M; keep the newest: files:N")
	a.retain.flags(f)
	admin.flags(f)
	kept.add(f)
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
func (a *app) live(ctx context.Context, o capture.LiveOptions, kept analyze.Caps, admin *adminFlags) error {
	w, err := a.newWatch(analyze.KindLive, strings.Join(o.Interfaces, " "))
	if err != nil {
		return err
	}
	src, err := capture.OpenLive(o)
	if err != nil {
		return err
	}
	if o.Keep != nil {
		w.inputs, w.ring = []string{o.Keep.Path}, o.Keep.Rotates()
	}
	m := newMetrics(w.profile.Dialect(), w.source)
	var serving *adminServer
	listener, err := admin.listen()
	if err == nil {
		serving = admin.serve(listener, a.log, m, func() []linkReady { return []linkReady{{Link: w.source, Listening: true}} })
		err = w.open(admin.sinks(m)...)
	}
	if err != nil {
		src.Close()
		serving.close()
		return err
	}
	m.records(w.rec, w.source)
	m.relaysNothing(w.source)
	w.running = func(l *analyze.Pipeline) { m.registry.MustRegister(watchCollector{w, l, nil}) }
	a.announce(&o)
	defer serving.close()
	return w.run(ctx, src, analyze.Options{Caps: kept, Writings: a.writings(ctx, !a.noDB)})
}

// announce tells that packets are gathered from now on.
func (a *app) announce(o *capture.LiveOptions) {
	text := "capturing on " + strings.Join(o.Interfaces, ", ")
	if len(o.Ports) > 0 {
		text += ", port " + strings.Trim(fmt.Sprint(o.Ports), "[]")
	}
	if len(o.Hosts) > 0 {
		text += ", host " + strings.Trim(fmt.Sprint(o.Hosts), "[]")
	}
	a.remark("%s; an interrupt ends it with the summary", text)
}
