package session

import "bytes"

// Family is how an account writes ids in receipts beside its responses.
type Family uint8

// The families.
const (
	FamilyNone     Family = iota // not known
	FamilyPlain                  // alike, but for case and leading zeros
	FamilyHexToDec               // hexadecimal in the response, decimal in the receipt
	FamilyDecToHex

	familyCount
)

// Family is that of a relation.
func (r Relation) Family() Family {
	switch r {
	case RelationEqual, RelationCase, RelationZeros:
		return FamilyPlain
	case RelationHexToDec:
		return FamilyHexToDec
	case RelationDecToHex:
		return FamilyDecToHex
	}
	return FamilyNone
}

// Holds tells that two ids stand in the family. Short ones may stand in
// several: 7 is 7 in both bases.
func (f Family) Holds(response, receipt []byte) bool {
	switch f {
	case FamilyPlain:
		return bytes.EqualFold(stripped(response), stripped(receipt))
	case FamilyHexToDec:
		return sameValue(response, receipt)
	case FamilyDecToHex:
		return sameValue(receipt, response)
	}
	return false
}

// reads tells that a receipt's id can be read as the family writes it.
func (f Family) reads(receipt []byte) (ok bool) {
	switch f {
	case FamilyHexToDec:
		_, ok = decValue(receipt)
	case FamilyDecToHex:
		_, ok = hexValue(receipt)
	default:
		ok = true
	}
	return ok
}

// sameValue compares a hexadecimal id with a decimal one.
func sameValue(hex, dec []byte) bool {
	v, ok := hexValue(hex)
	if !ok {
		return false
	}
	w, ok := decValue(dec)
	return ok && v == w
}

// Bounds of what is learned of an account (diagnoses.md D01).
const (
	pairsLearned = 5  // pairs, at least
	shareLearned = 95 // per cent of them
	pairsKept    = 128
	missesEnough = 20 // in a row, to learn anew
)

// Writing learns how an account writes ids in receipts.
type Writing struct {
	n      [familyCount]int
	total  int
	exact  int // pairs of one spelling
	misses int // in a row: ids that only another way of writing explains
}

// Add counts a pair. One that stands in several families tells nothing. What
// was long ago counts less and less: an SMSC may change its ways.
func (w *Writing) Add(response, receipt []byte) {
	family, one := familyOf(response, receipt)
	if !one {
		return
	}
	w.n[family]++
	w.misses = 0
	if bytes.Equal(response, receipt) {
		w.exact++
	}
	if w.total++; w.total >= pairsKept {
		w.total = 0
		w.exact /= 2
		for f := range w.n {
			w.n[f] /= 2
			w.total += w.n[f]
		}
	}
}

// familyOf gives the family that a pair stands in; one is false where it is
// none, or several.
func familyOf(response, receipt []byte) (family Family, one bool) {
	if len(stripped(response)) > 1 && bytes.Equal(response, receipt) {
		return FamilyPlain, true // of several figures, no value reads the same in both bases
	}
	for f := FamilyPlain; f < familyCount; f++ {
		if f.Holds(response, receipt) {
			if family != FamilyNone {
				return family, false
			}
			family = f
		}
	}
	return family, family != FamilyNone
}

// Learned is the family that enough pairs agree on.
func (w *Writing) Learned() Family {
	for f := FamilyPlain; f < familyCount; f++ {
		if w.n[f] >= pairsLearned && w.n[f]*100 >= w.total*shareLearned {
			return f
		}
	}
	return FamilyNone
}

// Choose tells which of several responses' ids a receipt means: its place;
// negative: none, or, in doubt, it cannot be told.
func (w *Writing) Choose(receipt []byte, responses [][]byte) (place int, doubt bool) {
	return w.choose(len(responses), func(i int) ([]byte, []byte) { return responses[i], receipt })
}

// chooseReceipt tells which of several receipts means the id of a response.
func (w *Writing) chooseReceipt(response []byte, receipts [][]byte) (place int, doubt bool) {
	return w.choose(len(receipts), func(i int) ([]byte, []byte) { return response, receipts[i] })
}

func (w *Writing) choose(n int, pair func(int) (response, receipt []byte)) (place int, doubt bool) {
	learned := w.Learned()
	place, fit := w.only(n, pair, func(a, b []byte) bool { return w.fits(learned, a, b) })
	if learned == FamilyNone && fit == 1 {
		if a, b := pair(place); Relate(a, b).Ambiguous(a, b) {
			return -1, true
		}
	}
	if fit > 1 {
		return -1, true
	}
	return place, false
}

// only gives the one pair that fits, and how many do. Of those that differ in
// spelling alone the same spelling is meant.
func (w *Writing) only(n int, pair func(int) (a, b []byte), fits func(a, b []byte) bool) (place, fit int) {
	place = -1
	same, other := -1, false
	for i := range n {
		a, b := pair(i)
		if !fits(a, b) {
			continue
		}
		place = i
		fit++
		if bytes.Equal(a, b) {
			same = i
		} else if !FamilyPlain.Holds(a, b) {
			other = true
		}
	}
	if same >= 0 && !other {
		return same, 1
	}
	return place, fit
}

// fits tells that a pair can be one of the account's.
func (w *Writing) fits(learned Family, a, b []byte) bool {
	plain := FamilyPlain.Holds(a, b)
	switch {
	case plain && w.exact >= pairsLearned && w.exact*100 >= w.n[FamilyPlain]*shareLearned && !bytes.Equal(a, b):
		return false // spellings are kept: it is another message's
	case learned == FamilyNone:
		return Relate(a, b) != RelationNone
	}
	// What cannot be read in the account's base is written alike.
	return learned.Holds(a, b) || plain && !learned.reads(b)
}

// Missed counts a receipt that only another way of writing explains: an SMSC
// may change its ways, and after some in a row what was learned is forgotten.
func (w *Writing) Missed() {
	if w.misses++; w.misses >= missesEnough {
		*w = Writing{}
	}
}
