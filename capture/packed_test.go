package capture

import (
	"bytes"
	"slices"
	"strings"
	"testing"

	"github.com/pierrec/lz4/v4"

	"smpptap/internal/smpptest"
)

// skippable is a frame that unpackers skip; low is what its magic ends with.
func skippable(low byte, content string) []byte {
	return append([]byte{0x50 | low, 0x2a, 0x4d, 0x18, byte(len(content)), 0, 0, 0}, content...)
}

// packLegacy packs as lz4 -l does.
func packLegacy(t *testing.T, b []byte) []byte {
	var out bytes.Buffer
	w := lz4.NewWriter(&out)
	if err := w.Apply(lz4.LegacyOption(true)); err != nil {
		t.Fatal(err)
	}
	if _, err := w.Write(b); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// TestSkippableFrames: pzstd puts such a frame before each of its own, so that
// the file begins with one.
func TestSkippableFrames(t *testing.T) {
	plain := smpptest.Pcap{}.Write(smpptest.Packets(talk().Segments)...)
	a, b := plain[:len(plain)/3], plain[len(plain)/3:]
	for _, how := range []string{"zstd", "lz4"} {
		for name, parts := range map[string][][]byte{
			"first":       {skippable(0, "size"), pack(t, how, plain)},
			"two, empty":  {skippable(15, ""), skippable(7, strings.Repeat("x", 200)), pack(t, how, plain)},
			"before each": {skippable(0, "size"), pack(t, how, a), skippable(0, "size"), pack(t, how, b)},
			"last":        {pack(t, how, a), pack(t, how, b), skippable(1, "size")},
		} {
			if rec := readBytes(t, bytes.Join(parts, nil)); rec.err != nil || len(rec.conns) != 1 {
				t.Errorf("%s, %s: %d connections, %v", how, name, len(rec.conns), rec.err)
			} else {
				rec.only().want(talkLog...)
			}
		}
	}
	for _, b := range [][]byte{skippable(0, "size")[:10], patch(skippable(0, "size"), 4, 0xffffffff)} {
		if rec := readBytes(t, b); rec.err == nil || !strings.Contains(rec.err.Error(), "skippable frame") {
			t.Errorf("cut inside the frame: %v", rec.err)
		}
	}
}

func TestLegacyLZ4(t *testing.T) {
	plain := smpptest.Pcap{}.Write(smpptest.Packets(talk().Segments)...)
	half := len(plain) / 2
	readBytes(t, packLegacy(t, plain)).only().want(talkLog...)
	readBytes(t, append(packLegacy(t, plain[:half]), packLegacy(t, plain[half:])...)).only().want(talkLog...)
	readBytes(t, append(pack(t, "lz4", plain[:half]), packLegacy(t, plain[half:])...)).only().want(talkLog...)
	if rec := readBytes(t, packLegacy(t, plain)[:60]); rec.err == nil {
		t.Error("cut: no error")
	}
}

// TestAIX: AIX's tcpdump writes a pcap of its own. Versions before 2.3 have the
// two lengths of a packet the other way round.
func TestAIX(t *testing.T) {
	packets := smpptest.Packets(talk().Segments)
	for i := range packets {
		packets[i].Time += int64(i)
	}
	for _, big := range []bool{true, false} {
		b := smpptest.Pcap{Nano: true, Big: big, Link: 6}.Write(packets...)
		put := func(place int, octets ...byte) {
			if !big {
				slices.Reverse(octets)
			}
			copy(b[place:], octets)
		}
		put(0, 0xa1, 0xb2, 0xc3, 0xd4)
		put(6, 0, 2)
		got, err := drainPackets(b)
		if err != nil || len(got) != len(packets) {
			t.Fatalf("%d packets, %v", len(got), err)
		}
		for i, p := range got {
			if p.time != packets[i].Time || p.link != linkEthernet {
				t.Errorf("packet %d: time %d, want %d; link %d", i, p.time, packets[i].Time, p.link)
			}
		}
		readBytes(t, b).only().want(talkLog...)
	}
}
