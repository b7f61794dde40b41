package audit

import (
	"time"

	"smpptap/dissect"
	"smpptap/stream"
)

// Limits are the numbers that the rules hold things against where neither the
// specification's table (dissect) nor the profile has them. Times are in
// nanoseconds. What bounds memory is no limit in this sense and stands with
// its table.
type Limits struct {
	// Grace is how far time must have passed a deadline before others' packets
	// may judge a link silent: its own may stand a little later in the input.
	Grace int64
	// ClockJump is how far the time of the capture must step forward at once to
	// be no proof of silence: a clock was set, or two captures were joined.
	ClockJump int64

	// EarlyWait and HalfClose are session.Options'.
	EarlyWait, HalfClose int64

	// SmallPDU is the largest command_length of a command without
	// message_payload and array.
	SmallPDU int
	// SequenceMax is the largest sequence_number (v3.4 5.1.4).
	SequenceMax uint32
	// DecimalSlip is the interface_version of those who wrote 34 in decimal.
	DecimalSlip uint8
	// OldIDMax is the number of characters of a message_id below 3.4.
	OldIDMax int
	// Reaction is how long after a body on an error the receiver's reaction is
	// put down to it.
	Reaction int64
	// Past is how far a time may lie in the past of the capture's clock.
	Past int64
	// DigitsMax is how many digits an international number has (E.164), and
	// DigitsMin how many it has at least where that may be why it was refused.
	DigitsMax, DigitsMin int

	// RefusedAtLeast answers with one status, and RefusedShare percent of the
	// command's, make a refusal a warning.
	RefusedAtLeast, RefusedShare int64
	// RefusedSure answers to the command make the share certain enough before
	// the session has ended.
	RefusedSure int64
	// LongText is the number of octets of a text above which its length can be
	// the reason of a refusal.
	LongText int
	// ContrastRefused and ContrastAccepted requests make a contrast between
	// them mean something.
	ContrastRefused, ContrastAccepted int64

	// HalfOpen is the silence after which a bound connection may be dead.
	HalfOpen int64
	// StormBinds failed binds within StormTime are a storm; a session that ends
	// within BriefSession without unbind is one of them.
	StormBinds              int
	StormTime, BriefSession int64

	// Watched is how long a connection without any probe must have been seen.
	Watched int64
	// OpenProbes enquire_links without an answer at the connection's end are no
	// chance.
	OpenProbes int64
	// ResentEnough repetitions by TCP, ResentApart from each other, without an
	// acknowledgement tell that none came.
	ResentEnough, ResentApart int64
	// Enforced is how late a server may close a silent link.
	Enforced int64
	// PatternCloses closes after a silence of PatternIdle or more, which differ
	// by PatternSpread at most, come from a timer.
	PatternCloses              int
	PatternIdle, PatternSpread int64

	// AloneSubmits are the least of a session without two open at once.
	// AloneBy is how long an application may take until it sends the next
	// message when the round trip is shorter.
	AloneSubmits, AloneBy int64
	// A pause after a refusal must begin within PauseWithin and last Pause;
	// rates are compared over PaceSpan, and PaceSame percent of a rate is not
	// lower, for it cannot be measured better.
	PauseWithin, Pause, PaceSpan, PaceSame int64
	// ResentSoon is within which a refused message that comes again comes at
	// once.
	ResentSoon int64

	// Patience is how long an answer may take before a repetition is put down
	// to its absence; SameWithin is within which equal messages are counted.
	Patience, SameWithin int64
	// RepeatFrom is the sending from which on equal messages are noted, 4 at
	// most: no more times are kept.
	RepeatFrom int32
	// Restart is the silence after which a part that was seen before, with
	// other content, begins another message.
	Restart int64
	// SwappedUnits of UCS-2 are enough to tell their order (D13).
	SwappedUnits int
	// LettersSwapped percent of the units are letters with their octets
	// swapped, and LettersAsSent as they were sent, at most, in text that is
	// swapped. Of ideographs SignsTimes as many units are needed, all of them
	// must fit swapped, and SignsAsSent percent at most as they were sent.
	LettersSwapped, LettersAsSent, SignsTimes, SignsAsSent int
	// UnconvertedAt is the sum of weights, twice their logarithms to the base of
	// two, from which octets are words of ASCII or UTF-8 and no UCS-2.
	UnconvertedAt int
	// PartFilled percent of the room at least fills a part that is cut for a limit
	// of another alphabet: 67 characters of 153 do.
	PartFilled int
	// PackedSeptets at least, PackedShare percent of them readable, are packed
	// text.
	PackedSeptets, PackedShare int

	// PairsAtLeast pairs of ids, PairsShare percent of them alike, tell how an
	// account writes ids.
	PairsAtLeast, PairsShare int64
	// PairsSure pairs tell it before the account's last receipt.
	PairsSure int64
	// LayoutsAtLeast receipts that are laid out otherwise are no chance.
	LayoutsAtLeast int64
	// DatesAtLeast receipts tell the zone of an account's dates, DatesSure of
	// them settle it, and ZoneSkew is how far a date may be off. Inside is how
	// far inside the capture a submission must lie to be missed.
	DatesAtLeast, DatesSure int
	ZoneSkew, Inside        int64
	// LateReceipt is the answer to a receipt that explains its repetition;
	// DeliverOpen how long a delivery must be open for the same one to be its
	// repetition: two subscribers' messages may look alike.
	LateReceipt, DeliverOpen int64
	// AskedAtLeast accepted messages, none of which asks for a receipt, are
	// meant so or wrong; BehindAtLeast receipts within JustBehind of their
	// response are no chance.
	AskedAtLeast, JustBehind, BehindAtLeast int64
	// TurnedAtLeast connections of an address that the server closed within
	// TurnedWithin, and none that it did not, are no chance.
	TurnedAtLeast, TurnedWithin int64
	// StallsAtLeast times without room of StallTime or longer are no moment's
	// load.
	StallsAtLeast, StallTime int64
	// MonitorVisits silent connections at even distances are a monitor's.
	MonitorVisits int64
}

