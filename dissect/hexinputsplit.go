package dissect

import (
	"encoding/binary"
	"fmt"
)

// startsPDU tells whether octets begin with a header that one believes: a
// length that a PDU can have, and a known command.
func startsPDU(b []byte) bool {
	if len(b) < 8 {
		return false
	}
	n, id := binary.BigEndian.Uint32(b), binary.BigEndian.Uint32(b[4:])
	if n < HeaderLen || n > maxHexPDU || CommandByID(id) == nil && !IsVendorCommand(id) {
		return false
	}
	return len(b) < 12 || b[8] == 0 && b[9] == 0 // no status has more than 16 bits
}

// pduLength is what command_length says, if the octets are a PDU or the
// beginning of one. An unknown command is one if its length is believable.
func pduLength(b []byte) (int, bool) {
	if len(b) < 8 {
		return 0, false
	}
	n := binary.BigEndian.Uint32(b)
	if startsPDU(b) {
		return int(n), true
	}
	id := binary.BigEndian.Uint32(b[4:])
	if CommandByID(id) != nil && len(b) >= HeaderLen && n > maxHexPDU {
		return int(min(n, 1<<31-1)), b[8] == 0 && b[9] == 0 && !lacksLength(b)
	}
	low := id &^ ResponseBit
	some := low != 0 || id == ResponseBit && n == HeaderLen // a generic_nack is a header
	believable := len(b) >= HeaderLen && some && low < 0x02000000 && n >= HeaderLen && n <= maxHexPDU
	return int(n), believable && (int(n) <= len(b) || low < 0x20000 && int(n) < 4*len(b))
}

// lacksLength tells whether octets are a PDU behind its command_length: that is
// how Kannel dumps them, which reads the length by itself.
func lacksLength(b []byte) bool {
	if len(b) < HeaderLen-4 || startsPDU(b) {
		return false
	}
	id, status, seq := binary.BigEndian.Uint32(b), binary.BigEndian.Uint32(b[4:]), binary.BigEndian.Uint32(b[8:])
	return CommandByID(id) != nil && SoundStatus(id, status) && SoundSequence(seq)
}

// refusal is why octets are no PDU.
func refusal(b []byte, half bool) string {
	why := headerFault(b)
	if half {
		why += "; the number of digits is odd, one is missing"
	}
	return why
}

func headerFault(b []byte) string {
	given := octetsText(len(b))
	if len(b) < 4 {
		return given + ": the header of a PDU has 16"
	}
	switch n := binary.BigEndian.Uint32(b); {
	case n < HeaderLen:
		return fmt.Sprintf("%s that are no PDU: command_length would be %d, below the header's 16", given, n)
	case n > maxHexPDU:
		return fmt.Sprintf("%s that are no PDU: command_length would be %d (0x%08x)", given, n, n)
	case len(b) < HeaderLen:
		return fmt.Sprintf("declares %s, %d given, not even the 16 of a header", octetsText(int(n)), len(b))
	}
	return fmt.Sprintf("%s that are no PDU: command_id would be 0x%08x", given, binary.BigEndian.Uint32(b[4:]))
}

// pdusChain tells whether PDUs, one behind the other, fill the octets up to their
// end or to a last PDU that is cut.
func pdusChain(b []byte) bool {
	for len(b) >= 8 {
		if !startsPDU(b) {
			return false
		}
		n := int(binary.BigEndian.Uint32(b))
		if n >= len(b) {
			return true
		}
		b = b[n:]
	}
	return len(b) == 0
}
