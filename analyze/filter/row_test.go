package filter

import (
	"encoding/binary"
	"net/netip"
	"testing"
	"time"

	"smpptap/dissect"
)

// pdu makes a PDU of a body in Go's escapes.
func pdu(id, status, sequence uint32, body string) *dissect.PDU {
	b := binary.BigEndian.AppendUint32(nil, uint32(dissect.HeaderLen+len(body)))
	b = binary.BigEndian.AppendUint32(b, id)
	b = binary.BigEndian.AppendUint32(b, status)
	b = binary.BigEndian.AppendUint32(b, sequence)
	p := new(dissect.PDU)
	dissect.Decode(p, append(b, body...))
	return p
}

var testTime = time.Date(2026, 11, 3, 10, 2, 11, 500e6, time.UTC).UnixNano()

// submitRow is a submit_sm with a user data header, an empty service_type, an
// absolute validity_period, and TLVs, one of them twice, one of a vendor.
func submitRow(t testing.TB) *Row {
	p := pdu(dissect.CmdSubmitSM, 0, 7, "\x00"+ // service_type
		"\x05\x00ACME\x00"+"\x01\x01393331234567\x00"+
		"\x40\x00\x00"+"\x00"+"261103120000004+\x00"+ // esm_class to validity_period
		"\x11\x00\xF2\x00"+"\x0C\x05\x00\x03\x2A\x03\x02Abc\xC0\xFF\x00"+
		"\x02\x04\x00\x02\x00\x01"+"\x02\x04\x00\x02\x00\x09"+"\x14\x01\x00\x03xyz"+"\x04\x23\x00\x03\x03\x00\x2A")
	if len(p.Issues) > 0 {
		t.Fatal(p.Issues)
	}
	u := p.UserData().Octets
	return &Row{
		PDU: p, From: dissect.ESME,
		Message: &dissect.Message{Text: "Abc é", Alphabet: dissect.AlphabetGSM, Octets: u[6:], Header: 6,
			UDH: []dissect.Element{{IEI: 0, Name: "concat_8bit", Data: u[3:6]}}, Reference: 42, Parts: 3, Part: 2},
		Number: 17, Frame: 23, Connection: 3, Session: 2, At: testTime, Start: testTime - 2e9, Latency: -1,
		Source: netip.MustParseAddrPort("10.1.0.7:40112"), Destination: netip.MustParseAddrPort("10.2.0.1:2775"),
		SystemID: "acme", BindType: "trx",
		Findings: []Finding{{"system-type", Warning}, {"tlv-repeated", Note}},
	}
}

// respRow is the refusal of it, over IPv6.
func respRow() *Row {
	return &Row{
		PDU: pdu(dissect.CmdSubmitSMResp, 0x58, 7, "\x00"), From: dissect.SMSC,
		Number: 18, Request: 17, Frame: 24, Connection: 3, Session: 2, At: testTime + 8e5, Start: testTime - 2e9, Latency: 812345,
		Source: netip.MustParseAddrPort("[2001:db8::1]:2775"), Destination: netip.MustParseAddrPort("[2001:db8::7]:40112"),
	}
}

// multiRow is a submit_multi to two addresses and a list.
func multiRow(t testing.TB) *Row {
	p := pdu(dissect.CmdSubmitMulti, 5, 9, "WAP\x00"+"\x01\x01100\x00"+
		"\x03"+"\x01\x01\x01391\x00"+"\x02team\x00"+"\x01\x02\x08392\x00"+
		"\x00\x00\x00"+"000100000000000R\x00"+"\x00"+"\x00\x00\x00\x00"+"\x02hi")
	if len(p.Issues) > 0 {
		t.Fatal(p.Issues)
	}
	return &Row{PDU: p, At: testTime}
}

// receiptRow is a deliver_sm with a receipt and message_payload beside a text.
func receiptRow() *Row {
	p := pdu(dissect.CmdDeliverSM, 0, 3, "\x00"+"\x01\x01393331234567\x00"+"\x05\x00ACME\x00"+
		"\x04\x00\x00"+"\x00"+"\x00"+"\x00\x00\x00\x00"+"\x02ab"+
		"\x04\x27\x00\x01\x02"+"\x00\x1E\x00\x05a1B2\x00"+"\x04\x24\x00\x01c")
	return &Row{PDU: p, From: dissect.SMSC, Receipt: &dissect.Receipt{ID: "a1B2", Stat: "DELIVRD", Err: "000"}}
}
