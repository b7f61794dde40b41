package dissect

import (
	"fmt"
	"strings"
)

// reserved states that no version in force defines the value of an integer,
// unless another rule or nobody judges that parameter.
func (v *validator) reserved(f *Field, n uint8) {
	issue := Issue{Code: CodeFieldReserved, Field: f.Param.Name, Offset: int(f.Off), Length: 1,
		Got: decimal(n), Minor: v.legal(f.Param, n)&v.offered != 0}
	switch f.Param.ID {
	case ParamDestFlag:
		return // Decode's
	case ParamInterfaceVersion:
		if v.legal(f.Param, n) != 0 {
			return // which of them may stand is the session's
		}
		issue.Want, issue.Got = "up to 0x33, 0x34 or 0x50", hexOctet(n)
	case ParamSMLength:
		if n <= 254 || v.in&In33 != 0 {
			return // nobody knows v3.3's limit for certain
		}
		issue.Code, issue.Want = CodeSmLengthLarge, "at most 254"
	case ParamNumberOfDests:
		if v.miscounted() {
			return
		}
		issue.Code, issue.Want = CodeDestinationsCount, v.wantOctet(f.Param, n)
	case ParamDataCoding:
		if v.d != nil && v.d.Codings[n] != "" {
			return
		}
		issue.Code, issue.Want, issue.Got = CodeDataCodingReserved, "a defined data_coding", hexOctet(n)
	case ParamEsmClass:
		v.esmClass(f, n)
		return
	default:
		if v.failed() {
			return
		}
		issue.Want = v.wantOctet(f.Param, n)
		if f.Param.Bits != nil {
			issue.Got = hexOctet(n)
		}
	}
	v.add(issue)
}

// failed tells that the PDU is a refusal. What its body says of a message state
// or a date is filler, which many servers leave zero: no value that was meant.
func (v *validator) failed() bool { return v.p.Status != 0 && v.p.IsResponse() }

// miscounted tells that Decode has found the count of an array wrong.
func (v *validator) miscounted() bool {
	for i := range v.p.Issues {
		if v.p.Issues[i].Code == CodeDestinationsCount {
			return true
		}
	}
	return false
}

// esmClass states bits that mean nothing for this sender, and reserved ones
// (v3.4 5.2.12). v5.0 prints one table for both directions.
func (v *validator) esmClass(f *Field, n uint8) {
	issue := Issue{Field: f.Param.Name, Offset: int(f.Off), Length: 1, Got: hexOctet(n)}
	if !definedKind(esmClassDeliverValues, n&EsmTypeMask) {
		issue.Code, issue.Want = CodeFieldReserved, "a defined message type in bits 0x3C"
		v.add(issue)
		return
	}
	issue.Code = CodeEsmClassDirection
	issue.Minor = v.in&In50 != 0
	switch {
	case v.side != SMSC && !definedKind(esmClassSubmitValues, n&EsmTypeMask):
		issue.Want = "bits 0x3C: 0x00, 0x08, 0x10 towards the message centre"
	case v.side != ESME && n&EsmModeMask != 0:
		issue.Want = "bits 0x03: 0x00 towards the ESME"
	default:
		return
	}
	v.add(issue)
}

// definedKind tells whether a table of esm_class names the message type.
func definedKind(b *BitEnum, kind uint8) bool {
	return definedIn(b.Groups[1].Values, uint32(kind)) != 0
}

// wantOctet lists the legal values of an integer that is n.
func (v *validator) wantOctet(p *Param, n uint8) string {
	if p.Bits != nil && v.in&^In33 != 0 { // v3.3 has numbers where bits came later
		return v.wantBits(p.Bits, n)
	}
	return ranges(func(n int) bool { return p.legal[n]&v.in != 0 })
}

// wantBits lists the legal values of the groups of bits in which n has another.
func (v *validator) wantBits(b *BitEnum, n uint8) string {
	var s strings.Builder
	for _, g := range b.Groups {
		if g.Any || definedIn(g.Values, uint32(n)&g.Mask)&v.in != 0 {
			continue
		}
		if s.Len() > 0 {
			s.WriteString("; ")
		}
		fmt.Fprintf(&s, "bits 0x%02X: ", g.Mask)
		sep := ""
		for _, x := range g.Values {
			if definedIn(g.Values, x.From)&v.in != 0 {
				fmt.Fprintf(&s, "%s0x%02X", sep, x.From)
				sep = ", "
			}
		}
	}
	return s.String()
}

// ranges writes the octets that are legal, as "0-6, 8".
func ranges(legal func(int) bool) string {
	var s strings.Builder
	for n := 0; n < 256; n++ {
		if !legal(n) {
			continue
		}
		from := n
		for n < 255 && legal(n+1) {
			n++
		}
		if s.Len() > 0 {
			s.WriteString(", ")
		}
		if s.WriteString(decimal(from)); n > from {
			s.WriteString("-" + decimal(n))
		}
	}
	return s.String()
}

func hexOctet(n uint8) string { return fmt.Sprintf("0x%02X", n) }
