package main

import (
	"errors"
	"fmt"
	"net"
	"net/netip"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/pflag"

	"smpptap/proxy"
)

// proxyLink are the flags of one link, which are also the keys of an entry of
// `links:` in a configuration.
type proxyLink struct {
	name, listen, upstream          string
	listenCert, listenKey, listenCA string
	upstreamTLS, upstreamInsecure   bool
	upstreamCA, upstreamName        string
	upstreamCert, upstreamKey       string
	transparent, sourceAddress      string
	proxyProtocol                   []string
	profile                         string // only of an entry; empty: --profile
	at                              string // where it stands; empty: the command line
}

func newProxyLink() proxyLink {
	return proxyLink{name: "link1", listen: "127.0.0.1:2775", transparent: string(proxy.TransparentOff)}
}

// flags define a link's flags but its name. What it holds already is their
// default.
func (l *proxyLink) flags(f *pflag.FlagSet) {
	f.StringVar(&l.listen, "listen", l.listen, "`address` to listen on for ESMEs")
	f.StringVar(&l.upstream, "upstream", l.upstream, "the SMSC, `host:port`")
	f.StringVar(&l.listenCert, "listen-tls-cert", l.listenCert, "speak TLS to ESMEs with the certificate in this `file` (PEM, with its chain)")
	f.StringVar(&l.listenKey, "listen-tls-key", l.listenKey, "its key's `file`")
	f.StringVar(&l.listenCA, "listen-tls-client-ca", l.listenCA, "demand of ESMEs a certificate signed by one in this `file`")
	f.BoolVar(&l.upstreamTLS, "upstream-tls", l.upstreamTLS, "speak TLS to the SMSC")
	f.StringVar(&l.upstreamCA, "upstream-ca", l.upstreamCA, "`file` of who signs the SMSC's certificate (default: the system's)")
	f.StringVar(&l.upstreamName, "upstream-name", l.upstreamName, "`name` the SMSC's certificate must be for (default: the host of --upstream)")
	f.StringVar(&l.upstreamCert, "upstream-cert", l.upstreamCert, "`file` of the certificate to show to the SMSC")
	f.StringVar(&l.upstreamKey, "upstream-key", l.upstreamKey, "its key's `file`")
	f.BoolVar(&l.upstreamInsecure, "upstream-insecure", l.upstreamInsecure, "take any certificate of the SMSC: who sits between can read and change everything")
	f.StringVar(&l.transparent, "transparent", l.transparent, "take the SMSC from the connection: off, tproxy (the SMSC sees the ESME's own address), redirect")
	f.StringVar(&l.sourceAddress, "source-address", l.sourceAddress, "dial the SMSC from this `address`")
	f.StringSliceVar(&l.proxyProtocol, "proxy-protocol", l.proxyProtocol, "PROXY protocol: in (demand it of who connects), out (send it to the SMSC), or both")
}

// usage makes an error of the link's flags, with their place.
func (l *proxyLink) usage(err error) error {
	if err == nil {
		return nil
	}
	if l.at != "" {
		return usagef("%s: link %q: %w", l.at, l.name, err)
	}
	return usagef("%w", err)
}

// flag names a flag as its writer did.
func (l *proxyLink) flag(name string) string {
	if l.at != "" {
		return name
	}
	return "--" + name
}

// options check a link and make it what the proxy takes.
func (l *proxyLink) options() (proxy.Link, error) {
	o := proxy.Link{Name: l.name, Listen: l.listen, Upstream: l.upstream, Transparent: proxy.Transparent(l.transparent)}
	for _, step := range []func(*proxy.Link) error{l.checkName, l.addresses, l.tls, l.way} {
		if err := step(&o); err != nil {
			return o, l.usage(err)
		}
	}
	return o, nil
}

