package dissect

import (
	"fmt"
	"slices"
	"strings"
)

// tlvs judges the optional parameters. v3.3 has none; there they are judged as
// v3.4 would.
func (v *validator) tlvs() {
	if v.in == In33 {
		v.in, v.index = In34, In34.newest()
	}
	var seen tlvSet
	needs := false
	allowed := v.carried(v.in)
	for i := range v.p.TLVs {
		t := v.p.TLVs[i]
		if v.d != nil && len(v.d.TLVs) > 0 {
			t.Def = v.d.TLV(t.Tag)
		}
		if t.Def == nil {
			v.unknown(t)
			continue
		}
		bit := t.Def.bit()
		if bit&^allowed != 0 {
			v.notAllowed(t)
		}
		if !t.Def.Multiple && (bit&seen != 0 || bit == 0 && v.before(i)) {
			v.add(v.tlvIssue(CodeTLVRepeated, t, "once", "again"))
		}
		seen |= bit
		needs = needs || len(t.Def.Requires) > 0 || t.Tag == TagDestAddrNPResolution
		v.value(t)
	}
	if v.p.Broken || v.p.NoBody || v.p.IsResponse() && v.p.Status != 0 {
		return // what is missing may stand behind the break, or may not be sent
	}
	v.demanded(seen)
	if needs {
		v.required(seen)
	}
}

// carried is the set of TLVs that this sender may put into the command in any of
// the versions. A vendor's command carries what it likes, and so does one of
// v3.3 only: TLVs there are another rule's.
func (v *validator) carried(in Versions) tlvSet {
	c := v.p.Command
	if c.Vendor != "" || c.Versions == In33 {
		return ^tlvSet(0)
	}
	var set tlvSet
	for i, bit := range [3]Versions{In33, In34, In50} {
		if in&bit == 0 {
			continue
		}
		if v.side&ESME != 0 {
			set |= c.carries[0][i]
		}
		if v.side&SMSC != 0 {
			set |= c.carries[1][i]
		}
	}
	return set
}

// before tells whether an earlier TLV has the same tag.
func (v *validator) before(i int) bool {
	for _, t := range v.p.TLVs[:i] {
		if t.Tag == v.p.TLVs[i].Tag {
			return true
		}
	}
	return false
}

// tlvIssue is about a whole TLV.
func (v *validator) tlvIssue(code Code, t TLV, want, got string) Issue {
	return Issue{Code: code, Field: tlvName(t.Tag, t.Def), Offset: int(t.Off),
		Length: tlvHeader + len(v.p.TLVValue(t)), Want: want, Got: got}
}

// unknown states a tag that neither the table nor the provider names.
func (v *validator) unknown(t TLV) {
	value := v.p.TLVValue(t)
	want := "a tag of the specification"
	switch rows := VendorTLVsFor(t.Tag); {
	case len(rows) > 0:
		users := make([]string, len(rows))
		for i, d := range rows {
			users[i] = d.Vendor + " (" + d.Name + ")"
		}
		want += " or the provider; used by " + strings.Join(users, ", ")
	case IsVendorTag(t.Tag):
		want += " or the provider"
	default:
		want += "; this one is reserved"
	}
	got := octetsText(len(value))
	if len(value) > 0 {
		got += ": " + hexText(value, 16)
	}
	v.add(v.tlvIssue(CodeTLVUnknown, t, want, got))
}

func (v *validator) notAllowed(t TLV) {
	bit := t.Def.bit()
	issue := v.tlvIssue(CodeTLVNotAllowed, t, "not in "+v.p.Command.Name, t.Def.Name)
	both := validator{p: v.p, side: Either}
	switch {
	case both.carried(v.in)&bit != 0:
		issue.Want += " from the " + strings.ToUpper(v.side.String())
	case v.in&In50 == 0 && v.carried(In50)&bit != 0:
		issue.Want += " before v5.0"
	}
	issue.Minor = v.offered != 0 && v.carried(v.offered)&bit != 0
	v.add(issue)
}

