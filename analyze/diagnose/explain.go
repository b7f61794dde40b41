package diagnose

import (
	"cmp"
	"slices"

	"smpptap/analyze/audit"
)

// Explanation says what a diagnosis is about, for people who met its number.
type Explanation struct {
	ID    string // D01 ... D30
	Title string
	// Seen is what has to be in sight, Concluded what follows from it.
	Seen, Concluded string
	Causes          []Cause
}

// Cause is one sentence that a diagnosis may become.
type Cause struct {
	Title    string
	Severity audit.Severity // from which a finding proves it
	// Proves are the rules whose findings prove it, Explains those whose
	// findings it explains as well.
	Proves, Explains []*audit.Rule
}

// IDs gives the ids of all diagnoses.
func IDs() (ids []string) {
	for i := range explanations {
		ids = append(ids, explanations[i].ID)
	}
	return ids
}

// Explain explains a diagnosis.
func Explain(id string) (e Explanation, ok bool) {
	i := slices.Index(IDs(), id)
	if i < 0 {
		return e, false
	}
	e = explanations[i]
	for _, table := range tables {
		for i := range table {
			if c := &table[i]; c.id == id {
				e.Causes = append(e.Causes, c.explained())
			}
		}
	}
	return e, true
}

func (c *cause) explained() Cause {
	out := Cause{Title: c.title, Severity: cmp.Or(c.least, audit.Warning), Proves: rows(c.by)}
	for _, r := range rows(append(slices.Clone(c.with), c.wide...)) {
		if !slices.Contains(out.Explains, r) && !slices.Contains(out.Proves, r) {
			out.Explains = append(out.Explains, r)
		}
	}
	return out
}

func rows(ids []audit.RuleID) (out []*audit.Rule) {
	for _, id := range ids {
		out = append(out, &audit.Rules[id])
	}
	return out
}

