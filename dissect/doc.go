// Package dissect reads SMPP PDUs of versions 3.3, 3.4 and 5.0.
//
// It holds the protocol table (commands, parameters, TLVs, statuses, value
// names, limits) once, as data. Decode, Validate, the reports, the audit, the
// offline reference and the test encoder all read that table.
//
// Promises:
//
//   - Decode never fails. What cannot be read becomes an Issue beside what
//     could be.
//   - A decoded PDU is offsets into the octets it was given. Decode copies
//     nothing and allocates nothing for a well-formed PDU; values, names and
//     texts are made when asked for.
//   - The octets stay the caller's: a PDU and every slice taken from it are
//     valid only while the caller keeps the octets unchanged.
//   - Nothing here does I/O, logs, reads a clock or starts a goroutine. All
//     functions may be called concurrently on different PDUs; the table is
//     read-only.
//   - dissect states facts (what a field holds, which rule of the
//     specification a value breaks); whether that is an accusation is for
//     package audit to say.
package dissect
