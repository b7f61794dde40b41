package report

import (
	"strconv"

	"smpptap/analyze"
	"smpptap/analyze/audit"
	"smpptap/dissect"
)

// Columns of a tree.
const (
	treeOctets = 11 // right edge of the octets' range
	treeName   = 26 // width of names
	treeLong   = 32 // octets of a value shown in hex before it is cut
)

// AppendTree appends a PDU as a tree: one line a field with its octets, name,
// value and what the value means, and below it what is wrong with it.
func (o *Options) AppendTree(b []byte, p *analyze.PDU) []byte {
	t := tree{Options: o, b: b, p: p, version: versionOf(p), facts: issuesOf(p)}
	t.title()
	t.header()
	t.fields()
	t.tlvs()
	t.rest()
	t.content()
	t.verdict()
	return t.b
}

func versionOf(p *analyze.PDU) dissect.Version {
	if p.Session == nil {
		return dissect.VersionUnknown
	}
	return p.Session.Version
}

// tree is a tree being written.
type tree struct {
	*Options
	b       []byte
	p       *analyze.PDU
	version dissect.Version
	facts   []dissect.Issue
	shown   uint64 // bit i: fact i was written below its field
}

func commandName(p *dissect.PDU) string {
	if p.Command != nil {
		return p.Command.Name
	}
	return "unknown command " + string(appendHex32(nil, p.ID))
}

func (t *tree) title() {
	p := t.p
	head := "PDU"
	if p.Number > 0 {
		head += " " + strconv.FormatInt(p.Number, 10)
	}
	t.b = t.paint(t.b, styleBold, head+": "+commandName(p.P))
	t.b = append(t.b, ", sequence "...)
	t.b = strconv.AppendUint(t.b, uint64(p.P.Sequence), 10)
	t.b = append(t.b, ", "...)
	t.b = strconv.AppendUint(t.b, uint64(p.P.Length), 10)
	t.b = append(t.b, " octets\n"...)
	t.place()
	t.partner()
}

func (t *tree) place() {
	p := t.p
	if p.Conn == nil {
		return
	}
	t.b = append(t.b, "    "...)
	if p.At.Frame > 0 {
		t.b = append(t.b, "frame "...)
		t.b = strconv.AppendInt(t.b, p.At.Frame, 10)
		t.b = append(t.b, ", "...)
	}
	t.b = t.appendTimeDigits(t.b, p.At.Time, 9)
	t.b = append(t.b, ", connection "...)
	t.b = strconv.AppendInt(t.b, p.Conn.ID, 10)
	if p.Session != nil {
		t.b = append(t.b, ", session "...)
		t.b = strconv.AppendInt(t.b, p.Session.ID, 10)
	}
	if p.SystemID != "" {
		t.b = append(t.b, ", system_id \""...)
		t.b = AppendSafe(t.b, p.SystemID)
		t.b = append(t.b, '"')
	}
	if p.BindType.String() != "" {
		t.b = append(t.b, ", "...)
		t.b = append(t.b, p.BindType.String()...)
	}
	from, to := ends(p.Conn, p.Dir)
	t.b = append(t.b, "\n    "...)
	t.b = from.AppendTo(t.b)
	t.b = append(t.b, " ("...)
	t.b = append(t.b, sideName(p.From)...)
	t.b = append(t.b, ") → "...)
	t.b = to.AppendTo(t.b)
	t.b = append(t.b, " ("...)
	t.b = append(t.b, sideName(p.From^dissect.Either)...)
	t.b = append(t.b, ")\n"...)
}

func sideName(s dissect.Side) string {
	if s == dissect.SMSC {
		return "SMSC"
	}
	return "ESME"
}

// partner tells the PDU's request or response.
func (t *tree) partner() {
	switch {
	case t.p.Request != 0:
		t.b = append(t.b, "    answers pdu "...)
		t.b = strconv.AppendInt(t.b, t.p.Request, 10)
	case t.Response != 0:
		t.b = append(t.b, "    answered by pdu "...)
		t.b = strconv.AppendInt(t.b, t.Response, 10)
	default:
		return
	}
	if t.p.Latency >= 0 {
		t.b = append(t.b, " after "...)
		t.b = append(t.b, Duration(t.p.Latency)...)
	}
	t.b = append(t.b, '\n')
}

