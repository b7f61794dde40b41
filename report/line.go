package report

import (
	"strconv"
	"strings"

	"smpptap/analyze"
	"smpptap/analyze/audit"
	"smpptap/dissect"
)

// lineText is how many columns of a message's text a line shows.
const lineText = 60

// widths are the columns of the listing, which grow when a row needs it.
type widths struct {
	number, time, source, destination, command int
}

var startWidths = widths{number: 5, source: 15, destination: 15, command: 21}

// AppendLine appends a PDU as one line, as tshark does: number, time, source,
// destination, command, and what matters most.
func (o *Options) AppendLine(b []byte, p *analyze.PDU) []byte {
	if o.widths.number == 0 {
		o.widths = startWidths
		o.widths.time = o.timeWidth(6)
	}
	w := &o.widths
	start := len(b)
	b = strconv.AppendInt(b, p.Number, 10)
	b = alignRight(b, start, &w.number)
	b = append(b, ' ', ' ')
	b = o.lineTime(b, p.At.Time)
	b = append(b, ' ', ' ')
	b = o.lineEnds(b, p)
	b = o.lineCommand(b, p.P)
	b = o.appendInfo(b, p)
	return append(b, '\n')
}

// lineHeader is the listing's head, for terminals.
func (o *Options) lineHeader(b []byte) []byte {
	w := startWidths
	head := appendPadded(nil, "No.", w.number, true)
	head = append(head, ' ', ' ')
	head = appendPadded(head, "Time", o.timeWidth(6), o.Time == TimeRelative || o.Time.IsDelta())
	head = append(head, ' ', ' ')
	head = appendPadded(head, "Source", w.source, false)
	head = append(head, "   "...)
	head = appendPadded(head, "Destination", w.destination, false)
	head = append(head, ' ', ' ')
	head = appendPadded(head, "Command", w.command, false)
	head = append(head, "  Info"...)
	return append(o.paint(b, styleBold, string(head)), '\n')
}

// alignRight moves what was appended since start to the right edge of its
// column and lets the column grow.
func alignRight(b []byte, start int, width *int) []byte {
	n := len(b) - start
	*width = max(*width, n)
	fill := *width - n
	b = appendBlanks(b, fill)
	copy(b[start+fill:], b[start:start+n])
	for i := range fill {
		b[start+i] = ' '
	}
	return b
}

// alignLeft fills up the column of what was appended since start: plain
// ASCII, one column an octet.
func alignLeft(b []byte, start int, width *int) []byte {
	n := len(b) - start
	*width = max(*width, n)
	return appendBlanks(b, *width-n)
}

func (o *Options) lineTime(b []byte, ns int64) []byte {
	if o.Color {
		b = append(b, styleDim...)
	}
	start := len(b)
	b = o.appendTime(b, ns)
	b = alignRight(b, start, &o.widths.time)
	if o.Color {
		b = append(b, styleReset...)
	}
	return b
}

func (o *Options) lineEnds(b []byte, p *analyze.PDU) []byte {
	if p.Conn == nil {
		return b
	}
	from, to := ends(p.Conn, p.Dir)
	start := len(b)
	b = from.AppendTo(b)
	b = alignLeft(b, start, &o.widths.source)
	b = append(b, " → "...)
	start = len(b)
	b = to.AppendTo(b)
	b = alignLeft(b, start, &o.widths.destination)
	return append(b, ' ', ' ')
}

func (o *Options) lineCommand(b []byte, p *dissect.PDU) []byte {
	name := p.CommandName()
	if style := commandStyle(p); style != "" && o.Color {
		b = o.paint(b, style, name)
		return append(appendBlanks(b, o.widths.command-len(name)), ' ', ' ')
	}
	start := len(b)
	b = append(b, name...)
	b = alignLeft(b, start, &o.widths.command)
	return append(b, ' ', ' ')
}

func commandStyle(p *dissect.PDU) string {
	switch {
	case p.Command == nil || p.Status != 0:
		return styleWarn
	case strings.HasPrefix(p.Command.Name, "bind_"), p.Command.Name == "unbind", p.Command.Name == "unbind_resp":
		return styleGood
	case p.Command.Name == "enquire_link", p.Command.Name == "enquire_link_resp":
		return styleDim
	}
	return ""
}

// appendInfo appends what of a PDU matters most: sequence number, status,
// addresses, ids, text, latency, findings.
func (o *Options) appendInfo(b []byte, p *analyze.PDU) []byte {
	b = append(b, "seq "...)
	b = strconv.AppendUint(b, uint64(p.P.Sequence), 10)
	if p.P.IsResponse() || p.P.Status != 0 {
		b = append(b, ' ')
		b = o.infoStatus(b, p.P.Status)
	}
	b = infoBind(b, p.P)
	b = infoAddresses(b, p.P)
	b = infoString(b, p.P, dissect.ParamMessageID, " id ")
	b = infoContent(b, p)
	b = infoPartner(b, p)
	if p.Missing > 0 {
		b = append(b, " [cut: "...)
		b = strconv.AppendInt(b, p.Missing, 10)
		b = append(b, " octets not captured]"...)
	}
	for _, r := range p.Findings {
		b = append(b, ' ')
		b = o.infoFinding(b, r)
	}
	return b
}

