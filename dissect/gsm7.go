package dissect

import "unicode/utf8"

// septets is a table of characters by septet; 0: the position has none.
type septets [128]rune

// escape leads to the single shift table (3GPP TS 23.038 6.2.1).
const escape = 0x1B

// gsmDefault is the default alphabet (3GPP TS 23.038 6.2.1). 0x09 is the
// capital letter; an old Unicode mapping has the small one.
var gsmDefault = septets{
	'@', '£', '$', '¥', 'è', 'é', 'ù', 'ì', 'ò', 'Ç', '\n', 'Ø', 'ø', '\r', 'Å', 'å',
	'Δ', '_', 'Φ', 'Γ', 'Λ', 'Ω', 'Π', 'Ψ', 'Σ', 'Θ', 'Ξ', escape, 'Æ', 'æ', 'ß', 'É',
	' ', '!', '"', '#', '¤', '%', '&', '\'', '(', ')', '*', '+', ',', '-', '.', '/',
	'0', '1', '2', '3', '4', '5', '6', '7', '8', '9', ':', ';', '<', '=', '>', '?',
	'¡', 'A', 'B', 'C', 'D', 'E', 'F', 'G', 'H', 'I', 'J', 'K', 'L', 'M', 'N', 'O',
	'P', 'Q', 'R', 'S', 'T', 'U', 'V', 'W', 'X', 'Y', 'Z', 'Ä', 'Ö', 'Ñ', 'Ü', '§',
	'¿', 'a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i', 'j', 'k', 'l', 'm', 'n', 'o',
	'p', 'q', 'r', 's', 't', 'u', 'v', 'w', 'x', 'y', 'z', 'ä', 'ö', 'ñ', 'ü', 'à',
}

// gsmExtension is the extension table (3GPP TS 23.038 6.2.1.1).
var gsmExtension = septets{
	0x0A: '\f', 0x14: '^', 0x28: '{', 0x29: '}', 0x2F: '\\', 0x3C: '[', 0x3D: '~',
	0x3E: ']', 0x40: '|', 0x65: '€',
}

// sameAsASCII tells the octets that the default alphabet reads as ASCII does.
var sameAsASCII = func() (same [256]bool) {
	for i, r := range gsmDefault {
		same[i] = rune(i) == r && i != escape
	}
	return same
}()

// isPlain tells a text that is the same in the default alphabet and in ASCII.
func isPlain(b []byte) bool {
	for _, o := range b {
		if !sameAsASCII[o] {
			return false
		}
	}
	return true
}

// appendSeptets appends the characters of septets that fill an octet each. An
// octet above 0x7F, a position without a character and an escape at the end
// are lossy. Behind an escape, the standard lets the phone show the main
// table's character where the other has none, and a space for a second escape
// (6.2.1.1): that is shown, and lossy too.
func appendSeptets(dst, b []byte, locking, single *septets) (_ []byte, lossy bool) {
	for i := 0; i < len(b); i++ {
		o := b[i]
		if o > 0x7F {
			dst, lossy = append(dst, replacement...), true
			continue
		}
		r := locking[o]
		if o == escape {
			i++
			if i == len(b) || b[i] > 0x7F {
				// The octet above 0x7F speaks for both.
				dst, lossy = append(dst, replacement...), true
				continue
			}
			if r = single[b[i]]; r == 0 {
				lossy = true
				r = locking[b[i]]
				if b[i] == escape {
					r = ' '
				}
			}
		}
		if r == 0 {
			dst, lossy = append(dst, replacement...), true
			continue
		}
		dst = utf8.AppendRune(dst, r)
	}
	return dst, lossy
}

// appendUnpacked appends the septets packed into octets (3GPP TS 23.038
// 6.1.2.1) behind a user data header of that many octets, whose last bits are
// filled up to a septet (3GPP TS 23.040 9.2.3.24).
//
// SMPP counts octets, so seven spare bits at the end read as a septet. They are
// dropped where they are zero, the padding of old, or the carriage return that
// 6.1.2.3.1 wants there.
func appendUnpacked(dst, b []byte, header int) []byte {
	start := len(dst)
	bits, n := uint(0), 0
	skip := (7 - header*8%7) % 7
	for i, o := range b {
		bits |= uint(o) << n
		n += 8
		if i == 0 {
			bits >>= skip
			n -= skip
		}
		for n >= 7 {
			dst = append(dst, byte(bits&0x7F))
			bits >>= 7
			n -= 7
		}
	}
	if last := len(dst) - 1; n == 0 && last >= start && (dst[last] == 0 || dst[last] == '\r') {
		dst = dst[:last]
	}
	return dst
}

// GSMSeptets returns the number of septets that a text takes in the default
// alphabet, characters of the extension table counting two; false when a
// character is in neither.
func GSMSeptets(text string) (n int, ok bool) {
	for _, r := range text {
		switch {
		case gsmDefault.has(r):
			n++
		case gsmExtension.has(r):
			n += 2
		default:
			return 0, false
		}
	}
	return n, true
}

func (t *septets) has(r rune) bool {
	if r > 0 && r < 0x7F && sameAsASCII[r] && t == &gsmDefault {
		return true
	}
	if r == 0 || r == escape {
		return false
	}
	for _, c := range t {
		if c == r {
			return true
		}
	}
	return false
}
