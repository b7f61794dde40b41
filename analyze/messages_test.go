package analyze_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"

	"smpptap/analyze"
	"smpptap/internal/smpptest"
	"smpptap/stream"
)

// book is a Sink that keeps the newest record of each message.
type book struct {
	messages map[int64]analyze.Message
	records  int
}

// Write implements analyze.Sink.
func (b *book) Write(_ context.Context, records []analyze.Record) error {
	for i := range records {
		if m := records[i].Message; m != nil {
			b.messages[m.ID] = *m
			b.records++
		}
	}
	return nil
}

// Close implements analyze.Sink.
func (*book) Close() error { return nil }

func (b *book) lines() (out []string) {
	for id := int64(1); id <= int64(len(b.messages)); id++ {
		m := b.messages[id]
		out = append(out, fmt.Sprintf("%s %q %s>%s %q %s %d/%d status %v %d %s %s pdus %d %d %d latency %d delay %d",
			m.SystemID, m.MessageID, m.Source, m.Destination, m.Text, m.Encoding, m.PartsSeen, m.Parts, m.Answered, m.Status,
			m.ReceiptState, m.ReceiptErr, m.SubmitPDU, m.ResponsePDU, m.ReceiptPDU, m.Latency, m.ReceiptDelay))
	}
	return out
}

func written(t *testing.T, opt analyze.Options, s script) *book {
	t.Helper()
	b := &book{messages: map[int64]analyze.Message{}}
	opt.Messages, opt.Sinks = true, []analyze.Sink{b}
	if _, err := run(t, opt, s); err != nil {
		t.Fatal(err)
	}
	return b
}

func submitted(seq uint32, more smpptest.F) []byte {
	f := smpptest.F{"source_addr": "ACME", "destination_addr": "919800000001", "registered_delivery": 1}
	for k, v := range more {
		f[k] = v
	}
	return smpptest.Build("submit_sm", seq, f)
}

func given(seq uint32, id string) []byte {
	return smpptest.Build("submit_sm_resp", seq, smpptest.F{"message_id": id})
}

func receipt(seq uint32, id, stat string) []byte {
	text := "id:" + id + " sub:001 dlvrd:001 submit date:7001010000 done date:7001010000 stat:" + stat + " err:007 text:x"
	return smpptest.Build("deliver_sm", seq, smpptest.F{"esm_class": 4, "short_message": text})
}

func TestMessages(t *testing.T) {
	conversation := script(func(h stream.Handler) error {
		w := dial(h, 1, true)
		w.esme(bind).smsc(bindResp)
		w.esme(submitted(2, smpptest.F{"short_message": "hello"})).smsc(given(2, "2F7A10"))
		w.esme(submitted(3, smpptest.F{"short_message": "no"}))
		w.smsc(smpptest.Build("submit_sm_resp", 3, nil, smpptest.Status(0x0B), smpptest.HeaderOnly{}))
		w.esme(submitted(4, smpptest.F{"esm_class": 0x40, "short_message": "\x05\x00\x03\x4d\x02\x01first "}))
		w.esme(submitted(5, smpptest.F{"esm_class": 0x40, "short_message": "\x05\x00\x03\x4d\x02\x02second"}))
		w.smsc(given(4, "40"), given(5, "41"))
		w.smsc(receipt(1, "40", "UNDELIV"), receipt(2, "41", "DELIVRD"), receipt(3, "3111440", "DELIVRD"))
		w.esme(submitted(6, smpptest.F{"short_message": "early"}))
		w.smsc(receipt(4, "77x", "DELIVRD"), given(6, "77X"))
		w.esme(submitted(7, smpptest.F{"short_message": "open"}))
		w.end(stream.ErrInputEnd)
		return nil
	})
	b := written(t, analyze.Options{}, conversation)
	want := []string{
		`acme "2F7A10" ACME>919800000001 "hello" gsm0338 1/1 status true 0 DELIVRD 007 pdus 3 4 13 latency 1000000 delay 10000000`,
		`acme "" ACME>919800000001 "no" gsm0338 1/1 status true 11   pdus 5 6 0 latency -1 delay -1`,
		`acme "40" ACME>919800000001 "first second" gsm0338 2/2 status true 0 UNDELIV 007 pdus 7 9 11 latency 2000000 delay 4000000`,
		`acme "77X" ACME>919800000001 "early" gsm0338 1/1 status true 0 DELIVRD 007 pdus 14 16 15 latency 2000000 delay 1000000`,
		`acme "" ACME>919800000001 "open" gsm0338 1/1 status false 0   pdus 17 0 0 latency -1 delay -1`,
	}
	if d := gocmp.Diff(want, b.lines()); d != "" {
		t.Errorf("want (-) got (+):\n%s", d)
	}
	if b.messages[1].Account != "10.2.0.1 acme" {
		t.Errorf("account %q", b.messages[1].Account)
	}

	b = written(t, analyze.Options{Redact: analyze.RedactAll}, conversation)
	for _, m := range b.messages {
		if m.Source != "****" || m.Destination != "************" || m.Text == "hello" || m.Text == "first second" {
			t.Errorf("%+v", m)
		}
	}

	if p, err := run(t, analyze.Options{}, conversation); err != nil || len(p.lines) == 0 {
		t.Error(err)
	}
	b = &book{messages: map[int64]analyze.Message{}}
	if _, err := run(t, analyze.Options{Sinks: []analyze.Sink{b}}, conversation); err != nil || b.records > 0 {
		t.Errorf("%v, %d records that nobody wants", err, b.records)
	}
}

// TestMessagesEnded: a query that its connection's end leaves open begins
// nothing anew: what is found is the same with records of messages and without.
func TestMessagesEnded(t *testing.T) {
	talk := func(h stream.Handler) error {
		w := dial(h, 1, true).esme(bind).smsc(bindResp)
		w.esme(smpptest.Build("query_sm", 9, smpptest.F{"message_id": "17", "source_addr": "ACME"}))
		w.at.Time += int64(time.Second)
		w.end(nil)
		x := dial(h, 2, true)
		x.at.Time = w.at.Time + int64(5*time.Minute)
		x.esme(bind).smsc(bindResp).esme(unbind).smsc(unbindResp).end(nil)
		return nil
	}
	without, err := run(t, analyze.Options{}, talk)
	if err != nil {
		t.Fatal(err)
	}
	with, err := run(t, analyze.Options{Messages: true}, talk)
	if d := gocmp.Diff(without.lines, with.lines); d != "" || err != nil || len(with.lines) < 8 {
		t.Error(err, d)
	}
}
