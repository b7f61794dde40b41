// Package stream is what captures and the proxy share: connections, the
// octets of their two directions, and the framer that cuts these octets into
// SMPP PDUs.
//
// Every octet of a direction ends up in exactly one Frame: a PDU, a gap, a run
// of garbage, or the tail that the stream ended in. Which frames come out
// depends on the octets, the gaps and the end alone, not on how the octets
// were cut into segments. A Framer makes them, a Recogniser tells before
// whether a connection on an unknown port is SMPP at all.
//
// Framer and Recogniser take octets that stay unchanged and answer with views
// of them; each belongs to one goroutine at a time. Hostile octets cost time
// and memory in proportion to their number, and memory only up to a bound.
//
// Nothing here does I/O, logs, reads a clock or starts a goroutine; time comes
// with the octets.
package stream
