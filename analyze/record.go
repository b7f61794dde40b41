package analyze

import (
	"context"

	"smpptap/analyze/audit"
	"smpptap/analyze/session"
	"smpptap/dissect"
	"smpptap/stream"
)

// RecordKind says which of a Record's parts is set.
type RecordKind uint8

// Kinds of records.
const (
	RecordCapture RecordKind = iota + 1 // first; again when it ends
	RecordConn                          // at opening and when it ends
	RecordSession                       // when new or changed
	RecordPDU                           // once
	RecordPair                          // a response that came before its request was matched
	RecordFinding                       // when new or changed
	RecordMessage                       // when new or changed
	RecordCheck                         // at the end, one a rule
	RecordReceipt                       // of a message that the run does not know
	RecordPartID                        // an id of a further part of a long message
	RecordGap                           // octets that are no PDU: gap, garbage, tail
	RecordLost                          // octets of a connection that is not analysed, or not any more
)

// Record is one thing the pipeline hands to its sinks. Passwords are masked
// and redaction is applied before. A record and all it points at are lent for
// the call of Sink.Write.
type Record struct {
	Kind    RecordKind
	Capture *Capture
	Conn    *session.Conn
	Session *SessionRecord
	PDU     *PDU
	Pair    *Pair
	Finding *audit.Finding
	Message *Message
	Receipt *Receipt
	PartID  *PartID
	Check   *audit.Check
	Off     bool // of Check: the profile does not set what the rule needs
	Gap     *Gap
	Lost    Lost
}

// Kinds of runs.
const (
	KindPcap  = "pcap" // over files of any format
	KindLive  = "live"
	KindProxy = "proxy"
)

// Capture describes the run.
type Capture struct {
	Kind      string // one of the kinds of runs
	Source    string
	Profile   string
	Version   string // of smpptap
	StartedAt int64  // nanoseconds since 1970 UTC; of the data
	EndedAt   int64  // zero: not ended
	Stats     Stats
}

// PDU is one PDU as recorded.
type PDU struct {
	Number   int64 // from 1 in the run
	Conn     *session.Conn
	Session  *session.Session
	SystemID string
	BindType session.BindType
	Dir      stream.Dir
	From     dissect.Side
	At       stream.Stamp
	// P is decoded from masked octets; P.Raw may be shorter than
	// command_length when the capture cut the PDU.
	P *dissect.PDU
	// Plain is P before redaction, its password masked: a filter asks for what
	// stands in the PDU. Nothing of it is to be written. Nil: it is P.
	Plain   *dissect.PDU
	Dialect *dissect.Dialect // of its link's profile
	Missing int64            // octets lost to gaps, as stream.Frame.Missing
	Request int64            // number of the request it answers; zero: none
	Latency int64            // nanoseconds; negative: unknown
	// Issues are what dissect.Validate says of the values; what could not be
	// read stands in P.Issues.
	Issues []dissect.Issue
	// Findings are the rules that named this PDU when it passed.
	Findings []*audit.Rule
	// Message is what the PDU carries as text; nil: nothing.
	Message *dissect.Message
	// Receipt is the delivery receipt in it; nil: none.
	Receipt *dissect.Receipt
	// Parts is the long message that it is a part of, as far as it was seen
	// with this part; nil: it is none. Octets are there with Options.Parts,
	// masked.
	Parts *session.PartMap
}

// Direction is the contract's word for who sent the PDU.
func (p *PDU) Direction() string {
	if p.From == dissect.SMSC {
		return "to_esme"
	}
	return "to_smsc"
}

// Pair joins a response with its request after both were recorded.
type Pair struct {
	Request, Response int64 // PDU.Number
	Latency           int64 // nanoseconds; negative: unknown
}

// Gap is a stretch of a direction that is no PDU.
type Gap struct {
	Conn  *session.Conn
	Dir   stream.Dir
	Frame stream.Frame // octets masked
}

// SessionRecord is a session with its findings counted.
type SessionRecord struct {
	*session.Session
	Errors, Warnings, Notes int64
}

// Lost tells of octets that passed unanalysed because their connection found no
// room when it began, or because the analysis of it panicked.
type Lost struct {
	Conn   *stream.Conn
	Octets int64
}

// Message is one short message, all parts, as far as known. Times are
// nanoseconds since 1970 UTC; zero: not yet, or not seen.
type Message struct {
	ID                  int64 // from 1 in the run
	Account, SystemID   string
	MessageID           string // that the SMSC gave it, or to its first part
	Source, Destination string // as on the wire; of several destinations the first
	Text, Encoding      string // Encoding is a dissect.Alphabet
	Parts, PartsSeen    int    // 1 and 1 where it is not concatenated

	SubmittedAt, AcceptedAt int64
	DoneAt                  int64  // when the receipt that counts came
	Status                  uint32 // of the response, where Answered
	Answered                bool

	ReceiptState, ReceiptErr string
	// Latency runs from the submit to its acceptance, ReceiptDelay to the
	// receipt, in nanoseconds; -1: not known.
	Latency, ReceiptDelay int64

	SubmitSession                      int64 // session.Session.ID
	SubmitPDU, ResponsePDU, ReceiptPDU int64 // PDU.Number; zero: none
}

// Receipt tells the state of a message that the run does not know, or cannot
// tell from others.
type Receipt struct {
	PDU, Time  int64
	Kind       string // receipt, query, cancel: what tells the state
	Account    string // empty: no bind was seen
	ID         string // of the message; of a receipt the TLV's, else the text's
	OtherID    string // the text's, where the TLV has another
	State, Err string
	Final      bool
}

// PartID is the id that the SMSC gave to a part of a long message, where
// Message.MessageID is another part's.
type PartID struct {
	Message  int64 // Message.ID
	Response int64 // the PDU that gave it
	ID       string
}

// Sink takes records. Write is called by one goroutine, in order; r is lent
// for the call. An error ends the run of a pipeline over files; live sources
// go on without that sink. Close flushes; the caller must call it.
type Sink interface {
	Write(ctx context.Context, r []Record) error
	Close() error
}
