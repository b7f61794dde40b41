package audit

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"smpptap/dissect"
	"smpptap/internal/smpptest"
	"smpptap/stream"
)

// accept submits a message that asks for a receipt and gives it an id.
func (l *wire) accept(id string) { l.respond(l.submitAsking(1), id) }

func (l *wire) submitAsking(registered int) uint32 {
	l.seqs[toSMSC]++
	seq := l.seqs[toSMSC]
	f := smpptest.F{"source_addr": "1234", "destination_addr": "39333123456", "registered_delivery": registered, "short_message": fmt.Sprint("m", seq)}
	l.put(toSMSC, smpptest.Build("submit_sm", seq, f), 0)
	return seq
}

func (l *wire) respond(seq uint32, id string) {
	l.put(toESME, smpptest.Build("submit_sm_resp", seq, smpptest.F{"message_id": id}), 0)
}

// text is a receipt's text as in appendix B; the date is that of the scene.
func (s *scene) text(id, stat string) string { return s.textAt(id, stat, s.now) }

func (s *scene) textAt(id, stat string, sent int64) string {
	day := time.Unix(0, sent).UTC().Format("0601021504")
	return fmt.Sprintf("id:%s sub:001 dlvrd:001 submit date:%s done date:%s stat:%s err:000 text:hello", id, day, day, stat)
}

// carry delivers a text and gives the request's number.
func (l *wire) carry(class int, text string, parts ...smpptest.Part) uint32 {
	l.seqs[toESME]++
	f := smpptest.F{"source_addr": "39333123456", "destination_addr": "1234", "esm_class": class, "short_message": text}
	l.put(toESME, smpptest.Build("deliver_sm", l.seqs[toESME], f, parts...), 0)
	return l.seqs[toESME]
}

// receipt delivers a receipt, which is answered.
func (l *wire) receipt(id, stat string, parts ...smpptest.Part) {
	l.send(toSMSC, "deliver_sm_resp", l.carry(4, l.text(id, stat), parts...))
}

func tlvID(id string) smpptest.Part {
	return smpptest.TLV{Tag: dissect.TagReceiptedMessageID, Value: append([]byte(id), 0)}
}

func TestReceiptsInOrderStaySilent(t *testing.T) {
	s := play(t, "kaleyra")
	l := s.bound("bind_transceiver")
	for i := range 30 {
		id := fmt.Sprint("0a1b2c", i)
		l.accept(id)
		s.wait(time.Second)
		l.receipt(id, "DELIVRD", tlvID(id), smpptest.TLV8(dissect.TagMessageState, 2))
	}
	l.send(toSMSC, "deliver_sm_resp", l.carry(0, "id like to know more")) // a subscriber
	l.unbind()
	s.end()
	for _, f := range s.a.Findings() {
		if Rules[f.Rule].Group == Rules[RuleReceiptMalformed].Group {
			t.Errorf("%s: %s", f.Rule, f.Message)
		}
	}
	for _, r := range []RuleID{RuleReceiptMalformed, RuleReceiptUnmatched, RuleReceiptStateMismatch, RuleReceiptConflict,
		RuleReceiptDuplicate, RuleReceiptBeforeResponse, RuleReceiptStateUnknown} {
		if c := s.a.Checks()[r]; c.Checked != 30 || c.Unchecked != 0 {
			t.Errorf("%s: %+v", r, c)
		}
	}
	for _, r := range []RuleID{RuleDeliverRefused, RuleDeliverRepeated, RuleDeliverUnanswered, RuleReceiptNotFlagged} {
		if c := s.a.Checks()[r]; c.Checked != 31 {
			t.Errorf("%s: %+v", r, c)
		}
	}
	for _, r := range []RuleID{RuleReceiptIdFormat, RuleReceiptNoReceiver} {
		if c := s.a.Checks()[r]; c.Checked != 1 {
			t.Errorf("%s: %+v", r, c)
		}
	}
}

func TestReceiptMalformed(t *testing.T) {
	for _, c := range []struct {
		class int
		text  string
		n     int64
		want  string
		parts []smpptest.Part
	}{
		{4, "delivered", 1, "an id and a state", nil},
		{4, "id:7 sub:001", 1, "give a state", nil},
		{4, "stat:DELIVRD err:000", 1, "give an id", nil},
		{0x20, "id:7 sub:001", 1, "give a state", nil},
		{0x20, "on its way", 0, "", nil},
		{4, "id:7 stat:DELIVRD", 0, "", nil},
		{4, "", 0, "", []smpptest.Part{tlvID("7"), smpptest.TLV8(dissect.TagMessageState, 2)}},
		{0, "delivered", 0, "", nil},
	} {
		s := play(t, "kaleyra")
		l := s.bound("bind_transceiver")
		l.carry(c.class, c.text, c.parts...)
		s.end()
		if c.n == 0 {
			s.silent("receipt-malformed")
		} else {
			s.wants("receipt-malformed", Warning, c.n, c.want)
		}
	}
}

