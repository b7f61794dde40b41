package audit

// RuleID names a rule of the catalogue. Its String is public.
type RuleID uint8

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

	ruleCount int = iota
)

// Rule is one row of the catalogue. Severity is the default, Max the highest
// it can escalate to.
type Rule struct {
	ID            RuleID
	Name          string // public
	Group         string
	Severity, Max Severity
	Checks        string // what one check is
	Ref           string
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
	RuleFramingLengthSmall:           {ID: RuleFramingLengthSmall, Name: "framing-length-small", Group: "framing", Severity: Error, Max: Error, Checks: "PDU", Ref: "v34 5.1.1"},
	RuleFramingLengthLarge:           {ID: RuleFramingLengthLarge, Name: "framing-length-large", Group: "framing", Severity: Error, Max: Error, Checks: "PDU", Ref: "v34 5.1.1", Override: "pdu.max_octets"},
	RuleFramingGarbage:               {ID: RuleFramingGarbage, Name: "framing-garbage", Group: "framing", Severity: Error, Max: Error, Checks: "connection", Ref: "D26"},
	RuleFramingTruncated:             {ID: RuleFramingTruncated, Name: "framing-truncated", Group: "framing", Severity: Warning, Max: Warning, Checks: "connection", Ref: "D26"},
	RuleFramingGap:                   {ID: RuleFramingGap, Name: "framing-gap", Group: "framing", Severity: Note, Max: Note, Checks: "connection"},
	RuleFramingNotSmpp:               {ID: RuleFramingNotSmpp, Name: "framing-not-smpp", Group: "framing", Severity: Note, Max: Error, Checks: "connection", Ref: "D29, K57"},
	RuleStreamConflict:               {ID: RuleStreamConflict, Name: "stream-conflict", Group: "framing", Severity: Warning, Max: Warning, Checks: "connection", Ref: "RFC 9293 3.10"},
	RuleConnectionSilent:             {ID: RuleConnectionSilent, Name: "connection-silent", Group: "framing", Severity: Note, Max: Note, Checks: "connection", Ref: "D29"},
	RuleCommandIdUnknown:             {ID: RuleCommandIdUnknown, Name: "command-id-unknown", Group: "header", Severity: Error, Max: Error, Checks: "PDU", Ref: "v34 5.1.2"},
	RuleCommandIdVersion:             {ID: RuleCommandIdVersion, Name: "command-id-version", Group: "header", Severity: Warning, Max: Warning, Checks: "PDU", Ref: "v34 5.1.2; K01, K17"},
	RuleStatusInRequest:              {ID: RuleStatusInRequest, Name: "status-in-request", Group: "header", Severity: Warning, Max: Warning, Checks: "request", Ref: "v34 5.1.3"},
	RuleStatusReserved:               {ID: RuleStatusReserved, Name: "status-reserved", Group: "header", Severity: Warning, Max: Warning, Checks: "response", Ref: "v34 5.1.3"},
	RuleSequenceZero:                 {ID: RuleSequenceZero, Name: "sequence-zero", Group: "header", Severity: Error, Max: Error, Checks: "request", Ref: "v34 5.1.4; D18"},
	RuleSequenceRange:                {ID: RuleSequenceRange, Name: "sequence-range", Group: "header", Severity: Error, Max: Error, Checks: "request", Ref: "v34 5.1.4; D18"},
	RuleSequenceReused:               {ID: RuleSequenceReused, Name: "sequence-reused", Group: "header", Severity: Error, Max: Error, Checks: "request", Ref: "v34 5.1.4; D18"},
	RuleSequenceOrder:                {ID: RuleSequenceOrder, Name: "sequence-order", Group: "header", Severity: Note, Max: Note, Checks: "request", Ref: "v34 5.1.4; D18"},
	RuleResponseMissing:              {ID: RuleResponseMissing, Name: "response-missing", Group: "requests and responses", Severity: Warning, Max: Warning, Checks: "request", Ref: "D19", Override: "timers.response"},
	RuleResponseUnmatched:            {ID: RuleResponseUnmatched, Name: "response-unmatched", Group: "requests and responses", Severity: Error, Max: Error, Checks: "response", Ref: "v34 5.1.4; D18"},
	RuleResponseWrongType:            {ID: RuleResponseWrongType, Name: "response-wrong-type", Group: "requests and responses", Severity: Error, Max: Error, Checks: "response", Ref: "D18"},
	RuleResponseDuplicate:            {ID: RuleResponseDuplicate, Name: "response-duplicate", Group: "requests and responses", Severity: Error, Max: Error, Checks: "response", Ref: "D19"},
	RuleResponseSlow:                 {ID: RuleResponseSlow, Name: "response-slow", Group: "requests and responses", Severity: Note, Max: Note, Checks: "request", Ref: "D19, D30"},
	RuleResponseRefused:              {ID: RuleResponseRefused, Name: "response-refused", Group: "requests and responses", Severity: Note, Max: Warning, Checks: "response", Ref: "v34 5.1.3"},
	RuleGenericNack:                  {ID: RuleGenericNack, Name: "generic-nack", Group: "requests and responses", Severity: Warning, Max: Warning, Checks: "connection", Ref: "v34 4.3.1; D28"},
	RuleMessageIdEmpty:               {ID: RuleMessageIdEmpty, Name: "message-id-empty", Group: "requests and responses", Severity: Error, Max: Error, Checks: "successful submit response", Ref: "K23"},
	RuleMessageIdV33:                 {ID: RuleMessageIdV33, Name: "message-id-v33", Group: "requests and responses", Severity: Warning, Max: Warning, Checks: "submit response below 3.4", Ref: "v34 3.4"},
	RuleBodyTruncated:                {ID: RuleBodyTruncated, Name: "body-truncated", Group: "body", Severity: Error, Max: Error, Checks: "PDU"},
	RuleBodyTrailing:                 {ID: RuleBodyTrailing, Name: "body-trailing", Group: "body", Severity: Warning, Max: Warning, Checks: "PDU", Ref: "D17"},
	RuleBodyOnError:                  {ID: RuleBodyOnError, Name: "body-on-error", Group: "body", Severity: Note, Max: Warning, Checks: "failed response", Ref: "D09"},
	RuleBodyMissing:                  {ID: RuleBodyMissing, Name: "body-missing", Group: "body", Severity: Note, Max: Error, Checks: "successful response", Ref: "D09"},
	RuleStringUnterminated:           {ID: RuleStringUnterminated, Name: "string-unterminated", Group: "body", Severity: Error, Max: Error, Checks: "PDU", Ref: "v34 3.1; D07"},
	RuleStringTooLong:                {ID: RuleStringTooLong, Name: "string-too-long", Group: "body", Severity: Warning, Max: Error, Checks: "PDU", Ref: "v34 3.1; D07", Override: "bind.password.max_len, response.message_id.len"},
	RuleStringCharset:                {ID: RuleStringCharset, Name: "string-charset", Group: "body", Severity: Note, Max: Warning, Checks: "PDU", Ref: "v34 3.1"},
	RuleFieldReserved:                {ID: RuleFieldReserved, Name: "field-reserved", Group: "body", Severity: Warning, Max: Warning, Checks: "PDU", Ref: "v34 5.2"},
	RuleEsmClassDirection:            {ID: RuleEsmClassDirection, Name: "esm-class-direction", Group: "body", Severity: Warning, Max: Warning, Checks: "PDU with esm_class", Ref: "v34 5.2.12"},
	RuleDataCodingReserved:           {ID: RuleDataCodingReserved, Name: "data-coding-reserved", Group: "body", Severity: Warning, Max: Warning, Checks: "PDU with data_coding", Ref: "v34 5.2.19"},
	RuleTimeFormat:                   {ID: RuleTimeFormat, Name: "time-format", Group: "body", Severity: Error, Max: Error, Checks: "PDU with a time", Ref: "v34 7.1.1; D25"},
	RuleTimeOrder:                    {ID: RuleTimeOrder, Name: "time-order", Group: "body", Severity: Note, Max: Warning, Checks: "PDU with a time", Ref: "D25"},
	RuleSmLengthLarge:                {ID: RuleSmLengthLarge, Name: "sm-length-large", Group: "body", Severity: Error, Max: Error, Checks: "PDU with sm_length", Ref: "v34 5.2.21; K18"},
	RuleAddressEmpty:                 {ID: RuleAddressEmpty, Name: "address-empty", Group: "body", Severity: Note, Max: Error, Checks: "message PDU", Ref: "v34 4.4.1, 4.6.1; D11"},
	RuleDestinationsCount:            {ID: RuleDestinationsCount, Name: "destinations-count", Group: "body", Severity: Error, Max: Error, Checks: "submit_multi and its response", Ref: "v34 4.5.1"},
	RuleTlvTruncated:                 {ID: RuleTlvTruncated, Name: "tlv-truncated", Group: "TLVs", Severity: Error, Max: Error, Checks: "PDU with TLVs", Ref: "v34 3.2.4.1; D27"},
	RuleTlvLength:                    {ID: RuleTlvLength, Name: "tlv-length", Group: "TLVs", Severity: Error, Max: Error, Checks: "TLV", Ref: "v34 5.3; D27"},
	RuleTlvValue:                     {ID: RuleTlvValue, Name: "tlv-value", Group: "TLVs", Severity: Warning, Max: Warning, Checks: "TLV", Ref: "v34 5.3; D27"},
	RuleTlvNotAllowed:                {ID: RuleTlvNotAllowed, Name: "tlv-not-allowed", Group: "TLVs", Severity: Warning, Max: Warning, Checks: "TLV", Ref: "v34 4; D27"},
	RuleTlvRepeated:                  {ID: RuleTlvRepeated, Name: "tlv-repeated", Group: "TLVs", Severity: Warning, Max: Warning, Checks: "TLV", Ref: "D27"},
	RuleTlvMissing:                   {ID: RuleTlvMissing, Name: "tlv-missing", Group: "TLVs", Severity: Error, Max: Error, Checks: "PDU", Ref: "v34 4; D27"},
	RuleTlvUnknown:                   {ID: RuleTlvUnknown, Name: "tlv-unknown", Group: "TLVs", Severity: Note, Max: Note, Checks: "TLV", Ref: "v34 5.3.1"},
	RuleTlvBeforeV34:                 {ID: RuleTlvBeforeV34, Name: "tlv-before-v34", Group: "TLVs", Severity: Error, Max: Error, Checks: "PDU in a session below 3.4", Ref: "K05, K06", Override: "tlv.allowed_below_0x34"},
	RulePayloadAndText:               {ID: RulePayloadAndText, Name: "payload-and-text", Group: "message content", Severity: Error, Max: Error, Checks: "message PDU", Ref: "v34 5.3.2.32; K18; D17"},
	RuleMessageEmpty:                 {ID: RuleMessageEmpty, Name: "message-empty", Group: "message content", Severity: Note, Max: Note, Checks: "submit PDU", Ref: "K18; D17"},
	RuleMessageTooLong:               {ID: RuleMessageTooLong, Name: "message-too-long", Group: "message content", Severity: Note, Max: Error, Checks: "submit_sm or data_sm from the ESME without message_payload", Ref: "K19, K40; D16", Needs: "long.limit_octets"},
	RuleUdhMalformed:                 {ID: RuleUdhMalformed, Name: "udh-malformed", Group: "message content", Severity: Error, Max: Error, Checks: "PDU with UDHI", Ref: "v34 5.2.12; D14"},
	RuleUdhNotFlagged:                {ID: RuleUdhNotFlagged, Name: "udh-not-flagged", Group: "message content", Severity: Warning, Max: Error, Checks: "message PDU without UDHI", Ref: "K39; D14"},
	RuleSarIncomplete:                {ID: RuleSarIncomplete, Name: "sar-incomplete", Group: "message content", Severity: Error, Max: Error, Checks: "PDU with a sar TLV", Ref: "v34 5.3.2.22-24"},
	RuleSarAndUdh:                    {ID: RuleSarAndUdh, Name: "sar-and-udh", Group: "message content", Severity: Warning, Max: Warning, Checks: "PDU with concatenation", Ref: "D15"},
	RuleConcatPartInvalid:            {ID: RuleConcatPartInvalid, Name: "concat-part-invalid", Group: "message content", Severity: Error, Max: Error, Checks: "PDU with concatenation", Ref: "v34 5.3.2.23-24; D15"},
	RuleConcatPartMissing:            {ID: RuleConcatPartMissing, Name: "concat-part-missing", Group: "message content", Severity: Warning, Max: Warning, Checks: "long message", Ref: "K41; D15"},
	RuleConcatInconsistent:           {ID: RuleConcatInconsistent, Name: "concat-inconsistent", Group: "message content", Severity: Warning, Max: Warning, Checks: "long message", Ref: "K41; D15"},
	RuleConcatReferenceReused:        {ID: RuleConcatReferenceReused, Name: "concat-reference-reused", Group: "message content", Severity: Warning, Max: Warning, Checks: "long message", Ref: "K41; D15"},
	RuleTextOddOctets:                {ID: RuleTextOddOctets, Name: "text-odd-octets", Group: "message content", Severity: Error, Max: Error, Checks: "UCS-2 message", Ref: "K28; D13"},
	RuleTextByteOrder:                {ID: RuleTextByteOrder, Name: "text-byte-order", Group: "message content", Severity: Warning, Max: Error, Checks: "UCS-2 message", Ref: "K28; D13"},
	RuleTextByteOrderMark:            {ID: RuleTextByteOrderMark, Name: "text-byte-order-mark", Group: "message content", Severity: Warning, Max: Warning, Checks: "UCS-2 message", Ref: "K28; D13"},
	RuleTextSurrogate:                {ID: RuleTextSurrogate, Name: "text-surrogate", Group: "message content", Severity: Warning, Max: Warning, Checks: "UCS-2 message", Ref: "K28; D13"},
	RuleTextNotGsm:                   {ID: RuleTextNotGsm, Name: "text-not-gsm", Group: "message content", Severity: Warning, Max: Warning, Checks: "default-alphabet message", Ref: "K25; D12", Needs: "encoding.default_alphabet"},
	RuleTextNotAscii:                 {ID: RuleTextNotAscii, Name: "text-not-ascii", Group: "message content", Severity: Warning, Max: Warning, Checks: "IA5 message", Ref: "v34 5.2.19; D12"},
	RuleTextAsciiAsGsm:               {ID: RuleTextAsciiAsGsm, Name: "text-ascii-as-gsm", Group: "message content", Severity: Warning, Max: Warning, Checks: "default-alphabet message", Ref: "K25; D12", Needs: "encoding.default_alphabet"},
	RuleTextWindows1252:              {ID: RuleTextWindows1252, Name: "text-windows-1252", Group: "message content", Severity: Warning, Max: Warning, Checks: "Latin-1 message", Ref: "K26; D12"},
	RuleDuplicateSubmit:              {ID: RuleDuplicateSubmit, Name: "duplicate-submit", Group: "message content", Severity: Note, Max: Warning, Checks: "submit PDU", Ref: "K59; D19"},
	RuleReceiptMalformed:             {ID: RuleReceiptMalformed, Name: "receipt-malformed", Group: "receipts and the message's journey", Severity: Warning, Max: Warning, Checks: "receipt", Ref: "v34 appendix B; D21"},
	RuleReceiptNotFlagged:            {ID: RuleReceiptNotFlagged, Name: "receipt-not-flagged", Group: "receipts and the message's journey", Severity: Warning, Max: Warning, Checks: "deliver_sm", Ref: "v34 5.2.12; D22"},
	RuleReceiptUnmatched:             {ID: RuleReceiptUnmatched, Name: "receipt-unmatched", Group: "receipts and the message's journey", Severity: Note, Max: Warning, Checks: "receipt", Ref: "K50; D01"},
	RuleReceiptIdFormat:              {ID: RuleReceiptIdFormat, Name: "receipt-id-format", Group: "receipts and the message's journey", Severity: Warning, Max: Warning, Checks: "account with receipts", Ref: "K50; D01"},
	RuleReceiptStateMismatch:         {ID: RuleReceiptStateMismatch, Name: "receipt-state-mismatch", Group: "receipts and the message's journey", Severity: Warning, Max: Warning, Checks: "receipt", Ref: "D21"},
	RuleReceiptConflict:              {ID: RuleReceiptConflict, Name: "receipt-conflict", Group: "receipts and the message's journey", Severity: Warning, Max: Warning, Checks: "receipt", Ref: "K46"},
	RuleReceiptDuplicate:             {ID: RuleReceiptDuplicate, Name: "receipt-duplicate", Group: "receipts and the message's journey", Severity: Note, Max: Note, Checks: "receipt", Ref: "K46; D20"},
	RuleReceiptBeforeResponse:        {ID: RuleReceiptBeforeResponse, Name: "receipt-before-response", Group: "receipts and the message's journey", Severity: Note, Max: Note, Checks: "receipt", Ref: "D24"},
	RuleReceiptNoReceiver:            {ID: RuleReceiptNoReceiver, Name: "receipt-no-receiver", Group: "receipts and the message's journey", Severity: Warning, Max: Warning, Checks: "account", Ref: "K45; D23"},
	RuleReceiptStateUnknown:          {ID: RuleReceiptStateUnknown, Name: "receipt-state-unknown", Group: "receipts and the message's journey", Severity: Note, Max: Note, Checks: "receipt", Ref: "K47", Needs: "receipt.states"},
	RuleDeliverUnanswered:            {ID: RuleDeliverUnanswered, Name: "deliver-unanswered", Group: "receipts and the message's journey", Severity: Warning, Max: Warning, Checks: "deliver request", Ref: "K52; D20"},
	RuleDeliverRefused:               {ID: RuleDeliverRefused, Name: "deliver-refused", Group: "receipts and the message's journey", Severity: Warning, Max: Warning, Checks: "deliver response", Ref: "K52; D20"},
	RuleDeliverRepeated:              {ID: RuleDeliverRepeated, Name: "deliver-repeated", Group: "receipts and the message's journey", Severity: Warning, Max: Warning, Checks: "deliver request", Ref: "D20"},
	RuleBindMissing:                  {ID: RuleBindMissing, Name: "bind-missing", Group: "session", Severity: Error, Max: Error, Checks: "connection", Ref: "v34 2.2, 2.3; D28"},
	RuleBindTimeout:                  {ID: RuleBindTimeout, Name: "bind-timeout", Group: "session", Severity: Warning, Max: Warning, Checks: "connection", Ref: "v34 7.2; D29"},
	RuleBindUnanswered:               {ID: RuleBindUnanswered, Name: "bind-unanswered", Group: "session", Severity: Error, Max: Error, Checks: "bind", Ref: "D29"},
	RuleBindRefused:                  {ID: RuleBindRefused, Name: "bind-refused", Group: "session", Severity: Error, Max: Error, Checks: "bind", Ref: "D06"},
	RuleBindRepeated:                 {ID: RuleBindRepeated, Name: "bind-repeated", Group: "session", Severity: Error, Max: Error, Checks: "bind", Ref: "v34 2.3; D28"},
	RuleBindStorm:                    {ID: RuleBindStorm, Name: "bind-storm", Group: "session", Severity: Warning, Max: Warning, Checks: "account", Ref: "D02"},
	RuleBindAlreadyBound:             {ID: RuleBindAlreadyBound, Name: "bind-already-bound", Group: "session", Severity: Error, Max: Error, Checks: "bind", Ref: "K11; D02"},
	RuleCommandState:                 {ID: RuleCommandState, Name: "command-state", Group: "session", Severity: Error, Max: Error, Checks: "PDU in a session", Ref: "v34 2.3; D28"},
	RuleCommandDirection:             {ID: RuleCommandDirection, Name: "command-direction", Group: "session", Severity: Error, Max: Error, Checks: "PDU", Ref: "v34 2.3"},
	RuleUnbindMissing:                {ID: RuleUnbindMissing, Name: "unbind-missing", Group: "session", Severity: Note, Max: Note, Checks: "session", Ref: "v34 4.2"},
	RuleClosedWhileOutstanding:       {ID: RuleClosedWhileOutstanding, Name: "closed-while-outstanding", Group: "session", Severity: Warning, Max: Warning, Checks: "connection", Ref: "v34 4.2; D19"},
	RuleUnbindUnanswered:             {ID: RuleUnbindUnanswered, Name: "unbind-unanswered", Group: "session", Severity: Warning, Max: Warning, Checks: "unbind", Ref: "v34 4.2; D02"},
	RuleTrafficAfterUnbind:           {ID: RuleTrafficAfterUnbind, Name: "traffic-after-unbind", Group: "session", Severity: Error, Max: Error, Checks: "unbind", Ref: "v34 4.2"},
	RuleConnectionReset:              {ID: RuleConnectionReset, Name: "connection-reset", Group: "session", Severity: Warning, Max: Warning, Checks: "connection", Ref: "K15; D04"},
	RuleVersionDisagreement:          {ID: RuleVersionDisagreement, Name: "version-disagreement", Group: "session", Severity: Note, Max: Note, Checks: "bind", Ref: "v34 5.3.2.25; K04"},
	RuleEnquireLinkMissing:           {ID: RuleEnquireLinkMissing, Name: "enquire-link-missing", Group: "keep-alive", Severity: Warning, Max: Warning, Checks: "interval of a bound connection", Ref: "K14; D04", Needs: "keepalive"},
	RuleEnquireLinkLate:              {ID: RuleEnquireLinkLate, Name: "enquire-link-late", Group: "keep-alive", Severity: Note, Max: Note, Checks: "interval of a bound connection", Ref: "K14", Needs: "keepalive"},
	RuleEnquireLinkUnanswered:        {ID: RuleEnquireLinkUnanswered, Name: "enquire-link-unanswered", Group: "keep-alive", Severity: Error, Max: Error, Checks: "enquire_link", Ref: "K16; D05"},
	RuleIdleNearLimit:                {ID: RuleIdleNearLimit, Name: "idle-near-limit", Group: "keep-alive", Severity: Warning, Max: Warning, Checks: "bound connection", Ref: "K15; D04", Needs: "inactivity"},
	RuleIdleDisconnect:               {ID: RuleIdleDisconnect, Name: "idle-disconnect", Group: "keep-alive", Severity: Error, Max: Error, Checks: "closed connection", Ref: "K15; D04", Needs: "inactivity"},
	RuleIdleLimitNotEnforced:         {ID: RuleIdleLimitNotEnforced, Name: "idle-limit-not-enforced", Group: "keep-alive", Severity: Note, Max: Note, Checks: "bound connection", Ref: "K15", Needs: "inactivity"},
	RuleIdleClosePattern:             {ID: RuleIdleClosePattern, Name: "idle-close-pattern", Group: "keep-alive", Severity: Warning, Max: Warning, Checks: "server", Ref: "D04"},
	RuleThrottled:                    {ID: RuleThrottled, Name: "throttled", Group: "flow", Severity: Warning, Max: Warning, Checks: "submit response", Ref: "K58; D03"},
	RuleThrottleIgnored:              {ID: RuleThrottleIgnored, Name: "throttle-ignored", Group: "flow", Severity: Warning, Max: Warning, Checks: "session with throttling", Ref: "D03"},
	RuleWindowExceeded:               {ID: RuleWindowExceeded, Name: "window-exceeded", Group: "flow", Severity: Warning, Max: Warning, Checks: "request", Ref: "D30", Needs: "flow.window.max"},
	RuleWindowOfOne:                  {ID: RuleWindowOfOne, Name: "window-of-one", Group: "flow", Severity: Note, Max: Note, Checks: "session", Ref: "D30"},
	RuleRateExceeded:                 {ID: RuleRateExceeded, Name: "rate-exceeded", Group: "flow", Severity: Warning, Max: Warning, Checks: "second", Ref: "K58; D03", Needs: "flow.rate.max"},
	RuleSystemType:                   {ID: RuleSystemType, Name: "system-type", Group: "the provider's own rules", Severity: Warning, Max: Error, Checks: "bind", Ref: "K10; D08", Needs: "bind.system_type"},
	RuleInterfaceVersion:             {ID: RuleInterfaceVersion, Name: "interface-version", Group: "the provider's own rules", Severity: Note, Max: Warning, Checks: "bind", Ref: "K02, K03, K04; D08", Needs: "bind.interface_version"},
	RuleTransceiverBeforeV34:         {ID: RuleTransceiverBeforeV34, Name: "transceiver-before-v34", Group: "the provider's own rules", Severity: Note, Max: Warning, Checks: "bind", Ref: "K07", Override: "bind.trx_min_version"},
	RuleBindTypeNotOffered:           {ID: RuleBindTypeNotOffered, Name: "bind-type-not-offered", Group: "the provider's own rules", Severity: Error, Max: Error, Checks: "bind", Ref: "K07", Needs: "bind.types"},
	RuleSystemIdEmpty:                {ID: RuleSystemIdEmpty, Name: "system-id-empty", Group: "the provider's own rules", Severity: Error, Max: Error, Checks: "bind", Ref: "K08"},
	RulePasswordEmpty:                {ID: RulePasswordEmpty, Name: "password-empty", Group: "the provider's own rules", Severity: Error, Max: Error, Checks: "bind", Ref: "K09", Needs: "bind.password.required"},
	RuleCommandNotOffered:            {ID: RuleCommandNotOffered, Name: "command-not-offered", Group: "the provider's own rules", Severity: Error, Max: Error, Checks: "request", Ref: "K20; D28", Needs: "pdus.forbidden"},
	RuleCommandUndocumented:          {ID: RuleCommandUndocumented, Name: "command-undocumented", Group: "the provider's own rules", Severity: Note, Max: Note, Checks: "request", Ref: "K21", Needs: "pdus.undocumented"},
	RuleMessageIdUnknown:             {ID: RuleMessageIdUnknown, Name: "message-id-unknown", Group: "the provider's own rules", Severity: Note, Max: Note, Checks: "query, cancel or replace", Ref: "v34 4.8-4.10"},
	RuleDataCodingNotOffered:         {ID: RuleDataCodingNotOffered, Name: "data-coding-not-offered", Group: "the provider's own rules", Severity: Note, Max: Warning, Checks: "submit PDU", Ref: "K26, K27, K29", Needs: "encoding.data_coding"},
	RuleSourceAddress:                {ID: RuleSourceAddress, Name: "source-address", Group: "the provider's own rules", Severity: Note, Max: Error, Checks: "submit PDU", Ref: "K31-K34, K38; D10", Needs: "source_addr"},
	RuleDestinationAddress:           {ID: RuleDestinationAddress, Name: "destination-address", Group: "the provider's own rules", Severity: Warning, Max: Error, Checks: "submit PDU", Ref: "K36, K37; D11", Needs: "destination_addr"},
	RuleRegisteredDeliveryNotOffered: {ID: RuleRegisteredDeliveryNotOffered, Name: "registered-delivery-not-offered", Group: "the provider's own rules", Severity: Note, Max: Warning, Checks: "submit PDU", Ref: "K44", Needs: "fields.registered_delivery"},
	RuleRequiredTlv:                  {ID: RuleRequiredTlv, Name: "required-tlv", Group: "the provider's own rules", Severity: Error, Max: Error, Checks: "submit PDU", Ref: "K53-K55; D27", Needs: "tlvs"},
	RuleMaxBinds:                     {ID: RuleMaxBinds, Name: "max-binds", Group: "the provider's own rules", Severity: Warning, Max: Warning, Checks: "account", Ref: "K11", Needs: "bind.max_binds"},
	RuleCleartextCredentials:         {ID: RuleCleartextCredentials, Name: "cleartext-credentials", Group: "security", Severity: Note, Max: Note, Checks: "bind, outbind", Ref: "D29"},
	RuleCaptureOneSided:              {ID: RuleCaptureOneSided, Name: "capture-one-sided", Group: "the capture itself", Severity: Note, Max: Note, Checks: "connection"},
	RuleCaptureLossy:                 {ID: RuleCaptureLossy, Name: "capture-lossy", Group: "the capture itself", Severity: Note, Max: Note, Checks: "capture"},
	RuleCaptureClock:                 {ID: RuleCaptureClock, Name: "capture-clock", Group: "the capture itself", Severity: Note, Max: Note, Checks: "capture"},
	RuleCaptureDuplicates:            {ID: RuleCaptureDuplicates, Name: "capture-duplicates", Group: "the capture itself", Severity: Note, Max: Note, Checks: "capture"},
}

func (id RuleID) String() string { return Rules[id].Name }

// RuleByName finds a rule by its public name.
func RuleByName(name string) (*Rule, bool) {
	for i := range Rules {
		if Rules[i].Name == name {
			return &Rules[i], true
		}
	}
	return nil, false
}
