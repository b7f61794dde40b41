package audit

import (
	"testing"
	"time"

	"smpptap/internal/smpptest"
	"smpptap/stream"
)

// long plays the parts of long messages.
type long struct {
	*rig
	seq uint32
}

// longs makes a play of them.
func longs(play func(l *long)) func(*rig) {
	return func(r *rig) {
		r.bound()
		play(&long{r, 1})
	}
}

// part sends a part and its answer.
func (l *long) part(ref, total, n int, b string, more fields) {
	l.t.Helper()
	l.refusable(0, submitFields(with(part8(ref, total, n, b), more)))
}

func (l *long) refusable(status uint32, f fields, parts ...smpptest.Part) {
	l.seq++
	l.esme(build("submit_sm", l.seq, f, parts...))
	if status != 0 {
		l.smsc(build("submit_sm_resp", l.seq, nil, smpptest.Status(status), smpptest.HeaderOnly{}))
		return
	}
	l.smsc(build("submit_sm_resp", l.seq, fields{"message_id": "1"}))
}

// refused sends a part that is refused.
func (l *long) refused(ref, total, n int, b string) {
	l.refusable(0x58, submitFields(part8(ref, total, n, b)))
}

// passes lets time pass that others' packets show.
func (l *long) passes(d time.Duration) {
	l.after(d)
	l.audit.Expire(l.now)
}

// over ends connection and input.
func (l *long) over() {
	l.fin(stream.FromA)
	l.audit.Finish(l.now)
}

// elsewhere goes on over a new connection of the account.
func (l *long) elsewhere() {
	l.open()
	l.bound()
	l.seq = 1
}

