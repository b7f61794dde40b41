package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"
	"go.yaml.in/yaml/v4"

	"smpptap/analyze"
	"smpptap/analyze/audit"
	"smpptap/analyze/profile"
	"smpptap/capture"
	"smpptap/dissect"
	"smpptap/stream"
)

// corpusDir holds real captures beside the checkout. They are no part of the
// project, so a checkout without them tests its own samples only.
const corpusDir = "../../../shared/corpus"

// samplesDir holds the project's own captures.
const samplesDir = "../../samples"

// seen is what a run made of a capture.
type seen struct {
	conns    map[int64]connSeen
	pdus     []pduSeen
	sessions map[int64]analyze.SessionRecord
	findings map[int64]audit.Finding
	checks   []audit.Check
	off      map[audit.RuleID]bool
	stats    analyze.Stats
	gaps     []analyze.Gap
	opened   []*stream.Conn // every TCP connection, in order
}

type connSeen struct {
	conn   *stream.Conn
	client string
}

// pduSeen is a PDU with a copy of its octets.
type pduSeen struct {
	number, frame, conn, session int64
	direction                    string
	raw                          []byte
	missing                      int64
	issues                       []dissect.Issue
}

// Write implements analyze.Sink.
func (s *seen) Write(_ context.Context, records []analyze.Record) error {
	for i := range records {
		s.take(&records[i])
	}
	return nil
}

// Close implements analyze.Sink.
func (*seen) Close() error { return nil }

func (s *seen) take(r *analyze.Record) {
	switch r.Kind {
	case analyze.RecordConn:
		client := r.Conn.A
		if r.Conn.Decided && !r.Conn.SYN && r.Conn.ESME == stream.FromB {
			client = r.Conn.B
		}
		s.conns[r.Conn.ID] = connSeen{conn: r.Conn.Conn, client: client.String()}
	case analyze.RecordPDU:
		p := r.PDU
		s.pdus = append(s.pdus, pduSeen{
			number: p.Number, frame: p.At.Frame, conn: p.Conn.ID, session: p.Session.ID, direction: p.Direction(),
			raw: slices.Clone(p.P.Raw), missing: p.Missing, issues: slices.Clone(p.P.Issues),
		})
	case analyze.RecordSession:
		c := *r.Session
		copied := *c.Session
		c.Session = &copied
		s.sessions[r.Session.ID] = c
	case analyze.RecordFinding:
		s.findings[r.Finding.ID] = *r.Finding
	case analyze.RecordCheck:
		s.checks = append(s.checks, *r.Check)
		s.off[r.Check.Rule] = r.Off
	case analyze.RecordGap:
		s.gaps = append(s.gaps, *r.Gap)
	case analyze.RecordCapture:
		s.stats = r.Capture.Stats
	}
}

// sorted gives the findings in order.
func (s *seen) sorted() []audit.Finding {
	return slices.SortedFunc(maps.Values(s.findings), func(a, b audit.Finding) int { return cmp.Compare(a.ID, b.ID) })
}

// witness is a Source that notes every connection, also those that carry no
// SMPP.
type witness struct {
	stream.Source
	s *seen
}

// Run implements stream.Source.
func (w witness) Run(ctx context.Context, h stream.Handler) error {
	return w.Source.Run(ctx, witnessed{h, w.s})
}

type witnessed struct {
	stream.Handler
	s *seen
}

func (h witnessed) Open(c *stream.Conn) stream.Tap {
	h.s.opened = append(h.s.opened, c)
	return h.Handler.Open(c)
}

// look runs a capture through the whole pipeline.
func look(t testing.TB, path, profileName string, ports ...uint16) *seen {
	t.Helper()
	p, err := profile.Load(profileName)
	if err != nil {
		t.Fatal(err)
	}
	s := &seen{
		conns: map[int64]connSeen{}, sessions: map[int64]analyze.SessionRecord{},
		findings: map[int64]audit.Finding{}, off: map[audit.RuleID]bool{},
	}
	pipeline := analyze.New(analyze.Options{Source: path, Profile: p, Ports: ports, Sinks: []analyze.Sink{s}})
	src := witness{capture.NewFile(capture.Options{Paths: []string{path}, Ports: ports}), s}
	if err := pipeline.Run(t.Context(), src); err != nil {
		t.Fatal(err)
	}
	return s
}

