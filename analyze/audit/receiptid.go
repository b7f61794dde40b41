package audit

import (
	"fmt"
	"time"

	"smpptap/analyze/session"
)

// learn counts how the id in a receipt's text stands to the one in the
// response. The text counts also where the TLV is equal; without an id in the
// text the TLV does.
func (a *Auditor) learn(st *accountJourney, m *session.Journey, textID []byte, found session.Relation, at place) {
	r, receipt := found, textID
	if len(textID) > 0 {
		st.inText.Add(a.journeys.ID(m), textID)
		r = session.Relate(a.journeys.ID(m), textID)
	}
	if len(textID) == 0 || r == session.RelationNone {
		st.byTLV++ // the TLV made the pair
		return
	}
	p := &st.pairs[r]
	if p.n++; p.n == 1 {
		p.response, p.receipt, p.at = string(a.journeys.ID(m)), string(receipt), at
	}
	if st.total++; st.total == a.limit.PairsAtLeast {
		a.check(RuleReceiptIdFormat)
	}
	if r != session.RelationEqual && (st.total == a.limit.PairsSure || st.total > a.limit.PairsSure && milestone(st.total)) {
		a.idFormat(st)
	}
}

// ways describe the relations: what is said, what to do.
var ways = [session.RelationCount]struct{ said, remedy string }{
	session.RelationCase:     {"Responses and receipts write the id in different letter case", "Compare ids without regard to case."},
	session.RelationZeros:    {"Responses and receipts write the id with and without leading zeros", "Compare ids without leading zeros, as numbers."},
	session.RelationHexToDec: {"Responses carry the id in hexadecimal, receipts in decimal", "Have the client convert the id; in Kannel this is msg-id-type = 0x01."},
	session.RelationDecToHex: {"Responses carry the id in decimal, receipts in hexadecimal", "Have the client convert the id; in Kannel this is msg-id-type = 0x02."},
}

// idFormat: receipt-id-format, for what has been learned of an account.
func (a *Auditor) idFormat(st *accountJourney) {
	for r := session.RelationCase; r < session.RelationCount; r++ {
		p := &st.pairs[r]
		if st.total < a.limit.PairsAtLeast || p.n*100 < st.total*a.limit.PairsShare {
			continue
		}
		words := fmt.Sprintf("%s (%d of %d pairs, %s and %s).", ways[r].said, p.n, st.total,
			shown([]byte(p.response)), shown([]byte(p.receipt)))
		if st.said != nil {
			a.reword(st.said, words)
			return
		}
		e := p.at.evidence(RuleReceiptIdFormat)
		e.account, e.message, e.remedy = st.account.Name, words, ways[r].remedy
		e.seen, e.wanted = shown([]byte(p.receipt)), shown([]byte(p.response))
		st.said = a.fail(e)
		return
	}
}

// zone is what is learned of the zone of the dates in an account's receipts.
type zone struct {
	offset int64 // of the date to UTC, a multiple of 15 minutes
	n      int   // receipts that say so
	torn   bool  // others say otherwise
}

// sure tells that dates can be turned into times.
func (z *zone) sure(enough int) bool { return z.n >= enough && !z.torn }

// learn compares the submit date of a receipt with the time of the submission.
func (z *zone) learn(date []byte, submitted int64, l *Limits) {
	sent, ok := readDate(date)
	if !ok || z.n >= l.DatesSure {
		return
	}
	const step = 15 * minute // zones are multiples of it
	d := sent - submitted
	off := (d + step/2) / step * step
	if d+step/2 < 0 {
		off = (d - step/2) / step * step
	}
	switch {
	case d-off > l.ZoneSkew || off-d > l.ZoneSkew, z.n > 0 && off != z.offset:
		z.torn = true
	default:
		z.offset = off
		z.n++
	}
}

// readDate reads YYMMDDhhmm with or without seconds, or with the century, as
// if it were UTC.
func readDate(b []byte) (at int64, ok bool) {
	var f [7]int
	year := 2000
	if len(b) == 14 {
		if b[0] != '2' || b[1] != '0' {
			return 0, false
		}
		b = b[2:]
	}
	if len(b) != 10 && len(b) != 12 {
		return 0, false
	}
	for i := range b {
		if b[i] < '0' || b[i] > '9' {
			return 0, false
		}
		f[i/2] = f[i/2]*10 + int(b[i]-'0')
	}
	if f[1] < 1 || f[1] > 12 || f[2] < 1 || f[2] > 31 || f[3] > 23 || f[4] > 59 || f[5] > 60 {
		return 0, false
	}
	return time.Date(year+f[0], time.Month(f[1]), f[2], f[3], f[4], f[5], 0, time.UTC).UnixNano(), true
}
