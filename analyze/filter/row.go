package filter

import (
	"net/netip"

	"smpptap/dissect"
)

// Row is one PDU and what is known about it. The caller fills it, and may use
// it again for the next PDU by setting its fields; the filter only reads it,
// apart from scratch space that it keeps there, so one Row serves one goroutine.
// The zero value of a fact means that it is not known unless the fact says
// otherwise.
type Row struct {
	PDU     *dissect.PDU     // nil: every field of the PDU is absent
	From    dissect.Side     // who sent it; unknown counts as the ESME
	Message *dissect.Message // what it carries as text
	Receipt *dissect.Receipt // the delivery receipt in it

	Number     int64 // of the PDU in the run
	Request    int64 // number of the request it answers
	Frame      int64 // number of the packet
	Connection int64 // from 1; tcp.stream is one less, as Wireshark counts from 0
	Session    int64
	At         int64 // nanoseconds since 1970 UTC
	Start      int64 // of the first packet, for frame.time_relative
	// Latency is that of a response, in nanoseconds; negative: not known.
	Latency int64

	Source, Destination netip.AddrPort
	SystemID            string
	BindType            string // tx, rx, trx
	Findings            []Finding

	// scratch takes what lower and upper make, of the left and the right side
	// of a comparison.
	scratch [2][]byte
}

// Finding is a rule of the audit that named the PDU.
type Finding struct {
	Rule     string
	Severity Severity
}

// Severity of a finding, as package audit orders them.
type Severity uint8

// The severities.
const (
	Note Severity = iota + 1
	Warning
	Error
)

// toESME tells the direction in the words of the contract: what the SMSC sent.
func (r *Row) toESME() bool { return r.From == dissect.SMSC }
