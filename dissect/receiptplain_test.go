package dissect

import (
	"math/rand/v2"
	"testing"
)

const plainText = "id:0123-aB sub:001 dlvrd:001 submit date:2611031002 done date:2611031003 stat:DELIVRD err:000 text:Hello stat:EXPIRED "

// What plain takes, parse reads alike: whatever a text is changed to.
func TestPlainReceiptIsWhatParseFinds(t *testing.T) {
	r, ok := ReadPlainReceipt([]byte(plainText))
	if !ok || string(r.ID) != "0123-aB" || string(r.SubmitDate) != "2611031002" || string(r.Stat) != "DELIVRD" || string(r.Err) != "000" {
		t.Fatalf("%v %+v", ok, r)
	}
	random := rand.New(rand.NewPCG(1, 2))
	pieces := []string{"id:", "stat:", " text:", " ", "  ", "a", "7", "-", "_", ":", "err:", " sub:", "msg", ",", "\x00", "D", "date:"}
	taken := 0
	for range 200_000 {
		b := []byte(plainText)
		for range random.IntN(3) {
			at, piece := random.IntN(len(b)), pieces[random.IntN(len(pieces))]
			b = append(b[:at:at], append([]byte(piece), b[min(at+random.IntN(12), len(b)):]...)...)
		}
		b = b[:len(b)-random.IntN(2)*random.IntN(len(b))]
		var plain, parsed receiptText
		if !plain.plain(b) {
			continue
		}
		taken++
		parsed.parse(b)
		for k := keyID; k < keyCount; k++ {
			if plain.filled(k) != parsed.filled(k) || plain.filled(k) && plain.at[k] != parsed.at[k] {
				t.Fatalf("%q: key %d at %v, parsed at %v", b, k, plain.at[k], parsed.at[k])
			}
		}
		if l := plain.layout(b); l != parsed.layout(b) || plain.isAppendixB(b) != (l == AppendixB) {
			t.Fatalf("%q: laid out as %+v, parsed %+v, appendix B: %v", b, l, parsed.layout(b), plain.isAppendixB(b))
		}
		if !parsed.opens {
			t.Fatalf("%q does not open", b)
		}
	}
	if taken < 1000 {
		t.Errorf("only %d texts were taken", taken)
	}
}

func TestPlainReceiptRefuses(t *testing.T) {
	for _, other := range []string{
		"", "id: sub:001", "id:1 stat:DELIVRD", "ID:1 sub:001",
		"id:a_b sub:001 dlvrd:001 submit date:2611031002 done date:2611031003 stat:DELIVRD err:000",
		"id:ab sub:001 dlvrd:001 submit date:261103 done date:2611031003 stat:DELIVRD err:000",
		"id:ab sub:001 dlvrd:001 submit date:2611031002 done date:2611031003 stat: err:000",
		"id:ab sub:001 dlvrd:001 submit date:2611031002 done date:2611031003 stat:DELIVRD err:000 more",
	} {
		if r, ok := ReadPlainReceipt([]byte(other)); ok {
			t.Errorf("%q: %+v", other, r)
		}
	}
}
