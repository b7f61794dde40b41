package proxy

import (
	"bytes"
	"runtime"
	"sync/atomic"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// A carrier looks for more without sleeping when one connection's octets come
// quickly, and only then.
func TestLone(t *testing.T) {
	one := func(fd int32) []unix.EpollEvent { return []unix.EpollEvent{{Events: unix.EPOLLIN, Fd: fd}} }
	for _, x := range []struct {
		name string
		then func(*lone)
		want bool
	}{
		{"one connection", func(*lone) {}, true},
		{"an end that speaks twice", func(l *lone) { l.saw(one(5)); l.saw(one(5)); l.saw(one(6)) }, true},
		{"another connection", func(l *lone) { l.saw(one(7)) }, false},
		{"two at once", func(l *lone) { l.saw(append(one(5), one(6)...)) }, false},
		{"nothing, told by a signal", func(l *lone) { l.saw(nil) }, false},
		{"a gap", func(l *lone) { l.at = l.at.Add(-pollTime); l.saw(one(5)) }, false},
		{"another carrier", func(l *lone) { l.busy.Store(&lone{}); l.saw(one(5)) }, false},
		{"the only processor", func(l *lone) { *l = lone{} }, false},
	} {
		l := lone{busy: new(atomic.Pointer[lone])}
		for i := range int32(4 * pollBehind) {
			l.at = time.Now() // however slow this machine is
			l.saw(one(5 + i%2))
		}
		l.at = time.Now()
		x.then(&l)
		if got := l.quick >= pollBehind; got != x.want {
			t.Errorf("%s: %v", x.name, got)
		}
	}
}

// It finds what is there, and sleeps when nothing comes.
func TestLonePolls(t *testing.T) {
	c := &carrier{ends: map[int32]carriedEnd{}}
	if err := c.open(); err != nil {
		t.Fatal(err)
	}
	defer c.release()
	events := make([]unix.EpollEvent, 4)
	c.wake()
	l := lone{busy: new(atomic.Pointer[lone])}
	if n := l.poll(c.epoll, events); n != 0 {
		t.Errorf("%d events for who need not look", n)
	}
	l.quick = pollBehind
	if n := l.poll(c.epoll, events); n != 1 || int(events[0].Fd) != c.event {
		t.Errorf("%d events, the first of %d", n, events[0].Fd)
	}
	if n := l.poll(c.epoll, events); n != 0 || l.quick != 0 {
		t.Errorf("%d events, %d quick ones, after nothing came", n, l.quick)
	}
}

// Carriers that wait without Go's scheduler do not keep the collector waiting.
func TestCarriersHeedTheCollector(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(9)) // one more than carriers
	r := setup(t)
	if !r.s.carriers.all[0].keepsP {
		t.Fatal("they wait with it")
	}
	client, smsc := r.pair()
	r.untilCarries(1)
	for range 50 {
		send(t, client, "x")
		want(t, smsc, "x")
		runtime.GC()
	}
}

// More than one read takes is told again.
func TestCarrierReadsOn(t *testing.T) {
	r := setup(t)
	client, smsc := r.pair()
	r.untilCarries(1)
	text := bytes.Repeat([]byte("0123456789abcdef"), bigBuffer/4)
	go client.Write(text)
	want(t, smsc, string(text))
	send(t, smsc, "hello")
	want(t, client, "hello")
}

// Nobody urges in SMPP; who does is not kept waiting.
func TestCarrierUrgentData(t *testing.T) {
	r := setup(t)
	client, smsc := r.pair()
	r.untilCarries(1)
	raw, err := client.SyscallConn()
	if err != nil {
		t.Fatal(err)
	}
	send(t, client, "before ")
	if cerr := raw.Control(func(fd uintptr) { err = unix.Send(int(fd), []byte("!"), unix.MSG_OOB) }); err != nil || cerr != nil {
		t.Fatal(err, cerr)
	}
	send(t, client, "after")
	want(t, smsc, "before after")
	r.untilCarries(0)
}
