//go:build linux && cgo

package capture

import (
	"errors"
	"fmt"
	"net"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/google/gopacket/afpacket"
	"golang.org/x/net/bpf"
	"golang.org/x/sys/unix"
)

const (
	defaultRing = 32 << 20
	// ringBlock is small: a block is handed over after blockTime however little is
	// in it, so that at usual rates the number of blocks, and not the ring's size,
	// says how long the reader may be away (128 blocks: 2.5 s). It holds the
	// largest packet that offloading makes, four times.
	ringBlock = 256 << 10
)

// Hardware types (linux/if_arp.h) whose packets do not begin with an IP
// header.
var linkOfHardware = map[uint16]uint32{
	1: linkEthernet, 772: linkEthernet, // the loopback has an empty Ethernet header
	801: linkWiFi, 802: linkPrism, 803: linkRadio,
}

// packetRing is a TPACKET_V3 ring on all interfaces; the filter chooses those
// that are wanted. One ring keeps the packets of several interfaces in order,
// and is not lost with an interface that goes down.
type packetRing struct {
	tp     *afpacket.TPacket
	spec   filterSpec
	names  []string // wanted; empty: all
	promi  int      // socket that holds the interfaces promiscuous
	gone   string   // what was said last about interfaces that are not there
	ifaces map[int]*netIface
	closed bool
}

// netIface is an interface that packets came from.
type netIface struct {
	name string
	link uint32
}

func openRing(o *LiveOptions) (ring, error) {
	r := &packetRing{promi: -1, ifaces: map[int]*netIface{}, spec: filterSpec{wanted: wanted{o.Ports, o.Hosts}}}
	if !slices.Contains(o.Interfaces, anyInterface) {
		r.names = o.Interfaces
	}
	indices, err := r.lookUp()
	if err != nil {
		return nil, err
	}
	size := o.RingSize
	if size == 0 {
		size = defaultRing
	}
	r.tp, err = afpacket.NewTPacket(
		afpacket.TPacketVersion3, afpacket.SocketRaw, afpacket.OptFrameSize(ringBlock), afpacket.OptBlockSize(ringBlock),
		afpacket.OptNumBlocks(max(2, size/ringBlock)), afpacket.OptBlockTimeout(blockTime), afpacket.OptPollTimeout(pollTime),
	)
	if err != nil {
		return nil, explainOpen(err)
	}
	if err := r.begin(indices); err != nil {
		r.close()
		return nil, err
	}
	return r, nil
}

// explainOpen says what to do, in one line.
func explainOpen(err error) error {
	if errors.Is(err, unix.EPERM) || errors.Is(err, unix.EACCES) {
		exe, e := os.Executable()
		if e != nil {
			exe = "smpptap"
		}
		return fmt.Errorf("capturing needs the capability CAP_NET_RAW: run as root, or once: sudo setcap cap_net_raw+ep %s", exe)
	}
	return fmt.Errorf("open packet socket: %w", err)
}

// begin installs the filter. The socket was open before it, so first all is
// refused, and what is there already thrown away: then every packet has
// passed the filter.
func (r *packetRing) begin(indices []int) error {
	none, err := bpf.Assemble([]bpf.Instruction{bpf.RetConstant{Val: 0}})
	if err != nil {
		return err
	}
	if err := r.tp.SetBPF(none); err != nil {
		return fmt.Errorf("install packet filter: %w", err)
	}
	for deadline := time.Now().Add(10 * pollTime); time.Now().Before(deadline); {
		if _, _, err := r.tp.ZeroCopyReadPacketData(); errors.Is(err, afpacket.ErrTimeout) {
			break
		}
	}
	if err := r.tp.InitSocketStats(); err != nil {
		return fmt.Errorf("read packet statistics: %w", err)
	}
	return r.choose(indices)
}

