package audit

import (
	"fmt"
	"math/bits"
	"strings"

	"smpptap/analyze/profile"
	"smpptap/analyze/session"
	"smpptap/dissect"
)

// layouts counts how the receipts of an account differ in their layout from
// what is expected.
type layouts struct {
	seen    int64 // receipts with a text
	differ  int64 // of them
	by      [layoutFaults]int64
	width   [layoutFaults]uint8 // of the first that differed so
	first   evidence
	finding *Finding
}

// layoutFault is one way to differ.
type layoutFault int

const (
	faultDates layoutFault = iota
	faultNoKey             // one of each key
	faultErr   = faultNoKey + layoutFault(len(dissect.LayoutKeyNames))
	faultSub   = faultErr + 1
	faultDlvrd = faultErr + 2
	faultSpelt = faultErr + 3

	layoutFaults = faultErr + 4
)

// checkLayout: receipt-layout. What the state is called is receipt-state-unknown's.
func (a *Auditor) checkLayout(o *session.Observed, st *accountJourney, v *receiptView) {
	if st == nil || !v.fromText || !v.flagged || v.intermediate || v.part {
		return
	}
	a.check(RuleReceiptLayout)
	s := &st.layouts
	s.seen++
	if v.layout == dissect.AppendixB && a.profile.Receipt.AppendixB() {
		return
	}
	if !s.count(a, &v.layout) || a.off[RuleReceiptLayout] {
		return
	}
	e := of(o, RuleReceiptLayout)
	e.account = st.account.Name
	e.field = "short_message"
	if s.differ++; s.differ == 1 {
		s.first = e
	}
	if s.differ < a.limit.LayoutsAtLeast {
		return
	}
	if a.folded(&e) {
		if milestone(s.differ) {
			a.reword(s.finding, a.layoutWords(s))
		}
		return
	}
	a.occurred(&e)
	e = s.first
	e.quiet = true
	e.seen, e.wanted = s.list(), a.journeys.layout
	e.message = a.layoutWords(s)
	if s.finding = a.fail(e); s.finding != nil {
		a.checks[e.rule].Failed += s.differ - 1
		s.finding.Count += s.differ - 1
		s.finding.LastTime, s.finding.LastPDU = o.Time, o.Number
	}
}

// count notes in what a receipt differs; false: in nothing.
func (s *layouts) count(a *Auditor, l *dissect.ReceiptLayout) (differs bool) {
	note := func(f layoutFault, width uint8) {
		if s.by[f]++; s.by[f] == 1 {
			s.width[f] = width
		}
		differs = true
	}
	r := &a.profile.Receipt
	missing := r.Keys &^ l.Has
	for i := range dissect.LayoutKeyNames {
		if missing&(1<<i) != 0 {
			note(faultNoKey+layoutFault(i), 0)
		}
	}
	for _, n := range [...]uint8{l.SubmitDate, l.DoneDate} {
		if n != 0 && !r.DateDigits.Has(n) {
			note(faultDates, n)
			break
		}
	}
	if l.Err != 0 && (l.Err < r.Err.Width[0] || l.Err > r.Err.Width[1]) && !(l.Err == dissect.OtherForm && r.Err.Text) {
		note(faultErr, l.Err)
	}
	if l.Sub != 0 && l.Sub != dissect.AppendixB.Sub {
		note(faultSub, l.Sub)
	}
	if l.Dlvrd != 0 && l.Dlvrd != dissect.AppendixB.Dlvrd {
		note(faultDlvrd, l.Dlvrd)
	}
	if spelt := l.Spelt &^ r.Spelt; spelt != 0 {
		note(faultSpelt, uint8(spelt))
	}
	return differs
}

func (a *Auditor) layoutWords(s *layouts) string {
	return fmt.Sprintf("%d of %s of the account differ in their layout from %s: %s.", s.differ, counted(s.seen, "receipt"), a.journeys.layout, s.list())
}

// layoutExpected names what receipts are held against.
func layoutExpected(p *profile.Profile) string {
	for _, key := range [...]string{"receipt.required_keys", "receipt.keys", "receipt.date_digits", "receipt.err"} {
		if p.IsSet(key) {
			return "what the profile says"
		}
	}
	return "appendix B"
}

// list names the differences, with how often where it is not always.
func (s *layouts) list() string {
	var out []string
	add := func(f layoutFault, what string) {
		if s.by[f] < s.differ {
			what += fmt.Sprintf(" (in %d)", s.by[f])
		}
		out = append(out, what)
	}
	if s.by[faultDates] > 0 {
		add(faultDates, "dates of "+digitsOf(s.width[faultDates]))
	}
	for i, name := range dissect.LayoutKeyNames {
		if f := faultNoKey + layoutFault(i); s.by[f] > 0 {
			add(f, "no "+name)
		}
	}
	for i, name := range [...]string{"err", "sub", "dlvrd"} {
		if f := faultErr + layoutFault(i); s.by[f] > 0 {
			add(f, name+" of "+digitsOf(s.width[f]))
		}
	}
	if s.by[faultSpelt] > 0 {
		var keys []string
		for k := uint(s.width[faultSpelt]); k != 0; k &= k - 1 {
			keys = append(keys, dissect.LayoutKeyNames[bits.TrailingZeros(k)])
		}
		add(faultSpelt, "another spelling of "+strings.Join(keys, " and "))
	}
	return strings.Join(out, ", ")
}

func digitsOf(n uint8) string {
	if n == dissect.OtherForm {
		return "another form than digits"
	}
	return counted(int64(n), "digit")
}
