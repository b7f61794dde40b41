package main

import (
	"strings"

	"smpptap/analyze"
	"smpptap/dissect"
	"smpptap/store"
)

// redactPDU masks what --redact wants in a recorded PDU, beside what was
// masked when it was recorded. It tells whether --redact wants anything.
func (a *app) redactPDU(p *store.PDU) bool {
	r := a.redaction()
	if r == analyze.RedactNone {
		return false
	}
	p.Raw = analyze.RedactOctets(p.Raw, r)
	if r&analyze.RedactAddresses != 0 {
		p.SourceAddr, p.DestinationAddr = stars(p.SourceAddr), stars(p.DestinationAddr)
	}
	p.MessageID = a.shownID(p)
	return true
}

// shownID is the message_id of a recorded PDU as --redact has it: that of a
// receipt may stand in its text.
func (a *app) shownID(p *store.PDU) string {
	if a.redaction()&analyze.RedactText != 0 && (p.CommandID == dissect.CmdDeliverSM || p.CommandID == dissect.CmdDataSM) {
		return ""
	}
	return p.MessageID
}

// redactMessage masks what --redact wants in a recorded message.
func (a *app) redactMessage(m *analyze.Message) {
	r := a.redaction()
	if r&analyze.RedactText != 0 {
		m.Text = stars(m.Text)
	}
	if r&analyze.RedactAddresses != 0 {
		m.Source, m.Destination = stars(m.Source), stars(m.Destination)
	}
}

// redactDetail masks what --redact wants in a PDU and what belongs to it.
func (a *app) redactDetail(d *store.Detail) {
	if !a.redactPDU(&d.PDU) {
		return
	}
	if d.Exchange != nil {
		a.redactPDU(d.Exchange)
	}
	for i := range d.Findings {
		f := &d.Findings[i].Finding
		*f = *analyze.RedactFinding(f, a.redaction())
	}
}

// stars is as long as s, in octets, as what is masked in a PDU.
func stars(s string) string { return strings.Repeat(string(dissect.MaskOctet), len(s)) }
