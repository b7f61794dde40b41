package capture

import (
	"bytes"
	"context"
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"smpptap/internal/smpptest"
)

const secret = "s3cr3tpw"

func bindPDU(seq uint32) string {
	return string(smpptest.Build("bind_transceiver", seq, smpptest.F{
		"system_id": "alice", "password": secret, "system_type": "smpp", "interface_version": 0x34,
	}))
}

func okPDU(name string, seq uint32) string {
	return string(smpptest.Build(name, seq, smpptest.F{"system_id": "smsc"}))
}

func submitPDU(seq uint32, text string) string {
	return string(smpptest.Build("submit_sm", seq, smpptest.F{"source_addr": "123", "destination_addr": "4567", "short_message": text}))
}

// keepAll writes segments to a file and gives the packets in it.
func keepAll(t *testing.T, segments []smpptest.Segment) (file []byte, packets []packet) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "kept.pcapng")
	w, err := newPacketWriter(&WriteOptions{Path: path, Application: "test"})
	if err != nil {
		t.Fatal(err)
	}
	var d decoder
	for _, p := range smpptest.Packets(segments) {
		lp := &livePacket{packet: packet{data: bytes.Clone(p.Data), time: p.Time, link: linkEthernet}}
		s := &d.seg
		if d.decode(&lp.packet, p.Time) != usable {
			s = nil
		}
		if err := w.packet(lp, s, "eth0"); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.close(); err != nil {
		t.Fatal(err)
	}
	return readKept(t, path)
}

func readKept(t *testing.T, path string) (file []byte, packets []packet) {
	t.Helper()
	file, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	r, err := sniff(newWindow(bytes.NewReader(file), 0))
	if err != nil {
		t.Fatal(err)
	}
	for {
		var p packet
		if err := r.next(&p); err != nil {
			break
		}
		p.data = bytes.Clone(p.data)
		packets = append(packets, p)
	}
	return file, packets
}

// streamOf is what the client's side of kept packets says, by sequence number.
func streamOf(t *testing.T, packets []packet) []byte {
	t.Helper()
	var d decoder
	out := map[uint32][]byte{}
	var first uint32
	for i := range packets {
		if d.decode(&packets[i], 0) == usable && d.seg.dport == 2775 {
			if first == 0 || d.seg.seq < first {
				first = d.seg.seq
			}
			if len(d.seg.payload) > len(out[d.seg.seq]) {
				out[d.seg.seq] = bytes.Clone(d.seg.payload)
			}
		}
	}
	var b []byte
	for seq, end := first, first+1<<16; seq < end; {
		if p := out[seq]; len(p) > 0 {
			b = append(b, p...)
			seq += uint32(len(p))
			continue
		}
		seq++
	}
	return b
}

func keptTalk() *smpptest.Talk { return smpptest.NewTalk("10.0.0.1:40000", "10.0.0.2:2775").Open() }

func masked(s string) string { return strings.ReplaceAll(s, secret, strings.Repeat("*", len(secret))) }

// TestKeepCut: a bind cut into two packets at every octet, and one octet a
// packet; only its password is masked.
func TestKeepCut(t *testing.T) {
	stream := bindPDU(1) + submitPDU(2, "hello")
	for cut := 1; cut < len(stream); cut++ {
		k := keptTalk().Data(0, stream[:cut]).Data(0, stream[cut:])
		file, packets := keepAll(t, k.Segments)
		if bytes.Contains(file, []byte(secret)) {
			t.Fatalf("cut at %d: the password is in the file", cut)
		}
		if got := string(streamOf(t, packets)); got != masked(stream) {
			t.Fatalf("cut at %d:\ngot  %q\nwant %q", cut, got, masked(stream))
		}
	}
	k := keptTalk()
	for i := range len(stream) {
		k.Data(0, stream[i:i+1])
	}
	if _, packets := keepAll(t, k.Segments); string(streamOf(t, packets)) != masked(stream) {
		t.Error("single octets")
	}
}

