package capture

import "encoding/binary"

// prism goes over what Prism cards put before a frame: a code, the length of
// all, a name, and values.
func (w *walk) prism() reason {
	const least = 24
	if len(w.data) < least {
		return badHeader
	}
	n := binary.LittleEndian.Uint32(w.data[4:])
	if n < least || n > 1<<16 || w.take(int(n)) == nil {
		return badHeader
	}
	w.next = layerWiFi
	return usable
}

// radiotap goes over the header of radiotap.org: version, padding, length, and
// a bitmap of the fields behind it. Of these, only the flags count: a frame
// may be padded between its header and its data.
func (w *walk) radiotap() reason {
	const (
		more     = 1 << 31 // another word of the bitmap follows
		hasTime  = 1 << 0
		hasFlags = 1 << 1
		padded   = 0x20
	)
	if len(w.data) < 8 {
		return badHeader
	}
	h := w.take(int(binary.LittleEndian.Uint16(w.data[2:])))
	if len(h) < 8 {
		return badHeader
	}
	present := binary.LittleEndian.Uint32(h[4:])
	at := 8
	for word := present; word&more != 0; at += 4 {
		if at+4 > len(h) {
			return badHeader
		}
		word = binary.LittleEndian.Uint32(h[at:])
	}
	if present&hasTime != 0 {
		at = (at+7)&^7 + 8
	}
	w.next = layerWiFi
	if present&hasFlags != 0 && at < len(h) && h[at]&padded != 0 {
		return w.wifiFrame(4)
	}
	return usable
}

// wifi reads a frame of IEEE 802.11. Its checksum, where it was captured, lies
// behind the IP packet and so does no harm.
func (w *walk) wifi() reason { return w.wifiFrame(1) }

// wifiFrame reads a frame whose header is padded to a multiple of octets. Data
// frames have 24 octets of header, with four addresses 30, then two for the
// quality of service and four of control where a bit says so.
func (w *walk) wifiFrame(multiple int) reason {
	const (
		typeMask, data = 0x0c, 0x08
		empty, quality = 0x40, 0x80 // of data frames
		bothSystems    = 3          // to and from: four addresses
		encrypted      = 0x40
		control        = 0x80
	)
	if len(w.data) < 2 {
		return badHeader
	}
	kind, flags := w.data[0], w.data[1]
	if kind&typeMask != data || kind&empty != 0 {
		return notIP
	}
	size := 24
	if flags&bothSystems == bothSystems {
		size += 6
	}
	if kind&quality != 0 {
		if size += 2; flags&control != 0 {
			size += 4
		}
	}
	size = (size + multiple - 1) / multiple * multiple
	switch {
	case w.take(size) == nil:
		return badHeader
	case flags&encrypted != 0:
		return notIP
	}
	return w.llc()
}
