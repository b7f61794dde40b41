package main

import (
	"context"
	"errors"
	"io"
	"net"
	"os"
	"os/signal"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/spf13/cobra"

	"smpptap/analyze"
	"smpptap/analyze/profile"
	"smpptap/capture"
	"smpptap/proxy"
	"smpptap/stream"
)

// proxyFlags are the flags of a proxy.
type proxyFlags struct {
	link           proxyLink
	maxConnections int
	connectTimeout time.Duration
	drain          time.Duration
	keep           string
	rotate         []string
	print          string
	printRules     bool
	admin          adminFlags
}

func (a *app) proxyCommand() *cobra.Command {
	p := proxyFlags{link: newProxyLink()}
	cmd := &cobra.Command{
		Use:   "proxy",
		Short: "Relay between ESMEs and an SMSC, octets untouched, and analyse and record what passes",
		Long: "proxy stands in the middle of the link: ESMEs connect to it, it connects to the SMSC, and what one\n" +
			"says reaches the other unchanged. What passes is analysed and recorded as live does; nothing that\n" +
			"happens to the analysis, the database or the output touches the traffic: on Linux a process of its\n" +
			"own analyses, and is started again when it dies.\n\n" +
			"Several links stand in the file of --config as a list `links`, each with a name and keys named like\n" +
			"the flags below, and profile; what stands beside the list, and flags, are their defaults.\n\n" +
			"SIGTERM or an interrupt stops listening and waits up to --drain for connections to end by\n" +
			"themselves; a second one ends them at once. SIGHUP reads certificates and keys again.",
		Example: "  smpptap proxy --upstream smsc.example.net:2775\n" +
			"  smpptap proxy --listen :2775 --upstream smsc.example.net:3550 --upstream-tls --metrics 127.0.0.1:9127\n" +
			"  smpptap proxy --config links.yaml\n" +
			"  smpptap proxy --print unit > /etc/systemd/system/smpptap.service",
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if done, err := p.printed(a); done || err != nil {
				return err
			}
			return a.proxy(cmd.Context(), &p)
		},
	}
	f := cmd.Flags()
	f.StringVar(&p.link.name, "link", p.link.name, "`name` of the link in records and metrics")
	p.link.flags(f)
	f.IntVar(&p.maxConnections, "max-connections", 10_000, "connections relayed at once, of all links; more are refused")
	f.DurationVar(&p.connectTimeout, "connect-timeout", 10*time.Second, "how long reaching the SMSC may take, TLS included")
	f.DurationVar(&p.drain, "drain", 30*time.Second, "how long connections may end by themselves after SIGTERM")
	f.StringVarP(&p.keep, "write", "w", "", "keep what passes as packets in files in this `directory`, in clear, passwords masked")
	f.StringSliceVarP(&p.rotate, "ring-buffer", "b", nil, "begin a new file of -w: duration:1h, filesize:100M (default); keep the newest: files:N")
	f.StringVar(&p.print, "print", "", "print what operation needs and end: "+strings.Join(printables(), ", "))
	f.BoolVar(&p.printRules, "print-rules", false, "print the nftables and ip rules for these flags and end; as --print rules")
	a.retain.flags(f)
	p.admin.flags(f)
	return cmd
}

// check finds values that cannot be used.
func (p *proxyFlags) check() error {
	switch {
	case p.maxConnections < 1:
		return usagef("--max-connections: %d is no number above zero", p.maxConnections)
	case p.connectTimeout <= 0:
		return usagef("--connect-timeout: %v is no time above zero", p.connectTimeout)
	case p.drain < 0:
		return usagef("--drain: %v is no time", p.drain)
	}
	return p.admin.check()
}

// options of the proxy.
func (p *proxyFlags) options(a *app, links []proxy.Link) proxy.Options {
	o := proxy.Options{
		Links: links, MaxConnections: p.maxConnections, ConnectTimeout: p.connectTimeout, Drain: p.drain, Logger: a.log,
	}
	if p.drain == 0 {
		o.Drain = -1 // zero would be the default
	}
	return o
}

