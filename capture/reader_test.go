package capture

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"runtime"
	"strings"
	"testing"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
	"github.com/pierrec/lz4/v4"

	"smpptap/internal/smpptest"
	"smpptap/stream"
)

// talk is a small connection with octets both ways.
func talk() *smpptest.Talk {
	return smpptest.NewTalk("10.0.0.1:40000", "10.0.0.2:2775").Open().
		Data(0, "request").Data(1, "response").Shut(0)
}

var talkLog = []string{`A"request"@4`, `B"response"@5`, "AFIN@6", "BFIN@7"}

// drainPackets reads all packets of a capture in memory.
func drainPackets(b []byte) (packets []packet, err error) {
	in, err := openInput("-", way{stdin: bytes.NewReader(b)})
	if err != nil {
		return nil, err
	}
	defer in.Close()
	for {
		var p packet
		switch err := in.packets.next(&p); {
		case isEnd(err):
			return packets, nil
		case errors.Is(err, errUnusable):
			continue
		case err != nil:
			return packets, err
		}
		p.data = bytes.Clone(p.data)
		packets = append(packets, p)
	}
}

func TestPcapVariants(t *testing.T) {
	packets := smpptest.Packets(talk().Segments)
	for i := range packets {
		packets[i].Time += int64(i) * 1001
	}
	for _, f := range []smpptest.Pcap{
		{}, {Big: true}, {Nano: true}, {Nano: true, Big: true}, {Modified: true}, {Modified: true, Big: true},
		{Snaplen: 10}, {Snaplen: 0xffffffff},
	} {
		t.Run(fmt.Sprintf("%+v", f), func(t *testing.T) {
			b := f.Write(packets...)
			got, err := drainPackets(b)
			if err != nil || len(got) != len(packets) {
				t.Fatalf("%d packets, %v", len(got), err)
			}
			for i, p := range got {
				want := packets[i].Time
				if !f.Nano {
					want -= want % 1000
				}
				if p.time != want || !bytes.Equal(p.data, packets[i].Data) || p.cut != 0 {
					t.Errorf("packet %d: time %d, want %d; cut %d", i, p.time, want, p.cut)
				}
			}
			readBytes(t, b).only().want(talkLog...)
		})
	}
}

func TestPcapOddLengths(t *testing.T) {
	packets := smpptest.Packets(talk().Segments)
	packets[2].Orig = 10      // captured more than there was
	packets[3].Orig = 1 << 30 // no network carries that
	b := smpptest.Pcap{}.Write(packets...)
	rec := readBytes(t, b)
	rec.only().want(talkLog...)
	if n := rec.notice(stream.NoticeCut); n.Count != 0 {
		t.Errorf("cut: %+v", n)
	}
}

// TestPromises: what a header promises must not cost memory.
func TestPromises(t *testing.T) {
	pcap := smpptest.Pcap{Snaplen: 0xffffffff}.Write(smpptest.Packet{Data: make([]byte, 60)})
	ng := (&smpptest.NG{}).Section().Iface(1, 0).Enhanced(smpptest.Packet{Data: make([]byte, 60)}, 0).Out
	for name, b := range map[string][]byte{
		"pcap 2 GiB":    patch(pcap, 24+8, 1<<31),
		"pcap 15 MiB":   patch(pcap, 24+8, 15<<20),
		"pcapng 3 GiB":  patch(ng, 28+20+20, 3<<30),
		"pcapng block":  patch(ng, 28+20+4, 0xfffffff0),
		"pcapng block2": patch(ng, 28+20+4, 16<<20),
		"pcapng iface":  patch(ng, 28+4, 0xfffffff0),
	} {
		t.Run(name, func(t *testing.T) {
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			_, err := drainPackets(b)
			runtime.ReadMemStats(&after)
			if err == nil || errors.Is(err, io.EOF) && !strings.Contains(err.Error(), "octet") {
				t.Errorf("error %v", err)
			}
			if n := after.TotalAlloc - before.TotalAlloc; n > 3<<20 {
				t.Errorf("%d octets allocated for a file of %d", n, len(b))
			}
		})
	}
}

func patch(b []byte, at int, v uint32) []byte {
	b = bytes.Clone(b)
	binary.LittleEndian.PutUint32(b[at:], v)
	return b
}

