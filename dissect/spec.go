package dissect

import "fmt"

// Version is a protocol version, written as interface_version writes it
// (v3.4 5.2.4). Zero means unknown.
type Version uint8

// The versions the table knows.
const (
	VersionUnknown Version = 0
	V33            Version = 0x33
	V34            Version = 0x34
	V50            Version = 0x50
)

// String writes the version as people do, "3.4". A value that is no version's
// is written as the octet.
func (v Version) String() string {
	switch v {
	case VersionUnknown:
		return "unknown"
	case V33:
		return "3.3"
	case V34:
		return "3.4"
	case V50:
		return "5.0"
	}
	return fmt.Sprintf("0x%02X", uint8(v))
}

// index is the place in a ByVersion. A value between two versions means the
// lower one (v3.4 5.2.4: all below 0x34 is 3.3).
func (v Version) index() int {
	switch {
	case v >= V50:
		return 2
	case v >= V34:
		return 1
	}
	return 0
}

// Set returns the version as a set; the unknown version may be any.
func (v Version) Set() Versions {
	if v == VersionUnknown {
		return InAll
	}
	return In33 << v.index()
}

// Versions is a set of versions.
type Versions uint8

// Has tells whether the version is in the set. The unknown version is in every
// set but the empty one.
func (s Versions) Has(v Version) bool { return s&v.Set() != 0 }

// Members of Versions.
const (
	In33 Versions = 1 << iota
	In34
	In50

	InAll = In33 | In34 | In50
)

// Side is one of the two parties. As a set it says who may send a PDU.
type Side uint8

// The sides. SideUnknown is neither; Either is both.
const (
	SideUnknown Side = 0
	ESME        Side = 1
	SMSC        Side = 2
	Either      Side = ESME | SMSC
)

// String returns "esme", "smsc", "either" or "unknown".
func (s Side) String() string {
	switch s {
	case ESME:
		return "esme"
	case SMSC:
		return "smsc"
	case Either:
		return "either"
	}
	return "unknown"
}

// Kind is the wire type of a parameter or TLV value (v3.4 3.1).
type Kind uint8

// The kinds. Integers are unsigned and big endian.
const (
	Uint8  Kind = iota + 1
	Uint16      // 2 octets
	Uint32      // 4 octets
	COctet      // octets up to and including a NUL
	Octets      // octets whose number another field gives
	Array       // entries whose number another field gives
)

// Mark says which masks and redactions a field falls under.
type Mark uint8

// The marks.
const (
	MarkNone    Mark = iota
	MarkSecret       // password: masked always
	MarkText         // message text: masked by --redact text
	MarkAddress      // an address: masked by --redact addresses
)

// Format says how the octets of a string are to be read.
type Format uint8

// The formats.
const (
	FormatNone         Format = iota
	FormatTime                // absolute or relative time (v3.4 7.1.1)
	FormatAbsoluteTime        // absolute time only
)

// ByVersion holds a number for 3.3, 3.4 and 5.0, in that order.
type ByVersion [3]int

// In returns the number for a version; for an unknown one the largest.
func (b ByVersion) In(v Version) int {
	if v == VersionUnknown {
		return max(b[0], b[1], b[2])
	}
	return b[v.index()]
}

// Section names where a version's document defines something. Empty: it has
// no number there (v3.3) or does not define it.
type Section struct{ V34, V50 string }

// Param is one mandatory parameter of a command, or one field of an array's
// entry.
type Param struct {
	ID     ParamID
	Name   string // the specification's
	Name33 string // v3.3's where it differs
	Kind   Kind
	// Max is the largest number of octets of a COctet, its NUL included, or
	// of Octets; zero: an integer, or a limit that nobody published.
	Max ByVersion
	// Sizes, when set, are the only legal sizes in octets, the NUL included.
	Sizes []int
	// Min and MaxValue bound an integer; both zero: any value.
	Min, MaxValue ByVersion
	Enum          *Enum    // names of values; nil: none
	Bits          *BitEnum // names of bits; nil: none
	IsStatus      bool     // the value is a command_status
	// BitsSMSC replaces Bits when the SMSC is the sender (esm_class).
	BitsSMSC *BitEnum
	Format   Format
	Mark     Mark
	// LengthOf is the parameter that gives the number of octets (Octets) or
	// entries (Array).
	LengthOf ParamID
	Entry    []Param // the fields of an Array's entry
	// When and WhenFlag: the parameter is present only where the one that When
	// names has the value WhenFlag; ParamNone: always.
	When     ParamID
	WhenFlag uint8
	// ZeroIn are the versions in which 0, or the empty string, is the only
	// legal value.
	ZeroIn Versions
	Ref    Section

	// legal holds for each value of an octet the versions that define it;
	// legalSMSC for BitsSMSC. nil: every value is legal.
	legal, legalSMSC *octetSet
}

// Size is the number of octets of an integer, zero for the other kinds.
func (k Kind) Size() int {
	switch k {
	case Uint8:
		return 1
	case Uint16:
		return 2
	case Uint32:
		return 4
	}
	return 0
}

// BodyOnError says whether a response with a status other than 0 has a body.
type BodyOnError uint8

// What the specification says of the body of a failed response.
const (
	BodyNotStated   BodyOnError = iota // expect both
	BodyOmitted                        // no body is sent
	BodyShouldOmit                     // should not be sent; the receiver ignores it
	BodyHeaderOnly                     // the PDU never has a body
	BodyUnknownSpec                    // the text was not at hand (v3.3)
)

