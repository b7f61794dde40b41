package dissect

import "fmt"

// tlvs reads what stands behind the last parameter.
func (d *decoder) tlvs() {
	start := d.c.pos
	for d.c.left() > 0 {
		t, ok := d.c.tlv()
		if !ok {
			d.c.pos = start
			d.p.TLVs = d.p.TLVs[:0]
			d.rest()
			return
		}
		t.Def = TLVByTag(t.Tag)
		d.p.TLVs = append(d.p.TLVs, t)
	}
	if d.p.TLVs[0].Tag == 0 && allNUL(d.c.b[start:]) {
		// Padding reads as TLVs of tag 0 and length 0; it is none.
		d.c.pos = start
		d.p.TLVs = d.p.TLVs[:0]
		d.trailing()
	}
}

// rest reads a rest that is no sound chain of TLVs.
func (d *decoder) rest() {
	switch {
	case d.strayNUL():
		d.p.Issues = append(d.p.Issues, Issue{Code: CodeBodyTrailing, Offset: d.c.pos, Length: 1,
			Want: "a TLV", Got: "a stray NUL, then TLVs"})
		d.c.pos++
		d.chain()
	case d.noTLV():
		d.trailing()
	default:
		d.chain()
	}
}

// strayNUL tells that one NUL too many stands before a sound chain (a text
// whose closing NUL sm_length does not count).
func (d *decoder) strayNUL() bool {
	behind := cursor{b: d.c.b, pos: d.c.pos + 1}
	return d.c.b[d.c.pos] == 0 && behind.left() >= tlvHeader && behind.chain() && behind.head().Tag != 0
}

// noTLV tells that the rest cannot be meant as TLVs: too short, a command that
// ends with its header, or a first tag nobody may use.
func (d *decoder) noTLV() bool {
	if d.c.left() < tlvHeader || len(d.p.Command.Params) == 0 || d.masked() {
		return true
	}
	t := d.c.head()
	return TLVByTag(t.Tag) == nil && !IsVendorTag(t.Tag) && tlvHeader+int(t.Len) > d.c.left()
}

// masked tells that tag and length were overwritten, as a record's unread
// octets are: what reads as a vendor's TLV there was never sent.
func (d *decoder) masked() bool {
	t := d.c.head()
	const both = MaskOctet<<8 | MaskOctet
	return t.Tag == both && t.Len == both
}

// chain reads TLVs until one does not end in time.
func (d *decoder) chain() {
	for d.c.left() >= tlvHeader {
		t, ok := d.c.tlv()
		if !ok && d.masked() {
			break
		}
		if !ok {
			t = d.c.head()
		}
		t.Def = TLVByTag(t.Tag)
		d.p.TLVs = append(d.p.TLVs, t)
		if !ok {
			d.truncated(t)
			return
		}
	}
	if d.c.left() > 0 {
		d.trailing()
	}
}

func (d *decoder) truncated(t TLV) {
	got := d.c.left() - tlvHeader
	d.p.broken(Issue{Code: CodeTLVTruncated, Field: tlvName(t.Tag, t.Def), Offset: int(t.Off),
		Length: d.c.left(), Want: octetsText(int(t.Len)), Got: octetsText(got)})
}

// trailing states that the rest is nothing.
func (d *decoder) trailing() {
	b := d.c.b[d.c.pos:]
	got := octetsText(len(b)) + ": " + hexText(b, 16)
	switch {
	case len(b) == 1 && b[0] == 0:
		got = "a stray NUL"
	case allNUL(b):
		got = fmt.Sprintf("%d NULs", len(b))
	}
	d.p.broken(Issue{Code: CodeBodyTrailing, Offset: d.c.pos, Length: len(b), Want: "the PDU's end", Got: got})
}

func allNUL(b []byte) bool {
	for _, o := range b {
		if o != 0 {
			return false
		}
	}
	return true
}

// tlvName names a TLV in an issue.
func tlvName(tag uint16, d *TLVDef) string {
	if d != nil {
		return d.Name
	}
	return fmt.Sprintf("0x%04X", tag)
}
