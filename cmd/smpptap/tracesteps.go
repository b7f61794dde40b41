package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"

	"smpptap/analyze"
	"smpptap/analyze/session"
	"smpptap/dissect"
	"smpptap/report"
	"smpptap/store"
)

// maxAbout bounds the PDUs looked at for one id.
const maxAbout = 1000

// tracer follows messages through a database.
type tracer struct {
	db  *store.DB
	rec *recorded
	opt *report.Options
	end int64 // up to which something is recorded
}

// tracing is a journey in the making.
type tracing struct {
	*tracer
	*report.Trace
	steps    map[int64]bool // PDUs
	findings map[int64]bool
	ids      []string        // that responses gave
	writing  session.Writing // of the account
	accepted int64           // when; zero: never
	asks     int             // parts that ask for a receipt
	parts    []*part
	receipts []receiptStep
	query    uint8 // message_state that a query told last
	cancel   bool
	reused   string // an id that was given to another message later
}

// part is a submit and what came of it.
type part struct {
	pdu      int64
	number   int // of the long message; zero: the only one
	at       int64
	answered bool
	status   uint32
	id       string
	latency  int64
}

// receiptStep is a receipt of the message.
type receiptStep struct {
	pdu, at   int64
	id        string
	stat, err string
	final     bool
	code      uint8
}

// follow gathers the journey of a message.
func (t *tracer) follow(ctx context.Context, m *store.Message) (*report.Trace, error) {
	g := &tracing{
		tracer: t, Trace: &report.Trace{Message: m.Message, Capture: m.Capture},
		steps: map[int64]bool{}, findings: map[int64]bool{},
	}
	if err := g.submits(ctx, m); err != nil {
		return nil, err
	}
	if err := g.learn(ctx, m); err != nil {
		return nil, err
	}
	for _, id := range g.ids {
		if err := g.about(ctx, id); err != nil {
			return nil, err
		}
	}
	if m.ReceiptPDU != 0 {
		if err := g.add(ctx, m.ReceiptPDU, ""); err != nil {
			return nil, err
		}
	}
	return g.told(), nil
}

// told ends the journey: with its verdict, and without what --redact masks.
func (g *tracing) told() *report.Trace {
	g.Sort()
	g.judge()
	g.rec.a.redactMessage(&g.Message)
	return g.Trace
}

// submits adds the submits of all parts, and their responses.
func (g *tracing) submits(ctx context.Context, m *store.Message) error {
	if m.SubmitPDU == 0 {
		return nil
	}
	_, parts, err := g.db.LongMessage(ctx, m.SubmitPDU)
	if err != nil {
		return err
	}
	if len(parts) == 0 {
		parts = []store.Part{{PDU: m.SubmitPDU}}
	}
	for _, p := range parts {
		if err := g.submit(ctx, &p); err != nil {
			return err
		}
	}
	return nil
}

func (g *tracing) submit(ctx context.Context, p *store.Part) error {
	x, err := g.add1(ctx, p.PDU)
	if err != nil || x == nil {
		return err
	}
	one := &part{pdu: p.PDU, number: p.Number, at: x.recorded.Time}
	if p.Number > 0 {
		g.detail(p.PDU, fmt.Sprintf("part %d of %d", p.Number, p.Total))
	}
	if v, ok := x.decoded.P.U8(dissect.ParamRegisteredDelivery); ok && v&3 != 0 {
		g.asks++ // bits 1 and 0: a receipt on success, failure or both (v3.4 5.2.17)
	}
	g.parts = append(g.parts, one)
	if x.recorded.Response == 0 {
		return nil
	}
	r, err := g.add1(ctx, x.recorded.Response)
	if err != nil || r == nil {
		return err
	}
	one.answered, one.status, one.id = true, r.recorded.Status, r.recorded.MessageID
	one.latency = r.recorded.Time - one.at
	if one.status == 0 {
		g.accepted = max(g.accepted, r.recorded.Time)
	}
	if one.id != "" {
		g.detail(r.recorded.ID, "message_id "+one.id)
		if !slices.Contains(g.ids, one.id) {
			g.ids = append(g.ids, one.id)
		}
	}
	return nil
}

