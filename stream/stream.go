package stream

import (
	"context"
	"errors"
	"net/netip"
)

// SMPPPort is the port registered for SMPP (v5.0 2.2).
const SMPPPort = 2775

// Stamp says when and where octets were seen.
type Stamp struct {
	Time  int64 // nanoseconds since 1970 UTC
	Frame int64 // packet number in the input, from 1; zero: no packets (proxy)
}

// Dir is a direction of a connection.
type Dir uint8

// The directions, named for the end that sends. A is the end that opened the
// connection (sent the SYN); where no SYN was seen, the sender of the first
// packet.
const (
	FromA Dir = iota
	FromB
)

// Other is the opposite direction.
func (d Dir) Other() Dir { return d ^ 1 }

// Conn is one TCP connection. A Source makes it and does not change it after
// Open, so that it may be read from anywhere.
type Conn struct {
	ID   int64 // from 1 in order of the first packet
	Link string
	A, B netip.AddrPort
	// Opened is the first packet's stamp.
	Opened Stamp
	// SYN: the opening was seen, so A is certain and no octet came before.
	SYN bool
	// Expected: SMPP is expected here (a port that the user named, a proxy's
	// link); framing then does not wait to recognise SMPP by content.
	Expected bool
	TLS      string // none, client, server, both, passthrough
}

// Port gives the port of the end that sends in d.
func (c *Conn) Port(d Dir) uint16 {
	if d == FromA {
		return c.A.Port()
	}
	return c.B.Port()
}

// Source delivers connections until its input ends or ctx is done. It returns
// nil at a regular end. When the input could be read only in part it returns
// an error after all readable data was delivered.
type Source interface {
	Run(ctx context.Context, h Handler) error
}

// Handler takes the connections of a Source.
type Handler interface {
	// Open is called with a connection's first packet. A capture calls it for
	// every TCP connection, SMPP or not.
	Open(c *Conn) Tap
	// Notice tells what concerns the input as a whole.
	Notice(n Notice)
}

// Clocked is a Handler that wants to know how time passes, also while nothing
// comes. A Source that sees the time pass calls Clock, at least every second: no
// octet stamped earlier is under way any more.
type Clocked interface {
	Clock(at Stamp)
}

// A Tap receives one connection. Calls for one direction come in order; a
// live relay may call for both directions at once. Close comes once, last. A
// tap of a relay only enqueues.
type Tap interface {
	// Data brings octets; p is lent for the call.
	Data(dir Dir, at Stamp, p []byte)
	// Gap tells that n octets are known lost; n < 0: an unknown number.
	Gap(dir Dir, at Stamp, n int64)
	// Event tells something about the connection, in order with the octets
	// of dir.
	Event(dir Dir, at Stamp, e Event)
	// Close ends the connection: reason is nil when it ended on the network
	// (RST, FIN of both sides, or a lone FIN and no data after it for 2 s,
	// longer where more may come, as its events told), else one of the errors
	// below.
	Close(at Stamp, reason error)
}

// Reasons of Tap.Close.
var (
	// ErrInputEnd: the input ended and the connection was still open.
	ErrInputEnd = errors.New("input ended")
	// ErrReused: its four-tuple was opened anew.
	ErrReused = errors.New("four-tuple used again")
	// ErrEvicted: given up because of a memory cap.
	ErrEvicted = errors.New("given up: too many connections")
	// ErrLost: a relay lost one end: it vanished, or broke TLS. Nobody ended
	// the connection.
	ErrLost = errors.New("one end was lost")
	// ErrUnreached: a relay could not connect to B, so that neither end could
	// speak. A is not to blame for its silence.
	ErrUnreached = errors.New("the server was not reached")
)

// EventKind is the kind of an Event.
type EventKind uint8

// Kinds of events.
const (
	// EventFIN: the sender of dir ended its direction.
	EventFIN EventKind = iota + 1
	// EventRST: the sender of dir reset the connection. N is the TTL or hop
	// limit of that packet, Other the usual one of that sender (zero: not
	// known).
	EventRST
	// EventConflict: two segments held different octets for one place of
	// the stream; N octets differ.
	EventConflict
	// EventRefused: a RST answered the SYN.
	EventRefused
	// EventSeen: the first packet of dir, with or without octets. A capture
	// tells it, so that a silent end is not taken for one that was not
	// captured.
	EventSeen
	// EventAcknowledged: the other side's TCP acknowledged all octets of dir so
	// far, N nanoseconds ago, and no octet of its own came since. A capture
	// tells it when that has lasted for some seconds, with the next packet.
	EventAcknowledged
	// EventSentAgain: the sender of dir sends octets again of which the other
	// side has acknowledged none.
	EventSentAgain
	// EventBehind: packets of dir stand in the capture behind what the other
	// side sent after them, by more than was waited for: which of two PDUs of
	// unlike directions came first is not known.
	EventBehind
	// EventMissed: the capture lacks packets of the other side of dir since its
	// last octet: what dir sent last was neither acknowledged nor sent again, or
	// a RST of the other side counts more octets than were captured. A capture
	// tells it at the connection's end.
	EventMissed
	// EventStalled: the TCP of the sender of dir had no room for octets (window
	// of zero) for N nanoseconds, until now. A capture tells it when that
	// lasted for a tenth of a second or more.
	EventStalled
)

// Event is something about a connection beside its octets.
type Event struct {
	Kind  EventKind
	N     int64
	Other int64
}

// NoticeKind is the kind of a Notice.
type NoticeKind uint8

// Kinds of notices. They come at the end of the input, once each, except
// where said otherwise.
const (
	// NoticeInput: one input file or interface was opened (Text: its name).
	NoticeInput NoticeKind = iota + 1
	// NoticePackets: totals. Count packets, Octets of packets as captured,
	// First and Last their span.
	NoticePackets
	// NoticeSkipped: Count packets could not be used; Text says why
	// (not TCP, unknown link type, bad header). One notice per reason.
	NoticeSkipped
	// NoticeCut: Count packets were cut by the snap length; Octets missing.
	NoticeCut
	// NoticeDamaged: the input breaks off or is corrupt (Text: where and why).
	NoticeDamaged
	// NoticeDuplicates: Count packets stand twice.
	NoticeDuplicates
	// NoticeClock: the time stepped back Count times; Octets is the largest
	// step in nanoseconds, First the first place.
	NoticeClock
	// NoticeDropped: the kernel or a queue dropped Count packets.
	NoticeDropped
	// NoticeCap: a memory cap dropped Count items (Text: which cap).
	NoticeCap
)

// Notice is something about the input as a whole.
type Notice struct {
	Kind        NoticeKind
	Count       int64
	Octets      int64
	First, Last Stamp
	Text        string
}
