package report

import (
	"strings"
	"testing"

	"smpptap/dissect"
	"smpptap/internal/smpptest"
)

func TestTimeMeaning(t *testing.T) {
	const sent = 1793700131_123456789 // 2026-11-03T10:02:11Z
	for _, tt := range []struct{ time, want, alone string }{
		{"", "", ""},
		{"261106120211000+", "2026-11-06T12:02:11Z, in 3 d 2 h", "2026-11-06T12:02:11Z"},
		{"261103100211500+", "2026-11-03T10:02:11.5Z, in 0 s", "2026-11-03T10:02:11.5Z"},
		{"261103110211004+", "2026-11-03T10:02:11Z (11:02 at UTC+01:00), 0 s ago", "2026-11-03T10:02:11Z (11:02 at UTC+01:00)"},
		{"261103050211022-", "2026-11-03T10:32:11Z (05:02 at UTC-05:30), in 30 min", "2026-11-03T10:32:11Z (05:02 at UTC-05:30)"},
		{"251103100211000+", "2025-11-03T10:02:11Z, 365 d ago", "2025-11-03T10:02:11Z"},
		{"000001020000000R", "in 1 d 2 h, 2026-11-04T12:02:11Z", "in 1 d 2 h"},
		{"010100000000000R", "in 1 y 1 mo, 2027-12-03T10:02:11Z", "in 1 y 1 mo"},
		{"000000000000000R", "in 0 s, 2026-11-03T10:02:11Z", "in 0 s"},
		{"261231235959", "2026-12-31 23:59:59 by the message centre's clock", "2026-12-31 23:59:59 by the message centre's clock"},
		{"261331235959000+", "", ""},
		{"rubbish", "", ""},
	} {
		if got := timeMeaning([]byte(tt.time), sent); got != tt.want {
			t.Errorf("%s: %q, want %q", tt.time, got, tt.want)
		}
		if got := timeMeaning([]byte(tt.time), 0); got != tt.alone {
			t.Errorf("%s alone: %q, want %q", tt.time, got, tt.alone)
		}
	}
}

// TestTreeExplains: what the values of one PDU each mean, bit by bit.
func TestTreeExplains(t *testing.T) {
	tlv := func(tag uint16, value string) smpptest.TLV { return smpptest.TLV{Tag: tag, Value: []byte(value)} }
	submit := smpptest.Build("submit_sm", 1, smpptest.F{
		"service_type": "CMT", "source_addr_ton": 5, "source_addr_npi": 0, "dest_addr_ton": 1, "dest_addr_npi": 1, "esm_class": 0xC3,
		"priority_flag": 2, "schedule_delivery_time": "261106120211000+", "validity_period": "000001000000000R",
		"registered_delivery": 0x1D, "replace_if_present_flag": 1, "data_coding": 0xF1, "short_message": "\x06\x05\x04\x0b\x84\x23\xf0hi",
	},
		tlv(dissect.TagCallbackNum, "\x01\x01\x015551234"), tlv(dissect.TagCallbackNumPresInd, "\x05"), tlv(dissect.TagCallbackNumAtag, "\x08\x00J\x04\x10"),
		tlv(dissect.TagSourceSubaddress, "\x80\x50123"), tlv(dissect.TagMSMsgWaitFacilities, "\x81"), tlv(dissect.TagDestTelematicsID, "\x00\x41"),
		tlv(dissect.TagITSSessionInfo, "\x07\x03"), tlv(dissect.TagUSSDServiceOp, "\x02"), tlv(dissect.TagMSValidity, "\x00"))
	deliver := smpptest.Build("deliver_sm", 1, smpptest.F{"esm_class": 4, "data_coding": 0xC9},
		tlv(dissect.TagNetworkErrorCode, "\x03\x01\xf4"), tlv(dissect.TagMessageState, "\x02"), tlv(dissect.TagReceiptedMessageID, "77\x00"))
	var b strings.Builder
	opt := &Options{Time: TimeUTC}
	for _, octets := range [][]byte{submit, deliver} {
		p := testPDU(t, octets)
		if octets[7] == 5 {
			p.From = dissect.SMSC
			p.Message, p.Receipt = dissect.ReadMessage(p.P, dissect.SMSC, nil)
		}
		b.Write(opt.AppendTree(nil, p))
		b.WriteByte('\n')
		b.Write(opt.AppendJSON(nil, p))
		b.WriteByte('\n')
	}
	golden(t, "explained.txt", b.String())
}
