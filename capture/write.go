package capture

import (
	"bufio"
	"encoding/binary"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// WriteOptions say where captured packets are kept.
type WriteOptions struct {
	// Path is the file; what is there is overwritten. With MaxSize or MaxTime
	// it is the pattern of several: a.pcapng becomes
	// a_00001_20261103100211.pcapng, as with dumpcap.
	Path string
	// MaxSize in octets and MaxTime end a file and begin the next; zero: no
	// limit.
	MaxSize int64
	MaxTime time.Duration
	// Files is how many files are kept at most, the newest; zero: all.
	Files int
	// Application is named in the file, and Comment says of it what a reader
	// should know.
	Application, Comment string
	// To takes the octets in place of a file, in one piece; it is not closed.
	To io.Writer
	// Sort puts packets in order of time that come at most so much later than
	// newer ones; zero: none.
	Sort time.Duration
	// Masked says that no password is left in what is written: it is written
	// as it is.
	Masked bool
}

// Options of pcapng blocks that are written.
const (
	optionComment    = 1
	optionName       = 2 // of an interface
	optionResolution = 9 // if_tsresol
	optionUserApp    = 4 // of a section

	// keepMode is the files': texts and addresses are in them.
	keepMode = 0o600
	// headersKept of a packet whose octets could not be put into a stream: the
	// link and IP headers of the usual case, never a payload.
	headersKept = 34
)

// packetWriter writes packets to pcapng files, passwords masked.
type packetWriter struct {
	o      WriteOptions
	file   *os.File
	out    *bufio.Writer
	size   int64 // of the current file
	before int64 // octets of the files before it
	number int
	since  int64    // time of its first packet; zero: none
	kept   []string // paths that exist, oldest first
	ifaces map[string]uint32

	mask  packetMask
	held  holding
	block []byte // scratch
	spare []byte // of a packet that was written
}

func newPacketWriter(o *WriteOptions) (*packetWriter, error) {
	w := &packetWriter{o: *o}
	w.mask.held = &w.held
	return w, w.begin(time.Now().UnixNano())
}

// Rotates tells that there are several files.
func (o *WriteOptions) Rotates() bool { return o.MaxSize > 0 || o.MaxTime > 0 }

// path is the next file's.
func (w *packetWriter) path(now int64) string {
	if !w.o.Rotates() {
		return w.o.Path
	}
	ext := filepath.Ext(w.o.Path)
	return fmt.Sprintf("%s_%05d_%s%s", strings.TrimSuffix(w.o.Path, ext), w.number, time.Unix(0, now).Format("20060102150405"), ext)
}

// begin begins the next file.
func (w *packetWriter) begin(now int64) error {
	if err := w.open(now); err != nil {
		return err
	}
	w.before += w.size
	w.size, w.since, w.ifaces = 0, 0, map[string]uint32{}
	body := binary.LittleEndian.AppendUint32(nil, orderMagic)
	body = append(body, 1, 0, 0, 0)
	body = append(body, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff) // length of the section: not told
	if w.o.Comment != "" {
		body = appendOption(body, optionComment, commentText(w.o.Comment))
	}
	body = appendOption(body, optionUserApp, w.o.Application)
	return w.write(blockSection, body)
}

// open makes the next file, and removes the oldest when there are too many.
func (w *packetWriter) open(now int64) error {
	if w.o.To != nil {
		w.out = bufio.NewWriterSize(w.o.To, 256<<10)
		return nil
	}
	w.number++
	path := w.path(now)
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, keepMode)
	if err != nil {
		return fmt.Errorf("keep packets: %w", err)
	}
	w.file, w.out = f, bufio.NewWriterSize(f, 256<<10)
	w.kept = append(w.kept, path)
	if w.o.Files > 0 && len(w.kept) > w.o.Files {
		if err := os.Remove(w.kept[0]); err != nil && !os.IsNotExist(err) {
			return fmt.Errorf("keep packets: %w", err)
		}
		w.kept = w.kept[1:]
	}
	return nil
}

// written is how many octets went to all files.
func (w *packetWriter) written() int64 { return w.before + w.size + w.held.octets }

// packet takes one packet, copied here; s is its segment, nil when it has
// none. It is written at once but for a bind that spans packets: then all wait
// until its password is known, see holding.
func (w *packetWriter) packet(p *livePacket, s *segment, iface string) error {
	if _, err := w.release(p.time, false); err != nil {
		return err
	}
	k := keptPacket{iface: iface, link: p.link, time: p.time, orig: len(p.data) + p.cut}
	var added int
	k.data, added = tagged(w.spare[:0], p)
	k.orig += added
	if place, ok := placeOf(p.data, s); ok {
		place += added
		w.mask.packet(s, k.data[place:place+len(s.payload)], p.time)
	} else {
		k.data = k.data[:min(len(k.data), headersKept)]
	}
	return w.keep(k)
}

// keep writes a packet, or holds it. It owns the packet's octets.
func (w *packetWriter) keep(k keptPacket) error {
	w.spare = nil
	w.held.add(k)
	if w.o.Sort > 0 {
		return w.sorted(sortedPackets)
	}
	wrote, err := w.release(k.time, false)
	if wrote {
		w.spare = k.data
	}
	return err
}

// tagged copies a packet to dst and puts back the tag that the kernel took
// out.
func tagged(dst []byte, p *livePacket) (data []byte, added int) {
	if p.vlan == 0 || p.link != linkEthernet || len(p.data) < 12 {
		return append(dst, p.data...), 0
	}
	dst = append(dst, p.data[:12]...)
	dst = append(dst, 0x81, 0)
	dst = binary.BigEndian.AppendUint16(dst, uint16(p.vlan))
	return append(dst, p.data[12:]...), 4
}

