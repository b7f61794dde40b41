package capture

import (
	"bytes"
	"testing"

	"github.com/google/gopacket"
	"github.com/google/gopacket/layers"

	"smpptap/internal/smpptest"
)

// TestLayersOfGopacket compares the decoder with gopacket's layers on all
// dresses that gopacket reads.
func TestLayersOfGopacket(t *testing.T) {
	compared := 0
	for _, ends := range [][2]string{{"10.0.0.1:40000", "10.0.0.2:2775"}, {"[fd00::1]:40000", "[fd00::2]:2775"}} {
		tk := smpptest.NewTalk(ends[0], ends[1]).Open().Data(0, "request").Data(1, "response").Shut(0)
		for _, w := range wraps {
			if w.link > 255 {
				continue // smpptest.NoLink, and those that gopacket has no room for
			}
			for _, s := range tk.Segments {
				if sameAsGopacket(t, &w, s) {
					compared++
				}
			}
		}
	}
	if compared < 400 {
		t.Errorf("gopacket read %d packets, 400 expected", compared)
	}
}

func sameAsGopacket(t *testing.T, w *wrap, s smpptest.Segment) bool {
	t.Helper()
	data := w.ip(s.IP())
	if w.link == linkWiFi || w.link == linkPrism {
		data = append(data, 0, 0, 0, 0) // gopacket always takes the last four for the frame's checksum
	}
	p := gopacket.NewPacket(data, layers.LinkType(w.link), gopacket.Default)
	var tcp *layers.TCP
	for _, l := range p.Layers() {
		if l, ok := l.(*layers.TCP); ok {
			tcp = l
		}
	}
	if tcp == nil {
		return false
	}
	var d decoder
	if why := d.decode(&packet{link: w.link, data: data}, 0); why != usable {
		t.Errorf("%s: %v; gopacket reads it", w.name, why)
		return true
	}
	g := &d.seg
	if g.sport != uint16(tcp.SrcPort) || g.dport != uint16(tcp.DstPort) || g.seq != tcp.Seq || g.ack != tcp.Ack ||
		g.window != tcp.Window || g.checksum != tcp.Checksum || g.flags != tcp.Contents[13] || !bytes.Equal(g.payload, tcp.Payload) {
		t.Errorf("%s: %+v; gopacket: %+v", w.name, g, tcp)
	}
	return true
}
