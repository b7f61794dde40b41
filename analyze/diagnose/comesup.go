package diagnose

import (
	"slices"
	"strings"

	"smpptap/analyze/audit"
)

// binding are what comes of a bind that fails; a bind of an account and client
// that fails often fails for one cause.
var (
	unbound = rules(audit.RuleBindUnanswered, audit.RuleBindTimeout, audit.RuleGenericNack, audit.RuleConnectionReset,
		audit.RuleClosedWhileOutstanding, audit.RuleUnbindMissing, audit.RuleFramingTruncated,
		audit.RuleEnquireLinkUnanswered, audit.RuleResponseMissing)
	storm = rules(audit.RuleBindStorm)
)

// comesUp are the causes that keep a link from coming up.
var comesUp = []cause{
	{
		id: "D29", title: "Plain text against TLS",
		by:   rules(audit.RuleFramingGarbage),
		when: func(_ *desk, f *audit.Finding) bool { return has(f.Message, "answers with a TLS alert") },
		with: append(rules(audit.RuleFramingTruncated), unbound...),
		adds: rules(audit.RuleBindUnanswered),
		says: always("The port is one for TLS, and the client does not speak it."),
	},
	{
		id: "D26", title: "The boundary between PDUs is lost",
		by:    rules(audit.RuleFramingLengthSmall, audit.RuleFramingLengthLarge, audit.RuleFramingGarbage),
		apart: func(_ *desk, f *audit.Finding) string { return f.Rule.String() + f.Seen },
		adds:  rules(audit.RuleBindUnanswered, audit.RuleConnectionReset),
		with: append(rules(audit.RuleFramingTruncated, audit.RuleBindUnanswered, audit.RuleGenericNack, audit.RuleCommandIdUnknown,
			audit.RuleEnquireLinkUnanswered), lost...),
		says: either(leads(audit.RuleFramingGarbage),
			"A receiver that takes these octets for a header does not find the PDUs behind them.",
			"The length is not the PDU's: a receiver waits for octets that never come, or takes the next PDUs for a body."),
	},
	{
		id: "D29", title: "Another protocol on the SMPP port",
		by:   rules(audit.RuleFramingNotSmpp),
		with: append(rules(audit.RuleFramingGarbage), unbound...),
		says: always("What speaks there is no SMPP peer: a wrong address or port, or a check that speaks its own protocol."),
	},
	{
		id: "D29", title: "TLS against plain text",
		by: rules(audit.RuleFramingNotSmpp), least: audit.Note,
		when:   tlsToPlain,
		says:   always("The same port takes plain SMPP from other connections, so a client that speaks TLS to it is probably set up wrongly."),
		remedy: "Switch TLS off in that client, or use the provider's TLS port.",
	},
	{
		id: "D07", title: "A value of the bind is longer than its field",
		by:    rules(audit.RuleStringTooLong),
		when:  ofBind,
		apart: func(_ *desk, f *audit.Finding) string { return f.Field },
		with:  append(rules(audit.RuleBindRefused, audit.RuleBindUnanswered), misread...), wide: storm,
		and:  broken,
		adds: rules(audit.RuleBodyTruncated, audit.RuleStringUnterminated, audit.RuleBindRefused, audit.RuleBindUnanswered),
		says: func(g *group) string {
			switch {
			case g.explained(audit.RuleBodyTruncated, audit.RuleStringUnterminated) != nil:
				return "The value has no NUL of its own, so a receiver reads the next field as part of it, and the rest at other places."
			case has(g.lead.Message, "refused with") || g.explained(audit.RuleBindRefused, audit.RuleBindUnanswered) != nil:
				return "The server cuts or refuses a value that does not fit, so the bind probably failed for it."
			}
			return "No refusal of it is in sight; a server that holds to the specification cuts or refuses such a value."
		},
	},
	{
		id: "D07", title: "The bind's fields are not where they should be",
		by:   rules(audit.RuleStringUnterminated, audit.RuleBodyTruncated, audit.RuleBodyTrailing),
		when: ofBind,
		with: append(rules(audit.RuleBindRefused, audit.RuleBindUnanswered), misread...), wide: storm,
		and:  broken,
		adds: rules(audit.RuleBindRefused, audit.RuleBindUnanswered),
		says: either(leads(audit.RuleBodyTrailing), "A receiver that counts octets may refuse the bind.",
			"A receiver reads the fields at other places than the sender wrote them, so it cannot accept the bind."),
	},
	{
		id: "D08", title: "Wrong system_type in the bind",
		by: rules(audit.RuleSystemType), least: audit.Error,
		with: rules(audit.RuleBindRefused), wide: append(rules(audit.RuleBindRefused), storm...),
		adds: storm,
		and:  sameRefusal,
		says: func(g *group) string {
			if slices.ContainsFunc(g.by, func(f *audit.Finding) bool { return has(f.Message, "refused with 0x53") }) {
				return "The status 0x53 names system_type, so this is the cause."
			}
			return "The status gives no reason; of what the bind shows, the system_type is wrong."
		},
	},
	{
		id: "D08", title: "system_type refused",
		by: rules(audit.RuleBindRefused), when: refusedWith("0x53"),
		with: rules(audit.RuleSystemType), wide: append(rules(audit.RuleBindRefused), storm...), adds: storm,
		and:  sameType,
		seen: bindSeen,
		says: always("The status names system_type: the server wants another value for this account."),
	},
	{
		id: "D02", title: "The account is bound already",
		by:    rules(audit.RuleBindAlreadyBound),
		apart: byAccount,
		wide:  append(rules(audit.RuleMaxBinds, audit.RuleEnquireLinkMissing, audit.RuleIdleNearLimit), storm...), with: rules(audit.RuleConnectionReset, audit.RuleUnbindMissing),
		and:  ofOldLink,
		adds: storm,
		seen: func(g *group) string { return joined(first(g.lead.Message), upTo(second(g.lead.Message), ": ")) },
		says: alreadyBound,
	},
	{
		id: "D06", title: "The bind was refused",
		by:    rules(audit.RuleBindRefused),
		apart: func(d *desk, f *audit.Finding) string { return f.Seen + byAccount(d, f) },
		with:  rules(audit.RuleSystemIdEmpty, audit.RulePasswordEmpty, audit.RuleStringCharset, audit.RuleConnectionReset),
		wide:  storm, adds: storm,
		seen: bindSeen,
		says: refusedBind,
	},
	{
		id: "D06", title: "The bind lacks credentials",
		by:   rules(audit.RuleSystemIdEmpty, audit.RulePasswordEmpty),
		says: always("No refusal of it is in sight; the provider may refuse such a bind at any time."),
	},
	{
		id: "D29", title: "Nothing answers the bind",
		by: rules(audit.RuleBindUnanswered), with: unbound, wide: storm, adds: storm,
		says: either(reads("only after"), "The server is slow to answer a bind, or overloaded.",
			"Something takes the connection but does not speak SMPP to this client: a TLS port, a wrong port, an allow-list, or a server that is not ready."),
		doubt: "The capture does not show enough to say that the answer did not come.",
	},
	{
		id: "D02", title: "Reconnects without a pause",
		by:   rules(audit.RuleBindStorm),
		says: always("The client tries again at once whenever a session fails; servers lock accounts for that."),
	},
	{
		id: "D02", title: "More binds than the account may have",
		by:   rules(audit.RuleMaxBinds),
		says: always("The provider may refuse the next bind or drop one of these."),
	},
	{
		id: "D29", title: "No bind",
		by: rules(audit.RuleBindTimeout), with: rules(audit.RuleConnectionReset),
		says: either(reads("came only"), "A server that enforces its timer closes before such a bind.",
			"Whoever dialled waits for something or only checks that the port is open."),
		doubt: "The capture does not show enough to say that no bind came.",
	},
	{
		id: "D29", title: "The server closes the connections of one address",
		by: rules(audit.RuleAddressTurnedAway), least: audit.Note,
		seen: func(g *group) string { return joined(first(g.lead.Message), second(g.lead.Message)) },
		says: either(leadsWarning, "It lets others in, so an allow-list that lacks this address is likely.",
			"An allow-list that lacks this address, or no room for a further connection: which of the two does not show."),
	},
	{
		id: "D29", title: "Connected, and not a word",
		by: rules(audit.RuleConnectionSilent), least: audit.Note,
		when: func(d *desk, f *audit.Finding) bool { return len(d.servers) == 0 && !has(f.Message, "They come every") },
		says: always("No connection in sight got as far as a bind: the server may refuse this address (allow-list), or the client expects TLS or a greeting; a monitor looks the same."),
	},
	{
		id: "D08", title: "TLVs in a session of version 3.3",
		by:   rules(audit.RuleTlvBeforeV34),
		with: rules(audit.RuleInterfaceVersion, audit.RuleTransceiverBeforeV34, audit.RuleVersionDisagreement),
		adds: rules(audit.RuleInterfaceVersion),
		says: always("The version that the bind agreed on has no TLVs: the server may drop them, or refuse the PDU."),
	},
	{
		id: "D08", title: "Wrong interface_version in the bind",
		by:   rules(audit.RuleInterfaceVersion),
		with: rules(audit.RuleTransceiverBeforeV34, audit.RuleVersionDisagreement),
		says: either(reads("0x22 is 34 in decimal"), "The number was meant as 3.4 and written in the wrong base: the session is one of version 3.3.",
			"The server takes the session for an older version, with fewer commands and no TLVs."),
	},
	{
		id: "D08", title: "A transceiver bind below version 3.4",
		by: rules(audit.RuleTransceiverBeforeV34), with: rules(audit.RuleInterfaceVersion, audit.RuleVersionDisagreement),
		says: always("The session is one of an older version, which has no transceivers: a server may refuse the bind or leave receipts away."),
	},
	{
		id: "D08", title: "system_type is not the provider's",
		by:   rules(audit.RuleSystemType),
		says: always("No refusal names it here; the provider's other servers may refuse it."),
	},
}

