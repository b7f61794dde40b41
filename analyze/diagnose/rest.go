package diagnose

import (
	"strings"

	"smpptap/analyze/audit"
)

// rest are the causes of what goes wrong on a link that works.
var rest = []cause{
	{
		id: "D18", title: "Sequence numbers are not echoed or not unique",
		by:   rules(audit.RuleResponseUnmatched, audit.RuleResponseWrongType, audit.RuleSequenceReused, audit.RuleSequenceZero, audit.RuleSequenceRange),
		with: rules(audit.RuleResponseMissing), and: func(g *group, f *audit.Finding) bool { return leads(audit.RuleResponseUnmatched)(g) },
		adds: rules(audit.RuleResponseMissing),
		says: func(g *group) string {
			switch g.lead.Rule {
			case audit.RuleResponseUnmatched:
				if has(g.lead.Message, "octets swapped") {
					return "The answering side writes the number in the wrong byte order."
				}
				if has(g.lead.Message, "; the request has number") {
					return "The answering side does not echo the number, so the requester waits on for its answer."
				}
				return "The answering side counts on its own, or answers on another connection; the requester cannot tell which request it means."
			case audit.RuleResponseWrongType:
				return "The answering side mixes up its requests, so what it answered is not certain."
			case audit.RuleSequenceReused:
				return "The answers to requests that share a number cannot be told apart."
			}
			return "A strict receiver refuses such a number or cannot answer it."
		},
	},
	{
		id: "D19", title: "Requests are answered twice",
		by:   rules(audit.RuleResponseDuplicate),
		says: always("The answering side, or a proxy in between, repeats its answer; a client may take the second one for another request's."),
	},
	{
		id: "D19", title: "Messages are sent again before their answer comes",
		by:     rules(audit.RuleDuplicateSubmit),
		wide:   rules(audit.RuleResponseMissing, audit.RuleResponseSlow),
		adds:   rules(audit.RuleResponseMissing),
		seen:   func(g *group) string { return first(g.lead.Message) },
		says:   always("The client gives up on answers that come late or not at all and repeats the message, so handsets may get it twice."),
		remedy: "Wait longer for the response than the server needs, and repeat only what was refused or not answered when the connection died.",
	},
	{
		id: "D19", title: "Requests are answered late or not at all",
		by:   rules(audit.RuleResponseMissing),
		with: rules(audit.RuleResponseSlow),
		seen: func(g *group) string { return joined(first(g.lead.Message), sentence(g.lead.Message, "answered")) },
		says: either(func(g *group) bool {
			return has(g.lead.Message, "answered after") || has(g.lead.Message, "answered later")
		},
			"The answering side is slower than clients wait, and they repeat or give up what was accepted.",
			"What became of these requests is not known."),
	},
	{
		id: "D09", title: "A successful response lacks its body",
		by: rules(audit.RuleBodyMissing), with: rules(audit.RuleGenericNack),
		says: always("A strict parser cannot read it, and the requester lacks what it should tell."),
	},
	{
		id: "D14", title: "A user data header is not announced, or does not parse",
		by:   rules(audit.RuleUdhNotFlagged, audit.RuleUdhMalformed),
		seen: func(g *group) string { return upTo(first(g.lead.Message), ": the handset") },
		says: func(g *group) string {
			switch {
			case g.lead.Rule == audit.RuleUdhMalformed:
				return "The header's octets are text, or the sender writes it wrongly; handsets show garbage or nothing."
			case fails(g):
				return "The same reference in several parts is no chance: handsets show the header as garbage and do not put the parts together."
			}
			return "Such octets are hardly a text: handsets probably show the header as garbage and do not put the parts together."
		},
	},
	{
		id: "D14", title: "esm_class has bits that mean something else",
		by:   rules(audit.RuleEsmClassDirection),
		says: always("Bits beside 0x40 were probably set by mistake, as by a decimal value."),
	},
	{
		id: "D14", title: "Parts of long messages are marked as acknowledgements",
		by: rules(audit.RuleEsmClassMixed), with: rules(audit.RuleResponseRefused), adds: rules(audit.RuleResponseRefused),
		and:   withStatus(ofClass),
		seen:  func(g *group) string { return upTo(first(g.lead.Message), ", for which no message") },
		says:  always("The type was probably set by mistake, as by a decimal value; 0x40 alone was meant."),
		doubt: "The capture does not show enough to say that nobody asked for an acknowledgement.",
	},
	{
		id: "D15", title: "A long message is incomplete or mixed",
		by: rules(audit.RuleConcatPartMissing, audit.RuleConcatReferenceReused, audit.RuleConcatInconsistent, audit.RuleConcatPartInvalid,
			audit.RuleSarIncomplete, audit.RuleSarAndUdh),
		seen: func(g *group) string {
			return joined(first(upTo(g.lead.Message, ": the parts get mixed")), missingPart(g))
		},
		says: either(leads(audit.RuleConcatPartMissing), "The handset shows a fragment or nothing.",
			"The handset puts the parts together wrongly or not at all."),
		doubt: "The capture does not show enough to say that parts are missing.",
	},
	{
		id: "D16", title: "Long messages are sent in more parts than they need",
		by: rules(audit.RulePartsNeedless), least: audit.Note,
		says: always("The sender cuts texts too short for their alphabet; each part is sent and charged for itself."),
	},
	{
		id: "D17", title: "Text in both places",
		by:   rules(audit.RulePayloadAndText),
		says: always("A receiver takes either one, so part of the message is lost."),
	},
	{
		id: "D17", title: "The PDU does not end where its fields do",
		by:   rules(audit.RuleBodyTrailing, audit.RuleBodyTruncated, audit.RuleStringUnterminated, audit.RuleSmLengthLarge, audit.RuleDestinationsCount),
		with: rules(audit.RuleGenericNack, audit.RuleTextOddOctets, audit.RuleTextByteOrder, audit.RuleTextSurrogate),
		and: func(g *group, f *audit.Finding) bool {
			if f.Rule == audit.RuleGenericNack {
				return aboutSame(g, f)
			}
			return g.lead.Rule == audit.RuleBodyTrailing && f.PDU == g.lead.PDU // the text was cut by the length
		},
		seen: func(g *group) string {
			return joined(first(g.lead.Message), sentence(g.lead.Message, "as many as sm_length says"))
		},
		says: func(g *group) string {
			switch {
			case has(g.lead.Message, "NUL"):
				return "A string is ended where it should not be, or not ended where it should."
			case g.lead.Rule == audit.RuleBodyTrailing:
				return "A length field is smaller than what follows it, as when it counts characters, or something was appended."
			}
			return "A length field counts more than there is; a receiver cannot read the PDU."
		},
	},
	{
		id: "D13", title: "Receipts in ASCII say that they are Unicode",
		by:   rules(audit.RuleTextNotConverted),
		when: func(_ *desk, f *audit.Finding) bool { return has(f.Message, "Receipts have") },
		with: rules(audit.RuleTextOddOctets), and: func(_ *group, f *audit.Finding) bool {
			return has(f.Message, "deliver_sm") && has(f.Message, "read as ASCII")
		},
		seen: func(g *group) string { return upTo(first(g.lead.Message), ": a client") },
		says: always("Clients that obey data_coding find Chinese characters in place of the receipt; those that read the octets do not notice."),
	},
	{
		id: "D13", title: "Unicode text is not big-endian UTF-16",
		by: rules(audit.RuleTextByteOrder, audit.RuleTextByteOrderMark, audit.RuleTextSurrogate, audit.RuleTextOddOctets, audit.RuleTextNotConverted),
		says: func(g *group) string {
			switch g.lead.Rule {
			case audit.RuleTextByteOrder:
				return "The sender does not swap the octets; handsets show other characters, mostly Chinese ones."
			case audit.RuleTextByteOrderMark:
				return "The sender's encoder writes the mark by itself."
			case audit.RuleTextSurrogate:
				return "The sender splits texts without regard to characters of two units, such as emoji."
			}
			return either(reads("was not converted"), "The text was not converted to UTF-16 at all.", "The text is no UTF-16: it was cut, or was not converted.")(g)
		},
	},
	{
		id: "D12", title: "The text is in another alphabet than data_coding says",
		by:   rules(audit.RuleTextNotGsm, audit.RuleTextNotAscii, audit.RuleTextAsciiAsGsm, audit.RuleTextWindows1252),
		seen: func(g *group) string { return joined(first(g.lead.Message), sentence(g.lead.Message, "reads as")) },
		says: either(reads("packed septets either"), "What alphabet the sender meant does not show; handsets show other characters.",
			"The sender does not convert the text, so handsets show other characters."),
	},
	{
		id: "D12", title: "A data_coding that the provider reads otherwise",
		by:   rules(audit.RuleDataCodingReserved, audit.RuleDataCodingNotOffered),
		says: always("The provider may refuse it or show other characters."),
	},
	{
		id: "D01", title: "Receipts write the message id in another way",
		by: rules(audit.RuleReceiptIdFormat), wide: rules(audit.RuleReceiptUnmatched),
		says: always("A client that compares the ids as text finds no message for any of these receipts."),
	},
	{
		id: "D01", title: "Receipts name messages that are not known",
		by:   rules(audit.RuleReceiptUnmatched),
		says: always("The ids differ in a way that no usual conversion explains, or the messages were submitted elsewhere."),
	},
	{
		id: "D01", title: "Several messages have one message_id",
		by:   rules(audit.RuleMessageIdRepeated),
		seen: func(g *group) string { return upTo(first(g.lead.Message), ": receipts") },
		says: always("Receipts, queries and cancellations with this id name no single message."),
	},
	{
		id: "D23", title: "No receiver for receipts",
		by:     rules(audit.RuleReceiptNoReceiver),
		seen:   func(g *group) string { return upTo(first(g.lead.Message), "; one may exist") },
		says:   always("Unless a receiver is bound elsewhere, the provider has nowhere to send the receipts."),
		remedy: "Bind a receiver or transceiver of the same account.",
	},
	{
		id: "D23", title: "No receipt is asked for",
		by: rules(audit.RuleReceiptNotAsked), least: audit.Note,
		when: func(_ *desk, f *audit.Finding) bool { // who wants none, or asks by now
			return !has(f.Message, "no receiver in sight either") && !has(f.Message, " Later ")
		},
		says:   always("So none comes; that may be meant."),
		remedy: "Where the fate of messages is wanted, send registered_delivery 0x01 with them; in clients it is often a setting of the connection.",
	},
	{
		id: "D23", title: "Receipts are asked for in some cases only",
		by:   rules(audit.RuleRegisteredDeliveryNotOffered),
		says: always("The value asks for a receipt on failure or on success alone, so for other messages none comes."),
	},
	{
		id: "D22", title: "A receipt is not marked as one",
		by:   rules(audit.RuleReceiptNotFlagged),
		seen: func(g *group) string { return upTo(first(g.lead.Message), ": a client takes") },
		says: either(reads("a subscriber may have written it"), "Its id is not known, so a subscriber may have written it; else clients take a receipt for such a message.",
			"Clients take it for a message of a subscriber."),
	},
	{
		id: "D22", title: "Receipts come in TLVs alone",
		by: rules(audit.RuleReceiptTlvOnly), least: audit.Note,
		seen: func(g *group) string { return upTo(first(g.lead.Message), "; their text") },
		says: always("That is legal, but a parser of the text finds nothing: clients that read no TLVs miss these receipts."),
	},
	{
		id: "D21", title: "Receipts are not of the expected layout",
		by: rules(audit.RuleReceiptMalformed, audit.RuleReceiptStateMismatch, audit.RuleReceiptConflict),
		says: either(leads(audit.RuleReceiptMalformed), "A client cannot tell which message it is about, or what became of it.",
			"Which of the two is right cannot be told; clients differ in what they read."),
	},
	{
		id: "D21", title: "Receipts are laid out in another way",
		by: rules(audit.RuleReceiptLayout), least: audit.Note,
		with: rules(audit.RuleReceiptStateUnknown), adds: rules(audit.RuleReceiptStateUnknown),
		says: always("A strict parser rejects them; a tolerant one, which takes keys in any order and width, reads them."),
	},
	{
		id: "D21", title: "Receipts use a state word of their own",
		by: rules(audit.RuleReceiptStateUnknown), least: audit.Note,
		says: always("A strict parser rejects it or takes the state for unknown."),
	},
	{
		id: "D24", title: "Receipts come before the response",
		by: rules(audit.RuleReceiptBeforeResponse), least: audit.Note,
		seen: func(g *group) string { return upTo(first(g.lead.Message), ": the client cannot") },
		says: always("That is legal, but the client cannot know the id yet: it must keep receipts that it cannot match for a while."),
	},
	{
		id: "D24", title: "Receipts come over another session",
		by: rules(audit.RuleReceiptElsewhere), least: audit.Note,
		says: always("That is legal; where the sessions are those of different applications, each misses receipts of its own and gets some of the other."),
	},
	{
		id: "D24", title: "Receipts come just behind the response",
		by: rules(audit.RuleReceiptJustBehind), least: audit.Note,
		seen: func(g *group) string { return upTo(first(g.lead.Message), ": a client") },
		says: always("That is legal; a client that reads the receipt before it has noted the id must keep receipts that it cannot match for a while."),
	},
	{
		id: "D30", title: "A side does not read fast enough",
		by: rules(audit.RuleReceiverStalled), least: audit.Note,
		seen: func(g *group) string { return upTo(first(g.lead.Message), ": it does") },
		says: always("What is sent to it waits in the sender's host, so the reader sets the rate, whatever the window of requests."),
	},
	{
		id: "D30", title: "One request at a time",
		by: rules(audit.RuleWindowOfOne), least: audit.Note,
		when: func(_ *desk, f *audit.Finding) bool { return !has(f.Message, "less than 1 ms") }, // that limits nobody
		seen: func(g *group) string { return upTo(first(g.lead.Message), ": with") },
		says: func(g *group) string {
			_, limit, ok := strings.Cut(first(g.lead.Message), ": with ")
			if !ok {
				return "The round trip limits the rate."
			}
			return "With " + limit + "."
		},
	},
}

// missingPart tells which part is missing and why.
func missingPart(g *group) string {
	return joined(sentence(g.lead.Message, "never came"), sentence(g.lead.Message, "was refused"))
}