func TestReceiptNotFlagged(t *testing.T) {
	s := play(t, "kaleyra")
	l := s.bound("bind_transceiver")
	l.accept("77")
	l.carry(0, s.text("77", "DELIVRD"))
	s.end().wants("receipt-not-flagged", Warning, 1, "esm_class 0x00")

	s = play(t, "kaleyra") // nobody knows the id
	l = s.bound("bind_transceiver")
	l.carry(0, s.text("77", "DELIVRD"))
	s.end().wants("receipt-not-flagged", Note, 1, "subscriber")

	s = play(t, "kaleyra")
	l = s.bound("bind_transceiver")
	l.carry(0, "id: my name is stat: fine, thanks")
	s.end().silent("receipt-not-flagged", "receipt-unmatched")
}

func TestReceiptUnmatched(t *testing.T) {
	s := play(t, "kaleyra")
	l := s.bound("bind_transceiver")
	l.accept("77")
	l.receipt("78", "DELIVRD")
	s.end().wants("receipt-unmatched", Note, 1, "names message 78")

	s = play(t, "kaleyra") // over another connection of the account, after its end
	l = s.bound("bind_transmitter")
	l.accept("77")
	l.unbind()
	k := s.bound("bind_receiver")
	k.receipt("77", "DELIVRD")
	s.end().silent("receipt-unmatched", "receipt-no-receiver", "receipt-before-response")

	// The dates say that it was submitted in sight.
	inside := func(prepare func(l *wire)) *scene {
		s := play(t, "kaleyra")
		l := s.bound("bind_transceiver")
		for i := range 5 {
			s.wait(50 * time.Second)
			id := fmt.Sprint("9000", i)
			l.accept(id)
			l.receipt(id, "DELIVRD")
		}
		prepare(l)
		sent := s.now - int64(100*time.Second)
		l.carry(4, s.textAt("4711", "DELIVRD", sent))
		s.wait(time.Minute)
		return s.end()
	}
	inside(func(*wire) {}).wants("receipt-unmatched", Warning, 1, "should be in the capture")
	inside(func(l *wire) { l.skip(toESME, stream.Frame{Kind: stream.FrameGap, Length: 100}) }).wants("receipt-unmatched", Note, 1, "")
	inside(func(l *wire) { l.submitAsking(1) }).wants("receipt-unmatched", Note, 1, "") // its id is not known
}

func TestReceiptIDFormat(t *testing.T) {
	run := func(n int, ids func(i int) (response, receipt string), parts func(response string) []smpptest.Part) *scene {
		s := play(t, "kaleyra")
		l := s.bound("bind_transceiver")
		for i := range n {
			response, receipt := ids(i)
			l.accept(response)
			var p []smpptest.Part
			if parts != nil {
				p = parts(response)
			}
			l.receipt(receipt, "DELIVRD", p...)
		}
		s.end().silent("receipt-unmatched", "receipt-state-mismatch")
		return s
	}
	hex := func(i int) (string, string) { return fmt.Sprintf("%X", 0x2F7A10+i), fmt.Sprint(0x2F7A10 + i) }
	run(38, hex, nil).wants("receipt-id-format", Warning, 1, "in hexadecimal, receipts in decimal (38 of 38 pairs, 2F7A10 and 3111440)")
	run(5, hex, nil).wants("receipt-id-format", Warning, 1, "5 of 5")
	run(4, hex, nil).silent("receipt-id-format")
	big := func(i int) (string, string) {
		return fmt.Sprintf("812FC7470000001%X", i), fmt.Sprint(uint64(0x812FC74700000010) + uint64(i))
	}
	run(12, big, func(r string) []smpptest.Part { return []smpptest.Part{tlvID(r)} }).wants("receipt-id-format", Warning, 1, "hexadecimal")
	run(6, func(i int) (string, string) { a, b := hex(i); return b, strings.ToLower(a) }, nil).wants("receipt-id-format", Warning, 1, "in decimal, receipts in hexadecimal")
	run(6, func(i int) (string, string) { return fmt.Sprint("AB", i), fmt.Sprint("ab", i) }, nil).wants("receipt-id-format", Warning, 1, "letter case")
	run(6, func(i int) (string, string) { return fmt.Sprintf("%010d", i+1), fmt.Sprint(i + 1) }, nil).wants("receipt-id-format", Warning, 1, "leading zeros")
	run(40, func(i int) (string, string) { return fmt.Sprint(i), fmt.Sprint(i) }, nil).silent("receipt-id-format")
	run(20, func(i int) (string, string) { // 18 of 20 are not enough
		if i%10 == 9 {
			return fmt.Sprint("x", i), fmt.Sprint("x", i)
		}
		return hex(i)
	}, nil).silent("receipt-id-format")
}

// Short ids of figures are not told by one pair: 10 is 16 in hexadecimal.
func TestShortFiguresAreNoOtherBase(t *testing.T) {
	s := play(t, "kaleyra")
	l := s.bound("bind_transceiver")
	for i := range 30 {
		l.accept(fmt.Sprint(12 + i))
		l.receipt(fmt.Sprint(1+i), "DELIVRD")
	}
	s.end().wants("receipt-unmatched", Note, 11, "")
	s.silent("receipt-id-format", "receipt-conflict", "receipt-duplicate")
}