// choose installs the filter for interfaces, and holds them promiscuous, as a
// mirror port needs it.
func (r *packetRing) choose(indices []int) error {
	r.spec.ifaces = indices
	filter, err := r.spec.compile()
	if err != nil {
		return fmt.Errorf("make packet filter: %w", err)
	}
	if err := r.tp.SetBPF(filter); err != nil {
		return fmt.Errorf("install packet filter: %w", err)
	}
	if r.promi < 0 && len(indices) > 0 {
		if r.promi, err = unix.Socket(unix.AF_PACKET, unix.SOCK_RAW|unix.SOCK_CLOEXEC, 0); err != nil {
			return explainOpen(err)
		}
	}
	for _, i := range indices {
		m := unix.PacketMreq{Ifindex: int32(i), Type: unix.PACKET_MR_PROMISC}
		// Interfaces that cannot be, like the loopback, show their own packets.
		_ = unix.SetsockoptPacketMreq(r.promi, unix.SOL_PACKET, unix.PACKET_ADD_MEMBERSHIP, &m)
	}
	return nil
}

// lookUp finds the indices of the wanted interfaces.
func (r *packetRing) lookUp() (indices []int, err error) {
	for _, name := range r.names {
		i, e := net.InterfaceByName(name)
		if e != nil {
			err = fmt.Errorf("no interface %s (there are: %s)", name, interfaceNames())
			continue
		}
		indices = append(indices, i.Index)
	}
	return indices, err
}

func interfaceNames() string {
	all, _ := net.Interfaces()
	names := []string{anyInterface}
	for _, i := range all {
		names = append(names, i.Name)
	}
	return strings.Join(names, ", ")
}

// refresh implements ring.
func (r *packetRing) refresh() error {
	if len(r.names) == 0 {
		return nil
	}
	indices, err := r.lookUp()
	switch said := r.gone; {
	case err == nil:
		r.gone = ""
	case err.Error() == said:
		err = nil
	default:
		r.gone = err.Error()
	}
	if len(indices) == 0 || slices.Equal(indices, r.spec.ifaces) {
		return err
	}
	clear(r.ifaces)
	return errors.Join(err, r.choose(indices))
}

// next implements ring.
func (r *packetRing) next(p *livePacket) error {
	data, ci, err := r.tp.ZeroCopyReadPacketData()
	switch {
	case errors.Is(err, afpacket.ErrTimeout):
		return errQuiet
	case errors.Is(err, afpacket.ErrPoll):
		time.Sleep(pollTime) // an interface is gone; others go on
		return errQuiet
	case err != nil:
		return fmt.Errorf("read packets: %w", err)
	}
	p.data, p.time, p.iface, p.vlan = data, ci.Timestamp.UnixNano(), ci.InterfaceIndex, 0
	p.cut = max(0, ci.Length-len(data))
	for _, a := range ci.AncillaryData {
		if v, ok := a.(afpacket.AncillaryVLAN); ok {
			p.vlan = v.VLAN
		}
	}
	p.link = r.iface(p.iface).link
	return nil
}

// dropped implements ring.
func (r *packetRing) dropped() (int64, error) {
	_, s, err := r.tp.SocketStats()
	return int64(s.Drops()), err
}

// name implements ring.
func (r *packetRing) name(index int) string { return r.iface(index).name }

// iface finds out about an interface with its first packet.
func (r *packetRing) iface(index int) *netIface {
	if i := r.ifaces[index]; i != nil {
		return i
	}
	i := &netIface{name: fmt.Sprintf("#%d", index), link: linkEthernet}
	if known, err := net.InterfaceByIndex(index); err == nil {
		i.name = known.Name
		if hw, err := hardwareOf(known.Name); err == nil {
			link, ok := linkOfHardware[hw]
			if !ok {
				link = linkRaw
			}
			i.link = link
		}
	}
	r.ifaces[index] = i
	return i
}

// hardwareOf asks for an interface's hardware type.
func hardwareOf(name string) (uint16, error) {
	fd, err := unix.Socket(unix.AF_INET, unix.SOCK_DGRAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return 0, err
	}
	defer func() { _ = unix.Close(fd) }()
	req, err := unix.NewIfreq(name)
	if err != nil {
		return 0, err
	}
	if err := unix.IoctlIfreq(fd, unix.SIOCGIFHWADDR, req); err != nil {
		return 0, err
	}
	return req.Uint16(), nil // the family of the address
}

// close implements ring. Nobody may be reading.
func (r *packetRing) close() {
	if r.closed {
		return
	}
	r.closed = true
	r.tp.Close()
	if r.promi >= 0 {
		_ = unix.Close(r.promi)
	}
}
