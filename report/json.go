package report

import (
	"net/netip"
	"strconv"
	"time"

	"smpptap/analyze"
	"smpptap/analyze/session"
	"smpptap/dissect"
	"smpptap/stream"
)

// AppendJSON appends a PDU as the object of interfaces.md, without a newline.
// Keys without a value are left out.
func (o *Options) AppendJSON(b []byte, p *analyze.PDU) []byte {
	j := openObject(b)
	o.jsonPlace(&j, p)
	o.jsonHeader(&j, p.P)
	if len(p.P.Fields) > 0 {
		j.key("fields")
		j.b = o.appendFields(j.b, p.P)
	}
	jsonTimes(&j, p)
	if len(p.P.TLVs) > 0 {
		j.list("tlvs", len(p.P.TLVs), func(b []byte, i int) []byte {
			return o.appendTLV(b, p.P, &p.P.TLVs[i])
		})
	}
	if p.Message != nil {
		j.key("message")
		j.b = o.appendMessage(j.b, p)
	}
	if p.Receipt != nil {
		j.key("receipt")
		j.b = appendReceipt(j.b, p.Receipt)
	}
	o.jsonVerdict(&j, p)
	return j.close()
}

// jsonPlace appends where and when the PDU was seen.
func (o *Options) jsonPlace(j *object, p *analyze.PDU) {
	j.some("pdu", p.Number)
	j.some("frame", p.At.Frame)
	if p.At.Time != 0 {
		j.key("time")
		j.b = append(j.b, '"')
		j.b = o.utc.append(j.b, p.At.Time)
		j.b = append(j.b, '"')
	}
	if p.Conn != nil {
		j.int("connection", p.Conn.ID)
	}
	if p.Session != nil {
		j.int("session", p.Session.ID)
	}
	if p.Conn != nil {
		j.str("direction", p.Direction())
		from, to := ends(p.Conn, p.Dir)
		jsonAddr(j, "source", from)
		jsonAddr(j, "destination", to)
	}
	j.text("system_id", p.SystemID)
	j.text("bind_type", p.BindType.String())
}

func ends(c *session.Conn, dir stream.Dir) (from, to netip.AddrPort) {
	if dir == stream.FromB {
		return c.B, c.A
	}
	return c.A, c.B
}

func jsonAddr(j *object, name string, a netip.AddrPort) {
	if !a.IsValid() {
		return
	}
	j.key(name)
	j.b = append(j.b, '"')
	j.b = a.AppendTo(j.b)
	j.b = append(j.b, '"')
}

func (o *Options) jsonHeader(j *object, p *dissect.PDU) {
	if p.Command != nil {
		j.str("command", p.Command.Name)
	}
	j.int("command_length", int64(p.Length))
	j.int("command_id", int64(p.ID))
	j.int("command_status", int64(p.Status))
	j.text("status", o.statusName(p.Status))
	j.int("sequence_number", int64(p.Sequence))
}

// appendFields appends the mandatory parameters; an array parameter holds its
// entries as objects.
func (o *Options) appendFields(b []byte, p *dissect.PDU) []byte {
	j := openObject(b)
	entry := 0
	for i := range p.Fields {
		f := &p.Fields[i]
		if f.Absent() {
			continue
		}
		j.key(f.Param.Name)
		if f.Param.Kind == dissect.Array {
			j.b, entry = appendEntries(j.b, p, f, entry)
			continue
		}
		j.b = appendValue(j.b, p, f)
	}
	if array, ok := p.Unfinished(); ok {
		j.key(array.Param.Name)
		j.b, _ = appendEntries(j.b, p, &array, entry)
	}
	return j.close()
}

// appendEntries appends the entries of one array: those of p.Entries from
// index next on that lie inside it. It returns the index behind them.
func appendEntries(b []byte, p *dissect.PDU, array *dissect.Field, next int) ([]byte, int) {
	b = append(b, '[')
	for first := true; next < len(p.Entries) && p.Entries[next].Off < array.End; first = false {
		if !first {
			b = append(b, ',')
		}
		j := openObject(b)
		for entry := p.Entries[next].Entry; next < len(p.Entries) && p.Entries[next].Entry == entry &&
			p.Entries[next].Off < array.End; next++ {
			if f := &p.Entries[next]; !f.Absent() {
				j.key(f.Param.Name)
				j.b = appendValue(j.b, p, f)
			}
		}
		b = j.close()
	}
	return append(b, ']'), next
}

func appendValue(b []byte, p *dissect.PDU, f *dissect.Field) []byte {
	v := p.Value(*f)
	switch f.Param.Kind {
	case dissect.COctet:
		return appendJSONString(b, v)
	case dissect.Octets:
		return appendHexString(b, v)
	}
	return strconv.AppendUint(b, uint64(number(v)), 10)
}