func TestLargePacket(t *testing.T) {
	big := smpptest.Packet{Data: bytes.Repeat([]byte{7}, 5<<20), Time: 1e9}
	small := smpptest.Packet{Data: []byte("small"), Time: 2e9}
	for name, b := range map[string][]byte{
		"pcap":   smpptest.Pcap{}.Write(small, big, small),
		"pcapng": (&smpptest.NG{}).Section().Iface(1, 0).Enhanced(small, 1e6).Enhanced(big, 1e6).Enhanced(small, 2e6).Out,
	} {
		got, err := drainPackets(b)
		if err != nil || len(got) != 3 || !bytes.Equal(got[1].data, big.Data) || string(got[2].data) != "small" {
			t.Errorf("%s: %d packets, %v", name, len(got), err)
		}
	}
}

func TestNGClock(t *testing.T) {
	le8 := func(v int64) []byte { return binary.LittleEndian.AppendUint64(nil, uint64(v)) }
	for _, c := range []struct {
		name    string
		options []smpptest.Option
		ticks   uint64
		want    int64
	}{
		{"default is microseconds", nil, 1_500_000, 1_500_000_000},
		{"whole seconds", []smpptest.Option{{Code: 9, Value: []byte{0}}}, 7, 7e9},
		{"milliseconds", []smpptest.Option{{Code: 9, Value: []byte{3}}}, 1500, 1_500_000_000},
		{"nanoseconds", []smpptest.Option{{Code: 9, Value: []byte{9}}}, 1_790_000_000_123_456_789, 1_790_000_000_123_456_789},
		{"picoseconds", []smpptest.Option{{Code: 9, Value: []byte{12}}}, 1_500_000_000_999, 1_500_000_000},
		{"binary 2^-32", []smpptest.Option{{Code: 9, Value: []byte{0x80 | 32}}}, 5<<32 | 3<<30, 5_750_000_000},
		{"binary 2^0", []smpptest.Option{{Code: 9, Value: []byte{0x80}}}, 9, 9e9},
		{"binary 2^-10", []smpptest.Option{{Code: 9, Value: []byte{0x80 | 10}}}, 1<<10 | 1, 1_000_976_562},
		{"binary 2^-63", []smpptest.Option{{Code: 9, Value: []byte{0x80 | 63}}}, 1<<63 | 1<<62, 1_500_000_000},
		{"binary 2^-127", []smpptest.Option{{Code: 9, Value: []byte{0xff}}}, ^uint64(0), 0},
		{"10^-19", []smpptest.Option{{Code: 9, Value: []byte{19}}}, 15_000_000_000_000_000_000, 1_500_000_000},
		{"10^-64 divided by zero in gopacket", []smpptest.Option{{Code: 9, Value: []byte{64}}}, 1, 0},
		{"offset", []smpptest.Option{{Code: 14, Value: le8(1_700_000_000)}}, 250_000, 1_700_000_000_250_000_000},
		{"offset below zero", []smpptest.Option{{Code: 14, Value: le8(-1)}}, 2_500_000, 1_500_000_000},
		{"before 1970", []smpptest.Option{{Code: 14, Value: le8(-1 << 62)}}, 2_500_000, 0},
		{"far away", []smpptest.Option{{Code: 9, Value: []byte{0}}, {Code: 14, Value: le8(1 << 62)}}, 1 << 63, maxTime},
	} {
		b := (&smpptest.NG{}).Section().Iface(1, 0, c.options...).Enhanced(smpptest.Packet{Data: []byte("x")}, c.ticks).Out
		got, err := drainPackets(b)
		if err != nil || len(got) != 1 || got[0].time != c.want {
			t.Errorf("%s: %+v %v, want %d", c.name, got, err, c.want)
		}
	}
}

