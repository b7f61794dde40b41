package capture

import (
	"bytes"
	"encoding/binary"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"smpptap/internal/smpptest"
	"smpptap/stream"
)

// seenPacket is what two ways of merging must agree on.
type seenPacket struct {
	time int64
	data string
}

// mergedPackets reads files as a File does, packet by packet.
func mergedPackets(t *testing.T, paths ...string) (list []seenPacket) {
	t.Helper()
	r := &run{o: &Options{Paths: paths}, ctx: t.Context(), asm: newReassembler(&recorder{t: t}, &Options{})}
	r.collect()
	for r.merged.len() > 0 {
		s := r.merged.first()
		if s.in == nil {
			r.start(s)
			continue
		}
		list = append(list, seenPacket{s.packet.time, string(s.packet.data)})
		r.advance(s)
	}
	if errs := r.failures(); len(errs) > 0 {
		t.Error(errs)
	}
	return list
}

// TestMergecap compares merging with Wireshark's: files that overlap, follow
// each other, hold equal times, or are in disorder themselves.
func TestMergecap(t *testing.T) {
	mergecap, err := exec.LookPath("mergecap")
	if err != nil {
		t.Skip("no mergecap here")
	}
	rnd := rand.New(rand.NewPCG(1, 2))
	for round := range 12 {
		dir := t.TempDir()
		var paths []string
		for i := range 2 + round%4 {
			now := int64(1_790_000_000)*1e9 + int64(rnd.IntN(20))*1e6
			var packets []smpptest.Packet
			for range 40 {
				step := rnd.IntN(4) // in milliseconds; zero gives equal times
				if round%3 == 2 {
					step -= 2
				}
				now += int64(step) * 1e6
				data := binary.BigEndian.AppendUint64(make([]byte, 60), rnd.Uint64())
				packets = append(packets, smpptest.Packet{Time: now, Data: data})
			}
			var b []byte
			switch i % 3 {
			case 0:
				b = smpptest.Pcap{Nano: true}.Write(packets...)
			case 1:
				b = smpptest.Pcap{Big: true}.Write(packets...)
			default:
				ng := (&smpptest.NG{}).Section().Iface(1, 0)
				for _, p := range packets {
					ng.Enhanced(p, uint64(p.Time/1000))
				}
				b = ng.Out
			}
			path := filepath.Join(dir, strconv.Itoa(i))
			if err := os.WriteFile(path, b, 0o600); err != nil {
				t.Fatal(err)
			}
			paths = append(paths, path)
		}
		out := filepath.Join(dir, "merged")
		// Of equal times mergecap takes the last file's packet first.
		args := []string{"-w", out}
		for _, path := range slices.Backward(paths) {
			args = append(args, path)
		}
		if b, err := exec.Command(mergecap, args...).CombinedOutput(); err != nil {
			t.Fatalf("mergecap: %v\n%s", err, b)
		}
		want, got := mergedPackets(t, out), mergedPackets(t, paths...)
		if len(got) != len(want) {
			t.Fatalf("round %d: %d packets, mergecap has %d", round, len(got), len(want))
		}
		for i := range want {
			if got[i] != want[i] {
				t.Errorf("round %d: packet %d at %d is another than mergecap's at %d", round, i+1, got[i].time, want[i].time)
				break
			}
		}
	}
}

// writeFile puts a file into a directory.
func writeFile(t *testing.T, dir, name string, b []byte) string {
	t.Helper()
	path := filepath.Join(dir, name)
	if err := os.WriteFile(path, b, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// TestOverlappingFiles: the two directions of a connection in a file each, as
// from two taps.
func TestOverlappingFiles(t *testing.T) {
	dir := t.TempDir()
	var half [2][]smpptest.Packet
	for _, s := range talk().Segments {
		i := 0
		if s.From.Port() == 2775 {
			i = 1
		}
		half[i] = append(half[i], smpptest.Packet{Time: s.Time, Data: smpptest.Ethernet(s.IP())})
	}
	a := writeFile(t, dir, "a", smpptest.Pcap{Nano: true}.Write(half[0]...))
	b := writeFile(t, dir, "b", pack(t, "lz4", smpptest.Pcap{Nano: true}.Write(half[1]...)))
	rec := readFile(t, Options{Paths: []string{b, a}})
	rec.only().want(talkLog...)
	if rec.err != nil || !rec.only().info.SYN || rec.only().info.A.String() != client {
		t.Errorf("%v %+v", rec.err, rec.only().info)
	}
}

// TestRing: of a directory the captures are read, in the order of time and not
// of names, and whatever else lies there is not.
func TestRing(t *testing.T) {
	dir := t.TempDir()
	packets := smpptest.Packets(talk().Segments)
	for i, name := range []string{"ring3", "ring0", "ring1", "ring2.gz"} {
		b := smpptest.Pcap{Nano: true}.Write(packets[2*i : 2*i+2]...)
		if i == 3 {
			b = pack(t, "gzip", b)
		}
		writeFile(t, dir, name, b)
	}
	writeFile(t, dir, "notes.txt", []byte("nothing of the kind"))
	writeFile(t, dir, "ring4", nil) // just begun
	if err := os.Mkdir(filepath.Join(dir, "below"), 0o700); err != nil {
		t.Fatal(err)
	}
	rec := readFile(t, Options{Paths: []string{dir}})
	rec.only().want(talkLog...)
	if err := os.Truncate(filepath.Join(dir, "ring0"), 20); err != nil { // inside its header
		t.Fatal(err)
	}
	cut := readFile(t, Options{Paths: []string{dir}})
	if cut.err == nil || !strings.Contains(cut.err.Error(), "ring0: at octet 0: the file ends inside a pcap file header") || cut.only().reason != nil {
		t.Errorf("a cut file in a ring: %v", cut.err)
	}
	var names []string
	for _, n := range rec.notices {
		if n.Kind == stream.NoticeInput {
			names = append(names, filepath.Base(n.Text))
		}
	}
	if rec.err != nil || len(names) != 4 || names[0] != "ring3" || names[3] != "ring2.gz" {
		t.Errorf("%v, inputs %v", rec.err, names)
	}
}

// TestManyFiles: a ring of hundreds of files is open one at a time.
func TestManyFiles(t *testing.T) {
	dir := t.TempDir()
	tk := opened()
	for range 600 {
		tk.Data(0, "x")
	}
	for i, p := range smpptest.Packets(tk.Segments) {
		writeFile(t, dir, strconv.Itoa(i), smpptest.Pcap{Nano: true}.Write(p))
	}
	most := 0
	h := &openFiles{recorder: &recorder{t: t}, most: &most}
	if err := NewFile(Options{Paths: []string{dir}}).Run(t.Context(), h); err != nil {
		t.Fatal(err)
	}
	if got := h.only().data[0]; !bytes.Equal(got, bytes.Repeat([]byte("x"), 600)) || most > 20 {
		t.Errorf("%d octets, %d files open at once", len(got), most)
	}
}

// openFiles counts this process' open files at each piece of data.
type openFiles struct {
	*recorder
	most *int
}

func (o *openFiles) Open(c *stream.Conn) stream.Tap {
	return &openFilesTap{o.recorder.Open(c), o.most}
}

type openFilesTap struct {
	stream.Tap
	most *int
}

func (o *openFilesTap) Data(d stream.Dir, at stream.Stamp, p []byte) {
	if at.Frame%50 == 0 {
		list, _ := os.ReadDir("/proc/self/fd")
		*o.most = max(*o.most, len(list))
	}
	o.Tap.Data(d, at, p)
}
