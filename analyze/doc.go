// Package analyze turns the octets of connections into records: it frames
// them, decodes PDUs, follows sessions, audits, masks what must not leave,
// and hands the result to sinks.
//
// One Pipeline is one run. Its stages are described in pipeline.go. Octets of
// passwords never leave the package unmasked.
package analyze
