package store

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"smpptap/analyze"
	"smpptap/analyze/session"
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
	w := newWanted("393331234567", "39")
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
		"\x93\x33\x13\x32\x54\x76":                                     strings.Repeat("\xaa", 6),
		"\x91\x39\x33\x31\x23\x45\x67\xff":                             "\x91" + strings.Repeat("\xaa", 6) + "\xff",
		"\x39\x33\x21\x43\x65\xf7":                                     "\xa9\xaa\xaa\xaa\xaa\xfa", // without 39, from the middle of an octet
		"39 333 123-4567":                                              "***************",
		"+39 (333) 123.45.67!":                                         "+" + strings.Repeat("*", 18) + "!",
		"call 333 1234567":                                             "call ***********",
		"0333/1234567 or 3331234567":                                   "************ or **********",
		"44333 1234567":                                                "44333 1234567",
		"12 393331234567 8":                                            "12 ************ 8",
		"39 333  1234    567":                                          "39 333  1234    567", // too far apart
		"39\xc2\xa0333\xc2\xa01234567":                                 "****************",
		"\x00+\x003\x009\x00 \x003\x003\x003\x00 \x001\x002\x003\x004\x005\x006\x007": "\x00+" + strings.Repeat("\x00*", 14),
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
	counted, err := db.Erase("393331234567", "", true)
	must(t, err)
	if dump(t, path, "pdus") != raws {
		t.Error("a dry run changes PDUs")
	}
	e, err := db.Erase("393331234567", "", false)
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
	if e, err = db.Erase("393331234567", "", false); err != nil || e.PDUs+e.TLVs+e.Messages+e.Findings+e.Other != 0 {
		t.Errorf("again: %+v %v", e, err)
	}
	if _, err := db.Erase("' OR 1", "", false); err == nil {
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
	if _, err = db.Erase("393331234567", "", false); err == nil || !strings.Contains(err.Error(), "another program holds it") {
		t.Error(err)
	}
	must(t, tx.Rollback())
	e, err := db.Erase("393331234567", "", false)
	must(t, err)
	if e.Left != int64(bytes.Count(octetsOf(t, path), []byte("1393331234567"))) {
		t.Errorf("%+v", e)
	}
}

// septets packs text behind some bits of zeros.
func septets(fill int, text string) []byte {
	bits := strings.Repeat("0", fill)
	for _, c := range []byte(text) {
		for k := range 7 {
			bits += string('0' + c>>k&1)
		}
	}
	out := make([]byte, (len(bits)+7)/8)
	for i := range bits {
		out[i/8] |= (bits[i] - '0') << (i % 8)
	}
	return out
}

// However a number is written: no form of it is left in the file's octets, nor
// in the log while the database is open; what is not it stays.
func TestEraseForms(t *testing.T) {
	path := filepath.Join(t.TempDir(), "x.db")
	forms := map[string][]byte{
		"spaced": []byte("39 333 123 4567"), "dashed": []byte("0039-333-1234567"), "brackets": []byte("+39 (333) 1234567"),
		"national": []byte("dial 333 1234567"), "zero": []byte("0333 1234567"), "swapped": {0x0C, 0x91, 0x93, 0x33, 0x13, 0x32, 0x54, 0x76},
		"straight": {1, 0x39, 0x33, 0x31, 0x23, 0x45, 0x67}, "odd": {0xA1, 0x33, 0x13, 0x32, 0x54, 0x76, 0xF0}, "ucs2": []byte("\x003\x003\x003\x00 \x001\x002\x003\x004\x005\x006\x007"),
	}
	for fill := range 8 {
		forms["packed "+string(rune('0'+fill))] = septets(fill, "call +39 3331234567.")
		forms["packed alone "+string(rune('0'+fill))] = septets(fill, "3331234567")
	}
	other := map[string][]byte{"packed": septets(3, "call +39 3331234568."), "spaced": []byte("39 333 123 4568"), "longer": []byte("3933312345678")}
	r := newRun()
	batch := r.begin("a")
	plant := func(text string) {
		batch = append(batch, r.pdu(submit(uint32(r.n+1), "acme", "447700900123", text), 0))
	}
	for _, b := range forms {
		plant(string(b))
	}
	for _, b := range other {
		plant(string(b))
	}
	first := r.n + 1
	for i, text := range []string{"my number: 39333", "1234567, bye", "no number"} {
		plant(text)
		p := batch[len(batch)-1].PDU
		p.Parts = &session.PartMap{First: first, Total: 2, Seen: []session.SeenPart{{Number: 1, PDU: first}, {Number: 2, PDU: first + 1}}}
		if i == 2 {
			p.Parts = nil
		}
	}
	batch = append(batch, analyze.Record{Kind: analyze.RecordMessage, Message: &analyze.Message{
		ID: 1, Source: "acme", Destination: "447700900123", Text: "my number: 393331234567, bye", SubmitPDU: first, SubmitSession: 1, Parts: 2, PartsSeen: 2,
	}}, analyze.Record{Kind: analyze.RecordMessage, Message: &analyze.Message{
		ID: 2, Source: "acme", Destination: "447700900123", Text: "hex of septets", SubmitPDU: 1, SubmitSession: 1, Parts: 1, PartsSeen: 1,
	}})
	record(t, path, batch, []analyze.Record{r.end("a")})
	before := octetsOf(t, path)
	for name, b := range forms {
		if !bytes.Contains(before, b) {
			t.Fatalf("%s is not planted", name)
		}
	}
	db, err := Open(path, Options{})
	must(t, err)
	e, err := db.Erase("393331234567", "39", false)
	must(t, err)
	if want := int64(len(forms) + 2); e.PDUs != want || e.Messages != 2 {
		t.Errorf("%+v, want %d PDUs", e, want)
	}
	open := octetsOf(t, path)
	must(t, db.Close())
	for when, after := range map[string][]byte{"open": open, "closed": octetsOf(t, path)} {
		for name, b := range forms {
			if bytes.Contains(after, b) {
				t.Errorf("%s: %s is left", when, name)
			}
		}
		for _, word := range []string{"1234567,", "my number", "hex of septets"} {
			if bytes.Contains(after, []byte(word)) {
				t.Errorf("%s: %q is left", when, word)
			}
		}
		for name, b := range other {
			if !bytes.Contains(after, b) {
				t.Errorf("%s: what is another number is gone: %s", when, name)
			}
		}
		if !bytes.Contains(after, []byte("no number")) {
			t.Errorf("%s: what has no number is gone", when)
		}
	}
	var d dissect.PDU
	for _, p := range pdus(t, read(t, path), Filter{}) {
		if dissect.Decode(&d, p.Raw); len(d.Issues) > 0 {
			t.Errorf("pdu %d: %v", p.ID, d.Issues)
		}
	}
	db, err = Open(path, Options{})
	must(t, err)
	defer db.Close()
	for _, country := range []string{"44", "393331234", "393331234567"} {
		if _, err := db.Erase("393331234567", country, false); err == nil {
			t.Errorf("it takes the country's code %s", country)
		}
	}
}
