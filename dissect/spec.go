package dissect

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

// Versions is a set of versions.
type Versions uint8

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

// Section names where a version's document defines something. Empty: it has
// no number there (v3.3) or does not define it.
type Section struct{ V34, V50 string }

// Param is one mandatory parameter of a command, or one field of an array's
// entry.
type Param struct {
	ID   ParamID
	Name string // the specification's
	Kind Kind
	// Max is the largest number of octets of a COctet, its NUL included, or
	// of Octets; zero for integers.
	Max ByVersion
	// Sizes, when set, are the only legal sizes in octets, the NUL included.
	Sizes []int
	// Min and MaxValue bound an integer; both zero: any value.
	Min, MaxValue ByVersion
	Enum          *Enum    // names of values; nil: none
	Bits          *BitEnum // names of bits; nil: none
	// BitsSMSC replaces Bits when the SMSC is the sender (esm_class).
	BitsSMSC *BitEnum
	Format   Format
	Mark     Mark
	// LengthOf is the parameter that gives the number of octets (Octets) or
	// entries (Array).
	LengthOf ParamID
	Entry    []Param // the fields of an Array's entry
	// WhenFlag: the entry's field is present only where dest_flag has this
	// value; zero: always.
	WhenFlag uint8
	// MustBe holds the only legal value of an integer (or 0 = empty, for a
	// string) in the versions of MustBeIn.
	MustBe   int
	MustBeIn Versions
	Ref      Section
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
}

// IsResponse tells whether the command answers another one.
func (c *Command) IsResponse() bool { return c.ID&ResponseBit != 0 }

// ResponseBit is set in the command_id of every response (v3.4 5.1.2.1).
const ResponseBit uint32 = 0x80000000

// Allowed is a TLV that a command may carry.
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
	Fields         []TLVField // layout inside Octets
	Multiple       bool       // may stand more than once
	Requires       []uint16
	Mark           Mark
	Ref            Section
	Meaning        string
	Notes          []string
	Vendor         string // empty: standard
}

// TLVField is a part of an octet string's layout.
type TLVField struct {
	Name   string
	Offset int
	Size   int // zero: the rest
	Enum   *Enum
	Bits   *BitEnum
}

// Enum names single values or ranges of an integer.
type Enum struct {
	Name   string
	Values []Value
	Ref    Section
	Notes  []string
}

// Value is a named value. Versions zero: all.
type Value struct {
	From, To uint32 // equal for a single value
	Name     string
	Meaning  string
	Versions Versions
	// Reserved: the value is named, and reserved by the specification.
	Reserved bool
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
