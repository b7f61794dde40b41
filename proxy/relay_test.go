package proxy

import (
	"errors"
	"slices"
	"strings"
	"syscall"
	"testing"

	"smpptap/stream"
)

// events checks what a tap was told beside octets.
func (t *recorded) wants(tt *testing.T, a, b []stream.EventKind, reason error) {
	tt.Helper()
	if !slices.Equal(t.events[0], a) || !slices.Equal(t.events[1], b) || !errors.Is(t.reason, reason) {
		tt.Errorf("events %v and %v, reason %v; want %v, %v, %v", t.events[0], t.events[1], t.reason, a, b, reason)
	}
}

var (
	fin    = []stream.EventKind{stream.EventFIN}
	rst    = []stream.EventKind{stream.EventRST}
	finRST = []stream.EventKind{stream.EventFIN, stream.EventRST}
)

func TestHalfCloseByClient(t *testing.T) {
	r := setup(t)
	client, smsc := r.pair()
	send(t, client, "hello")
	client.CloseWrite()
	if err := wantEnd(t, smsc, "hello"); err != nil {
		t.Fatal(err)
	}
	for range 100 {
		send(t, smsc, "more")
		want(t, client, "more")
	}
	smsc.CloseWrite()
	if err := wantEnd(t, client, ""); err != nil {
		t.Fatal(err)
	}
	told := r.told(0)
	told.wants(t, fin, fin, nil)
	if told.octets[0].String() != "hello" || told.octets[1].String() != strings.Repeat("more", 100) {
		t.Errorf("octets: %q and %q", &told.octets[0], &told.octets[1])
	}
	c := told.conn
	if c.ID != 1 || c.Link != "one" || c.A != addrPort(client.LocalAddr()) || c.B != addrPort(r.smsc.Addr()) ||
		!c.SYN || !c.Expected || c.TLS != "none" || c.Opened.Time == 0 {
		t.Errorf("conn: %+v", c)
	}
}

func TestHalfCloseBySMSC(t *testing.T) {
	r := setup(t)
	client, smsc := r.pair()
	send(t, smsc, "bye")
	smsc.CloseWrite()
	if err := wantEnd(t, client, "bye"); err != nil {
		t.Fatal(err)
	}
	send(t, client, "last")
	want(t, smsc, "last")
	client.Close()
	if err := wantEnd(t, smsc, ""); err != nil {
		t.Fatal(err)
	}
	r.told(0).wants(t, fin, fin, nil)
}

func TestReset(t *testing.T) {
	r := setup(t)
	client, smsc := r.pair()
	send(t, client, "hello")
	want(t, smsc, "hello")
	client.SetLinger(0)
	client.Close()
	if err := wantEnd(t, smsc, ""); !errors.Is(err, syscall.ECONNRESET) {
		t.Errorf("the SMSC sees %v", err)
	}
	r.told(0).wants(t, rst, nil, nil)

	client, smsc = r.pair()
	send(t, smsc, "hello")
	want(t, client, "hello")
	smsc.SetLinger(0)
	smsc.Close()
	if err := wantEnd(t, client, ""); !errors.Is(err, syscall.ECONNRESET) {
		t.Errorf("the client sees %v", err)
	}
	r.told(1).wants(t, nil, rst, nil)
	r.idle()
}

// After its FIN a client that closed its socket answers octets with a RST; the
// SMSC must see that although nobody reads from the client any more.
func TestResetAfterFIN(t *testing.T) {
	r := setup(t)
	client, smsc := r.pair()
	client.Close()
	if err := wantEnd(t, smsc, ""); err != nil {
		t.Fatal(err)
	}
	send(t, smsc, "into the void")
	r.told(0).wants(t, finRST, nil, nil)
	smsc.SetLinger(0)
	if _, err := smsc.Write([]byte("x")); !errors.Is(err, syscall.ECONNRESET) && !errors.Is(err, syscall.EPIPE) {
		t.Errorf("the SMSC's write gives %v", err)
	}
}
