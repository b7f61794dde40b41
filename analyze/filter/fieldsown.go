package filter

import (
	"net/netip"

	"smpptap/dissect"
)

// ownFields are the fields of the layers below and those that Wireshark lacks.
var ownFields = []spec{
	{name: "frame", get: one(func(r *Row) (value, bool) { return counted(r.Frame) })},
	{name: "frame.number", get: one(func(r *Row) (value, bool) { return counted(r.Frame) }), typ: Uint, size: 4},
	{name: "frame.time", get: one(func(r *Row) (value, bool) { return counted(r.At) }), typ: Time},
	{name: "frame.time_epoch", get: one(func(r *Row) (value, bool) { return counted(r.At) }), typ: Duration},
	{name: "frame.time_relative", get: one(sinceStart), typ: Duration},

	{name: "ip", get: address(netip.Addr.Is4, true, true)},
	{name: "ip.addr", get: address(netip.Addr.Is4, true, true), typ: Address, size: 4},
	{name: "ip.src", get: address(netip.Addr.Is4, true, false), typ: Address, size: 4},
	{name: "ip.dst", get: address(netip.Addr.Is4, false, true), typ: Address, size: 4},
	{name: "ipv6", get: address(netip.Addr.Is6, true, true)},
	{name: "ipv6.addr", get: address(netip.Addr.Is6, true, true), typ: Address, size: 16},
	{name: "ipv6.src", get: address(netip.Addr.Is6, true, false), typ: Address, size: 16},
	{name: "ipv6.dst", get: address(netip.Addr.Is6, false, true), typ: Address, size: 16},

	{name: "tcp", get: port(true, true)},
	{name: "tcp.port", get: port(true, true), typ: Uint, size: 2},
	{name: "tcp.srcport", get: port(true, false), typ: Uint, size: 2},
	{name: "tcp.dstport", get: port(false, true), typ: Uint, size: 2},
	{name: "tcp.stream", get: one(func(r *Row) (value, bool) { return value{n: r.Connection - 1}, r.Connection > 0 }), typ: Uint, size: 4},

	{name: "_ws.malformed", get: one(func(r *Row) (value, bool) { return value{}, r.PDU != nil && r.PDU.Broken }),
		note: "the PDU could not be read whole"},
	{name: "_ws.expert", get: findings(func(Finding) value { return value{} }), needs: needFindings,
		note: "a rule of the audit named the PDU"},

	{name: "smpptap.pdu", get: one(func(r *Row) (value, bool) { return counted(r.Number) }), typ: Uint, size: 8},
	{name: "smpptap.request", get: one(func(r *Row) (value, bool) { return counted(r.Request) }), typ: Uint, size: 8,
		note: "number of the request that the PDU answers"},
	{name: "smpptap.connection", get: one(func(r *Row) (value, bool) { return counted(r.Connection) }), typ: Uint, size: 8},
	{name: "smpptap.session", get: one(func(r *Row) (value, bool) { return counted(r.Session) }), typ: Uint, size: 8},
	{name: "smpptap.direction", get: one(direction), typ: Uint, size: 1, named: true,
		words: []word{{"to_smsc", 0, 0}, {"to_esme", 1, 1}}},
	{name: "smpptap.latency", get: one(latency), typ: Duration, note: "of a response; 0.25 or 250ms"},
	{name: "smpptap.system_id", get: one(func(r *Row) (value, bool) { return filled(r.SystemID) }), typ: String,
		note: "of the session"},
	{name: "smpptap.bind_type", get: one(func(r *Row) (value, bool) { return filled(r.BindType) }), typ: String,
		vocabulary: []string{"tx", "rx", "trx"}},
	{name: "smpptap.rule", get: findings(func(f Finding) value { return value{b: view(f.Rule)} }), typ: String,
		needs: needFindings, note: "rules that named the PDU"},
	{name: "smpptap.severity", get: findings(func(f Finding) value { return value{n: int64(f.Severity)} }), typ: Uint, size: 1,
		named: true, needs: needFindings, note: "of those rules",
		words: []word{{"note", int64(Note), int64(Note)}, {"warning", int64(Warning), int64(Warning)}, {"error", int64(Error), int64(Error)}}},
	{name: "smpptap.text", get: one(messageText), typ: String, needs: needMessage},
	{name: "smpptap.encoding", get: one(messageAlphabet), typ: String, needs: needMessage},

	{name: "smpptap.receipt", get: one(func(r *Row) (value, bool) { return value{}, r.Receipt != nil }), needs: needReceipt},
	{name: "smpptap.receipt.id", get: receipt((*dissect.Receipt).ToldID), typ: String, needs: needReceipt},
	{name: "smpptap.receipt.stat", get: receipt((*dissect.Receipt).ToldStat), typ: String, needs: needReceipt},
	{name: "smpptap.receipt.err", get: receipt(func(r *dissect.Receipt) string { return r.Err }), typ: String, needs: needReceipt},

	// Parameters that have no field in Wireshark, or only one for some bits.
	{name: "smpptap.esm_class", param: dissect.ParamEsmClass, hex: true},
	{name: "smpptap.registered_delivery", param: dissect.ParamRegisteredDelivery, hex: true},
	{name: "smpptap.replace_if_present_flag", param: dissect.ParamReplaceIfPresentFlag, hex: true},
	{name: "smpptap.number_of_dests", param: dissect.ParamNumberOfDests},
	{name: "smpptap.dest_flag", param: dissect.ParamDestFlag},
	{name: "smpptap.no_unsuccess", param: dissect.ParamNoUnsuccess},
}

