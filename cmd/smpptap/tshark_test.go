package main

import (
	"bufio"
	"bytes"
	"encoding/hex"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"

	"smpptap/dissect"
)

// TestCorpusTshark compares every field that both know with tshark's reading
// of the corpus. Where they differ, testdata/tshark-differences.txt says why;
// a difference that is not listed there, or a listed one that is gone, fails.
func TestCorpusTshark(t *testing.T) {
	diffs := differences{}
	for _, c := range corpus[truth](t, filepath.Join(corpusDir, "truth.yaml")) {
		path := filepath.Join(corpusDir, c.File)
		ref := filepath.Join(filepath.Dir(path), "tshark", filepath.Base(path)+".jsonl.gz")
		compareTshark(t, c.File, readReference(t, ref), look(t, path, "smpp34"), diffs)
	}
	diffs.check(t, "testdata/tshark-differences.txt")
}

// TestSamplesTshark compares the project's own samples with the tshark that
// is installed. .ci/run installs it.
func TestSamplesTshark(t *testing.T) {
	tshark := needTool(t, "tshark")
	samples, err := filepath.Glob(filepath.Join(samplesDir, "*.pcap"))
	if err != nil || len(samples) == 0 {
		t.Fatal("no samples", err)
	}
	diffs := differences{}
	for _, path := range samples {
		out, err := exec.CommandContext(t.Context(), tshark, "-r", path, "-d", "tcp.port==2775,smpp", "-Y", "smpp",
			"-T", "json", "-x", "--no-duplicate-keys", "-J", "frame smpp").Output()
		if err != nil {
			t.Fatal(err)
		}
		compareTshark(t, filepath.Base(path), parseTsharkJSON(t, out), look(t, path, "smpp34"), diffs)
	}
	diffs.check(t, "testdata/tshark-samples.txt")
}

// difference is one way in which the two readings of a capture differ.
type difference struct{ file, field, kind string }

// differences counts them.
type differences map[difference]int

// check holds the differences against the list: "file | field | kind | count
// | reason", in any order.
func (d differences) check(t *testing.T, path string) {
	t.Helper()
	var got []string
	for k, n := range d {
		got = append(got, fmt.Sprintf("%s | %s | %s | %d", k.file, k.field, k.kind, n))
	}
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var want []string
	for s := bufio.NewScanner(bytes.NewReader(b)); s.Scan(); {
		line := strings.TrimSpace(s.Text())
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		i := strings.LastIndex(line, " | ")
		if i < 0 || strings.Count(line, " | ") != 4 || strings.TrimSpace(line[i+3:]) == "" {
			t.Errorf("%s: a line without a reason: %s", path, line)
			continue
		}
		want = append(want, line[:i])
	}
	slices.Sort(got)
	slices.Sort(want)
	if diff := gocmp.Diff(want, got); diff != "" {
		t.Errorf("listed (-) against found (+):\n%s\nfound, all:\n%s", diff, strings.Join(got, "\n"))
	}
}

// compareTshark pairs the PDUs by packet, command and number, what is left
// without the packet, and compares their fields.
func compareTshark(t *testing.T, file string, refs []refPDU, s *seen, diffs differences) {
	t.Helper()
	ours := map[pduKey][]*pduSeen{}
	for i := range s.pdus {
		k := keyOf(&s.pdus[i])
		ours[k] = append(ours[k], &s.pdus[i])
	}
	var elsewhere []*refPDU
	for i := range refs {
		if r := &refs[i]; !pair(ours, r.key(), file, r, diffs) {
			elsewhere = append(elsewhere, r)
		}
	}
	left := map[pduKey][]*pduSeen{}
	for i := range s.pdus {
		if k := keyOf(&s.pdus[i]); slices.Contains(ours[k], &s.pdus[i]) {
			k.frame = 0
			left[k] = append(left[k], &s.pdus[i])
		}
	}
	for _, r := range elsewhere {
		k := r.key()
		k.frame = 0
		if pair(left, k, file, r, diffs) {
			diffs[difference{file, commandName(k.id), "in another packet"}]++
		} else {
			diffs[difference{file, commandName(k.id), "only tshark has the PDU"}]++
		}
	}
	for k, list := range left {
		if len(list) > 0 {
			diffs[difference{file, commandName(k.id), "only smpptap has the PDU"}] += len(list)
		}
	}
}

