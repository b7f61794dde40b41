package capture

import (
	"net/netip"
	"slices"

	"golang.org/x/net/bpf"
)

// wanted says which TCP packets a live capture is for: those with one of the
// ports and one of the hosts at either end; an empty list sets no condition.
type wanted struct {
	ports []uint16
	hosts []netip.Addr // unmapped
}

// match is the exact verdict, on a segment out of whatever it was wrapped in.
func (w *wanted) match(s *segment) bool {
	if len(w.ports) > 0 && !slices.Contains(w.ports, s.sport) && !slices.Contains(w.ports, s.dport) {
		return false
	}
	return len(w.hosts) == 0 || slices.Contains(w.hosts, s.src.netip()) || slices.Contains(w.hosts, s.dst.netip())
}

const (
	// netBase is where, for the kernel's filter, the network header begins
	// (SKF_NET_OFF), whatever the link is and wherever a tag was taken out.
	netBase = 0xfff00000
	// maxListed ports or hosts go into the filter; of longer lists only match
	// knows. A filter has 4096 instructions at most.
	maxListed = 200
	// acceptAll octets of a packet are taken: more than any has.
	acceptAll = 262144

	hardwareLoopback = 772 // ARPHRD_LOOPBACK
	packetOutgoing   = 4   // PACKET_OUTGOING
)

// filterSpec is what a kernel filter is made of.
type filterSpec struct {
	wanted
	ifaces []int // interface indices; empty: all
}

// compile makes the filter that is installed before the first packet counts.
// It lets everything through that match may want, and besides only what it
// cannot look into: fragments (ports stand in the first one alone), extension
// headers of IPv6, tunnels and stacked tags. On the loopback, where every
// packet passes twice, the outgoing one is refused.
func (f *filterSpec) compile() ([]bpf.RawInstruction, error) {
	p := &program{base: netBase}
	p.add(bpf.LoadExtension{Num: bpf.ExtLinkLayerType})
	p.unless(hardwareLoopback, 3)
	p.add(bpf.LoadExtension{Num: bpf.ExtType})
	p.goIf(packetOutgoing, reject)
	if len(f.ifaces) > 0 {
		p.add(bpf.LoadExtension{Num: bpf.ExtInterfaceIndex})
		for _, i := range f.ifaces {
			p.goIf(uint32(i), wantedIface)
		}
		p.jump(reject)
	}
	p.label(wantedIface)
	p.add(bpf.LoadExtension{Num: bpf.ExtProto})
	p.goIf(0x0800, ip4)
	p.goIf(0x86dd, ip6)
	// Stacked tags, MPLS, PPPoE, transparent bridging, NSH; 4 is Linux's for
	// LLC (ETH_P_802_2).
	for _, t := range []uint32{0x8100, 0x88a8, 0x9100, 0x9200, 0x8847, 0x8848, 0x8864, 0x6558, etherTypeNSH, 4} {
		p.goIf(t, accept)
	}
	p.jump(reject)
	f.ip(p)
	return p.assemble()
}

// ip adds all that begins at the network header.
func (f *filterSpec) ip(p *program) {
	p.label(ip4)
	p.load(9, 1)
	p.goIf(6, tcp4)
	p.goIf(17, udp4)
	for _, tunnel := range []uint32{47, 4, 41, 51, 97, 137, 143} { // GRE, IPIP, 6in4, AH, EtherIP, MPLS, Ethernet
		p.goIf(tunnel, accept)
	}
	p.jump(reject)

	p.label(tcp4)
	f.hosts(p, hosts4, 12, 16)
	p.load(6, 2)
	p.goIfBits(0x3fff, accept)
	p.add(bpf.LoadMemShift{Off: p.base})
	f.ports(p, func(at uint32) bpf.Instruction { return bpf.LoadIndirect{Off: p.base + at, Size: 2} })

	p.label(udp4)
	p.load(6, 2)
	p.goIfBits(0x3fff, accept)
	p.add(bpf.LoadMemShift{Off: p.base}, bpf.LoadIndirect{Off: p.base + 2, Size: 2})
	p.tunnelPorts()

	p.label(ip6)
	p.load(6, 1)
	p.goIf(6, tcp6)
	p.goIf(17, udp6)
	// Extension headers, fragments, tunnels.
	for _, next := range []uint32{0, 43, 44, 51, 60, 135, 139, 140, 47, 4, 41, 97, 137, 143} {
		p.goIf(next, accept)
	}
	p.jump(reject)

	p.label(tcp6)
	f.hosts(p, hosts6, 8, 24)
	f.ports(p, func(at uint32) bpf.Instruction { return bpf.LoadAbsolute{Off: p.base + 40 + at, Size: 2} })

	p.label(udp6)
	p.load(42, 2)
	p.tunnelPorts()

	p.label(reject)
	p.add(bpf.RetConstant{Val: 0})
	p.label(accept)
	p.add(bpf.RetConstant{Val: acceptAll})
}