func sinceStart(r *Row) (value, bool) { return value{n: r.At - r.Start}, r.At != 0 && r.Start != 0 }

func direction(r *Row) (value, bool) {
	if r.toESME() {
		return number(1)
	}
	return number(0)
}

// latency is that of a response: a Row whose caller knows none has 0 there too.
func latency(r *Row) (value, bool) {
	return value{n: r.Latency}, r.Latency >= 0 && r.PDU != nil && r.PDU.IsResponse() && r.Request != 0
}

// address yields the addresses of a family, source before destination.
func address(family func(netip.Addr) bool, source, destination bool) getter {
	return func(r *Row, pos int) (value, int) {
		if pos == 0 && source {
			if a := r.Source.Addr().Unmap(); family(a) {
				return value{a: a}, 1
			}
		}
		if destination {
			if a := r.Destination.Addr().Unmap(); family(a) {
				return value{a: a}, last
			}
		}
		return value{}, 0
	}
}

// port yields the ports, source before destination.
func port(source, destination bool) getter {
	return func(r *Row, pos int) (value, int) {
		if pos == 0 && source && r.Source.IsValid() {
			return value{n: int64(r.Source.Port())}, 1
		}
		if destination && r.Destination.IsValid() {
			return value{n: int64(r.Destination.Port())}, last
		}
		return value{}, 0
	}
}

// findings yields something of each finding.
func findings(get func(Finding) value) getter {
	return func(r *Row, pos int) (value, int) {
		if pos >= len(r.Findings) {
			return value{}, 0
		}
		return get(r.Findings[pos]), pos + 1
	}
}

func receipt(get func(*dissect.Receipt) string) getter {
	return one(func(r *Row) (value, bool) {
		if r.Receipt == nil {
			return value{}, false
		}
		return filled(get(r.Receipt))
	})
}

func messageText(r *Row) (value, bool) {
	if r.Message == nil || r.Message.Binary {
		return value{}, false
	}
	return filled(r.Message.Text)
}

func messageAlphabet(r *Row) (value, bool) {
	if r.Message == nil {
		return value{}, false
	}
	return filled(string(r.Message.Alphabet))
}

func wholePDU(r *Row) (value, bool) {
	if r.PDU == nil {
		return value{}, false
	}
	return value{b: r.PDU.Raw}, true
}

func anyTLV(r *Row) (value, bool) { return value{}, r.PDU != nil && len(r.PDU.TLVs) > 0 }

// emptyAlert is alert_on_message_delivery without a value.
func emptyAlert(_ *dissect.PDU, t dissect.TLV) (value, bool) {
	return value{}, t.Tag == dissect.TagAlertOnMessageDelivery && t.Len == 0
}
