package capture

import (
	"bytes"
	"log/slog"
	"math/rand/v2"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"smpptap/stream"
)

// synthTime is 2026-11-03T10:02:11Z.
const synthTime = 1793700131 * second

// read reads a file into connections.
func read(t *testing.T, path string) *recorder {
	t.Helper()
	r := &recorder{t: t}
	if err := NewFile(Options{Paths: []string{path}}).Run(t.Context(), r); err != nil {
		t.Fatal(err)
	}
	return r
}

// shark gives fields of the packets that tshark shows of a file, and fails
// where it finds fault with one.
func shark(t *testing.T, path string, args ...string) []string {
	t.Helper()
	if _, err := exec.LookPath("tshark"); err != nil && os.Getenv("CI") == "" {
		t.Skip("no tshark")
	}
	run := func(args ...string) string {
		args = append([]string{"-r", path, "-o", "tcp.check_checksum:TRUE", "-o", "ip.check_checksum:TRUE", "-d", "tcp.port==2775,smpp"}, args...)
		out, err := exec.CommandContext(t.Context(), "tshark", args...).Output()
		if err != nil {
			t.Fatal(err)
		}
		return string(out)
	}
	const faults = "_ws.malformed or tcp.checksum.status == 0 or ip.checksum.status == 0 or tcp.analysis.retransmission or " +
		"tcp.analysis.window_full or tcp.analysis.out_of_order or tcp.port == 0"
	if out := run("-Y", faults); out != "" {
		t.Errorf("tshark finds fault:\n%s", out)
	}
	return strings.Fields(run(args...))
}

