package profile

import (
	"time"

	"smpptap/dissect"
)

// Profile is a loaded profile: the values of a file and of those it extends,
// with defaults filled in. Zero values mean what each field says; whether a
// parameter was stated at all is asked by IsSet.
type Profile struct {
	id      string
	Title   string // for headings; default: the id
	Revised string // date of the last look at the sources
	Extends string // the profile it builds on; empty: none
	// Spec is the version the provider speaks; zero: any.
	Spec     dissect.Version
	Sources  map[string]Source
	Instance map[string]string // account switches: dlt: client

	Bind       Bind
	Timers     Timers
	KeepAlive  KeepAlive
	Inactivity Inactivity
	PDU        PDU
	PDUs       PDUs
	TLV        TLV
	// TLVs are the provider's own. Those whose instance switch does not hold
	// are left out.
	TLVs        []TLVRule
	Encoding    Encoding
	Source      SourceAddr
	Destination DestinationAddr
	Fields      Fields
	Response    Response
	Receipt     Receipt
	Long        Long
	Flow        Flow
	Status      Status
	Account     Account
	// Rules are the user's word on rules, those of the extended profile first.
	Rules []Rule
	// Suppress are findings that the user knows of.
	Suppress []Suppression

	origins map[string]Origin
	moot    []error         // see Moot
	files   map[string]file // by profile.id
	dialect *dissect.Dialect
}

// Source is a document that values are cited from.
type Source struct{ Title, URL, Read string }

// Bind is what a bind has to look like.
type Bind struct {
	InterfaceVersion InterfaceVersion
	Types            []string // tx, rx, trx; unset: all three
	// TRXMinVersion is the lowest interface_version that may bind as
	// transceiver. Default 0x34.
	TRXMinVersion uint8
	// Max is how many binds an account may hold at once; zero: unknown.
	Max int
	// MaxScope is what Max counts over: account, the default, or each server
	// of the provider by itself.
	MaxScope   string
	SystemID   SystemID
	Password   Password
	SystemType SystemType
}

// InterfaceVersion says which values of interface_version the provider takes.
type InterfaceVersion struct {
	Recommended uint8 // zero: unknown
	// Accepted are ranges, both ends included; empty: any.
	Accepted [][2]uint8
	// Fallback is what the server assumes for a value that it does not know
	// and for lower ones; zero: it takes the value as it is.
	Fallback uint8
}

// SystemID is about system_id.
type SystemID struct {
	Required bool // default true
}

// Password bounds password.
type Password struct {
	MaxLen   int  // characters; default 8
	Required bool // default true, but the rule runs only where it is set
}

// SystemType says what system_type has to be.
type SystemType struct {
	Values  []string // empty: unknown
	Compare Compare
}

// Compare says how system_type is compared.
type Compare string

// The ways to compare. CompareOptional, the default: one of the values or
// empty.
const (
	CompareExact    Compare = "exact"
	CompareFold     Compare = "fold_case"
	CompareEmpty    Compare = "must_be_empty"
	CompareIgnored  Compare = "ignored"
	CompareOptional Compare = "optional"
)

// Timers are response and session times.
type Timers struct {
	SessionInit time.Duration // from the connection to the bind; default 60 s
	// Response is how long a request may wait. Default 30 s. The two others
	// are the server's and the client's own; default: Response.
	Response, ResponseSMSC, ResponseESME time.Duration
	Slow                                 time.Duration // default 5 s
}

// KeepAlive says who has to probe the link and how often.
type KeepAlive struct {
	Initiator dissect.Side  // who must; default ESME
	Interval  time.Duration // zero: unknown
	MaxGap    time.Duration // longest time between two probes; zero: Interval
	Idle      bool          // keepalive.when: only an idle link needs probes
	Tolerance Tolerance
}

// Tolerance is allowed on top of an interval. Default 10 % and 1 s.
type Tolerance struct {
	Percent int
	Extra   time.Duration
}

// Inactivity says when the server closes a silent link.
type Inactivity struct {
	Timeout time.Duration // zero: unknown
	WarnAt  time.Duration // default 0.8 of Timeout
	Counts  string        // any_pdu, client_pdu, client_octets, request_only; default any_pdu
}

// PDU bounds any PDU.
type PDU struct {
	MaxOctets int // command_length; default 69,632
}

// PDUs are names of commands.
type PDUs struct {
	ClientAllowed []string // empty: what the specification allows
	Forbidden     []string
	Undocumented  []string
}

// TLV holds rules for all TLVs.
type TLV struct {
	AllowedBelow34 bool // a session below 3.4 may carry TLVs; default false
}