// checkName: the name becomes a label of metrics and a word of logs.
func (l *proxyLink) checkName(*proxy.Link) error {
	odd := func(r rune) bool {
		return (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && (r < '0' || r > '9') && !strings.ContainsRune("._-", r)
	}
	if l.name == "" || len(l.name) > 64 || strings.ContainsFunc(l.name, odd) {
		return fmt.Errorf("%q is no name of a link: 1 to 64 letters, digits, '.', '_' and '-' are", l.name)
	}
	return nil
}

func (l *proxyLink) addresses(*proxy.Link) error {
	if err := hostPort(l.flag("listen"), l.listen, 0); err != nil {
		return err
	}
	if err := oneOf(l.flag("transparent"), l.transparent, "off", "tproxy", "redirect"); err != nil {
		return errors.Unwrap(err)
	}
	switch {
	case l.upstream == "" && l.transparent == string(proxy.TransparentOff):
		return fmt.Errorf("name the SMSC with %s HOST:PORT", l.flag("upstream"))
	case l.upstream == "":
		return nil
	}
	if err := hostPort(l.flag("upstream"), l.upstream, 1); err != nil {
		return err
	}
	if host, _, _ := net.SplitHostPort(l.upstream); host == "" {
		return fmt.Errorf("%s %s: the host is missing", l.flag("upstream"), l.upstream)
	}
	if l.loops() {
		return fmt.Errorf("%s %s is what %s %s listens on: every connection would come back", l.flag("upstream"), l.upstream, l.flag("listen"), l.listen)
	}
	return nil
}

// hostPort checks an address.
func hostPort(flag, value string, least int) error {
	_, port, err := net.SplitHostPort(value)
	if err != nil {
		return fmt.Errorf("%s %q: HOST:PORT is wanted", flag, value)
	}
	if n, err := strconv.Atoi(port); err != nil || n < least || n > 0xFFFF {
		return fmt.Errorf("%s %s: %q is no TCP port", flag, value, port)
	}
	return nil
}

// loops tells that the SMSC is the link's own listener.
func (l *proxyLink) loops() bool {
	listen, lport, _ := net.SplitHostPort(l.listen)
	up, uport, _ := net.SplitHostPort(l.upstream)
	if lport != uport {
		return false
	}
	a, b := literal(listen), literal(up)
	if !a.IsValid() || !b.IsValid() {
		return strings.EqualFold(listen, up)
	}
	return a == b || a.IsUnspecified() && (b.IsLoopback() || b.IsUnspecified() || own(b))
}

// literal is a host's address if it is one without being looked up.
func literal(host string) netip.Addr {
	switch host {
	case "":
		return netip.IPv4Unspecified()
	case "localhost":
		return netip.AddrFrom4([4]byte{127, 0, 0, 1})
	}
	ip, _ := netip.ParseAddr(host)
	return ip.Unmap().WithZone("")
}

// own tells an address of this machine.
func own(ip netip.Addr) bool {
	all, _ := net.InterfaceAddrs()
	return slices.ContainsFunc(all, func(a net.Addr) bool {
		n, ok := a.(*net.IPNet)
		return ok && n.IP.Equal(ip.AsSlice())
	})
}

// lone finds a flag that is nothing without another.
func (l *proxyLink) lone() error {
	for _, p := range []struct {
		name  string
		given bool
		needs string
		has   bool
	}{
		{"listen-tls-key", l.listenKey != "", "listen-tls-cert", l.listenCert != ""},
		{"listen-tls-cert", l.listenCert != "", "listen-tls-key", l.listenKey != ""},
		{"listen-tls-client-ca", l.listenCA != "", "listen-tls-cert", l.listenCert != ""},
		{"upstream-ca", l.upstreamCA != "", "upstream-tls", l.upstreamTLS},
		{"upstream-name", l.upstreamName != "", "upstream-tls", l.upstreamTLS},
		{"upstream-cert", l.upstreamCert != "", "upstream-tls", l.upstreamTLS},
		{"upstream-key", l.upstreamKey != "", "upstream-tls", l.upstreamTLS},
		{"upstream-insecure", l.upstreamInsecure, "upstream-tls", l.upstreamTLS},
		{"upstream-cert", l.upstreamCert != "", "upstream-key", l.upstreamKey != ""},
		{"upstream-key", l.upstreamKey != "", "upstream-cert", l.upstreamCert != ""},
	} {
		if p.given && !p.has {
			return fmt.Errorf("%s needs %s", l.flag(p.name), l.flag(p.needs))
		}
	}
	return nil
}

// tls takes the flags of TLS on either side.
func (l *proxyLink) tls(o *proxy.Link) error {
	if err := l.lone(); err != nil {
		return err
	}
	if l.upstreamInsecure && (l.upstreamCA != "" || l.upstreamName != "") {
		return fmt.Errorf("%s takes any certificate; %s and %s ask for a certain one", l.flag("upstream-insecure"), l.flag("upstream-ca"), l.flag("upstream-name"))
	}
	if l.listenCert != "" {
		o.ListenTLS = &proxy.ServerTLS{Cert: l.listenCert, Key: l.listenKey, ClientCA: l.listenCA}
	}
	if l.upstreamTLS {
		o.UpstreamTLS = &proxy.ClientTLS{
			CA: l.upstreamCA, Name: l.upstreamName, Cert: l.upstreamCert, Key: l.upstreamKey, Insecure: l.upstreamInsecure,
		}
	}
	return nil
}

// way takes the flags of how connections come and go.
func (l *proxyLink) way(o *proxy.Link) (err error) {
	if host, _, _ := net.SplitHostPort(l.listen); l.transparent != string(proxy.TransparentOff) && literal(host).IsLoopback() {
		return fmt.Errorf("%s %s: with %s no ESME reaches a loopback address; give :PORT", l.flag("listen"), l.listen, l.flag("transparent"))
	}
	if l.sourceAddress != "" {
		if o.SourceAddress, err = netip.ParseAddr(l.sourceAddress); err != nil {
			return fmt.Errorf("%s %q is no IP address", l.flag("source-address"), l.sourceAddress)
		}
		if o.Transparent == proxy.TransparentTPROXY {
			return fmt.Errorf("%s: with tproxy the SMSC is dialled from the ESME's address", l.flag("source-address"))
		}
	}
	for _, side := range l.proxyProtocol {
		switch side {
		case "in":
			o.ProxyIn = true
		case "out":
			o.ProxyOut = true
		default:
			return fmt.Errorf("%s: %q is none of in, out", l.flag("proxy-protocol"), side)
		}
	}
	return nil
}
