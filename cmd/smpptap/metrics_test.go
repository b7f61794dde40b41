package main

import (
	"slices"
	"testing"

	"smpptap/dissect"
)

// TestMetricsOfLive: a run that relays and stores nothing has the counters of
// both at zero, so that alerts on them find a series.
func TestMetricsOfLive(t *testing.T) {
	m := newMetrics(&dissect.Dialect{}, "eth0")
	m.records(nil, "eth0")
	m.relaysNothing("eth0")
	families, err := m.registry.Gather()
	if err != nil {
		t.Fatal(err)
	}
	var zero []string
	for _, f := range families {
		for _, x := range f.GetMetric() {
			if x.GetCounter() != nil && x.GetCounter().GetValue() == 0 {
				zero = append(zero, f.GetName())
			}
		}
	}
	want := []string{"smpptap_records_dropped_total", "smpptap_relay_bytes_total", "smpptap_relay_bytes_total"}
	if zero = slices.DeleteFunc(zero, func(s string) bool { return s < "smpptap" || s > "smpptaq" }); !slices.Equal(zero, want) {
		t.Errorf("%q, want %q", zero, want)
	}
}
