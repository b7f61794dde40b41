package capture

import (
	"encoding/binary"
	"errors"
	"fmt"
)

// packet is one captured packet. data is valid until the reader's next call.
type packet struct {
	data []byte
	// cut is how many octets of the packet's end were not captured, as the
	// file says. With atSnap it says nothing although the packet fills the
	// snap length; then the IP length tells alone.
	cut      int
	atSnap   bool
	time     int64 // nanoseconds since 1970 UTC
	link     uint32
	timeless bool  // the file gives no time for it
	numbered int64 // blocks before it that have a frame's number in Wireshark
}

// packetReader reads one capture file. next returns io.EOF at a regular end
// and a *damage where the file breaks off.
type packetReader interface {
	next(p *packet) error
}

// errUnusable marks a packet that was read but means nothing; reading goes on.
var errUnusable = errors.New("unusable packet")

const (
	magicMicro    = 0xa1b2c3d4
	magicNano     = 0xa1b23c4d
	magicModified = 0xa1b2cd34 // Kuznetsov's patched libpcap: 8 more octets a record
	magicIxia     = 0x1c0001ac
	magicIxiaSoft = 0x1c0001ab
	magicNavtel   = 0xa12b3c4d
)

// maxTime bounds times so that differences of two never overflow (to 2116).
const maxTime = 1 << 62

type pcapReader struct {
	w       *window
	order   binary.ByteOrder
	big     bool
	unit    int64 // nanoseconds of a sub-second unit
	header  int   // octets of a record header
	link    uint32
	snaplen uint32
	swapped bool // before version 2.3 the two lengths stood the other way round
}

// newPcap reads the file header. ok is false when it is no pcap at all.
func newPcap(w *window) (r *pcapReader, ok bool, err error) {
	h, _ := w.peek(4)
	if len(h) < 4 {
		return nil, false, nil
	}
	r = &pcapReader{w: w, header: 16}
	switch {
	case r.magic(binary.LittleEndian, binary.LittleEndian.Uint32(h)):
	case r.magic(binary.BigEndian, binary.BigEndian.Uint32(h)):
		r.big = true
	default:
		return nil, false, nil
	}
	h, err = w.peek(24)
	if err != nil {
		return nil, true, w.broken(err, 24, len(h), "pcap file header")
	}
	if r.unit == 0 {
		return nil, true, &damage{
			what: fmt.Sprintf("pcap of an unsupported variant (magic %08x)", r.order.Uint32(h)),
			hint: "convert it with: editcap -F pcapng IN OUT",
		}
	}
	major, minor := r.order.Uint16(h[4:]), r.order.Uint16(h[6:])
	if major != 2 {
		return nil, true, &damage{
			what: fmt.Sprintf("pcap version %d.%d is not known (2.4 is)", major, minor),
			hint: "convert it with: editcap -F pcapng IN OUT",
		}
	}
	r.swapped = minor < 3
	// The upper half holds flags and the length of a frame check sequence,
	// which the IP length leaves out anyway.
	r.link = r.order.Uint32(h[20:]) & 0xffff
	r.snaplen = r.order.Uint32(h[16:])
	if minor == 2 {
		r.aix()
	}
	_, err = w.skip(24)
	return r, true, err
}

// magic says whether m, read in order o, begins a pcap. unit stays 0 for a
// variant that is known and not read.
func (r *pcapReader) magic(o binary.ByteOrder, m uint32) bool {
	switch m {
	case magicMicro:
		r.unit = 1000
	case magicNano:
		r.unit = 1
	case magicModified:
		r.unit, r.header = 1000, 24
	case magicIxia, magicIxiaSoft, magicNavtel:
		r.unit = 0
	default:
		return false
	}
	r.order = o
	return true
}

// aix recognises a file of AIX's tcpdump, as Wireshark does: of version 2.2,
// with an interface type (RFC 1573) for its link type. It counts nanoseconds.
func (r *pcapReader) aix() {
	link, ok := map[uint32]uint32{6: linkEthernet, 15: linkFDDI, 24: linkNull}[r.link]
	if ok {
		r.link, r.unit = link, 1
	}
}

func (r *pcapReader) next(p *packet) error {
	h, err := r.w.peek(r.header)
	if err != nil {
		if len(h) == 0 && isEnd(err) {
			return err
		}
		return r.w.broken(err, r.header, len(h), "packet header")
	}
	var sec, sub, caplen, origlen uint32
	if r.big {
		sec, sub = binary.BigEndian.Uint32(h), binary.BigEndian.Uint32(h[4:])
		caplen, origlen = binary.BigEndian.Uint32(h[8:]), binary.BigEndian.Uint32(h[12:])
	} else {
		sec, sub = binary.LittleEndian.Uint32(h), binary.LittleEndian.Uint32(h[4:])
		caplen, origlen = binary.LittleEndian.Uint32(h[8:]), binary.LittleEndian.Uint32(h[12:])
	}
	if r.swapped {
		caplen, origlen = origlen, caplen
	}
	if caplen > maxPacket {
		return tooLong(r.w.off, caplen)
	}
	n := r.header + int(caplen)
	b, err := r.w.peek(n)
	if err != nil {
		return r.w.broken(err, n, len(b), "packet")
	}
	p.data = b[r.header:]
	p.cutOf(caplen, origlen, r.snaplen)
	p.time = int64(sec)*1e9 + int64(sub)*r.unit
	p.link = r.link
	p.timeless = false
	r.w.at += n
	r.w.off += int64(n)
	return nil
}

// cutOf notes how many octets are missing. Writers that give an original
// length below the captured one, or one that no network carries, mean nothing
// by it.
func (p *packet) cutOf(caplen, origlen, snaplen uint32) {
	p.cut = 0
	if origlen > caplen && origlen <= maxPacket {
		p.cut = int(origlen - caplen)
	}
	p.atSnap = p.cut == 0 && caplen == snaplen && caplen > 0
}

func tooLong(off int64, caplen uint32) error {
	return &damage{
		off:  off,
		what: fmt.Sprintf("a packet header announces %d octets, more than the %d believed", caplen, maxPacket),
		hint: "the file is corrupt from here on; all packets before were read",
	}
}
