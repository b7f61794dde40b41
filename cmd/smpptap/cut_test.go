package main

import (
	"encoding/binary"
	"path/filepath"
	"testing"

	"smpptap/dissect"
)

// TestSamplesCutAnywhere cuts every PDU of every sample at every octet, with
// command_length as it was and made to fit: what is left is read, nothing
// else is, and what is missing is said.
func TestSamplesCutAnywhere(t *testing.T) {
	files, err := filepath.Glob(filepath.Join(samplesDir, "*.pcap"))
	if err != nil || len(files) == 0 {
		t.Fatal("no samples", err)
	}
	seen := map[string]bool{}
	for _, path := range files {
		for _, p := range look(t, path, "smpp34").pdus {
			if p.missing == 0 && !seen[string(p.raw)] {
				seen[string(p.raw)] = true
				cutAnywhere(t, p.raw)
			}
		}
	}
	t.Logf("%d PDUs", len(seen))
}

func cutAnywhere(t *testing.T, raw []byte) {
	t.Helper()
	var whole, p dissect.PDU
	dissect.Decode(&whole, raw)
	var issues []dissect.Issue
	for n := range len(raw) {
		dissect.Decode(&p, raw[:n:n])
		if len(p.Issues) == 0 {
			t.Fatalf("%s cut at octet %d of %d: nothing said", whole.CommandName(), n, len(raw))
		}
		inside(t, &p, n)
		fitting := append([]byte(nil), raw[:n]...)
		if n < dissect.HeaderLen {
			continue
		}
		binary.BigEndian.PutUint32(fitting, uint32(n))
		dissect.Decode(&p, fitting)
		inside(t, &p, n)
		for _, v := range []dissect.Version{dissect.VersionUnknown, dissect.V33, dissect.V34, dissect.V50} {
			issues = dissect.Validate(issues[:0], &p, dissect.Context{Version: v, From: dissect.ESME})
			for _, i := range issues {
				if i.Offset < 0 || i.Offset+i.Length > n {
					t.Fatalf("%s cut at octet %d: %s stands outside", whole.CommandName(), n, i.String())
				}
			}
		}
	}
}

// inside tells whether all that was read lies inside what was given.
func inside(t *testing.T, p *dissect.PDU, n int) {
	t.Helper()
	for _, list := range [...][]dissect.Field{p.Fields, p.Entries} {
		for _, f := range list {
			if int(f.End) > n || f.Off > f.End {
				t.Fatalf("%s: field %s at %d-%d of %d octets", p.CommandName(), f.Param.Name, f.Off, f.End, n)
			}
		}
	}
	for _, v := range p.TLVs {
		if int(v.Off)+4 > n || len(p.TLVValue(v)) > n-int(v.Off)-4 {
			t.Fatalf("%s: TLV 0x%04x at %d of %d octets", p.CommandName(), v.Tag, v.Off, n)
		}
	}
}
