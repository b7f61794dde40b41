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
)

// Writing learns how an account writes ids in receipts.
type Writing struct {
	n     [familyCount]int
	total int
}

// Add counts a pair. One that stands in several families tells nothing. What
// was long ago counts less and less: an SMSC may change its ways.
func (w *Writing) Add(response, receipt []byte) {
	family := FamilyNone
	for f := FamilyPlain; f < familyCount; f++ {
		if f.Holds(response, receipt) {
			if family != FamilyNone {
				return
			}
			family = f
		}
	}
	if family == FamilyNone {
		return
	}
	w.n[family]++
	if w.total++; w.total >= pairsKept {
		w.total = 0
		for f := range w.n {
			w.n[f] /= 2
			w.total += w.n[f]
		}
	}
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
	place = -1
	found := 0
	for i := range n {
		a, b := pair(i)
		if learned == FamilyPlain && bytes.Equal(a, b) {
			return i, false
		}
		r := Relate(a, b)
		// What cannot be read in the account's base is written alike.
		other := learned == FamilyNone || !learned.reads(b) && r.Family() == FamilyPlain
		if learned.Holds(a, b) || other && r != RelationNone {
			doubt = doubt || learned == FamilyNone && r.Ambiguous(a, b)
			place = i
			found++
		}
	}
	if found > 1 || doubt {
		return -1, true
	}
	return place, false
}