// row begins a line: octets and name. The value follows.
func (t *tree) row(from, to int, name string) {
	start := len(t.b)
	t.b = strconv.AppendInt(t.b, int64(from), 10)
	if to > from+1 {
		t.b = append(t.b, '-')
		t.b = strconv.AppendInt(t.b, int64(to-1), 10)
	} else if to <= from {
		t.b = append(t.b[:start], '-')
	}
	octets := string(t.b[start:])
	t.b = appendBlanks(t.b[:start], treeOctets-len(octets))
	t.b = t.paint(t.b, styleDim, octets)
	t.b = append(t.b, "  "...)
	t.b = appendPadded(t.b, name, treeName, false)
	t.b = append(t.b, "  "...)
}

// note begins a line below a row.
func (t *tree) note(name string) {
	t.b = appendBlanks(t.b, treeOctets+4)
	t.b = appendPadded(t.b, name, treeName-2, false)
	t.b = append(t.b, "  "...)
}

func (t *tree) end() { t.b = append(t.b, '\n') }

func (t *tree) meaning(s string) {
	if s != "" {
		t.b = append(t.b, "  "...)
		t.b = t.paint(t.b, styleAccent, Safe(s))
	}
}

func (t *tree) header() {
	p := t.p.P
	t.row(0, 4, "command_length")
	t.b = strconv.AppendUint(t.b, uint64(p.Length), 10)
	t.end()
	t.issues(0, 4, "command_length")
	if len(p.Raw) < 8 { // pasted octets may end anywhere
		return
	}
	t.row(4, 8, "command_id")
	t.b = appendHex32(t.b, p.ID)
	if p.Command != nil {
		t.meaning(p.Command.Name)
	}
	t.end()
	t.issues(4, 8, "command_id")
	if len(p.Raw) < 12 {
		return
	}
	t.row(8, 12, "command_status")
	t.b = appendHex32(t.b, p.Status)
	t.status(p.Status)
	t.end()
	t.issues(8, 12, "command_status")
	if len(p.Raw) < 16 {
		return
	}
	t.row(12, 16, "sequence_number")
	t.b = strconv.AppendUint(t.b, uint64(p.Sequence), 10)
	t.end()
	t.issues(12, 16, "sequence_number")
}

func (t *tree) status(v uint32) {
	t.meaning(t.statusName(v))
	if v != 0 {
		if m := t.statusMeaning(v); m != "" {
			t.b = append(t.b, "  "...)
			t.b = AppendSafe(t.b, m)
		}
	}
}

func (t *tree) fields() {
	p, next := t.p.P, 0
	for i := range p.Fields {
		f := &p.Fields[i]
		if f.Param.Kind == dissect.Array {
			next = t.array(f, next)
		} else {
			t.field(f, f.Param.Name)
		}
	}
	if f, ok := p.Unfinished(); ok {
		t.array(&f, next)
	}
}

// array writes the entries of an array: those of p.Entries from index next on
// that lie inside it. It returns the index behind them.
func (t *tree) array(f *dissect.Field, next int) int {
	p := t.p.P
	t.row(int(f.Off), int(f.End), f.Param.Name)
	t.b = append(t.b, plural(entries(p.Entries[next:], f.End), "entry")...)
	t.end()
	for ; next < len(p.Entries) && p.Entries[next].Off < f.End; next++ {
		e := &p.Entries[next]
		t.field(e, "  ["+strconv.Itoa(int(e.Entry)+1)+"] "+e.Param.Name)
	}
	return next
}

// entries counts the array entries that lie before an octet.
func entries(fields []dissect.Field, end int32) (n int64) {
	last := int32(-1)
	for i := range fields {
		if fields[i].Off >= end {
			break
		}
		if fields[i].Entry != last {
			last = fields[i].Entry
			n++
		}
	}
	return n
}

