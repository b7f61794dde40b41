package analyze

import (
	"smpptap/analyze/profile"
)

// Redact says what is masked beside passwords.
type Redact uint8

// Bits of Redact.
const (
	RedactText Redact = 1 << iota
	RedactAddresses

	RedactNone Redact = 0
	RedactAll         = RedactText | RedactAddresses
)

// Options are a run's. Zero values mean the stated default.
type Options struct {
	Kind    string // pcap, live, proxy; default pcap
	Source  string // what is analysed, for the record
	Version string // of smpptap
	Profile *profile.Profile
	Redact  Redact
	Ports   []uint16 // where SMPP is expected; empty: recognise it
	Sinks   []Sink
	// Texts asks for PDU.Message and PDU.Receipt.
	Texts bool
}
