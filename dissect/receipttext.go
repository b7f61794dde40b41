package dissect

import (
	"bytes"
	"encoding/binary"
)

// The text of a receipt, v3.4 appendix B:
//
//	id:I sub:S dlvrd:D submit date:Y done date:Y stat:X err:E text:T
//
// is what the appendix calls an example, and every provider writes its own. The
// grammar here takes the keys in any order, case and spelling, with or without
// blanks between them, and any of them missing.

// receiptKey is a key of the text.
type receiptKey uint8

const (
	keyNone receiptKey = iota
	keyID
	keySub
	keyDlvrd
	keySubmitDate
	keyDoneDate
	keyStat
	keyErr
	keyText
	keyCount
)

// receiptText is where the values stand; equal offsets: empty or not there.
type receiptText struct {
	at   [keyCount]struct{ off, end int32 }
	seen [keyCount]bool
	// opens: the text begins with a key.
	opens bool
}

// maxReceipt bounds what is read of a text: with all keys a receipt has some
// 150 octets, and 64 KiB fit in message_payload.
const maxReceipt = 4096

// findReceipt reads the text of a receipt. Where esm_class says that it is one,
// an id or a state is enough. Otherwise a person may have written it ("id: my
// name"): then it must begin with a key, have id and state, and the state be a
// word that is known or have one of the other fields beside it.
func findReceipt(b []byte, flagged bool) (r receiptText, ok bool) {
	b = b[:min(len(b), maxReceipt)]
	end := len(b)
	for end > 0 && b[end-1] == 0 { // a C string's NUL, or several
		end--
	}
	b = b[:end]
	if !flagged && !opensWithKey(b) {
		return r, false
	}
	if !r.plain(b) {
		r = receiptText{}
		r.parse(plusAsBlank(b))
	}
	id, stat := r.filled(keyID), r.filled(keyStat)
	if flagged {
		return r, id || stat
	}
	return r, id && stat && r.opens && (isState(b[r.at[keyStat].off:r.at[keyStat].end]) || r.hasFigures(b))
}

// plusAsBlank is the text of those who write + for each blank, as in a URL. An id
// may hold one, so only what parts the first value from sub: tells. Places stay.
func plusAsBlank(b []byte) []byte {
	_, value, _ := bytes.Cut(b, []byte(":"))
	value, _, _ = bytes.Cut(value, []byte(":"))
	if !bytes.HasSuffix(value, []byte("+sub")) {
		return b
	}
	return bytes.ReplaceAll(b, []byte("+"), []byte(" "))
}

// opensWithKey refuses nearly all ordinary texts at their first octets.
func opensWithKey(b []byte) bool {
	i := 0
	for i < len(b) && isBlank(b[i]) {
		i++
	}
	k, _ := matchKey(b, i)
	return k != keyNone && k != keyText
}

func (r *receiptText) filled(k receiptKey) bool { return r.at[k].off < r.at[k].end }

// hasFigures tells whether a field that holds figures holds one.
func (r *receiptText) hasFigures(b []byte) bool {
	for _, k := range [...]receiptKey{keySub, keyDlvrd, keySubmitDate, keyDoneDate, keyErr} {
		if r.filled(k) && isDigit(b[r.at[k].off]) {
			return true
		}
	}
	return false
}

// parse finds the keys; a value goes up to the next one. The first of several
// equal keys counts.
func (r *receiptText) parse(b []byte) {
	i := 0
	for i < len(b) && isBlank(b[i]) {
		i++
	}
	k, value := keyNone, i
	for first := i; i < len(b); {
		next, behind := keyNone, 0
		if i == value || isBoundary(b, i) {
			next, behind = matchKey(b, i)
		}
		if next == keyID && i != value && !isSeparator(b[i-1]) {
			next = keyNone // "uid:", "9id:"
		}
		switch {
		case next == keyNone && (k == keyNone || i == value || !isForeignKey(b, i)):
			i++
			continue
		case next == keyNone:
			r.close(b, k, value, i) // a provider's own key
			k = keyNone
			i++
			continue
		}
		r.opens = r.opens || i == first
		r.close(b, k, value, i)
		if k = next; r.seen[k] {
			k = keyNone
		}
		i, value = behind, behind
		if k == keyText {
			r.seen[k] = true
			i = r.textEnd(b, behind)
			r.putText(b, behind, i)
			k, value = keyNone, i
		}
	}
	r.close(b, k, value, len(b))
}

// textEnd is where the value of text: ends. It is the message's beginning and
// comes last, so it may hold anything, keys too. Only where fields are missing
// before it, keys in it are taken for theirs if their values fit.
func (r *receiptText) textEnd(b []byte, from int) int {
	first := -1
	for i := from; i < len(b); i++ {
		if i != from && !isBoundary(b, i) {
			continue
		}
		k, behind := matchKey(b, i)
		if k == keyNone || k == keyText || r.seen[k] || !fits(k, b, behind) {
			continue
		}
		if r.seen[keyStat] {
			return i
		}
		if first < 0 {
			first = i
		}
		if k == keyStat {
			return first
		}
	}
	return len(b)
}

// fits tells whether the word at i can be the value of the key.
func fits(k receiptKey, b []byte, i int) bool {
	i = skipBlanks(b, i, len(b))
	i, end := unquoted(b, i, wordEnd(b, i, len(b)))
	word := b[i:end]
	switch k {
	case keySub, keyDlvrd:
		return len(word) == 3 && areDigits(word)
	case keySubmitDate, keyDoneDate:
		return len(word) >= 10 && areDigits(word)
	case keyStat:
		return isState(word)
	case keyErr:
		return len(word) > 0 && len(word) <= 8 && isDigit(word[0])
	}
	return len(word) > 0
}