// TestKeepNever: whatever happens to the segments, the password is in no
// packet; nor a part of it that could be told from a mask.
func TestKeepNever(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	stream := bindPDU(1) + submitPDU(2, "hello") + string(smpptest.Build("unbind", 3, nil)) + bindPDU(4) + submitPDU(5, "again")
	for run := range 3000 {
		k := smpptest.NewTalk("10.0.0.1:40000", "10.0.0.2:2775")
		if run%3 > 0 {
			k.Open()
		}
		for rest := stream; rest != ""; {
			n := min(len(rest), 1+random.IntN(60))
			k.Data(0, rest[:n])
			rest = rest[n:]
			if sent := len(stream) - len(rest); run%2 == 0 && sent >= len(bindPDU(1)) && sent < len(bindPDU(1)+submitPDU(2, "hello")) {
				k.Data(1, okPDU("bind_transceiver_resp", 1))
			}
		}
		s := k.Segments
		for range random.IntN(4) {
			i := random.IntN(len(s) - 1)
			j := i + 1
			switch random.IntN(3) {
			case 0:
				s[i], s[j] = s[j], s[i]
				s[i].Time, s[j].Time = s[j].Time, s[i].Time
			case 1:
				s = append(s, s[i])
			case 2:
				s = append(s[:i:i], s[i+1:]...)
			}
		}
		_, packets := keepAll(t, s)
		var d decoder
		for i := range packets {
			if d.decode(&packets[i], 0) == usable && leaks(d.seg.payload) {
				for j := range s {
					t.Logf("%d: %v>%v seq %d %q", j, s[j].From.Port(), s[j].To.Port(), s[j].Seq, s[j].Payload)
				}
				t.Fatalf("run %d: packet %d shows of the password: %q", run, i, d.seg.payload)
			}
		}
	}
}

// leaks tells that a payload shows four octets of the password or more.
func leaks(p []byte) bool {
	for i := 0; i+4 <= len(secret); i++ {
		if bytes.Contains(p, []byte(secret[i:i+4])) {
			return true
		}
	}
	return false
}

// TestKeepDoubt: octets in no PDU are masked.
func TestKeepDoubt(t *testing.T) {
	for _, c := range []struct {
		name string
		make func() *smpptest.Talk
		want string
	}{
		{"other protocols", func() *smpptest.Talk { return keptTalk().Data(0, "PASS "+secret+"\r\n") }, strings.Repeat("*", 15)},
		{"garbage before a bind", func() *smpptest.Talk { return keptTalk().Data(0, "garbage"+bindPDU(1)) }, "*******" + masked(bindPDU(1))},
		{"the middle of a PDU", func() *smpptest.Talk {
			return smpptest.NewTalk("10.0.0.1:40000", "10.0.0.2:2775").Data(0, bindPDU(1)[20:]+submitPDU(2, "x"))
		}, strings.Repeat("*", len(bindPDU(1))-20) + submitPDU(2, "x")},
		{"unknown command", func() *smpptest.Talk {
			return keptTalk().Data(0, string(smpptest.Build("enquire_link", 1, nil, smpptest.ID(0x77), smpptest.Trailing(secret)))+submitPDU(2, "x"))
		}, string(smpptest.Build("enquire_link", 1, nil, smpptest.ID(0x77), smpptest.Trailing("********"))) + submitPDU(2, "x")},
		{"garbage after a bind", func() *smpptest.Talk {
			return keptTalk().Data(0, bindPDU(1)).Data(1, okPDU("bind_transceiver_resp", 1)).Data(0, "garbage text")
		}, masked(bindPDU(1)) + "************"},
		{"late into a hole, bound", func() *smpptest.Talk {
			k := keptTalk().Data(0, bindPDU(1)).Data(1, okPDU("bind_transceiver_resp", 1)).Data(0, submitPDU(2, "x")).Data(0, submitPDU(3, "y"))
			k.Segments[5], k.Segments[6] = k.Segments[6], k.Segments[5]
			return k
		}, masked(bindPDU(1)) + submitPDU(2, "x") + submitPDU(3, "y")},
		{"after a refused bind", func() *smpptest.Talk {
			return keptTalk().Data(0, bindPDU(1)).Data(1, string(smpptest.Build("bind_transceiver_resp", 1, nil, smpptest.Status(14), smpptest.HeaderOnly{}))).Data(0, "hidden text")
		}, masked(bindPDU(1)) + "***********"},
		{"retransmitted", func() *smpptest.Talk {
			k := keptTalk().Data(0, bindPDU(1)).Data(1, okPDU("bind_transceiver_resp", 1))
			again := k.Segments[3]
			again.Time += 1e9
			k.Segments = append(k.Segments, again)
			return k
		}, masked(bindPDU(1))},
		{"no NUL behind the password", func() *smpptest.Talk {
			b := bindPDU(1)
			return keptTalk().Data(0, b[:16]+"alice\x00"+strings.Repeat(secret, 3)[:len(b)-22])
		}, bindPDU(1)[:16] + "alice\x00" + strings.Repeat("*", len(bindPDU(1))-22)},
	} {
		t.Run(c.name, func(t *testing.T) {
			file, packets := keepAll(t, c.make().Segments)
			if bytes.Contains(file, []byte(secret)) {
				t.Error("the password is in the file")
			}
			if got := string(streamOf(t, packets)); got != c.want {
				t.Errorf("\ngot  %q\nwant %q", got, c.want)
			}
		})
	}
}

