package main

import (
	"bytes"

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
	if r&analyze.RedactText != 0 && (p.CommandID == dissect.CmdDeliverSM || p.CommandID == dissect.CmdDataSM) {
		p.MessageID = "" // it may be of a receipt's text
	}
	return true
}

// redactMessage masks what --redact wants in a recorded message.
func (a *app) redactMessage(m *store.Message) {
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
func stars(s string) string { return string(bytes.Repeat([]byte("*"), len(s))) }
