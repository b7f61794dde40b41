package dissect

import "fmt"

func (v *validator) header() {
	p := v.p
	if p.Command == nil && !IsVendorCommand(p.ID) {
		v.add(Issue{Code: CodeCommandUnknown, Field: "command_id", Offset: 4, Length: 4,
			Want: "a defined command", Got: hex32(p.ID)})
	}
	if p.Status != 0 {
		v.status()
	}
	if SoundSequence(p.Sequence) {
		return
	}
	if p.Sequence > MaxSequence {
		v.add(Issue{Code: CodeSequenceRange, Field: "sequence_number", Offset: 12, Length: 4,
			Want: "at most 0x7FFFFFFF", Got: hex32(p.Sequence)})
	} else if p.ID != CmdGenericNack { // which has 0 when it could not read one
		v.add(Issue{Code: CodeSequenceZero, Field: "sequence_number", Offset: 12, Length: 4,
			Want: "at least 1", Got: "0"})
	}
}

func (v *validator) status() {
	p := v.p
	if !p.IsResponse() {
		if p.Command != nil {
			v.add(v.statusIssue(CodeStatusInRequest, "0"))
		}
		return
	}
	if v.d != nil && v.d.Statuses[p.Status] != nil || v.d.isVendorStatus(p.Status) {
		return
	}
	in := v.in
	if in&In33 != 0 {
		in |= In34 // which values v3.3 had is not known for certain
	}
	s := StatusByValue(p.Status)
	if s != nil && s.Versions&in != 0 {
		return
	}
	issue := v.statusIssue(CodeStatusReserved, "a defined status")
	issue.Minor = s != nil && s.Versions&v.offered != 0
	v.add(issue)
}

func (v *validator) statusIssue(code Code, want string) Issue {
	got := hex32(v.p.Status)
	if s := v.d.Status(v.p.Status); s != nil {
		got += " (" + s.Name + ")"
	} else if h, ok := StatusHintFor(v.p.Status); ok && h.Name != "" {
		got += " (" + h.Name + " of older systems)"
	}
	return Issue{Code: code, Field: "command_status", Offset: 8, Length: 4, Want: want, Got: got}
}

func hex32(v uint32) string { return fmt.Sprintf("0x%08X", v) }
