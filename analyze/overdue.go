package analyze

import (
	"cmp"
	"slices"
	"time"

	"smpptap/stream"
)

// await notes a live connection on which a bind is expected. Until its octets
// show what it carries stage C does not know of it, so that it is the feeder
// that has to notice when nothing comes.
func (f *feeder) await(t *tap) {
	c := t.link.conn
	if !f.owned || t.not || !c.Expected || !c.SYN {
		return
	}
	if f.awaited == nil {
		f.awaited = make(map[*tap]struct{})
	}
	f.awaited[t] = struct{}{}
}

// clock tells stage C the time, and what is overdue by then.
func (f *feeder) clock(at stream.Stamp) {
	f.add(item{kind: itemClock, at: at})
	var due []*tap
	for t := range f.awaited {
		limit := cmp.Or(t.link.lane.profile.Timers.SessionInit, time.Minute)
		if at.Time-t.link.conn.Opened.Time > int64(limit) {
			due = append(due, t)
		}
	}
	slices.SortFunc(due, func(a, b *tap) int { return cmp.Compare(a.link.conn.ID, b.link.conn.ID) })
	for _, t := range due {
		t.overdue(at)
	}
}

// overdue settles a connection that should have bound by now. One that has said
// too little to tell is judged as SMPP, as at its end; one that has said nothing
// is told as still open.
func (t *tap) overdue(at stream.Stamp) {
	delete(t.awaited, t)
	switch {
	case t.holed: // what it said may be what is missing
	case t.octets > 0 && t.protocol() == "":
		t.accept()
	case !t.heard: // or stand in a direction that nobody captures
	default:
		t.add(item{kind: itemOther, link: t.link, at: at, rare: &rare{err: stream.ErrInputEnd}})
	}
}
