package main

import (
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"

	"smpptap/analyze"
	"smpptap/capture"
	"smpptap/proxy"
	"smpptap/stream"
)

// watchCollector asks a run for what it keeps waiting and what it lost.
type watchCollector struct {
	w        *watch
	pipeline *analyze.Pipeline
	keeper   *capture.Keeper // nil: -w is not given
}

var (
	databaseUp  = prometheus.NewDesc("smpptap_database_up", "1: the database takes records; 0: they wait in memory.", nil, nil)
	waitingDesc = prometheus.NewDesc("smpptap_waiting_bytes", "Memory of what waits in a queue: analysis, database.", []string{"queue"}, nil)
	keepLost    = prometheus.NewDesc("smpptap_write_lost_total", "Chunks of octets that -w could not write.", nil, nil)
)

// relaysNothing has what a proxy relays, at zero, for live: what asks both
// finds the same names.
func (m *metrics) relaysNothing(link string) {
	octets := prometheus.NewCounterVec(prometheus.CounterOpts{
		Name: "smpptap_relay_bytes_total", Help: "Octets received from the sender of a direction, to be passed on; live passes on none.",
	}, []string{"link", "direction"})
	for _, to := range [...]string{"to_smsc", "to_esme"} {
		octets.WithLabelValues(linkLabel(link), to)
	}
	m.registry.MustRegister(octets)
}

// Describe implements prometheus.Collector.
func (watchCollector) Describe(out chan<- *prometheus.Desc) {
	for _, d := range []*prometheus.Desc{databaseUp, waitingDesc, keepLost} {
		out <- d
	}
}

// Collect implements prometheus.Collector.
func (c watchCollector) Collect(out chan<- prometheus.Metric) {
	gauge := func(d *prometheus.Desc, n int64, labels ...string) {
		out <- prometheus.MustNewConstMetric(d, prometheus.GaugeValue, float64(n), labels...)
	}
	gauge(waitingDesc, c.pipeline.Waiting(), "analysis")
	if c.keeper != nil {
		out <- prometheus.MustNewConstMetric(keepLost, prometheus.CounterValue, float64(c.keeper.Lost()))
	}
	if c.w.rec == nil {
		return
	}
	s := c.w.rec.State()
	gauge(waitingDesc, s.Waiting, "database")
	up := int64(1)
	if s.Away != "" {
		up = 0
	}
	gauge(databaseUp, up)
}

// proxyCollector looks at a relay's counts when somebody asks for metrics.
type proxyCollector struct {
	links    []proxy.Link
	counters []*proxy.Counters
}

// relayedBy tells of the process that relays, when it is another one.
func (m *metrics) relayedBy(process int) {
	if process == 0 {
		return
	}
	m.registry.MustRegister(collectors.NewProcessCollector(collectors.ProcessCollectorOpts{
		PidFn: func() (int, error) { return process, nil }, Namespace: "smpptap_relay",
	}))
}

var (
	linkLabels      = []string{"link"}
	relayBytes      = prometheus.NewDesc("smpptap_relay_bytes_total", "Octets received from the sender of a direction, to be passed on.", []string{"link", "direction"}, nil)
	undeliveredDesc = prometheus.NewDesc("smpptap_relay_undelivered_bytes_total", "Octets of those that did not reach the other side, which was gone.", []string{"link", "direction"}, nil)
	connectionsDesc = prometheus.NewDesc("smpptap_connections", "Connections relayed now.", linkLabels, nil)
	acceptedDesc    = prometheus.NewDesc("smpptap_connections_accepted_total", "Connections accepted.", linkLabels, nil)
	failuresDesc    = prometheus.NewDesc("smpptap_connection_failures_total",
		"Connections that could not be relayed: limit (--max-connections), proxy_header, dial (the SMSC), tls_in, tls_out.", []string{"link", "reason"}, nil)
)

// Describe implements prometheus.Collector.
func (proxyCollector) Describe(out chan<- *prometheus.Desc) {
	for _, d := range []*prometheus.Desc{relayBytes, undeliveredDesc, connectionsDesc, acceptedDesc, failuresDesc} {
		out <- d
	}
}

// Collect implements prometheus.Collector.
func (c proxyCollector) Collect(out chan<- prometheus.Metric) {
	count := func(d *prometheus.Desc, n int64, labels ...string) {
		out <- prometheus.MustNewConstMetric(d, prometheus.CounterValue, float64(n), labels...)
	}
	for i, counters := range c.counters {
		s := counters.Stats(c.links[i].Name)
		out <- prometheus.MustNewConstMetric(connectionsDesc, prometheus.GaugeValue, float64(s.Open), s.Link)
		count(acceptedDesc, s.Accepted, s.Link)
		count(failuresDesc, s.Refused, s.Link, "limit")
		count(failuresDesc, s.HeaderFailures, s.Link, "proxy_header")
		count(failuresDesc, s.DialFailures, s.Link, "dial")
		count(failuresDesc, s.ListenTLSFailures, s.Link, "tls_in")
		count(failuresDesc, s.UpstreamTLSFailures, s.Link, "tls_out")
		for dir, to := range [...]string{stream.FromA: "to_smsc", stream.FromB: "to_esme"} {
			count(relayBytes, s.Octets[dir], s.Link, to)
			count(undeliveredDesc, s.Undelivered[dir], s.Link, to)
		}
	}
}
