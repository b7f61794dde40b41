package report

import (
	"fmt"
	"strconv"

	"smpptap/analyze/audit"
)

// sarifPDUs are the artifacts: the files, and behind them the PDUs in them that
// have octets to point at.
type sarifPDUs struct {
	files []sarifArtifact
	at    map[int64]int // index by the PDU's number
}

// mergedBase is what the PDUs are in where it is several files, merged by time.
const mergedBase = "CAPTURE"

// bases says what mergedBase is; nil: nothing is in it.
func (p *sarifPDUs) bases(d *Dossier) map[string]sarifBase {
	if _, known := d.sarifFile(); known || len(p.at) == 0 {
		return nil
	}
	return map[string]sarifBase{mergedBase: {sarifText{"The files of this run, their packets merged by time and numbered so."}}}
}

// octets gives the place of the octets that a finding is about; nil: it is
// about none.
func (p *sarifPDUs) octets(d *Dossier, f *audit.Finding) []sarifLocation {
	if f.PDU == 0 || f.Length <= 0 {
		return nil
	}
	name := "PDU " + strconv.FormatInt(f.PDU, 10)
	place := name
	if f.Frame != 0 {
		place += ", packet " + strconv.FormatInt(f.Frame, 10)
	}
	at := sarifArtifactLocation{URI: "pdu/" + strconv.FormatInt(f.PDU, 10), Base: mergedBase}
	var parent *int
	if file, known := d.sarifFile(); known {
		// A path within the file begins with a slash (SARIF 2.1.0, 3.24.3).
		at.URI, at.Base, parent = "/"+at.URI, "", &file
	}
	var told bool
	if at.Index, told = p.at[f.PDU]; !told {
		at.Index = len(p.files)
		p.at[f.PDU] = at.Index
		p.files = append(p.files, sarifArtifact{Description: &sarifText{place}, Location: at, Parent: parent})
	}
	octets := fmt.Sprintf("octets %d to %d of ", f.Offset, f.Offset+f.Length-1)
	if f.Length == 1 {
		octets = fmt.Sprintf("octet %d of ", f.Offset)
	}
	return []sarifLocation{{
		Message:  &sarifText{octets + place},
		Physical: &sarifPhysical{Artifact: at, Region: &sarifRegion{f.Offset, f.Length}},
	}}
}

// sarifFile gives the index of the file that has the PDUs: the database, which
// numbers them, else the only input.
func (d *Dossier) sarifFile() (index int, known bool) {
	if d.Database != nil {
		return len(d.Inputs), true
	}
	return 0, len(d.Inputs) == 1
}
