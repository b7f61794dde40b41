package proxy

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	"hash"
	"io"
	"math/rand/v2"
	"net"
	"sync"
	"syscall"
	"testing"

	"smpptap/internal/smpptest"
	"smpptap/stream"
)

const (
	bulkPDUs  = 2_000_000 // of all connections and both directions
	bulkConns = 40
)

// traffic makes PDUs of a seed, always the same.
type traffic struct {
	rnd  *rand.Rand
	pool [][]byte
	left int
	buf  []byte
}

func newTraffic(seed uint64, pdus int) *traffic {
	t := &traffic{rnd: rand.New(rand.NewPCG(seed, 0)), left: pdus}
	for i := range uint32(16) {
		t.pool = append(t.pool,
			smpptest.Build("enquire_link", i, nil),
			smpptest.Build("submit_sm_resp", i, smpptest.F{"message_id": fmt.Sprint(i * 7919)}),
			smpptest.Build("submit_sm", i, smpptest.F{"destination_addr": "919812345678", "short_message": "hello " + fmt.Sprint(i)}))
	}
	return t
}

// Read gives what comes next.
func (t *traffic) Read(p []byte) (int, error) {
	for len(t.buf) < len(p) && t.left > 0 {
		t.buf = append(t.buf, t.pool[t.rnd.IntN(len(t.pool))]...)
		t.left--
	}
	if len(t.buf) == 0 {
		return 0, io.EOF
	}
	n := copy(p, t.buf)
	t.buf = append(t.buf[:0], t.buf[n:]...)
	return n, nil
}

// pour writes all of t in segments of random sizes and gives its hash.
func pour(t *traffic, to io.Writer, rnd *rand.Rand) ([]byte, error) {
	h := sha256.New()
	buf := make([]byte, 128<<10)
	for {
		size := 1 + rnd.IntN(4<<10)
		switch rnd.IntN(16) {
		case 0:
			size = 1
		case 1:
			size = len(buf)
		}
		n, err := t.Read(buf[:size])
		if n > 0 {
			h.Write(buf[:n])
			if _, err := to.Write(buf[:n]); err != nil {
				return nil, err
			}
		}
		if err != nil {
			return h.Sum(nil), nil
		}
	}
}

// hashes is a Handler that hashes what it hears.
type hashes struct {
	mu   sync.Mutex
	taps map[string]*hashTap // by the client's address
}

type hashTap struct {
	h      [2]hash.Hash
	events [2][]stream.EventKind
	closed chan struct{}
}

func (h *hashes) Notice(stream.Notice) {}

func (h *hashes) Open(c *stream.Conn) stream.Tap { return h.of(c.A.String()) }

func (h *hashes) of(client string) *hashTap {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.taps[client] == nil {
		h.taps[client] = &hashTap{h: [2]hash.Hash{sha256.New(), sha256.New()}, closed: make(chan struct{})}
	}
	return h.taps[client]
}

func (t *hashTap) Data(dir stream.Dir, _ stream.Stamp, p []byte) { t.h[dir].Write(p) }
func (t *hashTap) Gap(stream.Dir, stream.Stamp, int64)           { panic("a gap") }
func (t *hashTap) Close(stream.Stamp, error)                     { close(t.closed) }
func (t *hashTap) Event(dir stream.Dir, _ stream.Stamp, e stream.Event) {
	if e.Kind != stream.EventSeen {
		t.events[dir] = append(t.events[dir], e.Kind)
	}
}

// What one end sent is what the other end and the tap got, by SHA-256, however
// it was cut into segments and however the connection ended.
func TestOctetsEqual(t *testing.T) {
	h := &hashes{taps: map[string]*hashTap{}}
	r := setupWith(t, h)
	var all sync.WaitGroup
	for i := range uint64(bulkConns) {
		client, smsc := r.pair()
		all.Go(func() {
			if err := exchange(client, smsc, i, h.of(client.LocalAddr().String())); err != nil {
				t.Errorf("connection %d: %v", i, err)
			}
		})
	}
	all.Wait()
	r.idle()
	var total int64
	for dir := range 2 {
		total += r.s.Stats()[0].Octets[dir]
		if n := r.s.Stats()[0].Undelivered[dir]; n != 0 {
			t.Errorf("%d octets undelivered", n)
		}
	}
	t.Logf("%d PDUs, %d octets", bulkPDUs, total)
}

