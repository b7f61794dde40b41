package main

import (
	"fmt"
	"strings"

	"smpptap/dissect"
	"smpptap/report"
)

// judge says how a message ended. What failed counts over what went well: of a
// long message one part that is missing spoils the whole.
func (g *tracing) judge() {
	switch {
	case len(g.parts) == 0:
		g.State, g.Verdict = "unknown", "the submit is not recorded"
		if r := g.last(); r != nil {
			g.Verdict += "; the last receipt says " + r.words()
		}
	case g.refused():
	case g.unanswered():
	case g.cancel:
		g.State, g.Verdict = "cancelled", "cancelled by the ESME"
	case g.received():
	default:
		g.waiting()
	}
}

// refused: a part was.
func (g *tracing) refused() bool {
	for _, p := range g.parts {
		if !p.answered || p.status == 0 {
			continue
		}
		g.State = "refused"
		g.Verdict = fmt.Sprintf("refused with %s after %s%s%s", g.opt.StatusLabel(p.status), report.Duration(p.latency), g.which(p), meaning(p.status))
		for i := range g.Findings {
			// The finding knows what was wrong with this very request.
			if f := &g.Findings[i]; f.PDU == p.pdu && f.Severity > 0 {
				g.Verdict += "; " + f.Of().Name + ": " + f.Message
				break
			}
		}
		return true
	}
	return false
}

func meaning(status uint32) string {
	if s := dissect.StatusByValue(status); s != nil && s.Meaning != "" {
		return ": " + strings.TrimSuffix(s.Meaning, ".")
	}
	return ""
}

// which names a part where there are several.
func (g *tracing) which(p *part) string {
	if len(g.parts) > 1 {
		return fmt.Sprintf(" (part %d of %d)", p.number, len(g.parts))
	}
	return ""
}

func (g *tracing) unanswered() bool {
	for _, p := range g.parts {
		if !p.answered {
			g.State = "unanswered"
			g.Verdict = fmt.Sprintf("no response to the submit%s; the record goes on for %s behind it", g.which(p), report.Duration(g.end-p.at))
			return true
		}
	}
	return false
}

// last is the last receipt, a final one over others.
func (g *tracing) last() (last *receiptStep) {
	for i := range g.receipts {
		if r := &g.receipts[i]; last == nil || r.final || !last.final {
			last = r
		}
	}
	return last
}

func (r *receiptStep) words() string {
	s := r.stat
	if s == "" {
		s = "nothing of its state"
	}
	if r.err != "" && strings.Trim(r.err, "0") != "" {
		s += " err " + r.err
	}
	return s
}

// received: receipts tell the end.
func (g *tracing) received() bool {
	r := g.last()
	if r == nil {
		if g.query != 0 {
			g.State, g.Verdict = "accepted", "accepted; a query said "+dissect.StateWord(g.query)
			return true
		}
		return false
	}
	if !r.final {
		g.State = "waiting"
		g.Verdict = fmt.Sprintf("%s, no final receipt %s later", r.words(), report.Duration(g.end-r.at))
		return true
	}
	for i := range g.receipts {
		if x := &g.receipts[i]; x.final && x.code != dissect.StateDelivered {
			r = x
		}
	}
	g.State = "failed"
	verb := "not delivered: " + r.words()
	if r.code == dissect.StateDelivered {
		g.State, verb = "delivered", "delivered"
	}
	g.Verdict = verb
	if n := g.delivered(); g.State == "delivered" && n < g.asks {
		g.Verdict = fmt.Sprintf("delivered as far as receipts tell: %d of %d parts", n, g.asks)
	}
	if at := g.Message.SubmittedAt; at != 0 {
		g.Verdict += " after " + report.Duration(r.at-at)
	}
	return true
}

// delivered counts the ids with a receipt of delivery.
func (g *tracing) delivered() int {
	ids := make(map[string]bool)
	for i := range g.receipts {
		if r := &g.receipts[i]; r.final && r.code == dissect.StateDelivered {
			ids[r.id] = true
		}
	}
	return len(ids)
}

func (g *tracing) waiting() {
	if g.reused != "" {
		g.doubt("message_id %s was given to another message later; what came then is taken for that one's", g.reused)
	}
	if g.asks == 0 {
		g.State, g.Verdict = "accepted", "accepted; no receipt was asked for"
		return
	}
	g.State = "waiting"
	g.Verdict = "accepted; no receipt after " + report.Duration(g.end-g.accepted)
}
