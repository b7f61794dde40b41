package main

import (
	"github.com/prometheus/client_golang/prometheus"

	"smpptap/proxy"
	"smpptap/stream"
)

// proxyCollector asks a relay for its counts when somebody asks for metrics.
type proxyCollector struct{ server *proxy.Server }

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
	for _, s := range c.server.Stats() {
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
