package dissect

// Alphabet names how the octets of a text stand for characters.
type Alphabet string

// The alphabets.
const (
	AlphabetGSM       Alphabet = "gsm0338"        // one septet per octet
	AlphabetGSMPacked Alphabet = "gsm0338_packed" // septets packed into octets
	AlphabetASCII     Alphabet = "ascii"
	AlphabetLatin1    Alphabet = "latin1"
	AlphabetUCS2      Alphabet = "ucs2be"
	AlphabetUTF16     Alphabet = "utf16be"
	AlphabetUTF16LE   Alphabet = "utf16le"
	AlphabetCyrillic  Alphabet = "cyrillic"
	AlphabetHebrew    Alphabet = "hebrew"
	AlphabetJIS       Alphabet = "jis"
	AlphabetISO2022JP Alphabet = "iso2022jp"
	AlphabetEUCKR     Alphabet = "euckr"
	AlphabetBinary    Alphabet = "binary"
	AlphabetUTF8      Alphabet = "utf8"
)

// Dialect is what a provider gives meaning to. The zero value and nil are the
// bare specification. A Dialect is not changed after it was handed over.
type Dialect struct {
	// Default is the alphabet of data_coding 0; empty: gsm0338.
	Default Alphabet
	// Codings are alphabets by data_coding, in place of the table's.
	Codings map[uint8]Alphabet
	// TLVs are the provider's own, and standard tags to which it gives
	// another meaning.
	TLVs map[uint16]*TLVDef
	// Statuses are the provider's, in place of the table's.
	Statuses map[uint32]*StatusDef
	// PasswordMax and MessageIDMax, in octets with the NUL, replace the
	// specification's limit; zero: the specification's.
	PasswordMax, MessageIDMax int
	// VendorStatus is the range of the provider's statuses; zero: 0x400-0x4FF.
	VendorStatus [2]uint32
}

// Status returns the meaning of a status: the provider's, else the table's; nil
// when neither names it. d may be nil.
func (d *Dialect) Status(v uint32) *StatusDef {
	if d != nil {
		if s := d.Statuses[v]; s != nil {
			return s
		}
	}
	return StatusByValue(v)
}

// TLV returns the meaning of a tag: the provider's, else the table's; nil when
// neither names it. d may be nil.
func (d *Dialect) TLV(tag uint16) *TLVDef {
	if d != nil {
		if t := d.TLVs[tag]; t != nil {
			return t
		}
	}
	return TLVByTag(tag)
}

// isVendorStatus tells whether the provider may use the status as it likes.
func (d *Dialect) isVendorStatus(v uint32) bool {
	if d == nil || d.VendorStatus == [2]uint32{} {
		return v >= 0x400 && v <= 0x4FF // v3.4 5.1.3
	}
	return v >= d.VendorStatus[0] && v <= d.VendorStatus[1]
}
