package report

import (
	"maps"
	"slices"
	"strings"
	"time"

	"smpptap/analyze"
)

func (p *page) input() {
	st := &p.capture.Stats
	p.section("Input")
	inputs := st.Inputs
	if len(inputs) == 0 {
		inputs = []string{p.capture.Source}
	}
	name := "files"
	switch {
	case p.isLive():
		name = "interfaces"
	case p.isProxy():
		name = "links"
	}
	p.fact(name, strings.Join(inputs, ", "))
	if !p.isProxy() {
		p.fact("packets", Count(st.Packets)+", "+Size(st.Octets))
	}
	p.fact("time", p.span())
	p.fact("SMPP", plural(st.Connections, "connection")+", "+plural(p.last, "session")+", "+plural(st.PDUs, "PDU"))
	if len(st.Other) > 0 {
		p.fact("other TCP", tallyText(st.Other, "unknown"))
	}
	for _, loss := range p.losses() {
		p.remark(styleWarn, padded("lost", 11)+Safe(loss))
	}
	if len(p.losses()) == 0 {
		p.fact("lost", "nothing; everything could be read")
	}
}

func (p *page) span() string {
	st := &p.capture.Stats
	from, to, known := seen(st)
	if p.isProxy() {
		from, to = p.capture.StartedAt, p.capture.EndedAt
		known = from != 0
	}
	switch {
	case p.isProxy() && !known:
		return "nobody connected"
	case st.Packets == 0 && !known:
		return "no packet"
	case !known:
		return "the capture tells none"
	}
	return p.stretch(from, to)
}

// stretch writes a stretch of time and how long it is.
func (o *Options) stretch(from, to int64) string {
	return string(o.appendTimeDigits(nil, from, 3)) + " to " + string(o.appendTimeDigits(nil, to, 3)) + ", " + Duration(to-from)
}

// seen gives the times of the first and the last packet. The first may be
// zero, as where a device counts from its start; both: there is no time.
func seen(st *analyze.Stats) (from, to int64, known bool) {
	from, to = nanoseconds(st.First), nanoseconds(st.Last)
	return from, to, from != 0 || to != 0
}

func nanoseconds(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixNano()
}

func (p *page) isLive() bool  { return p.capture.Kind == analyze.KindLive }
func (p *page) isProxy() bool { return p.capture.Kind == analyze.KindProxy }

// losses says what of the input was lost or could not be read.
func (p *page) losses() (out []string) {
	st := &p.capture.Stats
	add := func(n int64, text string) {
		if n > 0 {
			out = append(out, text)
		}
	}
	add(st.Dropped, plural(st.Dropped, "packet")+" dropped while capturing")
	add(st.CutPackets, plural(st.CutPackets, "packet")+" cut short by the capture, "+plural(st.CutOctets, "octet")+" missing")
	add(st.LostOctets, plural(st.LostOctets, "octet")+" of connections missing from the capture")
	add(st.Garbage, plural(st.Garbage, "octet")+" that belong to no PDU")
	out = append(out, notUsed(st)...)
	for _, limit := range slices.Sorted(maps.Keys(st.Caps)) {
		out = append(out, capText(limit, st.Caps[limit]))
	}
	for _, what := range slices.Sorted(maps.Keys(p.about.NotStored)) {
		out = append(out, capText(what, p.about.NotStored[what]))
	}
	add(st.Duplicates, plural(st.Duplicates, "packet")+" captured twice, counted once")
	add(st.ClockSteps, "the clock stepped back "+plural(st.ClockSteps, "time"))
	for _, where := range st.Damaged {
		out = append(out, "unreadable: "+where)
	}
	return out
}

// notUsed says which packets gave no octets of TCP, and why.
func notUsed(st *analyze.Stats) (out []string) {
	for _, reason := range byCount(st.Skipped) {
		text := plural(st.Skipped[reason], "packet")
		if octets := st.SkippedOctets[reason]; octets > 0 {
			text += " of " + plural(octets, "octet")
		}
		out = append(out, text+" not used: "+reason)
	}
	return out
}

// capText says what a memory limit cost; of findings the name alone is known.
func capText(limit string, n int64) string {
	if limit == "findings" {
		return plural(n, "finding") + " not kept: there are too many"
	}
	return Things(n, limit)
}

// tallyText writes counts as "3 tls, 2 http".
func tallyText(tally map[string]int64, empty string) string {
	var parts []string
	for _, k := range byCount(tally) {
		name := k
		if name == "" {
			name = empty
		}
		parts = append(parts, Count(tally[k])+" "+name)
	}
	return strings.Join(parts, ", ")
}