// placeOf finds where in a packet its segment's payload lies. Of a datagram
// put together from fragments it lies elsewhere.
func placeOf(data []byte, s *segment) (place int, ok bool) {
	if s == nil {
		return 0, false
	}
	if len(s.payload) == 0 {
		return 0, true
	}
	place = cap(data) - cap(s.payload)
	if place < 0 || place+len(s.payload) > len(data) || &data[place] != &s.payload[0] {
		return 0, false
	}
	return place, true
}

// release writes what need not be held any longer.
func (w *packetWriter) release(now int64, all bool) (wrote bool, err error) {
	if w.o.Sort > 0 && !all || !w.mask.settled(now, all) {
		return false, nil
	}
	if w.o.Sort > 0 {
		return true, w.sorted(1)
	}
	for i := range w.held.packets {
		if err := w.put(&w.held.packets[i]); err != nil {
			return false, err
		}
	}
	w.held.clear()
	return true, nil
}

// put writes one packet.
func (w *packetWriter) put(k *keptPacket) error {
	if w.full(k) {
		if err := w.next(k.time); err != nil {
			return err
		}
	}
	if w.since == 0 {
		w.since = k.time
	}
	id, err := w.iface(k)
	if err != nil {
		return err
	}
	b := binary.LittleEndian.AppendUint32(w.block[:0], id)
	b = binary.LittleEndian.AppendUint32(b, uint32(uint64(k.time)>>32))
	b = binary.LittleEndian.AppendUint32(b, uint32(k.time))
	b = binary.LittleEndian.AppendUint32(b, uint32(len(k.data)))
	b = binary.LittleEndian.AppendUint32(b, uint32(k.orig))
	if k.made {
		sumMade(k.data) // what is masked is known now
	}
	b = pad(append(b, k.data...))
	if k.comment != "" {
		b = appendOption(b, optionComment, k.comment)
		b = append(b, 0, 0, 0, 0)
	}
	w.block = b
	return w.write(blockEnhanced, b)
}

// full tells that a packet belongs into the next file.
func (w *packetWriter) full(k *keptPacket) bool {
	return w.o.MaxSize > 0 && w.since > 0 && w.size+int64(len(k.data))+32 > w.o.MaxSize ||
		w.o.MaxTime > 0 && w.since > 0 && k.time-w.since >= int64(w.o.MaxTime)
}

// next ends a file and begins another.
func (w *packetWriter) next(now int64) error {
	if err := w.end(); err != nil {
		return err
	}
	return w.begin(now)
}

// restart gives up a file that could not be written, and what is held, and
// begins another. It leaves no file behind when that cannot be written either.
func (w *packetWriter) restart(now int64) error {
	_ = w.file.Close() // it was told why
	w.mask.settled(now, true)
	w.held.clear()
	if err := w.begin(now); err != nil {
		w.number--
		return err
	}
	err := w.out.Flush()
	if last := len(w.kept) - 1; err != nil {
		_ = os.Remove(w.kept[last])
		w.kept = w.kept[:last]
		w.number--
	}
	return err
}

// iface gives an interface's number in the file.
func (w *packetWriter) iface(k *keptPacket) (uint32, error) {
	name := fmt.Sprintf("%s/%d", k.iface, k.link)
	if id, ok := w.ifaces[name]; ok {
		return id, nil
	}
	id := uint32(len(w.ifaces))
	w.ifaces[name] = id
	body := binary.LittleEndian.AppendUint16(nil, uint16(k.link))
	body = append(body, 0, 0)
	body = binary.LittleEndian.AppendUint32(body, acceptAll)
	body = appendOption(body, optionName, k.iface)
	body = appendOption(body, optionResolution, "\x09") // nanoseconds
	body = append(body, 0, 0, 0, 0)
	return id, w.write(blockIface, body)
}

func appendOption(b []byte, code uint16, value string) []byte {
	b = binary.LittleEndian.AppendUint16(b, code)
	b = binary.LittleEndian.AppendUint16(b, uint16(len(value)))
	return pad(append(b, value...))
}

func pad(b []byte) []byte {
	for len(b)%4 != 0 {
		b = append(b, 0)
	}
	return b
}

// write writes a block.
func (w *packetWriter) write(kind uint32, body []byte) error {
	n := uint32(12 + len(body))
	var head [8]byte
	binary.LittleEndian.PutUint32(head[:], kind)
	binary.LittleEndian.PutUint32(head[4:], n)
	_, _ = w.out.Write(head[:]) // the last write tells of an error before it
	_, _ = w.out.Write(body)
	_, err := w.out.Write(head[4:])
	w.size += int64(n)
	return w.explain(err)
}

func (w *packetWriter) explain(err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("keep packets: %w", err)
}

// beat is called every now and then, so that the file can be followed and
// rotates in silence, too.
func (w *packetWriter) beat(now int64) error {
	if now == 0 {
		return nil
	}
	if _, err := w.release(now, false); err != nil {
		return err
	}
	if w.o.MaxTime > 0 && w.since > 0 && now-w.since >= int64(w.o.MaxTime) {
		return w.next(now)
	}
	return w.explain(w.out.Flush())
}

// end ends the current file.
func (w *packetWriter) end() error {
	err := w.out.Flush()
	if w.file == nil {
		return w.explain(err)
	}
	if e := w.file.Close(); err == nil {
		err = e
	}
	return w.explain(err)
}

// close writes what is held and ends.
func (w *packetWriter) close() error {
	_, err := w.release(0, true)
	if e := w.end(); err == nil {
		err = e
	}
	return err
}
