package main

import (
	"os"
	"path/filepath"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"

	"smpptap/analyze/audit"
)

// sample is one capture's entry of samples/expected.yaml.
type sample struct {
	expected    `yaml:",inline"`
	Connections int               `yaml:"connections"`
	Sessions    int               `yaml:"sessions"`
	SystemIDs   []string          `yaml:"system_ids"`
	PDUs        map[string]int    `yaml:"pdus"`
	Worst       map[string]string `yaml:"worst"`
}

// samplesPath gives a sample; SMPPTAP_SAMPLES names a directory with a new
// recording, whose counts may differ where the README of the samples says so.
func samplesPath(file string) (path string, recorded bool) {
	if dir := os.Getenv("SMPPTAP_SAMPLES"); dir != "" {
		return filepath.Join(dir, file), true
	}
	return filepath.Join(samplesDir, file), false
}

// TestSamples holds the project's own captures, recorded from real peers,
// against what their list says of them.
func TestSamples(t *testing.T) {
	for _, c := range corpus[sample](t, filepath.Join(samplesDir, "expected.yaml")) {
		for _, profile := range []string{"smpp34", "kaleyra"} {
			t.Run(c.File+"/"+profile, func(t *testing.T) {
				path, recorded := samplesPath(c.File)
				s := look(t, path, profile)
				got := counted(s)
				if n := len(s.conns); n != c.Connections {
					t.Errorf("%d connections, want %d", n, c.Connections)
				}
				if got.Sessions != c.Sessions {
					t.Errorf("%d sessions, want %d", got.Sessions, c.Sessions)
				}
				if d := gocmp.Diff(c.SystemIDs, got.SystemIDs); d != "" && len(c.SystemIDs)+len(got.SystemIDs) > 0 {
					t.Errorf("system_ids: want (-) got (+):\n%s", d)
				}
				if d := gocmp.Diff(c.PDUs, got.PDUs); d != "" && !recorded {
					t.Errorf("PDUs: want (-) got (+):\n%s", d)
				}
				j := keyJudge{t: t, c: &c.expected, profile: profile, s: s, recorded: recorded}
				j.run()
				worst, _ := audit.ParseSeverity(c.Worst[profile])
				for _, f := range j.all {
					if f.Severity > worst && !j.allowed(&f) {
						t.Errorf("worse than %s: %s", worst, j.line(&f))
					}
				}
			})
		}
	}
}
