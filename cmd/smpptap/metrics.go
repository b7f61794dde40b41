package main

import (
	"runtime"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"

	"smpptap/dissect"
)

// metrics are what --metrics serves (interfaces.md). The registry is our own,
// so that nothing is served that is not named here.
//
// Labels are names of the protocol table, of rules and of links: no octet off
// the wire becomes one, and their number is bounded.
type metrics struct {
	registry *prometheus.Registry
	dialect  *dissect.Dialect
	fallback string // the link of what has none: of live, its interfaces

	pdus     *prometheus.CounterVec
	response *prometheus.HistogramVec
	window   *prometheus.GaugeVec
	sessions *prometheus.GaugeVec
	findings *prometheus.CounterVec
	lost     *prometheus.CounterVec
}

// answerTimes are the buckets of response times in seconds: a local proxy sees
// tens of microseconds, a loaded SMSC minutes.
var answerTimes = []float64{
	.000_1, .000_25, .000_5, .001, .002_5, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10, 30, 60,
}

func newMetrics(d *dissect.Dialect, fallback string) *metrics {
	counter := func(name, help string, labels ...string) *prometheus.CounterVec {
		return prometheus.NewCounterVec(prometheus.CounterOpts{Name: name, Help: help}, labels)
	}
	gauge := func(name, help string, labels ...string) *prometheus.GaugeVec {
		return prometheus.NewGaugeVec(prometheus.GaugeOpts{Name: name, Help: help}, labels)
	}
	m := &metrics{
		registry: prometheus.NewRegistry(), dialect: d, fallback: linkLabel(fallback),
		pdus: counter("smpptap_pdus_total", "PDUs analysed.", "link", "direction", "command", "status"),
		response: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "smpptap_response_seconds", Help: "Time from a request (command) to its response.", Buckets: answerTimes,
		}, []string{"link", "command"}),
		window:   gauge("smpptap_window", "Requests of both sides that wait for their response now.", "link"),
		sessions: gauge("smpptap_sessions", "Sessions bound now.", "link", "bind_type"),
		findings: counter("smpptap_findings_total", "Occurrences of faults; those of one cause are one finding elsewhere.", "link", "rule", "severity"),
		lost:     counter("smpptap_analysis_lost_bytes_total", "Octets that were not analysed.", "link"),
	}
	m.registry.MustRegister(m.pdus, m.response, m.window, m.sessions, m.findings, m.lost, buildMetric(),
		collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return m
}

// buildMetric is 1, its labels tell the build.
func buildMetric() prometheus.Collector {
	b := buildInfo()
	return prometheus.NewGaugeFunc(prometheus.GaugeOpts{
		Name: "smpptap_build_info", Help: "The build, as labels.",
		ConstLabels: prometheus.Labels{"version": b.version, "commit": b.commit, "goversion": runtime.Version()},
	}, func() float64 { return 1 })
}

// linkLabel makes a name fit for a label: one that is not UTF-8 would panic.
func linkLabel(name string) string {
	var out []rune
	for _, r := range name {
		if r < ' ' || r == 0x7f || r == '\uFFFD' {
			r = '_'
		}
		if out = append(out, r); len(out) == 64 {
			break
		}
	}
	return string(out)
}
