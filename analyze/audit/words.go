package audit

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"smpptap/analyze/session"
	"smpptap/dissect"
	"smpptap/stream"
)

const (
	second = int64(time.Second)
	minute = int64(time.Minute)
)

// inSeconds writes a time as people say it: "300.4 s", "85 ms".
func inSeconds(ns int64) string {
	switch {
	case ns < 0:
		return "an unknown time"
	case ns < second/1000:
		return "less than 1 ms"
	case ns < second:
		return strconv.FormatInt(ns*1000/second, 10) + " ms"
	}
	s := strconv.FormatFloat(float64(ns)/float64(second), 'f', 1, 64)
	if s[len(s)-2:] == ".0" {
		s = s[:len(s)-2]
	}
	return s + " s"
}

// inMinutes writes a time of many minutes: "16 min", "5 h 20 min".
func inMinutes(ns int64) string {
	n := ns / int64(time.Minute)
	if n < 60 {
		return fmt.Sprintf("%d min", n)
	}
	return fmt.Sprintf("%d h %d min", n/60, n%60)
}

// beyond writes a duration above a limit so that it does not read as the limit.
func beyond(ns, limit int64) string {
	s := inSeconds(ns)
	if s != inSeconds(limit) {
		return s
	}
	if over := (ns - limit) * 1000 / second; over > 0 {
		return fmt.Sprintf("%s and %d ms", s, over)
	}
	return "just over " + s
}

// isOrAre and itOrThem go with a number of things.
func isOrAre(n int) string {
	if n == 1 {
		return "is"
	}
	return "are"
}

func itOrThem(n int64) string {
	if n == 1 {
		return "it"
	}
	return "them"
}

// counted writes a number with its noun: "1 request", "5 requests".
func counted(n int64, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return strconv.FormatInt(n, 10) + " " + noun + "s"
}

// several writes a number with a name of the specification, which takes no
// plural: "5 submit_sm".
func several(n int64, name string) string { return strconv.FormatInt(n, 10) + " " + name }

// party names a side in a sentence.
func party(s dissect.Side) string {
	switch s {
	case dissect.ESME:
		return "the ESME"
	case dissect.SMSC:
		return "the SMSC"
	}
	return "one side"
}

// opening is party at the beginning of a sentence.
func opening(s dissect.Side) string { return capital(party(s)) }

func capital(s string) string { return strings.ToUpper(s[:1]) + s[1:] }

// speaker names the end that sends in a direction, by its address while it is
// not known which side it is.
func speaker(c *session.Conn, dir stream.Dir) string {
	if c.Decided {
		return party(c.Sender(dir))
	}
	return "the end at " + end(c.Conn, dir).String()
}

func otherSide(s dissect.Side) dissect.Side {
	if s == dissect.ESME {
		return dissect.SMSC
	}
	return dissect.ESME
}

// commandName names a command as the specification does, an unknown one by
// its number.
func commandName(id uint32) string {
	if c := dissect.CommandByID(id); c != nil {
		return c.Name
	}
	return fmt.Sprintf("command 0x%08X", id)
}

// status names a command_status with its number. The provider's row goes
// before the specification's; nil: neither has one.
func (a *Auditor) status(v uint32) (name string, def *dissect.StatusDef) {
	if def = a.dialect.Status(v); def == nil || def.Name == "" {
		return fmt.Sprintf("0x%02X", v), def
	}
	return fmt.Sprintf("0x%02X (%s)", v, def.Name), def
}

// meaning says what a status means, as far as that is known; empty: unknown.
func meaning(v uint32, def *dissect.StatusDef) string {
	if def != nil {
		return strings.TrimSuffix(def.Meaning, ".")
	}
	if h, ok := dissect.StatusHintFor(v); ok {
		return strings.TrimSuffix(h.Meaning, ".")
	}
	for _, r := range dissect.StatusRanges() {
		if v < r.From || v > r.To {
			continue
		}
		if r.Use == "vendor" {
			return "a code of the provider's own, which its documents explain"
		}
		return strings.TrimSuffix(r.Use, ".")
	}
	return ""
}

// reword replaces the words of a finding when more has become known.
func (a *Auditor) reword(f *Finding, message string) {
	if f == nil || f.Message == message {
		return
	}
	f.Message = message
	a.touch(f)
}

// touch notes that a finding changed, maybe its severity. One that was dropped
// may change no more: its id is another's.
func (a *Auditor) touch(f *Finding) {
	if f.dropped {
		return
	}
	a.ranks.put(f.place, f.Severity)
	if !f.changed {
		f.changed = true
		a.changed = append(a.changed, f)
	}
}

// milestone tells when the words of a growing count are worth making anew, so
// that a million occurrences cost twenty texts.
func milestone(n int64) bool { return n&(n-1) == 0 }

// lowered caps a severity at note where there is doubt.
func lowered(s Severity, doubt bool) Severity {
	if doubt {
		return Note
	}
	return s
}
