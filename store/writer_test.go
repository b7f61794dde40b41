package store

import (
	"path/filepath"
	"testing"

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