// tlsToPlain: TLS was spoken to a server that carried plain SMPP.
func tlsToPlain(d *desk, f *audit.Finding) bool {
	_, rest, _ := strings.Cut(f.Message, " to ")
	server, _, _ := strings.Cut(rest, " carries TLS")
	return f.Seen == "TLS" && d.servers[server]
}

// ofBind tells findings about octets of a bind request.
func ofBind(_ *desk, f *audit.Finding) bool {
	for _, bind := range [...]string{"bind_transceiver", "bind_transmitter", "bind_receiver"} {
		if has(f.Message, bind) {
			return !has(f.Message, bind+"_resp")
		}
	}
	return f.Field == "password" || f.Field == "system_type"
}

// misread are what comes of reading fields at the wrong place.
var misread = rules(audit.RuleStringUnterminated, audit.RuleBodyTruncated, audit.RuleBodyTrailing, audit.RuleSystemType,
	audit.RuleInterfaceVersion, audit.RuleTransceiverBeforeV34)

// broken leaves fields alone that stand at their place: only in a bind whose
// body ends early does the rest stand elsewhere.
func broken(g *group, f *audit.Finding) bool {
	switch {
	case !isOne(f.Rule, misread):
		return true
	case f.Rule == audit.RuleStringUnterminated || f.Rule == audit.RuleBodyTruncated || f.Rule == audit.RuleBodyTrailing:
		return ofBind(g.desk, f)
	}
	return g.anyOn(f.Connection, func(x *audit.Finding) bool {
		return (x.Rule == audit.RuleStringUnterminated || x.Rule == audit.RuleBodyTruncated) && ofBind(g.desk, x)
	})
}

