package main

import (
	"github.com/prometheus/client_golang/prometheus"

	"smpptap/report"
	"smpptap/store"
)

// recordLive opens the database for a run that must not wait for it; thread is
// store.LiveOptions.Thread. The caller must close it with closeLive.
func (a *app) recordLive(opt store.LiveOptions) (*store.Live, error) {
	path, err := a.recordedTo()
	if err != nil {
		return nil, err
	}
	opt.Changed = func(s store.LiveState) {
		if s.Away != "" {
			a.log.Warn("the database is away; records wait in memory",
				"reason", s.Away, "error", s.Err, "waiting_octets", s.Waiting, "dropped", s.Dropped)
			return
		}
		a.log.Warn("the database is back; recording goes on", "waiting_octets", s.Waiting, "dropped", s.Dropped)
	}
	opt.Rotate.Done = func(path string, err error) {
		if err != nil {
			a.log.Warn("a database that was to end", "path", path, "error", err)
			return
		}
		a.log.Info("a database has ended", "path", path)
	}
	return store.OpenLive(path, opt)
}

// recordedTo is the one database that a run is recorded into.
func (a *app) recordedTo() (string, error) {
	if len(a.dbs) > 1 {
		return "", usagef("--db: a run is recorded into one database, not into %d", len(a.dbs))
	}
	return a.dbs[0], nil
}

// closeLive ends the capture and tells where it is and what it lacks.
func closeLive(l *store.Live, about *report.About) error {
	err := l.Close()
	if p := l.Place(); p.Capture != 0 {
		about.Database, about.Capture = l.Path(), p.Capture
		about.PDUOffset, about.ConnOffset, about.SessionOffset = p.PDU, p.Conn, p.Session
	}
	about.NotStored = l.NotStored()
	return err
}

// droppedDesc names what the database lacks.
var droppedDesc = prometheus.NewDesc("smpptap_records_dropped_total",
	"Records that were not stored: the database was locked, full, readonly, gone, damaged, failing (io, error), or slow.", []string{"link", "reason"}, nil)

// recordsCollector asks a recorder for its counts when somebody asks for
// metrics.
type recordsCollector struct {
	l        *store.Live // nil: there is no database
	fallback string      // the link of what has none
	links    []string
}

// Describe implements prometheus.Collector.
func (recordsCollector) Describe(out chan<- *prometheus.Desc) { out <- droppedDesc }

// Collect implements prometheus.Collector. Names of several links may be one
// label.
func (c recordsCollector) Collect(out chan<- prometheus.Metric) {
	counts := map[store.Drop]int64{}
	for _, link := range c.links {
		counts[store.Drop{Link: linkLabel(link), Reason: "slow"}] = 0 // a series to be alerted by, before there is a drop
	}
	var drops map[store.Drop]int64
	if c.l != nil {
		drops = c.l.Dropped()
	}
	for d, n := range drops {
		if d.Link = linkLabel(d.Link); d.Link == "" {
			d.Link = c.fallback
		}
		counts[d] += n
	}
	for d, n := range counts {
		out <- prometheus.MustNewConstMetric(droppedDesc, prometheus.CounterValue, float64(n), d.Link, d.Reason)
	}
}

// records has what the database lacks of links served; nil: nothing is
// recorded, so nothing is dropped.
func (m *metrics) records(l *store.Live, links ...string) {
	m.registry.MustRegister(recordsCollector{l, m.fallback, links})
}