// learn finds out how the account writes ids in receipts: where at least 5
// pairs are known and 95 % of them agree.
func (g *tracing) learn(ctx context.Context, m *store.Message) error {
	pairs, err := g.db.IDPairs(ctx, m)
	if err != nil {
		return err
	}
	for _, p := range pairs {
		g.writing.Add([]byte(p.Response), []byte(p.Receipt))
	}
	return nil
}

// about adds the PDUs that speak of an id: receipts, queries and their kind.
// An id that a later response gives again is that message's from then on.
func (g *tracing) about(ctx context.Context, id string) error {
	var until int64
	filter := store.Filter{Capture: store.AllCaptures, MessageIDs: session.Spellings(id), Limit: maxAbout}
	var found []store.PDU
	err := g.db.PDUs(ctx, filter, func(p *store.PDU) error {
		if p.SystemID != "" && g.Message.SystemID != "" && p.SystemID != g.Message.SystemID || p.Time < g.Message.SubmittedAt {
			return nil
		}
		if isAccept(p) && !g.steps[p.ID] {
			if p.MessageID == id && p.Time > g.accepted && (until == 0 || p.Time < until) {
				until = p.Time
			}
			return nil
		}
		found = append(found, *p)
		return nil
	})
	if err != nil {
		return err
	}
	if len(found) == maxAbout {
		g.doubt("more than %d PDUs speak of message_id %s; the first are looked at", maxAbout, id)
	}
	for i := range found {
		p := &found[i]
		if until != 0 && p.Time >= until {
			g.reused = id
			break
		}
		if err := g.speaks(ctx, p, id); err != nil {
			return err
		}
	}
	return nil
}

// isAccept tells a response that gives a message its id.
func isAccept(p *store.PDU) bool {
	switch p.CommandID {
	case dissect.CmdSubmitSM | dissect.ResponseBit, dissect.CmdSubmitMulti | dissect.ResponseBit, dissect.CmdDataSM | dissect.ResponseBit:
		return p.ToESME()
	}
	return false
}

// speaks adds a PDU that speaks of an id that may be the message's.
func (g *tracing) speaks(ctx context.Context, p *store.PDU, id string) error {
	if g.steps[p.ID] {
		return nil
	}
	sure, doubt, err := g.sure(ctx, p, id)
	if err != nil || !sure && !doubt {
		return err
	}
	if doubt {
		g.doubt("pdu %d speaks of id %s, which may be %s written otherwise; other messages have that id, or it may be chance",
			p.ID, cmp.Or(g.rec.a.shownID(p), "(masked)"), id)
		return nil
	}
	return g.add(ctx, p.ID, id)
}

// sure tells that the id in a PDU is the message's: of all messages of the
// account, by how it writes ids. doubt: that cannot be told.
func (g *tracing) sure(ctx context.Context, p *store.PDU, id string) (sure, doubt bool, err error) {
	if p.CommandID != dissect.CmdDeliverSM && p.CommandID != dissect.CmdDataSM {
		return p.MessageID == id, false, nil // asks and is answered by the id that was given
	}
	ids := [][]byte{[]byte(id)}
	others, err := g.db.IDsLike(ctx, g.Message.Account, p.MessageID, p.Time)
	for _, o := range others {
		if o != id {
			ids = append(ids, []byte(o))
		}
	}
	place, doubt := g.writing.Choose([]byte(p.MessageID), ids)
	return place == 0, doubt, err
}

// add adds a PDU and the other half of its exchange.
func (g *tracing) add(ctx context.Context, id int64, spelled string) error {
	x, err := g.add1(ctx, id)
	if err != nil || x == nil {
		return err
	}
	g.note(x, spelled)
	other := max(x.recorded.Request, x.recorded.Response)
	if other == 0 || g.steps[other] {
		return nil
	}
	y, err := g.add1(ctx, other)
	if err == nil && y != nil {
		g.note(y, "")
	}
	return err
}

