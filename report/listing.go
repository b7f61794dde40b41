package report

import (
	"bufio"
	"context"
	"io"

	"smpptap/analyze"
	"smpptap/analyze/filter"
	"smpptap/stream"
)

// Format is how a listing writes PDUs.
type Format uint8

// The formats.
const (
	FormatTable  Format = iota // one aligned line a PDU
	FormatTree                 // -V
	FormatNDJSON               // one object a line
	FormatJSON                 // one array
	FormatFields               // values of named fields
	FormatEK                   // Elasticsearch's bulk format, as tshark writes it
	FormatNone                 // no PDUs: only statistics are wanted
)

// Listing is a sink that writes every PDU to a stream.
type Listing struct {
	opt    *Options
	format Format
	limit  int64 // zero: none
	live   bool  // flush after each batch
	head   bool  // a header line above the table
	fields *Fields
	sieve  *Sieve
	stats  []Stat
	texts  bool // the shown PDUs are to be read for texts
	ek     ekWriter

	w   *bufio.Writer
	buf []byte
	n   int64
	any bool // something was written
	// Gaps and GapOctets count what was no PDU.
	Gaps, GapOctets int64
	// Unused says, one text a reason, why no packet of the input could be
	// used; nil: some could, or there was none.
	Unused []string
}

// ListingOptions are a Listing's. Zero values mean the stated default.
type ListingOptions struct {
	Format Format
	// Limit is after how many PDUs the run ends; zero: none.
	Limit int64
	// Live flushes after each batch of records, for terminals and streams.
	Live bool
	// Header puts the names of the columns above the table.
	Header bool
	// Fields are those of FormatFields.
	Fields *Fields
	// Filter chooses the PDUs that are shown; nil: all.
	Filter *filter.Filter
	// Stats count all PDUs up to the limit; they stand behind the rows.
	Stats []Stat
}

// NewListing makes a Listing that writes to w. Close flushes, and does not
// close w.
func NewListing(w io.Writer, opt *Options, l ListingOptions) *Listing {
	return &Listing{
		opt: opt, format: l.Format, limit: l.Limit, live: l.Live, head: l.Header, fields: l.Fields, stats: l.Stats,
		sieve: NewSieve(l.Filter, opt.Dialect), texts: l.Format != FormatFields || l.Fields.texts,
		w: bufio.NewWriterSize(w, 64<<10),
	}
}

// ShowsFindings tells whether the format has room for findings or issues.
func (l *Listing) ShowsFindings() bool {
	switch l.format {
	case FormatNone:
		return false
	case FormatFields:
		return l.fields.findings
	}
	return true
}

// Count is how many PDUs were written.
func (l *Listing) Count() int64 { return l.n }

// ShowsMessages tells that it shows what the parts of a long message say
// together.
func (l *Listing) ShowsMessages() bool {
	return l.format == FormatTree || l.format == FormatJSON || l.format == FormatNDJSON
}

// Write implements analyze.Sink. It returns analyze.ErrStop when the limit is
// reached.
func (l *Listing) Write(_ context.Context, records []analyze.Record) error {
	for i := range records {
		if l.limit > 0 && l.n >= l.limit {
			return analyze.ErrStop
		}
		if err := l.record(&records[i]); err != nil {
			return err
		}
	}
	if l.limit > 0 && l.n >= l.limit {
		return analyze.ErrStop
	}
	if l.live {
		return l.w.Flush()
	}
	return nil
}

func (l *Listing) record(r *analyze.Record) error {
	switch r.Kind {
	case analyze.RecordCapture:
		if l.opt.start == 0 {
			l.opt.start = r.Capture.StartedAt
			l.sieve.Begin(l.opt.start)
		}
		for _, stat := range l.stats {
			stat.span(r.Capture)
		}
		if st := &r.Capture.Stats; unusable(st) {
			l.Unused = notUsed(st)
		}
		return nil
	case analyze.RecordPDU:
		return l.PDU(r.PDU)
	case analyze.RecordGap:
		return l.gap(r.Gap)
	}
	return nil
}

// unusable tells that there were packets, and each was skipped.
func unusable(st *analyze.Stats) bool {
	var skipped int64
	for _, n := range st.Skipped {
		skipped += n
	}
	return st.Packets > 0 && skipped >= st.Packets && st.Connections+st.PDUs == 0 && len(st.Other) == 0
}

