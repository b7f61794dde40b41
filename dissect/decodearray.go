package dissect

// array reads the entries of an array and leaves the cursor behind them.
func (d *decoder) array(p *Param) bool {
	n := d.count
	if n == asDeclared || d.p.Command.arrayCount != d.p.Command.pos[p.LengthOf] {
		n = d.number(p.LengthOf)
	}
	for i := range n {
		if !d.entry(p, i) {
			return false
		}
	}
	return true
}

func (d *decoder) entry(p *Param, index int) bool {
	var flag uint8
	for i := range p.Entry {
		e := &p.Entry[i]
		if e.When != ParamNone && e.WhenFlag != flag {
			continue
		}
		off := d.c.pos
		ok := false
		if e.Kind == COctet {
			ok = d.c.str()
		} else {
			ok = d.c.take(e.Kind.Size())
		}
		if !ok {
			d.fail(e)
			return false
		}
		d.p.Entries = append(d.p.Entries,
			Field{Param: e, Off: int32(off), End: int32(d.c.pos), Entry: int32(index)})
		if e.ID == ParamDestFlag {
			if flag = d.c.b[off]; e.legal[flag] == 0 {
				d.unknownFlag(e, off)
				return false
			}
		}
	}
	return true
}

// unknownFlag states a dest_flag that leaves open what follows (v3.4 5.2.25).
// It stands here and not in Validate because nothing behind it can be read.
func (d *decoder) unknownFlag(p *Param, off int) {
	d.p.broken(Issue{Code: CodeFieldReserved, Field: p.Name, Offset: off, Length: 1,
		Want: "1 or 2", Got: decimal(d.c.b[off])})
}

// recount asks whether the body makes sense with another number of array
// entries than its count says, where it makes none with that. If so the count is
// the error, and everything is read; if not the PDU stays as it was decoded.
func recount(p *PDU) {
	length := p.Command.arrayCount
	if int(length) >= len(p.Fields) {
		return // the count itself could not be read
	}
	declared := int(p.Int(p.Fields[length]))
	var try PDU
	for n := range 256 {
		try = PDU{Raw: p.Raw, Length: p.Length, ID: p.ID, Command: p.Command,
			Fields: try.Fields[:0], Entries: try.Entries[:0], TLVs: try.TLVs[:0], Issues: try.Issues[:0]}
		d := decoder{p: &try, c: cursor{b: p.Raw, pos: HeaderLen}, count: n}
		switch ok := d.body(); {
		case ok && n != declared && try.plausible() && try.plausibleEntries():
			p.adopt(&try, n, declared)
			return
		case len(try.Fields) <= int(length)+1:
			return // an entry broke: more of them break as well
		}
	}
}

// plausible tells that what was read behind an array looks like what it should
// be. A wrong count shifts the fields, and the shifted ones may still read.
func (p *PDU) plausible() bool {
	for i := range p.Fields {
		f := &p.Fields[i]
		if f.Param.Format == FormatNone {
			continue
		}
		if _, fault := ParseTime(p.Value(*f)); fault != "" {
			return false
		}
	}
	for _, t := range p.TLVs {
		if t.Def == nil && !IsVendorTag(t.Tag) {
			return false
		}
	}
	return true
}

// plausibleEntries tells that what was taken for entries are addresses or
// names: TLVs behind an array may read as entries of it, with a length's 0 in
// place of an address.
func (p *PDU) plausibleEntries() bool {
	for i := range p.Entries {
		f := &p.Entries[i]
		switch {
		case f.Param.Kind == COctet && (f.End-f.Off < 2 || !printable(p.Value(*f))):
			return false
		case f.Param.Kind == Uint8 && f.Param.legal != nil && f.Param.legal[p.Raw[f.Off]] == 0:
			return false
		}
	}
	return true
}

// adopt takes over what was read with n entries in place of the declared ones.
func (p *PDU) adopt(try *PDU, n, declared int) {
	count := try.Fields[p.Command.arrayCount]
	p.Fields, p.Entries, p.TLVs = try.Fields, try.Entries, try.TLVs
	p.Broken = false
	p.Issues = append(p.Issues[:0], Issue{Code: CodeDestinationsCount, Field: count.Param.Name,
		Offset: int(count.Off), Length: 1, Want: entriesText(n), Got: decimal(declared)})
}