// sameRefusal leaves refusals alone that are another cause's.
func sameRefusal(g *group, f *audit.Finding) bool {
	word, _, _ := strings.Cut(f.Seen, " ")
	return f.Rule != audit.RuleBindRefused ||
		slices.ContainsFunc(g.by, func(x *audit.Finding) bool { return has(x.Message, "refused with "+word) })
}

// sameType leaves refusals alone that name a reason, or are of another
// system_type.
func sameType(g *group, f *audit.Finding) bool {
	return f.Rule != audit.RuleBindRefused || hasStatus(f, []string{"0x0D"}) && systemType(f) == systemType(g.lead)
}

func systemType(f *audit.Finding) string {
	_, rest, _ := strings.Cut(f.Message, "; interface_version")
	return strings.TrimSuffix(strings.TrimPrefix(f.Message[max(strings.Index(f.Message, "system_type "), 0):], "system_type "), rest)
}

func byAccount(d *desk, f *audit.Finding) string {
	for _, a := range d.accounts[f.Connection] {
		return a.server + " " + a.system
	}
	return ""
}

// bindSeen is the refusal and what the bind shows.
func bindSeen(g *group) string {
	shows := strings.TrimPrefix(sentence(g.lead.Message, "Seen in the bind: "), "Seen ")
	return joined(first(g.lead.Message), shows)
}

// second is the sentence behind the first.
func second(message string) string {
	if all := sentences(message); len(all) > 1 {
		return all[1]
	}
	return ""
}

// ofOldLink leaves silence alone where no silent link holds the account.
func ofOldLink(g *group, f *audit.Finding) bool {
	switch f.Rule {
	case audit.RuleEnquireLinkMissing, audit.RuleIdleNearLimit:
		return has(g.lead.Message, "never closed")
	case audit.RuleUnbindMissing:
		return f.Time >= g.lead.Time
	}
	return true
}

func alreadyBound(g *group) string {
	if _, why, ok := strings.Cut(second(g.lead.Message), ": "); ok {
		return capital(strings.Replace(why, "counts it", "counts that connection", 1)) + "."
	}
	return "The server holds one session too many for this bind."
}

// refusedBind says what the status leaves open.
func refusedBind(g *group) string {
	const elsewhere = " The same system_id is bound from another address, so an allow-list of addresses is likely."
	says := "The status does not say which value is wrong: one of those listed, or the account itself."
	switch meaning := strings.TrimPrefix(sentence(g.lead.Message, "It means: "), "It means: "); {
	case hasStatus(g.lead, []string{"0x0E"}):
		says = "The server does not take the password; it is not shown here."
	case hasStatus(g.lead, []string{"0x0F"}):
		says = "The server does not take the system_id; some servers say so of a wrong interface_version or address too."
	case meaning != "" && !hasStatus(g.lead, []string{"0x0D", "0x08"}):
		says = "The server says: " + strings.ToLower(meaning[:1]) + meaning[1:] + "."
	}
	if has(g.lead.Message, "an allow-list of addresses?") {
		return upTo(says, ".") + ";" + lower(elsewhere[:1]) + lower(elsewhere[1:])
	}
	return says
}
