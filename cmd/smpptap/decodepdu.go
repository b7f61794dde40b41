package main

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/netip"

	"smpptap/analyze"
	"smpptap/analyze/audit"
	"smpptap/analyze/profile"
	"smpptap/analyze/session"
	"smpptap/dissect"
	"smpptap/report"
	"smpptap/stream"
)

// lonePDU reads PDUs that stand for themselves: no connection, no session.
type lonePDU struct {
	profile *profile.Profile
	redact  analyze.Redact
	// bound: a successful bind response was pasted, so what follows holds no
	// password.
	bound bool
}

// read dissects, judges and masks what was pasted.
func (l *lonePDU) read(in *dissect.HexInput) report.Decoded {
	plain := new(dissect.PDU)
	dissect.Decode(plain, in.Octets)
	x := report.Decoded{Line: in.Line, Format: string(in.Format), Note: in.Note, Side: sender(plain)}
	secret, why := l.secrets(plain, in.Whole)
	if why != "" {
		x.Note = joinNotes(x.Note, why)
	}
	x.PDU = analyze.PDU{From: x.Side, Latency: -1, P: l.masked(plain, in.Octets, secret)}
	x.PDU.Issues = issuesOf(plain, x.Side, l.profile.Dialect(), secret)
	x.PDU.Findings = l.judge(plain, in, x.Side)
	x.PDU.Message, x.PDU.Receipt = dissect.ReadMessage(x.PDU.P, x.Side, l.profile.Dialect())
	l.bound = l.bound || plain.Command != nil && plain.Status == 0 && dissect.IsBindResponse(plain.ID)
	return x
}

func joinNotes(a, b string) string {
	if a == "" {
		return b
	}
	return a + "; " + b
}

// sender is the side that must have sent the PDU, from its command.
func sender(p *dissect.PDU) dissect.Side {
	if p.Command == nil || p.Command.From == dissect.Either {
		return dissect.SideUnknown
	}
	return p.Command.From
}

// secrets are the octets that may be a password; why says so where one would
// not expect it.
func (l *lonePDU) secrets(p *dissect.PDU, whole bool) (spans []dissect.Span, why string) {
	if p.Command == nil && !l.bound && len(p.Raw) > dissect.HeaderLen {
		return []dissect.Span{{Off: dissect.HeaderLen, End: len(p.Raw)}},
			"the body of an unknown command is masked: it may hold a password"
	}
	spans = dissect.Secrets(p, nil)
	if whole && !p.Broken && len(p.Issues) == 0 {
		return spans, ""
	}
	if at := swallowed(p.Raw); at > 0 && at < len(p.Raw) {
		return append(spans, dissect.Span{Off: at, End: len(p.Raw)}),
			fmt.Sprintf("what seems to be a bind behind octet %d is masked: it may hold a password", at)
	}
	return spans, ""
}

// swallowed finds the body of a PDU with a password inside one whose length or
// end is wrong; zero: none.
func swallowed(raw []byte) int {
	for i := dissect.HeaderLen; i+8 <= len(raw); i++ {
		if raw[i] != 0 || raw[i+1] != 0 || raw[i+4] != 0 || raw[i+5] != 0 || raw[i+6] != 0 {
			continue
		}
		if id := uint32(raw[i+7]); dissect.IsBind(id) || id == dissect.CmdOutbind {
			return min(i+dissect.HeaderLen, len(raw))
		}
	}
	return 0
}

// masked decodes a copy of the octets without what must not be seen.
func (l *lonePDU) masked(p *dissect.PDU, octets []byte, spans []dissect.Span) *dissect.PDU {
	if l.redact&analyze.RedactText != 0 {
		spans = dissect.Marked(p, dissect.MarkText, spans)
	}
	if l.redact&analyze.RedactAddresses != 0 {
		spans = dissect.Marked(p, dissect.MarkAddress, spans)
	}
	if len(spans) == 0 {
		return p
	}
	octets = bytes.Clone(octets)
	dissect.Cover(octets, spans)
	out := new(dissect.PDU)
	dissect.Decode(out, octets)
	out.Issues = analyze.MaskIssues(out.Issues[:0], p.Issues, spans)
	return out
}

// issuesOf are the values that break a rule. What is told of masked octets is
// no more than that they break it.
func issuesOf(p *dissect.PDU, from dissect.Side, d *dissect.Dialect, secret []dissect.Span) []dissect.Issue {
	return analyze.MaskIssues(nil, dissect.Validate(nil, p, dissect.Context{From: from, Dialect: d}), secret)
}

// judge gives the rules that a PDU breaks all by itself.
func (l *lonePDU) judge(p *dissect.PDU, in *dissect.HexInput, from dissect.Side) []*audit.Rule {
	if from == dissect.SideUnknown {
		return nil
	}
	tracker := session.New(session.Options{Fallback: l.profile.Fallback})
	auditor := audit.New(l.profile, audit.Options{})
	conn := tracker.Open(&stream.Conn{ID: 1, SYN: true, A: netip.AddrPort{}, B: netip.AddrPort{}})
	tracker.Decide(conn, stream.FromA, session.BasisBind)
	dir := stream.FromA
	if from == dissect.SMSC {
		dir = stream.FromB
	}
	f := stream.Frame{Octets: p.Raw, Length: int64(p.Length)}
	if missing := int64(p.Length) - int64(len(p.Raw)); !in.Whole && missing > 0 {
		f.Missing = missing
	}
	o, _ := tracker.Observe(conn, dir, 1, &f, p)
	auditor.Observe(o, nil, nil)
	var rules []*audit.Rule
	for _, r := range auditor.Named() {
		if ofOnePDU(r) {
			rules = append(rules, r)
		}
	}
	return rules
}

// ofOnePDU tells whether a rule needs no more than a PDU, neither its session
// nor what came before.
func ofOnePDU(r *audit.Rule) bool {
	switch r.ID {
	case audit.RuleSequenceReused, audit.RuleSequenceOrder, audit.RuleCommandIdVersion,
		audit.RuleTlvBeforeV34,
		audit.RuleConcatPartMissing, audit.RuleConcatInconsistent, audit.RuleConcatReferenceReused,
		audit.RuleDuplicateSubmit, audit.RuleMessageIdUnknown, audit.RuleMaxBinds:
		return false
	case audit.RuleReceiptMalformed, audit.RuleReceiptNotFlagged, audit.RuleReceiptStateMismatch,
		audit.RuleReceiptStateUnknown:
		return true
	}
	switch r.Group {
	case "header", "body", "TLVs", "message content", "the provider's own rules":
		return true
	}
	return false
}

// eachLine reads lines, however long: what is beyond the scanner's limit of a
// line is left out, and the scanner says so.
func eachLine(ctx context.Context, in io.Reader, do func(line []byte) error) error {
	const limit = dissect.MaxHexLine + 1
	r := bufio.NewReaderSize(in, 64<<10)
	var line []byte
	for {
		if err := ctx.Err(); err != nil {
			return errInterrupted
		}
		part, err := r.ReadSlice('\n')
		line = append(line, part[:min(len(part), limit-len(line))]...)
		if errors.Is(err, bufio.ErrBufferFull) {
			continue
		}
		if len(part) > 0 || len(line) > 0 {
			if e := do(line); e != nil {
				return e
			}
			line = line[:0]
		}
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("read standard input: %w", err)
		}
	}
}