// rest writes the octets that no field took: of an unknown command, or
// behind a fault.
func (t *tree) rest() {
	p, end := t.p.P, dissect.HeaderLen
	if n := len(p.Fields); n > 0 {
		end = max(end, int(p.Fields[n-1].End))
	}
	if n := len(p.Entries); n > 0 {
		end = max(end, int(p.Entries[n-1].End))
	}
	if n := len(p.TLVs); n > 0 {
		end = max(end, int(p.TLVs[n-1].Off)+4+int(p.TLVs[n-1].Len))
	}
	if end < len(p.Raw) {
		t.row(end, len(p.Raw), "(not read)")
		t.octets(p.Raw[end:])
		t.end()
		t.issues(end, len(p.Raw), "")
	}
}

func (t *tree) field(f *dissect.Field, name string) {
	if f.Absent() {
		return
	}
	v := t.p.P.Value(*f)
	t.row(int(f.Off), int(f.End), name)
	switch f.Param.Kind {
	case dissect.COctet:
		t.text(v)
		if f.Param.Enum != nil {
			t.meaning(f.Param.Enum.TextName(string(v)))
		}
		if f.Param.Format != dissect.FormatNone {
			t.meaning(timeMeaning(v, t.p.At.Time))
		}
		t.end()
	case dissect.Octets:
		t.octets(v)
		t.end()
	default:
		t.integer(f, v)
	}
	t.issues(int(f.Off), int(f.End), f.Param.Name)
}

func (t *tree) integer(f *dissect.Field, v []byte) {
	n, bits := number(v), bitsOf(f.Param, t.p.From)
	if f.Param.ID == dissect.ParamDataCoding {
		bits = codingBits(n)
	}
	t.number(n, len(v), f.Param.Enum, bits, f.Param.IsStatus)
}

func (t *tree) text(v []byte) {
	t.b = append(t.b, '"')
	t.b = AppendSafe(t.b, string(v))
	t.b = append(t.b, '"')
}

// octets writes octets as hex, long ones cut with a mark.
func (t *tree) octets(v []byte) {
	t.b = append(t.b, plural(int64(len(v)), "octet")...)
	if len(v) == 0 {
		return
	}
	t.b = append(t.b, "  "...)
	t.b = appendHex(t.b, v[:min(len(v), treeLong)])
	if len(v) > treeLong {
		t.b = append(t.b, "…"...)
	}
}

// issues writes the facts that concern a field, below it. Without a name all
// that begin in its octets do.
func (t *tree) issues(from, to int, name string) {
	for i := range t.facts {
		x := &t.facts[i]
		at := x.Offset >= from && x.Offset < to
		if i < 64 && t.shown>>i&1 == 0 && at && (name == "" || x.Field == name || x.Field == "") {
			t.shown |= 1 << i
			t.issue(x)
		}
	}
}

func (t *tree) issue(x *dissect.Issue) {
	t.b = appendBlanks(t.b, treeOctets+2)
	t.b = t.paint(t.b, styleWarn, "! "+Safe(issueText(x)))
	t.end()
}

func issueText(x *dissect.Issue) string {
	s := string(x.Code)
	if x.Field != "" {
		s = x.Field + ": " + s
	}
	s += " at octet " + strconv.Itoa(x.Offset)
	if x.Want != "" {
		s += ", want " + x.Want
	}
	if x.Got != "" {
		s += ", got " + x.Got
	}
	return s
}

// verdict writes the issues that belong to no field shown, and the findings.
func (t *tree) verdict() {
	for i := range t.facts {
		if i >= 64 || t.shown>>i&1 == 0 {
			t.issue(&t.facts[i])
		}
	}
	for _, r := range t.p.Findings {
		t.b = appendBlanks(t.b, treeOctets+2)
		t.b = t.paint(t.b, severityStyle(r.Severity), "finding "+r.Name)
		if r.Title != "" {
			t.b = append(t.b, "  "...)
			t.b = AppendSafe(t.b, r.Title)
		}
		t.end()
	}
	if t.p.Missing > 0 {
		t.b = appendBlanks(t.b, treeOctets+2)
		t.b = t.paint(t.b, styleWarn, "! "+strconv.FormatInt(t.p.Missing, 10)+" octets were not captured")
		t.end()
	}
}

func severityStyle(s audit.Severity) string {
	switch s {
	case audit.Error:
		return styleError
	case audit.Warning:
		return styleWarn
	}
	return styleNote
}