// linkProfiles are those of the links that have one of their own.
func (a *app) linkProfiles(links []proxyLink) ([]analyze.LinkProfile, error) {
	var out []analyze.LinkProfile
	loaded := map[string]*profile.Profile{}
	for i := range links {
		l := &links[i]
		if l.profile == "" || l.profile == a.profile {
			continue
		}
		if loaded[l.profile] == nil {
			p, err := a.loadProfileOf(l.profile)
			if err != nil {
				return nil, l.usage(err)
			}
			loaded[l.profile] = p
		}
		out = append(out, analyze.LinkProfile{Name: l.name, Profile: loaded[l.profile]})
	}
	return out, nil
}

// proxying is what a proxy is to do, checked.
type proxying struct {
	*app
	flags    *proxyFlags
	links    []proxy.Link
	profiles []analyze.LinkProfile
	keep     *capture.WriteOptions // nil: -w is not given
	line     *statusLine
	watch    *watch
}

// proxy relays, analyses and records.
func (a *app) proxy(ctx context.Context, p *proxyFlags) error {
	if err := p.check(); err != nil {
		return err
	}
	flags, links, err := p.links(&a.configured)
	if err != nil {
		return err
	}
	x := &proxying{app: a, flags: p, links: links}
	if x.profiles, err = a.linkProfiles(flags); err != nil {
		return err
	}
	if x.keep, err = p.keeping(); err != nil {
		return err
	}
	x.line = newStatusLine(a.err, a.quiet)
	a.err = x.line.dress(a.err)
	a.log = a.common.logger(a.err)
	if x.watch, err = a.newWatch(analyze.KindProxy, strings.Join(linkNames(links), " ")); err != nil {
		return err
	}
	return x.run(ctx)
}

// relayed is what the analysis sees of the relay.
type relayed struct {
	source   stream.Source // nil: the inbox tells
	inbox    analyze.Inbox
	counters []*proxy.Counters // of the links
	stops    *atomic.Int32     // not zero: no connection is accepted any more
	admin    net.Listener      // for --metrics; nil: nobody asks
	process  int               // the relay's, when it is another one
	ready    func()            // called when all is open
}

// analyse analyses and records what is relayed, to its end.
func (x *proxying) analyse(ctx context.Context, r *relayed) error {
	w := x.watch
	w.links, w.out = len(x.links) > 1, x.line.dress(&lasting{to: x.out})
	w.record.Patience = patience
	opt := analyze.Options{Writings: x.writings(ctx, !x.noDB), Links: x.profiles, Inbox: r.inbox}
	m := newMetrics(w.profile.Dialect(), onlyName(x.links))
	m.registry.MustRegister(proxyCollector{x.links, r.counters})
	m.relayedBy(r.process)
	serving := x.flags.admin.serve(r.admin, x.log, m, func() []linkReady { return x.listening(r) })
	defer serving.close()
	var keeper *capture.Keeper
	var err error
	if x.keep != nil {
		if keeper, err = capture.NewKeeper(*x.keep, x.log); err != nil {
			return err
		}
		opt.Octets = keeper
	}
	if err := w.open(append(x.flags.admin.sinks(m), x.line.sinks()...)...); err != nil {
		return err
	}
	m.records(w.rec, linkNames(x.links)...)
	w.running = func(l *analyze.Pipeline) { m.registry.MustRegister(watchCollector{w, l, keeper}) }
	end := x.line.begin(len(x.links), w.dropped)
	w.ended = func() {
		end()
		if keeper == nil {
			return
		}
		if err := keeper.Close(); err != nil {
			x.log.Error("the last file of packets is not whole", "error", err)
		}
	}
	r.ready()
	return w.run(ctx, r.source, opt)
}

