package capture

import (
	"testing"
	"time"

	"github.com/google/gopacket"
	"github.com/google/gopacket/layers"
	"github.com/google/gopacket/reassembly"

	"smpptap/internal/smpptest"
)

// TestGopacketReassembly shows why segments are not ordered by
// gopacket/reassembly. When it fails, gopacket has changed: think again.
func TestGopacketReassembly(t *testing.T) {
	base := opened().Data(0, "abcdef").Segments
	seg := func(off int, payload string) smpptest.Segment {
		return change(base[3], func(s *smpptest.Segment) { s.Seq += uint32(off); s.Payload = []byte(payload) })
	}
	// The later of two copies that wait wins; nothing tells that they differ.
	got := gopacketOctets(t, append(base[:3:3], seg(3, "def"), seg(3, "XYZ"), seg(0, "abc")))
	if got != "abcXYZ" {
		t.Errorf("overlap: gopacket gives %q", got)
	}
	// Where sequence numbers wrap, distances are off by one.
	tk := smpptest.NewTalk(client, server)
	tk.Next[0] = 0xfffffffb
	s := tk.Open().Data(0, "ab").Data(0, "cdefgh").Segments
	more := change(s[4], func(s *smpptest.Segment) { s.Payload = []byte("cdefghij") })
	if got := gopacketOctets(t, append(s, more)); got != "abcdefghhij" {
		t.Errorf("wrap: gopacket gives %q", got)
	}
	readSegments(t, append(s, more)).only().want(`A"ab"@4`, `A"cdefgh"@5`, `A"ij"@6`)
}

type gopacketStream struct{ octets []byte }

func (s *gopacketStream) New(_, _ gopacket.Flow, _ *layers.TCP, _ reassembly.AssemblerContext) reassembly.Stream {
	return s
}

func (s *gopacketStream) Accept(_ *layers.TCP, _ gopacket.CaptureInfo, _ reassembly.TCPFlowDirection, _ reassembly.Sequence, _ *bool, _ reassembly.AssemblerContext) bool {
	return true
}

func (s *gopacketStream) ReassembledSG(sg reassembly.ScatterGather, _ reassembly.AssemblerContext) {
	n, _ := sg.Lengths()
	s.octets = append(s.octets, sg.Fetch(n)...)
}

func (s *gopacketStream) ReassemblyComplete(reassembly.AssemblerContext) bool { return true }

type gopacketContext struct{ at time.Time }

func (c gopacketContext) GetCaptureInfo() gopacket.CaptureInfo {
	return gopacket.CaptureInfo{Timestamp: c.at}
}

func gopacketOctets(t *testing.T, segments []smpptest.Segment) string {
	t.Helper()
	s := &gopacketStream{}
	a := reassembly.NewAssembler(reassembly.NewStreamPool(s))
	for _, seg := range segments {
		p := gopacket.NewPacket(seg.IP(), layers.LayerTypeIPv4, gopacket.Default)
		tcp := p.Layer(layers.LayerTypeTCP).(*layers.TCP)
		a.AssembleWithContext(p.NetworkLayer().NetworkFlow(), tcp, gopacketContext{time.Unix(0, seg.Time)})
	}
	a.FlushAll()
	return string(s.octets)
}