// close ends a value before i.
func (r *receiptText) close(b []byte, k receiptKey, value, i int) {
	if k == keyNone {
		return
	}
	r.seen[k] = true
	off, end := skipBlanks(b, value, i), i
	for end > off && isSeparator(b[end-1]) {
		end--
	}
	off, end = unquoted(b, off, end)
	word := wordEnd(b, off, end)
	switch k {
	case keySub, keyDlvrd, keyErr:
		end = word
	case keySubmitDate, keyDoneDate:
		if areDigits(b[off:word]) && word-off >= 10 {
			end = word
		}
	case keyStat: // "SENT - NO DLR" is one state
		if word < end && isState(b[off:word]) && !isState(b[off:end]) {
			end = word
		}
	}
	r.put(k, off, end)
}

// unquoted is a value without the quotes that some set it in.
func unquoted(b []byte, off, end int) (int, int) {
	if end-off >= 2 && (b[off] == '"' || b[off] == '\'') && b[end-1] == b[off] {
		return off + 1, end - 1
	}
	return off, end
}

// putText keeps blanks at the end, which are the message's, unless they part the
// text from another field.
func (r *receiptText) putText(b []byte, off, end int) {
	off = skipBlanks(b, off, end)
	if end < len(b) {
		for end > off && isSeparator(b[end-1]) {
			end--
		}
	}
	r.put(keyText, off, end)
}

func (r *receiptText) put(k receiptKey, off, end int) {
	r.at[k].off, r.at[k].end = int32(off), int32(end)
}

// maxKey is the length of the longest spelling, without what joins its words.
const maxKey = 12

// matchKey finds a key at i, and what stands behind its colon. Words are joined
// by blanks, hyphens, underscores (0x11 in the default alphabet), or nothing.
func matchKey(b []byte, i int) (k receiptKey, behind int) {
	if i >= len(b) || !mayOpenKey[b[i]] {
		return keyNone, 0
	}
	var word [maxKey]byte
	n, joints := 0, 0
	for ; i < len(b); i++ {
		switch o := b[i] | 0x20; {
		case b[i] == ':':
			return keyOf(word[:n]), i + 1
		case isLetter(b[i]):
			if n == maxKey {
				return keyNone, 0
			}
			word[n] = o
			n++
			joints = 0
		case isBlank(b[i]) || b[i] == '_' || b[i] == '-' || b[i] == 0x11:
			if joints++; joints > 4 {
				return keyNone, 0
			}
		default:
			return keyNone, 0
		}
	}
	return keyNone, 0
}

var mayOpenKey = func() (may [256]bool) {
	for _, o := range []byte("idmsetIDMSET") {
		may[o] = true
	}
	return may
}()

// keyOf knows the spellings, lower-case and without joints.
func keyOf(word []byte) receiptKey {
	switch string(word) {
	case "id", "msgid", "messageid", "smsid":
		return keyID
	case "sub", "submitted":
		return keySub
	case "dlvrd", "delivered", "dlvd":
		return keyDlvrd
	case "submitdate", "subdate", "submittime":
		return keySubmitDate
	case "donedate", "donetime", "deliverydate":
		return keyDoneDate
	case "stat", "status", "state":
		return keyStat
	case "err", "error", "errcode", "errorcode":
		return keyErr
	case "text", "txt":
		return keyText
	}
	return keyNone
}

// isBoundary tells whether a key may begin at i > 0: not inside a word, except
// where a lower-case key follows an upper-case value or figures directly
// ("stat:DELIVRDerr:000").
func isBoundary(b []byte, i int) bool {
	before := b[i-1]
	switch {
	case before == '_' || before == '-':
		return false
	case !isLetter(before):
		return true
	}
	return before < 'a' && b[i] >= 'a'
}

// isForeignKey tells a key that appendix B does not have: a word behind a
// separator, with a colon.
func isForeignKey(b []byte, i int) bool {
	const longest = 24
	if !isLetter(b[i]) || !isSeparator(b[i-1]) {
		return false
	}
	for j := i + 1; j < len(b) && j < i+longest; j++ {
		if o := b[j]; o == ':' {
			return true
		} else if !isLetter(o) && !isDigit(o) && o != '_' && o != '-' {
			return false
		}
	}
	return false
}

func skipBlanks(b []byte, i, end int) int {
	for i < end && isBlank(b[i]) {
		i++
	}
	return i
}

func wordEnd(b []byte, i, end int) int {
	for i < end && !isSeparator(b[i]) {
		i++
	}
	return i
}

func isBlank(o byte) bool { return o == ' ' || o == '\t' || o == '\r' || o == '\n' || o == 0 }

func isSeparator(o byte) bool { return isBlank(o) || o == ',' || o == ';' || o == '|' }

func isLetter(o byte) bool { return o|0x20 >= 'a' && o|0x20 <= 'z' }

func isDigit(o byte) bool { return o >= '0' && o <= '9' }

func areDigits(b []byte) bool {
	const zeros, over, high = 0x3030303030303030, 0x0606060606060606, 0xF0F0F0F0F0F0F0F0
	for len(b) > 8 {
		v := binary.LittleEndian.Uint64(b)
		if v&high != zeros || (v+over)&high != zeros {
			return false
		}
		b = b[8:]
	}
	for _, o := range b {
		if !isDigit(o) {
			return false
		}
	}
	return len(b) > 0
}
