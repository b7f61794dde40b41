package dissect

import (
	"bytes"
	"fmt"
	"math/bits"
)

// value judges length and content of a TLV that is whole.
func (v *validator) value(t TLV) {
	b := v.p.TLVValue(t)
	n := len(b)
	if n < int(t.Len) {
		return // Decode said so
	}
	d := t.Def
	if !d.length(n, v.index) {
		issue := v.valueIssue(CodeTLVLength, t, d.wantLength(v.index), octetsText(n))
		// Both specifications send the reader of source_telematics_id to a
		// value of two octets (v3.4 5.3.2.8).
		issue.Minor = d.index > 0 && d.Tag == TagSourceTelematicsID && n == 2 ||
			v.offered != 0 && d.length(n, v.offered.newest())
		v.add(issue)
		return
	}
	switch {
	case n == 0:
	case d.Kind == Uint8:
		v.octetValue(t, b[0])
	case d.Kind == Uint16 || d.Kind == Uint32:
		v.limits(t, b)
	case d.Kind == COctet:
		v.text(t, b)
	default:
		v.parts(t, b)
	}
}

// valueIssue is about the octets of a value.
func (v *validator) valueIssue(code Code, t TLV, want, got string) Issue {
	return Issue{Code: code, Field: t.Def.Name, Offset: int(t.Off) + tlvHeader,
		Length: int(t.Len), Want: want, Got: got}
}

func (v *validator) octetValue(t TLV, n uint8) {
	d := t.Def
	in := InAll
	switch {
	case d.legal != nil:
		in = d.legal[n]
	case d.index == 0: // a provider's, built outside the table
		in = legalOctet(d, n)
	}
	if in&v.in != 0 {
		return
	}
	issue := v.valueIssue(CodeTLVValue, t, "", decimal(n))
	issue.Minor = in&v.offered != 0
	if d.Bits != nil {
		issue.Want, issue.Got = v.wantBits(d.Bits, n), hexOctet(n)
	} else {
		issue.Want = ranges(func(n int) bool { return legalOctet(d, uint8(n))&v.in != 0 })
	}
	v.add(issue)
}

// legalOctet returns the versions that define a value of a TLV of one octet.
func legalOctet(d *TLVDef, n uint8) Versions {
	in := InAll
	if d.Min != 0 || d.MaxValue != 0 {
		in = inLimits(int(n), all(d.Min), all(d.MaxValue))
	}
	if d.Enum != nil {
		in &= d.Enum.versions(uint32(n))
	}
	if d.Bits != nil {
		in &= d.Bits.versions(uint32(n))
	}
	return in
}

// limits judges an integer of two or four octets.
func (v *validator) limits(t TLV, b []byte) {
	d, n := t.Def, bigEndian(b)
	bad := (d.Min != 0 || d.MaxValue != 0) && (int64(n) < int64(d.Min) || int64(n) > int64(d.MaxValue))
	if !bad && (d.Enum == nil || d.Enum.versions(n)&v.in != 0) {
		return
	}
	want := "a defined value"
	if bad {
		want = fmt.Sprintf("%d-%d", d.Min, d.MaxValue)
	}
	v.add(v.valueIssue(CodeTLVValue, t, want, decimal(n)))
}

// text judges a C-octet string in a TLV.
func (v *validator) text(t TLV, b []byte) {
	nul := bytes.IndexByte(b, 0)
	if t.Def.Format == FormatAbsoluteTime {
		v.timeValue(t, bytes.TrimSuffix(b, []byte{0}))
		return
	}
	switch {
	case nul < 0:
		issue := v.valueIssue(CodeTLVValue, t, "a NUL at the end", "none")
		issue.Minor = t.Tag == TagReceiptedMessageID // so many leave it out
		v.add(issue)
	case nul < len(b)-1:
		issue := v.valueIssue(CodeTLVValue, t, "one NUL, at the end", "a NUL at octet "+decimal(nul+1))
		issue.Offset, issue.Length = issue.Offset+nul, len(b)-nul
		v.add(issue)
	case !printable(b[:nul]):
		issue := v.valueIssue(CodeTLVValue, t, "printable ASCII", hexText(b[:nul], 16))
		issue.Minor = true
		v.add(issue)
	}
}

func (v *validator) timeValue(t TLV, text []byte) {
	if at, fault := ParseTime(text); fault != "" || at.Kind != TimeAbsolute {
		v.add(v.valueIssue(CodeTLVValue, t, "an absolute time", timeText(text)))
	}
}

// parts judges the named fields inside an octet string.
func (v *validator) parts(t TLV, b []byte) {
	for i := range t.Def.Fields {
		f := &t.Def.Fields[i]
		if f.Size == 0 || f.Offset+f.Size > len(b) || f.Enum == nil && f.Bits == nil {
			continue
		}
		n := bigEndian(b[f.Offset : f.Offset+f.Size])
		if v.part(f, b, n)&v.in == 0 {
			issue := v.valueIssue(CodeTLVValue, t, "a defined "+f.Name, fmt.Sprintf("%s 0x%0*X", f.Name, 2*f.Size, n))
			issue.Offset, issue.Length = issue.Offset+f.Offset, f.Size
			issue.Minor = v.part(f, b, n)&v.offered != 0
			v.add(issue)
		}
	}
	if t.Tag == TagSourceNodeID || t.Tag == TagDestNodeID {
		v.digits(t, b)
	}
}

// part returns the versions that define a part's value.
func (v *validator) part(f *TLVField, b []byte, n uint32) Versions {
	switch {
	case f.Enum == dataCodingValues && v.d != nil && v.d.Codings[uint8(n)] != "":
		return InAll
	case f.Enum == broadcastContentTypeValues && b[0] != 0:
		return InAll // the list is the generic network's (v5.0 4.8.4.8)
	case f.Enum != nil:
		return f.Enum.versions(n)
	}
	return f.Bits.versions(n)
}

// digits judges a node id: six decimal digits (v5.0 4.8.4.27, 4.8.4.58).
func (v *validator) digits(t TLV, b []byte) {
	if !areDigits(b) {
		v.add(v.valueIssue(CodeTLVValue, t, "six decimal digits", hexText(b, 6)))
	}
}

// lowest is the index in the table of the first TLV of a set.
func lowest(s tlvSet) int { return bits.TrailingZeros64(uint64(s)) }
