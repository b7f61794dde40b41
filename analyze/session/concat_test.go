package session

import (
	"math/rand/v2"
	"net/netip"
	"testing"

	"smpptap/dissect"
	"smpptap/internal/smpptest"
	"smpptap/stream"
)

func testConn(id int64, server string) *Conn {
	return &Conn{Conn: &stream.Conn{
		ID: id, SYN: true, A: netip.AddrPortFrom(netip.MustParseAddr("10.0.0.1"), uint16(id)), B: netip.MustParseAddrPort(server),
	}, Decided: true}
}

func TestAccounts(t *testing.T) {
	var accounts Accounts
	of := func(c *Conn, system string, bound bool) *Account {
		return accounts.Of(c, &Session{Conn: c, SystemID: system, BindSeen: bound})
	}
	one, two := testConn(1, "10.0.0.2:2775"), testConn(2, "10.0.0.2:2776")
	a := of(one, "acme", true)
	if of(two, "acme", true) != a || len(a.Open) != 2 || a.Name != "10.0.0.2 acme" {
		t.Errorf("%+v", a)
	}
	if of(two, "other", true) == a || of(testConn(3, "10.0.0.3:2775"), "acme", true) == a {
		t.Error("another system_id or SMSC is another account")
	}
	if u := of(one, "", false); u == of(two, "", false) || u.Name != "" {
		t.Error("without a bind a connection is alone")
	}
	swapped := testConn(4, "10.0.0.1:40000")
	swapped.A, swapped.ESME = netip.MustParseAddrPort("10.0.0.2:2775"), stream.FromB
	if of(swapped, "acme", true) != a {
		t.Error("the SMSC dialled: the account is the same")
	}
	proxied := testConn(5, "10.0.0.2:2775")
	proxied.Link = "link1"
	if l := of(proxied, "acme", true); l == a || l.Name != "link1 acme" {
		t.Error("a proxy's link is an account of its own")
	}
	if a.LostSince(dissect.ESME, 1) {
		t.Error("nothing was lost")
	}
	two.Sides[two.DirOf(dissect.ESME)].GapAt = 50
	if !a.LostSince(dissect.ESME, 50) || a.LostSince(dissect.ESME, 51) || a.LostSince(dissect.SMSC, 1) {
		t.Error("a gap of an open connection")
	}
	a.Leave(two)
	if len(a.Open) != 2 || !a.LostSince(dissect.ESME, 50) {
		t.Error("a gap of a connection that has ended")
	}
	middle := testConn(6, "10.0.0.2:2775")
	middle.SYN, middle.Opened.Time = false, 70
	of(middle, "acme", true)
	if !a.LostSince(dissect.SMSC, 70) {
		t.Error("what came before the capture is not known")
	}
}

// parts builds parts of one account's messages.
type parts struct {
	k    Concats
	acc  Account
	conn *Conn
	now  int64
	pdu  int64
}

func newParts(maximum int) *parts {
	return &parts{k: Concats{Wait: 100, Max: maximum, Keep: true}, conn: testConn(1, "10.0.0.2:2775")}
}

func (x *parts) key(ref int) ConcatKey {
	return ConcatKey{Account: &x.acc, From: dissect.ESME, Kind: dissect.ConcatUDH8, Reference: uint16(ref)}
}

func (x *parts) add(ref, total, n int, text string) Outcome {
	x.now++
	x.pdu++
	raw := smpptest.Build("submit_sm", 1, smpptest.F{"esm_class": 0x40, "short_message": string([]byte{5, 0, 3, byte(ref), byte(total), byte(n)}) + text})
	hash := uint64(0)
	for _, r := range text {
		hash = hash*31 + uint64(r)
	}
	return x.k.Add(x.key(ref), Part{
		Number: uint8(n), Total: uint8(total), PDU: x.pdu, Time: x.now, Conn: x.conn, Content: hash, Raw: raw,
	}, []byte("A"), []byte("B"))
}

