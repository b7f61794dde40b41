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
	// Reference, Part and Parts tell of concatenation, by UDH or sar TLVs;
	// Parts zero: not concatenated.
	Reference   int
	Part, Parts int
	Units       int // septets, octets or code units the text takes
}

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
	// FromText: the text reads as a receipt.
	FromText bool
	// Flagged: esm_class says receipt or intermediate notification.
	Flagged bool
	// Intermediate: esm_class says intermediate notification.
	Intermediate bool
}

// ReadMessage reads the user data of a PDU and the receipt in it; nil for what
// it does not carry. from is the side that sent the PDU, d may be nil. The
// results hold views into p.Raw.
func ReadMessage(p *PDU, from Side, d *Dialect) (*Message, *Receipt) {
	u := p.UserData()
	if u.Octets == nil {
		return nil, nil
	}
	return &Message{Octets: u.Octets, Off: u.Off, Alphabet: AlphabetBinary, Binary: true}, nil
}

// ReceiptStat returns the state that a receipt tells, without building texts:
// the word of the text, else that of message_state. ok is false when the PDU is
// no receipt. The result is not to be changed.
func ReceiptStat(p *PDU, from Side, d *Dialect) (stat []byte, ok bool) {
	return nil, false
}

// ReceiptState tells which message_state a receipt's word stands for (v3.4
// 5.2.28), whether it is the last one of a message, and whether the word is known.
func ReceiptState(stat string) (state uint8, final, known bool) {
	return 0, false, false
}
