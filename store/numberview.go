package store

// view is a way to read octets as characters, and to cover one of them.
type view interface {
	// read appends the characters; what is none is a zero.
	read(to, octets []byte) []byte
	cover(octets []byte, char int)
	least() int  // how many digits a number has that is looked for
	alone() bool // a digit beside a number makes it another
}

// views are all but that of text.
var views = func() []view {
	out := []view{ucs2View(0), ucs2View(1), nibbleView(0), nibbleView(1)}
	for phase := range 7 {
		out = append(out, septetView(phase))
	}
	return out
}()

// octetView takes octets for characters: ASCII, GSM 7 bit a character an octet,
// Latin 1, and UTF-8.
type octetView struct{}

func (octetView) read(to, b []byte) []byte { return append(to, b...) }
func (octetView) cover(b []byte, i int)    { b[i] = '*' }
func (octetView) least() int               { return 0 }
func (octetView) alone() bool              { return true }

// ucs2View takes two octets for a character; it is the place of the first.
type ucs2View int

func (v ucs2View) read(to, b []byte) []byte {
	for i := int(v); i+1 < len(b); i += 2 {
		c := b[i+1]
		if b[i] != 0 {
			c = 0
		}
		to = append(to, c)
	}
	return to
}

func (v ucs2View) cover(b []byte, i int) { b[int(v)+2*i+1] = '*' }
func (ucs2View) least() int              { return 0 }
func (ucs2View) alone() bool             { return true }

// septetView takes seven bits for a character, the lowest first (GSM 03.38,
// 6.1.2.1); it is the bit at which the first one begins.
type septetView int

func (v septetView) read(to, b []byte) []byte {
	for bit := int(v); bit+7 <= 8*len(b); bit += 7 {
		c := uint16(b[bit/8])
		if bit/8+1 < len(b) {
			c |= uint16(b[bit/8+1]) << 8
		}
		to = append(to, byte(c>>(bit%8))&0x7F)
	}
	return to
}

func (v septetView) cover(b []byte, i int) {
	for k := range 7 {
		bit := int(v) + 7*i + k
		mask := byte(1) << (bit % 8)
		b[bit/8] &^= mask
		if '*'>>k&1 == 1 {
			b[bit/8] |= mask
		}
	}
}

func (septetView) least() int  { return leastPacked }
func (septetView) alone() bool { return true }

// nibbleView takes four bits for a digit; 0: the lower half of an octet first,
// as telephone numbers are packed, 1: the upper one.
type nibbleView int

func (v nibbleView) read(to, b []byte) []byte {
	for _, c := range b {
		low, high := '0'+c&0xF, '0'+c>>4
		if v == 1 {
			low, high = high, low
		}
		to = append(to, low, high)
	}
	return to
}

// cover writes the semi-octet of an asterisk (TS 24.008, table 10.5.118).
func (v nibbleView) cover(b []byte, i int) {
	if i%2 == int(v) {
		b[i/2] = b[i/2]&0xF0 | 0xA
	} else {
		b[i/2] = b[i/2]&0xF | 0xA0
	}
}

func (nibbleView) least() int  { return leastNibble }
func (nibbleView) alone() bool { return false }
