package dissect

import "bytes"

// Logs that name the fields of a PDU do not hold its octets: the values are
// texts of them, and some fields are left out.

const fieldsReason = ": names and values of fields, from which the octets cannot be had; " +
	"log or capture the octets (hex, pcap)"

// hexFields is the first log line that names a PDU's fields without its octets.
type hexFields struct {
	line int
	who  string
}

// fieldDump tells whether a line is of a log that names fields. Kannel's dump
// holds octet strings of single fields, which are no PDUs.
func (s *HexScanner) fieldDump(line []byte) bool {
	switch {
	case bytes.Contains(line, []byte("SMPP PDU 0x")) && bytes.Contains(line, []byte("dump:")):
		s.flush()
		s.inFields, s.isLog = true, true
		s.fail(1, "Kannel's SMPP PDU dump"+fieldsReason)
		return true
	case s.inFields && bytes.Contains(line, []byte("SMPP PDU dump ends")):
		s.inFields = false
		return true
	case s.inFields:
		if kannelLine(line) {
			return true
		}
		s.inFields = false
	}
	who := ""
	switch {
	case bytes.Contains(line, []byte("PDU [command: ")):
		who = "Jasmin's log of a PDU"
	case bytes.Contains(line, []byte(") (body: ")):
		who = "Cloudhopper's log of a PDU"
	default:
		return false
	}
	// The same log may hold the octets in another line, so this is said only
	// when no PDU was found.
	s.flush()
	s.isLog = true
	if s.fields.line == 0 {
		s.fields = hexFields{s.line, who}
	}
	return true
}

// kannelLine tells whether a line can belong to Kannel's dump of fields.
func kannelLine(line []byte) bool {
	return bytes.Contains(line, []byte("DEBUG")) || isLogLine(line) || bytes.HasPrefix(line, []byte("  "))
}
