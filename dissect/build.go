package dissect

// Constructors with which the table is written, and what is derived from its
// rows once, so that Decode and Validate look nothing up.

// octetSet holds for each value of an octet the versions that define it.
type octetSet [256]Versions

// tlvSet is a set of standard TLVs, bit n-1 for TLVDef.index n.
type tlvSet uint64

func all(n int) ByVersion { return ByVersion{n, n, n} }

func one(p Param) []Param { return []Param{p} }

func octet(id ParamID, ref Section) Param {
	return Param{ID: id, Name: id.String(), Kind: Uint8, Ref: ref}
}

func octet4(id ParamID) Param {
	return Param{ID: id, Name: id.String(), Kind: Uint32}
}

func status(id ParamID, ref Section) Param {
	return Param{ID: id, Name: id.String(), Kind: Uint32, IsStatus: true, Ref: ref}
}

func ton(id ParamID) Param {
	return octet(id, Section{"5.2.5", "4.7.1"}).enum(tonValues)
}

func npi(id ParamID) Param {
	return octet(id, Section{"5.2.6", "4.7.2"}).enum(npiValues)
}

func cString(id ParamID, size int, ref Section) Param {
	return Param{ID: id, Name: id.String(), Kind: COctet, Max: all(size), Ref: ref}
}

func address(id ParamID, size int, ref Section) Param {
	return cString(id, size, ref).mark(MarkAddress)
}

func timeString(id ParamID, f Format, ref Section) Param {
	p := cString(id, 17, ref)
	p.Format, p.Sizes = f, []int{1, 17}
	return p
}

func octets(id, length ParamID, size ByVersion, ref Section) Param {
	return Param{ID: id, Name: id.String(), Kind: Octets, Max: size, LengthOf: length, Ref: ref}
}

func array(id, count ParamID, ref Section, entry ...Param) Param {
	return Param{ID: id, Name: id.String(), Kind: Array, LengthOf: count, Entry: entry, Ref: ref}
}

func (p Param) mark(m Mark) Param { p.Mark = m; return p }

func (p Param) name33(s string) Param { p.Name33 = s; return p }

func (p Param) maxima(m ByVersion) Param { p.Max = m; return p }

func (p Param) when(id ParamID, v uint8) Param { p.When, p.WhenFlag = id, v; return p }

// mustBeZero: the only legal value is 0, of a string the empty one.
func (p Param) mustBeZero(in Versions) Param { p.ZeroIn = in; return p }

func (p Param) enum(e *Enum) Param { p.Enum = e; return p.derive() }

func (p Param) bits(b *BitEnum) Param { p.Bits = b; return p.derive() }

func (p Param) bitsSMSC(b *BitEnum) Param { p.BitsSMSC = b; return p.derive() }

func (p Param) limits(low, high ByVersion) Param { p.Min, p.MaxValue = low, high; return p.derive() }

func (p Param) derive() Param {
	if p.Kind != Uint8 {
		return p
	}
	p.legal = legalOctets(p.Enum, p.Bits, p.Min, p.MaxValue)
	if p.BitsSMSC != nil {
		p.legalSMSC = legalOctets(p.Enum, p.BitsSMSC, p.Min, p.MaxValue)
	}
	return p
}

// legalOctets lists the defined values; nil when all are.
func legalOctets(e *Enum, b *BitEnum, low, high ByVersion) *octetSet {
	if (e == nil || e.Open) && b == nil && low == (ByVersion{}) && high == (ByVersion{}) {
		return nil
	}
	set := new(octetSet)
	for v := range set {
		set[v] = inLimits(v, low, high)
		if e != nil {
			set[v] &= e.versions(uint32(v))
		}
		if b != nil {
			set[v] &= b.versions(uint32(v))
		}
	}
	return set
}

func inLimits(v int, low, high ByVersion) Versions {
	if low == (ByVersion{}) && high == (ByVersion{}) {
		return InAll
	}
	var in Versions
	for i, bit := range []Versions{In33, In34, In50} {
		if v >= low[i] && v <= high[i] {
			in |= bit
		}
	}
	return in
}