// patience is how long a database is waited for that another smpptap writes:
// the analysis of a proxy that died, which stores what it still has.
const patience = 5 * time.Second

// keeping reads -w and -b; nil: nothing is kept.
func (p *proxyFlags) keeping() (*capture.WriteOptions, error) {
	l := live{rotate: p.rotate}
	if p.keep != "" {
		l.keep = filepath.Join(p.keep, "smpptap.pcapng")
		if !slices.ContainsFunc(p.rotate, func(s string) bool { return !strings.HasPrefix(s, "files:") }) {
			l.rotate = append([]string{"filesize:100M"}, p.rotate...)
		}
	}
	return l.keeping()
}

func linkNames(links []proxy.Link) (names []string) {
	for i := range links {
		names = append(names, links[i].Name)
	}
	return names
}

// onlyName is the name of the link when there is one.
func onlyName(links []proxy.Link) string {
	if len(links) == 1 {
		return links[0].Name
	}
	return ""
}

// listening tells how the links stand: all listen from before the run until
// the proxy is told to end.
func (x *proxying) listening(r *relayed) []linkReady {
	var out []linkReady
	for i := range x.links {
		out = append(out, linkReady{Link: x.links[i].Name, Listening: r.stops.Load() == 0})
	}
	return out
}

// announceProxy tells that ESMEs are listened for.
func (a *app) announceProxy(s *proxy.Server, links []proxy.Link) {
	for i := range links {
		l := &links[i]
		to := l.Upstream
		if to == "" {
			to = "where each connection was meant for (" + string(l.Transparent) + ")"
		}
		a.log.Info("link listens", "link", l.Name, "listen", s.Addr(l.Name).String(), "upstream", to,
			"tls_in", l.ListenTLS != nil, "tls_out", l.UpstreamTLS != nil)
		a.remark("%s: listening on %s, relaying to %s", l.Name, s.Addr(l.Name), to)
	}
	a.remark("an interrupt ends it with the summary, when the connections have ended or --drain is over")
}

// signals serves SIGHUP and a second SIGTERM or interrupt until end is called;
// the first one ends ctx (main.go), and stops is set.
func (a *app) signals(s *proxy.Server, stops *atomic.Int32) (end func()) {
	c, stop, stopped := make(chan os.Signal, 8), make(chan struct{}), make(chan struct{})
	signal.Notify(c, syscall.SIGHUP, os.Interrupt, syscall.SIGTERM)
	go func() {
		defer close(stopped)
		ends := 0
		for {
			select {
			case sig := <-c:
				if sig == syscall.SIGHUP {
					a.reload(s)
				} else if ends++; ends == 1 {
					stops.Store(1)
					a.log.Info("draining: no connection is accepted any more", "signal", sig.String())
				} else {
					a.log.Warn("ending at once", "signal", sig.String())
					s.Kill()
					signal.Stop(c) // a third one ends the program
				}
			case <-stop:
				return
			}
		}
	}()
	return func() {
		signal.Stop(c)
		close(stop)
		<-stopped
	}
}

func (a *app) reload(s *proxy.Server) {
	if err := s.Reload(); err != nil {
		a.log.Error("certificates were not read again; those in use stay", "error", err)
		return
	}
	a.log.Info("certificates were read again")
}

// freePort tells an address whose port the system chooses.
func freePort(address string) bool {
	_, port, _ := net.SplitHostPort(address)
	n, err := strconv.Atoi(port)
	return err == nil && n == 0
}

// lasting is output that may be closed: what is written then is lost, and the
// run goes on.
type lasting struct {
	to     io.Writer
	closed bool
}

// Write implements io.Writer.
func (l *lasting) Write(p []byte) (int, error) {
	if l.closed {
		return len(p), nil
	}
	n, err := l.to.Write(p)
	if errors.Is(err, syscall.EPIPE) || errors.Is(err, os.ErrClosed) {
		l.closed = true
		return len(p), nil
	}
	return n, err
}
