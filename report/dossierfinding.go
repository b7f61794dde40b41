package report

import (
	"strconv"

	"smpptap/analyze/audit"
)

// details writes the findings one by one, worst first.
func (d *Dossier) details(v *view) {
	all := d.worstFirst()
	if len(all) > maxDetailed {
		v.Unshown = byRule(all[maxDetailed:])
		all = all[:maxDetailed]
	}
	shown := make(map[int64]int)
	for i := range all {
		f := d.finding(&all[i], i+1)
		d.exhibit(&f, &all[i], shown)
		v.Findings = append(v.Findings, f)
	}
}

func (d *Dossier) finding(f *audit.Finding, number int) findingView {
	v := findingView{
		Number: number, Rule: Safe(f.Of().Name), Title: Safe(f.Of().Title), Severity: f.Severity.String(),
		Message: Safe(f.Message), Wanted: Safe(f.Wanted), Remedy: Safe(f.Remedy), Clauses: Safe(f.Reference),
		Where: d.where(f), Seen: Safe(f.Seen),
	}
	if known := knownText(f); known != "" {
		v.Message += " (Known " + Safe(known) + ")"
	}
	if f.Field != "" {
		v.Seen = Safe(f.Field)
		if f.Seen != "" {
			v.Seen += ": " + Safe(f.Seen)
		}
	}
	if f.Length > 0 {
		v.Octets = strconv.Itoa(f.Offset)
		if f.Length > 1 {
			v.Octets += "-" + strconv.Itoa(f.Offset+f.Length-1)
		}
	}
	if f.Time != 0 {
		v.When = d.time(f.Time)
	}
	if f.Count > 1 {
		v.Count = times(f.Count)
		if f.LastTime > f.Time {
			v.Count += " until " + d.time(f.LastTime)
		}
	}
	if f.PDU != 0 {
		v.PDU = strconv.FormatInt(f.PDU, 10)
	}
	return v
}

// exhibit adds the PDU's octets. The first finding that names it shows it
// whole, the others only the lines that they are about.
func (d *Dossier) exhibit(v *findingView, f *audit.Finding, shown map[int64]int) {
	if f.PDU == 0 || d.Evidence == nil {
		return
	}
	x := d.Evidence.kept[f.PDU]
	if x == nil {
		v.NoExhibit = d.whyMissing()
		return
	}
	e := &exhibitView{Title: "PDU " + v.PDU + ", " + x.Command + ", " + plural(int64(len(x.Raw)), "octet")}
	if x.Missing > 0 {
		e.Title += " captured, " + Count(x.Missing) + " cut off"
	}
	if at, again := shown[f.PDU]; again {
		e.ShownAt = at
		e.Hex = markedHex(x.Raw, f.Offset, f.Length, false)
	} else {
		shown[f.PDU] = v.Number
		e.Tree = treeLines(x.Tree, f.Offset, f.Length)
		e.Hex = markedHex(x.Raw, f.Offset, f.Length, true)
	}
	v.Exhibit = e
}

func (d *Dossier) whyMissing() string {
	if d.Evidence.want == nil {
		return "Its octets are not shown: the input can be read only once, and the finding came when they were no longer kept."
	}
	return "Its octets are not shown: the report shows those of the " + strconv.Itoa(maxExhibits) + " PDUs that the worst findings name."
}