// exchange runs both directions of a connection to their end. ends says how:
// each end sends FIN when it has sent all, or all was received and one end
// resets.
func exchange(client, smsc *net.TCPConn, seed uint64, tap *hashTap) error {
	const pdus = bulkPDUs / bulkConns / 2
	ends := seed % 4
	fins := ends < 2
	type sum struct {
		sent, got []byte
		err       error
	}
	var sums [2]sum
	run := func(s *sum, from, to *net.TCPConn, seed uint64) {
		var both sync.WaitGroup
		defer both.Wait()
		both.Go(func() {
			var err error
			if s.sent, err = pour(newTraffic(seed, pdus), from, rand.New(rand.NewPCG(seed, 1))); err != nil {
				s.err = err
			}
			if fins {
				from.CloseWrite()
			}
		})
		got := sha256.New()
		var err error
		if fins {
			_, err = io.Copy(got, to)
		} else {
			_, err = io.CopyN(got, to, size(newTraffic(seed, pdus)))
		}
		if s.got = got.Sum(nil); err != nil {
			s.err = err
		}
	}
	var both sync.WaitGroup
	both.Go(func() { run(&sums[0], client, smsc, 2*seed) })
	both.Go(func() { run(&sums[1], smsc, client, 2*seed+1) })
	both.Wait()
	if !fins {
		by, other := client, smsc
		if ends == 3 {
			by, other = smsc, client
		}
		by.SetLinger(0)
		by.Close()
		if _, err := other.Read(make([]byte, 1)); !errors.Is(err, syscall.ECONNRESET) {
			return fmt.Errorf("the other end sees %v", err)
		}
	}
	<-tap.closed
	for dir, s := range sums {
		if s.err != nil {
			return s.err
		}
		if !bytes.Equal(s.sent, s.got) || !bytes.Equal(s.sent, tap.h[dir].Sum(nil)) {
			return fmt.Errorf("direction %d: sent %x, got %x, heard %x", dir, s.sent, s.got, tap.h[dir].Sum(nil))
		}
	}
	wants := [][2]int{{1, 1}, {1, 1}, {1, 0}, {0, 1}}[ends]
	if len(tap.events[0]) != wants[0] || len(tap.events[1]) != wants[1] {
		return fmt.Errorf("events %v", tap.events)
	}
	return nil
}

func size(t *traffic) int64 {
	n, _ := io.Copy(io.Discard, t)
	return n
}

// A reset in the middle: what arrived is a beginning of what was sent, and not
// less than what was acknowledged before.
func TestResetInTheMiddle(t *testing.T) {
	r := setup(t)
	for i := range uint64(20) {
		client, smsc := r.pair()
		all, _ := io.ReadAll(newTraffic(i, 20_000))
		from, to := client, smsc
		if i%2 == 1 {
			from, to = smsc, client
		}
		sent := make(chan int)
		go func() {
			n, _ := from.Write(all)
			sent <- n
		}()
		got := make([]byte, 100_000+int(i)*1000)
		if _, err := io.ReadFull(to, got); err != nil {
			t.Fatal(err)
		}
		if i%4 < 2 { // the receiver resets
			to.SetLinger(0)
			to.Close()
		} else {
			from.SetLinger(0)
			from.Close()
			rest, err := io.ReadAll(to)
			if got = append(got, rest...); !errors.Is(err, syscall.ECONNRESET) {
				t.Errorf("%d: ended by %v", i, err)
			}
		}
		<-sent
		if !bytes.HasPrefix(all, got) {
			t.Errorf("%d: %d octets are no beginning of what was sent", i, len(got))
		}
		told := r.told(int(i))
		if heard := told.octets[i%2].String(); !bytes.HasPrefix(all, []byte(heard)) || len(heard) < len(got) {
			t.Errorf("%d: heard %d octets, %d arrived", i, len(heard), len(got))
		}
		by := 1 - i%2
		if i%4 >= 2 {
			by = i % 2
		}
		var ends [2][]stream.EventKind
		ends[by] = rst
		told.wants(t, ends[0], ends[1], nil)
	}
}