func TestPartRules(t *testing.T) {
	from := func(a string) fields { return fields{"source_addr": a} }
	asks := func(v int) fields { return fields{"registered_delivery": v} }
	one := func(total, n int) func(*rig) { return submits(part8(1, total, n, "x")) }
	runScripts(t, []ruleCase{
		{"above the total", "", RuleConcatPartInvalid, Error, 1, one(3, 4)},
		{"part 0", "", RuleConcatPartInvalid, Error, 1, one(3, 0)},
		{"total 0", "", RuleConcatPartInvalid, Error, 1, one(0, 1)},
		{"sar", "", RuleConcatPartInvalid, Error, 1, submits(nil, sar(8, 2, 5)...)},
		{"16 bit", "", RuleConcatPartInvalid, Error, 1, submits(text(0, "\x06\x08\x04\x00\x07\x02\x03x", fields{"esm_class": 0x40}))},
		{"last", "", RuleConcatPartInvalid, 0, 0, one(3, 3)},
		{"invalid is not missing", "", RuleConcatPartMissing, 0, 0, longs(func(l *long) {
			l.part(1, 3, 1, "a", nil)
			l.part(1, 3, 4, "c", nil)
			l.part(1, 3, 2, "b", nil)
			l.over()
		})},
		{"wait", "", RuleConcatPartMissing, Warning, 1, longs(func(l *long) {
			l.part(1, 3, 1, "a", nil)
			l.part(1, 3, 3, "c", nil)
			l.passes(603 * time.Second)
		})},
		{"within the wait", "", RuleConcatPartMissing, 0, 0, longs(func(l *long) {
			l.part(1, 2, 1, "a", nil)
			l.passes(590 * time.Second)
			l.part(1, 2, 2, "b", nil)
			l.passes(700 * time.Second)
		})},
		{"ended in sight", "", RuleConcatPartMissing, Warning, 1, longs(func(l *long) {
			l.part(1, 2, 1, "a", nil)
			l.over()
		})},
		{"still open", "", RuleConcatPartMissing, 0, 0, longs(func(l *long) {
			l.part(1, 2, 1, "a", nil)
			l.end()
			l.audit.Finish(l.now)
		})},
		{"other connection", "", RuleConcatPartMissing, 0, 0, longs(func(l *long) {
			l.part(1, 2, 2, "b", nil)
			l.fin(stream.FromA)
			l.elsewhere()
			l.part(1, 2, 1, "a", nil)
			l.over()
		})},
		{"folds over the account", "", RuleConcatPartMissing, Warning, 2, longs(func(l *long) {
			l.part(1, 2, 2, "b", nil)
			l.open()
			l.esme(build("bind_transceiver", 1, bindFields(nil)))
			l.smsc(build("bind_transceiver_resp", 1, nil))
			l.seq = 1
			l.refusable(0, submitFields(with(part8(1, 2, 1, "a"), fields{"destination_addr": "447700900999"})))
			l.passes(700 * time.Second)
		})},
		{"gap", "", RuleConcatPartMissing, Note, 1, longs(func(l *long) {
			l.part(1, 2, 1, "a", nil)
			at := stream.Stamp{Time: l.now}
			l.events(l.tracker.Skip(l.conn, stream.FromA, &stream.Frame{Kind: stream.FrameGap, At: at, Began: at, Length: 99}))
			l.over()
		})},
		{"refused and not repeated", "", RuleConcatPartMissing, Warning, 1, longs(func(l *long) {
			l.part(1, 2, 1, "a", nil)
			l.refused(1, 2, 2, "b")
			l.over()
		})},
		{"refused and repeated", "", RuleConcatPartMissing, 0, 0, longs(func(l *long) {
			l.part(1, 2, 1, "a", nil)
			l.refused(1, 2, 2, "b")
			l.part(1, 2, 2, "b", nil)
			l.over()
		})},
		{"all refused", "", RuleConcatPartMissing, 0, 0, longs(func(l *long) {
			l.refused(1, 2, 1, "a")
			l.refused(1, 2, 2, "b")
			l.over()
		})},
		{"repeated when complete", "", RuleConcatPartMissing, 0, 0, longs(func(l *long) {
			l.part(1, 2, 1, "a", nil)
			l.part(1, 2, 2, "b", nil)
			l.part(1, 2, 2, "b", nil)
			l.over()
		})},
		{"delivered", "", RuleConcatPartMissing, Warning, 1, func(r *rig) {
			delivers(part8(1, 2, 1, "x"))(r)
			(&long{rig: r}).passes(700 * time.Second)
		}},
		{"sar", "", RuleConcatPartMissing, Warning, 1, func(r *rig) {
			submits(nil, sar(8, 2, 1)...)(r)
			(&long{rig: r}).over()
		}},
		{"total", "", RuleConcatInconsistent, Warning, 1, longs(func(l *long) {
			l.part(1, 3, 1, "a", nil)
			l.part(1, 4, 2, "b", nil)
			l.over()
		})},
		{"total is one cause", "", RuleConcatPartMissing, 0, 0, longs(func(l *long) {
			l.part(1, 3, 1, "a", nil)
			l.part(1, 4, 2, "b", nil)
			l.over()
		})},
		{"data_coding", "", RuleConcatInconsistent, Warning, 1, longs(func(l *long) {
			l.part(1, 2, 1, "a", nil)
			l.part(1, 2, 2, "\x00b", fields{"data_coding": 8})
		})},
		{"source", "", RuleConcatInconsistent, Warning, 1, longs(func(l *long) {
			l.part(1, 3, 1, "a", nil)
			l.part(1, 3, 3, "c", nil)
			l.part(1, 3, 2, "b", from("OTHER"))
			l.over()
		})},
		{"source is one cause", "", RuleConcatPartMissing, 0, 0, longs(func(l *long) {
			l.part(1, 2, 1, "a", nil)
			l.part(1, 2, 2, "b", from("OTHER"))
			l.over()
		})},
		{"two senders", "", RuleConcatInconsistent, 0, 0, longs(func(l *long) {
			l.part(1, 2, 1, "a", nil)
			l.part(1, 2, 1, "x", from("OTHER"))
			l.part(1, 2, 2, "b", nil)
			l.part(1, 2, 2, "y", from("OTHER"))
			l.over()
		})},
		{"content", "", RuleConcatInconsistent, Warning, 1, longs(func(l *long) {
			l.part(1, 3, 1, "a", nil)
			l.part(1, 3, 2, "b", nil)
			l.part(1, 3, 2, "x", nil)
			l.part(1, 3, 3, "c", nil)
			l.over()
		})},
		{"two receipts of three", "", RuleConcatInconsistent, Note, 1, longs(func(l *long) {
			l.part(1, 3, 1, "a", asks(1))
			l.part(1, 3, 2, "b", asks(1))
			l.part(1, 3, 3, "c", asks(0))
		})},
		{"one receipt", "", RuleConcatInconsistent, 0, 0, longs(func(l *long) {
			l.part(1, 3, 1, "a", asks(0x11))
			l.part(1, 3, 2, "b", asks(0))
			l.part(1, 3, 3, "c", asks(0))
		})},
		{"next message", "", RuleConcatInconsistent, 0, 0, longs(func(l *long) {
			l.part(1, 2, 1, "a", nil)
			l.part(1, 2, 2, "b", nil)
			l.part(1, 2, 1, "c", fields{"data_coding": 4})
			l.part(1, 2, 2, "d", fields{"data_coding": 4})
			l.over()
		})},
		{"while incomplete", "", RuleConcatReferenceReused, Warning, 1, longs(func(l *long) {
			l.part(1, 3, 1, "a", nil)
			l.part(1, 3, 2, "b", nil)
			l.part(1, 2, 1, "x", nil)
			l.part(1, 2, 2, "y", nil)
			l.over()
		})},
		{"is one cause", "", RuleConcatPartMissing, 0, 0, longs(func(l *long) {
			l.part(1, 2, 1, "a", nil)
			l.part(1, 2, 1, "x", nil)
			l.part(1, 2, 2, "b", nil)
			l.part(1, 2, 2, "y", nil)
			l.over()
		})},
		{"when complete", "", RuleConcatReferenceReused, 0, 0, longs(func(l *long) {
			l.part(1, 2, 1, "a", nil)
			l.part(1, 2, 2, "b", nil)
			l.part(1, 2, 1, "x", nil)
			l.part(1, 2, 2, "y", nil)
			l.over()
		})},
		{"after the wait", "", RuleConcatReferenceReused, 0, 0, longs(func(l *long) {
			l.part(1, 2, 1, "a", nil)
			l.passes(603 * time.Second)
			l.part(1, 2, 1, "x", nil)
		})},
		{"other number", "", RuleConcatReferenceReused, 0, 0, longs(func(l *long) {
			l.part(1, 2, 1, "a", nil)
			l.part(1, 2, 1, "x", fields{"destination_addr": "447700900999"})
		})},
		{"refused before", "", RuleConcatReferenceReused, 0, 0, longs(func(l *long) {
			l.refused(1, 2, 1, "a")
			l.part(1, 2, 1, "x", nil)
			l.part(1, 2, 2, "y", nil)
		})},
	})
}
