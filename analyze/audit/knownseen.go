package audit

// otherSeen are the rules whose findings show something else in every run: a
// time that was measured, a count, an address, an id or the text of a message,
// of the first occurrence that is folded into them. Of the others what was
// seen tells one fault from another: a status, a command, a value of a bind.
var otherSeen = [ruleCount]bool{
	RuleFramingLengthSmall: true, RuleFramingLengthLarge: true, RuleFramingGarbage: true, RuleFramingTruncated: true,
	RuleStreamConflict: true,
	RuleSequenceRange:  true, RuleSequenceReused: true, RuleSequenceOrder: true, RuleResponseUnmatched: true, RuleResponseSlow: true,
	RuleMessageIdV33: true, RuleBodyTruncated: true, RuleBodyTrailing: true, RuleBodyOnError: true,
	RuleStringUnterminated: true, RuleStringTooLong: true, RuleStringCharset: true,
	RuleTimeFormat: true, RuleTimeOrder: true, RuleSmLengthLarge: true, RuleDestinationsCount: true,
	RuleTlvTruncated: true, RuleTlvLength: true, RuleTlvValue: true, RuleTlvMissing: true, RuleTlvUnknown: true,
	RulePayloadAndText: true, RuleMessageTooLong: true, RuleUdhMalformed: true, RuleUdhNotFlagged: true, RuleSarAndUdh: true,
	RuleConcatPartInvalid: true, RuleConcatPartMissing: true, RuleConcatInconsistent: true, RuleConcatReferenceReused: true,
	RuleTextOddOctets: true, RuleTextByteOrder: true, RuleTextSurrogate: true, RuleTextNotGsm: true, RuleTextNotAscii: true,
	RuleTextAsciiAsGsm: true, RuleTextWindows1252: true, RuleDuplicateSubmit: true,
	RuleReceiptUnmatched: true, RuleReceiptIdFormat: true, RuleReceiptStateMismatch: true, RuleReceiptConflict: true,
	RuleReceiptDuplicate: true, RuleReceiptBeforeResponse: true,
	RuleBindTimeout: true, RuleBindStorm: true, RuleClosedWhileOutstanding: true,
	RuleEnquireLinkMissing: true, RuleEnquireLinkLate: true, RuleIdleNearLimit: true, RuleIdleDisconnect: true,
	RuleIdleLimitNotEnforced: true, RuleIdleClosePattern: true,
	RuleThrottleIgnored: true, RuleWindowExceeded: true,
	RuleMessageIdUnknown: true, RuleSourceAddress: true, RuleDestinationAddress: true, RuleRequiredTlv: true, RuleMaxBinds: true,
	RuleReceiptElsewhere: true, RuleReceiptJustBehind: true, RuleMessageIdRepeated: true,
	RuleTextNotConverted: true, RulePartsNeedless: true, RuleReceiptLayout: true,
	RuleCaptureLossy: true, RuleCaptureClock: true, RuleCaptureDuplicates: true,
}

// SameSeen gives what of Seen is the same when the same fault is found in
// another capture; empty: nothing.
func (f *Finding) SameSeen() string {
	if f.Own == nil && f.Rule < RuleOwn && otherSeen[f.Rule] && f.Seen != "none" { // which is no value
		return ""
	}
	return f.Seen
}
