package audit

import (
	"smpptap/analyze/session"
	"smpptap/dissect"
)

// ReadAhead reads what judging a PDU with this Digest will need, and changes
// nothing (analyze.readAhead says why). The sum has no meaning.
func (a *Auditor) ReadAhead(conn *session.Conn, p *dissect.PDU, d *Digest) (sum uint64) {
	c, _ := conn.Rules.(*connState)
	if c == nil || c.msg.account == nil || d.hash == 0 {
		return 0
	}
	sum = uint64(c.flow.submits) + uint64(len(c.req.tallies))
	switch p.ID {
	case dissect.CmdSubmitSM:
		if v := &a.contents.submits; v.index != nil {
			sum += v.index[submitHash(c.msg.account, d.hash)%submitBuckets].parts[0] + v.readNext()
		}
	case dissect.CmdSubmitSMResp:
		if open := c.msg.open.slots; len(open) > 0 && a.contents.submits.sent != nil {
			sum += a.contents.submits.sent[open[p.Sequence&uint32(len(open)-1)].place].hash
		}
		sum += a.journeys.ReadAhead(c.msg.account, d.hash)
	}
	return sum
}
