package capture

import (
	"strings"
	"testing"
	"time"

	"smpptap/internal/smpptest"
)

// dialogue is a connection with one PDU a segment: 3-6 the ESME's, 7-10 the
// SMSC's, 11-13 the end.
func dialogue() []smpptest.Segment {
	tk := opened()
	for i := range 4 {
		tk.Data(0, pdu("submit_sm", uint32(i+1), 22))
	}
	for i := range 4 {
		tk.Data(1, pdu("submit_sm_resp", uint32(i+1), 0))
	}
	return tk.Shut(0).Segments
}

func file(s []smpptest.Segment) []byte {
	return smpptest.Pcap{Nano: true}.Write(smpptest.Packets(s)...)
}

const (
	sm1, sm2, sm3, sm4 = "A submit_sm 1 [71]", "A submit_sm 2 [71]", "A submit_sm 3 [71]", "A submit_sm 4 [71]"
	sr1, sr2, sr3, sr4 = "B submit_sm_resp 1 [17]", "B submit_sm_resp 2 [17]", "B submit_sm_resp 3 [17]", "B submit_sm_resp 4 [17]"
)

// resized gives a segment with the octets from i to j of its payload.
func resized(s smpptest.Segment, i, j int) smpptest.Segment {
	return change(s, func(s *smpptest.Segment) { s.Seq += uint32(i); s.Payload = s.Payload[i:j] })
}

// TestTCPLines: what captures do to TCP, one line a case, down to the PDUs.
func TestTCPLines(t *testing.T) {
	all := []string{sm1, sm2, sm3, sm4, sr1, sr2, sr3, sr4}
	d := dialogue
	for _, c := range []struct {
		name string
		s    []smpptest.Segment
		want []string
	}{
		{"as sent", d(), all},
		{"reordered", at(d(), 0, 1, 2, 6, 4, 5, 3, 8, 7, 10, 9, 11, 12, 13), all},
		{"reordering and a real hole", at(d(), 0, 1, 2, 4, 3, 6, 8, 7, 9, 10, 11, 12, 13),
			// The ESME's third is missing: the answers acknowledge it and wait, too.
			[]string{sm1, sm2, "A gap 71", sm4, sr1, sr2, sr3, sr4}},
		{"hole within reordering", at(d(), 0, 1, 2, 6, 4, 3, 7, 8, 9, 10, 11, 12, 13),
			[]string{sm1, sm2, "A gap 71", sm4, sr1, sr2, sr3, sr4}},
		{"overlap, first copy wins", func() []smpptest.Segment {
			s := d()
			bad := change(s[4], func(s *smpptest.Segment) { s.Payload[40] ^= 1 })
			return at(append(s, bad), 0, 1, 2, 3, 4, 14, 5, 6, 7, 8, 9, 10, 11, 12, 13)
		}(), []string{sm1, sm2, "A conflict 1", sm3, sm4, sr1, sr2, sr3, sr4}},
		{"overlap behind a hole", func() []smpptest.Segment {
			s := d()
			bad := change(s[4], func(s *smpptest.Segment) { s.Payload[40] ^= 1 })
			return at(append(s, bad), 0, 1, 2, 4, 14, 3, 5, 6, 7, 8, 9, 10, 11, 12, 13)
		}(), []string{"A conflict 1", sm1, sm2, sm3, sm4, sr1, sr2, sr3, sr4}},
		{"retransmission with new data", func() []smpptest.Segment {
			s := d()
			more := change(s[4], func(x *smpptest.Segment) {
				x.Payload = append(append(x.Payload, s[5].Payload...), s[6].Payload[:30]...)
			})
			return at(append(s, more, resized(s[6], 30, 71)), 0, 1, 2, 3, 4, 14, 15, 7, 8, 9, 10, 11, 12, 13)
		}(), all},
		{"keep-alives", func() []smpptest.Segment {
			s := d()
			empty := change(s[4], func(s *smpptest.Segment) { s.Seq--; s.Payload = nil })
			octet := change(s[4], func(s *smpptest.Segment) { s.Seq--; s.Payload = []byte{0xff} })
			other := change(s[8], func(s *smpptest.Segment) { s.Seq--; s.Payload = []byte{0} })
			return at(append(s, empty, octet, other), 0, 1, 2, 3, 14, 15, 14, 15, 4, 5, 6, 7, 16, 16, 8, 9, 10, 11, 12, 13)
		}(), all},
		{"zero window", func() []smpptest.Segment {
			s := d()
			closed := change(s[2], func(x *smpptest.Segment) {
				x.From, x.To, x.Seq, x.Ack, x.ID = s[7].From, s[7].To, s[7].Seq, s[5].Seq, 31_000
				x.Window = smpptest.NoWindow
			})
			probe := resized(s[5], 0, 1) // its octet is not taken and comes again
			return at(append(s, closed, probe), 0, 1, 2, 3, 4, 14, 15, 14, 15, 14, 5, 6, 7, 8, 9, 10, 11, 12, 13)
		}(), all},
		{"sequence wrap", func() []smpptest.Segment {
			s := d()
			for i := range s {
				if s[i].From.Port() == 40000 {
					s[i].Seq += 0xffffff80 - 1001
				} else {
					s[i].Ack += 0xffffff80 - 1001
				}
			}
			return at(s, 0, 1, 2, 3, 5, 4, 4, 6, 7, 8, 9, 10, 11, 12, 13)
		}(), all},
		{"half-close", at(d(), 0, 1, 2, 3, 4, 5, 6, 11, 7, 8, 9, 10, 12, 13), all},
		{"RST", func() []smpptest.Segment {
			s := d()
			s[11].Flags = smpptest.RST | smpptest.ACK
			return s[:12]
		}(), all},
		{"RST inside a PDU", func() []smpptest.Segment {
			s := d()
			s[6].Payload = s[6].Payload[:40]
			s[7].Flags, s[7].Payload = smpptest.RST, nil
			return s[:8]
		}(), []string{sm1, sm2, sm3, "A tail 40"}},
		{"mid-stream inside a PDU", append([]smpptest.Segment{resized(d()[3], 30, 71)}, d()[4:]...),
			[]string{"A garbage 41", sm2, sm3, sm4, sr1, sr2, sr3, sr4}},
		{"mid-stream, first two swapped", at(append(d(), resized(d()[3], 30, 71)), 4, 14, 5, 6, 7, 8, 9, 10, 11, 12, 13),
			[]string{"A garbage 41", sm2, sm3, sm4, sr1, sr2, sr3, sr4}},
		{"mid-stream, first two swapped on a boundary", at(d(), 4, 3, 5, 6, 8, 7, 9, 10, 11, 12, 13), all},
		{"mid-stream, no more than an answer", at(d(), 3, 7),
			// The answer acknowledges three more requests that are not there.
			[]string{sm1, "A gap 213", sr1}},
		{"mid-stream, an old segment comes again", at(d(), 5, 3, 6, 7, 8, 9, 10, 11, 12, 13),
			[]string{sm3, sm4, sr1, sr2, sr3, sr4}},
	} {
		wantFrames(t, c.name, file(c.s), c.want...)
	}
}