// Command is one row of the command table: a PDU.
type Command struct {
	Name     string
	Aliases  []string
	ID       uint32
	Versions Versions
	From     Side // who may send it
	// Response is the command_id of the answer, or for a response that of
	// its request; zero: outbind and alert_notification have none.
	Response uint32
	Params   []Param
	TLVs     []Allowed
	OnError  [3]BodyOnError // by version
	Ref      Section
	Summary  string
	Notes    []string
	Vendor   string // the vendor whose command it is; empty: standard

	pos [paramCount]int8 // index in Params by ParamID, -1 where absent

	// Sets of standard TLVs, a bit for each index in the table. carries has
	// those that a side may send in a version: [ESME, SMSC][3.3, 3.4, 5.0].
	carries  [2][3]tlvSet
	demanded [3]tlvSet

	// arrayCount is the index in Params of the number of entries that a
	// sender may get wrong and Decode can find out; -1: none.
	arrayCount int8
}

// IsResponse tells whether the command answers another one.
func (c *Command) IsResponse() bool { return c.ID&ResponseBit != 0 }

// ResponseBit is set in the command_id of every response (v3.4 5.1.2.1).
const ResponseBit uint32 = 0x80000000

// MaxSequence is the largest sequence_number (v3.4 5.1.4).
const MaxSequence = 0x7FFFFFFF

// IsVendorCommand tells whether a command_id lies in the range that the
// specification leaves to vendors of SMSCs (v3.4 5.1.2.1).
func IsVendorCommand(id uint32) bool { return id&^ResponseBit>>8 == 0x102 }

// IsVendorTag tells whether a tag lies in the range that the specification
// leaves to vendors of SMSCs (v3.4 5.3.1).
func IsVendorTag(tag uint16) bool { return tag >= 0x1400 && tag <= 0x3FFF }

// Allowed says that a command may carry a TLV. A tag has a second row where
// versions differ in the side that may send it.
type Allowed struct {
	Tag       uint16
	In        Versions
	From      Side     // zero: whoever may send the command
	Mandatory Versions // versions that demand it
}

// TLVDef is one row of the TLV table.
type TLVDef struct {
	Tag      uint16
	Name     string
	Aliases  []string
	Versions Versions
	Kind     Kind // Uint8, Uint16, Uint32, COctet or Octets
	// MinLen and MaxLen bound the octets of the value, by version.
	MinLen, MaxLen ByVersion
	Lens           []int // when set, the only legal lengths
	Enum           *Enum
	Bits           *BitEnum
	Min, MaxValue  int        // of an integer; both zero: any
	IsStatus       bool       // the value is a command_status
	Format         Format     // of a COctet
	Fields         []TLVField // layout inside Octets
	Multiple       bool       // may stand more than once
	Requires       []uint16
	Mark           Mark
	Ref            Section
	Meaning        string
	Notes          []string
	Default        string // the value that absence stands for; empty: none
	Technology     string // networks it is for, "generic" for all
	Vendor         string // empty: standard

	legal *octetSet // as in Param
	index uint8     // its bit in a tlvSet, from 1; zero: not standard
}

// TLVField is a part of an octet string's layout.
type TLVField struct {
	Name   string
	Offset int
	Size   int // zero: the rest
	Enum   *Enum
	Bits   *BitEnum
	// Masked: the TLV's mark covers only its fields that have this set; the
	// others must survive for the value to be read again. No field has it:
	// the mark covers the whole value.
	Masked bool
}

// Enum names single values or ranges of an integer.
type Enum struct {
	Name   string
	Values []Value
	// Open: values that are not listed are defined elsewhere, not reserved.
	Open  bool
	Ref   Section
	Notes []string
}

// Value is a named value. Versions zero: all.
type Value struct {
	From, To uint32 // equal for a single value
	Text     string // the value where IsText: an enum of strings (service_type)
	Name     string
	Meaning  string
	Versions Versions
	// Reserved: the value is named, and reserved by the specification.
	Reserved bool
	Alphabet Alphabet // of data_coding: how the text is written; empty: not known
	IsText   bool     // the row belongs to an enum of strings; From and To mean nothing
}

// BitEnum names groups of bits.
type BitEnum struct {
	Name   string
	Groups []BitGroup
	Ref    Section
	Notes  []string
}

// BitGroup is the bits under a mask. Values are in place: test
// octet & Mask == Value.From. A value not listed is reserved, unless Any.
type BitGroup struct {
	Mask   uint32
	Name   string
	Values []Value
	Any    bool
	// Unused: the bits mean nothing here and should be clear.
	Unused bool
}

// StatusDef is one row of the command_status table.
type StatusDef struct {
	Value    uint32
	Name     string // the newest version's name
	Name34   string // where v3.4 names it differently
	Versions Versions
	Meaning  string
	Cause    string
	Remedy   string
	Retry    string
	SeenIn   []string
}

// StatusRange says what the values are that no row names. Use "vendor" marks
// the range left to providers.
type StatusRange struct {
	From, To uint32
	Use      string
}

// StatusHint is what a reserved value is known to mean somewhere.
type StatusHint struct {
	Value   uint32
	Name    string // an older name; empty: none
	Meaning string
}
