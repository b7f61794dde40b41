package dissect

import (
	"bytes"
	"unicode/utf16"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/japanese"
	"golang.org/x/text/encoding/korean"
)

// replacement stands for octets without a meaning.
const replacement = string(utf8.RuneError)

// text is what octets say in an alphabet.
type text struct {
	string
	units int  // septets, code units or octets
	lossy bool // see Message.Lossy
	// same: the string is the octets, one by one.
	same bool
}

// textSize is room on the stack for a decoded text: 160 characters of three
// octets. Longer ones move to the heap while they are made.
const textSize = 512

// readText decodes text. shift are the tables for GSM alphabets, header the
// octets of the user data header before b, from which packed septets count.
func readText(a Alphabet, b []byte, shift shifts, header int) text {
	switch a {
	case AlphabetGSM:
		if shift.plain() && isPlain(b) {
			return text{string: string(b), units: len(b), same: true}
		}
		var room [textSize]byte
		out, lossy := appendSeptets(room[:0], b, shift.locking, shift.single)
		return text{string: string(out), units: len(b), lossy: lossy}
	case AlphabetGSMPacked:
		var septet, room [textSize]byte
		unpacked := appendUnpacked(septet[:0], b, header)
		out, lossy := appendSeptets(room[:0], unpacked, shift.locking, shift.single)
		return text{string: string(out), units: len(unpacked), lossy: lossy}
	case AlphabetUCS2, AlphabetUTF16:
		return readUTF16(b, 0)
	case AlphabetUTF16LE:
		return readUTF16(b, 1)
	case AlphabetBinary:
		return text{units: len(b)}
	}
	if isASCII(b) && !shifted(a, b) {
		return text{string: string(b), units: len(b), same: true}
	}
	var room [textSize]byte
	out, lossy := appendOctets(room[:0], a, b)
	return text{string: string(out), units: len(b), lossy: lossy}
}

