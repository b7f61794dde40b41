package main

import (
	"net"
	"net/netip"
	"slices"
	"strconv"
	"strings"

	"smpptap/proxy"
)

// The mark and the routing table by which packets for a tproxy stay on this
// machine. Any free numbers would do.
const (
	rulesMark  = 1
	rulesTable = 100
)

// rules prints a shell script that puts the links' connections into the
// proxy's hands (up), and takes that back (down).
func (p *proxyFlags) rules(a *app) error {
	_, links, err := p.links(&a.configured)
	if err != nil {
		return err
	}
	var tproxy, redirect []proxy.Link
	for _, l := range links {
		switch l.Transparent {
		case proxy.TransparentTPROXY:
			tproxy = append(tproxy, l)
		case proxy.TransparentRedirect:
			redirect = append(redirect, l)
		}
	}
	w := &write{to: a.out}
	if len(tproxy)+len(redirect) == 0 {
		w.f("# No link has transparent tproxy or redirect: ESMEs connect to the proxy itself, no rules are needed.\n")
		return w.err
	}
	w.f("#!/bin/sh\n# Made by smpptap proxy --print-rules. As root: sh rules.sh up, sh rules.sh down.\nset -e\n")
	w.f("down() {\n\tnft delete table inet smpptap 2>/dev/null || true\n")
	if len(tproxy) > 0 {
		for _, option := range ipOptions(tproxy, a.smppPorts()) {
			w.f("\tip %s rule del fwmark %d lookup %d 2>/dev/null || true\n", option, rulesMark, rulesTable)
			w.f("\tip %s route flush table %d 2>/dev/null || true\n", option, rulesTable)
		}
	}
	w.f("}\nup() {\n\tdown\n")
	if len(tproxy) > 0 {
		for _, option := range ipOptions(tproxy, a.smppPorts()) {
			w.f("\tip %s rule add fwmark %d lookup %d\n", option, rulesMark, rulesTable)
			w.f("\tip %s route add local default dev lo table %d\n", option, rulesTable)
		}
	}
	w.f("\tnft -f - <<'END'\ntable inet smpptap {\n")
	if len(tproxy) > 0 {
		w.tproxy(tproxy, a.smppPorts())
	}
	if len(redirect) > 0 {
		w.redirect(redirect, a.smppPorts())
	}
	w.f("}\nEND\n}\ncase \"${1:-up}\" in\nup) up ;;\ndown) down ;;\n*) echo \"usage: $0 up|down\" >&2; exit 2 ;;\nesac\n")
	return w.err
}

// ipOptions are ip's for the families that links need: one that the kernel
// lacks would end the script.
func ipOptions(links []proxy.Link, ports []string) (out []string) {
	for option, f := range map[string]family{"-4": ipv4, "-6": ipv6} {
		if slices.ContainsFunc(links, func(l proxy.Link) bool { return slices.Contains(matches(&l, ports)[0].families, f) }) {
			out = append(out, option)
		}
	}
	slices.Sort(out)
	return out
}

// smppPorts are those that SMSCs listen on where no upstream says it.
func (a *app) smppPorts() []string {
	var out []string
	for _, p := range a.ports {
		out = append(out, strconv.FormatUint(uint64(p), 10))
	}
	if len(out) == 0 {
		out = []string{"2775"}
	}
	return out
}

func (w *write) tproxy(links []proxy.Link, ports []string) {
	w.f("\t# While the proxy is down, connections pass straight to the SMSC, unseen. To have\n" +
		"\t# them refused instead, take the # off the chain below.\n")
	w.f("\tchain divert {\n\t\ttype filter hook prerouting priority mangle; policy accept;\n")
	w.f("\t\tmeta l4proto tcp socket transparent 1 meta mark set %d accept\n", rulesMark)
	for i := range links {
		_, port, _ := net.SplitHostPort(links[i].Listen)
		for _, m := range matches(&links[i], ports) {
			for _, family := range m.families {
				w.f("\t\tmeta nfproto %s %s tproxy %s to :%s meta mark set %d accept\n", family.nfproto, m.text, family.ip, port, rulesMark)
			}
		}
	}
	w.f("\t}\n\t#chain refuse {\n\t#\ttype filter hook forward priority filter; policy accept;\n")
	for i := range links {
		for _, m := range matches(&links[i], ports) {
			w.f("\t#\t%s reject with tcp reset\n", m.text)
		}
	}
	w.f("\t#}\n")
}

func (w *write) redirect(links []proxy.Link, ports []string) {
	w.f("\t# While the proxy is down, these connections are refused.\n")
	w.f("\tchain incoming {\n\t\ttype nat hook prerouting priority dstnat; policy accept;\n")
	for i := range links {
		_, port, _ := net.SplitHostPort(links[i].Listen)
		for _, m := range matches(&links[i], ports) {
			w.f("\t\t%s redirect to :%s\n", m.text, port)
		}
	}
	w.f("\t}\n\t# For ESMEs on this machine, too; USER is who runs the proxy, whose own connections\n" +
		"\t# must not come back to it.\n\t#chain outgoing {\n\t#\ttype nat hook output priority -100; policy accept;\n")
	for i := range links {
		_, port, _ := net.SplitHostPort(links[i].Listen)
		for _, m := range matches(&links[i], ports) {
			w.f("\t#\tmeta skuid != USER %s redirect to :%s\n", m.text, port)
		}
	}
	w.f("\t#}\n")
}

// match says in nft's words which packets are a link's.
type match struct {
	text     string
	families []family
}

type family struct{ nfproto, ip string }

var (
	ipv4 = family{"ipv4", "ip"}
	ipv6 = family{"ipv6", "ip6"}
)

// matches are a link's: its upstream's address and port, or the ports that
// SMSCs listen on.
func matches(l *proxy.Link, ports []string) []match {
	both := []family{ipv4, ipv6}
	if l.Upstream == "" {
		return []match{{"tcp dport " + oneOrSet(ports), both}}
	}
	host, port, _ := net.SplitHostPort(l.Upstream)
	ip, err := netip.ParseAddr(host)
	switch {
	case err != nil: // a name's addresses change
		return []match{{"tcp dport " + port, both}}
	case ip.Is4():
		return []match{{"ip daddr " + host + " tcp dport " + port, both[:1]}}
	}
	return []match{{"ip6 daddr " + ip.WithZone("").String() + " tcp dport " + port, both[1:]}}
}

func oneOrSet(ports []string) string {
	if len(ports) == 1 {
		return ports[0]
	}
	return "{ " + strings.Join(slices.Compact(ports), ", ") + " }"
}
