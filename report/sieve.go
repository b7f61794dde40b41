package report

import (
	"cmp"

	"smpptap/analyze"
	"smpptap/analyze/filter"
	"smpptap/dissect"
)

// Sieve answers whether a display filter wants a PDU. It is used by one
// goroutine.
type Sieve struct {
	filter  *filter.Filter
	dialect *dissect.Dialect
	start   int64
	row     filter.Row
}

// NewSieve makes a Sieve; a nil filter wants every PDU. The dialect reads the
// texts of PDUs that come without.
func NewSieve(f *filter.Filter, d *dissect.Dialect) *Sieve { return &Sieve{filter: f, dialect: d} }

// Begin sets the time that frame.time_relative counts from.
func (s *Sieve) Begin(start int64) { s.start = start }

// Wants tells whether the PDU fulfils the filter, as it is without redaction.
func (s *Sieve) Wants(p *analyze.PDU) bool {
	if s.filter == nil {
		return true
	}
	if p.Plain != nil {
		plain := *p
		plain.P, plain.Plain, plain.Message, plain.Receipt = p.Plain, nil, nil, nil
		p = &plain
	}
	if s.filter.NeedsMessage() {
		readTexts(p, cmp.Or(p.Dialect, s.dialect))
	}
	return s.filter.Match(s.rowOf(p))
}

// rowOf fills the row with what is known of the PDU. It is valid until the next
// call.
func (s *Sieve) rowOf(p *analyze.PDU) *filter.Row {
	r := &s.row
	r.PDU, r.From, r.Message, r.Receipt = p.P, p.From, p.Message, p.Receipt
	r.Number, r.Request, r.Latency = p.Number, p.Request, p.Latency
	r.Frame, r.At, r.Start = p.At.Frame, p.At.Time, s.start
	r.SystemID, r.BindType = p.SystemID, p.BindType.String()
	r.Connection, r.Session = 0, 0
	if p.Conn != nil {
		r.Connection = p.Conn.ID
		r.Source, r.Destination = ends(p.Conn, p.Dir)
	}
	if p.Session != nil {
		r.Session = p.Session.ID
	}
	r.Findings = r.Findings[:0]
	for _, rule := range p.Findings {
		r.Findings = append(r.Findings, filter.Finding{Rule: rule.Name, Severity: filter.Severity(rule.Severity)})
	}
	return r
}

// readTexts reads what the PDU carries as text, where the pipeline did not: a
// filter that drops most PDUs need not have all of them read.
func readTexts(p *analyze.PDU, d *dissect.Dialect) {
	if p.Message == nil && p.Receipt == nil {
		p.Message, p.Receipt = dissect.ReadMessage(p.P, p.From, d)
	}
}
