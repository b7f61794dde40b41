package main

import (
	"compress/gzip"
	"encoding/json"
	"io"
	"maps"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// refPDU is a PDU as tshark dissected it.
type refPDU struct {
	Frame  int64      `json:"frame"`
	Fields []refField `json:"fields"`
}

// refField is one of its fields: Hex holds the octets, empty for a value
// that tshark derived.
type refField struct {
	Name  string `json:"n"`
	Value string `json:"v"`
	Hex   string `json:"hex"`
}

// needTool finds a program that the test cannot do without. In CI its absence
// is a failure: nothing is skipped there.
func needTool(t *testing.T, name string) string {
	t.Helper()
	path, err := exec.LookPath(name)
	if err == nil {
		return path
	}
	if os.Getenv("CI") != "" {
		t.Fatalf("%s is not installed", name)
	}
	t.Skipf("%s is not installed", name)
	return ""
}

func readReference(t *testing.T, path string) []refPDU {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	var out []refPDU
	for d := json.NewDecoder(z); ; {
		var p refPDU
		if err := d.Decode(&p); err == io.EOF {
			return out
		} else if err != nil {
			t.Fatal(err)
		}
		out = append(out, p)
	}
}

// parseTsharkJSON reads -T json -x: every field has a companion NAME_raw of
// [hex, position, length, mask, type], or a list of those.
func parseTsharkJSON(t *testing.T, b []byte) []refPDU {
	t.Helper()
	var frames []struct {
		Source struct {
			Layers map[string]json.RawMessage `json:"layers"`
		} `json:"_source"`
	}
	if err := json.Unmarshal(b, &frames); err != nil {
		t.Fatal(err)
	}
	var out []refPDU
	for _, f := range frames {
		var frame struct {
			Number string `json:"frame.number"`
		}
		if err := json.Unmarshal(f.Source.Layers["frame"], &frame); err != nil {
			t.Fatal(err)
		}
		number, _ := strconv.ParseInt(frame.Number, 10, 64)
		raw := f.Source.Layers["smpp"]
		var list []map[string]json.RawMessage
		if json.Unmarshal(raw, &list) != nil {
			list = make([]map[string]json.RawMessage, 1)
			if err := json.Unmarshal(raw, &list[0]); err != nil {
				t.Fatal(err)
			}
		}
		for _, m := range list {
			p := refPDU{Frame: number}
			collectRaw(m, &p)
			out = append(out, p)
		}
	}
	return out
}

// collectRaw gathers the fields of one PDU from the nested objects.
func collectRaw(m map[string]json.RawMessage, p *refPDU) {
	for _, key := range slices.Sorted(maps.Keys(m)) {
		if name, ok := strings.CutSuffix(key, "_raw"); ok {
			p.Fields = append(p.Fields, rawFields(name, m[key])...)
			continue
		}
		var sub map[string]json.RawMessage
		if json.Unmarshal(m[key], &sub) == nil {
			collectRaw(sub, p)
		}
		var subs []map[string]json.RawMessage
		if json.Unmarshal(m[key], &subs) == nil {
			for _, s := range subs {
				collectRaw(s, p)
			}
		}
	}
}

func rawFields(name string, raw json.RawMessage) []refField {
	var one []any
	if json.Unmarshal(raw, &one) != nil || len(one) == 0 {
		return nil
	}
	if text, ok := one[0].(string); ok {
		if mask, ok := one[3].(float64); ok && mask != 0 {
			return nil // bits: the octets are compared as a whole
		}
		return []refField{{Name: name, Hex: text}}
	}
	var out []refField
	for _, x := range one {
		if inner, ok := x.([]any); ok && len(inner) > 3 {
			if text, ok := inner[0].(string); ok && inner[3].(float64) == 0 {
				out = append(out, refField{Name: name, Hex: text})
			}
		}
	}
	return out
}

func (r *refPDU) uint(name string) uint32 {
	for _, f := range r.Fields {
		if f.Name == name {
			n, _ := strconv.ParseUint(f.Hex, 16, 32)
			return uint32(n)
		}
	}
	return 0
}