func (o *Options) appendTLV(b []byte, p *dissect.PDU, t *dissect.TLV) []byte {
	def, v := o.Dialect.TLV(t.Tag), p.TLVValue(*t)
	j := openObject(b)
	j.int("tag", int64(t.Tag))
	if def != nil {
		j.str("name", def.Name)
	}
	j.int("length", int64(t.Len))
	if def != nil && (def.Kind.Size() == 0 || len(v) == int(t.Len)) { // an integer that is cut is none
		jsonTLVValue(&j, def, v)
	}
	j.hex("hex", v)
	// What nobody defines, or only as octets, is often text all the same.
	if (def == nil || def.Vendor != "" && def.Kind == dissect.Octets) && isReadable(trimNUL(v)) {
		j.str("text", string(trimNUL(v)))
	}
	return j.close()
}

// jsonTLVValue appends the value where the table says what it is: a number, a
// text, or octets. A value that does not fit its type is only in hex.
func jsonTLVValue(j *object, def *dissect.TLVDef, v []byte) {
	switch size := def.Kind.Size(); {
	case size > 0 && len(v) == size:
		j.int("value", int64(number(v)))
	case size > 0:
	case def.Kind == dissect.COctet:
		j.key("value")
		j.b = appendJSONString(j.b, trimNUL(v))
	default:
		j.hex("value", v)
	}
}

// appendMessage appends what the PDU says as text. Of a long message text is
// that of the whole, in a stream with the last part; part_text is the PDU's.
func (o *Options) appendMessage(b []byte, p *analyze.PDU) []byte {
	j, m := openObject(b), p.Message
	if p.Parts != nil {
		if whole, all := p.Parts.Read(o.Dialect); whole != nil && !whole.Binary && (all || p.Parts.Final) {
			j.str("text", whole.Text)
		}
		if !m.Binary {
			j.str("part_text", m.Text)
		}
	} else if !m.Binary {
		j.str("text", m.Text)
	}
	j.text("encoding", string(m.Alphabet))
	if m.Parts > 0 {
		j.int("parts", int64(m.Parts))
		j.int("part", int64(m.Part))
		j.int("reference", int64(m.Reference))
	}
	if p.Parts != nil {
		jsonParts(&j, p.Parts)
	}
	if len(m.UDH) > 0 {
		j.list("udh", len(m.UDH), func(b []byte, i int) []byte {
			e := &m.UDH[i]
			u := openObject(b)
			u.int("iei", int64(e.IEI))
			u.text("name", e.Name)
			u.hex("hex", e.Data)
			return u.close()
		})
	}
	return j.close()
}

// jsonParts appends where the parts of a long message stand.
func jsonParts(j *object, p *session.PartMap) {
	j.list("part_map", len(p.Seen), func(b []byte, i int) []byte {
		x := openObject(b)
		x.int("part", int64(p.Seen[i].Number))
		x.int("pdu", p.Seen[i].PDU)
		return x.close()
	})
	if missing := p.Missing(); len(missing) > 0 {
		j.list("missing", len(missing), func(b []byte, i int) []byte {
			return strconv.AppendInt(b, int64(missing[i]), 10)
		})
	}
}

func appendReceipt(b []byte, r *dissect.Receipt) []byte {
	j := openObject(b)
	j.text("id", r.ToldID())
	j.text("stat", r.ToldStat())
	j.text("err", r.Err)
	j.text("sub", r.Sub)
	j.text("dlvrd", r.Dlvrd)
	j.text("submit_date", r.SubmitDate)
	j.text("done_date", r.DoneDate)
	j.text("text", r.Text)
	return j.close()
}

// jsonVerdict appends what was made of the PDU.
func (o *Options) jsonVerdict(j *object, p *analyze.PDU) {
	j.some("request", p.Request)
	j.some("response", o.Response)
	if p.Latency >= 0 && (p.Request != 0 || o.Response != 0) {
		j.int("latency_us", p.Latency/int64(time.Microsecond))
	}
	if issues := issuesOf(p); len(issues) > 0 {
		j.list("issues", len(issues), func(b []byte, i int) []byte {
			return appendIssue(b, &issues[i])
		})
	}
	if len(p.Findings) > 0 {
		j.list("findings", len(p.Findings), func(b []byte, i int) []byte {
			return appendJSONString(b, p.Findings[i].Name)
		})
	}
	if o.Hex {
		j.hex("raw", p.P.Raw)
	}
}

func appendIssue(b []byte, i *dissect.Issue) []byte {
	j := openObject(b)
	j.str("code", string(i.Code))
	j.text("field", i.Field)
	j.int("offset", int64(i.Offset))
	j.text("want", i.Want)
	j.text("got", i.Got)
	return j.close()
}