func isASCII(b []byte) bool {
	for _, o := range b {
		if o >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

// shifted tells whether octets below 0x80 may stand for other characters.
func shifted(a Alphabet, b []byte) bool {
	switch a {
	case AlphabetJIS:
		return bytes.IndexByte(b, escape) >= 0 || isRawJIS(b)
	case AlphabetISO2022JP, AlphabetJISX0212:
		return true
	}
	return false
}

// appendOctets decodes the alphabets of one or more octets a character. What an
// alphabet has no character for becomes U+FFFD: none of them has that one, so
// seeing it is how a loss is noticed (golang.org/x/text reports none).
func appendOctets(dst []byte, a Alphabet, b []byte) (_ []byte, lossy bool) {
	switch a {
	case AlphabetLatin1:
		for _, o := range b {
			dst = utf8.AppendRune(dst, rune(o))
		}
		return dst, false
	case AlphabetUTF8:
		for len(b) > 0 {
			r, n := utf8.DecodeRune(b)
			lossy = lossy || r == utf8.RuneError && n == 1
			dst = utf8.AppendRune(dst, r)
			b = b[n:]
		}
		return dst, lossy
	case AlphabetCyrillic:
		return appendMapped(dst, charmap.ISO8859_5, b)
	case AlphabetHebrew:
		return appendMapped(dst, charmap.ISO8859_8, b)
	case AlphabetJIS:
		return appendJIS(dst, b)
	case AlphabetISO2022JP:
		return appendISO2022JP(dst, b)
	case AlphabetJISX0212:
		return appendJISX0212(dst, b)
	case AlphabetEUCKR:
		return appendDecoded(dst, korean.EUCKR, b)
	}
	for _, o := range b { // ASCII
		if o >= utf8.RuneSelf {
			dst, lossy = append(dst, replacement...), true
			continue
		}
		dst = append(dst, o)
	}
	return dst, lossy
}

func appendMapped(dst []byte, m *charmap.Charmap, b []byte) (_ []byte, lossy bool) {
	for _, o := range b {
		r := m.DecodeByte(o)
		lossy = lossy || r == utf8.RuneError
		dst = utf8.AppendRune(dst, r)
	}
	return dst, lossy
}

func appendDecoded(dst []byte, e encoding.Encoding, b []byte) (_ []byte, lossy bool) {
	out, err := e.NewDecoder().Bytes(b)
	return append(dst, out...), err != nil || bytes.Contains(out, []byte(replacement))
}

// appendISO2022JP decodes and looks after golang.org/x/text, which takes any
// octet for the second one of a pair and counts on into the next row.
func appendISO2022JP(dst, b []byte) (_ []byte, lossy bool) {
	dst, lossy = appendDecoded(dst, japanese.ISO2022JP, b)
	return dst, lossy || hasBadPairs(b)
}

// hasBadPairs tells whether octets that no character has stand where an escape
// sequence has selected a set of two octets (ESC $).
func hasBadPairs(b []byte) bool {
	double := false
	for i, o := range b {
		switch {
		case o == escape:
			double = i+1 < len(b) && b[i+1] == '$'
		case double && (o < 0x21 || o > 0x7E) && o != '\n' && o != '\r':
			return true
		}
	}
	return false
}

// appendJIS reads data_coding 5. The specification names JIS X 0208, without an
// encoding: escape sequences make it ISO-2022-JP, seven-bit pairs are the bare
// codes, and otherwise it is Shift-JIS, which is what is seen.
func appendJIS(dst, b []byte) (_ []byte, lossy bool) {
	switch {
	case bytes.IndexByte(b, escape) >= 0:
		return appendISO2022JP(dst, b)
	case isRawJIS(b):
		return appendDecoded(dst, japanese.EUCJP, pairs(b, 0))
	}
	return appendDecoded(dst, japanese.ShiftJIS, b)
}

// isRawJIS tells seven-bit pairs of JIS X 0208 from ASCII: at least half of
// them begin with 0x24 or 0x25, the rows of the kana, which ASCII has as $ and %.
func isRawJIS(b []byte) bool {
	if len(b) < 2 || len(b)%2 != 0 {
		return false
	}
	kana := 0
	for i, o := range b {
		if o < 0x21 || o > 0x7E {
			return false
		}
		if i%2 == 0 && (o == 0x24 || o == 0x25) {
			kana++
		}
	}
	return 4*kana >= len(b)
}

// appendJISX0212 reads data_coding 13: escape sequences, else the bare codes of
// JIS X 0212, with or without the eighth bit.
func appendJISX0212(dst, b []byte) (_ []byte, lossy bool) {
	const singleShift3 = 0x8F // EUC-JP: a character of JIS X 0212 follows
	if bytes.IndexByte(b, escape) >= 0 {
		return appendISO2022JP(dst, b)
	}
	if len(b)%2 != 0 || bytes.IndexByte(b, singleShift3) >= 0 {
		return appendDecoded(dst, japanese.EUCJP, b)
	}
	return appendDecoded(dst, japanese.EUCJP, pairs(b, singleShift3))
}

// pairs sets the eighth bit of all octets, as EUC has it, and puts lead before
// each pair unless it is zero.
func pairs(b []byte, lead byte) []byte {
	out := make([]byte, 0, len(b)/2*3+1)
	for i, o := range b {
		if i%2 == 0 && lead != 0 {
			out = append(out, lead)
		}
		out = append(out, o|0x80)
	}
	return out
}

// readUTF16 reads code units of two octets; swap is 0 where the high half comes
// first, 1 where the low one does. v3.4 says UCS-2, the field sends surrogate
// pairs. A half pair and an octet left over are lossy; a mark of the byte order
// is shown.
func readUTF16(b []byte, swap int) text {
	var room [textSize]byte
	out, lossy := room[:0], false
	for i := 0; i < len(b); i += 2 {
		r := unit(b, i, swap)
		if utf16.IsSurrogate(r) {
			if i+2 < len(b) {
				if pair := utf16.DecodeRune(r, unit(b, i+2, swap)); pair != utf8.RuneError {
					out = utf8.AppendRune(out, pair)
					i += 2
					continue
				}
			}
			r = -1
		}
		if r < 0 {
			lossy, r = true, utf8.RuneError
		}
		out = utf8.AppendRune(out, r)
	}
	return text{string: string(out), units: (len(b) + 1) / 2, lossy: lossy}
}

// unit is the code unit at i, negative when the octets end in it.
func unit(b []byte, i, swap int) rune {
	if i+1 >= len(b) {
		return -1
	}
	return rune(b[i+swap])<<8 | rune(b[i+1-swap])
}
