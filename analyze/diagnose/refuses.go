package diagnose

import (
	"cmp"
	"slices"
	"strings"

	"smpptap/analyze/audit"
)

// Statuses that name what they refuse, as findings write them.
var (
	ofSource      = []string{"0x0A", "0x48", "0x49"}
	ofDestination = []string{"0x0B", "0x33", "0x50", "0x51"}
	ofTimes       = []string{"0x61", "0x62"}
	ofTLVs        = []string{"0xC0", "0xC1", "0xC2", "0xC3", "0xC4"}
	ofLength      = []string{"0x01"}
	ofClass       = []string{"0x43"}
	ofCommand     = []string{"0x03", "0x04"}
)

// leadsWarning tells that the leading finding is more than a note.
func leadsWarning(g *group) bool { return g.lead.Severity > audit.Note }

// refused is response-refused, which a cause explains by its status.
var refused = rules(audit.RuleResponseRefused)

// withStatus limits the refusals that a cause explains.
func withStatus(statuses []string) func(*group, *audit.Finding) bool {
	return func(_ *group, f *audit.Finding) bool {
		return f.Rule != audit.RuleResponseRefused || hasStatus(f, statuses)
	}
}

// refusal is how many were refused, and what sets them apart.
func refusal(message string) string {
	what := upTo(first(message), ": ")
	if why := sentence(message, "The request shows why: "); why != "" {
		return what + "; all of these have " + strings.TrimPrefix(why, "The request shows why: ")
	}
	return joined(what, sentence(message, "none of the"))
}

func refusedSeen(g *group) string { return refusal(g.lead.Message) }

// contrasts concludes from what sets the refused requests apart.
func contrasts(otherwise string) func(*group) string {
	return func(g *group) string {
		if has(g.lead.Message, "The request shows why: ") || has(g.lead.Message, "none of the") {
			return "No accepted request has it, so this is probably what the server refuses."
		}
		return otherwise
	}
}

