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
	// stream whose beginning was not captured, or behind a gap; or the piece
	// of a header that a gap left. Nobody is to be accused of them.
	GarbageMidstream
	// GarbageLying: a header on a boundary, known command_id, whose
	// command_length is within the limit but reaches over PDUs that stand
	// whole behind it, while its own body does not read.
	GarbageLying
	// GarbagePreamble: the stream begins with a PROXY protocol header.
	GarbagePreamble
)

// MaxGarbageShown is how many octets of a run of garbage a Frame holds.
const MaxGarbageShown = 64

// Frame is a piece of one direction of a connection. The Lengths of a
// direction's frames add up to the octets that were sent in it, as far as
// known.
type Frame struct {
	Kind  FrameKind
	Cause GarbageCause
	// Octets are a view: of a PDU or a tail what was received up to the first
	// hole; of garbage the first MaxGarbageShown octets; of a gap nothing.
	Octets []byte
	Offset int64 // of the first octet in the direction's stream, from 0
	Length int64 // octets of the stream that the frame stands for; -1: unknown
	// Missing is how many octets of a PDU or a tail were lost to gaps; no one
	// is to be accused of what it lacks. They are counted in Length; what came
	// behind the first hole is, too, but does not stand in Octets. When a gap
	// of unknown length cut the PDU, Missing is all that it still lacked.
	Missing int64
	// Ended: the sender ended the stream inside this tail, which is thus
	// truncated; otherwise only the view of it ends here.
	Ended bool
	// Began and At are when the first and the last octet became readable. (Of
	// more than a thousand pushes that wait for a decision together, At may be
	// that of a later push.)
	Began, At Stamp
}
