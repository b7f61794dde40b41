package main

import (
	"cmp"
	"context"
	"maps"
	"net/netip"
	"os"
	"path/filepath"
	"slices"

	"smpptap/analyze"
	"smpptap/analyze/session"
	"smpptap/dissect"
	"smpptap/report"
	"smpptap/store"
	"smpptap/stream"
)

// dossierOfDatabase makes the dossier of a recorded capture.
func (a *app) dossierOfDatabase(ctx context.Context, db *store.DB, c *store.Capture, f *auditFlags, result *report.Audit) (*report.Dossier, error) {
	rec := a.recorded(db)
	links := slices.Sorted(maps.Keys(c.Stats.Profiles))
	first := judged{capture: c.ID}
	if len(links) > 0 {
		first.link = links[0]
	}
	p, err := rec.profile(ctx, first)
	if err != nil {
		return nil, err
	}
	d := a.newDossier(result, f, p)
	d.Summarise(&c.Capture)
	d.Inputs = recordedInputs(c)
	if len(f.paths) == 1 && len(store.Files(f.paths[0])) == 1 {
		d.Database = databaseFile(store.Files(f.paths[0])[0])
	} else {
		d.Remarks = append(d.Remarks, "Several databases were read as one: "+db.Path()+".")
	}
	d.Remarks = append(d.Remarks, "Made from a database: smpptap "+c.Version+" recorded the capture in it and judged it then. "+
		"It does not keep windows; revision and checksum of the profile are today's.")
	for _, link := range links {
		remark, err := rec.linkRemark(ctx, judged{capture: c.ID, link: link}, c.Stats.Profiles[link])
		if err != nil {
			return nil, err
		}
		d.Remarks = append(d.Remarks, remark)
	}
	if want := cmp.Or(c.Stats.Profiles[first.link], c.Profile); p.ID() != want {
		d.Remarks = append(d.Remarks, "The profile that judged, "+want+", cannot be read any more; names and values are those of "+p.ID()+".")
	}
	if !f.withEvidence() {
		return d, nil
	}
	return d, a.fillDossier(ctx, db, rec, c.ID, d)
}

// linkRemark says by which profile a link was judged, and its revision.
func (r *recorded) linkRemark(ctx context.Context, of judged, name string) (string, error) {
	p, err := r.profile(ctx, of)
	if err != nil {
		return "", err
	}
	s := "Link " + of.link + " was judged by profile " + name
	if of.link == "" {
		s = "All links that are not named here were judged by profile " + name
	}
	if p.ID() == name && p.Revised != "" {
		s += ", revised " + p.Revised
	}
	return s + ".", nil
}

// fillDossier adds connections, traffic and the PDUs that findings name.
func (a *app) fillDossier(ctx context.Context, db *store.DB, rec *recorded, id int64, d *report.Dossier) error {
	sessions, err := db.Sessions(ctx, store.Filter{Capture: id})
	if err != nil {
		return err
	}
	rec.bound(sessions)
	conns, err := db.Connections(ctx, store.Filter{Capture: id})
	if err != nil {
		return err
	}
	known := make(map[int64]*session.Conn, len(conns))
	for i := range conns {
		known[conns[i].ID] = recordedConn(&conns[i])
		d.AddSession(known[conns[i].ID], nil)
	}
	bySession := make(map[int64]*session.Session, len(sessions))
	for i := range sessions {
		s := recordedSession(&sessions[i], known[sessions[i].Connection.ID])
		countPDUs(s)
		bySession[s.ID] = s
		d.AddSession(s.Conn, s)
	}
	if err := a.nameFindings(ctx, db, rec, id); err != nil {
		return err
	}
	d.Evidence = report.NewEvidence(d.Options, d.Wanted())
	var decoded dissect.PDU
	return db.PDUs(ctx, store.Filter{Capture: id}, func(p *store.PDU) error {
		p.Raw = analyze.RedactOctets(p.Raw, a.redaction())
		dissect.Decode(&decoded, p.Raw)
		x := recordedTraffic(p, &decoded, bySession[p.Session])
		if x.Session != nil && decoded.ID == dissect.CmdUnbind {
			x.Session.UnbindBy = x.From
			d.AddSession(x.Conn, x.Session)
		}
		d.AddPDU(x)
		if !d.Evidence.Wants(p.ID) {
			return nil
		}
		return a.keepRecorded(ctx, rec, p, d.Evidence)
	})
}

