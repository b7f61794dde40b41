package main

import (
	"context"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"smpptap/analyze/session"
	"smpptap/report"
	"smpptap/store"
)

// traceFlags are those of `trace`.
type traceFlags struct {
	id, from, to, text string
	since, until       string
	capture            string
	count              int64
	format             string

	filter store.Filter
}

func (a *app) traceCommand() *cobra.Command {
	var f traceFlags
	cmd := &cobra.Command{
		Use:   "trace",
		Short: "The journey of a message: its parts, responses, receipts, and how it ended",
		Long: "trace finds messages in the database and follows each to its end: submit, response, receipts,\n" +
			"queries, over all connections of its account and over all captures, with the time between\n" +
			"the steps, the findings on the way and a verdict. Conditions add up. A message id may be\n" +
			"written in any way that receipts and responses use (decimal, hexadecimal, with zeros), a\n" +
			"number with +, 00 or neither.",
		Example: "  smpptap trace --to +919812345678\n  smpptap trace --message-id 2F7A10\n" +
			"  smpptap trace --text 'your code' --since 10m -T json",
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := f.check(a.time == "utc"); err != nil {
				return err
			}
			return a.trace(cmd.Context(), &f)
		},
	}
	fl := cmd.Flags()
	fl.StringVar(&f.id, "message-id", "", "the message's `id`, in any spelling")
	fl.StringVar(&f.from, "from", "", "source `address`, with any prefix")
	fl.StringVar(&f.to, "to", "", "destination `address`, with any prefix")
	fl.StringVar(&f.text, "text", "", "a `word` of the text")
	fl.StringVar(&f.since, "since", "", "from this `time` on")
	fl.StringVar(&f.until, "until", "", "up to this `time`")
	fl.StringVar(&f.capture, "capture", "all", "messages of this capture: an `id`, last, or all")
	fl.Int64VarP(&f.count, "count", "c", 10, "at most `N` messages, the newest")
	fl.StringVarP(&f.format, "format", "T", "table", "table or json")
	return cmd
}

func (f *traceFlags) check(utc bool) (err error) {
	if err := oneOf("-T", f.format, "table", "json"); err != nil {
		return err
	}
	if f.id == "" && f.from == "" && f.to == "" && f.text == "" && f.since == "" && f.until == "" {
		return usagef("trace: say which message: --message-id, --from, --to, --text, --since or --until")
	}
	if f.count < 1 {
		return usagef("-c takes a number above 0")
	}
	if f.filter.Capture, err = captureID(f.capture, true); err != nil {
		return err
	}
	if f.filter.Since, err = parseTime("--since", f.since, utc); err != nil {
		return err
	}
	f.filter.Until, err = parseTime("--until", f.until, utc)
	return err
}

func (a *app) trace(ctx context.Context, f *traceFlags) error {
	db, err := store.OpenAll(ctx, a.dbs...)
	if err != nil {
		return err
	}
	defer func() { _ = db.Close() }()
	t := &tracer{db: db, rec: a.recorded(db), opt: a.reportOptions(a.out, nil)}
	if t.end, err = db.End(ctx); err != nil {
		return err
	}
	traces, more, err := t.find(ctx, f)
	if err != nil {
		return err
	}
	w := buffered(a.out)
	if err := a.writeTraces(w, t.opt, f, traces); err != nil {
		return err
	}
	if err := w.Flush(); err != nil {
		return err
	}
	if len(traces) == 0 {
		a.remark("no such message is recorded")
	}
	if more {
		a.remark("there are more; these are the newest %d (-c)", len(traces))
	}
	return nil
}

func (a *app) writeTraces(w io.Writer, opt *report.Options, f *traceFlags, traces []*report.Trace) error {
	var b []byte
	if f.format == "json" {
		b = append(b, '[')
		for i, t := range traces {
			if i > 0 {
				b = append(b, ",\n"...)
			}
			b = opt.AppendTraceJSON(b, t)
		}
		b = append(b, "]\n"...)
	} else {
		for _, t := range traces {
			b = opt.AppendTrace(b, t)
		}
	}
	_, err := w.Write(b)
	return err
}

