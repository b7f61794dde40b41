package capture

import (
	"bytes"
	"encoding/binary"
	"strings"
	"testing"

	"smpptap/internal/smpptest"
)

var bothFamilies = [][2]string{{client, server}, {"[fd00::1]:40000", "[fd00::2]:2775"}}

// exchange is a short dialogue between any ends, and what it gives.
func exchange(ends [2]string) ([]smpptest.Segment, []string) {
	tk := smpptest.NewTalk(ends[0], ends[1]).Open()
	for i := range uint32(2) {
		tk.Data(0, pdu("submit_sm", i+1, 22)).Data(1, pdu("submit_sm_resp", i+1, 0))
	}
	return tk.Shut(0).Segments, []string{sm1, sr1, sm2, sr2}
}

// TestDresses: the same PDUs come out of every link type and tunnel.
func TestDresses(t *testing.T) {
	for _, ends := range bothFamilies {
		s, want := exchange(ends)
		for _, w := range wraps {
			var packets []smpptest.Packet
			for i := range s {
				packets = append(packets, smpptest.Packet{Time: s[i].Time, Data: w.ip(s[i].IP())})
			}
			wantFrames(t, w.name+" "+ends[0], smpptest.Pcap{Link: w.link}.Write(packets...), want...)
		}
	}
}

// TestIPLinkTypes: 228 holds IPv4, 229 IPv6.
func TestIPLinkTypes(t *testing.T) {
	for i, ends := range bothFamilies {
		s, want := exchange(ends)
		var packets []smpptest.Packet
		for i := range s {
			packets = append(packets, smpptest.Packet{Time: s[i].Time, Data: s[i].IP()})
		}
		wantFrames(t, ends[0], smpptest.Pcap{Link: linkIPv4 + uint32(i)}.Write(packets...), want...)
	}
}

// outer takes the Ethernet header off a packet that a tunnel's dress made.
func outer(frame []byte) []byte {
	ip := frame[14:]
	return ip[:binary.BigEndian.Uint16(ip[2:])]
}

// TestFragmentsInTunnels: what a tunnel carries is fragmented inside it, or
// the tunnel's own packets are, or both; in any order.
func TestFragmentsInTunnels(t *testing.T) {
	vxlan := overEthernet(inUDP(4789, 8, 0, 0, 0, 0, 0, 9, 0))
	gre := overEthernet(inIPv4(47, 0x20, 0, 0x65, 0x58, 0, 0, 0, 1))
	for _, ends := range bothFamilies {
		s, want := exchange(ends)
		for name, dress := range map[string]func([]byte) []byte{"VXLAN": vxlan, "GRE": gre, "VLAN": vlan(0x8100, 7)} {
			var inside, outside, both []smpptest.Packet
			id := byte(0)
			for i := range s {
				ip := s[i].IP()
				for _, f := range reversed(fragments(ip, 24)) {
					inside = append(inside, smpptest.Packet{Time: s[i].Time, Data: dress(f)})
				}
				if name == "VLAN" {
					continue
				}
				whole := outer(dress(ip))
				id++
				whole[5] = id
				for _, f := range reversed(fragments(whole, 40)) {
					outside = append(outside, smpptest.Packet{Time: s[i].Time, Data: smpptest.Ethernet(f)})
				}
				for _, f := range reversed(fragments(ip, 24)) {
					w := outer(dress(f))
					id++
					w[5] = id
					for _, f := range fragments(w, 32) {
						both = append(both, smpptest.Packet{Time: s[i].Time, Data: smpptest.Ethernet(f)})
					}
				}
			}
			wantFrames(t, name+" fragments inside "+ends[0], smpptest.Pcap{}.Write(inside...), want...)
			if name != "VLAN" {
				wantFrames(t, name+" in fragments "+ends[0], smpptest.Pcap{}.Write(outside...), want...)
				wantFrames(t, name+" fragments in fragments "+ends[0], smpptest.Pcap{}.Write(both...), want...)
			}
		}
	}
}

// TestOffloaded: segments as large as offloading cards take them, told as far
// as the IP length goes and beyond; and cut by the snap length.
func TestOffloaded(t *testing.T) {
	many := func(n int) (octets string) {
		for i := range n {
			octets += pdu("submit_sm", uint32(i+1), 22)
		}
		return octets
	}
	for _, ends := range bothFamilies {
		for _, n := range []int{918, 1800} { // 65,178 and 127,800 octets
			sent := many(n)
			tk := smpptest.NewTalk(ends[0], ends[1]).Open().Data(0, sent).Shut(0)
			var packets []smpptest.Packet
			for i := range tk.Segments {
				data := smpptest.Ethernet(tk.Segments[i].IP())
				if len(tk.Segments[i].Payload) > 65_535 {
					data = tso(tk.Segments[i].IP())
				}
				packets = append(packets, smpptest.Packet{Time: tk.Segments[i].Time, Data: data})
			}
			rec := readPackets(t, packets...)
			if got := rec.only(); string(got.data[0]) != sent || len(got.gaps[0]) > 0 {
				t.Errorf("%s %d: %d octets of %d", ends[0], n, len(got.data[0]), len(sent))
			}
			got := frameAll(t, smpptest.Pcap{}.Write(packets...))
			if len(got[0].lines) != n || strings.Contains(strings.Join(got[0].lines, ""), "garbage") {
				t.Errorf("%s: %d PDUs, want %d", ends[0], len(got[0].lines), n)
			}
			if n == 918 {
				packets[3] = packets[3].Clip(40_000)
				rec = readPackets(t, packets...)
				head := 14 + 20 + 20
				if strings.HasPrefix(ends[0], "[") {
					head += 20
				}
				if c := rec.only(); !bytes.Equal(c.data[0], []byte(sent)[:40_000-head]) || len(c.gaps[0]) != 1 || c.gaps[0][0] != int64(len(sent)-40_000+head) {
					t.Errorf("%s cut: %d octets, gaps %v", ends[0], len(c.data[0]), c.gaps[0])
				}
			}
		}
	}
}
