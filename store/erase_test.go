package store

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"smpptap/analyze"
	"smpptap/dissect"
)

func TestDigits(t *testing.T) {
	for in, want := range map[string]string{
		"+393331234567": "393331234567", "00393331234567": "393331234567", "0 393-331 (234) 567": "393331234567",
		"3931": "3931", "003": "", "": "", "acme": "", "39333x": "", "+00012": "",
	} {
		got, ok := Digits(in)
		if ok != (want != "") || ok && got != want {
			t.Errorf("%q: %q %v", in, got, ok)
		}
	}
}

func TestMaskNumber(t *testing.T) {
	w := newWanted("393331234567")
	for in, want := range map[string]string{
		"call 393331234567 now":     "call ************ now",
		"+393331234567":             "+************",
		"00393331234567,":           "**************,",
		"1393331234567":             "1393331234567",
		"3933312345678":             "3933312345678",
		"10393331234567":            "10393331234567",
		"3933312345673933312345":    "3933312345673933312345",
		"393331234567393331234567":  "393331234567393331234567", // another number
		"393331234567 393331234567": "************ ************",
		"\x003\x009\x003\x003\x003\x001\x002\x003\x004\x005\x006\x007": strings.Repeat("\x00*", 12),
		"\x93\x33\x13\x32\x54\x76":                                     "******",
	} {
		b := []byte(in)
		if w.mask(b); string(b) != want {
			t.Errorf("%q: %q, want %q", in, b, want)
		}
	}
}

// erasable is a database in which 393331234567 stands in all places, and in
// longer numbers in one.
func erasable(t *testing.T) string {
	path := filepath.Join(t.TempDir(), "x.db")
	r := newRun()
	r.session.SystemID = "id393331234567"
	batch := r.begin("393331234567.pcap")
	batch = append(batch, r.pdu(submit(1, "acme", "393331234567", "secret words"), 0), r.pdu(submitResp(1, "id-1"), 1))
	batch = append(batch, r.pdu(submit(2, "00393331234567", "447700900123", "other words"), 0))
	batch = append(batch, r.pdu(submit(3, "acme", "447700900123", "call +393331234567"), 0))
	batch = append(batch, r.pdu(submit(4, "acme", "1393331234567", "one longer"), 0))
	tlv := pduOf(dissect.CmdDataSM, 0, 5, "\x00\x01\x01acme\x00\x01\x01447700900123\x00\x00\x00\x00"+
		"\x03\x81\x00\x0f\x01\x01\x01393331234567"+"\x04\x24\x00\x05quiet")
	batch = append(batch, r.pdu(tlv, 0))
	f := r.finding(1, 0, 1)
	f.Finding.Field, f.Finding.Message = "destination_addr", "destination_addr 393331234567 is odd"
	g := r.finding(2, 0, 1)
	g.Finding.PDU, g.Finding.LastPDU, g.Finding.Seen, g.Finding.Field = 4, 4, "call +393331234567", "sm_length"
	batch = append(batch, f, g,
		analyze.Record{Kind: analyze.RecordMessage, Message: &analyze.Message{ID: 1, Source: "acme", Destination: "+393331234567", Text: "secret words", SubmitPDU: 1, SubmitSession: 1}},
		analyze.Record{Kind: analyze.RecordMessage, Message: &analyze.Message{ID: 2, Source: "acme", Destination: "447700900123", Text: "call +393331234567", SubmitPDU: 4, SubmitSession: 1}},
		analyze.Record{Kind: analyze.RecordMessage, Message: &analyze.Message{ID: 3, Source: "acme", Destination: "1393331234567", Text: "one longer", SubmitPDU: 5, SubmitSession: 1}},
	)
	record(t, path, batch, []analyze.Record{r.end("393331234567.pcap")})
	return path
}

func octetsOf(t *testing.T, path string) (all []byte) {
	t.Helper()
	for _, suffix := range []string{"", "-wal", "-shm", "-journal", "-lock"} {
		b, err := os.ReadFile(path + suffix)
		if err != nil && !errors.Is(err, os.ErrNotExist) {
			t.Fatal(err)
		}
		all = append(all, b...)
	}
	return all
}