// explanations are the diagnoses in the order of their numbers.
var explanations = [...]Explanation{
	{ID: "D01", Title: "Receipts do not find their messages", Seen: "Receipts name ids that no response gave, or gave in another base, case or with other zeros.", Concluded: "A client that compares ids as text knows no message for these receipts."},
	{ID: "D02", Title: "Already bound, too many binds, reconnects without a pause", Seen: "A bind is refused as bound already, more binds are open than allowed, attempts follow each other at once, or unbind stays unanswered.", Concluded: "The server still counts an older session of the account, or the client does not wait between attempts."},
	{ID: "D03", Title: "Throttling", Seen: "Messages are refused as too fast or for a full queue, or their rate is above the agreed one.", Concluded: "The client sends faster than the account or the destination's queue takes."},
	{ID: "D04", Title: "Idle links", Seen: "A link is silent for the time after which links are closed here, and no enquire_link is sent on it.", Concluded: "The client does not probe its link, so the server or a device in between closes it."},
	{ID: "D05", Title: "Unanswered probes", Seen: "An enquire_link has no answer with its number.", Concluded: "What TCP and the other side sent meanwhile tells whether the path is dead, the application hangs, or it answers under a wrong number."},
	{ID: "D06", Title: "Bind refused", Seen: "The bind response has a status that says credentials, account or address, or credentials are missing.", Concluded: "The status seldom names one value, so what looks wrong in the bind is listed with it."},
	{ID: "D07", Title: "Values of the bind that do not fit their fields", Seen: "A value is longer than its field, or has no NUL of its own.", Concluded: "The server cuts or refuses it, or reads the fields behind it at other places."},
	{ID: "D08", Title: "Wrong system_type or version in the bind", Seen: "system_type or interface_version is not what the provider asks for, or what the version has not is used.", Concluded: "The bind is refused for it, or the session is one of an older version."},
	{ID: "D09", Title: "Body of a response", Seen: "A refusal has a body and the other side reacts to it, or a successful response lacks its body.", Concluded: "The parser of the other side takes only the other form."},
	{ID: "D10", Title: "Sender refused", Seen: "The source address does not fit its TON or the provider's forms, or is refused.", Concluded: "TON, length or characters are wrong; where they are right, the sender may not be registered."},
	{ID: "D11", Title: "Destination refused", Seen: "The destination is empty or not in international form, or is refused.", Concluded: "A prefix, a missing country code or its TON and NPI are the reason, or there is no route."},
	{ID: "D12", Title: "Wrong characters", Seen: "Octets do not belong to the alphabet that data_coding names, or the provider reads the value otherwise.", Concluded: "The sender does not convert its text, so handsets show other characters."},
	{ID: "D13", Title: "Unicode written wrongly", Seen: "Text with a Unicode data_coding has swapped octets, a byte order mark, half a character or an odd length, or is ASCII or UTF-8.", Concluded: "The sender's encoder does not write big-endian UTF-16, writes none, or cuts inside a character."},
	{ID: "D14", Title: "User data header and esm_class", Seen: "A text begins as a header does and esm_class does not say so, says so and there is none, or says something else as well.", Concluded: "Handsets show the header as garbage, or lose text that is taken for one."},
	{ID: "D15", Title: "Long messages", Seen: "Parts are missing or invalid, contradict each other, or share a reference with those of another message.", Concluded: "Handsets show a fragment, put parts together wrongly, or show nothing."},
	{ID: "D16", Title: "Length of texts and parts", Seen: "A text does not fit into one message on air, is refused for its length, or is cut into more parts than it needs.", Concluded: "The provider does not split it, a part leaves no place for its header, or the sender cuts too short."},
	{ID: "D17", Title: "Text fields and lengths", Seen: "Text stands in both places, or the PDU does not end where its fields and lengths say.", Concluded: "A length is counted wrongly, or an encoder adds or leaves out octets."},
	{ID: "D18", Title: "Sequence numbers", Seen: "A response bears a number or command that no open request has, or a request's number is open, zero or out of range.", Concluded: "Responses cannot be told apart, so requests stay open or get another one's answer."},
	{ID: "D19", Title: "Late, missing and doubled answers", Seen: "Answers come late, not at all or twice, messages are repeated, or a connection ends with requests open.", Concluded: "The client waits less than the server needs, so messages are sent twice or given up."},
	{ID: "D20", Title: "Deliveries not taken", Seen: "deliver_sm is refused or unanswered, or comes again and again.", Concluded: "The client cannot read or process it, and the server repeats it and keeps others waiting."},
	{ID: "D21", Title: "Layout of receipts", Seen: "A receipt's text is not of the known layout, its word and its TLV differ, or the word is not known.", Concluded: "A strict parser rejects it or takes another state from it."},
	{ID: "D22", Title: "Receipts not marked", Seen: "A message reads as a receipt and esm_class does not say so, or receipts are in TLVs alone.", Concluded: "Clients take it for a message of a subscriber, or find nothing in its text."},
	{ID: "D23", Title: "No receipts", Seen: "Receipts are asked for and no receiver is bound, or they are asked for in some cases only, or never.", Concluded: "The provider has nowhere to send them, or was not asked to."},
	{ID: "D24", Title: "Receipts ahead of the response, or elsewhere", Seen: "A receipt comes before the response that gives its id or just behind it, or over another session than its message.", Concluded: "That is legal; a client has to keep receipts that it cannot match for a while."},
	{ID: "D25", Title: "Times", Seen: "A validity or schedule time is malformed, past, or refused.", Concluded: "Its form or zone is wrong, or the provider's limits are narrower."},
	{ID: "D26", Title: "PDU boundaries", Seen: "A length is not the PDU's, octets stand between PDUs, or a connection ends inside one.", Concluded: "The receiver loses its place in the stream or never has the PDU whole."},
	{ID: "D27", Title: "TLVs", Seen: "A TLV is malformed, out of place, refused, or missing where the provider requires it.", Concluded: "The PDU is refused or the TLV ignored; refusals are compared with what was accepted."},
	{ID: "D28", Title: "Operation not supported or not allowed", Seen: "A command comes in a state that does not allow it, is not offered, or is answered with generic_nack or a status that says so.", Concluded: "The client uses an operation or an order of operations that this peer does not take."},
	{ID: "D29", Title: "Nothing answers", Seen: "No bind, no answer to it, no octet at all, or another protocol on the port.", Concluded: "TLS, port or address do not fit each other, an allow-list keeps the client out, or a monitor looks in."},
	{ID: "D30", Title: "Window", Seen: "One request at a time is open, or more than the provider allows, or a side's TCP has no room while requests wait.", Concluded: "The round trip limits the rate, or the provider may refuse what goes beyond its window."},
}