type pduKey struct {
	frame   int64
	id, seq uint32
}

func keyOf(p *pduSeen) pduKey {
	var d dissect.PDU
	dissect.Decode(&d, p.raw)
	return pduKey{p.frame, d.ID, d.Sequence}
}

func (r *refPDU) key() pduKey {
	return pduKey{r.Frame, r.uint("smpp.command_id"), r.uint("smpp.sequence_number")}
}

// pair takes the next of our PDUs with the key and compares it.
func pair(ours map[pduKey][]*pduSeen, k pduKey, file string, r *refPDU, diffs differences) bool {
	list := ours[k]
	if len(list) == 0 {
		return false
	}
	var p dissect.PDU
	dissect.Decode(&p, list[0].raw)
	ours[k] = list[1:]
	comparePDU(file, r, &p, diffs)
	return true
}

func commandName(id uint32) string {
	p := dissect.PDU{ID: id, Command: dissect.CommandByID(id)}
	return p.CommandName()
}

// notOctets are names of tshark that stand for no octets of their own: trees,
// its own remarks, and texts, which are compared as such.
func notOctets(name string) bool {
	switch name {
	case "smpp", "smpp.opt_params", "smpp.opt_param", "smpp.dlist", "smpp.dlist_resp", "smpp.message_text", "smpp.password":
		return true
	}
	return strings.HasPrefix(name, "_ws.") || strings.HasPrefix(name, "smpp.dcs.") || strings.HasSuffix(name, ".duplicate") ||
		!strings.HasPrefix(name, "smpp.")
}

// comparePDU compares the fields of one PDU, each name's occurrences in
// order.
func comparePDU(file string, r *refPDU, p *dissect.PDU, diffs differences) {
	nth := map[string]int{}
	for _, f := range r.Fields {
		if f.Name == "smpp.message_text" && f.Value != "" {
			if m, _ := dissect.ReadMessage(p, dissect.SideUnknown, nil); m == nil || m.Text != f.Value {
				diffs[difference{file, f.Name, "another value"}]++
			}
		}
		if notOctets(f.Name) || f.Hex == "" {
			continue
		}
		want, ok := ourOctets(p, f.Name, nth[f.Name])
		nth[f.Name]++
		switch {
		case !ok:
			diffs[difference{file, f.Name, "only tshark has the field"}]++
		case len(f.Hex)%2 == 1 || isBits(f.Name):
			if !sameBits(f, want) {
				diffs[difference{file, f.Name, "another value"}]++
			}
		case !strings.EqualFold(f.Hex, hex.EncodeToString(want)):
			diffs[difference{file, f.Name, "another value"}]++
		}
	}
}

// bits are fields of tshark that show some bits of an octet, by the mask.
var bits = map[string]struct {
	param string
	mask  byte
}{
	"smpp.esm.submit.msg_mode":     {"esm_class", 0x03},
	"smpp.esm.submit.msg_type":     {"esm_class", 0x3C},
	"smpp.esm.submit.features":     {"esm_class", 0xC0},
	"smpp.regdel.receipt":          {"registered_delivery", 0x03},
	"smpp.regdel.acks":             {"registered_delivery", 0x0C},
	"smpp.regdel.notif":            {"registered_delivery", 0x10},
	"smpp.replace_if_present_flag": {"replace_if_present_flag", 0x01},
	"smpp.callback_num.pres":       {"callback_num_pres_ind", 0x0C},
	"smpp.callback_num.scrn":       {"callback_num_pres_ind", 0x03},
	"smpp.msg_wait.ind":            {"ms_msg_wait_facilities", 0x80},
	"smpp.msg_wait.type":           {"ms_msg_wait_facilities", 0x03},
}

func isBits(name string) bool { _, ok := bits[name]; return ok }

// sameBits compares a value with the bits of our octet; tshark shows them
// shifted down.
func sameBits(f refField, octets []byte) bool {
	b, ok := bits[f.Name]
	if !ok || len(octets) != 1 {
		return false
	}
	text, base := f.Value, 0
	if text == "" { // from -T json -x: the octet itself
		text, base = f.Hex, 16
	}
	n, err := strconv.ParseUint(text, base, 8)
	shift := 0
	for b.mask>>shift&1 == 0 {
		shift++
	}
	return err == nil && (byte(n) == octets[0]&b.mask>>shift || byte(n) == octets[0])
}