func TestErase(t *testing.T) {
	path := erasable(t)
	before := octetsOf(t, path)
	if n := bytes.Count(before, []byte("393331234567")); n < 15 {
		t.Fatalf("%d canaries planted", n)
	}
	raws := dump(t, path, "pdus")
	db, err := Open(path, Options{})
	must(t, err)
	counted, err := db.Erase("393331234567", true)
	must(t, err)
	if dump(t, path, "pdus") != raws {
		t.Error("a dry run changes PDUs")
	}
	e, err := db.Erase("393331234567", false)
	must(t, err)
	counted.Left = e.Left
	if counted != e || e != (Erased{PDUs: 4, TLVs: 2, Messages: 2, Findings: 2, Other: 2, Left: e.Left}) {
		t.Errorf("dry %+v, done %+v", counted, e)
	}
	must(t, db.Close())
	after := octetsOf(t, path)
	longer := bytes.Count(after, []byte("1393331234567"))
	if n := bytes.Count(after, []byte("393331234567")); n != longer || int64(n) != e.Left || n == 0 {
		t.Errorf("%d canaries left, %d of them within longer numbers, %d told", n, longer, e.Left)
	}
	for _, word := range []string{"secret words", "other words"} {
		if bytes.Contains(after, []byte(word)) {
			t.Errorf("%q is left", word)
		}
	}
	for _, word := range []string{"447700900123", "one longer", "id-1"} {
		if !bytes.Contains(after, []byte(word)) {
			t.Errorf("%q is gone", word)
		}
	}
	rd := read(t, path)
	if got := one(t, rd, "PRAGMA integrity_check"); got != "ok" {
		t.Error(got)
	}
	for _, p := range pdus(t, rd, Filter{}) {
		var d dissect.PDU
		if dissect.Decode(&d, p.Raw); len(d.Issues) > 0 {
			t.Errorf("pdu %d: %v", p.ID, d.Issues)
		}
		if got := string(d.Bytes(dissect.ParamDestinationAddr)); got != p.DestinationAddr {
			t.Errorf("pdu %d: %q in the octets, %q beside them", p.ID, got, p.DestinationAddr)
		}
		if got := string(d.Bytes(dissect.ParamSourceAddr)); got != p.SourceAddr {
			t.Errorf("pdu %d: %q in the octets, %q beside them", p.ID, got, p.SourceAddr)
		}
	}
	for query, want := range map[string]string{
		"SELECT group_concat(text, '|') FROM messages":               "************|call +************|one longer",
		"SELECT group_concat(hex(value)) FROM tlvs WHERE pdu_id = 6": "0101012A2A2A2A2A2A2A2A2A2A2A2A,2A2A2A2A2A",
		"SELECT source FROM captures":                                "************.pcap",
	} {
		if got := one(t, rd, query); got != want {
			t.Errorf("%s: %s, want %s", query, got, want)
		}
	}
	db, err = Open(path, Options{})
	must(t, err)
	defer db.Close()
	if e, err = db.Erase("393331234567", false); err != nil || e.PDUs+e.TLVs+e.Messages+e.Findings+e.Other != 0 {
		t.Errorf("again: %+v %v", e, err)
	}
	if _, err := db.Erase("' OR 1", false); err == nil {
		t.Error("it takes what is no number")
	}
}

// A reader that stays keeps the log: then it is said that not all is gone.
func TestEraseBesideReader(t *testing.T) {
	path := erasable(t)
	rd := read(t, path)
	tx, err := rd.read.BeginTx(t.Context(), nil)
	must(t, err)
	var n int
	must(t, tx.QueryRow("SELECT count(*) FROM pdus").Scan(&n))
	db, err := Open(path, Options{BusyTimeout: 1})
	must(t, err)
	defer db.Close()
	if _, err = db.Erase("393331234567", false); err == nil || !strings.Contains(err.Error(), "another program holds it") {
		t.Error(err)
	}
	must(t, tx.Rollback())
	e, err := db.Erase("393331234567", false)
	must(t, err)
	if e.Left != int64(bytes.Count(octetsOf(t, path), []byte("1393331234567"))) {
		t.Errorf("%+v", e)
	}
}
