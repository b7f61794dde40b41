package analyze_test

import (
	"bytes"
	"context"
	"fmt"
	"testing"

	"smpptap/analyze"
	"smpptap/analyze/profile"
	"smpptap/internal/smpptest"
	"smpptap/stream"
)

// came is the number of a PDU that comes in one piece.
const came = 6

// keeper keeps PDUs as a sink may, and the octets of one as it may not.
type keeper struct {
	pdus [][]byte
	view []byte
}

// Write implements analyze.Sink.
func (k *keeper) Write(_ context.Context, records []analyze.Record) error {
	for i := range records {
		if r := &records[i]; r.Kind == analyze.RecordPDU {
			if r.PDU.Number == came {
				k.view = r.PDU.P.Raw
			}
			k.pdus = append(k.pdus, bytes.Clone(r.PDU.P.Raw))
		}
	}
	return nil
}

// Close implements analyze.Sink.
func (k *keeper) Close() error { return nil }

// TestChunksAreUsedAgain: every PDU of a long capture is right when it is
// judged, however segments cut it and however late its end comes, although
// memory for octets is used again.
func TestChunksAreUsedAgain(t *testing.T) {
	p, err := profile.Load("smpp34")
	if err != nil {
		t.Fatal(err)
	}
	masked := bytes.Replace(bind, []byte("s3cretpw"), []byte("********"), 1)
	sent := [][]byte{masked, masked}
	k := &keeper{}
	run := analyze.New(analyze.Options{Profile: p, Sinks: []analyze.Sink{k}})
	err = run.Run(t.Context(), script(func(h stream.Handler) error {
		w := dial(h, 1, true)
		w.esme(bind)
		dumb := dial(h, 3, true).esme(bind[:len(bind)-4]) // not recognised yet
		slow := dial(h, 2, true).esme(bind, submit[:len(submit)-4])
		for i := range 6_000 {
			text := fmt.Sprintf("message %d %0*d", i, i%140, 0)
			pdu := smpptest.Build("submit_sm", uint32(i+2), smpptest.F{"destination_addr": "919800000001", "short_message": text})
			sent = append(sent, pdu)
			switch cut := i % len(pdu); {
			case i%3 == 0:
				w.esme(pdu)
			case i%2 == 0:
				w.esme(pdu[:cut/2], pdu[cut/2:cut], pdu[cut:])
			default:
				w.esme(pdu[:cut], pdu[cut:])
			}
		}
		slow.esme(submit[len(submit)-4:])
		dumb.esme(bind[len(bind)-4:])
		sent = append(sent, submit, masked)
		w.end(nil)
		return nil
	}))
	if err != nil {
		t.Fatal(err)
	}
	if len(k.pdus) != len(sent) {
		t.Fatalf("%d PDUs, %d sent", len(k.pdus), len(sent))
	}
	for i, pdu := range k.pdus {
		if !bytes.Equal(pdu, sent[i]) {
			t.Fatalf("PDU %d: %q, sent %q", i, pdu, sent[i])
		}
	}
	if bytes.Equal(k.view, sent[came-1]) {
		t.Error("the memory of a PDU was not used again")
	}
}
