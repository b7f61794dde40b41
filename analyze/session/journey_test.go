package session

import (
	"fmt"
	"math/rand/v2"
	"runtime"
	"strings"
	"testing"
)

// learned is an account's that writes ids in one way.
func learned(f Family) *Writing {
	w := new(Writing)
	w.n[f], w.total = pairsLearned, pairsLearned
	return w
}

func TestRelate(t *testing.T) {
	for _, c := range []struct {
		response, receipt string
		want              Relation
	}{
		{"77", "77", RelationEqual},
		{"2F7A10", "2f7a10", RelationCase},
		{"0000004d", "4D", RelationZeros},
		{"2F7A10", "3111440", RelationHexToDec},
		{"ABCDE0", "0011259360", RelationHexToDec},
		{"11259375", "abcdef", RelationDecToHex},
		{"812FC7470000001B", "9308878062554710043", RelationHexToDec},
		{"ffffffffffffffffffffffffffffffff", "340282366920938463463374607431768211455", RelationHexToDec},
		{"10", "16", RelationHexToDec},
		{"0", "00", RelationZeros},
		{"", "", RelationEqual},
		{"77", "78", RelationNone},
		{"x77", "77", RelationNone},
		{"7f3c2a10-5b1d", "7F3C2A10-5B1D", RelationCase},
		{"7f3c2a10-5b1d-4e0f-9c8a-0123456789ab", "7F3C2A10-5B1D-4e0f-9c8a-0123456789ab", RelationCase},
		{"a message id of more than thirty-six octets", "a message id of more than thirty-six octets", RelationEqual},
		{strings.Repeat("f", 64), strings.Repeat("F", 64), RelationCase},
		{strings.Repeat("f", 50), "1606938044258990275541962092341162602522202993782792835301375", RelationHexToDec},
		{"1606938044258990275541962092341162602522202993782792835301375", strings.Repeat("F", 50), RelationDecToHex},
	} {
		if got := Relate([]byte(c.response), []byte(c.receipt)); got != c.want {
			t.Errorf("%s, %s: %d, want %d", c.response, c.receipt, got, c.want)
		}
		if c.want == RelationNone || c.response == "" {
			continue
		}
		var j Journeys
		acc := &Account{ID: 1}
		accept(&j, acc, []byte(c.response), true)
		w := learned(c.want.Family())
		if m, r, _ := j.Find(acc, []byte(c.receipt), w); m == nil || r != c.want {
			t.Errorf("%s is not found under %s", c.response, c.receipt)
		}
		if m, _, _ := j.Find(&Account{ID: 2}, []byte(c.receipt), w); m != nil {
			t.Errorf("%s is found in another account", c.receipt)
		}
		held, old, _ := j.Hold(acc, []byte(c.receipt))
		if again, same, _ := j.Hold(acc, []byte(c.receipt)); old || !same || again != held {
			t.Errorf("%s is held twice", c.receipt)
		}
		if h := j.Held(acc, []byte(c.response), w); h != held {
			t.Errorf("%s held is not found by %s", c.receipt, c.response)
		}
		j.Release(held)
		if h := j.Held(acc, []byte(c.response), w); h != nil || j.OldestHeld() != nil {
			t.Errorf("%s is held after its release", c.receipt)
		}
	}
	if !RelationHexToDec.Ambiguous([]byte("10"), []byte("16")) || RelationHexToDec.Ambiguous([]byte("1A"), []byte("26")) ||
		RelationEqual.Ambiguous([]byte("10"), []byte("10")) {
		t.Error("ambiguous")
	}
}

// TestIndex holds the table against a map while entries come and go.
func TestIndex(t *testing.T) {
	j := Journeys{MaxWaiting: 500}
	acc := &Account{ID: 3}
	plain := learned(FamilyPlain)
	known := map[string]bool{}
	j.Dropped = func(m *Journey) { delete(known, string(j.ID(m))) }
	r := rand.New(rand.NewPCG(1, 2))
	for range 20_000 {
		id := fmt.Sprintf("%x", r.IntN(900))
		m, _ := accept(&j, acc, []byte(id), r.IntN(4) > 0)
		known[id] = true
		if r.IntN(3) == 0 {
			j.Settle(m)
		}
	}
	for i := range 900 {
		id := fmt.Sprintf("%x", i)
		if m, rel, _ := j.Find(acc, []byte(id), plain); (m != nil && rel == RelationEqual) != known[id] {
			t.Errorf("%s: found %v, known %v", id, m != nil, known[id])
		}
	}
	if j.ids.index.n != len(known) || j.Waiting() > 500 {
		t.Errorf("%d keys for %d messages", j.ids.index.n, len(known))
	}
}

