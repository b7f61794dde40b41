package capture

import (
	"net/netip"
	"strings"
	"testing"

	"golang.org/x/net/bpf"

	"smpptap/internal/smpptest"
)

// atIP makes the part of a filter that begins at the network header, there at
// offset 0, for bpf.VM, which knows no negative offsets.
func (f *filterSpec) atIP(t *testing.T) *bpf.VM {
	t.Helper()
	p := &program{}
	p.load(0, 1)
	p.add(bpf.ALUOpConstant{Op: bpf.ALUOpAnd, Val: 0xf0})
	p.goIf(0x40, ip4)
	p.goIf(0x60, ip6)
	p.jump(reject)
	f.ip(p)
	if _, err := p.assemble(); err != nil {
		t.Fatal(err)
	}
	vm, err := bpf.NewVM(p.ins)
	if err != nil {
		t.Fatal(err)
	}
	return vm
}

func ipOf(from, to string) []byte {
	s := smpptest.Segment{From: netip.MustParseAddrPort(from), To: netip.MustParseAddrPort(to), TTL: 64, Flags: smpptest.ACK, Payload: []byte("payload")}
	return s.IP()
}

// with changes octets of a packet: offset, value, offset, value...
func with(b []byte, changes ...int) []byte {
	for i := 0; i < len(changes); i += 2 {
		b[changes[i]] = byte(changes[i+1])
	}
	return b
}

func TestFilter(t *testing.T) {
	const (
		h4, o4 = "10.0.0.1", "10.9.9.9"
		h6, o6 = "2001:db8::1", "2001:db8::9"
	)
	v4 := ipOf(h4+":4000", o4+":2775")
	opt4 := append(append([]byte{}, v4[:20]...), append(make([]byte, 8), v4[20:]...)...) // 8 octets of options
	opt4[0] = 0x47
	v6 := ipOf("["+h6+"]:4000", "["+o6+"]:2775")
	ipip := smpptest.IPv4(netip.MustParseAddr(o4), netip.MustParseAddr(o4), 1, 64, 4, 0, v4)
	udp := func(port uint16) []byte {
		return smpptest.IPv4(netip.MustParseAddr(o4), netip.MustParseAddr(o4), 1, 64, 17, 0, []byte{1, 1, byte(port >> 8), byte(port), 0, 8, 0, 0})
	}
	ports, hosts := []uint16{2775, 3000}, []netip.Addr{netip.MustParseAddr("10.0.0.7"), netip.MustParseAddr(h4), netip.MustParseAddr(h6)}
	for _, c := range []struct {
		name   string
		ports  []uint16
		hosts  []netip.Addr
		packet []byte
		want   bool
	}{
		{"all TCP", nil, nil, v4, true},
		{"all TCP, v6", nil, nil, v6, true},
		{"no UDP", nil, nil, udp(53), false},
		{"no UDP over v6", nil, nil, with(ipOf("["+h6+"]:4000", "["+o6+"]:2775"), 6, 17), false},
		{"no ICMP", nil, nil, with(ipOf(h4+":1", o4+":2"), 9, 1), false},
		{"port, destination", ports, nil, v4, true},
		{"port, source", ports, nil, ipOf(o4+":3000", h4+":4000"), true},
		{"other port", ports, nil, ipOf(h4+":4000", o4+":2776"), false},
		{"port behind options", ports, nil, opt4, true},
		{"port, v6", ports, nil, v6, true},
		{"other port, v6", ports, nil, ipOf("["+h6+"]:4000", "["+o6+"]:80"), false},
		{"host, source", nil, hosts, v4, true},
		{"host, destination", nil, hosts, ipOf(o4+":1", h4+":2"), true},
		{"other host", nil, hosts, ipOf(o4+":1", o4+":2"), false},
		{"host, v6", nil, hosts, ipOf("["+o6+"]:1", "["+h6+"]:2"), true},
		{"v6 host that differs in the last word", nil, hosts, ipOf("["+o6+"]:1", "[2001:db8::2]:2"), false},
		{"v6 host that differs in the first word", nil, hosts, ipOf("["+o6+"]:1", "[2002:db8::1]:2"), false},
		{"v6 only of hosts, v4 packet", nil, hosts[2:], v4, false},
		{"host and port", ports, hosts, v4, true},
		{"host, other port", ports, hosts, ipOf(h4+":1", o4+":2"), false},
		{"port, other host", ports, hosts, ipOf(o4+":2775", o4+":2"), false},
		{"first fragment of any port", ports, nil, with(ipOf(h4+":1", o4+":2"), 6, 0x20), true},
		{"later fragment", ports, nil, with(ipOf(h4+":1", o4+":2"), 6, 0, 7, 9), true},
		{"fragment of another host", nil, hosts, with(ipOf(o4+":1", o4+":2"), 6, 0x20), false},
		{"don't fragment is no fragment", ports, nil, with(ipOf(h4+":1", o4+":2"), 6, 0x40), false},
		{"v6 fragment", ports, nil, with(ipOf("["+o6+"]:1", "["+o6+"]:2"), 6, 44), true},
		{"tunnel, whatever ports and hosts", ports, hosts, ipip, true},
		{"VXLAN", ports, hosts, udp(4789), true},
		{"Geneve", ports, hosts, udp(6081), true},
		{"GTP-U", nil, nil, udp(2152), true},
		{"cut header", ports, nil, v4[:21], false},
	} {
		t.Run(c.name, func(t *testing.T) {
			f := &filterSpec{wanted: wanted{c.ports, c.hosts}}
			n, err := f.atIP(t).Run(c.packet)
			if err != nil {
				t.Fatal(err)
			}
			if got := n > 0; got != c.want {
				t.Errorf("accepted %v, want %v", got, c.want)
			}
			if _, err := f.compile(); err != nil {
				t.Error(err)
			}
		})
	}
}

// TestFilterLong: lists beyond what a filter can hold are left to user space.
func TestFilterLong(t *testing.T) {
	f := &filterSpec{}
	for i := range 1000 {
		f.wanted.ports = append(f.wanted.ports, uint16(1000+i))
		f.wanted.hosts = append(f.wanted.hosts, netip.AddrFrom4([4]byte{10, 1, byte(i >> 8), byte(i)}))
	}
	if n, err := f.atIP(t).Run(ipOf("10.0.0.1:1", "10.0.0.2:2")); err != nil || n == 0 {
		t.Errorf("%d, %v", n, err)
	}
	f.wanted.ports, f.wanted.hosts = f.wanted.ports[:maxListed], f.wanted.hosts[:maxListed]
	ins, err := f.compile()
	if err != nil || len(ins) > 4096 {
		t.Errorf("%d instructions, %v", len(ins), err)
	}
}

func TestWanted(t *testing.T) {
	w := &wanted{ports: []uint16{2775}, hosts: []netip.Addr{netip.MustParseAddr("10.0.0.1")}}
	for packet, want := range map[string]bool{
		"10.0.0.1:1 10.0.0.2:2775": true, "10.0.0.2:2775 10.0.0.1:1": true,
		"10.0.0.3:1 10.0.0.2:2775": false, "10.0.0.1:1 10.0.0.2:2776": false,
	} {
		from, to, _ := strings.Cut(packet, " ")
		var d decoder
		p := packetOf(ipOf(from, to))
		if why := d.decode(&p, 0); why != usable {
			t.Fatal(why)
		}
		if got := w.match(&d.seg); got != want {
			t.Errorf("%s: %v", packet, got)
		}
	}
}

func packetOf(ip []byte) packet { return packet{data: smpptest.Ethernet(ip), link: linkEthernet} }
