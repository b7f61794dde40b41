package main

import (
	"bytes"
	"cmp"
	"context"
	"net/netip"
	"time"

	"smpptap/analyze"
	"smpptap/analyze/audit"
	"smpptap/analyze/profile"
	"smpptap/analyze/session"
	"smpptap/dissect"
	"smpptap/store"
	"smpptap/stream"
)

// recorded turns PDUs of a database into those that reports write: it decodes
// their octets again.
type recorded struct {
	a        *app
	db       *store.DB
	profiles map[judged]*profile.Profile
	versions map[int64]versions      // by session
	findings map[int64][]*audit.Rule // by PDU
	long     longMessages
	pdu      dissect.PDU
}

// judged is what was judged by one profile: a capture, or a link of it.
type judged struct {
	capture int64
	link    string
}

// versions are a session's.
type versions struct{ inForce, offered dissect.Version }

func (a *app) recorded(db *store.DB) *recorded {
	return &recorded{
		a: a, db: db, long: longMessages{db: db, redact: a.redaction()}, profiles: make(map[judged]*profile.Profile),
		versions: make(map[int64]versions), findings: make(map[int64][]*audit.Rule),
	}
}

// profile is the one that a capture, or a link of it, was analysed with; where
// it was a file that is gone, the one that the flags name.
func (r *recorded) profile(ctx context.Context, of judged) (*profile.Profile, error) {
	if p := r.profiles[of]; p != nil {
		return p, nil
	}
	c, err := r.db.Capture(ctx, of.capture)
	if err != nil {
		return nil, err
	}
	name := c.Profile
	if len(c.Stats.Profiles) > 0 {
		name = cmp.Or(c.Stats.Profiles[of.link], c.Stats.Profiles[""])
	}
	p, err := profile.Load(name)
	if err != nil {
		if p, err = r.a.loadProfile(); err != nil {
			return nil, err
		}
	}
	r.profiles[of] = p
	return p, nil
}

// named remembers which rules name which PDU.
func (r *recorded) named(findings []store.Finding) {
	for i := range findings {
		f := &findings[i]
		rule := asFound(f.Of(), f.Severity)
		r.findings[f.PDU] = append(r.findings[f.PDU], rule)
		if f.LastPDU != f.PDU {
			r.findings[f.LastPDU] = append(r.findings[f.LastPDU], rule)
		}
	}
}

// asFound is a rule with the severity that a finding of it came to.
func asFound(rule *audit.Rule, severity audit.Severity) *audit.Rule {
	if rule.Severity == severity {
		return rule
	}
	found := *rule
	found.Severity = severity
	return &found
}

// bound remembers the versions of sessions.
func (r *recorded) bound(sessions []store.Session) {
	for i := range sessions {
		s := &sessions[i]
		r.versions[s.ID] = versions{s.Version, s.Offered}
	}
}

// of makes the PDU; it is valid until the next call.
func (r *recorded) of(ctx context.Context, p *store.PDU) (*analyze.PDU, error) {
	prof, err := r.profile(ctx, judged{p.Capture, p.Link})
	if err != nil {
		return nil, err
	}
	dissect.Decode(&r.pdu, p.Raw)
	if maskedWhole(p.Raw) {
		// It reads as a string without a NUL, whatever stood there. What was
		// wrong with it is among the findings.
		r.pdu.Issues = r.pdu.Issues[:0]
	}
	out := &analyze.PDU{
		Number: p.ID, SystemID: p.SystemID, BindType: bindType(p.BindType),
		At: stream.Stamp{Time: p.Time, Frame: p.Frame}, P: &r.pdu,
		Request: p.Request, Latency: latencyOf(p.LatencyUS), Findings: r.findings[p.ID],
		Missing: max(0, p.Length-int64(len(p.Raw))),
	}
	// The recorded ends are the ESME's and the SMSC's, whoever dialled.
	out.Dir, out.From = stream.FromA, dissect.ESME
	if p.ToESME() {
		out.Dir, out.From = stream.FromB, dissect.SMSC
	}
	client, _ := netip.ParseAddrPort(p.Client)
	server, _ := netip.ParseAddrPort(p.Server)
	out.Conn = &session.Conn{
		Conn: &stream.Conn{ID: p.Connection, A: client, B: server},
		ESME: stream.FromA, Decided: true, Basis: session.BasisLink,
	}
	v := r.versions[p.Session]
	if p.Session != 0 {
		out.Session = &session.Session{ID: p.Session, Conn: out.Conn, Version: v.inForce, Offered: v.offered}
	}
	out.Issues = append(out.Issues, r.pdu.Issues...)
	if out.Missing == 0 {
		out.Issues = dissect.Validate(out.Issues, &r.pdu, dissect.Context{
			Version: v.inForce, Offered: v.offered, From: out.From, Dialect: prof.Dialect(),
		})
	}
	out.Message, out.Receipt = dissect.ReadMessage(&r.pdu, out.From, prof.Dialect())
	return out, nil
}

// maskedWhole tells that nothing of a PDU's body was kept.
func maskedWhole(raw []byte) bool {
	return len(raw) > dissect.HeaderLen &&
		bytes.Count(raw[dissect.HeaderLen:], []byte{dissect.MaskOctet}) == len(raw)-dissect.HeaderLen
}

// latencyOf turns microseconds to nanoseconds; negative: unknown.
func latencyOf(us int64) int64 {
	if us < 0 {
		return -1
	}
	return us * int64(time.Microsecond)
}

func bindType(name string) session.BindType {
	for _, b := range []session.BindType{session.BindTX, session.BindRX, session.BindTRX} {
		if b.String() == name {
			return b
		}
	}
	return session.BindNone
}