func TestJourneysBounded(t *testing.T) {
	var j Journeys
	acc := &Account{ID: 1}
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	gone := 0
	for i := range 400_000 {
		if _, e := accept(&j, acc, fmt.Appendf(nil, "%08x", 0x2F7A1000+i), true); e != nil {
			gone++
		}
	}
	for i := range 2 * maxHeld {
		j.Hold(acc, fmt.Appendf(nil, "z%d", i))
	}
	runtime.GC()
	runtime.ReadMemStats(&after)
	if j.Waiting() != MaxWaiting || gone != 400_000-MaxWaiting || j.held.ids.lists[0].n != maxHeld {
		t.Errorf("%d wait, %d dropped", j.Waiting(), gone)
	}
	if m, _, _ := j.Find(acc, fmt.Appendf(nil, "%d", 0x2F7A1000+399_999), learned(FamilyHexToDec)); m == nil {
		t.Error("the newest is lost")
	}
	mib := int64(after.HeapAlloc-before.HeapAlloc) >> 20
	t.Logf("%d MiB for %d messages", mib, MaxWaiting)
	if mib > 30 {
		t.Errorf("%d MiB", mib)
	}
}

// BenchmarkJourney is a message until its receipt, in a full table.
func BenchmarkJourney(b *testing.B) {
	for _, full := range []int{1000, 1_000_000} {
		b.Run(fmt.Sprint(full), func(b *testing.B) {
			var j Journeys
			acc := &Account{ID: 1}
			buf := make([]byte, 0, 16)
			n := 0
			id := func(n int) []byte { return fmt.Appendf(buf[:0], "%08x", 0x2F7A1000+n) }
			for ; n < full; n++ {
				accept(&j, acc, id(n), true)
			}
			b.ReportAllocs()
			for b.Loop() {
				accept(&j, acc, id(n), true)
				n++
				m, _, _ := j.Find(acc, id(n-500), new(Writing))
				j.Settle(m)
			}
		})
	}
}

// A million messages wait where the user allows it, at what each costs.
func TestMillionJourneys(t *testing.T) {
	const messages = 1_000_000
	j := Journeys{MaxWaiting: messages}
	acc := &Account{ID: 1}
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	for i := range messages {
		if _, e := accept(&j, acc, fmt.Appendf(nil, "%08x", 0x2F7A1000+i), true); e != nil {
			t.Fatalf("message %d drops another", i)
		}
	}
	runtime.GC()
	runtime.ReadMemStats(&after)
	each := int64(after.HeapAlloc-before.HeapAlloc) / messages
	t.Logf("%d octets a message", each)
	if each > 200 {
		t.Errorf("%d octets a message", each)
	}
	for _, i := range [...]int{0, messages - 1} {
		if m, _, _ := j.Find(acc, fmt.Appendf(nil, "%08x", 0x2F7A1000+i), learned(FamilyPlain)); m == nil {
			t.Errorf("message %d is lost", i)
		}
	}
}

// TestToldIsFreed: what is known of a receipt goes with its message, and its
// place serves another.
func TestToldIsFreed(t *testing.T) {
	j := Journeys{MaxWaiting: 3}
	a := &Account{ID: 1}
	for i := range 5000 {
		m, _ := accept(&j, a, fmt.Appendf(nil, "%08d", i), true)
		if got := j.Told(m); got != nil {
			t.Fatalf("message %d begins with the receipt %+v", i, *got)
		}
		j.Tell(m, Told{Receipt: int64(i)})
		j.Tell(m, Told{Receipt: int64(i), ReceiptAt: 7})
		if got := j.Told(m); got.Receipt != int64(i) || got.ReceiptAt != 7 {
			t.Fatalf("message %d has the receipt %+v", i, *got)
		}
	}
	if len(j.told) != 1 || len(j.untold) != slabPage-3 {
		t.Errorf("%d pages, %d places free; want 1, %d", len(j.told), len(j.untold), slabPage-3)
	}
}

func accept(j *Journeys, a *Account, id []byte, asks bool) (m *Journey, evicted *Account) {
	return j.Accept(a, id, HashID(id), asks)
}
