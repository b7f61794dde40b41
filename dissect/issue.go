package dissect

// Issue is one thing that a PDU has wrong, stated as a fact.
type Issue struct {
	Code   Code
	Field  string // parameter or TLV; empty: the PDU
	Offset int    // octets from the start of the PDU
	Length int    // octets that are wrong; zero: a place, not octets
	Want   string
	Got    string
	// Minor: the specification tolerates it or contradicts itself there; the
	// audit makes a note of it, not more.
	Minor bool
}

// Code names a kind of issue. Codes are public: JSON shows them. Where a rule
// of the audit judges exactly this fact, code and rule id are the same word.
type Code string

// Structural codes, from Decode.
const (
	CodeLengthSmall        Code = "framing-length-small" // command_length < 16
	CodeLengthMismatch     Code = "length-mismatch"      // octets given != command_length
	CodeBodyTruncated      Code = "body-truncated"
	CodeStringUnterminated Code = "string-unterminated"
	CodeBodyTrailing       Code = "body-trailing"
	CodeTLVTruncated       Code = "tlv-truncated"
)

// Codes of values, from Validate.
const (
	CodeCommandUnknown     Code = "command-id-unknown"
	CodeStatusInRequest    Code = "status-in-request"
	CodeStatusReserved     Code = "status-reserved"
	CodeSequenceZero       Code = "sequence-zero"
	CodeSequenceRange      Code = "sequence-range"
	CodeStringTooLong      Code = "string-too-long"
	CodeStringCharset      Code = "string-charset"
	CodeFieldReserved      Code = "field-reserved"
	CodeEsmClassDirection  Code = "esm-class-direction"
	CodeDataCodingReserved Code = "data-coding-reserved"
	CodeTimeFormat         Code = "time-format"
	CodeSmLengthLarge      Code = "sm-length-large"
	CodeDestinationsCount  Code = "destinations-count"
	CodeTLVLength          Code = "tlv-length"
	CodeTLVValue           Code = "tlv-value"
	CodeTLVNotAllowed      Code = "tlv-not-allowed"
	CodeTLVRepeated        Code = "tlv-repeated"
	CodeTLVMissing         Code = "tlv-missing"
	CodeTLVUnknown         Code = "tlv-unknown"
)

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