// refuses are the causes of refused traffic.
var refuses = []cause{
	{
		id: "D28", title: "Traffic before the bind",
		by: rules(audit.RuleBindMissing), with: rules(audit.RuleGenericNack, audit.RuleResponseRefused, audit.RuleCommandState),
		and:   aboutSame,
		says:  always("The server has to refuse everything before a successful bind."),
		doubt: "The capture does not show enough to say that no bind came before.",
	},
	{
		id: "D28", title: "A second bind in one session",
		by: rules(audit.RuleBindRepeated), with: rules(audit.RuleGenericNack, audit.RuleBindRefused, audit.RuleBindAlreadyBound),
		says: always("Two parts of the client use one connection, or it binds again where it should connect anew."),
	},
	{
		id: "D28", title: "The provider does not offer the operation",
		by:   rules(audit.RuleCommandNotOffered, audit.RuleCommandUndocumented, audit.RuleBindTypeNotOffered),
		with: rules(audit.RuleGenericNack, audit.RuleResponseRefused, audit.RuleBindRefused, audit.RuleCommandIdVersion, audit.RuleResponseMissing),
		and:  aboutSame,
		adds: rules(audit.RuleGenericNack),
		says: either(func(g *group) bool {
			return g.explained(audit.RuleGenericNack, audit.RuleResponseRefused) != nil || has(g.lead.Message, "was refused")
		},
			"The refusal comes from that, not from the content of the request.",
			"The provider may refuse it at any time, also where it answers now."),
	},
	{
		id: "D28", title: "The operation is not allowed in this state",
		by:   rules(audit.RuleCommandState, audit.RuleTrafficAfterUnbind),
		with: rules(audit.RuleGenericNack, audit.RuleResponseRefused),
		and:  aboutSame,
		seen: func(g *group) string { return joined(first(g.lead.Message), second(g.lead.Message)) },
		says: either(leads(audit.RuleTrafficAfterUnbind), "Some sender of the client does not know that the session is over.",
			"The bind type does not fit what the application does on this connection."),
	},
	{
		id: "D28", title: "The other side does not know the command",
		by:   rules(audit.RuleCommandIdUnknown, audit.RuleCommandIdVersion, audit.RuleCommandDirection),
		with: rules(audit.RuleGenericNack, audit.RuleResponseRefused), and: aboutSame,
		says: either(leads(audit.RuleCommandDirection), "The two ends do not agree which of them is the ESME.",
			"A receiver of the agreed version answers it with generic_nack, or closes."),
	},
	{
		id: "D28", title: "Refused as not supported or out of state",
		by: rules(audit.RuleResponseRefused), when: refusedWith(ofCommand...),
		with: rules(audit.RuleGenericNack), and: aboutSame,
		seen: refusedSeen,
		says: either(reads("0x04"), "The server does not take the command over such a session.", "The server does not offer the command."),
	},
	{
		id: "D10", title: "The sender does not fit its TON",
		by: rules(audit.RuleSourceAddress), with: refused, and: withStatus(ofSource), adds: refused,
		says: either(fails, "The server refuses senders of this form.",
			"No refusal of it is in sight; a provider may replace such a sender by another or refuse it."),
	},
	{
		id: "D10", title: "The sender is refused",
		by: rules(audit.RuleResponseRefused), when: refusedWith(ofSource...),
		seen: refusedSeen,
		says: contrasts("No fault of form sets these senders apart from accepted ones: they are probably not registered for the account."),
	},
	{
		id: "D11", title: "The destination is not in international form",
		by: rules(audit.RuleDestinationAddress), with: refused, and: withStatus(ofDestination), adds: refused,
		says: either(fails, "The server refuses numbers of this form.", "No refusal of it is in sight; the message may go astray or be refused."),
	},
	{
		id: "D11", title: "No destination",
		by: rules(audit.RuleAddressEmpty), when: field("destination_addr"), with: refused, and: withStatus(ofDestination),
		says: either(fails, "The server cannot route a message without a number.", "No refusal of it is in sight; the server has nowhere to send it."),
	},
	{
		id: "D11", title: "The destination is refused",
		by: rules(audit.RuleResponseRefused), when: refusedWith(ofDestination...),
		seen: refusedSeen,
		says: contrasts("No fault of form sets these numbers apart from accepted ones: their countries or networks are probably not routed."),
	},
	{
		id: "D25", title: "A time is malformed or refused",
		by: rules(audit.RuleTimeFormat, audit.RuleTimeOrder), with: refused, and: withStatus(ofTimes), adds: refused,
		says: either(leads(audit.RuleTimeFormat), "The server cannot read it; one that does not refuse it takes its own default.",
			"The zone or the clock of the sender is probably wrong."),
	},
	{
		id: "D25", title: "A time is refused",
		by: rules(audit.RuleResponseRefused), when: refusedWith(ofTimes...),
		seen: refusedSeen,
		says: contrasts("The time is well formed: the provider has a limit for it, or wants it empty."),
	},
	{
		id: "D27", title: "A TLV that the provider requires is missing or malformed",
		by: rules(audit.RuleRequiredTlv), with: refused, and: withStatus(append(ofTLVs, "0x45")), adds: refused,
		seen: requiredSeen,
		says: either(explains(audit.RuleResponseRefused), "The refusals are probably due to it.",
			"The operator behind the provider discards such messages, some time later and without a refusal."),
	},
	{
		id: "D27", title: "A TLV is malformed or out of place",
		by:   rules(audit.RuleTlvTruncated, audit.RuleTlvLength, audit.RuleTlvMissing, audit.RuleTlvValue, audit.RuleTlvNotAllowed, audit.RuleTlvRepeated),
		with: append(rules(audit.RuleGenericNack, audit.RuleConcatPartInvalid), refused...),
		and: func(g *group, f *audit.Finding) bool {
			if f.Rule == audit.RuleConcatPartInvalid {
				return zeroInSAR(g, f)
			}
			return aboutSame(g, f) && withStatus(ofTLVs)(g, f)
		},
		adds: append(rules(audit.RuleConcatPartInvalid), refused...),
		says: func(g *group) string {
			switch {
			case g.lead.Rule == audit.RuleTlvTruncated:
				return "The receiver cannot read the rest of the PDU."
			case g.explained(audit.RuleConcatPartInvalid) != nil:
				return "A strict receiver refuses the PDU, another one does not put the message together."
			}
			return "A strict receiver refuses the PDU, another one ignores the TLV."
		},
	},
	{
		id: "D27", title: "TLVs are refused",
		by: rules(audit.RuleResponseRefused), when: refusedWith(ofTLVs...),
		seen: refusedSeen,
		says: contrasts("No TLV is malformed: the provider wants one that is missing, or another value."),
	},
	{
		id: "D16", title: "A text is longer than one segment",
		by: rules(audit.RuleMessageTooLong), with: refused, and: withStatus(ofLength), adds: refused,
		says: either(fails, "The server does not split or accept such a text.", "The part does not fit behind its header: it is cut, or the message is not put together."),
	},
	{
		id: "D16", title: "A text is refused for its length",
		by: rules(audit.RuleResponseRefused), when: refusedWith(ofLength...),
		seen: refusedSeen,
		says: contrasts("The lengths are legal: the provider's limit is lower."),
	},
	{
		id: "D30", title: "More requests open than the server takes",
		by: rules(audit.RuleThrottled, audit.RuleResponseRefused), least: audit.Note,
		when: func(_ *desk, f *audit.Finding) bool {
			return has(f.Message, "requests are open, none") || has(f.Message, "requests open at once, none")
		},
		with: rules(audit.RuleThrottleIgnored, audit.RuleWindowExceeded),
		seen: func(g *group) string {
			return joined(upTo(first(g.lead.Message), ": "), upTo(sentence(g.lead.Message, "none of the"), ": the limit"))
		},
		says:   always("The server takes so many requests at once and refuses what goes beyond; it is not the rate."),
		remedy: "Set the client's window to that number, or ask the provider for a larger one.",
	},
	{
		id: "D03", title: "The destination's queue is full",
		by: rules(audit.RuleThrottled), when: func(_ *desk, f *audit.Finding) bool { return has(f.Message, "All went to one destination") },
		seen: func(g *group) string { return first(g.lead.Message) + ", all to one destination" },
		says: always("Messages pile up for that subscriber; the account's rate is probably not the reason."),
	},
	{
		id: "D03", title: "The account sends faster than it may",
		by: rules(audit.RuleThrottled), with: rules(audit.RuleThrottleIgnored, audit.RuleRateExceeded),
		adds: rules(audit.RuleRateExceeded),
		seen: throttledSeen,
		says: func(g *group) string {
			says := "The server takes less than the client sends"
			if has(g.lead.Message, "the limit lies between") {
				says = "The account's limit lies between these rates"
			}
			if g.explained(audit.RuleThrottleIgnored) != nil {
				return says + "; the client goes on as fast as before, so the refusals go on."
			}
			return says + "."
		},
	},
	{
		id: "D03", title: "The account sends faster than agreed",
		by:   rules(audit.RuleRateExceeded),
		says: always("The server may begin to throttle at any time."),
	},
	{
		id: "D30", title: "More requests open than allowed",
		by:   rules(audit.RuleWindowExceeded),
		says: always("The server may refuse or stop reading what goes beyond its window."),
	},
	{
		id: "D20", title: "The client refuses deliveries",
		by: rules(audit.RuleDeliverRefused), with: rules(audit.RuleDeliverRepeated), adds: rules(audit.RuleDeliverRepeated),
		says: either(explains(audit.RuleDeliverRepeated), "The server sends them again as long as they are refused, and keeps others waiting.",
			"The server drops them, or sends them again later."),
	},
	{
		id: "D20", title: "The client does not answer deliveries",
		by: rules(audit.RuleDeliverUnanswered), with: rules(audit.RuleDeliverRepeated, audit.RuleConnectionReset, audit.RuleClosedWhileOutstanding),
		adds: rules(audit.RuleDeliverRepeated),
		says: func(g *group) string {
			switch {
			case late(g):
				return "The client works too slowly; the server may take these deliveries for failed."
			case g.explained(audit.RuleDeliverRepeated) != nil:
				return "The client probably cannot read or process them; the server sends them again and keeps others waiting."
			}
			return "The client probably cannot read or process them."
		},
		doubt: "The capture does not show enough to say that the answers did not come.",
	},
	{
		id: "D20", title: "The server delivers again and again",
		by:   rules(audit.RuleDeliverRepeated),
		says: always("The server takes the delivery for failed, so the client must tell repetitions from new messages."),
	},
	{
		id: "D09", title: "The other side stumbles over the body of a refusal",
		by: rules(audit.RuleBodyOnError), with: rules(audit.RuleGenericNack, audit.RuleUnbindMissing, audit.RuleConnectionReset),
		and: aboutSame,
		says: either(reads("sent generic_nack"), "The parser of the other side probably does not expect a body in a failed response.",
			"It may have been done, or its parser does not expect a body in a failed response."),
	},
	{
		id: "D09", title: "The other side stumbles over a refusal without a body",
		by: rules(audit.RuleBodyExpected), least: audit.Note,
		with: rules(audit.RuleGenericNack, audit.RuleUnbindMissing, audit.RuleConnectionReset, audit.RuleClosedWhileOutstanding, audit.RuleResponseMissing),
		and:  aboutSame,
		says: either(leadsWarning, "Its parser probably insists on a message_id, which a failed response need not have.",
			"It may have been done, or its parser insists on a message_id, which a failed response need not have."),
	},
	{
		id: "D28", title: "A PDU is answered with generic_nack",
		by: rules(audit.RuleGenericNack),
		seen: func(g *group) string {
			if likely(g) != "" {
				return first(g.lead.Message)
			}
			return joined(first(g.lead.Message), second(g.lead.Message))
		},
		says: func(g *group) string {
			return cmp.Or(likely(g), "The receiver could not take that PDU at all") + "; a client that does not expect generic_nack waits on."
		},
	},
}