// find gives the journeys that the flags ask for; more: there are others.
func (t *tracer) find(ctx context.Context, f *traceFlags) (traces []*report.Trace, more bool, err error) {
	want := f.filter
	want.Limit = int(f.count) + 1
	want.Sources, want.Destinations = numberSpellings(f.from), numberSpellings(f.to)
	if f.id != "" {
		want.MessageIDs = idSpellings(f.id)
	}
	found, err := t.db.MessagesAbout(ctx, want, f.text)
	if err != nil {
		return nil, false, err
	}
	if len(found) == 0 && f.id == "" {
		found, err = t.endingIn(ctx, f, want)
	}
	if f.id != "" && err == nil {
		found, err = t.byPDUs(ctx, found, want)
	}
	if err != nil {
		return nil, false, err
	}
	if more = len(found) > int(f.count); more {
		found = found[:f.count]
	}
	for i := range found {
		j, err := t.follow(ctx, &found[i])
		if err != nil {
			return nil, false, err
		}
		traces = append(traces, j)
	}
	if len(traces) == 0 && f.id != "" {
		traces, err = t.strays(ctx, want)
	}
	return traces, more, err
}

// endingIn finds numbers that were given without their country: those that
// end with as many figures.
func (t *tracer) endingIn(ctx context.Context, f *traceFlags, want store.Filter) ([]store.Message, error) {
	const fewest = 7 // figures that tell one subscriber from another
	for _, n := range []struct {
		digits      string
		destination bool
	}{{bareNumber(f.to), true}, {bareNumber(f.from), false}} {
		if len(n.digits) < fewest {
			continue
		}
		if n.destination {
			want.Destinations = nil
		} else {
			want.Sources = nil
		}
		found, err := t.db.MessagesEndingIn(ctx, want, n.digits, n.destination)
		if err != nil {
			return nil, err
		}
		var kept []store.Message
		for i := range found {
			if f.text == "" || strings.Contains(strings.ToLower(found[i].Text), strings.ToLower(f.text)) {
				kept = append(kept, found[i])
			}
		}
		return kept, nil
	}
	return nil, nil
}

// byPDUs adds the messages of which a further part has the id: those have a
// response of their own.
func (t *tracer) byPDUs(ctx context.Context, found []store.Message, want store.Filter) ([]store.Message, error) {
	known := make(map[int64]bool)
	for i := range found {
		known[found[i].ID] = true
	}
	about := store.Filter{Capture: want.Capture, MessageIDs: want.MessageIDs, Limit: maxAbout}
	err := t.db.PDUs(ctx, about, func(p *store.PDU) error {
		if p.Request == 0 || !p.ToESME() {
			return nil
		}
		m, err := t.db.MessageOf(ctx, p.Request)
		if err == nil && m != nil && !known[m.ID] && within(m, &want) {
			known[m.ID] = true
			found = append(found, *m)
		}
		return err
	})
	return found, err
}

// within tells that a message lies in the filter's addresses and time.
func within(m *store.Message, f *store.Filter) bool {
	oneOf := func(list []string, s string) bool {
		for _, x := range list {
			if x == s {
				return true
			}
		}
		return len(list) == 0
	}
	return oneOf(f.Sources, m.Source) && oneOf(f.Destinations, m.Destination) &&
		(f.Since == 0 || max(m.SubmittedAt, m.AcceptedAt, m.DoneAt) >= f.Since) && (f.Until == 0 || m.SubmittedAt <= f.Until)
}

// bareNumber is a number without what stands before the country: +, 00 or 0;
// empty: it is none.
func bareNumber(s string) string {
	s = strings.TrimLeft(strings.TrimPrefix(strings.TrimSpace(s), "+"), "0")
	for _, r := range s {
		if r < '0' || r > '9' {
			return ""
		}
	}
	return s
}

// idSpellings are the ways to write a message id that the user gave, perhaps
// with 0x before it, as no response or receipt has it.
func idSpellings(id string) []string {
	id = strings.TrimSpace(id)
	spellings := session.Spellings(id)
	if len(id) > 2 && strings.EqualFold(id[:2], "0x") {
		spellings = append(spellings, session.Spellings(id[2:])...)
	}
	return spellings
}

// numberSpellings are the ways to write an address: as it is, and a number
// with +, 00, 0 or nothing before it.
func numberSpellings(s string) []string {
	if s == "" {
		return nil
	}
	out := []string{s}
	if bare := bareNumber(s); bare != "" {
		for _, prefix := range []string{"", "+", "00", "0"} {
			if spelled := prefix + bare; spelled != s {
				out = append(out, spelled)
			}
		}
	}
	return out
}
