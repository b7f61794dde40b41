package dissect

// HeaderLen is the number of octets of the header (v3.4 3.2.1).
const HeaderLen = 16

// PDU is a decoded PDU. Decode fills it; it may be used again for the next
// one. Its slices are views that live as long as the octets it was given.
type PDU struct {
	// Raw holds the octets: command_length of them, or fewer when the capture
	// cut the PDU.
	Raw []byte

	Length   uint32 // command_length
	ID       uint32 // command_id
	Status   uint32 // command_status
	Sequence uint32 // sequence_number

	// Command is the table's row; nil when command_id is unknown.
	Command *Command

	// Fields are the mandatory parameters in wire order, as far as they could
	// be read: Fields[i] belongs to Command.Params[i].
	Fields []Field
	// Entries are the fields of all array entries, flattened in wire order.
	Entries []Field
	// TLVs stand in wire order.
	TLVs []TLV
	// Issues are what could not be read.
	Issues []Issue

	// NoBody: the command has parameters and the PDU ends behind the header.
	NoBody bool
	// Broken: a structural issue stands in Issues; nothing behind it was read.
	Broken bool
}

// Field is a parameter found in a PDU.
type Field struct {
	Param *Param
	Off   int32 // first octet in Raw
	End   int32 // behind the last octet, a string's NUL included
	Entry int32 // index of the array entry it belongs to; -1: none
}

// TLV is an optional parameter found in a PDU.
type TLV struct {
	Tag uint16
	Len uint16 // as declared
	Off int32  // of the tag in Raw; the value begins at Off+4
	// Def is the table's row; nil when the tag is not in the standard table.
	Def *TLVDef
}
