package stream

import (
	"encoding/binary"

	"smpptap/dissect"
)

// idLen is how much of a header tells its command_length and command_id.
const idLen = 8

// header is the header of a PDU (v3.4 3.2.1).
type header struct{ length, id, status, sequence uint32 }

// readHeader wants HeaderLen octets.
func readHeader(b []byte) header {
	_ = b[dissect.HeaderLen-1]
	return header{
		binary.BigEndian.Uint32(b),
		binary.BigEndian.Uint32(b[4:]),
		binary.BigEndian.Uint32(b[8:]),
		binary.BigEndian.Uint32(b[12:]),
	}
}

// strict tells whether the status is one that a sound peer sends: it takes
// many more octets than length and id into the judgement.
func (h header) strict() bool { return dissect.SoundStatus(h.id, h.status) }

// unknownButSound tells of a header whose command_id is not in the table
// whether its other fields make it a header all the same. The id that is zero
// but for the response bit is what a lost boundary typically shows.
func (h header) unknownButSound() bool {
	return h.strict() && h.id&^dissect.ResponseBit != 0 && dissect.SoundSequence(h.sequence)
}

// row is what the framer needs to know of a command.
type row struct {
	cmd  *dissect.Command
	much bool // it carries a message_payload or an array
}

// rowsEnd is the end of the range of command_id where the versions have their
// commands.
const rowsEnd = 0x200

var rows = tableRows()

func tableRows() (t [2][rowsEnd]row) {
	for id := range uint32(rowsEnd) {
		t[0][id] = makeRow(id)
		t[1][id] = makeRow(id | dissect.ResponseBit)
	}
	return t
}

// rowOf gives the row of a command_id; cmd is nil when the table has none.
func rowOf(id uint32) row {
	if n := id &^ dissect.ResponseBit; n < rowsEnd {
		return rows[id>>31][n]
	}
	return makeRow(id)
}

func makeRow(id uint32) row {
	c := dissect.CommandByID(id)
	return row{c, c != nil && carriesMuch(c)}
}

func carriesMuch(c *dissect.Command) bool {
	for i := range c.Params {
		if c.Params[i].Kind == dissect.Array {
			return true
		}
	}
	for i := range c.TLVs {
		if c.TLVs[i].Tag == dissect.TagMessagePayload {
			return true
		}
	}
	return false
}
