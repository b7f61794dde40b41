package audit

import (
	"testing"
	"time"

	"smpptap/internal/smpptest"
	"smpptap/stream"
)

func TestDuplicateSubmit(t *testing.T) {
	const rule = RuleDuplicateSubmit
	times := func(n int, between time.Duration, parts ...smpptest.Part) func(*rig) {
		return longs(func(l *long) {
			for range n {
				l.refusable(0, submitFields(nil), parts...)
				l.after(between)
			}
		})
	}
	ask := func(l *long, more fields, parts ...smpptest.Part) {
		l.seq++
		l.esme(build("submit_sm", l.seq, submitFields(more), parts...))
	}
	// again asks, waits, and asks with other fields.
	again := func(wait time.Duration, more fields, parts ...smpptest.Part) func(*rig) {
		return longs(func(l *long) {
			ask(l, nil)
			l.after(wait)
			ask(l, more, parts...)
		})
	}
	runScripts(t, []ruleCase{
		{"unanswered", "", rule, Warning, 1, again(6*time.Second, nil)},
		{"soon", "", rule, 0, 0, again(4*time.Second, nil)},
		{"other user_message_reference", "", rule, Warning, 1, again(6*time.Second, nil, smpptest.TLV16(0x0204, 9))},
		{"other TLV", "", rule, 0, 0, again(6*time.Second, nil, smpptest.TLV16(0x020A, 9))},
		{"other text", "", rule, 0, 0, again(6*time.Second, fields{"short_message": "other"})},
		{"other number", "", rule, 0, 0, again(6*time.Second, fields{"destination_addr": "447700900999"})},
		{"other sender", "", rule, 0, 0, again(6*time.Second, fields{"source_addr": "OTHER"})},
		{"other data_coding", "", rule, 0, 0, again(6*time.Second, fields{"data_coding": 4})},
		{"other part", "", rule, 0, 0, longs(func(l *long) {
			ask(l, part8(1, 2, 1, "same"))
			l.after(6 * time.Second)
			ask(l, part8(1, 2, 2, "same"))
		})},
		{"answered late", "", rule, Warning, 1, longs(func(l *long) {
			ask(l, nil)
			l.after(40 * time.Second)
			l.smsc(build("submit_sm_resp", l.seq, fields{"message_id": "1"}))
			ask(l, nil)
		})},
		{"answered", "", rule, 0, 0, times(2, 6*time.Second)},
		{"connection died", "", rule, Warning, 1, longs(func(l *long) {
			ask(l, nil)
			l.fin(stream.FromA)
			l.elsewhere()
			ask(l, nil)
		})},
		{"another account's", "", rule, 0, 0, longs(func(l *long) {
			ask(l, nil)
			l.fin(stream.FromA)
			l.open()
			l.boundAs(fields{"system_id": "other"})
			ask(l, nil)
		})},
		{"refused", "", rule, 0, 0, longs(func(l *long) {
			for range 6 {
				l.refusable(0x58, submitFields(nil))
				l.after(6 * time.Second)
			}
		})},
		{"refused late", "", rule, 0, 0, longs(func(l *long) {
			ask(l, nil)
			l.after(40 * time.Second)
			l.smsc(build("submit_sm_resp", l.seq, nil, smpptest.Status(0x45), smpptest.HeaderOnly{}))
			ask(l, nil)
		})},
		{"gap", "", rule, Note, 1, longs(func(l *long) {
			ask(l, nil)
			at := stream.Stamp{Time: l.now + second}
			l.events(l.tracker.Skip(l.conn, stream.FromB, &stream.Frame{Kind: stream.FrameGap, At: at, Began: at, Length: 9}))
			l.after(6 * time.Second)
			ask(l, nil)
		})},
		{"fourth", "", rule, Note, 1, times(4, time.Second)},
		{"third", "", rule, 0, 0, times(3, time.Second)},
		{"fourth after long", "", rule, 0, 0, times(8, 101*time.Second)},
		{"sixth", "", rule, Note, 3, times(6, time.Second)},
		{"delivered", "", rule, 0, 0, func(r *rig) {
			r.bound()
			for i := range uint32(5) {
				r.smsc(build("deliver_sm", 1+i, fields{"source_addr": "1", "destination_addr": "2", "short_message": "hi"}))
				r.after(6 * time.Second)
			}
		}},
	})
}

// Only one direction: whether answers came is not known.
func TestDuplicateOneSided(t *testing.T) {
	r := newRig(t, "kaleyra")
	r.esme(build("bind_transceiver", 1, bindFields(nil)))
	for i := range uint32(3) {
		r.esme(build("submit_sm", 2+i, submitFields(nil)))
		r.after(10 * time.Second)
	}
	r.silent(RuleDuplicateSubmit)
}

func TestSubmitTable(t *testing.T) {
	var v submitTable
	for i := range uint64(3 * maxSubmits) {
		hash := (i + 1) * mixer
		place, known := v.find(hash)
		if known {
			t.Fatalf("%d is known", i)
		}
		v.sent[place].time = int64(i + 1)
		if again, known := v.find(hash); !known || again != place {
			t.Fatalf("%d is not found again", i)
		}
	}
	if !v.forgot(2*maxSubmits, 300*second) || v.forgot(2*maxSubmits+300*second+1, 300*second) {
		t.Error("what was forgotten lies at", v.lost)
	}
	kept := 0
	for i := range uint64(maxSubmits) {
		if _, known := v.find((2*maxSubmits + i + 1) * mixer); known {
			kept++
		}
	}
	if kept < maxSubmits*9/10 {
		t.Errorf("%d of the last %d are known", kept, maxSubmits)
	}
}

func TestOpenSubmits(t *testing.T) {
	var s openSubmits
	for i := range uint32(300) {
		if lost := s.put(openSubmit{number: int64(i + 1), sequence: i}); lost.number != 0 {
			t.Fatalf("%d pushed out %d", i, lost.number)
		}
	}
	if _, ok := s.take(7, 9); ok {
		t.Error("another PDU's number was taken")
	}
	if o, ok := s.take(299, 300); !ok || o.number != 300 {
		t.Error("lost a submit")
	}
	for i := range uint32(3) { // numbers that all want one place
		s.put(openSubmit{number: 1000 + int64(i), sequence: i * maxSlots})
	}
	if len(s.slots) > maxSlots {
		t.Error(len(s.slots), "places")
	}
}
