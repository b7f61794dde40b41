package capture

import (
	"testing"

	"smpptap/internal/smpptest"
)

// TestFrameNumbers: frames have the numbers that Wireshark gives them. It counts
// custom blocks and entries of systemd's journal (tshark 4.0.17 shows 7 and 8 for
// the request and the response here), and neither names nor unknown blocks.
func TestFrameNumbers(t *testing.T) {
	for _, big := range []bool{false, true} {
		number := []byte{0, 0, 0x7e, 0xd9} // an enterprise's
		n := (&smpptest.NG{Big: big}).Section().Iface(1, 0)
		for i, s := range talk().Segments {
			switch i {
			case 1:
				n.Block(0x0bad, append(number[:4:4], "ours"...))
			case 2:
				n.Block(0x40000bad, append(number[:4:4], "ours"...)).Block(4, []byte{0, 0, 0, 0})
			case 3:
				n.Block(9, []byte("__REALTIME_TIMESTAMP=1790000000000000\nMESSAGE=x\n\n"))
			case 4:
				n.Block(0x80000001, []byte("local")).Stats(0, 0)
			}
			n.Enhanced(smpptest.Packet{Data: smpptest.Ethernet(s.IP())}, uint64(s.Time/1000))
		}
		readBytes(t, n.Out).only().want(`A"request"@7`, `B"response"@8`, "AFIN@9", "BFIN@10")
	}
}