// TestSynth: what is written is read again as the same octets, of both
// families, in chunks of any size; tshark agrees, and the password is masked.
func TestSynth(t *testing.T) {
	path := filepath.Join(t.TempDir(), "s.pcapng")
	s, err := NewSynth(&WriteOptions{Path: path, Application: "test"})
	if err != nil {
		t.Fatal(err)
	}
	up := bindPDU(1)
	for i := range uint32(2000) {
		up += submitPDU(2+i, strings.Repeat("x", int(i%250)))
	}
	down := okPDU("bind_transceiver_resp", 1)
	ends := [][2]string{
		{"10.0.0.1:40000", "10.0.0.2:2775"}, {"[2001:db8::1]:40000", "[2001:db8::2]:2775"}, {"10.0.0.1:40001", "[2001:db8::2]:2775"},
	}
	for _, e := range ends {
		synthTalk(t, s, e, up, down)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	r := read(t, path)
	if len(r.conns) != len(ends) {
		t.Fatalf("%d connections", len(r.conns))
	}
	for i, got := range r.conns {
		if string(got.data[0]) != masked(up) || string(got.data[1]) != down || len(got.gaps[0]) > 0 {
			t.Errorf("%v: %d and %d octets, gaps %v", ends[i], len(got.data[0]), len(got.data[1]), got.gaps)
		}
		// An IPv4 address beside an IPv6 one is written as a mapped one.
		if got.info.A.String() != ends[i][0] || got.info.B.String() != ends[i][1] {
			t.Errorf("%v, %v", got.info.A, got.info.B)
		}
	}
	if n := len(shark(t, path, "-Y", "smpp", "-T", "fields", "-e", "smpp.command_id", "-E", "aggregator= ")); n != 2002*len(ends) {
		t.Errorf("tshark sees %d PDUs", n)
	}
	if out := shark(t, path, "-Y", "frame.comment", "-T", "fields", "-e", "frame.comment"); len(out) != 4*len(ends) || out[3] != "alles" {
		t.Errorf("comments %q", out)
	}
}

// synthTalk writes a connection: the bind cut inside its password, the rest in
// chunks of any size.
func synthTalk(t *testing.T, s *Synth, ends [2]string, up, down string) {
	t.Helper()
	at, random := synthTime, rand.New(rand.NewPCG(1, 2))
	c, err := s.Open("link1", netip.MustParseAddrPort(ends[0]), netip.MustParseAddrPort(ends[1]), at)
	if err != nil {
		t.Fatal(err)
	}
	send := func(dir stream.Dir, octets, comment string) {
		at += 1000
		if err := c.Data(dir, at, []byte(octets), comment); err != nil {
			t.Fatal(err)
		}
	}
	send(stream.FromA, up[:26], "")
	for rest := up[26:]; len(rest) > 0; {
		n := min(len(rest), 1+random.IntN(40_000))
		send(stream.FromA, rest[:n], "")
		rest = rest[n:]
	}
	send(stream.FromB, down, "a finding, über alles")
	for _, dir := range []stream.Dir{stream.FromA, stream.FromB} {
		if err := c.FIN(dir, at); err != nil {
			t.Fatal(err)
		}
	}
}

// TestSynthGap: what was lost is a hole of its size; a reset is one.
func TestSynthGap(t *testing.T) {
	path := filepath.Join(t.TempDir(), "s.pcapng")
	s, err := NewSynth(&WriteOptions{Path: path})
	if err != nil {
		t.Fatal(err)
	}
	a, b := netip.MustParseAddrPort("10.0.0.1:40000"), netip.MustParseAddrPort("10.0.0.2:2775")
	for i := range int64(2) { // the same four-tuple again
		c, err := s.Open("", a, b, synthTime+i*second)
		if err != nil {
			t.Fatal(err)
		}
		at := synthTime + i*second
		if err := c.Data(stream.FromA, at, []byte(submitPDU(1, "one")), ""); err != nil {
			t.Fatal(err)
		}
		c.Gap(stream.FromA, 77)
		if err := c.Data(stream.FromA, at, []byte(submitPDU(2, "two")), ""); err != nil {
			t.Fatal(err)
		}
		if err := c.RST(stream.FromB, at); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	r := read(t, path)
	if len(r.conns) != 2 {
		t.Fatalf("%d connections", len(r.conns))
	}
	for _, c := range r.conns {
		if len(c.gaps[0]) != 1 || c.gaps[0][0] != 77 || string(c.data[0]) != submitPDU(1, "one")+submitPDU(2, "two") {
			t.Errorf("gaps %v, octets %q", c.gaps, c.data[0])
		}
	}
	if out := shark(t, path, "-Y", "tcp.flags.reset == 1", "-T", "fields", "-e", "frame.number"); len(out) != 2 {
		t.Errorf("resets: %v", out)
	}
}

// TestKeeper: files rotate, the oldest go; what a directory that is gone costs
// is counted, and it goes on when it is back.
func TestKeeper(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "kept")
	k, err := NewKeeper(WriteOptions{Path: filepath.Join(dir, "smpptap.pcapng"), MaxSize: 20_000, Files: 3}, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	conn := &stream.Conn{
		ID: 1, Link: "link1", A: netip.MustParseAddrPort("10.0.0.1:40000"), B: netip.MustParseAddrPort("10.0.0.2:2775"),
		Opened: stream.Stamp{Time: synthTime}, SYN: true,
	}
	tap := k.Open(conn)
	now := synthTime
	send := func(n int) {
		for i := range n {
			now += second / 100
			tap.Data(stream.FromA, stream.Stamp{Time: now}, []byte(submitPDU(uint32(1+i), strings.Repeat("y", 200))))
		}
	}
	files := func() []string {
		found, err := filepath.Glob(filepath.Join(dir, "*.pcapng"))
		if err != nil {
			t.Fatal(err)
		}
		return found
	}
	send(400)
	if n := len(files()); n != 3 {
		t.Errorf("%d files", n)
	}
	if err := os.RemoveAll(dir); err != nil {
		t.Fatal(err)
	}
	send(400) // 4 s: the next file cannot be begun, and is not tried again
	lost := k.Lost()
	if lost == 0 {
		t.Error("nothing was lost")
	}
	if err := os.Mkdir(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	now += keeperRetry
	send(20)
	k.Clock(stream.Stamp{Time: now})
	if k.Lost() != lost {
		t.Errorf("%d lost, then %d", lost, k.Lost())
	}
	tap.Event(stream.FromA, stream.Stamp{Time: now}, stream.Event{Kind: stream.EventFIN})
	tap.Close(stream.Stamp{Time: now}, nil)
	if err := k.Close(); err != nil {
		t.Fatal(err)
	}
	found := files()
	if len(found) != 1 {
		t.Fatalf("files %v", found)
	}
	var want bytes.Buffer
	for i := range 20 {
		want.WriteString(submitPDU(uint32(1+i), strings.Repeat("y", 200)))
	}
	if r := read(t, found[0]); len(r.conns) != 1 || !bytes.Equal(r.conns[0].data[0], want.Bytes()) {
		t.Errorf("the file behind the failure has not what came then")
	}
}
