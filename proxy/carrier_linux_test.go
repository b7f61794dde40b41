package proxy

import (
	"bytes"
	"errors"
	"io"
	"log/slog"
	"net"
	"os"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"

	"smpptap/stream"
)

// carries is how many connections are with carriers.
func (r *rig) carries() (n int) {
	for _, c := range r.s.carriers.all {
		n += c.load() / 2
	}
	return n
}

func (r *rig) untilCarries(n int) {
	r.t.Helper()
	r.until("connections with carriers", func() bool { return r.carries() == n })
}

// A peer that takes no more makes its connection one for goroutines; what it
// was sent arrives, and the others stay with their carriers.
func TestCarrierGivesBackWhatWaits(t *testing.T) {
	r := setup(t)
	slow, slowSMSC := r.pair()
	r.untilCarries(1)
	quick, quickSMSC := r.pair()
	r.untilCarries(2)
	if len(r.s.carriers.all) != Carriers() {
		t.Errorf("%d carriers", len(r.s.carriers.all))
	}
	text := bytes.Repeat([]byte("0123456789abcdef"), 2<<20) // more than the kernel takes
	go func() {
		slow.Write(text)
		slow.CloseWrite()
	}()
	r.untilCarries(1)
	send(t, quick, "hello")
	want(t, quickSMSC, "hello")
	send(t, slowSMSC, "other way")
	want(t, slow, "other way")
	if got, err := io.ReadAll(slowSMSC); err != nil || !bytes.Equal(got, text) {
		t.Errorf("%d octets of %d, %v", len(got), len(text), err)
	}
	slowSMSC.Close()
	if told := r.told(0); told.octets[stream.FromA].String() != string(text) || told.reason != nil {
		t.Errorf("told %d octets, %v", told.octets[stream.FromA].Len(), told.reason)
	}
	r.untilCarries(1)
}

// However a connection ends that a carrier relays, its ends see it in kind, and
// what came before it.
func TestCarrierEnds(t *testing.T) {
	for _, x := range []struct {
		name string
		end  func(r *rig, client *net.TCPConn)
		want error // that the SMSC sees
	}{
		{"FIN", func(_ *rig, client *net.TCPConn) { client.Close() }, nil},
		{"RST", func(_ *rig, client *net.TCPConn) { reset(client) }, syscall.ECONNRESET},
		{"stop", func(r *rig, _ *net.TCPConn) { r.stop() }, nil},
		{"kill", func(r *rig, _ *net.TCPConn) { r.s.Kill() }, nil},
	} {
		t.Run(x.name, func(t *testing.T) {
			r := setup(t)
			client, smsc := r.pair()
			r.untilCarries(1)
			send(t, smsc, "hello")
			want(t, client, "hello")
			send(t, client, "last words")
			want(t, smsc, "last words")
			x.end(r, client)
			if err := wantEnd(t, smsc, ""); !errors.Is(err, x.want) {
				t.Errorf("the SMSC sees %v", err)
			}
			smsc.Close()
			told := r.told(0)
			if a, b := told.octets[0].String(), told.octets[1].String(); a != "last words" || b != "hello" {
				t.Errorf("told %q and %q", a, b)
			}
			r.untilCarries(0)
		})
	}
}

// A bug that a carrier hits closes the connection that it was relaying.
func TestPanicInCarrier(t *testing.T) {
	log := &logText{}
	r := &relay{s: &Server{carriers: &carriers{}}, log: slog.New(slog.NewTextHandler(log, nil))} // no link: it cannot count
	var peers [2]*net.TCPConn
	for dir := range peers {
		r.ends[dir].tcp, peers[dir] = tcpEnds(t)
		r.ends[dir].rw = r.ends[dir].tcp
	}
	x := &carried{r: r}
	if !x.leaveNet(nil) {
		t.Fatal("not taken from the poller")
	}
	send(t, peers[stream.FromA], "x")
	for goesOn := true; goesOn; { // until it is there
		_, goesOn = x.pass(stream.FromA, make([]byte, 1))
	}
	x.backToNet()
	if err := wantEnd(t, peers[stream.FromB], ""); err != nil {
		t.Error(err)
	}
	if !strings.Contains(log.String(), "panic in the relay") {
		t.Errorf("log: %s", log)
	}
}

// Connections come back when there is no descriptor, more of them than there
// are spare ones.
func TestCarrierWithoutDescriptors(t *testing.T) {
	r := setup(t)
	const pairs = 3 * spareDescriptors
	var client, smsc [pairs]*net.TCPConn
	for i := range pairs {
		client[i], smsc[i] = r.pair()
	}
	r.untilCarries(pairs)
	noDescriptors(t)
	for i := range pairs {
		send(t, client[i], "hello")
		want(t, smsc[i], "hello") // that needs none
		client[i].CloseWrite()
	}
	for i := range pairs {
		if err := wantEnd(t, smsc[i], ""); err != nil {
			t.Error(err)
		}
		send(t, smsc[i], "bye")
		want(t, client[i], "bye")
	}
	r.untilCarries(0)
}

// Without spare ones they wait for one that somebody else gives up.
func TestCarrierWaitsForDescriptor(t *testing.T) {
	r := setup(t)
	client, smsc := r.pair()
	r.untilCarries(1)
	closeAll(r.s.carriers.spare.all)
	r.s.carriers.spare.all = nil
	restore := noDescriptors(t)
	client.CloseWrite()
	r.untilCarries(0)
	restore()
	if err := wantEnd(t, smsc, ""); err != nil {
		t.Error(err)
	}
	send(t, smsc, "bye")
	want(t, client, "bye")
}

// noDescriptors takes away all that the process may still open.
func noDescriptors(t *testing.T) (restore func()) {
	var was unix.Rlimit
	if err := unix.Getrlimit(unix.RLIMIT_NOFILE, &was); err != nil {
		t.Fatal(err)
	}
	open, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		t.Fatal(err)
	}
	last := 0
	for _, f := range open {
		fd, _ := strconv.Atoi(f.Name())
		last = max(last, fd)
	}
	if err := unix.Setrlimit(unix.RLIMIT_NOFILE, &unix.Rlimit{Cur: uint64(last + 1), Max: was.Max}); err != nil {
		t.Fatal(err)
	}
	var taken []int
	for {
		fd, err := unix.FcntlInt(0, unix.F_DUPFD_CLOEXEC, 0)
		if err != nil {
			break
		}
		taken = append(taken, fd)
	}
	restore = func() {
		unix.Setrlimit(unix.RLIMIT_NOFILE, &was)
		closeAll(taken)
		taken = nil
	}
	t.Cleanup(restore)
	return restore
}

// A word that a connection be given back may come when it has been, and when
// another one has its descriptors' numbers. That one is not touched.
func TestCarrierRecallsLate(t *testing.T) {
	c := &carrier{ends: make(map[int32]carriedEnd)}
	if err := c.open(); err != nil {
		t.Fatal(err)
	}
	defer c.release()
	fds, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_STREAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer closeAll(fds[:])
	old := &carried{fds: fds, done: make(chan struct{})}
	if !c.take(old) {
		t.Fatal("not taken")
	}
	c.giveBack(old)
	next := &carried{fds: fds, done: make(chan struct{})}
	if !c.take(next) {
		t.Fatal("not taken")
	}
	c.recall(old)
	c.told()
	if c.load() != 2 {
		t.Error("another connection was given back")
	}
	c.recall(next)
	c.told()
	<-next.done
}
