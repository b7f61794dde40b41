package diagnose

import (
	"strings"

	"smpptap/analyze/audit"
)

// lost are what comes of a peer that is gone.
var lost = rules(audit.RuleResponseMissing, audit.RuleDeliverUnanswered, audit.RuleUnbindUnanswered,
	audit.RuleClosedWhileOutstanding, audit.RuleConnectionReset, audit.RuleUnbindMissing)

// ends are the causes that end a link.
var ends = []cause{
	{
		id: "D26", title: "The receiver takes a packet for a PDU",
		by: rules(audit.RuleDeliverUnanswered, audit.RuleResponseMissing, audit.RuleEnquireLinkUnanswered, audit.RuleGenericNack), least: audit.Warning,
		when: func(_ *desk, f *audit.Finding) bool {
			return has(f.Message, packedBehind) || has(f.Message, packedSplit)
		},
		apart: func(_ *desk, f *audit.Finding) string { return sentence(f.Message, "answered ones did") },
		with:  append(rules(audit.RuleDeliverUnanswered, audit.RuleEnquireLinkUnanswered, audit.RuleGenericNack, audit.RuleDeliverRepeated), lost...),
		seen: func(g *group) string {
			return joined(upTo(first(g.lead.Message), ": it "), sentence(g.lead.Message, "answered ones did"))
		},
		says: either(reads(packedBehind), "It reads one PDU of a packet and loses those behind it.",
			"It does not wait for the rest of a PDU that comes in a further packet."),
		remedy: "Have the receiver cut the stream of octets by command_length alone: TCP packets are no borders between PDUs.",
	},
	{
		id: "D26", title: "The receiver breaks off when a PDU is split",
		by:   rules(audit.RuleSplitNotTaken),
		wide: rules(audit.RuleClosedWhileOutstanding, audit.RuleConnectionReset, audit.RuleUnbindMissing, audit.RuleFramingTruncated, audit.RuleResponseMissing),
		and: func(_ *group, f *audit.Finding) bool {
			return f.Rule != audit.RuleResponseMissing || has(f.Message, "before the connection ended")
		},
		says:   always("It probably takes what one read gives it for a whole PDU, and loses its place when the rest comes in a further packet."),
		remedy: "Have the receiver cut the stream of octets by command_length alone: TCP packets are no borders between PDUs.",
	},
	{
		id: "D26", title: "A connection ended inside a PDU",
		by: rules(audit.RuleFramingTruncated), with: lost,
		says: always("The receiver never had that PDU whole, so it did not process it: the sender crashed, gave up or closed too early."),
	},
	{
		id: "D05", title: "Probes are answered under another number",
		by:   rules(audit.RuleEnquireLinkUnanswered),
		when: answeredElse,
		with: rules(audit.RuleResponseUnmatched, audit.RuleConnectionReset, audit.RuleUnbindMissing, audit.RuleClosedWhileOutstanding),
		and: func(_ *group, f *audit.Finding) bool {
			return f.Rule != audit.RuleResponseUnmatched || has(f.Message, "enquire_link_resp")
		},
		says:   always("The other side is alive but does not echo sequence_number, so its answers count for nothing."),
		remedy: "Answer every enquire_link with its own sequence_number.",
	},
	{
		id: "D05", title: "Probes are acknowledged by TCP, but not answered",
		by:   rules(audit.RuleEnquireLinkUnanswered),
		when: func(_ *desk, f *audit.Finding) bool { return has(f.Message, "its TCP acknowledged the probe") },
		with: append(rules(audit.RuleIdleNearLimit), lost...),
		seen: func(g *group) string {
			return joined(first(g.lead.Message), "TCP acknowledged them, and no octet came back")
		},
		says: always("The path and the host are alive, so the application hangs or does not answer probes."),
	},
	{
		id: "D05", title: "The path is dead",
		by:   rules(audit.RuleEnquireLinkUnanswered),
		when: func(_ *desk, f *audit.Finding) bool { return has(f.Message, "no acknowledgement came") },
		with: append(rules(audit.RuleIdleNearLimit), lost...),
		seen: func(g *group) string {
			_, again, _ := strings.Cut(sentence(g.lead.Message, "Nothing at all came"), ": ")
			return joined(first(g.lead.Message), upTo(again, ", so the path"))
		},
		says:   always("The path or the other host is dead; who probes should close and connect anew when a probe stays unanswered."),
		remedy: "Find where the path or the host is down; have the probing side close and connect anew when a probe stays unanswered.",
	},
	{
		id: "D05", title: "Probes are not answered: nothing comes back",
		by:     rules(audit.RuleEnquireLinkUnanswered),
		when:   func(_ *desk, f *audit.Finding) bool { return has(f.Message, "Nothing at all came") },
		with:   append(rules(audit.RuleIdleNearLimit), lost...),
		remedy: "Find where the path or the host is down; have the probing side close and connect anew when a probe stays unanswered.",
		says:   always("The path is dead or the other end hangs; the side that probes should close and connect anew after the response time."),
	},
	{
		id: "D05", title: "Probes are not answered",
		by:   rules(audit.RuleEnquireLinkUnanswered),
		with: rules(audit.RuleConnectionReset, audit.RuleUnbindMissing, audit.RuleClosedWhileOutstanding),
		and:  func(g *group, _ *audit.Finding) bool { return !late(g) },
		says: func(g *group) string {
			switch {
			case late(g):
				return "The other side was slow or stuck, not gone; a prober that does not wait so long would have dropped the link."
			case has(g.lead.Message, "the path is alive"):
				return "The path is alive, so the other application does not answer probes, or is stuck."
			}
			return "The other side had stopped answering before the connection ended."
		},
		doubt: "The capture does not show enough to say that the answers did not come.",
	},
	{
		id: "D04", title: "The server closed an idle link",
		by:   rules(audit.RuleIdleDisconnect),
		with: rules(audit.RuleEnquireLinkMissing, audit.RuleIdleNearLimit, audit.RuleConnectionReset, audit.RuleUnbindMissing),
		says: either(reads("sent no enquire_link"), "The provider drops silent links, and the client does not probe.",
			"The provider drops silent links, and the client probes too seldom."),
		remedy: "Have the client send enquire_link at the provider's interval, on every connection by itself.",
	},
	{
		id: "D04", title: "Idle links are cut at one age",
		by:   rules(audit.RuleIdleClosePattern),
		wide: rules(audit.RuleEnquireLinkMissing, audit.RuleConnectionReset, audit.RuleUnbindMissing),
		seen: func(g *group) string { return upTo(first(g.lead.Message), ": an idle timer") },
		says: always("An idle timer in between, probably of a firewall or NAT, or of the end that closed."),
	},
	{
		id: "D04", title: "The client does not probe an idle link",
		by:    rules(audit.RuleEnquireLinkMissing, audit.RuleIdleNearLimit),
		apart: func(*desk, *audit.Finding) string { return "" },
		with:  rules(audit.RuleIdleNearLimit),
		seen:  func(g *group) string { return upTo(upTo(first(g.lead.Message), ", and the server closes"), ": ") },
		says: either(reads("the server closes"), "The provider drops a link that stays silent, and a dead path goes unnoticed.",
			"A dead path goes unnoticed until the next request, and a device in between may drop the link."),
		remedy: "Have the client send enquire_link at the provider's interval, on every connection by itself.",
	},
	{
		id: "D02", title: "unbind is not answered",
		by: rules(audit.RuleUnbindUnanswered), with: rules(audit.RuleConnectionReset, audit.RuleClosedWhileOutstanding),
		says:  always("The other side ignores unbind, so both count the session for longer than it lives; the next bind may be refused as one too many."),
		doubt: "The capture does not show enough to say that the answer did not come.",
	},
	{
		id: "D20", title: "The client closes when a delivery comes",
		by:   rules(audit.RuleDeliverRepeated),
		when: closedOnDelivery,
		wide: append(rules(audit.RuleDeliverUnanswered), lost...),
		adds: rules(audit.RuleClosedWhileOutstanding),
		says: always("The client probably cannot read this delivery: it gives the connection up, and the server sends the same one again and keeps others waiting."),
	},
	{
		id: "D19", title: "Closed with requests open",
		by:   rules(audit.RuleClosedWhileOutstanding),
		with: rules(audit.RuleResponseMissing, audit.RuleDeliverUnanswered, audit.RuleConnectionReset),
		and: func(_ *group, f *audit.Finding) bool {
			return f.Rule == audit.RuleConnectionReset || has(f.Message, "before the connection ended")
		},
		seen: func(g *group) string { return first(g.lead.Message) },
		says: always("Whether these requests were carried out is not known: repeating them may deliver twice, not repeating may lose them."),
	},
}