// TestSwappedStartWaitsShortly: an acknowledgement, a second of capture time or
// a pause of the input end the wait for a segment before the first.
func TestSwappedStartWaitsShortly(t *testing.T) {
	s := dialogue()
	answer := change(s[7], func(x *smpptest.Segment) { x.Ack = s[5].Seq })
	rec := readSegments(t, at(append(s, answer), 4, 14))
	if got := strings.Join(rec.only().log, " "); !strings.HasPrefix(got, "A") {
		t.Errorf("the answer came first: %s", got)
	}
	other := smpptest.NewTalk("10.0.0.9:1", server)
	other.Now = s[4].Time + int64(1100*time.Millisecond)
	rec = readSegments(t, append([]smpptest.Segment{s[4]}, append(other.Data(0, "x").Segments, s[5])...))
	if got := rec.conns[0].log; len(got) != 2 || !strings.HasSuffix(got[0], "@1") || len(rec.conns[0].gaps[0]) > 0 {
		t.Errorf("%v", got)
	}
}

// TestDuplicateCaptures: packets that stand twice give each PDU once; two ends
// of a NAT give two connections.
func TestDuplicateCaptures(t *testing.T) {
	all := []string{sm1, sm2, sm3, sm4, sr1, sr2, sr3, sr4}
	twice := func(first, second func(*smpptest.Segment) []byte) []byte {
		var packets []smpptest.Packet
		for _, s := range dialogue() {
			packets = append(packets, smpptest.Packet{Time: s.Time, Data: first(&s)}, smpptest.Packet{Time: s.Time + 5_000, Data: second(&s)})
		}
		return smpptest.Pcap{Nano: true}.Write(packets...)
	}
	bare := func(s *smpptest.Segment) []byte { return smpptest.Ethernet(s.IP()) }
	tag := func(s *smpptest.Segment) []byte { return smpptest.Ethernet(s.IP(), 0x8100, 100) }
	each := func(s *smpptest.Segment) []byte { // another tag in each direction
		return smpptest.Ethernet(s.IP(), 0x8100, s.From.Port()%1000)
	}
	tunnel := func(s *smpptest.Segment) []byte {
		return inUDP(4789, 8, 0, 0, 0, 0, 0, 9, 0)(smpptest.Ethernet(s.IP()))
	}
	wantFrames(t, "plain", twice(bare, bare), all...)
	wantFrames(t, "tag on the second", twice(bare, tag), all...)
	wantFrames(t, "tag on the first", twice(tag, bare), all...)
	wantFrames(t, "tags by direction", twice(each, tag), all...)
	wantFrames(t, "a tunnel", twice(tunnel, bare), all...)
	wantFrames(t, "a tunnel and a tag", twice(tag, tunnel), all...)

	inside := func(s *smpptest.Segment) []byte {
		x := *s
		if x.TTL--; x.From.String() == client {
			x.From = smpptest.NewTalk("192.168.1.5:33000", server).Ends[0]
		} else {
			x.To = smpptest.NewTalk("192.168.1.5:33000", server).Ends[0]
		}
		return smpptest.Ethernet(x.IP())
	}
	got := frameAll(t, twice(inside, bare))
	if len(got) != 2 || got[0].info.A.String() != "192.168.1.5:33000" || got[1].info.A.String() != client {
		t.Fatalf("NAT: %d connections", len(got))
	}
	for _, c := range got {
		if strings.Join(c.lines, "\n") != strings.Join(all, "\n") {
			t.Errorf("NAT: %v", c.lines)
		}
	}
}

