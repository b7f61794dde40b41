package main

import (
	"testing"

	"smpptap/analyze"
	"smpptap/analyze/profile"
	"smpptap/capture"
)

// BenchmarkPipeline takes a generated capture through all stages, without a
// sink. Allocations are those of the whole run.
func BenchmarkPipeline(b *testing.B) {
	const pdus = 100_000
	path := generated(b, pdus)
	p, err := profile.Load("kaleyra")
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		pipeline := analyze.New(analyze.Options{Source: path, Profile: p})
		if err := pipeline.Run(b.Context(), capture.NewFile(capture.Options{Paths: []string{path}})); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/pdus, "ns/PDU")
}