func (a *app) nameFindings(ctx context.Context, db *store.DB, rec *recorded, id int64) error {
	findings, err := db.Findings(ctx, store.Filter{Capture: id})
	rec.named(findings)
	return err
}

func (a *app) keepRecorded(ctx context.Context, rec *recorded, p *store.PDU, e *report.Evidence) error {
	x, err := rec.of(ctx, p)
	if err != nil {
		return err
	}
	if a.redaction() == analyze.RedactNone { // other parts' octets are as stored
		if err := rec.long.join(ctx, x); err != nil {
			return err
		}
	}
	e.Keep(x)
	return nil
}

// recordedTraffic is a PDU as far as traffic is counted by it.
func recordedTraffic(p *store.PDU, decoded *dissect.PDU, s *session.Session) *analyze.PDU {
	x := &analyze.PDU{Number: p.ID, P: decoded, From: dissect.ESME, At: stream.Stamp{Time: p.Time}, Session: s, Latency: -1}
	if p.ToESME() {
		x.From = dissect.SMSC
	}
	if s != nil {
		x.Conn = s.Conn
		x.Request, x.Latency = p.Request, latencyOf(p.LatencyUS)
	}
	return x
}

// recordedConn is a connection as the tracker knew it, as far as it was
// recorded; its A is the ESME.
func recordedConn(c *store.Connection) *session.Conn {
	client, server := recordedEnds(c)
	out := &session.Conn{
		Conn: &stream.Conn{ID: c.ID, Link: c.Link, A: client, B: server, SYN: c.Complete, TLS: c.TLS},
		ESME: stream.FromA, EndedAt: c.ClosedAt,
	}
	for end := session.EndNone; end <= session.EndUnknown; end++ {
		if end.String() == c.CloseReason {
			out.End = end
		}
	}
	if c.ClosedBy != "" {
		out.Decided = true
		if c.ClosedBy == "smsc" {
			out.EndedBy = stream.FromB
		}
	}
	return out
}

// recordedEnds are the ESME's and the SMSC's; the zero AddrPort for one that is
// not recorded.
func recordedEnds(c *store.Connection) (client, server netip.AddrPort) {
	client, _ = netip.ParseAddrPort(c.Client())
	server, _ = netip.ParseAddrPort(c.Server())
	return client, server
}

func recordedSession(s *store.Session, c *session.Conn) *session.Session {
	return &session.Session{
		ID: s.ID, Conn: c, BindSeen: s.BindSeen, SystemID: s.SystemID, SystemType: s.SystemType,
		InterfaceVersion: s.InterfaceVersion, BindType: bindType(s.BindType), BindStatus: s.BindStatus,
		BindAnswered: s.BindAnswered, Version: s.Version, Offered: s.Offered,
		BoundAt: s.BoundAt, EndedAt: s.EndedAt, PDUsToSMSC: s.PDUsToSMSC, PDUsToESME: s.PDUsToESME,
	}
}

// countPDUs adds a session's PDUs to its connection.
func countPDUs(s *session.Session) {
	s.Conn.Sides[stream.FromA].PDUs += s.PDUsToSMSC
	s.Conn.Sides[stream.FromB].PDUs += s.PDUsToESME
}

// recordedInputs are the files as they were when they were recorded; their
// octets are not in the database, so there is no sum of them.
func recordedInputs(c *store.Capture) (out []report.InputFile) {
	for _, in := range c.Stats.Files {
		out = append(out, report.InputFile{
			Name: filepath.Base(in.Name), Size: in.Octets, Packets: in.Packets, First: in.First, Last: in.Last,
			Note: "as recorded; the file itself was not read for this report",
		})
	}
	if len(out) == 0 {
		out = append(out, report.InputFile{Name: filepath.Base(c.Source), Size: -1, Packets: -1, Note: "as recorded"})
	}
	return out
}

// databaseFile is the database itself. While its log holds what is not yet in
// it, its own octets say nothing.
func databaseFile(path string) *report.InputFile {
	x := &report.InputFile{Name: filepath.Base(path), Size: -1, Packets: -1, Note: "the database"}
	if info, err := os.Stat(path + "-wal"); err == nil && info.Size() > 0 {
		x.Note += "; it is in use, so it has no sum that lasts"
		return x
	}
	if sum, size, err := hashed(path); err == nil {
		x.SHA256, x.Size = sum, size
	}
	return x
}
