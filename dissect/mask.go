package dissect

// Span is a run of octets of a PDU, End excluded.
type Span struct{ Off, End int }

// MaskOctet stands for every octet that must not be seen: as many as before, so
// that offsets and decoding hold.
const MaskOctet = '*'

// Cover masks spans of raw, as far as they lie in it.
func Cover(raw []byte, spans []Span) {
	for _, s := range spans {
		for i := max(s.Off, 0); i < min(s.End, len(raw)); i++ {
			raw[i] = MaskOctet
		}
	}
}

// Secrets appends the octets of Raw that may be a password's and must be
// overwritten before anyone sees them: the password of bind_* and outbind
// without its NUL. Where its place is not certain (a PDU that breaks, in which
// system_id may have swallowed it) it is everything from where the password
// could begin. A PDU of an unknown command is not judged here: whether it may
// carry a password depends on the session.
func Secrets(p *PDU, dst []Span) []Span {
	if p.Command == nil || p.Command.pos[ParamPassword] < 0 {
		return dst
	}
	f, found := p.Field(ParamPassword)
	switch {
	case found && len(p.Fields) == len(p.Command.Params) && !p.shifted():
		return appendSpan(dst, int(f.Off), int(f.End)-1)
	case !found && len(p.Fields) > 0 && p.fits(p.Fields[0]):
		// The password itself breaks: system_id ends where it should.
		return appendSpan(dst, int(p.Fields[0].End), len(p.Raw))
	default:
		// A missing NUL shifts all fields: system_id may hold the password.
		return appendSpan(dst, min(HeaderLen, len(p.Raw)), len(p.Raw))
	}
}

// shifted tells that a bind reads to its end although a missing NUL moved every
// field: version, TON and NPI then stand in system_type, and characters of
// address_range in their place.
func (p *PDU) shifted() bool {
	kind := p.Bytes(ParamSystemType)
	if !printable(kind) {
		return true
	}
	if len(kind) > 1 || p.versionInPlace() {
		return false
	}
	return p.undefined(ParamAddrTON) || p.undefined(ParamAddrNPI)
}

// versionInPlace tells that interface_version is one of today's: in a shifted
// bind the TON or NPI stands there, and those have no such values.
func (p *PDU) versionInPlace() bool {
	v, ok := p.U8(ParamInterfaceVersion)
	return ok && (v == 0x33 || v == 0x34 || v == 0x50)
}

// undefined tells that an integer has a value that no version defines.
func (p *PDU) undefined(id ParamID) bool {
	f, ok := p.Field(id)
	return ok && f.Param.legal != nil && f.Param.legal[p.Raw[f.Off]] == 0
}

// fits tells that a string is no longer than every version allows.
func (p *PDU) fits(f Field) bool { return int(f.End-f.Off) <= f.Param.Max.In(VersionUnknown) }

// Marked appends the octets of Raw that a mark covers: of strings without the
// NUL, of a text without its user data header, of a TLV only what its layout
// lets go, so that the PDU decodes as before when they are overwritten. Octets
// that could not be read count as marked.
func Marked(p *PDU, m Mark, dst []Span) []Span {
	dst = markedFields(p, p.Fields, m, dst)
	dst = markedFields(p, p.Entries, m, dst)
	for _, t := range p.TLVs {
		if t.Def != nil && t.Def.Mark == m {
			dst = markedTLV(p, t, dst)
		}
	}
	if p.Broken || p.Command == nil {
		dst = appendSpan(dst, p.readEnd(), len(p.Raw))
	}
	return dst
}

func markedFields(p *PDU, fields []Field, m Mark, dst []Span) []Span {
	for _, f := range fields {
		if f.Param.Mark != m {
			continue
		}
		off, end := int(f.Off), int(f.End)
		if f.Param.Kind == COctet {
			end--
		}
		if f.Param.ID == ParamShortMessage {
			off += p.headerLen(p.Raw[off:end])
		}
		dst = appendSpan(dst, off, end)
	}
	return dst
}

func markedTLV(p *PDU, t TLV, dst []Span) []Span {
	value := p.TLVValue(t)
	off := min(int(t.Off)+tlvHeader, len(p.Raw))
	if t.Tag == TagMessagePayload {
		return appendSpan(dst, off+p.headerLen(value), off+len(value))
	}
	whole := true
	for _, f := range t.Def.Fields {
		if !f.Masked {
			continue
		}
		whole = false
		end := len(value)
		if f.Size > 0 {
			end = min(end, f.Offset+f.Size)
		}
		dst = appendSpan(dst, off+f.Offset, off+end)
	}
	if whole {
		dst = appendSpan(dst, off, off+len(value))
	}
	return dst
}

// headerLen is the number of octets of a text's user data header, zero where
// there is none or it does not fit.
func (p *PDU) headerLen(text []byte) int {
	if class, ok := p.U8(ParamEsmClass); !ok || class&EsmUDHI == 0 || len(text) == 0 {
		return 0
	}
	if n := 1 + int(text[0]); n <= len(text) {
		return n
	}
	return 0
}

// readEnd is the offset behind everything that could be read.
func (p *PDU) readEnd() int {
	end := min(HeaderLen, len(p.Raw))
	for _, list := range [][]Field{p.Fields, p.Entries} {
		if n := len(list); n > 0 {
			end = max(end, int(list[n-1].End))
		}
	}
	for _, t := range p.TLVs {
		end = max(end, min(int(t.Off)+tlvHeader+int(t.Len), len(p.Raw)))
	}
	return end
}

func appendSpan(dst []Span, off, end int) []Span {
	if off >= end {
		return dst
	}
	return append(dst, Span{off, end})
}
