package session

import (
	"smpptap/dissect"
	"smpptap/stream"
)

// ReadAhead reads what Observe will need for a PDU, and changes nothing
// (analyze.readAhead says why). The sum has no meaning.
func (t *Tracker) ReadAhead(c *Conn, dir stream.Dir, p *dissect.PDU) (sum uint64) {
	if c.Session != nil {
		sum = uint64(c.Session.State)
	}
	sum += uint64(c.Sides[dir].PDUs) + uint64(c.early[dir.Other()].head)
	if !p.IsResponse() {
		return sum
	}
	tab := &c.tables[dir.Other()]
	if tab.bySeq.slots != nil {
		if r := *tab.bySeq.slot(p.Sequence); r != nil {
			sum += uint64(r.ID) + uint64(r.Time) + uint64(r.answer.Frame)
		}
	}
	if len(tab.recent) == recentAnswers {
		for k := 0; k < answersTogether; k += answersOfLine {
			sum += uint64(tab.recent[(tab.recentAt+k)%recentAnswers].number)
		}
	}
	return sum
}

// answersTogether is how many answers of one side are provided for in a batch.
const (
	answersTogether = 6
	answersOfLine   = 2 // answeredRequest has 48 octets
)

// ReadAhead reads what Accept will need for an id: HashID of it is given.
func (j *Journeys) ReadAhead(a *Account, hashed uint64) uint64 {
	x := &j.ids.index
	if len(x.places) == 0 {
		return 0
	}
	return uint64(x.places[hashIn(int32(a.ID), hashed)&uint32(len(x.places)-1)].hash)
}

// removedTogether is how many of the oldest messages readOldest reads at once.
const removedTogether = 16

// readOldest reads what dropping the oldest messages of a list will need, of
// many at once (analyze.readAhead says why).
func (j *Journeys) readOldest(list uint8) {
	var sum uint32 // kept, or the compiler would leave the reading out
	mask := uint32(len(j.ids.index.places) - 1)
	slot := j.ids.oldest(list)
	for n := 0; n < removedTogether && slot >= 0; n++ {
		e := j.ids.at(slot)
		sum += j.ids.index.places[e.hash&mask].hash + uint32(j.Slot(slot).told)
		slot = e.next - 1
	}
	j.read = sum
}
