package report

import (
	"slices"
	"strconv"

	"smpptap/analyze"
	"smpptap/analyze/audit"
)

// Trace is the journey of one message over all connections of its account.
type Trace struct {
	// Message is as recorded; its ID is zero where only later steps of it are.
	Message analyze.Message
	Capture int64
	Steps   []Step // in order of time
	// Findings name one of the steps.
	Findings []audit.Finding
	// Verdict says how it ended, State in one word: delivered, failed,
	// refused, cancelled, waiting, accepted, unanswered, unknown.
	State, Verdict string
	// Doubts are what could not be told, or could be told in two ways.
	Doubts []string
}

// Step is one PDU of a Trace.
type Step struct {
	PDU, Connection, Session int64
	Time                     int64
	ToESME                   bool
	Command                  string
	Status                   uint32
	Response                 bool   // Status is of a response
	Latency                  int64  // of a response; negative: unknown
	Detail                   string // what matters of it
	Findings                 []string
}

// Direction is the contract's word.
func (s *Step) Direction() string {
	if s.ToESME {
		return "to_esme"
	}
	return "to_smsc"
}

// AppendTrace appends a journey as lines of text: what, the verdict, and a
// ladder with the time that passed before each step.
func (o *Options) AppendTrace(b []byte, t *Trace) []byte {
	p := &page{Options: o, b: b}
	m := &t.Message
	p.b = p.paint(p.b, styleBold, "message")
	if m.ID != 0 {
		p.b = append(strconv.AppendInt(append(p.b, ' '), m.ID, 10), "  "...)
	}
	p.b = append(p.b, Safe(m.Source)+" → "+Safe(m.Destination)...)
	if m.SystemID != "" {
		p.b = append(p.b, "  system_id "+Safe(m.SystemID)...)
	}
	if m.MessageID != "" {
		p.b = append(p.b, "  message_id "+Safe(m.MessageID)...)
	}
	p.b = append(p.b, '\n')
	if m.Text != "" {
		p.evidence("text", m.Text)
	}
	p.evidence("verdict", t.Verdict)
	for _, d := range t.Doubts {
		p.evidence("in doubt", d)
	}
	p.b = append(p.b, '\n')
	p.ladder(t.Steps)
	for i := range t.Findings {
		f := &t.Findings[i]
		p.evidence(f.Severity.String(), f.Of().Name+", "+p.place(f)+": "+f.Message)
	}
	if len(t.Findings) > 0 {
		p.b = append(p.b, '\n')
	}
	return p.b
}

// ladder writes the steps: to the SMSC from the left, to the ESME from the
// right.
func (p *page) ladder(steps []Step) {
	const arm = 38
	for i := range steps {
		s := &steps[i]
		p.b = append(p.b, "  "...)
		p.b = p.appendTimeDigits(p.b, s.Time, 3)
		passed := ""
		if i > 0 {
			passed = "+" + Duration(s.Time-steps[i-1].Time)
		}
		p.b = append(p.b, "  "+appendedLeft(passed, 9)+"  "...)
		what := s.Command
		if s.Response {
			what += " " + p.StatusLabel(s.Status)
		}
		if s.ToESME {
			p.b = append(p.b, "◀"+dashes(arm-len(what)-2)+" "+what...)
		} else {
			p.b = append(p.b, what+" "+dashes(arm-len(what)-2)+"▶"...)
		}
		p.b = append(p.b, "  pdu "+strconv.FormatInt(s.PDU, 10)...)
		p.b = append(p.b, "  conn "+strconv.FormatInt(s.Connection, 10)...)
		if s.Detail != "" {
			p.b = append(p.b, "  "+Safe(s.Detail)...)
		}
		for _, f := range s.Findings {
			p.b = append(p.b, "  "...)
			p.b = p.paint(p.b, styleWarn, "!"+f)
		}
		p.b = append(p.b, '\n')
	}
	if len(steps) > 0 {
		p.b = append(p.b, '\n')
	}
}

func appendedLeft(s string, width int) string {
	b := appendBlanks(nil, max(0, width-Width(s)))
	return string(append(b, s...))
}

func dashes(n int) string {
	const line = "──────────────────────────────────────────────────"
	return line[:3*min(max(n, 2), len(line)/3)]
}

// AppendTraceJSON appends a journey as an object.
func (o *Options) AppendTraceJSON(b []byte, t *Trace) []byte {
	m := &t.Message
	j := openObject(b)
	j.some("message", m.ID)
	j.some("capture", t.Capture)
	j.text("account", m.Account)
	j.text("system_id", m.SystemID)
	j.text("message_id", m.MessageID)
	j.text("source_addr", m.Source)
	j.text("destination_addr", m.Destination)
	j.text("text", m.Text)
	j.text("encoding", m.Encoding)
	j.some("parts", int64(m.Parts))
	j.some("parts_seen", int64(m.PartsSeen))
	j.str("state", t.State)
	j.str("verdict", t.Verdict)
	j.list("doubts", len(t.Doubts), func(b []byte, i int) []byte { return appendJSONString(b, t.Doubts[i]) })
	j.list("steps", len(t.Steps), func(b []byte, i int) []byte { return o.appendStep(b, &t.Steps[i]) })
	j.list("findings", len(t.Findings), func(b []byte, i int) []byte { return appendFinding(b, &t.Findings[i]) })
	return j.close()
}

func (o *Options) appendStep(b []byte, s *Step) []byte {
	j := openObject(b)
	j.int("pdu", s.PDU)
	j.time("time", s.Time)
	j.int("connection", s.Connection)
	j.some("session", s.Session)
	j.str("direction", s.Direction())
	j.str("command", s.Command)
	if s.Response {
		j.int("command_status", int64(s.Status))
		j.text("status", o.StatusLabel(s.Status))
		if s.Latency >= 0 {
			j.int("latency_us", s.Latency/1000)
		}
	}
	j.text("detail", s.Detail)
	if len(s.Findings) > 0 {
		j.list("findings", len(s.Findings), func(b []byte, i int) []byte { return appendJSONString(b, s.Findings[i]) })
	}
	return j.close()
}

// Sort puts the steps in order of time, and those of one time in order of
// their PDUs.
func (t *Trace) Sort() {
	slices.SortStableFunc(t.Steps, func(a, b Step) int {
		if a.Time != b.Time {
			if a.Time < b.Time {
				return -1
			}
			return 1
		}
		return int(a.PDU - b.PDU)
	})
}