// truth is one capture's entry of truth.yaml or samples/expected.yaml.
type truth struct {
	File           string         `yaml:"file"`
	Ports          []uint16       `yaml:"ports"`
	TCPConnections int            `yaml:"tcp_connections"`
	Sessions       int            `yaml:"smpp_sessions"`
	Bound          int            `yaml:"sessions_bound_in_capture"`
	PDUs           map[string]int `yaml:"pdus"`
	Connections    []struct {
		Client string `yaml:"client"`
		Server string `yaml:"server"`
		Binds  []struct {
			SystemID string `yaml:"system_id"`
		} `yaml:"binds"`
		PDUs int `yaml:"pdus"`
	} `yaml:"connections"`
}

// corpus reads a list of captures under a key `captures`, or logs that there
// is none.
func corpus[T any](t *testing.T, path string) []T {
	t.Helper()
	b, err := os.ReadFile(path)
	if errors.Is(err, os.ErrNotExist) {
		t.Skipf("%s is not beside this checkout", path)
	}
	if err != nil {
		t.Fatal(err)
	}
	var doc struct {
		Captures []T `yaml:"captures"`
	}
	if err := yaml.Unmarshal(b, &doc); err != nil {
		t.Fatal(err)
	}
	if len(doc.Captures) == 0 {
		t.Fatalf("%s lists no captures", path)
	}
	return doc.Captures
}

// TestCorpusCounts finds in every capture the connections, sessions,
// system_ids and PDUs by command that are in it, also where tshark loses
// PDUs.
func TestCorpusCounts(t *testing.T) {
	for _, c := range corpus[truth](t, filepath.Join(corpusDir, "truth.yaml")) {
		t.Run(c.File, func(t *testing.T) {
			s := look(t, filepath.Join(corpusDir, c.File), "smpp34")
			got, want := counted(s), counted(s)
			want.PDUs = c.PDUs
			want.Sessions = c.Sessions
			want.Bound = c.Bound
			want.SystemIDs, want.PerConn = nil, nil
			for _, conn := range c.Connections {
				for _, b := range conn.Binds {
					want.SystemIDs = append(want.SystemIDs, b.SystemID)
				}
				if conn.PDUs > 0 {
					want.PerConn = append(want.PerConn, fmt.Sprintf("%s %d", conn.Client, conn.PDUs))
				}
			}
			slices.Sort(want.SystemIDs)
			slices.Sort(want.PerConn)
			want.SystemIDs = slices.Compact(want.SystemIDs)
			if d := gocmp.Diff(want, got); d != "" {
				t.Errorf("truth (-) against smpptap (+):\n%s", d)
			}
			if n := s.tcpConnections(c.Ports); n != c.TCPConnections {
				t.Errorf("%d TCP connections, want %d", n, c.TCPConnections)
			}
		})
	}
}

type counts struct {
	PDUs      map[string]int
	Sessions  int
	Bound     int
	SystemIDs []string
	PerConn   []string
}

func counted(s *seen) counts {
	c := counts{PDUs: map[string]int{}}
	var p dissect.PDU
	perConn := map[int64]int{}
	withPDU := map[int64]bool{}
	for _, x := range s.pdus {
		dissect.Decode(&p, x.raw)
		c.PDUs[p.CommandName()]++
		perConn[x.conn]++
		withPDU[x.conn] = true
	}
	c.Sessions = len(withPDU)
	for _, x := range s.sessions {
		if x.BindSeen {
			c.SystemIDs = append(c.SystemIDs, x.SystemID)
		}
		if x.BoundAt != 0 && x.BindSeen {
			c.Bound++
		}
	}
	for id, n := range perConn {
		c.PerConn = append(c.PerConn, fmt.Sprintf("%s %d", s.conns[id].client, n))
	}
	slices.Sort(c.PerConn)
	slices.Sort(c.SystemIDs)
	c.SystemIDs = slices.Compact(c.SystemIDs)
	return c
}

// tcpConnections counts the connections on the ports, SMPP or not.
func (s *seen) tcpConnections(ports []uint16) int {
	n := 0
	for _, c := range s.opened {
		if slices.Contains(ports, c.A.Port()) || slices.Contains(ports, c.B.Port()) {
			n++
		}
	}
	return n
}
