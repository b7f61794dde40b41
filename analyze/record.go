package analyze

import (
	"context"
	"time"

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

// Capture describes the run.
type Capture struct {
	Kind      string // pcap, live, proxy
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
	P       *dissect.PDU
	Dialect *dissect.Dialect // of its link's profile
	Missing int64
	Request int64 // number of the request it answers; zero: none
	Latency int64 // nanoseconds; negative: unknown
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
	Request, Response int64
	Latency           int64
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

// Message is one short message, all parts, as far as known.
type Message struct {
	ID                                                int64
	Account, SystemID, MessageID                      string
	Source, Destination                               string
	Text, Encoding                                    string
	Parts, PartsSeen                                  int
	SubmittedAt, AcceptedAt, DoneAt                   int64
	Status                                            uint32
	Answered                                          bool
	ReceiptState, ReceiptErr                          string
	Latency, ReceiptDelay                             int64
	SubmitSession, SubmitPDU, ResponsePDU, ReceiptPDU int64
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

// Stats is what was seen of the input as a whole.
type Stats struct {
	Inputs []string
	// Files says of each of Inputs what it holds; live: of each interface.
	Files       []Input
	Packets     int64
	Octets      int64
	First, Last time.Time
	Skipped     map[string]int64 // packets that could not be used, by reason
	// SkippedOctets are those packets' octets, where they are counted.
	SkippedOctets map[string]int64
	CutPackets    int64
	CutOctets     int64
	Damaged       []string // where and why an input breaks off
	Duplicates    int64
	ClockSteps    int64
	Dropped       int64
	Caps          map[string]int64 // items dropped by a memory cap, by cap
	// Profiles are those of a proxy's links, by link, "" for the links not
	// named; nil: Capture.Profile is everyone's.
	Profiles    map[string]string `json:",omitempty"`
	Connections int64             // TCP connections with SMPP
	Other       map[string]int64  // TCP connections without SMPP, by protocol ("" unknown)
	PDUs        int64
	LostOctets  int64
	Garbage     int64 // octets
	// LateReceipts tells what the database made of receipts whose message the
	// run did not know; nil: there were none.
	LateReceipts *LateReceipts `json:",omitempty"`
	// Run names the run that a capture is a part of, when its recording was
	// spread over files; Part counts them from 1.
	Run  string `json:",omitempty"`
	Part int64  `json:",omitempty"`
}

// LateReceipts counts receipts, and answers to query_sm and cancel_sm.
type LateReceipts struct {
	Found   int64 // their messages were found, in this capture or an earlier one
	Unknown int64 // no message that is recorded fits
	InDoubt int64 // several fit, or one perhaps by chance
}

// Input is one file or interface of a run.
type Input struct {
	Name        string
	Packets     int64
	Octets      int64     // of the file as stored
	First, Last time.Time // zero: no packet
}
