// Package report makes what people and programs read of records: a listing of
// PDUs, trees, octets, JSON, tables, the summary of a run and the audit.
//
// Promises:
//
//   - Nothing that came from the wire reaches a terminal unchanged: every cell
//     and value of the text formats passes AppendSafe.
//   - JSON is valid UTF-8 and valid JSON whatever the octets were.
//   - The writers here append to buffers of their own and keep no record
//     longer than the call; what a sink collects is bounded.
//   - Passwords are masked before a record gets here (package analyze).
package report
