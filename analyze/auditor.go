package analyze

import (
	"smpptap/analyze/audit"
	"smpptap/analyze/session"
	"smpptap/dissect"
	"smpptap/stream"
)

// auditor is what stage C asks of package audit.
type auditor interface {
	Digest(d *audit.Digest, p *dissect.PDU) // on any goroutine
	ReadAhead(c *session.Conn, p *dissect.PDU, d *audit.Digest) uint64
	Observe(o *session.Observed, d *audit.Digest, events []session.Event)
	Event(conn *session.Conn, dir stream.Dir, s stream.Stamp, e stream.Event)
	Events(events []session.Event)
	Frame(c *session.Conn, dir stream.Dir, f *stream.Frame)
	OtherConn(c *stream.Conn, protocol string, octets int64, lost bool, ending audit.Ending)
	MuteConn(c *stream.Conn)
	Notice(n stream.Notice)
	Clock(now int64)
	Expire(now int64)
	Finish(now int64)
	Issues() []dissect.Issue
	Recorded(o *session.Observed, masked *dissect.PDU)
	Named() []*audit.Rule
	Parts() *session.PartMap
	Changed() []*audit.Finding
	Dropped() []*audit.Finding
	NotKept() int64
	Checks() []audit.Check
	Off(id audit.RuleID) bool
}

// unaudited finds nothing: the audit is half the work of a run, and a list of
// fields shows none of it.
type unaudited struct{}

func (unaudited) Digest(*audit.Digest, *dissect.PDU)                          {}
func (unaudited) ReadAhead(*session.Conn, *dissect.PDU, *audit.Digest) uint64 { return 0 }
func (unaudited) Observe(*session.Observed, *audit.Digest, []session.Event)   {}
func (unaudited) Event(*session.Conn, stream.Dir, stream.Stamp, stream.Event) {}
func (unaudited) Events([]session.Event)                                      {}
func (unaudited) Frame(*session.Conn, stream.Dir, *stream.Frame)              {}
func (unaudited) OtherConn(*stream.Conn, string, int64, bool, audit.Ending)   {}
func (unaudited) MuteConn(*stream.Conn)                                       {}
func (unaudited) Notice(stream.Notice)                                        {}
func (unaudited) Clock(int64)                                                 {}
func (unaudited) Expire(int64)                                                {}
func (unaudited) Finish(int64)                                                {}
func (unaudited) Issues() []dissect.Issue                                     { return nil }
func (unaudited) Recorded(*session.Observed, *dissect.PDU)                    {}
func (unaudited) Named() []*audit.Rule                                        { return nil }
func (unaudited) Parts() *session.PartMap                                     { return nil }
func (unaudited) Changed() []*audit.Finding                                   { return nil }
func (unaudited) Dropped() []*audit.Finding                                   { return nil }
func (unaudited) NotKept() int64                                              { return 0 }
func (unaudited) Checks() []audit.Check                                       { return nil }
func (unaudited) Off(audit.RuleID) bool                                       { return true }
