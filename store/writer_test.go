package store

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"syscall"
	"testing"
	"time"

	"smpptap/analyze"
)

func BenchmarkWriter(b *testing.B) {
	r := newRun()
	db, err := Open(filepath.Join(b.TempDir(), "x.db"), Options{})
	must(b, err)
	defer db.Close()
	w, err := db.NewWriter(WriterOptions{})
	must(b, err)
	must(b, w.Write(b.Context(), r.begin("a.pcap")))
	var batch []analyze.Record
	for range 512 {
		batch = append(batch, r.pdu(submit(1, "acme", "393331234567", "hello, this is a text of some sixty octets or thereabouts"), 0))
	}
	n := int64(0)
	b.ReportAllocs()
	for b.Loop() {
		for i := range batch {
			n++
			batch[i].PDU.Number = n
		}
		must(b, w.Write(b.Context(), batch))
	}
	b.ReportMetric(float64(n)/b.Elapsed().Seconds(), "pdus/s")
	b.ReportMetric(3*float64(n)/b.Elapsed().Seconds(), "rows/s")
	b.StopTimer()
	must(b, w.Close())
}

// TestBenchWriter is the Writer's part of bench/store.sh: exchanges with their
// messages, two thirds of what a capture has, into a database that stays.
// Without its variables it is a short run that only checks what is stored.
func TestBenchWriter(t *testing.T) {
	path, exchanges := os.Getenv("SMPPTAP_BENCH_DB"), 500
	if path == "" {
		path = filepath.Join(t.TempDir(), "x.db")
	} else {
		var err error
		exchanges, err = strconv.Atoi(os.Getenv("SMPPTAP_BENCH_EXCHANGES"))
		must(t, err)
	}
	const lot = 250
	r := newRun()
	var batch []analyze.Record
	for i := range lot {
		to, id := fmt.Sprintf("39333%07d", i), fmt.Sprintf("%032x", i)
		batch = append(batch, r.pdu(submit(uint32(i), "acme", to, "hello, this is a text of some sixty octets or thereabouts"), 0))
		batch = append(batch, r.pdu(submitResp(uint32(i), id), r.n))
		batch = append(batch, analyze.Record{Kind: analyze.RecordMessage, Message: &analyze.Message{
			ID: 1, Account: "acme", SystemID: "acme", Source: "acme", Text: "hello, this is a text of some sixty octets or thereabouts",
			Encoding: "gsm0338", Parts: 1, PartsSeen: 1, SubmitSession: 1,
		}})
	}
	before, start := cpuTime(t), time.Now()
	db, err := Open(path, Options{})
	must(t, err)
	w, err := db.NewWriter(WriterOptions{})
	must(t, err)
	must(t, w.Write(t.Context(), r.begin("bench")))
	number := int64(0)
	for range exchanges / lot {
		for i := 0; i < len(batch); i += 3 {
			m := batch[i+2].Message
			batch[i].PDU.Number, batch[i+1].PDU.Number, batch[i+1].PDU.Request = number+1, number+2, number+1
			m.ID, m.SubmitPDU, m.ResponsePDU, m.SubmittedAt = number/2+1, number+1, number+2, number
			m.MessageID, m.Destination = strconv.FormatInt(m.ID*7919%1_000_003, 16), "39333"+strconv.FormatInt(m.ID*104_729%10_000_019, 10)
			number += 2
		}
		must(t, w.Write(t.Context(), batch))
	}
	must(t, w.Close())
	must(t, db.Close())
	cpu, wall := (cpuTime(t) - before).Seconds(), time.Since(start).Seconds()
	rows := int(number)*2 + exchanges // submit with two TLVs, response, message
	t.Logf("Writer: %d rows, %.0f rows/s of CPU time (%.2f s), %.0f rows/s of wall time", rows, float64(rows)/cpu, cpu, float64(rows)/wall)
	if got := one(t, read(t, path), "SELECT (SELECT count(*) FROM pdus) + (SELECT count(*) FROM tlvs) + (SELECT count(*) FROM messages)"); got != strconv.Itoa(rows) {
		t.Errorf("%s rows, want %d", got, rows)
	}
}

func cpuTime(t *testing.T) time.Duration {
	t.Helper()
	var u syscall.Rusage
	must(t, syscall.Getrusage(syscall.RUSAGE_SELF, &u))
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
