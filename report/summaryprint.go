package report

import (
	"io"
	"path/filepath"
	"strconv"
	"strings"

	"smpptap/analyze/audit"
	"smpptap/analyze/diagnose"
)

// About is what a summary says beside what it collected.
type About struct {
	Profile  string // the profile's name
	Database string // empty: nothing was recorded
	Version  string
	// Capture is the run's number in the database, Offset what is to be added
	// to its own numbers of PDUs, sessions, connections to get those of the
	// database.
	Capture                              int64
	PDUOffset, SessionOffset, ConnOffset int64
	// Inputs are the files for the next command to run; none: the packets of a
	// live capture were not kept.
	Inputs []string
	// Once says that one of Inputs cannot be read a second time: standard
	// input, a named pipe.
	Once bool
	// Ring says that a time and a number stand in the files' names, behind
	// those of Inputs: a.pcapng is a_00001_20261103100211.pcapng and others.
	Ring bool
	// NotStored are records that the database lacks, by reason in words.
	NotStored map[string]int64
}

// page is a summary being printed.
type page struct {
	*Options
	*Summary
	about About
	w     io.Writer
	b     []byte
	// diagnoses are what is probably wrong, others the findings beside them.
	diagnoses []diagnose.Diagnosis
	others    []audit.Finding
}

// Print writes the summary.
func (s *Summary) Print(w io.Writer, opt *Options, about About) error {
	if opt.start == 0 {
		opt.start = s.capture.StartedAt
	}
	p := &page{Options: opt, Summary: s, about: about, w: w}
	p.diagnoses, p.others = s.findings.diagnosed(s.facts())
	p.head()
	p.input()
	p.causes()
	for _, table := range []func() error{p.connections, p.messageCounts, p.responseTimes} {
		if err := table(); err != nil {
			return err
		}
	}
	p.next()
	return p.flush()
}

func (p *page) flush() error {
	_, err := p.w.Write(p.b)
	p.b = p.b[:0]
	return err
}

func (p *page) line(s string) { p.b = append(append(p.b, s...), '\n') }

func (p *page) section(name string) {
	p.b = append(p.b, '\n')
	p.b = p.paint(p.b, styleBold, name)
	p.b = append(p.b, '\n')
}

// remark writes a line of a section that is one safe text.
func (p *page) remark(style, text string) {
	p.b = append(p.b, "  "...)
	p.b = p.paint(p.b, style, text)
	p.b = append(p.b, '\n')
}

func (p *page) head() {
	p.b = p.paint(p.b, styleBold, "smpptap "+Safe(p.about.Version))
	p.b = append(p.b, "   profile "...)
	p.b = p.paint(p.b, styleBold, Safe(p.about.Profile))
	if p.about.Database == "" {
		p.line("   no database")
		return
	}
	p.b = append(p.b, "   database "...)
	p.b = p.paint(p.b, styleBold, Safe(p.about.Database))
	p.b = append(p.b, ", capture "...)
	p.b = strconv.AppendInt(p.b, p.about.Capture, 10)
	p.b = append(p.b, '\n')
}

// padded is safe text with blanks behind it up to a width.
func padded(s string, width int) string { return string(appendPadded(nil, s, width, false)) }

// fact writes a line of a section: a name and what there is to say, wrapped
// to the terminal.
func (p *page) fact(name, text string) {
	p.b = append(p.b, "  "...)
	p.b = p.paint(p.b, styleDim, name)
	p.b = appendBlanks(p.b, 11-Width(name))
	p.wrap(Safe(text), 13, "")
	p.b = append(p.b, '\n')
}

// wrap appends safe text, going on below at the indent when it is wider than
// the terminal.
func (p *page) wrap(text string, indent int, style string) {
	room := p.Width - indent
	if p.Width == 0 || room < 20 {
		p.b = p.paint(p.b, style, text)
		return
	}
	line, at := "", 0
	for i, word := range strings.Split(text, " ") {
		n := Width(word)
		switch {
		case i == 0:
			line, at = word, n
		case at+1+n > room:
			p.b = p.paint(p.b, style, line)
			p.b = append(p.b, '\n')
			p.b = appendBlanks(p.b, indent)
			line, at = word, n
		default:
			line, at = line+" "+word, at+1+n
		}
	}
	p.b = p.paint(p.b, style, line)
}

// maxNotes is how many notes are shown; errors and warnings are shown all.
const maxNotes = 8