func TestReceiptStates(t *testing.T) {
	run := func(profile, stat string, parts ...smpptest.Part) *scene {
		s := play(t, profile)
		l := s.bound("bind_transceiver")
		l.accept("77")
		l.receipt("77", stat, parts...)
		return s.end()
	}
	state := func(n uint8) smpptest.Part { return smpptest.TLV8(dissect.TagMessageState, n) }
	run("kaleyra", "DELIVERED").wants("receipt-state-unknown", Note, 1, "stat:DELIVERED")
	run("kaleyra", "FAILED").silent("receipt-state-unknown")
	run("kaleyra", "UNDELIV").silent("receipt-state-unknown")
	run("smpp34", "DELIVERED").silent("receipt-state-unknown")
	run("kaleyra", "DELIVRD", state(5)).wants("receipt-state-mismatch", Warning, 1, "message_state 5")
	run("kaleyra", "DELIVRD", state(2)).silent("receipt-state-mismatch")
	run("kaleyra", "INVALID-SUB", state(8)).silent("receipt-state-mismatch") // a word for both
	run("kaleyra", "DELIVRD", tlvID("78")).wants("receipt-state-mismatch", Warning, 1, "receipted_message_id 78")
	run("kaleyra", "DELIVRD", tlvID("4D")).silent("receipt-state-mismatch")
}

func TestSecondReceipts(t *testing.T) {
	run := func(class int, first, second string) *scene {
		s := play(t, "kaleyra")
		l := s.bound("bind_transceiver")
		l.accept("77")
		l.send(toSMSC, "deliver_sm_resp", l.carry(class, s.text("77", first)))
		s.wait(time.Minute)
		l.receipt("77", second)
		return s.end()
	}
	run(4, "DELIVRD", "UNDELIV").wants("receipt-conflict", Warning, 1, "DELIVRD, and UNDELIV")
	s := run(4, "DELIVRD", "DELIVRD")
	s.wants("receipt-duplicate", Note, 1, "answered in time")
	s.silent("receipt-conflict", "deliver-repeated")
	run(0x20, "UNDELIV", "DELIVRD").silent("receipt-conflict", "receipt-duplicate")
	run(4, "ENROUTE", "DELIVRD").silent("receipt-conflict", "receipt-duplicate")
	run(4, "ACCEPTD", "DELIVRD").silent("receipt-conflict", "receipt-duplicate")

	s = play(t, "kaleyra") // the id was given again
	l := s.bound("bind_transceiver")
	for _, stat := range []string{"DELIVRD", "UNDELIV", "UNDELIV"} {
		l.accept("10")
		l.receipt("10", stat)
	}
	s.end().silent("receipt-conflict", "receipt-duplicate")

	s = play(t, "kaleyra") // answered late
	l = s.bound("bind_transceiver")
	l.accept("77")
	seq := l.carry(4, s.text("77", "DELIVRD"))
	s.wait(20 * time.Second)
	l.send(toSMSC, "deliver_sm_resp", seq)
	l.receipt("77", "DELIVRD")
	s.end().wants("receipt-duplicate", Note, 1, "answered late, after 20")
}

func TestReceiptBeforeResponse(t *testing.T) {
	s := play(t, "kaleyra")
	l := s.bound("bind_transmitter")
	k := s.bound("bind_receiver")
	seq := l.submitAsking(1)
	k.receipt("2f7a10", "DELIVRD")
	l.respond(seq, "2F7A10")
	k.receipt("2f7a10", "DELIVRD")
	s.end().wants("receipt-before-response", Note, 1, "over another connection")
	s.wants("receipt-duplicate", Note, 1, "")
	s.silent("receipt-unmatched")

	s = play(t, "kaleyra") // too long before: another message
	l = s.bound("bind_transceiver")
	l.receipt("77", "DELIVRD")
	s.wait(time.Minute)
	l.accept("77")
	s.end().silent("receipt-before-response")
	s.wants("receipt-unmatched", Note, 1, "")
}

func TestReceiptNoReceiver(t *testing.T) {
	run := func(registered int, binds ...string) *scene {
		s := play(t, "kaleyra")
		var l *wire
		for _, b := range binds {
			l = s.bound(b)
		}
		l.respond(l.submitAsking(registered), "77")
		return s.end()
	}
	run(1, "bind_transmitter").wants("receipt-no-receiver", Warning, 1, "may exist elsewhere")
	run(1, "bind_receiver", "bind_transmitter").silent("receipt-no-receiver")
	run(1, "bind_transceiver").silent("receipt-no-receiver")
	run(0, "bind_transmitter").silent("receipt-no-receiver")

	s := play(t, "kaleyra") // the bind is not in the capture
	l := s.open(false)
	l.accept("77")
	s.end().silent("receipt-no-receiver")

	s = play(t, "kaleyra") // refused: no receipt will come
	l = s.bound("bind_transmitter")
	l.turnDown(l.submitAsking(1), 0x45)
	s.end().silent("receipt-no-receiver")
}