// tracedPDU is a PDU as it was recorded, and read again.
type tracedPDU struct {
	recorded store.PDU
	decoded  *analyze.PDU
}

// add1 adds a PDU as a step; what it gives is valid until the next call; nil:
// it was deleted since.
func (g *tracing) add1(ctx context.Context, id int64) (*tracedPDU, error) {
	d, err := g.db.PDU(ctx, id)
	if errors.Is(err, store.ErrNotFound) {
		g.doubt("pdu %d is not kept any more", id)
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	p := &d.PDU
	x, err := g.rec.of(ctx, p)
	if err != nil {
		return nil, err
	}
	if !g.steps[id] {
		g.steps[id] = true
		s := report.Step{
			PDU: id, Connection: p.Connection, Session: p.Session, Time: p.Time, ToESME: p.ToESME(),
			Command: x.P.CommandName(), Status: p.Status, Response: p.CommandID&dissect.ResponseBit != 0, Latency: latencyOf(p.LatencyUS),
		}
		for i := range d.Findings {
			f := &d.Findings[i]
			s.Findings = append(s.Findings, f.RuleName)
			if !g.findings[f.ID] {
				g.findings[f.ID] = true
				g.Findings = append(g.Findings, *analyze.RedactFinding(&f.Finding, g.rec.a.redaction()))
			}
		}
		g.Steps = append(g.Steps, s)
	}
	return &tracedPDU{*p, x}, nil
}

// note takes what a PDU tells of the message's fate.
func (g *tracing) note(x *tracedPDU, spelled string) {
	p := &x.recorded
	shown := g.rec.a.shownID(p)
	switch {
	case x.decoded.Receipt != nil:
		r := x.decoded.Receipt
		stat := r.ToldStat()
		code, final, known := dissect.ReceiptState(stat)
		g.receipts = append(g.receipts, receiptStep{
			pdu: p.ID, at: p.Time, id: p.MessageID, stat: stat, err: r.Err,
			final: !r.Intermediate && (final || !known), code: code,
		})
		text := "receipt " + stat
		if r.Err != "" {
			text += " err " + r.Err
		}
		if shown != "" {
			text += " id " + shown
		}
		g.detail(p.ID, text)
	case p.CommandID == dissect.CmdQuerySM|dissect.ResponseBit:
		if v, ok := x.decoded.P.U8(dissect.ParamMessageState); ok && p.Status == 0 {
			g.query = v
			g.detail(p.ID, "message_state "+dissect.StateWord(v))
		}
	case p.CommandID == dissect.CmdCancelSM|dissect.ResponseBit:
		g.cancel = g.cancel || p.Status == 0
	case spelled != "" && shown != "" && spelled != shown:
		g.detail(p.ID, "id "+shown)
	}
}

func (g *tracing) detail(pdu int64, text string) {
	for i := range g.Steps {
		if s := &g.Steps[i]; s.PDU == pdu {
			s.Detail = text
		}
	}
}

func (g *tracing) doubt(format string, args ...any) {
	if text := fmt.Sprintf(format, args...); !slices.Contains(g.Doubts, text) {
		g.Doubts = append(g.Doubts, text)
	}
}

// strays gives what speaks of an id whose submit is not recorded, as one
// journey.
func (t *tracer) strays(ctx context.Context, want store.Filter) ([]*report.Trace, error) {
	g := &tracing{tracer: t, Trace: &report.Trace{}, steps: map[int64]bool{}, findings: map[int64]bool{}}
	var pdus []int64
	about := store.Filter{Capture: want.Capture, MessageIDs: want.MessageIDs, Since: want.Since, Until: want.Until, Limit: maxAbout}
	err := t.db.PDUs(ctx, about, func(p *store.PDU) error {
		pdus = append(pdus, p.ID)
		g.Message.SystemID, g.Message.MessageID = p.SystemID, g.rec.a.shownID(p)
		return nil
	})
	if err != nil || len(pdus) == 0 {
		return nil, err
	}
	for _, id := range pdus {
		if err := g.add(ctx, id, ""); err != nil {
			return nil, err
		}
	}
	return []*report.Trace{g.told()}, nil
}
