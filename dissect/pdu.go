package dissect

import "fmt"

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
	// be read whole: Fields[i] belongs to Command.Params[i].
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

// Field is a parameter found in a PDU. A parameter that this PDU does not have
// (Param.When) is a Field without octets in the place of its parameter.
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

// IsResponse tells whether the PDU answers another one, known or not.
func (p *PDU) IsResponse() bool { return p.ID&ResponseBit != 0 }

// CommandName returns the specification's name, or "unknown_0x00000999".
func (p *PDU) CommandName() string {
	if p.Command != nil {
		return p.Command.Name
	}
	return fmt.Sprintf("unknown_0x%08X", p.ID)
}

// StatusName returns the name of command_status: the dialect's, the table's, or
// the number.
func (p *PDU) StatusName(d *Dialect) string {
	if s := d.Status(p.Status); s != nil {
		return s.Name
	}
	return hex32(p.Status)
}

// Field returns a parameter of the body; false when the command has none, or
// this PDU lacks it or breaks before it. Entries of arrays are not found here.
func (p *PDU) Field(id ParamID) (Field, bool) {
	if p.Command == nil || id >= paramCount {
		return Field{}, false
	}
	i := int(p.Command.pos[id])
	if i < 0 || i >= len(p.Fields) || p.Fields[i].Absent() {
		return Field{}, false
	}
	return p.Fields[i], true
}

// Absent tells a field that stands for no octets because its condition
// (Param.When) is not met. Octets and arrays may be empty and yet be there.
func (f *Field) Absent() bool {
	return f.Off == f.End && f.Param.Kind != Octets && f.Param.Kind != Array
}

// Unfinished returns the array in which the PDU breaks, as far as its entries
// could be read; false: there is none, or none of its entries.
func (p *PDU) Unfinished() (Field, bool) {
	n := len(p.Fields)
	if len(p.Entries) == 0 || n >= len(p.Command.Params) || p.Command.Params[n].Kind != Array {
		return Field{}, false
	}
	return Field{Param: &p.Command.Params[n], Off: p.Entries[0].Off,
		End: p.Entries[len(p.Entries)-1].End, Entry: -1}, true
}

// Value returns the field's octets, without the NUL of a string. It is a view.
func (p *PDU) Value(f Field) []byte {
	end := f.End
	if f.Param.Kind == COctet && end > f.Off {
		end--
	}
	return p.Raw[f.Off:end:end]
}

// Int returns an integer field's value, zero for other kinds.
func (p *PDU) Int(f Field) uint32 {
	if f.Param.Kind.Size() == 0 {
		return 0
	}
	return bigEndian(p.Raw[f.Off:f.End])
}

// U8 returns an integer of one octet.
func (p *PDU) U8(id ParamID) (uint8, bool) {
	f, ok := p.Field(id)
	if !ok || f.Param.Kind != Uint8 {
		return 0, false
	}
	return p.Raw[f.Off], true
}

// Uint returns an integer of any size.
func (p *PDU) Uint(id ParamID) (uint32, bool) {
	f, ok := p.Field(id)
	if !ok || f.Param.Kind.Size() == 0 {
		return 0, false
	}
	return p.Int(f), true
}

// Bytes returns a field's octets as Value does; nil when the PDU lacks it, empty
// and not nil when it is there and empty.
func (p *PDU) Bytes(id ParamID) []byte {
	f, ok := p.Field(id)
	if !ok {
		return nil
	}
	return p.Value(f)
}

// Unterminated gives what stands where a string without a NUL begins, up to the
// PDU's end; nil: no such string is there.
func (p *PDU) Unterminated(id ParamID) []byte {
	for i := range p.Issues {
		if x := &p.Issues[i]; x.Code == CodeStringUnterminated && x.Field == id.String() && x.Offset < len(p.Raw) {
			return p.Raw[x.Offset:len(p.Raw):len(p.Raw)]
		}
	}
	return nil
}

// TLV returns the first TLV with the tag.
func (p *PDU) TLV(tag uint16) (TLV, bool) {
	for i := range p.TLVs {
		if p.TLVs[i].Tag == tag {
			return p.TLVs[i], true
		}
	}
	return TLV{}, false
}

// TLVValue returns the octets of the value, as many as there are when the PDU
// ends before Len. It is a view.
func (p *PDU) TLVValue(t TLV) []byte {
	off := min(int(t.Off)+tlvHeader, len(p.Raw))
	end := min(off+int(t.Len), len(p.Raw))
	return p.Raw[off:end:end]
}

// TLVUint reads the value as an integer, whatever its length says, from its
// last four octets.
func (p *PDU) TLVUint(t TLV) uint32 {
	v := p.TLVValue(t)
	return bigEndian(v[max(0, len(v)-4):])
}

// UserData is the octets of a message, a user data header included.
type UserData struct {
	Octets []byte  // a view; nil: the PDU has none
	Off    int     // of the first octet in Raw
	Param  ParamID // ParamShortMessage, or ParamNone when a TLV carries it
	Tag    uint16  // TagMessagePayload, or zero when a parameter carries it
}

// UserData returns the message: short_message, or message_payload where that is
// empty or missing (v3.4 5.3.2.32 forbids both).
func (p *PDU) UserData() UserData {
	f, ok := p.Field(ParamShortMessage)
	t, payload := p.TLV(TagMessagePayload)
	if payload && f.Off == f.End {
		return UserData{Octets: p.TLVValue(t), Off: int(t.Off) + tlvHeader, Tag: TagMessagePayload}
	}
	if !ok {
		return UserData{}
	}
	return UserData{Octets: p.Value(f), Off: int(f.Off), Param: ParamShortMessage}
}

func bigEndian(b []byte) uint32 {
	var v uint32
	for _, o := range b {
		v = v<<8 | uint32(o)
	}
	return v
}