// TestKeepHeld: what waits for the rest of a bind is written after a second,
// with the bind's body masked.
func TestKeepHeld(t *testing.T) {
	k := keptTalk().Data(0, bindPDU(1)[:30]).Wait(2*time.Second).Data(0, bindPDU(1)[30:])
	_, packets := keepAll(t, k.Segments)
	want := bindPDU(1)[:16] + strings.Repeat("*", len(bindPDU(1))-16)
	if got := string(streamOf(t, packets)); got != want {
		t.Errorf("got %q", got)
	}
}

// TestKeepFragments: fragments keep their headers only, also the last one,
// with which the datagram is whole.
func TestKeepFragments(t *testing.T) {
	k := keptTalk().Data(0, bindPDU(1))
	s := k.Segments[3]
	tcp := s.TCP()
	path := filepath.Join(t.TempDir(), "kept.pcapng")
	w, err := newPacketWriter(&WriteOptions{Path: path})
	if err != nil {
		t.Fatal(err)
	}
	var d decoder
	for i, place := range []uint16{0x2000, 5} {
		ip := smpptest.IPv4(s.From.Addr(), s.To.Addr(), 9, 64, 6, place, tcp[40*i:min(len(tcp), 40+60*i)])
		p := &livePacket{packet: packet{data: smpptest.Ethernet(ip), link: linkEthernet, time: 1e18}}
		var seg *segment
		if d.decode(&p.packet, p.time) == usable {
			seg = &d.seg
		}
		if err := w.packet(p, seg, "eth0"); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.close(); err != nil {
		t.Fatal(err)
	}
	_, packets := readKept(t, path)
	if len(packets) != 2 {
		t.Fatalf("%d packets", len(packets))
	}
	for i := range packets {
		if n := len(packets[i].data); n != headersKept || packets[i].cut == 0 {
			t.Errorf("packet %d: %d octets, %d cut", i, n, packets[i].cut)
		}
	}
}

// TestKeepTag: the tag that the kernel took out is put back.
func TestKeepTag(t *testing.T) {
	s := keptTalk().Data(0, bindPDU(1)).Segments[3]
	plain, tagged := smpptest.Ethernet(s.IP()), smpptest.Ethernet(s.IP(), 0x8100, 7)
	path := filepath.Join(t.TempDir(), "kept.pcapng")
	w, err := newPacketWriter(&WriteOptions{Path: path})
	if err != nil {
		t.Fatal(err)
	}
	var d decoder
	p := &livePacket{packet: packet{data: plain, link: linkEthernet, time: 1e18}, vlan: 7}
	if d.decode(&p.packet, 0) != usable || w.packet(p, &d.seg, "eth0") != nil || w.close() != nil {
		t.Fatal("not kept")
	}
	_, packets := readKept(t, path)
	if want := masked(string(tagged)); string(packets[0].data) != want {
		t.Errorf("\ngot  %q\nwant %q", packets[0].data, want)
	}
}

func TestKeepRotation(t *testing.T) {
	dir := t.TempDir()
	w, err := newPacketWriter(&WriteOptions{Path: filepath.Join(dir, "k.pcapng"), MaxSize: 4096, MaxTime: time.Hour, Files: 3})
	if err != nil {
		t.Fatal(err)
	}
	k := keptTalk()
	for i := range 200 {
		k.Data(0, submitPDU(uint32(i+1), "hello"))
	}
	k.Wait(2*time.Hour).Data(0, submitPDU(300, "late"))
	var d decoder
	for _, p := range smpptest.Packets(k.Segments) {
		lp := &livePacket{packet: packet{data: p.Data, time: p.Time, link: linkEthernet}}
		if d.decode(&lp.packet, 0) != usable || w.packet(lp, &d.seg, "eth0") != nil {
			t.Fatal("not kept")
		}
	}
	if err := w.close(); err != nil {
		t.Fatal(err)
	}
	files, _ := filepath.Glob(filepath.Join(dir, "k_0*_*.pcapng"))
	if len(files) != 3 || w.number < 8 {
		t.Fatalf("%d files of %d: %v", len(files), w.number, files)
	}
	for i, f := range files {
		raw, packets := readKept(t, f)
		if len(raw) > 4096 || len(packets) == 0 {
			t.Errorf("%s: %d octets, %d packets", f, len(raw), len(packets))
		}
		if i == 2 && len(packets) != 1 {
			t.Errorf("the last one, after two hours, holds %d packets", len(packets))
		}
		if info, err := os.Stat(f); err != nil || info.Mode().Perm() != keepMode {
			t.Errorf("%s: %v, %v", f, info.Mode(), err)
		}
	}
}

// TestKeepTshark: tshark reads the file, and the same PDUs.
func TestKeepTshark(t *testing.T) {
	if _, err := exec.LookPath("tshark"); err != nil && os.Getenv("CI") == "" {
		t.Skip("no tshark")
	}
	k := keptTalk().Data(0, bindPDU(1)).Data(1, okPDU("bind_transceiver_resp", 1)).Data(0, submitPDU(2, "hello"))
	file, _ := keepAll(t, k.Segments)
	path := filepath.Join(t.TempDir(), "k.pcapng")
	if err := os.WriteFile(path, file, 0o600); err != nil {
		t.Fatal(err)
	}
	out, err := exec.CommandContext(context.Background(), "tshark", "-r", path, "-d", "tcp.port==2775,smpp", "-Y", "smpp", "-T", "fields",
		"-e", "smpp.command_id", "-e", "smpp.password", "-e", "frame.interface_name", "-e", "frame.time_epoch").Output()
	if err != nil {
		t.Fatal(err)
	}
	want := ""
	for i, line := range []string{"0x00000009\t********", "0x80000009\t", "0x00000004\t"} {
		at := time.Unix(0, k.Segments[3+i].Time)
		want += fmt.Sprintf("%s\teth0\t%d.%09d\n", line, at.Unix(), at.Nanosecond())
	}
	if string(out) != want {
		t.Errorf("\ngot\n%swant\n%s", out, want)
	}
	if binary.LittleEndian.Uint32(file) != blockSection {
		t.Error("no section header")
	}
}
