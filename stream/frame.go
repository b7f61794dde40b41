package stream

// FrameKind says what a Frame is.
type FrameKind uint8

// Kinds of frames.
const (
	// FramePDU: octets that a header's command_length says belong together.
	FramePDU FrameKind = iota + 1
	// FrameGap: octets that the capture or a queue lost.
	FrameGap
	// FrameGarbage: octets that belong to no PDU.
	FrameGarbage
	// FrameTail: the beginning of a PDU that never came to its end (the
	// stream ended inside it).
	FrameTail
)

// GarbageCause says why octets belong to no PDU.
type GarbageCause uint8

// Causes of garbage.
const (
	GarbageNone GarbageCause = iota
	// GarbageSmall: a header on a boundary, known command_id, command_length
	// below 16.
	GarbageSmall
	// GarbageLarge: a header on a boundary, known command_id, command_length
	// above the limit.
	GarbageLarge
	// GarbageOctets: no believable header.
	GarbageOctets
	// GarbageMidstream: octets before the first believable header of a
	// stream whose beginning was not captured, or behind a gap.
	GarbageMidstream
)

// Frame is a piece of one direction of a connection. The Lengths of a
// direction's frames add up to the octets that were sent in it, as far as
// known.
type Frame struct {
	Kind  FrameKind
	Cause GarbageCause
	// Octets are a view: of a PDU what was received of it; of garbage up to
	// MaxGarbageShown octets; of a gap nothing.
	Octets []byte
	Offset int64 // of the first octet in the direction's stream, from 0
	Length int64 // octets of the stream that the frame stands for; -1: unknown
	// Missing is how many octets of a PDU were lost to a gap; the PDU is then
	// as far as it goes, and no one is to be accused of it.
	Missing int64
	// Began and At are when the first and the last octet became readable.
	Began, At Stamp
}