// demanded states the TLVs that the command must have and has not.
func (v *validator) demanded(seen tlvSet) {
	c := v.p.Command
	missing := ^tlvSet(0)
	for i, bit := range [3]Versions{In33, In34, In50} {
		if v.in&bit != 0 {
			missing &= c.demanded[i]
		}
	}
	for missing &^= seen; missing != 0; missing &= missing - 1 {
		d := &tlvTable[lowest(missing)]
		const immediate = 1 // v5.0 4.4.1.1: then there is nothing to repeat
		if flag, _ := v.p.U8(ParamPriorityFlag); d.Tag == TagBroadcastRepNum && flag == immediate {
			continue
		}
		v.missing(d.Name, "present, as "+c.Name+" demands", "none", false)
	}
	switch {
	case c.ID == CmdDataSM && seen&TLVByTag(TagMessagePayload).bit() == 0 && !v.carriesType():
		v.missing("message_payload", "present", "none", true)
	case c.ID == CmdBroadcastSMResp:
		v.paired(TagBroadcastErrorStatus, TagBroadcastAreaIdentifier)
	}
}

// carriesType tells that a message is a receipt, acknowledgement or
// notification, which needs no text.
func (v *validator) carriesType() bool {
	class, _ := v.p.U8(ParamEsmClass)
	return class&EsmTypeMask != 0
}

func (v *validator) missing(name, want, got string, minor bool) {
	v.add(Issue{Code: CodeTLVMissing, Field: name, Offset: len(v.p.Raw), Want: want, Got: got, Minor: minor})
}

// required states the TLVs that others of the PDU need beside them.
func (v *validator) required(seen tlvSet) {
	var asked []uint16
	for i := range v.p.TLVs {
		t := v.p.TLVs[i]
		t.Def = v.d.TLV(t.Tag)
		if t.Def == nil || isSAR(t.Tag) {
			continue // sar_*: a rule of their own
		}
		needed := t.Def.Requires
		if t.Tag == TagDestAddrNPResolution && v.p.TLVUint(t) == ported {
			needed = portedNeeds
		}
		for _, tag := range needed {
			if v.times(tag) == 0 && !slices.Contains(asked, tag) {
				asked = append(asked, tag)
				v.missing(tlvName(tag, v.d.TLV(tag)), "present, as "+t.Def.Name+" needs it", "none", false)
			}
		}
	}
	if seen&TLVByTag(TagCallbackNum).bit() != 0 {
		v.paired(TagCallbackNumPresInd, TagCallbackNum)
		v.paired(TagCallbackNumAtag, TagCallbackNum)
	}
}

const ported = 2 // dest_addr_np_resolution, v5.0 4.8.4.22

var portedNeeds = []uint16{TagDestAddrNPInformation, TagDestAddrNPCountry}

func isSAR(tag uint16) bool {
	return tag == TagSARMsgRefNum || tag == TagSARTotalSegments || tag == TagSARSegmentSeqnum
}

// paired states that a TLV which belongs to one of another each does not come
// as often: to a callback_num (v3.4 5.3.2.37, 5.3.2.38), which needs none, or
// to an area that failed (v5.0 4.4.1.2).
func (v *validator) paired(tag, with uint16) {
	n, others := v.times(tag), v.times(with)
	if n == others || n == 0 && with == TagCallbackNum {
		return
	}
	name, other := TLVByTag(tag).Name, TLVByTag(with).Name
	have, want := n, others
	if n > others {
		name, other, have, want = other, name, others, n
	}
	if have == 0 {
		v.missing(name, "present, as "+other+" needs it", "none", false)
		return
	}
	v.missing(name, fmt.Sprintf("%d, as there are %d %s", want, want, other), decimal(have), false)
}

func (v *validator) times(tag uint16) int {
	n := 0
	for i := range v.p.TLVs {
		if v.p.TLVs[i].Tag == tag {
			n++
		}
	}
	return n
}

// length tells whether a TLV may be so long in the version at index.
func (d *TLVDef) length(n, index int) bool {
	low, high := d.MinLen[index], d.MaxLen[index]
	if low == 0 && high == 0 && d.index == 0 {
		// A provider's TLV whose length its profile leaves open.
		size := d.Kind.Size()
		return len(d.Lens) == 0 && (size == 0 || n == size) || slices.Contains(d.Lens, n)
	}
	if n < low || n > high {
		return false
	}
	return len(d.Lens) == 0 || slices.Contains(d.Lens, n)
}

// wantLength writes the legal lengths.
func (d *TLVDef) wantLength(index int) string {
	low, high := d.MinLen[index], d.MaxLen[index]
	switch {
	case len(d.Lens) > 0 && high > low:
		return strings.Trim(fmt.Sprint(d.Lens), "[]") + " octets"
	case low == 0 && high == 0 && d.index == 0:
		return octetsText(d.Kind.Size())
	case low == high:
		return octetsText(low)
	}
	return fmt.Sprintf("%d to %d octets", low, high)
}