// What findings say of unanswered requests that differ from the answered ones
// by their place in the packets.
const (
	packedBehind = "requests shared a packet with the end of the PDU before it"
	packedSplit  = "requests came in more than one packet"
)

// closedOnDelivery tells that the client closed a connection with a delivery
// unanswered, on one of the account's connections.
func closedOnDelivery(d *desk, f *audit.Finding) bool {
	is := func(x *audit.Finding) bool {
		return x.Rule == audit.RuleClosedWhileOutstanding && has(x.Message, "The ESME ") && has(x.Message, "deliver_sm of the SMSC")
	}
	for _, a := range d.accounts[f.Connection] {
		for _, c := range d.ofAccount[a] {
			if d.anyOn(c, is) {
				return true
			}
		}
	}
	return d.anyOn(f.Connection, is)
}

// late tells that an answer came, but late.
func late(g *group) bool {
	return has(g.lead.Message, "answered after") || has(g.lead.Message, "answered later")
}

// answeredElse tells that answers came whose numbers are no request's.
func answeredElse(d *desk, f *audit.Finding) bool {
	if has(f.Message, "it sent enquire_link_resp under number") {
		return true
	}
	return !has(f.Message, "Nothing at all came") && d.anyOn(f.Connection, func(x *audit.Finding) bool {
		return x.Rule == audit.RuleResponseUnmatched && x.Severity == audit.Error && has(x.Message, "sent enquire_link_resp")
	})
}