// versions returns the versions that define the value.
func (e *Enum) versions(v uint32) Versions {
	if e.Open || len(e.Values) > 0 && e.Values[0].IsText {
		return InAll
	}
	return definedIn(e.Values, v)
}

// versions returns the versions in which every group defines its bits.
func (b *BitEnum) versions(v uint32) Versions {
	in := InAll
	for _, g := range b.Groups {
		switch {
		case g.Unused && v&g.Mask != 0:
			return 0
		case !g.Any:
			in &= definedIn(g.Values, v&g.Mask)
		}
	}
	return in
}

func definedIn(values []Value, v uint32) Versions {
	var in Versions
	for i := range values {
		x := &values[i]
		if v < x.From || v > x.To || x.Reserved {
			continue
		}
		if x.Versions == 0 {
			return InAll
		}
		in |= x.Versions
	}
	return in
}

// allow says that a command may carry TLVs in some versions.
func allow(in Versions, tags ...uint16) allowance {
	list := make(allowance, len(tags))
	for i, tag := range tags {
		list[i] = Allowed{Tag: tag, In: in}
	}
	return list
}

// demand says that a command must carry TLVs.
func demand(in Versions, tags ...uint16) allowance {
	list := allow(in, tags...)
	for i := range list {
		list[i].Mandatory = in
	}
	return list
}

type allowance []Allowed

// from limits all rows to one sender.
func (list allowance) from(s Side) allowance {
	for i := range list {
		list[i].From = s
	}
	return list
}

// joinTLVs merges lists; rows of one tag that differ in versions only become one.
func joinTLVs(lists ...allowance) []Allowed {
	var joined []Allowed
	for _, list := range lists {
		for _, a := range list {
			joined = joinTLV(joined, a)
		}
	}
	return joined
}

func joinTLV(rows []Allowed, a Allowed) []Allowed {
	for i := range rows {
		if rows[i].Tag == a.Tag && rows[i].From == a.From {
			rows[i].In |= a.In
			rows[i].Mandatory |= a.Mandatory
			return rows
		}
	}
	return append(rows, a)
}

// indexTLVs numbers the rows and completes the lengths of integers.
func indexTLVs(rows []TLVDef) []TLVDef {
	for i := range rows {
		rows[i].index = uint8(i + 1)
		rows[i].complete()
	}
	return rows
}

// complete fills what follows from the other columns.
func (d *TLVDef) complete() {
	if n := d.Kind.Size(); n > 0 && d.MaxLen == (ByVersion{}) && d.MinLen == (ByVersion{}) {
		d.MinLen, d.MaxLen = all(n), all(n)
	}
	if d.Kind == Uint8 {
		d.legal = legalOctets(d.Enum, d.Bits, all(d.Min), all(d.MaxValue))
	}
}

// indexCommands derives the columns that Decode and Validate use.
func indexCommands(rows []Command) []Command {
	for i := range rows {
		rows[i].complete()
	}
	return rows
}

func (c *Command) complete() {
	c.arrayCount = -1
	for i := range c.pos {
		c.pos[i] = -1
	}
	for i := range c.Params {
		p := &c.Params[i]
		c.pos[p.ID] = int8(i)
		// Only here senders are known to miscount; elsewhere the octets
		// would not tell.
		if p.LengthOf == ParamNumberOfDests || p.LengthOf == ParamNoUnsuccess {
			c.arrayCount = c.pos[p.LengthOf]
		}
	}
	for _, a := range c.TLVs {
		c.carry(a)
	}
}

func (c *Command) carry(a Allowed) {
	d := TLVByTag(a.Tag)
	if d == nil {
		return
	}
	bit := d.bit()
	for v, in := range []Versions{In33, In34, In50} {
		for s, side := range []Side{ESME, SMSC} {
			if a.In&in != 0 && (a.From == 0 || a.From&side != 0) {
				c.carries[s][v] |= bit
			}
		}
		if a.Mandatory&in != 0 {
			c.demanded[v] |= bit
		}
	}
}

// bit is the TLV's place in a tlvSet; zero for a TLV outside the standard.
func (d *TLVDef) bit() tlvSet {
	if d.index == 0 {
		return 0
	}
	return 1 << (d.index - 1)
}
