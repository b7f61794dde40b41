package dissect

// Message is the user data of a PDU, read as text where it is text.
type Message struct {
	Text     string   // empty for binary data
	Alphabet Alphabet // the alphabet that was used
	Why      string   // why that one: "data_coding 8", "profile: data_coding 0"
	Binary   bool     // the octets are not text; shown as hex
	Lossy    bool     // some octets had no meaning in the alphabet (U+FFFD stands for them)
	Octets   []byte   // the user data behind the header: a view into the PDU
	Off      int      // of Octets in the PDU
	Payload  bool     // it stood in message_payload
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
	// Intermediate: esm_class says intermediate notification.
	Intermediate bool
}
