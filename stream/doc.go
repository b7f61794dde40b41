// Package stream is what captures and the proxy share: connections, the
// octets of their two directions, and the framer that cuts these octets into
// SMPP PDUs.
//
// Every octet of a direction ends up in exactly one Frame: a PDU, a gap, or a
// run of garbage. Nothing here does I/O, logs, reads a clock or starts a
// goroutine; time comes with the octets.
package stream