// TestSameAddresses: networks that use the same addresses do not mix, with
// different numbers; with a tag that one direction bears they are one.
func TestSameAddresses(t *testing.T) {
	for name, dress := range map[string][2]func([]byte) []byte{
		"VLANs":               {vlan(0x8100, 100), vlan(0x8100, 200)},
		"VLAN and none":       {vlan(0x8100, 100), plain},
		"none and VLAN":       {plain, vlan(0x8100, 100)},
		"stacks":              {vlan(0x88a8, 1, 0x8100, 7), vlan(0x88a8, 2, 0x8100, 7)},
		"VXLAN":               {overEthernet(inUDP(4789, 8, 0, 0, 0, 0, 0, 9, 0)), overEthernet(inUDP(4789, 8, 0, 0, 0, 0, 0, 10, 0))},
		"GRE keys":            {overEthernet(inIPv4(47, 0x20, 0, 0x65, 0x58, 0, 0, 0, 1)), overEthernet(inIPv4(47, 0x20, 0, 0x65, 0x58, 0, 0, 0, 2))},
		"tunnel and no other": {inIPv4(4), plain},
	} {
		one := dialogue()
		two := dialogue()
		var packets []smpptest.Packet
		for i := range one {
			two[i].Seq += 1 << 30
			two[i].Ack += 1 << 30
			packets = append(packets, smpptest.Packet{Time: one[i].Time, Data: dress[0](one[i].IP())}, smpptest.Packet{Time: one[i].Time + 1000, Data: dress[1](two[i].IP())})
		}
		got := frameAll(t, smpptest.Pcap{Nano: true}.Write(packets...))
		if len(got) != 2 || len(got[0].lines) != 8 || len(got[1].lines) != 8 {
			t.Errorf("%s: %d connections", name, len(got))
			for _, c := range got {
				t.Errorf("%v", c.lines)
			}
		}
	}
}

// TestClockSteps: a clock that is set back changes no PDU.
func TestClockSteps(t *testing.T) {
	s := dialogue()
	for i := 5; i < len(s); i++ {
		s[i].Time -= int64(time.Hour)
	}
	s[8].Time += int64(2 * time.Hour)
	wantFrames(t, "clock", file(s), sm1, sm2, sm3, sm4, sr1, sr2, sr3, sr4)
}

// TestSnaplenPDUs: of a PDU that the snap length cut is shown what is there.
func TestSnaplenPDUs(t *testing.T) {
	var packets []smpptest.Packet
	for _, p := range smpptest.Packets(dialogue()) {
		packets = append(packets, p.Clip(54+30))
	}
	b := smpptest.Pcap{Snaplen: 84}.Write(packets...)
	cut := func(n string) string { return "A submit_sm " + n + " [30] missing 41" }
	wantFrames(t, "snap length", b, cut("1"), cut("2"), cut("3"), cut("4"), sr1, sr2, sr3, sr4)
}
