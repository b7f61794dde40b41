package dissect

// Context is what Validate needs to know beside the octets.
type Context struct {
	// Version is the session's version in force; zero: unknown, and only
	// what every version forbids is an issue.
	Version Version
	// Offered is a higher version that the server offered (its
	// sc_interface_version); zero: none. What is legal there is Minor.
	Offered Version
	From    Side     // the sender; zero: unknown
	Dialect *Dialect // nil: the bare specification
}

// Validate appends what the values of a PDU break. It judges what Decode could
// read and repeats no issue of Decode; it allocates only for what is wrong.
//
// Two facts need more than the PDU to become an accusation: sequence-zero and
// sequence-range of a response that echoes such a request, and tlv-not-allowed
// in a session of 3.3, which is judged as 3.4 would.
func Validate(dst []Issue, p *PDU, c Context) []Issue {
	if len(p.Raw) < HeaderLen || p.Length < HeaderLen {
		return dst
	}
	v := newValidator(dst, p, &c)
	v.header()
	if p.Command == nil {
		return v.out
	}
	for i := range p.Fields {
		v.field(&p.Fields[i])
	}
	for i := range p.Entries {
		v.field(&p.Entries[i])
	}
	v.tlvs()
	return v.out
}

// validator judges one PDU.
type validator struct {
	p   *PDU
	out []Issue
	d   *Dialect

	in      Versions // a value legal in any of them is fine
	offered Versions // a value legal in any of these is tolerated
	index   int      // the place of in's newest version in a ByVersion
	side    Side     // the sender; Either when it cannot be told
}

func newValidator(dst []Issue, p *PDU, c *Context) validator {
	v := validator{p: p, out: dst, d: c.Dialect, in: c.Version.Set(), side: c.From}
	if p.Command != nil {
		// A command that the version does not have is judged by those that do;
		// that it does not belong here is said elsewhere.
		if in := v.in & p.Command.Versions; in != 0 {
			v.in = in
		} else {
			v.in = p.Command.Versions
		}
		if p.Command.From != Either {
			v.side = p.Command.From
		}
	}
	if v.side == SideUnknown {
		v.side = Either
	}
	if c.Version != VersionUnknown && c.Offered > c.Version {
		v.offered = (c.Offered.Set()<<1 - 1) &^ (c.Version.Set()<<1 - 1)
	}
	v.index = v.in.newest()
	return v
}

// newest is the place of the newest version of a set in a ByVersion.
func (s Versions) newest() int {
	switch {
	case s&In50 != 0:
		return 2
	case s&In34 != 0:
		return 1
	}
	return 0
}

func (v *validator) add(i Issue) { v.out = append(v.out, i) }

// field judges one parameter of the body or of an array's entry.
func (v *validator) field(f *Field) {
	p := f.Param
	switch p.Kind {
	case Uint8:
		if f.Off == f.End {
			return
		}
		n := v.p.Raw[f.Off]
		if p.legal != nil && v.legal(p, n)&v.in == 0 {
			v.reserved(f, n)
		}
		if p.ZeroIn != 0 && n != 0 && v.in&^p.ZeroIn == 0 {
			v.mustBe(f, "0", decimal(n))
		}
	case COctet:
		if f.Off != f.End {
			v.str(f)
		}
	}
}

// legal returns the versions that define a value for this sender.
func (v *validator) legal(p *Param, n uint8) Versions {
	if p.legalSMSC == nil || v.side == ESME {
		return p.legal[n]
	}
	if v.side == SMSC {
		return p.legalSMSC[n]
	}
	return p.legal[n] | p.legalSMSC[n]
}

// mustBe states that a parameter has a value where this version wants another
// one; nobody rejects that.
func (v *validator) mustBe(f *Field, want, got string) {
	v.add(Issue{Code: CodeFieldReserved, Field: f.Param.Name, Offset: int(f.Off),
		Length: int(f.End - f.Off), Want: want, Got: got, Minor: true})
}
