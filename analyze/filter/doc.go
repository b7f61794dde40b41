// Package filter is the display filter: Wireshark's syntax and field names over
// PDUs, and the facts about a PDU that its octets do not hold under smpptap.*.
//
// Promises:
//
//   - Parse bounds what it accepts: length, nesting, regular expressions. An
//     error points at its column and proposes the nearest name.
//   - Match neither fails nor allocates, but for what package regexp draws anew
//     after a garbage collection. A Filter is not changed after Parse
//     and may be used by many goroutines at once, each with its own Row.
//   - Nothing here does I/O or reads a clock.
//
// A row is one PDU where Wireshark's is one frame: a filter that Wireshark
// answers with a frame because two of its PDUs fulfil one half each does not
// match here.
//
// # Absence, and fields with several values
//
// A comparison is false where the field is absent, != and all included; not
// turns that around, so !(f == v) also matches rows without f. A field may have
// several values (entries of submit_multi, repeated TLVs, tcp.port):
//
//	== < <= > >= contains matches in   one value suffices
//	!=  (ne, all_ne)                   all values differ
//	=== (all_eq)                       all values are equal
//	!== ~= (any_ne)                    one value differs
//	any F op v, all F op v             as they say
//
// not binds tighter than and, and tighter than xor, xor tighter than or.
// contains minds case, matches does not (RE2: no look-around, no back-references).
//
// # Where the rows differ from Wireshark 4.0's, on purpose
//
// Wireshark's faults are listed in the specification's tshark-defects; its
// fields are wrong or missing there and right here:
//
//   - smpp.command_status also exists in a request whose status is not 0; other
//     requests have none, as there, so == 0 finds the same rows.
//   - An empty string is a value: smpp.system_type == "" finds it.
//     smpp.service_type == "(Default)" is accepted for the empty one.
//   - Relative times count years (365 days) and months (30 days). A time that
//     cannot be read has neither form; an empty one is 0 in the _r form, as there.
//   - smpp.message_text exists for every alphabet, data_coding 0 included.
//   - TLVs are read with the length they declare, and in every PDU; bodies of
//     failed responses are read.
//   - smpp.callback_num and smpp.callback_num_atag have octets to compare.
//   - smpp.error_code is not the version octet of Huawei's PDUs.
//
// Fields that need what follows a PDU (gsm_sms_ud.fragment and its kin) are
// accepted and never present; Filter.Notes says so.
package filter
