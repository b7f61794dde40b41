package dissect

// Message is the user data of a PDU, read as text where it is text.
type Message struct {
	Text     string   // empty for binary data
	Alphabet Alphabet // the alphabet that was used
	Why      string   // why that one: "data_coding 8", "profile: data_coding 0"
	Binary   bool     // the octets are not text; shown as hex
	// Lossy: some octets had no meaning in the alphabet. U+FFFD stands for
	// them, or the character that the standard lets a phone show instead.
	Lossy   bool
	Octets  []byte // the user data behind the header: a view into the PDU
	Off     int    // of Octets in the PDU
	Payload bool   // it stood in message_payload
	// Header is the length of the user data header, its length octet included;
	// zero: none, or none that can be split off.
	Header   int
	UDH      []Element
	UDHError string // the header does not parse: why
	// Reference, Part and Parts tell of concatenation, by UDH or sar TLVs, as
	// they stand there: Parts may be zero, or less than Part. Concat tells
	// which; empty: not concatenated.
	Concat      Concat
	Reference   int
	Part, Parts int
	Units       int // septets, octets or code units the text takes
}

// Concat is a way to say that a message is a part of a long one.
type Concat string

// The ways. The UDH's word comes first where a PDU has both.
const (
	ConcatUDH8  Concat = "udh8"  // element 0x00
	ConcatUDH16 Concat = "udh16" // element 0x08
	ConcatSAR   Concat = "sar"   // the three sar TLVs
)

// Element is an information element of a user data header (3GPP TS 23.040).
type Element struct {
	IEI  uint8
	Name string
	Data []byte // a view
}

// Receipt is a delivery receipt, from the text (v3.4 appendix B) and the TLVs.
type Receipt struct {
	ID, Stat, Err, Sub, Dlvrd, SubmitDate, DoneDate, Text string
	// TLVs beside or in place of the text; empty or zero: absent.
	TLVID    string
	TLVState uint8
	HasState bool
	TLVError []byte // network_error_code, a view
	// FromText: the text reads as a receipt; Layout is how it is laid out then.
	FromText bool
	Layout   ReceiptLayout
	// Flagged: esm_class says receipt or intermediate notification.
	Flagged bool
	// Intermediate: esm_class says intermediate notification.
	Intermediate bool
}

// Bits of esm_class (v3.4 5.2.12). Those of EsmTypeMask are one value.
const (
	EsmModeMask     = 0x03
	EsmTypeMask     = 0x3C
	EsmReceipt      = 0x04 // from the SMSC: delivery receipt
	EsmDeliveryAck  = 0x08 // from an ESME: acknowledgement of delivery
	EsmUserAck      = 0x10 // from an ESME: the user's own acknowledgement
	EsmIntermediate = 0x20 // from the SMSC: intermediate notification
	EsmUDHI         = 0x40 // a user data header stands before the text
)

// ReadMessage reads the user data of a PDU and the receipt in it; nil for what
// it does not carry. A receipt may stand in TLVs alone, beside an empty message
// or none. from is the side that sent the PDU, d may be nil. The slices in the
// results are views of p.Raw.
func ReadMessage(p *PDU, from Side, d *Dialect) (*Message, *Receipt) {
	if p.IsResponse() {
		return nil, nil
	}
	u := p.UserData()
	if u.Octets == nil {
		return nil, readReceipt(p, from, nil, text{})
	}
	m := &Message{Octets: u.Octets, Off: u.Off, Payload: u.Tag != 0}
	m.readHeader(p)
	m.readSAR(p)
	t := m.readText(p, d)
	return m, readReceipt(p, from, m, t)
}

// readHeader splits the user data header off, where esm_class says there is one.
func (m *Message) readHeader(p *PDU) {
	class, ok := p.U8(ParamEsmClass)
	if !ok || class&EsmUDHI == 0 {
		return
	}
	m.UDH, m.Header, m.UDHError = readHeader(m.Octets)
	m.Octets = m.Octets[m.Header:]
	m.Off += m.Header
	for i := range m.UDH {
		e := &m.UDH[i]
		// 9.2.3.24: the last of several elements that exclude each other counts.
		if reference, part, parts, ok := e.Concat(); ok {
			m.Reference, m.Part, m.Parts = reference, part, parts
			m.Concat = ConcatUDH8
			if e.IEI == IEIConcat16 {
				m.Concat = ConcatUDH16
			}
		}
	}
}

// readSAR reads the sar TLVs (v3.4 5.3.2.22 to 24), which mean something
// only together. A header's word comes first.
func (m *Message) readSAR(p *PDU) {
	if m.Concat != "" || len(p.TLVs) < 3 {
		return
	}
	reference, ok1 := p.TLV(TagSARMsgRefNum)
	parts, ok2 := p.TLV(TagSARTotalSegments)
	part, ok3 := p.TLV(TagSARSegmentSeqnum)
	if !ok1 || !ok2 || !ok3 {
		return
	}
	m.Concat = ConcatSAR
	m.Reference = int(p.TLVUint(reference) & 0xFFFF)
	m.Part, m.Parts = int(p.TLVUint(part)&0xFF), int(p.TLVUint(parts)&0xFF)
}

// readText decodes the octets behind the header.
func (m *Message) readText(p *PDU, d *Dialect) text {
	if coding, ok := p.U8(ParamDataCoding); ok {
		m.Alphabet, m.Why = AlphabetOf(coding, d)
	} else {
		m.Alphabet, m.Why = defaultAlphabet(d)
	}
	s := shifts{&gsmDefault, &gsmExtension}
	if len(m.UDH) > 0 && (m.Alphabet == AlphabetGSM || m.Alphabet == AlphabetGSMPacked) {
		var why string
		s, why, m.Lossy = headerShifts(m.UDH)
		if why != "" {
			m.Why += why
		}
	}
	t := readText(m.Alphabet, m.Octets, s, m.Header)
	m.Text, m.Units, m.Binary = t.string, t.units, m.Alphabet == AlphabetBinary
	m.Lossy = m.Lossy || t.lossy
	return t
}
