package dissect

import "fmt"

// AlphabetOf returns the alphabet of a data_coding and why it is that one: the
// dialect's word, the table of v3.4 5.2.19, or, where that reserves the value,
// what GSM's data coding scheme says of it (3GPP TS 23.038 4). d may be nil.
func AlphabetOf(coding uint8, d *Dialect) (a Alphabet, why string) {
	if d != nil {
		if a := d.Codings[coding]; a != "" {
			return a, codingTable[coding].profile
		}
		if coding == 0 && d.Default != "" {
			return d.Default, codingTable[0].profile
		}
	}
	a = codingTable[coding].alphabet
	if a == AlphabetGSM && d != nil && d.Default == AlphabetGSMPacked {
		return AlphabetGSMPacked, codingTable[coding].why // who packs, packs all of it
	}
	return a, codingTable[coding].why
}

// defaultAlphabet is AlphabetOf for a PDU that has no data_coding.
func defaultAlphabet(d *Dialect) (a Alphabet, why string) {
	a, _ = AlphabetOf(0, d)
	return a, "no data_coding in this PDU: the default alphabet"
}

// MessageClass returns the message class that a data_coding carries (3GPP TS
// 23.038 4); false when it carries none.
func MessageClass(coding uint8) (class uint8, ok bool) {
	general := coding >= 0x10 && coding < 0x80 && coding&0x10 != 0
	return coding & 0x03, general || coding >= 0xF0
}

// AlphabetJISX0212 is that of data_coding 13, which no profile names.
const AlphabetJISX0212 Alphabet = "jisx0212"

type codingRow struct {
	alphabet     Alphabet
	why, profile string
}

// codingTable tells for each data_coding what it means without a dialect.
var codingTable = func() (rows [256]codingRow) {
	for c := range rows {
		a, group := codingAlphabet(uint8(c))
		name := fmt.Sprintf("data_coding %d", c)
		if c >= 0x10 {
			name = fmt.Sprintf("data_coding 0x%02X", c)
		}
		rows[c] = codingRow{alphabet: a, why: name + group, profile: "profile: " + name}
	}
	return rows
}()

// codingAlphabet is the meaning of a data_coding: v3.4 5.2.19 below 0x0F and
// from 0xC0 on, 3GPP TS 23.038 4 between.
func codingAlphabet(c uint8) (a Alphabet, group string) {
	switch {
	case c <= 0x0E:
		return standardCodings[c], codingNotes[c]
	case c == 0x0F || c >= 0x80 && c < 0xC0:
		// 23.038 4: a receiver takes reserved codings for the default alphabet.
		return AlphabetGSM, ": reserved, read as the default alphabet"
	case c < 0x80:
		return generalGroup(c)
	case c < 0xD0:
		return AlphabetGSM, ": message waiting, discard"
	case c < 0xE0:
		return AlphabetGSM, ": message waiting, store"
	case c < 0xF0:
		return AlphabetUCS2, ": message waiting, store, UCS-2"
	case c&0x04 != 0:
		return AlphabetBinary, ": message class, 8-bit data"
	}
	return AlphabetGSM, ": message class, default alphabet"
}

var standardCodings = [...]Alphabet{
	0x00: AlphabetGSM,
	0x01: AlphabetASCII,
	0x02: AlphabetBinary,
	0x03: AlphabetLatin1,
	0x04: AlphabetBinary,
	0x05: AlphabetJIS,
	0x06: AlphabetCyrillic,
	0x07: AlphabetHebrew,
	0x08: AlphabetUCS2,
	0x09: AlphabetBinary,
	0x0A: AlphabetISO2022JP,
	0x0B: AlphabetGSM,
	0x0C: AlphabetGSM,
	0x0D: AlphabetJISX0212,
	0x0E: AlphabetEUCKR,
}

var codingNotes = [...]string{
	0x09: ": pictograms, no agreed alphabet",
	0x0B: ": reserved, read as the default alphabet",
	0x0C: ": reserved, read as the default alphabet",
	0x0E: "",
}

// generalGroup reads GSM's general data coding (23.038 4), also where it is
// marked for automatic deletion: SMPP reserves these values, the field uses them.
func generalGroup(c uint8) (a Alphabet, group string) {
	if c&0x20 != 0 {
		return AlphabetBinary, ": GSM general group, compressed text"
	}
	switch c >> 2 & 0x03 {
	case 1:
		return AlphabetBinary, ": GSM general group, 8-bit data"
	case 2:
		return AlphabetUCS2, ": GSM general group, UCS-2"
	case 3:
		return AlphabetGSM, ": GSM general group, reserved alphabet, read as the default one"
	}
	return AlphabetGSM, ": GSM general group, default alphabet"
}