// TestNGEverything has two sections of unlike byte order, mixed link types,
// every packet block and blocks that nobody knows.
func TestNGEverything(t *testing.T) {
	s := talk().Segments
	ip := func(i int) smpptest.Packet { return smpptest.Packet{Data: s[i].IP(), Iface: 1} }
	eth := func(i int) smpptest.Packet { return smpptest.Packet{Data: smpptest.Ethernet(s[i].IP())} }
	us := func(i int) uint64 { return uint64(s[i].Time / 1000) }
	n := &smpptest.NG{}
	n.Section().Block(4, []byte("names")).Block(0x0bad, make([]byte, 3<<20))
	n.Iface(1, 262144, smpptest.Option{Code: 2, Value: []byte("eth0")}).Iface(101, 0, smpptest.Option{Code: 9, Value: []byte{9}})
	n.Enhanced(eth(0), us(0), smpptest.Option{Code: 1, Value: []byte("a comment")})
	n.Enhanced(ip(1), uint64(s[1].Time)).Old(eth(2), us(2))
	n.Simple(eth(3)).Stats(0, 5).Stats(0, 7)
	n.Enhanced(smpptest.Packet{Data: eth(3).Data, Iface: 9}, 0)
	n.Big = true
	n.Section().Iface(276, 0).Stats(0, 4)
	sll2 := append([]byte{8, 0, 0, 0, 0, 0, 0, 2, 0, 1, 0, 6}, make([]byte, 8)...)
	for i := 4; i < len(s); i++ {
		n.Enhanced(smpptest.Packet{Data: append(bytes.Clone(sll2), s[i].IP()...)}, us(i))
	}
	rec := readBytes(t, n.Out)
	if rec.err != nil {
		t.Fatal(rec.err)
	}
	rec.only().want(`A"request"@5`, `B"response"@7`, "AFIN@8", "BFIN@9")
	if n := rec.notice(stream.NoticeDropped); n.Count != 11 {
		t.Errorf("dropped %d, want 7 and 4", n.Count)
	}
	if n := rec.notice(stream.NoticeClock); n.Count != 1 || !strings.Contains(n.Text, "without a time") {
		t.Errorf("packet without time: %+v", n)
	}
	if n := rec.skipped()["interface not described in the file"]; n != 1 {
		t.Errorf("skipped %v", rec.skipped())
	}
}

// TestCutAnywhere cuts files at every octet: all whole packets are read, and
// a cut between packets is all that passes for a good end.
func TestCutAnywhere(t *testing.T) {
	packets := smpptest.Packets(talk().Segments[:4])
	pcap := smpptest.Pcap{}.Write(packets...)
	ends := map[int]int{} // good ends: offset, packets
	for i := range len(packets) + 1 {
		ends[len(smpptest.Pcap{}.Write(packets[:i]...))] = i
	}
	cutAll(t, "pcap", pcap, ends)

	ends = map[int]int{}
	n := (&smpptest.NG{}).Section()
	ends[len(n.Out)] = 0
	ends[len(n.Iface(1, 96, smpptest.Option{Code: 9, Value: []byte{9}}).Out)] = 0
	for i, p := range packets {
		ends[len(n.Enhanced(p, uint64(p.Time)).Out)] = i + 1
	}
	ends[len(n.Stats(0, 1).Out)] = len(packets)
	ends[len(n.Block(77, []byte("unknown")).Out)] = len(packets)
	cutAll(t, "pcapng", n.Out, ends)
}

func cutAll(t *testing.T, name string, b []byte, ends map[int]int) {
	whole := 0
	for i := range len(b) + 1 {
		if n, ok := ends[i]; ok {
			whole = n
		}
		_, good := ends[i]
		got, err := drainPackets(b[:i])
		if len(got) != whole || (err == nil) != good {
			t.Errorf("%s cut at %d: %d packets, want %d; error %v", name, i, len(got), whole, err)
		}
		if err != nil && i > 24 && !strings.Contains(err.Error(), "at octet") {
			t.Errorf("%s cut at %d: error %v gives no place", name, i, err)
		}
	}
}

func TestCorruptNG(t *testing.T) {
	good := func() *smpptest.NG {
		return (&smpptest.NG{}).Section().Iface(1, 0).Enhanced(smpptest.Packet{Data: []byte("good")}, 1)
	}
	at := len(good().Out)
	for name, b := range map[string][]byte{
		"lengths differ":   patch(good().Enhanced(smpptest.Packet{Data: []byte("abcd")}, 1).Out, at+32, 40),
		"unknown differs":  patch(good().Block(99, []byte("abcd")).Out, at+12, 40),
		"short block":      patch(good().Block(99, nil).Out, at+4, 8),
		"short packet":     good().Block(6, make([]byte, 8)).Out,
		"caplen in block":  patch(good().Enhanced(smpptest.Packet{Data: []byte("abcd")}, 1).Out, at+20, 5),
		"short interface":  good().Block(1, make([]byte, 4)).Out,
		"no order magic":   good().Block(0x0a0d0d0a, make([]byte, 16)).Out,
		"pcapng version 2": patch(good().Section().Out, at+12, 2),
	} {
		got, err := drainPackets(b)
		if len(got) != 1 || err == nil || !strings.Contains(err.Error(), fmt.Sprintf("at octet %d", at)) {
			t.Errorf("%s: %d packets, %v", name, len(got), err)
		}
	}
}

