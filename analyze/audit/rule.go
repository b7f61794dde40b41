package audit

// RuleID names a rule of the catalogue. Its String is public. Those from
// RuleOwn on are the user's own rules, whose rows stand with what names them:
// in Finding.Own and Check.Own.
type RuleID uint16

// The rules, in the catalogue's order.
const (
	RuleFramingLengthSmall RuleID = iota
	RuleFramingLengthLarge
	RuleFramingGarbage
	RuleFramingTruncated
	RuleFramingGap
	RuleFramingNotSmpp
	RuleStreamConflict
	RuleConnectionSilent
	RuleCommandIdUnknown
	RuleCommandIdVersion
	RuleStatusInRequest
	RuleStatusReserved
	RuleSequenceZero
	RuleSequenceRange
	RuleSequenceReused
	RuleSequenceOrder
	RuleResponseMissing
	RuleResponseUnmatched
	RuleResponseWrongType
	RuleResponseDuplicate
	RuleResponseSlow
	RuleResponseRefused
	RuleGenericNack
	RuleMessageIdEmpty
	RuleMessageIdV33
	RuleBodyTruncated
	RuleBodyTrailing
	RuleBodyOnError
	RuleBodyMissing
	RuleStringUnterminated
	RuleStringTooLong
	RuleStringCharset
	RuleFieldReserved
	RuleEsmClassDirection
	RuleDataCodingReserved
	RuleTimeFormat
	RuleTimeOrder
	RuleSmLengthLarge
	RuleAddressEmpty
	RuleDestinationsCount
	RuleTlvTruncated
	RuleTlvLength
	RuleTlvValue
	RuleTlvNotAllowed
	RuleTlvRepeated
	RuleTlvMissing
	RuleTlvUnknown
	RuleTlvBeforeV34
	RulePayloadAndText
	RuleMessageEmpty
	RuleMessageTooLong
	RuleUdhMalformed
	RuleUdhNotFlagged
	RuleSarIncomplete
	RuleSarAndUdh
	RuleConcatPartInvalid
	RuleConcatPartMissing
	RuleConcatInconsistent
	RuleConcatReferenceReused
	RuleTextOddOctets
	RuleTextByteOrder
	RuleTextByteOrderMark
	RuleTextSurrogate
	RuleTextNotGsm
	RuleTextNotAscii
	RuleTextAsciiAsGsm
	RuleTextWindows1252
	RuleDuplicateSubmit
	RuleReceiptMalformed
	RuleReceiptNotFlagged
	RuleReceiptUnmatched
	RuleReceiptIdFormat
	RuleReceiptStateMismatch
	RuleReceiptConflict
	RuleReceiptDuplicate
	RuleReceiptBeforeResponse
	RuleReceiptNoReceiver
	RuleReceiptStateUnknown
	RuleDeliverUnanswered
	RuleDeliverRefused
	RuleDeliverRepeated
	RuleBindMissing
	RuleBindTimeout
	RuleBindUnanswered
	RuleBindRefused
	RuleBindRepeated
	RuleBindStorm
	RuleBindAlreadyBound
	RuleCommandState
	RuleCommandDirection
	RuleUnbindMissing
	RuleClosedWhileOutstanding
	RuleUnbindUnanswered
	RuleTrafficAfterUnbind
	RuleConnectionReset
	RuleVersionDisagreement
	RuleEnquireLinkMissing
	RuleEnquireLinkLate
	RuleEnquireLinkUnanswered
	RuleIdleNearLimit
	RuleIdleDisconnect
	RuleIdleLimitNotEnforced
	RuleIdleClosePattern
	RuleThrottled
	RuleThrottleIgnored
	RuleWindowExceeded
	RuleWindowOfOne
	RuleRateExceeded
	RuleSystemType
	RuleInterfaceVersion
	RuleTransceiverBeforeV34
	RuleBindTypeNotOffered
	RuleSystemIdEmpty
	RulePasswordEmpty
	RuleCommandNotOffered
	RuleCommandUndocumented
	RuleMessageIdUnknown
	RuleDataCodingNotOffered
	RuleSourceAddress
	RuleDestinationAddress
	RuleRegisteredDeliveryNotOffered
	RuleRequiredTlv
	RuleMaxBinds
	RuleCleartextCredentials
	RuleCaptureOneSided
	RuleCaptureLossy
	RuleCaptureClock
	RuleCaptureDuplicates

	// Those that the project added to the catalogue.
	RuleBodyExpected
	RuleReceiptElsewhere
	RuleEsmClassMixed
	RuleReceiptTlvOnly
	RuleReceiptNotAsked
	RuleReceiptJustBehind
	RuleAddressTurnedAway
	RuleTextNotConverted
	RulePartsNeedless
	RuleReceiptLayout
	RuleSplitNotTaken
	RuleReceiverStalled
	RuleMessageIdRepeated

	ruleCount int = iota
)

// RuleOwn is the first id of a user's own rules.
const RuleOwn = RuleID(ruleCount)

// Rule is one row of the catalogue. Severity is the default, Max the highest
// it can escalate to.
type Rule struct {
	ID            RuleID
	Name          string // public
	Group         string
	Severity, Max Severity
	Checks        string // what one check is
	// Ref is the agreed catalogue's, in its abbreviations; Reference makes of it
	// what users can look up.
	Ref string
	// Needs is the profile parameter without which the rule is off.
	Needs string
	// Override is the profile parameter that replaces a default.
	Override string
	Title    string
	Why      string
	Remedy   string
}

