package dissect

import "bytes"

// ReceiptLayout is how the text of a receipt is laid out, to hold it against
// v3.4 appendix B. The zero value is that of no text.
type ReceiptLayout struct {
	Has   LayoutKeys // with a value; of text: at all
	Spelt LayoutKeys // of these, in another spelling than the appendix's
	// Characters of the values; 0: none, OtherForm: they are not figures alone.
	Sub, Dlvrd, SubmitDate, DoneDate, Err uint8
}

// OtherForm is the width of a value that is not figures alone.
const OtherForm = 0xFF

// LayoutKeys is a set of keys.
type LayoutKeys uint8

// The keys of appendix B.
const (
	LayoutID LayoutKeys = 1 << iota
	LayoutSub
	LayoutDlvrd
	LayoutSubmitDate
	LayoutDoneDate
	LayoutStat
	LayoutErr
	LayoutText
)

// LayoutKeyNames are the keys as the appendix writes them, by bit.
var LayoutKeyNames = [...]string{"id", "sub", "dlvrd", "submit date", "done date", "stat", "err", "text"}

// AppendixB is the layout of the appendix.
var AppendixB = ReceiptLayout{Has: 0xFF, Sub: 3, Dlvrd: 3, SubmitDate: 10, DoneDate: 10, Err: 3}

// isAppendixB tells that a text of which all keys stand in their order has the
// appendix's widths, which layout would find as well.
func (r *receiptText) isAppendixB(b []byte) bool {
	l := &AppendixB
	wide := func(k receiptKey, n uint8) bool { return r.at[k].end-r.at[k].off == int32(n) }
	if !wide(keySubmitDate, l.SubmitDate) || !wide(keyDoneDate, l.DoneDate) || !wide(keySub, l.Sub) ||
		!wide(keyDlvrd, l.Dlvrd) || !wide(keyErr, l.Err) || !r.seen[keyText] {
		return false
	}
	for _, k := range [...]receiptKey{keySubmitDate, keyDoneDate, keySub, keyDlvrd, keyErr} {
		if !areDigits(b[r.at[k].off:r.at[k].end]) {
			return false
		}
	}
	return true
}

// layout tells how the text in b is laid out.
func (r *receiptText) layout(b []byte) (l ReceiptLayout) {
	for i := range LayoutKeyNames {
		if r.filled(keyID + receiptKey(i)) {
			l.Has |= 1 << i
		}
	}
	if r.seen[keyText] {
		l.Has |= LayoutText
	}
	l.Sub, l.Dlvrd = r.width(b, keySub), r.width(b, keyDlvrd)
	l.SubmitDate, l.DoneDate = r.width(b, keySubmitDate), r.width(b, keyDoneDate)
	l.Err = r.width(b, keyErr)
	return l
}

func (r *receiptText) width(b []byte, k receiptKey) uint8 {
	v := r.at[k]
	switch {
	case v.off == v.end:
		return 0
	case !areDigits(b[v.off:v.end]) || v.end-v.off >= OtherForm:
		return OtherForm
	}
	return uint8(v.end - v.off)
}

// spelt tells which keys stand in another spelling than appendix B's. Its own
// Text begins with a capital in one place.
func (l *ReceiptLayout) spelt(b []byte) {
	b = b[:min(len(b), maxReceipt)]
	for i, name := range LayoutKeyNames {
		k := LayoutKeys(1) << i
		if l.Has&k == 0 || k == LayoutText {
			continue
		}
		if !bytes.Contains(b, []byte(name+":")) {
			l.Spelt |= k
		}
	}
}
