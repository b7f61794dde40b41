package dissect

import (
	"fmt"
	"strconv"
)

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

// String writes the issue as "short_message at offset 61: body-truncated (want
// 120 octets, got 80 octets)".
func (i *Issue) String() string {
	s := string(i.Code)
	if i.Field != "" {
		s = fmt.Sprintf("%s at offset %d: %s", i.Field, i.Offset, i.Code)
	}
	switch {
	case i.Want != "" && i.Got != "":
		return fmt.Sprintf("%s (want %s, got %s)", s, i.Want, i.Got)
	case i.Got != "":
		return fmt.Sprintf("%s (got %s)", s, i.Got)
	case i.Want != "":
		return fmt.Sprintf("%s (want %s)", s, i.Want)
	}
	return s
}

// The words of Want and Got.

func decimal[T uint8 | uint32 | int](n T) string { return strconv.FormatInt(int64(n), 10) }

func octetsText(n int) string {
	if n == 1 {
		return "1 octet"
	}
	return decimal(n) + " octets"
}

func entriesText(n int) string {
	if n == 1 {
		return "1, as there is 1 entry"
	}
	return fmt.Sprintf("%d, as there are %d entries", n, n)
}

// hexText writes up to limit octets in hexadecimal.
func hexText(b []byte, limit int) string {
	if len(b) > limit {
		return fmt.Sprintf("% x ...", b[:limit])
	}
	return fmt.Sprintf("% x", b)
}
