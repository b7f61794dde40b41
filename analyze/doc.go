// Package analyze turns the octets of connections into records: it frames
// them, decodes PDUs, follows sessions, audits, masks what must not leave,
// and hands the result to sinks.
//
// Promises:
//
//   - One Pipeline is one run. Run starts goroutines for its stages, and returns
//     when all have ended.
//   - Files wait for the analysis. What is live never does: a Queue has room for
//     so much, and what finds none becomes a gap that is counted.
//   - Sinks get records from one goroutine, in order, lent for the call. Of the
//     same files they are the same in every run.
//   - Octets of passwords never leave the package unmasked.
//   - A panic in a live run ends the analysis of its connection, or a sink, and
//     nothing else.
package analyze