// likely is the sentence that says what a generic_nack refuses where its number
// does not tell.
func likely(g *group) string { return sentence(g.lead.Message, "most likely") }

// zeroInSAR tells a part or a total that is invalid for being 0 in a TLV, where
// 0 is no value either.
func zeroInSAR(g *group, f *audit.Finding) bool {
	zero := strings.HasPrefix(f.Seen, "part 0 ") || strings.HasSuffix(f.Seen, " of 0")
	return zero && f.Field == "sar_segment_seqnum" && slices.ContainsFunc(g.by, func(v *audit.Finding) bool {
		return v.Connection == f.Connection && (v.Field == "sar_total_segments" || v.Field == f.Field)
	})
}

// throttledSeen are the refusals, the rates and what the client did.
func throttledSeen(g *group) string {
	m := g.lead.Message
	rates := upTo(sentence(m, " submits"), ": the limit")
	again := sentence(m, "ent again")
	return joined(first(m), rates, again)
}

// aboutSame leaves answers alone that are to another command than the leading
// finding names.
func aboutSame(g *group, f *audit.Finding) bool {
	switch f.Rule {
	case audit.RuleGenericNack, audit.RuleResponseRefused, audit.RuleResponseMissing, audit.RuleBindRefused, audit.RuleCommandIdVersion, audit.RuleCommandState:
		name := commandIn(g.lead.Message)
		return name != "" && commandIn(f.Message) == name
	}
	return true
}

// requiredSeen names all TLVs that are missing or malformed.
func requiredSeen(g *group) string {
	var others []string
	for _, f := range g.by {
		if f.Wanted != g.lead.Wanted && !slices.Contains(others, f.Wanted) {
			others = append(others, f.Wanted)
		}
	}
	if len(others) == 0 {
		return first(g.lead.Message)
	}
	return first(g.lead.Message) + ", likewise " + strings.Join(others, ", ")
}