// parts are fields of tshark that show a part of a TLV.
var parts = map[string]struct {
	tlv      string
	from, to int // to 0: the rest
}{
	"smpp.network_error.type":                {"network_error_code", 0, 1},
	"smpp.network_error.code":                {"network_error_code", 1, 0},
	"smpp.broadcast_area_identifier.format":  {"broadcast_area_identifier", 0, 1},
	"smpp.broadcast_content_type.nw":         {"broadcast_content_type", 0, 1},
	"smpp.broadcast_content_type.type":       {"broadcast_content_type", 1, 0},
	"smpp.broadcast_frequency_interval.unit": {"broadcast_frequency_interval", 0, 1},
	"smpp.its_session.number":                {"its_session_info", 0, 1},
}

// renamed are fields whose name in tshark is not the specification's.
var renamed = map[string]string{
	"smpp.SC_interface_version":     "sc_interface_version",
	"smpp.message":                  "short_message",
	"smpp.billing_id":               "billing_identification",
	"smpp.dest_addr_np_info":        "dest_addr_np_information",
	"smpp.schedule_delivery_time_r": "schedule_delivery_time",
	"smpp.validity_period_r":        "validity_period",
	"smpp.final_date_r":             "final_date",
	"smpp.broadcast_end_time_r":     "broadcast_end_time",
}

// ourOctets gives the octets of the n-th field that tshark's name stands for.
func ourOctets(p *dissect.PDU, name string, n int) ([]byte, bool) {
	switch name {
	case "smpp.command_length":
		return p.Raw[:4], true
	case "smpp.command_id":
		return p.Raw[4:8], true
	case "smpp.command_status":
		return p.Raw[8:12], true
	case "smpp.sequence_number":
		return p.Raw[12:16], true
	case "smpp.opt_param_tag", "smpp.opt_param_len":
		if n >= len(p.TLVs) {
			return nil, false
		}
		off := int(p.TLVs[n].Off)
		if name == "smpp.opt_param_len" {
			off += 2
		}
		return p.Raw[off : off+2], true
	case "smpp.vendor_op", "smpp.reserved_op":
		return unknownTLV(p, name == "smpp.vendor_op", n)
	}
	if part, ok := parts[name]; ok {
		v, ok := octetsOf(p, part.tlv, n)
		if !ok || len(v) < max(part.to, part.from) {
			return nil, false
		}
		if part.to != 0 {
			v = v[:part.to]
		}
		return v[part.from:], true
	}
	if b, ok := bits[name]; ok {
		return octetsOf(p, b.param, n)
	}
	ours, ok := renamed[name]
	if !ok {
		ours = strings.TrimPrefix(name, "smpp.")
	}
	return octetsOf(p, ours, n)
}

// octetsOf gives the n-th field of a name in wire order: parameters, entries
// of arrays, TLVs.
func octetsOf(p *dissect.PDU, name string, n int) ([]byte, bool) {
	var found [][]byte
	for _, list := range [...][]dissect.Field{p.Fields, p.Entries} {
		for _, f := range list {
			if f.Param.Name == name && f.Param.Kind != dissect.Array {
				found = append(found, p.Raw[f.Off:f.End])
			}
		}
	}
	for _, v := range p.TLVs {
		if v.Def != nil && v.Def.Name == name {
			found = append(found, p.TLVValue(v))
		}
	}
	if n >= len(found) {
		return nil, false
	}
	return found[n], true
}

// unknownTLV gives the n-th TLV outside the standard table, in the vendor
// range or outside it.
func unknownTLV(p *dissect.PDU, vendor bool, n int) ([]byte, bool) {
	for _, v := range p.TLVs {
		inRange := v.Tag >= 0x1400 && v.Tag <= 0x3FFF
		if v.Def != nil || inRange != vendor {
			continue
		}
		if n == 0 {
			return p.TLVValue(v), true
		}
		n--
	}
	return nil, false
}