func (o *Options) infoStatus(b []byte, v uint32) []byte {
	style := styleError
	if v == 0 {
		style = styleGood
	}
	return o.paint(b, style, o.StatusLabel(v))
}

func (o *Options) infoFinding(b []byte, r *audit.Rule) []byte {
	if o.Color {
		b = append(b, severityStyle(r.Severity)...)
	}
	b = append(b, '!')
	b = append(b, r.Name...)
	if o.Color {
		b = append(b, styleReset...)
	}
	return b
}

// infoBind appends who binds, and how.
func infoBind(b []byte, p *dissect.PDU) []byte {
	b = infoString(b, p, dissect.ParamSystemID, " system_id ")
	b = infoString(b, p, dissect.ParamSystemType, " system_type ")
	if v, ok := p.U8(dissect.ParamInterfaceVersion); ok {
		b = append(b, " version "...)
		b = append(b, versionText(v)...)
	}
	return b
}

// versionText writes an interface_version as people do; a value that is no
// version's stays a number.
func versionText(v uint8) string { return dissect.Version(v).String() }

func infoString(b []byte, p *dissect.PDU, id dissect.ParamID, label string) []byte {
	v := p.Bytes(id)
	if len(v) == 0 {
		return b
	}
	b = append(b, label...)
	return appendQuoted(b, v)
}

// appendQuoted appends a string; quotes only where it could be misread.
func appendQuoted(b, v []byte) []byte {
	if isWord(v) {
		return append(b, v...)
	}
	b = append(b, '"')
	b = AppendSafe(b, string(v))
	return append(b, '"')
}

func isWord(v []byte) bool {
	for _, c := range v {
		if c <= ' ' || c > '~' || c == '"' {
			return false
		}
	}
	return len(v) > 0
}

func infoAddresses(b []byte, p *dissect.PDU) []byte {
	from, hasFrom := p.Field(dissect.ParamSourceAddr)
	to, hasTo := p.Field(dissect.ParamDestinationAddr)
	if n, ok := p.Uint(dissect.ParamNumberOfDests); ok {
		b = append(b, ' ')
		b = infoAddress(b, p, from, hasFrom)
		b = append(b, " → "...)
		b = strconv.AppendUint(b, uint64(n), 10)
		return append(b, " destinations"...)
	}
	if !hasFrom && !hasTo {
		return b
	}
	b = append(b, ' ')
	b = infoAddress(b, p, from, hasFrom)
	if !hasTo {
		return b
	}
	b = append(b, " → "...)
	return infoAddress(b, p, to, hasTo)
}

func infoAddress(b []byte, p *dissect.PDU, f dissect.Field, ok bool) []byte {
	if !ok || f.End-f.Off <= 1 {
		return append(b, `""`...)
	}
	return appendQuoted(b, p.Value(f))
}

func infoContent(b []byte, p *analyze.PDU) []byte {
	if r := p.Receipt; r != nil {
		return infoReceipt(b, r)
	}
	m := p.Message
	if m == nil {
		return b
	}
	if m.Parts > 0 {
		b = append(b, " ("...)
		b = strconv.AppendInt(b, int64(m.Part), 10)
		b = append(b, '/')
		b = strconv.AppendInt(b, int64(m.Parts), 10)
		b = append(b, ')')
	}
	if m.Binary {
		b = append(b, ' ')
		b = strconv.AppendInt(b, int64(len(m.Octets)), 10)
		return append(b, " octets of data"...)
	}
	if m.Text == "" {
		return b
	}
	b = append(b, ` "`...)
	b = append(b, Truncate(Safe(m.Text), lineText)...)
	return append(b, '"')
}

func infoReceipt(b []byte, r *dissect.Receipt) []byte {
	b = append(b, " receipt"...)
	if id := r.ToldID(); id != "" {
		b = append(b, " id "...)
		b = appendQuoted(b, []byte(id))
	}
	for _, v := range [...]string{r.ToldStat(), r.Err} {
		if v != "" {
			b = append(b, ' ')
			b = appendQuoted(b, []byte(v))
		}
	}
	return b
}

// infoPartner appends what a response answers: " [15 after 812 µs]".
func infoPartner(b []byte, p *analyze.PDU) []byte {
	if p.Request == 0 {
		return b
	}
	b = append(b, " [answers "...)
	b = strconv.AppendInt(b, p.Request, 10)
	if p.Latency >= 0 {
		b = append(b, " after "...)
		b = appendDuration(b, p.Latency)
	}
	return append(b, ']')
}
