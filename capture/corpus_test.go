package capture

import (
	"encoding/binary"
	"os"
	"path/filepath"
	"strings"
	"testing"

	yaml "go.yaml.in/yaml/v4"

	"smpptap/stream"
)

// corpusDir holds recordings of real peers with their exact truth; it stands
// beside the project and is not part of it.
const corpusDir = "../../shared/corpus"

type truth struct {
	Captures []struct {
		File        string
		Ports       []uint16
		Packets     int64
		TCP         int64 `yaml:"tcp_connections"`
		PDUs        int   `yaml:"pdu_total"`
		Connections []struct {
			Client, Server string
			SYN            *bool  `yaml:"seen_from_syn"`
			ClosedBy       string `yaml:"closed_by"`
			Framing        []any  `yaml:"framing_notes"`
		}
	}
}

func loadTruth(t *testing.T) *truth {
	b, err := os.ReadFile(filepath.Join(corpusDir, "truth.yaml"))
	if err != nil {
		t.Skip("the corpus is not here")
	}
	var tr truth
	if err := yaml.Unmarshal(b, &tr); err != nil {
		t.Fatal(err)
	}
	return &tr
}

func TestCorpus(t *testing.T) {
	for _, c := range loadTruth(t).Captures {
		t.Run(c.File, func(t *testing.T) {
			rec := readFile(t, Options{Paths: []string{filepath.Join(corpusDir, c.File)}, Ports: c.Ports})
			if rec.err != nil {
				t.Error(rec.err)
			}
			var conns []*recConn
			for _, rc := range rec.conns {
				if rc.info.Expected {
					conns = append(conns, rc)
				}
			}
			if int64(len(conns)) != c.TCP {
				t.Fatalf("%d connections on the SMPP ports, want %d", len(conns), c.TCP)
			}
			if n := rec.notice(stream.NoticePackets).Count; n != c.Packets {
				t.Errorf("%d packets, want %d", n, c.Packets)
			}
			byEnds := map[string]*recConn{}
			for _, rc := range conns {
				byEnds[rc.info.A.String()+" "+rc.info.B.String()] = rc
			}
			for _, want := range c.Connections {
				rc := byEnds[want.Client+" "+want.Server]
				if rc == nil {
					rc = byEnds[want.Server+" "+want.Client] // outbind: the SMSC dials
				}
				if rc == nil {
					t.Errorf("no connection %s to %s", want.Client, want.Server)
					continue
				}
				if want.SYN != nil && rc.info.SYN != *want.SYN {
					t.Errorf("%s: SYN %v", want.Client, rc.info.SYN)
				}
				events := strings.Join(rc.events, " ")
				switch {
				case strings.Contains(want.ClosedBy, "rst") && !strings.Contains(events, "RST"),
					strings.Contains(want.ClosedBy, "fin") && !strings.Contains(events, "FIN"):
					t.Errorf("%s: closed by %s, events %s", want.Client, want.ClosedBy, events)
				}
			}
			clean, pdus := true, 0
			for _, want := range c.Connections {
				clean = clean && want.Framing == nil
			}
			for _, rc := range conns {
				clean = clean && rc.gaps[0] == nil && rc.gaps[1] == nil
				pdus += countPDUs(rc.data[0]) + countPDUs(rc.data[1])
			}
			if clean && pdus != c.PDUs {
				t.Errorf("the octets hold %d PDUs, want %d", pdus, c.PDUs)
			}
			if lossy := c.File == "s20_lost_segments.pcap" || c.File == "s22_snaplen96.pcap"; !lossy && hasGap(conns) {
				t.Error("gaps in a whole capture")
			}
			if testing.Verbose() {
				for _, rc := range conns {
					t.Logf("%v>%v syn=%v A %d octets, gaps %v; B %d octets, gaps %v; %v; %v", rc.info.A, rc.info.B, rc.info.SYN,
						len(rc.data[0]), rc.gaps[0], len(rc.data[1]), rc.gaps[1], rc.events, rc.reason)
				}
				for _, n := range rec.notices {
					t.Logf("%+v", n)
				}
			}
		})
	}
}

// countPDUs goes by command_length; -1000 when the octets end inside a PDU.
func countPDUs(b []byte) (n int) {
	for len(b) > 0 {
		if len(b) < 16 || int64(binary.BigEndian.Uint32(b)) > int64(len(b)) || binary.BigEndian.Uint32(b) < 16 {
			return -1000
		}
		b = b[binary.BigEndian.Uint32(b):]
		n++
	}
	return n
}

func hasGap(conns []*recConn) bool {
	for _, c := range conns {
		if len(c.gaps[0])+len(c.gaps[1]) > 0 {
			return true
		}
	}
	return false
}
