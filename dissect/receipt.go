package dissect

// readReceipt reads the receipt in a PDU, nil when it is none: esm_class says
// so, the text reads as one, or the TLVs of one are there. m is the PDU's
// message, nil when it has none, and t its text.
func readReceipt(p *PDU, from Side, m *Message, t text) *Receipt {
	var r Receipt
	if !mayCarryReceipt(p, from) {
		return nil
	}
	r.Flagged, r.Intermediate = receiptFlags(p)
	if m != nil {
		r.readText(m, t)
	}
	both := r.readTLVs(p)
	if !r.Flagged && !r.FromText && !both {
		return nil
	}
	out := r // on the heap only when there is one
	return &out
}

// mayCarryReceipt tells the PDUs in which the SMSC sends receipts: deliver_sm
// and, at some providers, data_sm.
func mayCarryReceipt(p *PDU, from Side) bool {
	return p.ID == CmdDeliverSM || p.ID == CmdDataSM && from != ESME
}

func receiptFlags(p *PDU) (flagged, intermediate bool) {
	class, _ := p.U8(ParamEsmClass)
	kind := class & EsmTypeMask
	return kind == EsmReceipt || kind == EsmIntermediate, kind == EsmIntermediate
}

// readTLVs reads what stands beside or in place of the text; both tells whether
// id and state are there.
func (r *Receipt) readTLVs(p *PDU) (both bool) {
	if len(p.TLVs) == 0 {
		return false
	}
	id, hasID := p.TLV(TagReceiptedMessageID)
	if hasID {
		r.TLVID = string(untilNUL(p.TLVValue(id)))
	}
	if state, ok := p.TLV(TagMessageState); ok && len(p.TLVValue(state)) > 0 {
		r.TLVState, r.HasState = uint8(p.TLVUint(state)), true
	}
	if e, ok := p.TLV(TagNetworkErrorCode); ok {
		r.TLVError = p.TLVValue(e)
	}
	return hasID && r.HasState
}

// readText looks for the fields of v3.4 appendix B. Their keys are ASCII, so
// the octets are read as they stand where an alphabet holds ASCII in single
// octets: what the table of the default alphabet makes of 0x5F is not what the
// writer of an id meant. Otherwise the decoded text is read, and then the
// octets all the same: some write ASCII and say UCS-2. Others write UCS-2 and
// say nothing.
func (r *Receipt) readText(m *Message, t text) {
	switch {
	case isWide(m.Alphabet):
	case looksWide(m.Octets):
		t = readText(AlphabetUCS2, m.Octets, shifts{}, 0)
	default:
		r.readOctets(m, t)
		return
	}
	found, ok := findReceipt([]byte(t.string), r.Flagged)
	if !ok {
		m = &Message{Octets: m.Octets, Alphabet: AlphabetASCII}
		r.readOctets(m, text{})
		return
	}
	r.lay(&found, []byte(t.string))
	r.take(&found, func(_ receiptKey, off, end int) string { return t.string[off:end] })
}

// lay notes how the text is laid out.
func (r *Receipt) lay(found *receiptText, b []byte) {
	r.Layout = found.layout(b)
	r.Layout.spelt(b)
}

func isWide(a Alphabet) bool {
	switch a {
	case AlphabetGSMPacked, AlphabetUCS2, AlphabetUTF16, AlphabetUTF16LE:
		return true
	}
	return false
}

// looksWide tells the octets of ASCII in UCS-2, judged by the first eight
// characters. The default alphabet has @ for each NUL, and no receipt that.
func looksWide(b []byte) bool {
	const judged = 16
	if len(b) < judged || len(b)%2 != 0 {
		return false
	}
	for i := 0; i < judged; i += 2 {
		if b[i] != 0 || b[i+1] < ' ' || b[i+1] > '~' {
			return false
		}
	}
	return true
}

func (r *Receipt) readOctets(m *Message, t text) {
	found, ok := findReceipt(m.Octets, r.Flagged)
	if !ok {
		return
	}
	r.lay(&found, m.Octets)
	if t.same {
		r.take(&found, func(_ receiptKey, off, end int) string { return t.string[off:end] })
		return
	}
	r.take(&found, func(k receiptKey, off, end int) string {
		b := m.Octets[off:end:end]
		a := m.Alphabet
		if a == AlphabetBinary || k != keyText && printable(b) {
			a = AlphabetASCII
		}
		s := shifts{&gsmDefault, &gsmExtension}
		if a == AlphabetGSM {
			s, _, _ = headerShifts(m.UDH)
		}
		return readText(a, b, s, 0).string
	})
}

func (r *Receipt) take(found *receiptText, value func(k receiptKey, off, end int) string) {
	r.FromText = true
	for k, s := range [keyCount]*string{
		keyID: &r.ID, keySub: &r.Sub, keyDlvrd: &r.Dlvrd, keySubmitDate: &r.SubmitDate,
		keyDoneDate: &r.DoneDate, keyStat: &r.Stat, keyErr: &r.Err, keyText: &r.Text,
	} {
		if v := found.at[k]; s != nil && v.off < v.end {
			*s = value(receiptKey(k), int(v.off), int(v.end))
		}
	}
}

// ToldID is the id that the receipt tells: the text's, else the TLV's.
func (r *Receipt) ToldID() string {
	if r.ID == "" {
		return r.TLVID
	}
	return r.ID
}

// ToldStat is the state that the receipt tells: the word of its text, else the
// one for its message_state; empty when there is neither.
func (r *Receipt) ToldStat() string {
	if r.Stat == "" && r.HasState {
		return StateWord(r.TLVState)
	}
	return r.Stat
}

// ReceiptStat returns the state that a receipt tells, without building texts:
// the word of the text, else appendix B's word for the TLV message_state, empty
// when there is neither. ok is false when the PDU is no receipt, as ReadMessage
// sees it. The result is a view or a constant, not to be changed; it allocates
// only for texts of more than one octet a character, and packed ones.
func ReceiptStat(p *PDU, from Side, d *Dialect) (stat []byte, ok bool) {
	if !mayCarryReceipt(p, from) {
		return nil, false
	}
	b := p.UserData().Octets
	b = b[p.headerLen(b):]
	if coding, has := p.U8(ParamDataCoding); has {
		if a, _ := AlphabetOf(coding, d); isWide(a) || looksWide(b) {
			_, r := ReadMessage(p, from, d)
			if r == nil {
				return nil, false
			}
			if r.Stat != "" || !r.HasState {
				return []byte(r.Stat), true
			}
			return stateWord(r.TLVState), true
		}
	}
	flagged, _ := receiptFlags(p)
	found, inText := findReceipt(b, flagged)
	if v := found.at[keyStat]; inText && v.off < v.end {
		return b[v.off:v.end:v.end], true
	}
	state, hasState := p.TLV(TagMessageState)
	_, hasID := p.TLV(TagReceiptedMessageID)
	hasState = hasState && len(p.TLVValue(state)) > 0
	if hasState && (flagged || inText || hasID) {
		return stateWord(uint8(p.TLVUint(state))), true
	}
	return nil, flagged || inText
}

func untilNUL(b []byte) []byte {
	for i, o := range b {
		if o == 0 {
			return b[:i]
		}
	}
	return b
}