// DefaultLimits are those of the rule catalogue.
func DefaultLimits() Limits {
	return Limits{
		Grace: 2 * second, ClockJump: 24 * 60 * minute, EarlyWait: 2 * second, HalfClose: 2 * second,
		SmallPDU: stream.DefaultSmallPDU, SequenceMax: dissect.MaxSequence, DecimalSlip: 0x22,
		OldIDMax: 8, Reaction: 5 * second, Past: 15 * minute, DigitsMax: 15, DigitsMin: 8,
		RefusedAtLeast: 5, RefusedShare: 10, RefusedSure: 20, LongText: 160, ContrastRefused: 3, ContrastAccepted: 5,
		HalfOpen: minute, StormBinds: 5, StormTime: minute, BriefSession: 5 * second,
		Watched: 2 * minute, OpenProbes: 2, ResentEnough: 2, ResentApart: second / 10, Enforced: minute,
		PatternCloses: 3, PatternIdle: 30 * second, PatternSpread: 2 * second,
		AloneSubmits: 20, AloneBy: int64(10 * time.Millisecond),
		PauseWithin: second, Pause: second, PaceSpan: 5 * second, PaceSame: 97, ResentSoon: second,
		Patience: 5 * second, SameWithin: 300 * second, RepeatFrom: 4, Restart: 30 * second,
		SwappedUnits: 4, LettersSwapped: 80, LettersAsSent: 20, SignsTimes: 3, SignsAsSent: 75, UnconvertedAt: 40, PartFilled: 40, PackedSeptets: 8, PackedShare: 90,
		PairsAtLeast: 5, PairsShare: 95, PairsSure: 20, LayoutsAtLeast: 3, DatesAtLeast: 3, DatesSure: 64, ZoneSkew: 2 * minute, Inside: minute,
		LateReceipt: 5 * second, DeliverOpen: 5 * second, MonitorVisits: 3,
		AskedAtLeast: 20, JustBehind: 2 * second / 1000, BehindAtLeast: 3,
		TurnedAtLeast: 3, TurnedWithin: second, StallsAtLeast: 2, StallTime: 300 * second / 1000,
	}
}