func (p *page) causes() {
	p.section("What is probably wrong")
	causes := causesOf(p.others)
	p.verdict()
	notes := 0
	for severity := audit.Error; severity >= audit.Note; severity-- {
		shown := func(s audit.Severity) bool {
			if s != severity {
				return false
			}
			if s == audit.Note {
				notes++
			}
			return notes <= maxNotes
		}
		for i := range p.diagnoses {
			if shown(p.diagnoses[i].Severity) {
				p.diagnosis(&p.diagnoses[i])
			}
		}
		for i := range causes {
			if shown(causes[i].First.Severity) {
				p.cause(&causes[i])
			}
		}
	}
	if hidden := notes - maxNotes; hidden > 0 {
		text := "  and " + plural(int64(hidden), "more note")
		if command := p.findingsCommand(); command != "" {
			text += ": " + command
		}
		p.line(text)
	}
	p.unchecked()
}

// verdict says that there is nothing worse than notes, or why that means
// nothing.
func (p *page) verdict() {
	worst := audit.SeverityNone
	for i := range p.findings.all {
		worst = max(worst, p.findings.all[i].Severity)
	}
	style, text := styleGood, ""
	switch {
	case worst > audit.Note:
		return
	case p.capture.Stats.Packets == 0 && !p.isProxy():
		style, text = styleWarn, "Nothing could be checked: no packet could be read."
	case p.capture.Stats.PDUs == 0:
		style, text = styleWarn, "Nothing could be checked: there is no PDU."
	case worst == audit.SeverityNone:
		text = "Nothing was found: every check that could be made passed."
	default:
		text = "No error and no warning. Worth knowing:"
	}
	p.remark(style, text)
}

// findingsCommand lists all findings; empty: nothing was kept.
func (p *page) findingsCommand() string {
	switch {
	case p.about.Database != "":
	case p.about.kept():
		return "smpptap audit " + p.about.inputWords()
	default:
		return ""
	}
	return "smpptap findings" + p.dbFlag()
}

// cause writes a cause: one line, wrapped below itself on a terminal.
func (p *page) cause(c *cause) {
	f := &c.First
	p.headline(f.Severity, c.Count, f.Time, p.where(f.PDU, f.Connection), f.Of().Name)
	p.below(causeText(c), "")
	if known := knownText(f); known != "" {
		p.below("known "+Safe(known), "")
	}
	if remedy := p.remedy(f); remedy != "" {
		p.below("→ "+Safe(remedy), styleAccent)
	}
	p.b = append(p.b, '\n')
}

// headline begins the line of a cause: how bad, how often, when first, where
// and what.
func (p *page) headline(severity audit.Severity, count, time int64, where, what string) {
	p.b = append(p.b, "  "...)
	p.b = p.paint(p.b, severityStyle(severity), padded(severity.String(), 7))
	p.b = append(p.b, ' ')
	p.b = appendPadded(p.b, Count(count)+"×", 6, true)
	p.b = append(p.b, ' ', ' ')
	if time != 0 {
		p.b = p.appendTimeDigits(p.b, time, 3)
	} else {
		p.b = appendPadded(p.b, "-", p.timeWidth(3), false)
	}
	p.b = append(p.b, ' ', ' ')
	p.b = appendPadded(p.b, where, 8, false)
	p.b = append(p.b, ' ', ' ')
	p.b = p.paint(p.b, styleBold, what)
}

// remedy is the rule's; a file that breaks off needs another one than packets
// lost while capturing.
func (p *page) remedy(f *audit.Finding) string {
	st := &p.capture.Stats
	if f.Rule == audit.RuleCaptureLossy && len(st.Damaged) > 0 && st.Dropped+st.CutPackets+st.LostOctets == 0 {
		return "Check the file and copy or save it anew: it is no whole capture."
	}
	return f.Remedy
}

// where names the place of evidence: `pdu N`, else its connection.
func (p *page) where(pdu, conn int64) string {
	switch {
	case pdu != 0:
		return "pdu " + strconv.FormatInt(pdu+p.about.PDUOffset, 10)
	case conn != 0:
		return "conn " + strconv.FormatInt(conn+p.about.ConnOffset, 10)
	}
	return "-"
}

func causeText(c *cause) string {
	text := Safe(c.First.Message)
	if c.Connections > 1 {
		text += " (and on " + plural(c.Connections-1, "other connection") + ")"
	} else if c.Findings > 1 {
		text += " (and " + Count(c.Findings-1) + " like it)"
	}
	return text
}

// below goes on with a cause: on a terminal on the next line, else on the
// same one, so that a cause stays one line for grep.
func (p *page) below(text, style string) {
	if p.Width == 0 {
		p.b = append(p.b, ' ', ' ')
		p.b = p.paint(p.b, style, text)
		return
	}
	p.b = append(p.b, "\n          "...)
	p.wrap(text, 10, style)
}