// Encoding says how data_coding is read.
type Encoding struct {
	Default dissect.Alphabet // of data_coding 0; default gsm0338
	Coding  map[uint8]Coding
	// Other is how grave a data_coding is that Coding does not list.
	// Default note.
	Other Level
}

// Coding is one value of data_coding.
type Coding struct {
	Alphabet dissect.Alphabet // empty: the specification's
	Use      Use
}

// Use says how welcome a value is.
type Use string

// The uses. Empty is UseAllowed.
const (
	UseDefault     Use = "default"
	UseAllowed     Use = "allowed"
	UseOnRequest   Use = "on_request"
	UseDiscouraged Use = "discouraged"
	UseForbidden   Use = "forbidden"
)

// Level is a severity as a profile writes it.
type Level string

// The levels. Empty: not stated.
const (
	LevelOff     Level = "off"
	LevelNote    Level = "note"
	LevelWarning Level = "warning"
	LevelError   Level = "error"
)

// SourceAddr says what a sender may look like.
type SourceAddr struct {
	Pairs []Pair // TON and NPI that are listed; empty: any
	// Shapes are the forms by TON; a TON that none names is not listed.
	Shapes []Shape
	// ByDestination are further demands by prefix of the destination.
	ByDestination []DestinationShape
	AlphaMax      int    // characters with TON 5; default 11
	TONNPI        string // checked, ignored, rewritten; empty: unknown
}

// Pair is a TON with its NPI.
type Pair struct {
	TON uint8
	NPI *uint8 // nil: any
}

// Has tells whether a pair is among those listed, or none is listed.
func Has(pairs []Pair, ton, npi uint8) bool {
	for _, p := range pairs {
		if p.TON == ton && (p.NPI == nil || *p.NPI == npi) {
			return true
		}
	}
	return len(pairs) == 0
}

// Shape is the form of an address under a TON.
type Shape struct {
	TON     uint8
	NPI     *uint8 // nil: any
	Pattern *Pattern
}

// DestinationShape is a demand on alphanumeric senders towards a prefix.
type DestinationShape struct {
	Prefix  string
	Pattern *Pattern
	Level   Level
}

// DestinationAddr says what a destination may look like.
type DestinationAddr struct {
	TONNPI           string   // checked, ignored; empty: unknown
	Pairs            []Pair   // TON and NPI that are listed; empty: any
	Pattern          *Pattern // nil: any
	ForbiddenPrefix  []string
	SuspiciousPrefix []string
}

// Fields are single parameters of a message.
type Fields struct {
	RegisteredDelivery RegisteredDelivery
}

// RegisteredDelivery are the values that the provider documents.
type RegisteredDelivery struct {
	Allowed []uint8 // the whole octet
	Ignored bool
}

// Response is about submit responses.
type Response struct {
	MessageIDRequired bool // on success; default true
	MessageIDMax      int  // characters; zero: the specification's 64
}

// State is what a stat word means.
type State struct {
	Name  string // enroute, accepted, delivered, expired, deleted, undeliverable, rejected, unknown
	Final bool
}

// Long is about long messages.
type Long struct {
	LimitOctets int           // of one segment; zero: unknown
	Wait        time.Duration // for missing parts; default 600 s
}

// Flow bounds the traffic.
type Flow struct {
	WindowMax int     // outstanding requests; zero: unknown
	RateMax   float64 // submits per second; zero: unknown
	// RateScope is what RateMax counts over: bind, server, or account, the
	// default.
	RateScope string
}

// Account says what belongs together.
type Account struct {
	// By: server, the default, takes each address of the SMSC with its
	// system_ids for accounts of their own; system_id joins the addresses.
	By string
}

// Status is about command_status.
type Status struct {
	VendorRange [2]uint32 // default 0x400 to 0x4FF
	Codes       map[uint32]StatusCode
}

// StatusCode is a status to which the provider gives a meaning.
type StatusCode struct{ Name, Text, Class, Fault string }

// TLVRule is a TLV of the provider.
type TLVRule struct {
	Tag       uint16
	Name      string
	Type      string // u8, u16, u32, cstring, octets, text
	Len       [2]int // octets; default 0 to 65535
	Pattern   *Pattern
	Values    []string // the only legal values, as text
	PDUs      []string // default submit_sm and data_sm
	Direction string   // to_smsc (default), to_esme, both
	Required  string   // never (default), always, when, absent: must not be there, alike: in all of an account's messages or in none
	When      When
	Meaning   string
}

// When limits a demand to some messages.
type When struct {
	DestPrefix []string // empty: any destination
	SourceRe   *Pattern // nil: any sender
	Instance   map[string]string
}
