package dissect

import "bytes"

// PlainReceipt is what the text of a receipt says. The slices are views.
type PlainReceipt struct {
	ID, SubmitDate, Stat, Err []byte
	Layout                    ReceiptLayout
}

// ReadPlainReceipt reads a text that is laid out as in v3.4 appendix B, letter
// for letter and with an id and a state, which most receipts are; false: it is
// not. ReadMessage finds the same in such a text, and reads all others.
func ReadPlainReceipt(b []byte) (r PlainReceipt, ok bool) {
	var t receiptText
	if !t.plain(b) {
		return r, false
	}
	value := func(k receiptKey) []byte {
		v := t.at[k]
		return b[v.off:v.end:v.end]
	}
	r = PlainReceipt{value(keyID), value(keySubmitDate), value(keyStat), value(keyErr), AppendixB}
	if !t.isAppendixB(b) {
		r.Layout = t.layout(b)
	}
	return r, true
}

// plainKeys are the keys of appendix B as it writes them, in its order, as far
// as a word follows.
var plainKeys = [...]struct {
	word string
	key  receiptKey
}{
	{"id:", keyID}, {" sub:", keySub}, {" dlvrd:", keyDlvrd}, {" submit date:", keySubmitDate},
	{" done date:", keyDoneDate}, {" stat:", keyStat}, {" err:", keyErr},
}

// plain reads such a text at a third of the cost of parse, which finds the
// same: each value is one word of letters, figures and hyphens, so that no
// other key can begin in it.
func (r *receiptText) plain(b []byte) bool {
	i := 0
	for k := range plainKeys {
		k := &plainKeys[k]
		if len(b)-i < len(k.word) || string(b[i:i+len(k.word)]) != k.word {
			return false
		}
		i += len(k.word)
		end := plainWord(b, i)
		r.put(k.key, i, end)
		i = end
	}
	date := b[r.at[keySubmitDate].off:r.at[keySubmitDate].end]
	if !r.filled(keyID) || !r.filled(keyStat) || len(date) < 10 || !areDigits(date) {
		return false
	}
	rest := b[i:]
	if len(rest) > 0 && !bytes.HasPrefix(rest, []byte(" text:")) && !bytes.HasPrefix(rest, []byte(" Text:")) {
		return false
	}
	if len(rest) > 0 {
		r.seen[keyText] = true
		r.putText(b, i+len(" text:"), len(b))
	}
	r.opens = true
	return true
}

// plainWord is where a word ends.
func plainWord(b []byte, i int) int {
	for i < len(b) && (isDigit(b[i]) || isLetter(b[i]) || b[i] == '-') {
		i++
	}
	return i
}