// Rules is the catalogue, indexed by RuleID.
var Rules = [...]Rule{
	RuleFramingLengthSmall:           {ID: RuleFramingLengthSmall, Name: "framing-length-small", Group: "framing", Severity: Error, Max: Error, Checks: "PDU", Ref: "v34 5.1.1", Title: "command_length below 16", Why: "command_length counts the header's 16 octets, so a smaller value cannot be true. The receiver loses the boundary between PDUs and usually closes.", Remedy: "Write the length of the whole PDU, header included, into command_length."},
	RuleFramingLengthLarge:           {ID: RuleFramingLengthLarge, Name: "framing-length-large", Group: "framing", Severity: Error, Max: Error, Checks: "PDU", Ref: "v34 5.1.1", Override: "pdu.max_octets", Title: "command_length larger than the PDU can be", Why: "The receiver waits for octets that never come, or reads following PDUs as a body.", Remedy: "Write the length of the whole PDU into command_length; send long texts in message_payload or in parts."},
	RuleFramingGarbage:               {ID: RuleFramingGarbage, Name: "framing-garbage", Group: "framing", Severity: Error, Max: Error, Checks: "connection", Ref: "D26", Title: "Octets that belong to no PDU", Why: "A receiver that takes them for a header loses the boundary between PDUs; most close the connection.", Remedy: "Find what writes these octets into the stream: a greeting, a line end, a wrong length before them, or two threads that write at once."},
	RuleFramingTruncated:             {ID: RuleFramingTruncated, Name: "framing-truncated", Group: "framing", Severity: Warning, Max: Warning, Checks: "connection", Ref: "D26", Title: "Connection ended inside a PDU", Why: "The last PDU never became whole, so its receiver did not see it.", Remedy: "Write whole PDUs before closing; check for a crash or a timeout of the sender."},
	RuleFramingGap:                   {ID: RuleFramingGap, Name: "framing-gap", Group: "framing", Severity: Note, Max: Note, Checks: "connection", Title: "The capture lost octets", Why: "What stood in the gap is not known, so rules that need it are at most notes.", Remedy: "Capture with a larger buffer and full snap length, close to one of the ends."},
	RuleFramingNotSmpp:               {ID: RuleFramingNotSmpp, Name: "framing-not-smpp", Group: "framing", Severity: Note, Max: Error, Checks: "connection", Ref: "D29, K57", Title: "Another protocol where SMPP is expected", Why: "A client that speaks another protocol to an SMPP port gets no answer, or a close.", Remedy: "Check address, port and TLS settings of the client."},
	RuleStreamConflict:               {ID: RuleStreamConflict, Name: "stream-conflict", Group: "framing", Severity: Warning, Max: Warning, Checks: "connection", Ref: "RFC 9293 3.10", Title: "Segments contradict each other", Why: "Retransmitted octets must be equal. Different ones point to a device that changes packets, or to mixed captures.", Remedy: "Look for a device that rewrites TCP payload between the ends; capture on both sides of it."},
	RuleConnectionSilent:             {ID: RuleConnectionSilent, Name: "connection-silent", Group: "framing", Severity: Note, Max: Note, Checks: "connection", Ref: "D29", Title: "Connection opened and closed without an octet", Why: "Monitors and scans do this; so does a server that refuses an address before any PDU.", Remedy: "If it is the client's own address: check the provider's allow-list, and TLS on either side."},
	RuleCommandIdUnknown:             {ID: RuleCommandIdUnknown, Name: "command-id-unknown", Group: "header", Severity: Error, Max: Error, Checks: "PDU", Ref: "v34 5.1.2", Title: "Unknown command_id", Why: "A receiver has to answer it with generic_nack, and cannot process it.", Remedy: "Send only commands of the agreed version; an odd id often means that the sender has lost the boundary between PDUs."},
	RuleCommandIdVersion:             {ID: RuleCommandIdVersion, Name: "command-id-version", Group: "header", Severity: Warning, Max: Warning, Checks: "PDU", Ref: "v34 5.1.2; K01, K17", Title: "Command of another version", Why: "The other side may answer a command of a later version with generic_nack or close the connection.", Remedy: "Use a command of the agreed version, or bind with the version that has this one."},
	RuleStatusInRequest:              {ID: RuleStatusInRequest, Name: "status-in-request", Group: "header", Severity: Warning, Max: Warning, Checks: "request", Ref: "v34 5.1.3", Title: "command_status set in a request", Why: "The field has a meaning in responses only; a strict receiver may refuse the request.", Remedy: "Send 0 in command_status of every request."},
	RuleStatusReserved:               {ID: RuleStatusReserved, Name: "status-reserved", Group: "header", Severity: Warning, Max: Warning, Checks: "response", Ref: "v34 5.1.3", Title: "Reserved command_status", Why: "The client cannot tell whether to repeat the request or to give up.", Remedy: "Have the sender use a defined status, or one of the vendor range with a published meaning."},
	RuleSequenceZero:                 {ID: RuleSequenceZero, Name: "sequence-zero", Group: "header", Severity: Error, Max: Error, Checks: "request", Ref: "v34 5.1.4; D18", Title: "sequence_number 0", Why: "0 is what generic_nack uses when it could not read a number; a response to it cannot be told apart.", Remedy: "Count requests from 1."},
	RuleSequenceRange:                {ID: RuleSequenceRange, Name: "sequence-range", Group: "header", Severity: Error, Max: Error, Checks: "request", Ref: "v34 5.1.4; D18", Title: "sequence_number out of range", Why: "Numbers above 0x7FFFFFFF are reserved; receivers that read them as signed see a negative number.", Remedy: "Count from 1 to 0x7FFFFFFF and begin again at 1."},
	RuleSequenceReused:               {ID: RuleSequenceReused, Name: "sequence-reused", Group: "header", Severity: Error, Max: Error, Checks: "request", Ref: "v34 5.1.4; D18", Title: "Number of an unanswered request used again", Why: "Responses are matched by sequence_number alone; two open requests with one number cannot be told apart.", Remedy: "Count sequence_number up by one for each request of the connection and reuse none that is open."},
	RuleSequenceOrder:                {ID: RuleSequenceOrder, Name: "sequence-order", Group: "header", Severity: Note, Max: Note, Checks: "request", Ref: "v34 5.1.4; D18", Title: "Request numbers do not rise by one", Why: "Counting up by one is recommended, not required. Jumps are legal, yet make logs and duplicates hard to follow.", Remedy: "Count up by one from 1 in each connection, if the client library allows it."},
	RuleResponseMissing:              {ID: RuleResponseMissing, Name: "response-missing", Group: "requests and responses", Severity: Warning, Max: Warning, Checks: "request", Ref: "D19", Override: "timers.response", Title: "Request without a response", Why: "Nobody knows whether the operation was carried out. Repeating it may deliver a message twice.", Remedy: "Ask the side that did not answer what became of these requests; repeat them only after their response time."},
	RuleResponseUnmatched:            {ID: RuleResponseUnmatched, Name: "response-unmatched", Group: "requests and responses", Severity: Error, Max: Error, Checks: "response", Ref: "v34 5.1.4; D18", Title: "Response that answers no request", Why: "The requester cannot tell what it belongs to; the request that was meant stays open.", Remedy: "Echo the request's sequence_number in its response, in the same connection, and answer each request once."},
	RuleResponseWrongType:            {ID: RuleResponseWrongType, Name: "response-wrong-type", Group: "requests and responses", Severity: Error, Max: Error, Checks: "response", Ref: "D18", Title: "Response of another command", Why: "The number fits a request of another command; most clients drop such a response or close.", Remedy: "Answer each request with its own response: its command_id with the highest bit set."},
	RuleResponseDuplicate:            {ID: RuleResponseDuplicate, Name: "response-duplicate", Group: "requests and responses", Severity: Error, Max: Error, Checks: "response", Ref: "D19", Title: "Second response to one request", Why: "The first response ended the exchange; a second one may be taken for another request's.", Remedy: "Answer each request once; look for a retry in the server's or a proxy's code."},
	RuleResponseSlow:                 {ID: RuleResponseSlow, Name: "response-slow", Group: "requests and responses", Severity: Note, Max: Note, Checks: "request", Ref: "D19, D30", Title: "Response came late", Why: "Long response times hold up a limited window and bring clients to repeat their messages.", Remedy: "Look at the load of the answering side; allow more outstanding requests so that slow answers do not slow the rest."},
	RuleResponseRefused:              {ID: RuleResponseRefused, Name: "response-refused", Group: "requests and responses", Severity: Note, Max: Warning, Checks: "response", Ref: "v34 5.1.3", Title: "Request refused", Why: "The other side did not carry the request out.", Remedy: "See the status: correct the request, or send it again later where the status is temporary."},
	RuleGenericNack:                  {ID: RuleGenericNack, Name: "generic-nack", Group: "requests and responses", Severity: Warning, Max: Warning, Checks: "connection", Ref: "v34 4.3.1; D28", Title: "generic_nack", Why: "The receiver could not read the header, or does not know or allow the command.", Remedy: "Correct the PDU that caused it, or do not send this command to this peer."},
	RuleMessageIdEmpty:               {ID: RuleMessageIdEmpty, Name: "message-id-empty", Group: "requests and responses", Severity: Error, Max: Error, Checks: "successful submit response", Ref: "K23", Title: "Accepted without a message_id", Why: "Without an identifier no receipt, query or cancel can be matched to the message.", Remedy: "Report it to the operator of the SMSC; the client should treat such a message as of unknown state."},
	RuleMessageIdV33:                 {ID: RuleMessageIdV33, Name: "message-id-v33", Group: "requests and responses", Severity: Warning, Max: Warning, Checks: "submit response below 3.4", Ref: "v34 3.4", Title: "message_id too long for version 3.3", Why: "A client of version 3.3 keeps 8 characters, cuts the rest off, and its receipts no longer match.", Remedy: "Bind with interface_version 0x34, or have the SMSC give short identifiers below it."},
	RuleBodyTruncated:                {ID: RuleBodyTruncated, Name: "body-truncated", Group: "body", Severity: Error, Max: Error, Checks: "PDU", Title: "Body shorter than its parameters", Why: "The receiver cannot read the PDU and refuses it, usually with ESME_RINVCMDLEN.", Remedy: "Check the encoder: every mandatory parameter, and as many octets as the length field announces."},
	RuleBodyTrailing:                 {ID: RuleBodyTrailing, Name: "body-trailing", Group: "body", Severity: Warning, Max: Warning, Checks: "PDU", Ref: "D17", Title: "Octets behind the last parameter", Why: "They are no TLV; strict receivers refuse the PDU or read a broken TLV.", Remedy: "Let command_length end with the last parameter or TLV; look for a NUL too many or a length field that is too small."},
	RuleBodyOnError:                  {ID: RuleBodyOnError, Name: "body-on-error", Group: "body", Severity: Note, Max: Warning, Checks: "failed response", Ref: "D09", Title: "Body in a failed response", Why: "The specification sends no body with an error; some clients choke on it.", Remedy: "Send the header alone when command_status is not 0; receivers should skip a body there."},
	RuleBodyMissing:                  {ID: RuleBodyMissing, Name: "body-missing", Group: "body", Severity: Note, Max: Error, Checks: "successful response", Ref: "D09", Title: "Successful response without its body", Why: "The receiver misses a parameter that it needs, such as message_id, or cannot decode the PDU.", Remedy: "Send the mandatory parameters, empty strings as a single NUL."},
	RuleStringUnterminated:           {ID: RuleStringUnterminated, Name: "string-unterminated", Group: "body", Severity: Error, Max: Error, Checks: "PDU", Ref: "v34 3.1; D07", Title: "String without a NUL", Why: "The receiver reads on into the next parameter or past the PDU.", Remedy: "End every C-octet string with a NUL, also one of full length."},
	RuleStringTooLong:                {ID: RuleStringTooLong, Name: "string-too-long", Group: "body", Severity: Warning, Max: Error, Checks: "PDU", Ref: "v34 3.1; D07", Override: "bind.password.max_len, response.message_id.len", Title: "String longer than its maximum", Why: "Receivers cut it, refuse the PDU or overrun a buffer.", Remedy: "Shorten the value; the maximum counts the NUL."},
	RuleStringCharset:                {ID: RuleStringCharset, Name: "string-charset", Group: "body", Severity: Note, Max: Warning, Checks: "PDU", Ref: "v34 3.1", Title: "Octets outside printable ASCII in a string", Why: "Identifiers and addresses are ASCII; other octets are read differently by each side.", Remedy: "Send printable ASCII in C-octet strings."},
	RuleFieldReserved:                {ID: RuleFieldReserved, Name: "field-reserved", Group: "body", Severity: Warning, Max: Warning, Checks: "PDU", Ref: "v34 5.2", Title: "Reserved value in a parameter", Why: "The receiver may refuse the PDU or read the value in its own way.", Remedy: "Send one of the defined values; 0 where the parameter is not needed."},
	RuleEsmClassDirection:            {ID: RuleEsmClassDirection, Name: "esm-class-direction", Group: "body", Severity: Warning, Max: Warning, Checks: "PDU with esm_class", Ref: "v34 5.2.12", Title: "esm_class bits without meaning here", Why: "The bits mean something in the other direction only; a receiver may refuse them with ESME_RINVESMCLASS.", Remedy: "Clear them: receipt and notification types are for the SMSC to set, messaging modes for the ESME."},
	RuleDataCodingReserved:           {ID: RuleDataCodingReserved, Name: "data-coding-reserved", Group: "body", Severity: Warning, Max: Warning, Checks: "PDU with data_coding", Ref: "v34 5.2.19", Title: "Reserved data_coding", Why: "What alphabet the receiver takes for it is not defined.", Remedy: "Send a defined data_coding, such as 0, 3 or 8; for a message class 0xF0 to 0xFF."},
	RuleTimeFormat:                   {ID: RuleTimeFormat, Name: "time-format", Group: "body", Severity: Error, Max: Error, Checks: "PDU with a time", Ref: "v34 7.1.1; D25", Title: "Time in a wrong format", Why: "The SMSC refuses it with ESME_RINVSCHED or ESME_RINVEXPIRY, or ignores it.", Remedy: "Send an empty string or 16 characters YYMMDDhhmmsstnnp with + , - or R at the end."},
	RuleTimeOrder:                    {ID: RuleTimeOrder, Name: "time-order", Group: "body", Severity: Note, Max: Warning, Checks: "PDU with a time", Ref: "D25", Title: "Time in the past or in the wrong order", Why: "The message may expire at once, be sent at once or be refused.", Remedy: "Check clock and time zone of the sender: nn counts quarters of an hour from UTC."},
	RuleSmLengthLarge:                {ID: RuleSmLengthLarge, Name: "sm-length-large", Group: "body", Severity: Error, Max: Error, Checks: "PDU with sm_length", Ref: "v34 5.2.21; K18", Title: "sm_length above 254", Why: "short_message holds at most 254 octets in version 3.4.", Remedy: "Send longer text as message_payload or in parts."},
	RuleAddressEmpty:                 {ID: RuleAddressEmpty, Name: "address-empty", Group: "body", Severity: Note, Max: Error, Checks: "message PDU", Ref: "v34 4.4.1, 4.6.1; D11", Title: "Empty address", Why: "A message without a destination cannot be routed; one without a source cannot be answered.", Remedy: "Fill in the address."},
	RuleDestinationsCount:            {ID: RuleDestinationsCount, Name: "destinations-count", Group: "body", Severity: Error, Max: Error, Checks: "submit_multi and its response", Ref: "v34 4.5.1", Title: "Wrong number of destinations", Why: "The receiver cannot find the parameters behind the list.", Remedy: "Let the count agree with the entries; 1 to 254 in version 3.4."},
	RuleTlvTruncated:                 {ID: RuleTlvTruncated, Name: "tlv-truncated", Group: "TLVs", Severity: Error, Max: Error, Checks: "PDU with TLVs", Ref: "v34 3.2.4.1; D27", Title: "TLV runs past the PDU", Why: "The receiver cannot read the TLVs and refuses the PDU, usually with ESME_RINVTLVSTREAM.", Remedy: "Check the length octets of the TLV and command_length."},
	RuleTlvLength:                    {ID: RuleTlvLength, Name: "tlv-length", Group: "TLVs", Severity: Error, Max: Error, Checks: "TLV", Ref: "v34 5.3; D27", Title: "TLV of wrong length", Why: "The receiver refuses it with ESME_RINVTLVLEN or reads another value.", Remedy: "Send the value with the length that the specification gives."},
	RuleTlvValue:                     {ID: RuleTlvValue, Name: "tlv-value", Group: "TLVs", Severity: Warning, Max: Warning, Checks: "TLV", Ref: "v34 5.3; D27", Title: "TLV with a reserved or malformed value", Why: "The receiver may refuse it with ESME_RINVTLVVAL or ignore it.", Remedy: "Send a defined value."},
	RuleTlvNotAllowed:                {ID: RuleTlvNotAllowed, Name: "tlv-not-allowed", Group: "TLVs", Severity: Warning, Max: Warning, Checks: "TLV", Ref: "v34 4; D27", Title: "TLV that the PDU may not carry", Why: "The receiver may refuse it with ESME_RTLVNOTALLWD or ignore it.", Remedy: "Leave the TLV out, or use the PDU and version that have it."},
	RuleTlvRepeated:                  {ID: RuleTlvRepeated, Name: "tlv-repeated", Group: "TLVs", Severity: Warning, Max: Warning, Checks: "TLV", Ref: "D27", Title: "TLV repeated", Why: "Which of the copies counts is not defined.", Remedy: "Send the TLV once."},
	RuleTlvMissing:                   {ID: RuleTlvMissing, Name: "tlv-missing", Group: "TLVs", Severity: Error, Max: Error, Checks: "PDU", Ref: "v34 4; D27", Title: "Required TLV missing", Why: "The receiver may refuse the PDU with ESME_RMISSINGTLV.", Remedy: "Add the TLV, or leave out the one that needs it."},
	RuleTlvUnknown:                   {ID: RuleTlvUnknown, Name: "tlv-unknown", Group: "TLVs", Severity: Note, Max: Note, Checks: "TLV", Ref: "v34 5.3.1", Title: "TLV of unknown meaning", Why: "A tag outside the specification means something at one provider only.", Remedy: "Ask the provider what it is; name it in a profile of your own under tlvs."},
	RuleTlvBeforeV34:                 {ID: RuleTlvBeforeV34, Name: "tlv-before-v34", Group: "TLVs", Severity: Error, Max: Error, Checks: "PDU in a session below 3.4", Ref: "K05, K06", Override: "tlv.allowed_below_0x34", Title: "TLV in a session below 3.4", Why: "Optional parameters came with 3.4; the server may ignore them or refuse the PDU.", Remedy: "Bind with interface_version 0x34 (decimal 52)."},
	RulePayloadAndText:               {ID: RulePayloadAndText, Name: "payload-and-text", Group: "message content", Severity: Error, Max: Error, Checks: "message PDU", Ref: "v34 5.3.2.32; K18; D17", Title: "Text in short_message and message_payload", Why: "The specification allows one of the two; servers take either one, or refuse the PDU.", Remedy: "Use message_payload with sm_length 0, or short_message alone."},
	RuleMessageEmpty:                 {ID: RuleMessageEmpty, Name: "message-empty", Group: "message content", Severity: Note, Max: Note, Checks: "submit PDU", Ref: "K18; D17", Title: "Message without text", Why: "It is legal, but rarely meant; handsets show an empty message and it is charged all the same.", Remedy: "Check that the text reaches the encoder; set sm_default_msg_id where a default message is meant."},
	RuleMessageTooLong:               {ID: RuleMessageTooLong, Name: "message-too-long", Group: "message content", Severity: Note, Max: Error, Checks: "submit_sm or data_sm from the ESME without message_payload", Ref: "K19, K40; D16", Needs: "long.limit_octets", Title: "Text longer than one segment", Why: "A segment holds 140 octets on air: 160 septets, 140 octets or 70 UCS-2 characters, fewer behind a header. What is longer is split, cut or refused by the provider.", Remedy: "Split the text: 153 septets, 134 octets or 67 UCS-2 characters a part behind a header of 6 octets; or send it in message_payload where the provider splits."},
	RuleUdhMalformed:                 {ID: RuleUdhMalformed, Name: "udh-malformed", Group: "message content", Severity: Error, Max: Error, Checks: "PDU with UDHI", Ref: "v34 5.2.12; D14", Title: "User data header does not parse", Why: "Receivers refuse the message or show the header as text.", Remedy: "Write UDHL as the number of octets that follow it in the header, each element as identifier, length and data; clear 0x40 in esm_class where there is no header."},
	RuleUdhNotFlagged:                {ID: RuleUdhNotFlagged, Name: "udh-not-flagged", Group: "message content", Severity: Warning, Max: Error, Checks: "message PDU without UDHI", Ref: "K39; D14", Title: "Header that esm_class does not announce", Why: "Without 0x40 in esm_class the header is text: handsets show garbage and do not join the parts.", Remedy: "Set 0x40 in esm_class of every message that begins with a user data header."},
	RuleSarIncomplete:                {ID: RuleSarIncomplete, Name: "sar-incomplete", Group: "message content", Severity: Error, Max: Error, Checks: "PDU with a sar TLV", Ref: "v34 5.3.2.22-24", Title: "Some of the sar TLVs are missing", Why: "The three mean something only together; a receiver ignores a lone one, and the parts arrive as single messages.", Remedy: "Send sar_msg_ref_num, sar_total_segments and sar_segment_seqnum together."},
	RuleSarAndUdh:                    {ID: RuleSarAndUdh, Name: "sar-and-udh", Group: "message content", Severity: Warning, Max: Warning, Checks: "PDU with concatenation", Ref: "D15", Title: "sar TLVs and a concatenation header at once", Why: "They are two ways to say the same; a receiver may add a second header.", Remedy: "Use one of the two; with a user data header leave the sar TLVs out."},
	RuleConcatPartInvalid:            {ID: RuleConcatPartInvalid, Name: "concat-part-invalid", Group: "message content", Severity: Error, Max: Error, Checks: "PDU with concatenation", Ref: "v34 5.3.2.23-24; D15", Title: "Part number that cannot be", Why: "Handsets throw such a part away, and the message stays incomplete.", Remedy: "Count parts from 1 to the total, and let every part carry the same total."},
	RuleConcatPartMissing:            {ID: RuleConcatPartMissing, Name: "concat-part-missing", Group: "message content", Severity: Warning, Max: Warning, Checks: "long message", Ref: "K41; D15", Title: "Long message with missing parts", Why: "The handset shows a fragment or nothing, and the parts that were sent are charged.", Remedy: "Send all parts, and send a refused part again; look for parts sent over a connection or server that was not captured."},
	RuleConcatInconsistent:           {ID: RuleConcatInconsistent, Name: "concat-inconsistent", Group: "message content", Severity: Warning, Max: Warning, Checks: "long message", Ref: "K41; D15", Title: "Parts of a long message that do not agree", Why: "The SMSC or the handset joins parts by their addresses, reference and total; those that differ are not joined.", Remedy: "Send all parts with the same source_addr, data_coding and total, and each part once."},
	RuleConcatReferenceReused:        {ID: RuleConcatReferenceReused, Name: "concat-reference-reused", Group: "message content", Severity: Warning, Max: Warning, Checks: "long message", Ref: "K41; D15", Title: "Reference used again too early", Why: "While parts of the first message are missing, parts of both are joined to one text.", Remedy: "Count the reference up for each message to the same number; use 16-bit references where many are sent."},
	RuleTextOddOctets:                {ID: RuleTextOddOctets, Name: "text-odd-octets", Group: "message content", Severity: Error, Max: Error, Checks: "UCS-2 message", Ref: "K28; D13", Title: "Odd number of octets in UCS-2 text", Why: "A character takes two octets; the last one is cut or the text is refused.", Remedy: "Encode the text as UTF-16, big endian, and count octets, not characters, in sm_length."},
	RuleTextByteOrder:                {ID: RuleTextByteOrder, Name: "text-byte-order", Group: "message content", Severity: Warning, Max: Error, Checks: "UCS-2 message", Ref: "K28; D13", Title: "UCS-2 text in little-endian order", Why: "The handset shows other characters, mostly Chinese ones.", Remedy: "Encode the text as UTF-16, big endian, without a byte order mark."},
	RuleTextByteOrderMark:            {ID: RuleTextByteOrderMark, Name: "text-byte-order-mark", Group: "message content", Severity: Warning, Max: Warning, Checks: "UCS-2 message", Ref: "K28; D13", Title: "Byte order mark in UCS-2 text", Why: "It takes the room of a character and may be shown; the order is fixed and needs no mark.", Remedy: "Leave FE FF out."},
	RuleTextSurrogate:                {ID: RuleTextSurrogate, Name: "text-surrogate", Group: "message content", Severity: Warning, Max: Warning, Checks: "UCS-2 message", Ref: "K28; D13", Title: "Half a surrogate pair", Why: "Characters outside the basic plane, such as emoji, take two units; half of one is shown as a replacement sign.", Remedy: "Split long texts between characters, not between the units of one, and leave out units that have no partner."},
	RuleTextNotGsm:                   {ID: RuleTextNotGsm, Name: "text-not-gsm", Group: "message content", Severity: Warning, Max: Warning, Checks: "default-alphabet message", Ref: "K25; D12", Needs: "encoding.default_alphabet", Title: "Octets that GSM 03.38 does not have", Why: "The provider reads the text as GSM 03.38; octets from 0x80 on come out as other characters or are dropped.", Remedy: "Convert the text to GSM 03.38, one septet an octet; send what it cannot express with data_coding 8 as UTF-16, big endian."},
	RuleTextNotAscii:                 {ID: RuleTextNotAscii, Name: "text-not-ascii", Group: "message content", Severity: Warning, Max: Warning, Checks: "IA5 message", Ref: "v34 5.2.19; D12", Title: "Octets that ASCII does not have", Why: "data_coding 1 is IA5; octets from 0x80 on have no meaning there.", Remedy: "Send such text with data_coding 8 as UTF-16, big endian, or with data_coding 3 where Latin-1 is agreed."},
	RuleTextAsciiAsGsm:               {ID: RuleTextAsciiAsGsm, Name: "text-ascii-as-gsm", Group: "message content", Severity: Warning, Max: Warning, Checks: "default-alphabet message", Ref: "K25; D12", Needs: "encoding.default_alphabet", Title: "ASCII sent as GSM 03.38", Why: "The octets of @, $ and _ are other characters in GSM 03.38, so addresses and prices arrive changed.", Remedy: "Convert the text: @ is 0x00, $ is 0x02, _ is 0x11 in GSM 03.38."},
	RuleTextWindows1252:              {ID: RuleTextWindows1252, Name: "text-windows-1252", Group: "message content", Severity: Warning, Max: Warning, Checks: "Latin-1 message", Ref: "K26; D12", Title: "Octets that Latin-1 does not have", Why: "0x80 to 0x9F are controls in Latin-1; as Windows-1252 they are typographic signs, which get lost.", Remedy: "Replace typographic quotes, dashes and the euro sign, or send the text with data_coding 8 as UTF-16, big endian."},
	RuleDuplicateSubmit:              {ID: RuleDuplicateSubmit, Name: "duplicate-submit", Group: "message content", Severity: Note, Max: Warning, Checks: "submit PDU", Ref: "K59; D19", Title: "Message submitted again", Why: "The first one may have been accepted although no answer was seen; then the message is delivered and charged twice.", Remedy: "Wait for the answer before sending again, at least the response time; mark repetitions, for instance by user_message_reference, so that they can be told."},
	RuleReceiptMalformed:             {ID: RuleReceiptMalformed, Name: "receipt-malformed", Group: "receipts and the message's journey", Severity: Warning, Max: Warning, Checks: "receipt", Ref: "v34 appendix B; D21", Title: "Receipt without id or state", Why: "The client cannot tell which message it is about, or what became of it.", Remedy: "Have the SMSC send id and stat in the text, or the TLVs receipted_message_id and message_state."},
	RuleReceiptNotFlagged:            {ID: RuleReceiptNotFlagged, Name: "receipt-not-flagged", Group: "receipts and the message's journey", Severity: Warning, Max: Warning, Checks: "deliver_sm", Ref: "v34 5.2.12; D22", Title: "Receipt not marked as one", Why: "Clients tell receipts from messages by esm_class and will take it for an inbound SMS.", Remedy: "Have the SMSC set the message type of esm_class to 0x04; until then recognise receipts by their text."},
	RuleReceiptUnmatched:             {ID: RuleReceiptUnmatched, Name: "receipt-unmatched", Group: "receipts and the message's journey", Severity: Note, Max: Warning, Checks: "receipt", Ref: "K50; D01", Title: "Receipt of an unknown message", Why: "The client cannot put it to a message, and the message stays without an outcome.", Remedy: "Compare the id with those in the responses; look for other hosts that submit under the account."},
	RuleReceiptIdFormat:              {ID: RuleReceiptIdFormat, Name: "receipt-id-format", Group: "receipts and the message's journey", Severity: Warning, Max: Warning, Checks: "account with receipts", Ref: "K50; D01", Title: "Ids of responses and receipts are written differently", Why: "A client that compares them as text finds no message for any receipt.", Remedy: "Have the client bring both to one way of writing."},
	RuleReceiptStateMismatch:         {ID: RuleReceiptStateMismatch, Name: "receipt-state-mismatch", Group: "receipts and the message's journey", Severity: Warning, Max: Warning, Checks: "receipt", Ref: "D21", Title: "Receipt contradicts itself", Why: "Text and TLVs say different things; clients differ in which they read.", Remedy: "Ask the provider which is right, and read that one."},
	RuleReceiptConflict:              {ID: RuleReceiptConflict, Name: "receipt-conflict", Group: "receipts and the message's journey", Severity: Warning, Max: Warning, Checks: "receipt", Ref: "K46", Title: "Two final receipts that differ", Why: "The message has two outcomes; which one a client keeps depends on the order.", Remedy: "Ask the provider; keep the first final state, or the delivered one, by rule."},
	RuleReceiptDuplicate:             {ID: RuleReceiptDuplicate, Name: "receipt-duplicate", Group: "receipts and the message's journey", Severity: Note, Max: Note, Checks: "receipt", Ref: "K46; D20", Title: "Receipt sent again", Why: "Harmless where the client expects it; otherwise counts and costs are doubled.", Remedy: "Answer deliver_sm at once, and accept a receipt that is already known."},
	RuleReceiptBeforeResponse:        {ID: RuleReceiptBeforeResponse, Name: "receipt-before-response", Group: "receipts and the message's journey", Severity: Note, Max: Note, Checks: "receipt", Ref: "D24", Title: "Receipt before the response", Why: "The client does not know the id yet and may throw the receipt away. It is legal.", Remedy: "Keep receipts with unknown ids for a while and match them when the response has come."},
	RuleReceiptNoReceiver:            {ID: RuleReceiptNoReceiver, Name: "receipt-no-receiver", Group: "receipts and the message's journey", Severity: Warning, Max: Warning, Checks: "account", Ref: "K45; D23", Title: "Receipts asked for, no receiver", Why: "Receipts come over receiver and transceiver sessions only.", Remedy: "Bind a receiver beside the transmitter, or bind as transceiver."},
	RuleReceiptStateUnknown:          {ID: RuleReceiptStateUnknown, Name: "receipt-state-unknown", Group: "receipts and the message's journey", Severity: Note, Max: Note, Checks: "receipt", Ref: "K47", Needs: "receipt.states", Title: "State that is not listed", Why: "A client that knows only the listed words may take it for a failure.", Remedy: "Map the word to a state in the client, and list it in the profile (receipt.states)."},
	RuleDeliverUnanswered:            {ID: RuleDeliverUnanswered, Name: "deliver-unanswered", Group: "receipts and the message's journey", Severity: Warning, Max: Warning, Checks: "deliver request", Ref: "K52; D20", Title: "Delivery not answered", Why: "The SMSC sends the message again, or stops delivering.", Remedy: "Answer every deliver_sm at once, also those that cannot be processed."},
	RuleDeliverRefused:               {ID: RuleDeliverRefused, Name: "deliver-refused", Group: "receipts and the message's journey", Severity: Warning, Max: Warning, Checks: "deliver response", Ref: "K52; D20", Title: "Delivery refused", Why: "The SMSC sends the message again, or drops it.", Remedy: "Answer deliver_sm with status 0 once it is stored; sort out afterwards what cannot be used."},
	RuleDeliverRepeated:              {ID: RuleDeliverRepeated, Name: "deliver-repeated", Group: "receipts and the message's journey", Severity: Warning, Max: Warning, Checks: "deliver request", Ref: "D20", Title: "The same delivery again", Why: "The SMSC holds it for not delivered; what waits behind it may be stuck.", Remedy: "Answer deliver_sm with status 0 and the same sequence_number; if the client cannot parse it, look at that PDU."},
	RuleBindMissing:                  {ID: RuleBindMissing, Name: "bind-missing", Group: "session", Severity: Error, Max: Error, Checks: "connection", Ref: "v34 2.2, 2.3; D28", Title: "Command before a successful bind", Why: "Before the bind only bind, outbind, enquire_link and generic_nack may pass.", Remedy: "Wait for the bind response with status 0 before sending anything else."},
	RuleBindTimeout:                  {ID: RuleBindTimeout, Name: "bind-timeout", Group: "session", Severity: Warning, Max: Warning, Checks: "connection", Ref: "v34 7.2; D29", Title: "Connected without a bind", Why: "Servers close connections that do not bind in time (session_init_timer).", Remedy: "Bind at once after connecting; close connections that are not used."},
	RuleBindUnanswered:               {ID: RuleBindUnanswered, Name: "bind-unanswered", Group: "session", Severity: Error, Max: Error, Checks: "bind", Ref: "D29", Title: "Bind without a response", Why: "The client cannot know whether it is bound; the server may have dropped the bind, or not have understood it.", Remedy: "Check address, port, TLS and allow-list; bind again only after a growing delay."},
	RuleBindRefused:                  {ID: RuleBindRefused, Name: "bind-refused", Group: "session", Severity: Error, Max: Error, Checks: "bind", Ref: "D06", Title: "Bind refused", Why: "Without a bind nothing can be sent. The status names the wrong value only sometimes.", Remedy: "Check system_id, password, system_type, interface_version and the client's address with the provider."},
	RuleBindRepeated:                 {ID: RuleBindRepeated, Name: "bind-repeated", Group: "session", Severity: Error, Max: Error, Checks: "bind", Ref: "v34 2.3; D28", Title: "Second bind in a session", Why: "A session is bound once (v3.4 2.3). Servers answer the second bind with 0x05 or close.", Remedy: "Bind once a connection; unbind before binding anew."},
	RuleBindStorm:                    {ID: RuleBindStorm, Name: "bind-storm", Group: "session", Severity: Warning, Max: Warning, Checks: "account", Ref: "D02", Title: "Many failed binds in a short time", Why: "Fast retries load both sides and can get an account or address locked.", Remedy: "Wait longer after each failed bind (for example 5 s, doubled up to 5 min) and stop on a refusal of credentials."},
	RuleBindAlreadyBound:             {ID: RuleBindAlreadyBound, Name: "bind-already-bound", Group: "session", Severity: Error, Max: Error, Checks: "bind", Ref: "K11; D02", Title: "Account bound already", Why: "The server counts another session of the account: one that never closed, one of another host, or the limit of the account.", Remedy: "Unbind before closing; wait until the server has freed the old session; open no more binds than the account allows."},
	RuleCommandState:                 {ID: RuleCommandState, Name: "command-state", Group: "session", Severity: Error, Max: Error, Checks: "PDU in a session", Ref: "v34 2.3; D28", Title: "Command not allowed in this state", Why: "The session's bind type or state does not allow the command; the usual answer is 0x04 (ESME_RINVBNDSTS).", Remedy: "Send it over a session whose bind type allows it, after the bind was accepted."},
	RuleCommandDirection:             {ID: RuleCommandDirection, Name: "command-direction", Group: "session", Severity: Error, Max: Error, Checks: "PDU", Ref: "v34 2.3", Title: "Command from the wrong side", Why: "This command belongs to the other side: ESME and SMSC roles are mixed up.", Remedy: "Check which side is ESME and which is SMSC in the configuration of both ends."},
	RuleUnbindMissing:                {ID: RuleUnbindMissing, Name: "unbind-missing", Group: "session", Severity: Note, Max: Note, Checks: "session", Ref: "v34 4.2", Title: "Connection closed without unbind", Why: "The other side cannot tell an orderly end from a failure and may keep the session bound for a while.", Remedy: "Send unbind, wait for unbind_resp, then close."},
	RuleClosedWhileOutstanding:       {ID: RuleClosedWhileOutstanding, Name: "closed-while-outstanding", Group: "session", Severity: Warning, Max: Warning, Checks: "connection", Ref: "v34 4.2; D19", Title: "Closed with unanswered requests", Why: "What became of the open requests is not known; repeating them may deliver messages twice.", Remedy: "Before closing stop sending, wait for the open responses, then unbind."},
	RuleUnbindUnanswered:             {ID: RuleUnbindUnanswered, Name: "unbind-unanswered", Group: "session", Severity: Warning, Max: Warning, Checks: "unbind", Ref: "v34 4.2; D02", Title: "Unbind without a response", Why: "The side that unbinds waits for unbind_resp; without it the session may stay counted as bound.", Remedy: "Answer unbind with unbind_resp before closing, and wait for it before closing the other end."},
	RuleTrafficAfterUnbind:           {ID: RuleTrafficAfterUnbind, Name: "traffic-after-unbind", Group: "session", Severity: Error, Max: Error, Checks: "unbind", Ref: "v34 4.2", Title: "Request after unbind_resp", Why: "The session is over with unbind_resp; what follows is refused or lost.", Remedy: "Stop all senders of the connection before unbind."},
	RuleConnectionReset:              {ID: RuleConnectionReset, Name: "connection-reset", Group: "session", Severity: Warning, Max: Warning, Checks: "connection", Ref: "K15; D04", Title: "Connection reset", Why: "A reset drops what is still under way and tells the other side of no reason.", Remedy: "Find out why: a crash, a timeout, unread data at close, or a firewall in between (compare the TTL)."},
	RuleVersionDisagreement:          {ID: RuleVersionDisagreement, Name: "version-disagreement", Group: "session", Severity: Note, Max: Note, Checks: "bind", Ref: "v34 5.3.2.25; K04", Title: "Versions of bind and response differ", Why: "The lower of the two versions is in force; TLVs and long message ids depend on it.", Remedy: "Bind with the version that the server offers, if the client supports it."},
	RuleEnquireLinkMissing:           {ID: RuleEnquireLinkMissing, Name: "enquire-link-missing", Group: "keep-alive", Severity: Warning, Max: Warning, Checks: "interval of a bound connection", Ref: "K14; D04", Needs: "keepalive", Title: "No enquire_link on a silent link", Why: "Without probes neither side notices a dead path, and the server closes the link after its inactivity time.", Remedy: "Send enquire_link on every connection at the provider's interval, each bind by itself."},
	RuleEnquireLinkLate:              {ID: RuleEnquireLinkLate, Name: "enquire-link-late", Group: "keep-alive", Severity: Note, Max: Note, Checks: "interval of a bound connection", Ref: "K14", Needs: "keepalive", Title: "enquire_link late on a busy link", Why: "The provider asks for probes at a fixed interval; other traffic kept the link alive meanwhile.", Remedy: "Let the probe timer run by itself, not only when the link is idle."},
	RuleEnquireLinkUnanswered:        {ID: RuleEnquireLinkUnanswered, Name: "enquire-link-unanswered", Group: "keep-alive", Severity: Error, Max: Error, Checks: "enquire_link", Ref: "K16; D05", Title: "enquire_link without a response", Why: "The path is dead, the application hangs or does not answer probes; many peers close after a few of them.", Remedy: "Answer every enquire_link at once with its own sequence_number; on silence close and connect anew."},
	RuleIdleNearLimit:                {ID: RuleIdleNearLimit, Name: "idle-near-limit", Group: "keep-alive", Severity: Warning, Max: Warning, Checks: "bound connection", Ref: "K15; D04", Needs: "inactivity", Title: "Link silent for nearly the inactivity time", Why: "The server is about to close the link for inactivity.", Remedy: "Send enquire_link at the provider's interval."},
	RuleIdleDisconnect:               {ID: RuleIdleDisconnect, Name: "idle-disconnect", Group: "keep-alive", Severity: Error, Max: Error, Checks: "closed connection", Ref: "K15; D04", Needs: "inactivity", Title: "Server closed for inactivity", Why: "The server closes links that carry no PDU for its inactivity time; messages fail until the client has bound again.", Remedy: "Send enquire_link on every connection at the provider's interval."},
	RuleIdleLimitNotEnforced:         {ID: RuleIdleLimitNotEnforced, Name: "idle-limit-not-enforced", Group: "keep-alive", Severity: Note, Max: Note, Checks: "bound connection", Ref: "K15", Needs: "inactivity", Title: "Inactivity limit not enforced", Why: "The link stayed open longer than the provider documents; the limit may be larger or may not be in use here.", Remedy: "Do not rely on it; probe at the documented interval."},
	RuleIdleClosePattern:             {ID: RuleIdleClosePattern, Name: "idle-close-pattern", Group: "keep-alive", Severity: Warning, Max: Warning, Checks: "server", Ref: "D04", Title: "Links closed at the same idle age", Why: "Closes after the same silence come from a timer: most often a NAT or firewall that drops idle connections.", Remedy: "Send enquire_link at less than half that time, or raise the timer of the device."},
	RuleThrottled:                    {ID: RuleThrottled, Name: "throttled", Group: "flow", Severity: Warning, Max: Warning, Checks: "submit response", Ref: "K58; D03", Title: "The SMSC throttles", Why: "Messages are refused because they come too fast, or because a queue is full.", Remedy: "Send below the rate at which refusals begin, and send refused messages again later with a growing delay."},
	RuleThrottleIgnored:              {ID: RuleThrottleIgnored, Name: "throttle-ignored", Group: "flow", Severity: Warning, Max: Warning, Checks: "session with throttling", Ref: "D03", Title: "Throttling is ignored", Why: "Who goes on at the same rate is refused again and again, and may be disconnected.", Remedy: "Pause for a second or more after such an answer, then go on more slowly."},
	RuleWindowExceeded:               {ID: RuleWindowExceeded, Name: "window-exceeded", Group: "flow", Severity: Warning, Max: Warning, Checks: "request", Ref: "D30", Needs: "flow.window.max", Title: "More open requests than allowed", Why: "The provider may refuse, delay or disconnect beyond its window.", Remedy: "Limit the requests without an answer (window size) to the provider's number."},
	RuleWindowOfOne:                  {ID: RuleWindowOfOne, Name: "window-of-one", Group: "flow", Severity: Note, Max: Note, Checks: "session", Ref: "D30", Title: "One request at a time", Why: "The round trip, not the provider, limits the rate.", Remedy: "Send asynchronously with a window of, for example, ten open requests."},
	RuleRateExceeded:                 {ID: RuleRateExceeded, Name: "rate-exceeded", Group: "flow", Severity: Warning, Max: Warning, Checks: "second", Ref: "K58; D03", Needs: "flow.rate.max", Title: "More messages a second than allowed", Why: "The provider throttles or refuses what is above the rate.", Remedy: "Limit the rate over all connections of the account, or ask for a higher one."},
	RuleSystemType:                   {ID: RuleSystemType, Name: "system-type", Group: "the provider's own rules", Severity: Warning, Max: Error, Checks: "bind", Ref: "K10; D08", Needs: "bind.system_type", Title: "system_type is not the provider's", Why: "The provider asks for a fixed value; some servers refuse the bind without it.", Remedy: "Set system_type in the bind to the wanted value."},
	RuleInterfaceVersion:             {ID: RuleInterfaceVersion, Name: "interface-version", Group: "the provider's own rules", Severity: Note, Max: Warning, Checks: "bind", Ref: "K02, K03, K04; D08", Needs: "bind.interface_version", Title: "interface_version is not the provider's", Why: "The server may fall back to version 3.3, in which TLVs cannot be used.", Remedy: "Set interface_version to the wanted value; 0x34 is decimal 52."},
	RuleTransceiverBeforeV34:         {ID: RuleTransceiverBeforeV34, Name: "transceiver-before-v34", Group: "the provider's own rules", Severity: Note, Max: Warning, Checks: "bind", Ref: "K07", Override: "bind.trx_min_version", Title: "Transceiver bind below version 3.4", Why: "Version 3.3 has no transceiver; what the server makes of it is not defined.", Remedy: "Bind with interface_version 0x34, or as transmitter and receiver."},
	RuleBindTypeNotOffered:           {ID: RuleBindTypeNotOffered, Name: "bind-type-not-offered", Group: "the provider's own rules", Severity: Error, Max: Error, Checks: "bind", Ref: "K07", Needs: "bind.types", Title: "Bind type not offered", Why: "The provider does not take binds of this type.", Remedy: "Use one of the types that the provider offers."},
	RuleSystemIdEmpty:                {ID: RuleSystemIdEmpty, Name: "system-id-empty", Group: "the provider's own rules", Severity: Error, Max: Error, Checks: "bind", Ref: "K08", Title: "Empty system_id", Why: "The account cannot be told without it.", Remedy: "Set system_id to the name of the account, without white space."},
	RulePasswordEmpty:                {ID: RulePasswordEmpty, Name: "password-empty", Group: "the provider's own rules", Severity: Error, Max: Error, Checks: "bind", Ref: "K09", Needs: "bind.password.required", Title: "Empty password", Why: "The provider requires a password.", Remedy: "Set the password of the account."},
	RuleCommandNotOffered:            {ID: RuleCommandNotOffered, Name: "command-not-offered", Group: "the provider's own rules", Severity: Error, Max: Error, Checks: "request", Ref: "K20; D28", Needs: "pdus.forbidden", Title: "Command not offered", Why: "The provider does not support it and will refuse it.", Remedy: "Use the commands that the provider supports: one submit_sm for each destination in place of submit_multi."},
	RuleCommandUndocumented:          {ID: RuleCommandUndocumented, Name: "command-undocumented", Group: "the provider's own rules", Severity: Note, Max: Warning, Checks: "request", Ref: "K21", Needs: "pdus.undocumented", Title: "Command that the provider does not mention", Why: "Whether it works is not documented.", Remedy: "Ask the provider before relying on it."},
	RuleMessageIdUnknown:             {ID: RuleMessageIdUnknown, Name: "message-id-unknown", Group: "the provider's own rules", Severity: Note, Max: Note, Checks: "query, cancel or replace", Ref: "v34 4.8-4.10", Title: "message_id that no response gave", Why: "The SMSC cannot find the message, unless it was submitted out of sight.", Remedy: "Compare the id with the one in submit_sm_resp: base, case, leading zeros."},
	RuleDataCodingNotOffered:         {ID: RuleDataCodingNotOffered, Name: "data-coding-not-offered", Group: "the provider's own rules", Severity: Note, Max: Warning, Checks: "submit PDU", Ref: "K26, K27, K29", Needs: "encoding.data_coding", Title: "data_coding that the provider does not offer", Why: "The text may reach the handset in another alphabet than meant.", Remedy: "Send GSM 03.38 as data_coding 0 and all other text as 8 (UTF-16, big endian), unless agreed otherwise."},
	RuleSourceAddress:                {ID: RuleSourceAddress, Name: "source-address", Group: "the provider's own rules", Severity: Note, Max: Error, Checks: "submit PDU", Ref: "K31-K34, K38; D10", Needs: "source_addr", Title: "Sender does not fit its TON", Why: "The provider may refuse the sender or replace it.", Remedy: "Send names with source_addr_ton 5, complete international numbers with 1, short codes with 3."},
	RuleDestinationAddress:           {ID: RuleDestinationAddress, Name: "destination-address", Group: "the provider's own rules", Severity: Warning, Max: Error, Checks: "submit PDU", Ref: "K36, K37; D11", Needs: "destination_addr", Title: "Destination not in international form", Why: "The provider reads the number as international; it will be refused or go astray.", Remedy: "Send the number with its country code, without +, 00 or a trunk prefix."},
	RuleRegisteredDeliveryNotOffered: {ID: RuleRegisteredDeliveryNotOffered, Name: "registered-delivery-not-offered", Group: "the provider's own rules", Severity: Note, Max: Warning, Checks: "submit PDU", Ref: "K44", Needs: "fields.registered_delivery", Title: "registered_delivery that is not documented", Why: "Without bit 0x01 no receipt comes; other bits may be ignored or refused.", Remedy: "Send 1 to ask for a receipt."},
	RuleRequiredTlv:                  {ID: RuleRequiredTlv, Name: "required-tlv", Group: "the provider's own rules", Severity: Error, Max: Error, Checks: "submit PDU", Ref: "K53-K55; D27", Needs: "tlvs", Title: "TLV that the provider requires", Why: "Without it the provider or the operator refuses the message.", Remedy: "Add the TLV with the value registered for the account."},
	RuleMaxBinds:                     {ID: RuleMaxBinds, Name: "max-binds", Group: "the provider's own rules", Severity: Warning, Max: Warning, Checks: "account", Ref: "K11", Needs: "bind.max_binds", Title: "More binds than the provider allows", Why: "Further binds may be refused, or push out older ones.", Remedy: "Bind less often, or ask for a higher limit; close old connections with unbind."},
	RuleCleartextCredentials:         {ID: RuleCleartextCredentials, Name: "cleartext-credentials", Group: "security", Severity: Note, Max: Note, Checks: "bind, outbind", Ref: "D29", Title: "Password in clear", Why: "Whoever sees the traffic can use the account.", Remedy: "Use TLS or a private line."},
	RuleCaptureOneSided:              {ID: RuleCaptureOneSided, Name: "capture-one-sided", Group: "the capture itself", Severity: Note, Max: Note, Checks: "connection", Title: "Only one direction was captured", Why: "Requests without their responses, or the other way round, prove nothing here.", Remedy: "Capture where both directions pass (mirror both, or capture on one of the ends)."},
	RuleCaptureLossy:                 {ID: RuleCaptureLossy, Name: "capture-lossy", Group: "the capture itself", Severity: Note, Max: Note, Checks: "capture", Title: "The capture is not complete", Why: "What was lost may hide faults and make others look like faults; such findings are notes.", Remedy: "Use a larger capture buffer (-B), no snap length, and a filter on the SMPP ports."},
	RuleCaptureClock:                 {ID: RuleCaptureClock, Name: "capture-clock", Group: "the capture itself", Severity: Note, Max: Note, Checks: "capture", Title: "The capture's time steps back", Why: "Latencies and orders around such a place are not certain.", Remedy: "Capture with one clock; merge files by time only when their clocks agree."},
	RuleCaptureDuplicates:            {ID: RuleCaptureDuplicates, Name: "capture-duplicates", Group: "the capture itself", Severity: Note, Max: Note, Checks: "capture", Title: "Packets stand twice", Why: "A mirror port that copies both ingress and egress gives each packet twice. The second copies are left out.", Remedy: "Mirror one direction of each port only."},

	RuleBodyExpected:      {ID: RuleBodyExpected, Name: "body-expected", Group: "body", Severity: Note, Max: Warning, Checks: "failed response without a body", Ref: "v34 4.4.2; D09", Title: "Receiver does not take a refusal without a body", Why: "The specification has a failed response end behind its header; a parser that insists on a message_id drops the connection or waits on.", Remedy: "Let the receiver take a failed response of 16 octets; where it cannot be changed, have the other side send an empty message_id."},
	RuleReceiptElsewhere:  {ID: RuleReceiptElsewhere, Name: "receipt-elsewhere", Group: "receipts and the message's journey", Severity: Note, Max: Note, Checks: "receipt of a message whose own session could take it", Ref: "D24", Title: "Receipt over another session than its message", Why: "It is legal; but applications that share an account take each other's receipts.", Remedy: "Keep the messages of an account in one place for all its sessions, or give each application an account of its own."},
	RuleEsmClassMixed:     {ID: RuleEsmClassMixed, Name: "esm-class-mixed", Group: "body", Severity: Warning, Max: Warning, Checks: "submit PDU with UDHI", Ref: "v34 5.2.12; D14", Title: "Part of a long message that is marked as an acknowledgement", Why: "A message centre may take the part for an acknowledgement and not put the message together, or refuse it with ESME_RINVESMCLASS.", Remedy: "Set 0x40 alone for a header: 64 in decimal, where 72 is 0x48 and 80 is 0x50."},
	RuleReceiptTlvOnly:    {ID: RuleReceiptTlvOnly, Name: "receipt-tlv-only", Group: "receipts and the message's journey", Severity: Note, Max: Note, Checks: "receipt", Ref: "v34 4.6.1; D22", Override: "receipt.carrier", Title: "Receipt without a text", Why: "The specification allows it; a client that reads the text alone learns nothing from such a receipt.", Remedy: "Have the client read the TLVs receipted_message_id and message_state, and say receipt.carrier in the profile."},
	RuleReceiptNotAsked:   {ID: RuleReceiptNotAsked, Name: "receipt-not-asked", Group: "receipts and the message's journey", Severity: Note, Max: Note, Checks: "account with 20 accepted messages", Ref: "v34 5.2.17; D23", Title: "No message asks for a receipt", Why: "The provider sends a receipt only where registered_delivery asks for one; it may be meant so.", Remedy: "Send registered_delivery 0x01 with the messages whose fate is wanted."},
	RuleReceiptJustBehind: {ID: RuleReceiptJustBehind, Name: "receipt-just-behind", Group: "receipts and the message's journey", Severity: Note, Max: Note, Checks: "receipt on the connection of its message", Ref: "D24", Title: "Receipt just behind the response", Why: "It is legal; but a client that works on several PDUs at once may read the receipt before it has noted the id.", Remedy: "Note the id before the next PDU is worked on, or keep receipts with unknown ids for a while."},
	RuleAddressTurnedAway: {ID: RuleAddressTurnedAway, Name: "address-turned-away", Group: "session", Severity: Note, Max: Warning, Checks: "connection closed by the server at once, without an octet", Ref: "D29", Title: "Server closes the connections of one address", Why: "A server that checks addresses closes those of others before any PDU, and gives no reason.", Remedy: "Have the provider put the address on its allow-list, or connect from one that is; look up which address the server sees behind NAT."},
	RuleTextNotConverted:  {ID: RuleTextNotConverted, Name: "text-not-converted", Group: "message content", Severity: Warning, Max: Warning, Checks: "UCS-2 message", Ref: "D13", Title: "ASCII or UTF-8 under a data_coding of UCS-2", Why: "Two octets each are read as one character: the handset shows Chinese characters or boxes, and half as many.", Remedy: "Encode the text as UTF-16, big endian, or send plain text with data_coding 0."},
	RulePartsNeedless:     {ID: RulePartsNeedless, Name: "parts-needless", Group: "message content", Severity: Note, Max: Note, Checks: "long message of the ESME", Ref: "K40; D16", Needs: "long.limit_octets", Title: "More parts than the text needs", Why: "Each part is sent, counted and charged for itself.", Remedy: "Fill the parts: 153 septets or 67 UCS-2 characters behind a header of 6 octets, 152 or 66 behind one of 7; 160 or 70 need no header at all."},
	RuleReceiptLayout:     {ID: RuleReceiptLayout, Name: "receipt-layout", Group: "receipts and the message's journey", Severity: Note, Max: Note, Checks: "receipt with a text", Ref: "v34 appendix B; D21", Override: "receipt.required_keys, receipt.keys, receipt.date_digits, receipt.err", Title: "Receipts are laid out otherwise than in appendix B", Why: "The appendix is an example, and providers write their own; a parser that insists on it rejects such receipts.", Remedy: "Have the client read the keys in any order and width, and describe the layout in the profile."},
	RuleSplitNotTaken:     {ID: RuleSplitNotTaken, Name: "split-not-taken", Group: "framing", Severity: Warning, Max: Warning, Checks: "connection with a PDU in more than one packet", Ref: "v34 2.2; D26", Title: "Receiver breaks off when a PDU is split", Why: "TCP may deliver a PDU in several pieces; a receiver that takes one read for one PDU loses its place in the stream.", Remedy: "Have the receiver collect octets until command_length of them are there."},
	RuleReceiverStalled:   {ID: RuleReceiverStalled, Name: "receiver-stalled", Group: "flow", Severity: Note, Max: Note, Checks: "TCP window of zero while requests wait", Ref: "D30", Title: "Receiver does not read fast enough", Why: "Its TCP has no room, so requests and responses wait on the other side's host, and the rate is the reader's.", Remedy: "Look at the reading side: one thread that does all the work, a full queue or disk, or a paused process."},
	RuleMessageIdRepeated: {ID: RuleMessageIdRepeated, Name: "message-id-repeated", Group: "requests and responses", Severity: Note, Max: Warning, Checks: "accepted message with a message_id", Ref: "v34 5.2.23; D01", Title: "The same message_id for several messages", Why: "A message_id names one message: with one for all, no receipt, query or cancellation can be put to its message.", Remedy: "Ask the provider for unique message ids; until then tell messages apart by user_message_reference, or ask for no receipts."},
}

func (id RuleID) String() string {
	if id >= RuleOwn {
		return "own rule"
	}
	return Rules[id].Name
}

// RuleByName finds a rule by its public name.
func RuleByName(name string) (*Rule, bool) {
	for i := range Rules {
		if Rules[i].Name == name {
			return &Rules[i], true
		}
	}
	return nil, false
}