func TestLongMessageText(t *testing.T) {
	x := newParts(10)
	x.add(1, 3, 2, "long ")
	x.add(1, 3, 1, "A ")
	o := x.add(1, 3, 3, "text")
	if !o.Complete || !o.Message.Complete() {
		t.Fatalf("%+v", o)
	}
	if m, whole := o.Message.Map().Read(nil); !whole || m.Text != "A long text" || m.Alphabet != dissect.AlphabetGSM {
		t.Errorf("%+v", m)
	}
	x.k.Release(o.Message)
	if m, _ := o.Message.Map().Read(nil); m != nil || x.k.kept != 0 {
		t.Errorf("%+v, %d octets kept", m, x.k.kept)
	}
	if again := x.add(1, 3, 2, "long "); !again.Repeated {
		t.Error("a part of a complete message is known")
	}
}

func TestConcatsEvict(t *testing.T) {
	x := newParts(3)
	for ref := 1; ref <= 3; ref++ {
		x.add(ref, 2, 1, "a")
	}
	x.add(1, 2, 2, "b") // complete, and the newest
	if o := x.add(4, 2, 1, "a"); !o.Evicted {
		t.Error("message 2 was evicted and not told")
	}
	if o := x.add(2, 2, 2, "b"); o.Complete {
		t.Error("message 2 was not evicted")
	}
	n := 0
	for m, over := x.k.Rest(); m != nil; m, over = x.k.Rest() {
		n++
		if over {
			t.Error("the connection is open")
		}
	}
	if n != 2 || x.k.n != 0 || x.k.first != nil || len(x.k.byKey) != 0 {
		t.Errorf("%d messages, %d left", n, x.k.n)
	}
}

func TestConcatsExpire(t *testing.T) {
	x := newParts(10)
	x.add(1, 2, 1, "a")
	x.add(2, 2, 1, "a")
	x.add(1, 2, 1, "a") // repeated: its wait begins anew
	if due := x.k.Due(); due != 102 {
		t.Errorf("due at %d", due)
	}
	if m := x.k.Expire(102); m == nil || m.Reference != 2 {
		t.Fatalf("%+v", m)
	}
	if m := x.k.Expire(102); m != nil {
		t.Errorf("%+v", m)
	}
	m := x.k.Expire(103)
	if unseen, refused := m.Missing(); len(unseen) != 1 || unseen[0] != 2 || refused != nil {
		t.Error(unseen, refused)
	}
}

// Whatever comes, the list and the table hold the same messages and keep the
// bound.
func TestConcatsStaySound(t *testing.T) {
	rnd := rand.New(rand.NewPCG(1, 2))
	x := newParts(20)
	for range 20_000 {
		ref, total := rnd.IntN(8), 1+rnd.IntN(4)
		switch rnd.IntN(10) {
		case 0:
			x.k.Impossible(x.key(ref), total, x.now)
			x.k.trim()
		case 1:
			x.k.Refused(x.key(ref), x.pdu-int64(rnd.IntN(5)), 0x58)
		case 2:
			x.now += int64(rnd.IntN(60))
			for m := x.k.Expire(x.now); m != nil; m = x.k.Expire(x.now) {
				if unseen, refused := m.Missing(); len(unseen)+len(refused) == 0 {
					t.Fatalf("nothing is missing: %+v", m)
				}
			}
		default:
			x.add(ref, total, 1+rnd.IntN(total), string(rune('a'+rnd.IntN(3))))
		}
		x.sound(t)
	}
}

func (x *parts) sound(t *testing.T) {
	t.Helper()
	listed, chained, kept := 0, 0, 0
	for m := x.k.first; m != nil; m = m.next {
		listed++
		for i := range m.Parts {
			kept += len(m.Parts[i].Raw)
		}
	}
	for _, m := range x.k.byKey {
		n := 0
		for ; m != nil; m = m.older {
			n++
		}
		if chained += n; n > maxSame {
			t.Fatalf("%d messages of one key", n)
		}
	}
	if listed != chained || listed != x.k.n || listed > x.k.Max || kept != x.k.kept {
		t.Fatalf("%d in the list, %d in the table, %d counted; %d octets, %d counted", listed, chained, x.k.n, kept, x.k.kept)
	}
}