// tunnelPorts: the destination port is loaded.
func (p *program) tunnelPorts() {
	for _, port := range []uint32{4789, 8472, 4790, 6081, 2152, 6635} {
		p.goIf(port, accept)
	}
	p.jump(reject)
}

// hosts goes on to then when either address, at the given places of the
// header, is listed.
func (f *filterSpec) hosts(p *program, then label, src, dst uint32) {
	if len(f.wanted.hosts) == 0 || len(f.wanted.hosts) > maxListed {
		return
	}
	for _, at := range []uint32{src, dst} {
		for _, h := range f.wanted.hosts {
			if h.Is4() != (then == hosts4) {
				continue
			}
			words := h.AsSlice()
			for i := 0; i < len(words); i += 4 {
				p.load(at+uint32(i), 4)
				v := uint32(words[i])<<24 | uint32(words[i+1])<<16 | uint32(words[i+2])<<8 | uint32(words[i+3])
				if i+4 == len(words) {
					p.goIf(v, then)
				} else {
					// To the next host: past the words that are left, two
					// instructions each, and the last jump.
					p.unless(v, uint8((len(words)-4-i)/4*2+1))
				}
			}
		}
	}
	p.jump(reject)
	p.label(then)
}

// ports ends with a verdict on the two ports, which load fetches from their
// place in the TCP header.
func (f *filterSpec) ports(p *program, load func(at uint32) bpf.Instruction) {
	if len(f.wanted.ports) == 0 || len(f.wanted.ports) > maxListed {
		p.jump(accept)
		return
	}
	for _, at := range []uint32{0, 2} {
		p.add(load(at))
		for _, port := range f.wanted.ports {
			p.goIf(uint32(port), accept)
		}
	}
	p.jump(reject)
}

// label is a place in a program.
type label int

const (
	accept label = iota
	reject
	wantedIface
	ip4
	ip6
	tcp4
	tcp6
	udp4
	udp6
	hosts4
	hosts6
	labels
)

// program is a filter in the making. Conditional jumps reach 255 instructions
// only, so they go over an unconditional one, which reaches any.
type program struct {
	base   uint32 // of the network header
	ins    []bpf.Instruction
	places [labels]int
	jumps  map[int]label // by place
}

func (p *program) add(ins ...bpf.Instruction) { p.ins = append(p.ins, ins...) }

func (p *program) load(at uint32, size int) {
	p.add(bpf.LoadAbsolute{Off: p.base + at, Size: size})
}

func (p *program) label(l label) { p.places[l] = len(p.ins) }

func (p *program) jump(l label) {
	if p.jumps == nil {
		p.jumps = map[int]label{}
	}
	p.jumps[len(p.ins)] = l
	p.add(bpf.Jump{})
}

func (p *program) goIf(v uint32, l label) {
	p.unless(v, 1)
	p.jump(l)
}

func (p *program) goIfBits(bits uint32, l label) {
	p.add(bpf.JumpIf{Cond: bpf.JumpBitsSet, Val: bits, SkipFalse: 1})
	p.jump(l)
}

// unless skips n instructions when the value loaded is not v.
func (p *program) unless(v uint32, n uint8) {
	p.add(bpf.JumpIf{Cond: bpf.JumpEqual, Val: v, SkipFalse: n})
}

// assemble resolves the jumps.
func (p *program) assemble() ([]bpf.RawInstruction, error) {
	for at, l := range p.jumps {
		p.ins[at] = bpf.Jump{Skip: uint32(p.places[l] - at - 1)}
	}
	return bpf.Assemble(p.ins)
}
