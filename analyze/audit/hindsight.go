package audit

import (
	"slices"

	"smpptap/analyze/session"
	"smpptap/stream"
)

// A timer that runs out while a side is silent says that something was not
// sent. When that side's next octets show a hole, it may have stood there:
// nothing had told of the hole before. The finding then becomes a note.

// onSilence notes that the last occurrence of t rests on the silence of sides
// up to now.
func (c *connState) onSilence(t *tally, dirs ...stream.Dir) {
	if t.finding == nil {
		return
	}
	for _, dir := range dirs {
		s := &c.req.sides[dir]
		if t.waits == 0 || !slices.Contains(s.silent, t) {
			s.silent = append(s.silent, t)
			t.waits++
		}
	}
	t.unsure++
}

// worded gives the words of a growing count.
func (t *tally) worded() string {
	s := t.words(t)
	if t.lowered {
		s += t.lost()
	}
	return s
}

// lost says what may have stood in the hole.
func (t *tally) lost() string {
	switch t.rule {
	case RuleEnquireLinkMissing, RuleIdleNearLimit:
		return " The capture lost octets meanwhile: a PDU may have been among them."
	case RuleWindowExceeded:
		return lostAnswers
	}
	return doubtWords(session.DoubtGap)
}

// broke is called when octets of dir have come that continue those before: its
// silence was one.
func (c *connState) broke(dir stream.Dir) {
	s := &c.req.sides[dir]
	for i, t := range s.silent {
		if t.waits--; t.waits == 0 {
			t.unsure = 0
		}
		s.silent[i] = nil
	}
	s.silent = s.silent[:0]
}

// holed is called when octets of dir turn out to be missing: what rests on its
// silence alone is at most a note.
func (a *Auditor) holed(c *connState, dir stream.Dir) {
	for _, t := range c.req.sides[dir].silent {
		f := t.finding
		if t.doubted += t.unsure; f.Count > t.doubted || f.Severity == Note || f.dropped {
			t.unsure = 0
			continue
		}
		t.unsure = 0
		f.Severity = Note
		if t.lowered = true; t.words != nil {
			f.Message = t.worded()
		} else {
			f.Message += t.lost()
		}
		a.touch(f)
	}
	c.broke(dir)
}
