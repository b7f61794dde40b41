package dissect

import (
	"encoding/binary"
	"slices"
)

// Decode reads one PDU. b begins with the header; it normally has command_length
// octets. Whatever dst held is gone; its slices are used again, so nothing is
// allocated for a well-formed PDU once they are large enough. dst keeps views of
// b. Decode never fails: what it cannot read becomes an Issue.
func Decode(dst *PDU, b []byte) {
	*dst = PDU{
		Raw:     b,
		Fields:  dst.Fields[:0],
		Entries: dst.Entries[:0],
		TLVs:    dst.TLVs[:0],
		Issues:  dst.Issues[:0],
	}
	if !decodeHeader(dst) || dst.Command == nil {
		return
	}
	if int(dst.Length) == HeaderLen && len(dst.Command.Params) > 0 {
		dst.NoBody = true
		if dst.IsResponse() {
			return // whether the body may be missing is for the audit to say
		}
	}
	d := decoder{p: dst, c: cursor{b: dst.Raw, pos: HeaderLen}, count: asDeclared}
	sound := d.body()
	if dst.Command.arrayCount < 0 || int(dst.Length) != len(dst.Raw) || sound && dst.plausible() {
		return
	}
	recount(dst)
}

// decodeHeader reads the header; false when nothing behind it can be told.
func decodeHeader(p *PDU) bool {
	b := p.Raw
	if len(b) < HeaderLen {
		decodeCutHeader(p)
		return false
	}
	p.Length = binary.BigEndian.Uint32(b)
	p.ID = binary.BigEndian.Uint32(b[4:])
	p.Status = binary.BigEndian.Uint32(b[8:])
	p.Sequence = binary.BigEndian.Uint32(b[12:])
	p.Command = CommandByID(p.ID)
	if uint64(p.Length) == uint64(len(b)) {
		return true
	}
	return decodeLength(p)
}

// decodeCutHeader reads what a cut header still says.
func decodeCutHeader(p *PDU) {
	for i, to := range []*uint32{&p.Length, &p.ID, &p.Status, &p.Sequence} {
		if len(p.Raw) >= 4*i+4 {
			*to = binary.BigEndian.Uint32(p.Raw[4*i:])
		}
	}
	if len(p.Raw) >= 8 {
		p.Command = CommandByID(p.ID)
	}
	if len(p.Raw) >= 4 && p.Length < HeaderLen {
		p.lengthSmall()
		return
	}
	want := "at least 16 octets"
	if p.Length >= HeaderLen {
		want = octetsText(int(p.Length))
	}
	p.broken(Issue{Code: CodeLengthMismatch, Length: len(p.Raw), Want: want, Got: octetsText(len(p.Raw))})
}

// decodeLength states what command_length has wrong; false when there is no
// body then.
func decodeLength(p *PDU) bool {
	if p.Length < HeaderLen {
		p.lengthSmall()
		return false
	}
	issue := Issue{Code: CodeLengthMismatch, Field: "command_length", Length: 4,
		Want: octetsText(int(p.Length)), Got: octetsText(len(p.Raw))}
	if len(p.Raw) < int(p.Length) {
		p.broken(issue)
		return true
	}
	p.Issues = append(p.Issues, issue)
	p.Raw = p.Raw[:p.Length:p.Length]
	return true
}

// lengthSmall states a command_length below that of the header.
func (p *PDU) lengthSmall() {
	p.broken(Issue{Code: CodeLengthSmall, Field: "command_length", Length: 4,
		Want: "at least 16", Got: decimal(p.Length)})
}

// asDeclared: an array has as many entries as its count says.
const asDeclared = -1

// decoder reads the body behind the header.
type decoder struct {
	p     *PDU
	c     cursor
	count int // entries of the command's array, or asDeclared
}

// body reads parameters and TLVs; true when all octets made sense.
func (d *decoder) body() bool {
	issues := len(d.p.Issues)
	if d.params() && d.c.left() > 0 {
		d.tlvs()
	}
	return len(d.p.Issues) == issues
}

func (d *decoder) params() bool {
	params := d.p.Command.Params
	d.p.Fields = slices.Grow(d.p.Fields, len(params))
	for i := range params {
		p := &params[i]
		off := d.c.pos
		if p.When != ParamNone && !d.has(p) {
			d.add(p, off)
			continue
		}
		ok := false
		switch p.Kind {
		case Uint8:
			ok = d.c.take(1)
		case COctet:
			ok = d.c.str()
		case Octets:
			ok = d.c.take(d.number(p.LengthOf))
		case Array:
			if !d.array(p) {
				return false // said by the entry
			}
			ok = true
		default:
			ok = d.c.take(p.Kind.Size())
		}
		if !ok {
			d.fail(p)
			return false
		}
		d.add(p, off)
	}
	return true
}

func (d *decoder) add(p *Param, off int) {
	d.p.Fields = append(d.p.Fields, Field{Param: p, Off: int32(off), End: int32(d.c.pos), Entry: -1})
}

// number is the value of an earlier integer of the body.
func (d *decoder) number(id ParamID) int {
	return int(d.p.Int(d.p.Fields[d.p.Command.pos[id]]))
}

// has tells whether this PDU carries a conditional parameter.
func (d *decoder) has(p *Param) bool { return d.number(p.When) == int(p.WhenFlag) }

// fail states that a parameter cannot be read at the cursor.
func (d *decoder) fail(p *Param) {
	issue := Issue{Code: CodeBodyTruncated, Field: p.Name, Offset: d.c.pos, Length: d.c.left(),
		Got: octetsText(d.c.left())}
	switch {
	case p.Kind == COctet && d.c.left() > 0:
		issue.Code, issue.Want = CodeStringUnterminated, "a NUL"
		issue.Got = octetsText(d.c.left()) + " without one"
	case p.Kind == COctet:
		issue.Want = "at least 1 octet"
	case p.Kind == Octets:
		issue.Want = octetsText(d.number(p.LengthOf))
	default:
		issue.Want = octetsText(p.Kind.Size())
	}
	d.p.broken(issue)
}

func (p *PDU) broken(i Issue) {
	p.Broken = true
	p.Issues = append(p.Issues, i)
}
