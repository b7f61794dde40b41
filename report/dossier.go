package report

import (
	"context"
	"time"

	"smpptap/analyze"
	"smpptap/analyze/audit"
	"smpptap/analyze/session"
)

// Dossier is an audit with what lets others check it: the octets, the traffic
// around it, what the capture lacks, and where all of it comes from. As a sink
// it collects the latter; the audit is a sink of its own.
//
// Nothing in what it writes depends on when or where it is made.
type Dossier struct {
	*Audit
	// Options say how times and values are written.
	Options *Options
	// Version and Commit are the program's.
	Version, Commit string
	Profile         ProfileFacts
	Inputs          []InputFile
	// Database is where the capture was recorded; nil: it was read from files.
	Database *InputFile
	// Redacted says what was masked beside passwords; empty: nothing.
	Redacted string
	// FailOn is the least severity that makes a test of JUnit fail; none when
	// zero.
	FailOn audit.Severity
	// Evidence holds the PDUs that findings name; nil: none were collected.
	Evidence *Evidence
	// Remarks are what a reader must know of how the report was made.
	Remarks []string

	summary  *Summary
	timeline timeline
}

// ProfileFacts say which profile judged.
type ProfileFacts struct {
	ID, Title, Revised, Extends string
	// SHA256 is that of the effective values, as `smpptap profile show` prints
	// them.
	SHA256 string
}

// InputFile is a file that was audited. Name is without directories, so that
// the report does not tell where it lay.
type InputFile struct {
	Name, SHA256 string
	Size         int64 // octets as stored; negative: not known
	Packets      int64 // negative: not known
	First, Last  time.Time
	Note         string // what is special about it
}

// NewDossier makes an empty dossier around an audit.
func NewDossier(a *Audit, opt *Options) *Dossier {
	return &Dossier{Audit: a, Options: opt, summary: NewSummary()}
}

// Write implements analyze.Sink; the audit's own records are left to it.
func (d *Dossier) Write(ctx context.Context, records []analyze.Record) error {
	for i := range records {
		switch r := &records[i]; r.Kind {
		case analyze.RecordPDU:
			d.AddPDU(r.PDU)
		case analyze.RecordPair:
			d.summary.messages.pair(r.Pair)
		case analyze.RecordCapture, analyze.RecordConn, analyze.RecordSession:
			if err := d.summary.Write(ctx, records[i:i+1]); err != nil {
				return err
			}
		}
	}
	return nil
}

// Summarise takes the run from a database; the audit has its totals already.
func (d *Dossier) Summarise(c *analyze.Capture) { d.summary.capture = *c }

// Stats is what was seen of the input.
func (d *Dossier) Stats() *analyze.Stats { return &d.summary.capture.Stats }

// AddSession takes a connection and its session from a database; without a
// session it is nil. Both are copied.
func (d *Dossier) AddSession(c *session.Conn, s *session.Session) {
	d.summary.conn(c)
	if s != nil {
		d.summary.session(s)
	}
}

// AddPDU counts a PDU, which is lent for the call. Response times count in
// whole microseconds, as a database keeps them.
func (d *Dossier) AddPDU(p *analyze.PDU) {
	latency := int64(-1)
	if p.Request != 0 && p.Latency >= 0 {
		latency = p.Latency / 1000 * 1000
	}
	d.timeline.add(p.At.Time, p.P.ID, p.From, latency)
	exact := p.Latency
	p.Latency = latency
	d.summary.pdu(p)
	p.Latency = exact
}

// tool names the program.
func (d *Dossier) tool() string { return Safe("smpptap " + d.Version + ", commit " + d.Commit) }

// Wanted are the PDUs that the findings name as their first evidence, those of
// the worst first, and no more than are shown.
func (d *Dossier) Wanted() []int64 {
	var out []int64
	seen := make(map[int64]bool)
	for _, f := range d.worstFirst() {
		if f.PDU != 0 && !seen[f.PDU] && len(out) < maxExhibits {
			seen[f.PDU] = true
			out = append(out, f.PDU)
		}
	}
	return out
}