func TestNoCapture(t *testing.T) {
	gz := pack(t, "gzip", pack(t, "gzip", smpptest.Pcap{}.Write()))
	for want, b := range map[string]string{
		"it is empty":             "",
		"2 octets":                "ab",
		"looks like text":         strings.Repeat("2026-11-23 00 01 \xc3\xa4 log line\n", 40),
		"SQLite":                  "SQLite format 3\x00 and more",
		"zip archive":             "PK\x03\x04 and more",
		"inside compression":      string(gz),
		"begins with 00 00":       "\x00\x00\x00\x3f\x80\x00",
		"unsupported variant":     "\xac\x01\x00\x1c" + strings.Repeat("\x00", 40),
		"version 77.0":            "\xd4\xc3\xb2\xa1\x4d\x00" + strings.Repeat("\x00", 40),
		"ends inside a pcap file": "\xd4\xc3\xb2\xa1\x02\x00",
		"begins like gzip":        "\x1f\x8b\x08nonsense",
	} {
		rec := readBytes(t, []byte(b))
		if rec.err == nil || !strings.Contains(rec.err.Error(), want) || !strings.HasPrefix(rec.err.Error(), "standard input: ") {
			t.Errorf("%q: error %v", want, rec.err)
		}
		if n := rec.notice(stream.NoticeDamaged); !strings.Contains(n.Text, want) {
			t.Errorf("%q: notice %+v", want, n)
		}
	}
}

func pack(t testing.TB, how string, b []byte) []byte {
	var out bytes.Buffer
	var w io.WriteCloser
	switch how {
	case "gzip":
		w = gzip.NewWriter(&out)
	case "lz4":
		w = lz4.NewWriter(&out)
	default:
		z, err := zstd.NewWriter(&out)
		if err != nil {
			t.Fatal(err)
		}
		w = z
	}
	if _, err := w.Write(b); err != nil {
		t.Fatal(err)
	}
	w.Close()
	return out.Bytes()
}

func TestCompressed(t *testing.T) {
	plain := smpptest.Pcap{}.Write(smpptest.Packets(talk().Segments)...)
	ng := (&smpptest.NG{}).Section().Iface(1, 0)
	for _, p := range smpptest.Packets(talk().Segments) {
		ng.Enhanced(p, uint64(p.Time/1000))
	}
	for _, how := range []string{"gzip", "zstd", "lz4"} {
		readBytes(t, pack(t, how, plain)).only().want(talkLog...)
		readBytes(t, pack(t, how, ng.Out)).only().want(talkLog...)
		packed := pack(t, how, plain)
		for i := 4; i < len(packed); i += 1 + len(packed)/50 {
			if rec := readBytes(t, packed[:i]); rec.err == nil {
				t.Errorf("%s cut at %d of %d: no error", how, i, len(packed))
			}
		}
		// Two compressed streams in one file are one.
		half := len(plain) / 2
		both := append(pack(t, how, plain[:half]), pack(t, how, plain[half:])...)
		readBytes(t, both).only().want(talkLog...)
	}
}

func TestGzipPadding(t *testing.T) {
	plain := smpptest.Pcap{}.Write(smpptest.Packets(talk().Segments)...)
	packed := pack(t, "gzip", plain)
	for _, zeros := range []int{1, 8, 9, 10, 512, 10240} {
		readBytes(t, append(packed[:len(packed):len(packed)], make([]byte, zeros)...)).only().want(talkLog...)
	}
	for name, behind := range map[string]string{
		"other octets":     "garbage behind it",
		"octets and zeros": "\x01" + strings.Repeat("\x00", 30),
		"zeros and octets": strings.Repeat("\x00", 30) + "\x01",
		"zeros, member":    strings.Repeat("\x00", 30) + string(packed),
		"half a magic":     "\x1f",
		"a header cut":     "\x1f\x8b\x08\x08\x00\x00\x00\x00\x00\x03",
		"a name cut":       "\x1f\x8b\x08\x08\x00\x00\x00\x00\x00\x03name",
	} {
		if rec := readBytes(t, append(packed[:len(packed):len(packed)], behind...)); rec.err == nil || len(rec.conns) != 1 {
			t.Errorf("%s: error %v, %d connections", name, rec.err, len(rec.conns))
		}
	}
}