// unchecked says which checks could not be made.
func (p *page) unchecked() {
	given := make(map[string]int64)
	silent, off := 0, 0
	for i := range p.findings.checks {
		c := &p.findings.checks[i]
		switch {
		case p.findings.off[c.Of().Name]:
			off++
		case c.Unchecked > 0:
			given[c.Of().Name] = c.Unchecked
		case c.Checked == 0:
			silent++
		}
	}
	if len(given) > 0 {
		p.fact("unchecked", tallyText(given, "")+" could not be judged: the capture does not show enough")
	}
	if off+silent > 0 && p.capture.Stats.PDUs > 0 {
		p.fact("checks", plural(int64(len(p.findings.checks)-off-silent-len(given)), "rule")+" fully checked, "+
			strconv.Itoa(silent)+" with nothing to check here, "+strconv.Itoa(off)+" off under profile "+p.about.Profile)
	}
}

// next names the command that helps most now.
func (p *page) next() {
	p.b = append(p.b, '\n')
	p.b = p.paint(p.b, styleBold, "Next")
	p.b = append(p.b, "  "...)
	switch {
	case p.about.Database == "" && !p.about.kept():
		p.nextCapture()
	case p.about.Database == "" && len(p.findings.all) > 0:
		p.b = p.paint(p.b, styleAccent, "smpptap audit "+p.about.inputWords())
		p.b = append(p.b, "   all findings with their evidence"...)
	case p.about.Database == "":
		p.b = p.paint(p.b, styleAccent, "smpptap read "+p.about.inputWords())
		p.b = append(p.b, "   the PDUs"...)
	default:
		p.nextInDatabase()
	}
	p.b = append(p.b, '\n')
}

// nextCapture is the command after a run of which nothing was kept.
func (p *page) nextCapture() {
	switch {
	case p.isProxy():
		p.b = p.paint(p.b, styleAccent, "smpptap proxy")
		p.b = append(p.b, "   without --no-db records what passes, to look into it"...)
		return
	case p.about.Once:
		p.b = p.paint(p.b, styleAccent, "smpptap analyze "+p.about.inputWords())
		p.b = append(p.b, "   without --no-db records what it reads, to look into it"...)
		return
	}
	command := "smpptap live"
	for _, name := range strings.Fields(p.capture.Source) {
		command += " -i " + shellWords([]string{name})
	}
	p.b = p.paint(p.b, styleAccent, command+" -w capture.pcapng")
	p.b = append(p.b, "   keeps the packets, to look into them"...)
}

func (p *page) nextInDatabase() {
	switch pdu, what := p.firstPDU(); {
	case pdu != 0:
		p.b = p.paint(p.b, styleAccent, "smpptap show "+strconv.FormatInt(pdu+p.about.PDUOffset, 10)+p.dbFlag())
		p.b = append(p.b, "   the first PDU of "...)
		p.b = append(p.b, what...)
	case len(p.findings.all) > 0:
		p.b = p.paint(p.b, styleAccent, "smpptap findings"+p.dbFlag())
	default:
		p.b = p.paint(p.b, styleAccent, "smpptap pdus"+p.dbFlag())
	}
}

// firstPDU is the PDU to look at first, and of what it is; zero: none.
func (p *page) firstPDU() (pdu int64, what string) {
	for i := range p.diagnoses {
		if d := &p.diagnoses[i]; d.PDU != 0 {
			return d.PDU, d.ID
		}
	}
	for _, c := range causesOf(p.others) {
		if c.First.PDU != 0 {
			return c.First.PDU, c.First.Of().Name
		}
	}
	return 0, ""
}

// defaultDatabase is what commands use without --db.
const defaultDatabase = "smpptap.db"

func (p *page) dbFlag() string {
	if p.about.Database == defaultDatabase {
		return ""
	}
	return " --db " + shellWords([]string{p.about.Database})
}

// kept tells whether the packets can be read again.
func (a *About) kept() bool { return len(a.Inputs) > 0 && !a.Once }

// inputWords writes the inputs for a shell.
func (a *About) inputWords() string {
	if !a.Ring {
		return shellWords(a.Inputs)
	}
	var b []string
	for _, name := range a.Inputs {
		ext := filepath.Ext(name)
		b = append(b, shellWords([]string{strings.TrimSuffix(name, ext)})+"_*"+strings.TrimSuffix(shellWords([]string{ext}), "''"))
	}
	return strings.Join(b, " ")
}

// shellWords writes arguments so that a shell takes them as they are.
func shellWords(args []string) string {
	var b []string
	for _, a := range args {
		if a != "" && strings.IndexFunc(a, needsQuote) < 0 {
			b = append(b, a)
		} else {
			b = append(b, "'"+strings.ReplaceAll(Safe(a), "'", `'\''`)+"'")
		}
	}
	return strings.Join(b, " ")
}

func needsQuote(r rune) bool {
	return !(r >= '0' && r <= '9' || r >= 'A' && r <= 'Z' || r >= 'a' && r <= 'z' || strings.ContainsRune("-_./:=+,@%", r))
}