// PDU writes one PDU, if the filter wants it.
func (l *Listing) PDU(p *analyze.PDU) error {
	l.sieve.dialect = l.opt.Dialect // which in a database is each capture's
	for _, stat := range l.stats {
		stat.count(p)
	}
	if !l.sieve.Wants(p) {
		l.opt.passed(p.At.Time, false)
		return nil
	}
	if l.format == FormatNone {
		l.n++
		return nil
	}
	if l.texts {
		readTexts(p, l.opt.Dialect)
	}
	l.buf = l.open(l.buf[:0])
	l.n++
	l.any = true
	switch l.format {
	case FormatNDJSON, FormatJSON:
		l.buf = l.opt.AppendJSON(l.buf, p)
		if l.format == FormatNDJSON {
			l.buf = append(l.buf, '\n')
		}
	case FormatTree:
		l.buf = l.opt.AppendTree(l.buf, p)
		l.octets(p)
	case FormatFields:
		l.buf = l.fields.appendRow(l.buf, l.sieve.rowOf(p))
	case FormatEK:
		l.buf = l.ek.append(l.buf, l.sieve.rowOf(p))
	default:
		l.buf = l.opt.AppendLine(l.buf, p)
		l.octets(p)
	}
	l.opt.passed(p.At.Time, true)
	_, err := l.w.Write(l.buf)
	return err
}

// open begins what stands before a PDU.
func (l *Listing) open(b []byte) []byte {
	switch {
	case l.format == FormatJSON && l.n == 0:
		return append(b, '[', '\n')
	case l.format == FormatJSON:
		return append(b, ',', '\n')
	case l.format == FormatTree && l.any:
		return append(b, '\n')
	case l.format == FormatTable && l.n == 0 && l.head:
		return l.opt.lineHeader(b)
	case l.format == FormatFields && l.n == 0:
		return l.fields.appendHead(b)
	}
	return b
}

func (l *Listing) octets(p *analyze.PDU) {
	if l.opt.Hex {
		l.buf = append(l.buf, '\n')
		l.buf = AppendHexdump(l.buf, p.P.Raw)
		if l.format == FormatTable {
			l.buf = append(l.buf, '\n')
		}
	}
}

// gap counts octets that are no PDU. The tree shows them in their place, where
// no filter asks for certain PDUs; the other formats hold PDUs only.
func (l *Listing) gap(g *analyze.Gap) error {
	l.Gaps++
	l.GapOctets += max(0, g.Frame.Length)
	if l.format != FormatTree || l.sieve.filter != nil {
		return nil
	}
	l.buf = l.buf[:0]
	if l.any {
		l.buf = append(l.buf, '\n')
	}
	l.any = true
	l.buf = l.opt.appendGap(l.buf, g)
	_, err := l.w.Write(l.buf)
	return err
}

// Close implements analyze.Sink.
func (l *Listing) Close() error {
	if l.format == FormatFields && l.n == 0 {
		l.w.Write(l.open(nil)) // an error stays with the writer until Flush
	}
	if l.format == FormatJSON {
		if l.n == 0 {
			l.w.WriteByte('[')
		}
		l.w.WriteString("\n]\n") // an error stays with the writer until Flush
	}
	for _, stat := range l.stats {
		if err := stat.print(l.w, l.opt); err != nil {
			return err
		}
	}
	return l.w.Flush()
}

func (o *Options) appendGap(b []byte, g *analyze.Gap) []byte {
	f := &g.Frame
	b = o.paint(b, styleWarn, "No PDU: "+gapText(f))
	b = append(b, "\n    "...)
	if f.At.Frame > 0 {
		b = append(b, "frame "...)
		b = appendCount(b, f.At.Frame)
		b = append(b, ", "...)
	}
	b = o.appendTimeDigits(b, f.At.Time, 9)
	if g.Conn != nil {
		b = append(b, ", connection "...)
		b = appendCount(b, g.Conn.ID)
		from, to := ends(g.Conn, g.Dir)
		b = append(b, "\n    "...)
		b = from.AppendTo(b)
		b = append(b, " → "...)
		b = to.AppendTo(b)
	}
	b = append(b, '\n')
	if len(f.Octets) > 0 {
		b = AppendHexdump(b, f.Octets)
	}
	return b
}

var garbageText = [...]string{
	stream.GarbageNone:      "",
	stream.GarbageSmall:     "command_length is below 16",
	stream.GarbageLarge:     "command_length is above the limit",
	stream.GarbageOctets:    "no believable header",
	stream.GarbageMidstream: "before the first believable header",
}

func gapText(f *stream.Frame) string {
	n := "an unknown number of octets"
	if f.Length >= 0 {
		n = plural(f.Length, "octet")
	}
	switch f.Kind {
	case stream.FrameGap:
		return n + " lost by the capture"
	case stream.FrameTail:
		return n + ", the beginning of a PDU that was never finished"
	}
	return n + " skipped: " + garbageText[f.Cause]
}
