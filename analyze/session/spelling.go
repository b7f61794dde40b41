package session

import (
	"math/big"
	"slices"
	"strings"
)

// maxPadded is how many characters a spelling is padded to at most: ids of 64
// bits have 16 in hexadecimal and 20 in decimal.
const maxPadded = 20

// Spellings are the ways in which an id may be written elsewhere (diagnoses.md
// D01): as it is, in the other case, without leading zeros or with more of
// them, and in the other base where it can be read in it. The first is id
// itself.
func Spellings(id string) []string {
	out := []string{id}
	out = appendCases(out, id)
	bare := string(stripped([]byte(id)))
	out = appendPadded(out, bare)
	if v, ok := new(big.Int).SetString(bare, 16); ok && isFigures(bare) && len(id) <= MaxID {
		out = appendPadded(out, v.String())
	}
	if v, ok := new(big.Int).SetString(bare, 10); ok && isFigures(bare) && len(id) <= MaxID {
		out = appendPadded(out, v.Text(16))
	}
	return out
}

// isFigures keeps signs and underscores, which math/big reads, out.
func isFigures(s string) bool {
	_, ok := hexValue([]byte(s))
	return ok
}

func appendCases(out []string, id string) []string {
	for _, s := range []string{id, strings.ToLower(id), strings.ToUpper(id)} {
		if !slices.Contains(out, s) {
			out = append(out, s)
		}
	}
	return out
}

// appendPadded appends an id without leading zeros, and with them.
func appendPadded(out []string, bare string) []string {
	out = appendCases(out, bare)
	if !isFigures(bare) {
		return out
	}
	for n := len(bare) + 1; n <= maxPadded; n++ {
		out = appendCases(out, strings.Repeat("0", n-len(bare))+bare)
	}
	return out
}

// Keys are what an id is looked up by, in any spelling: itself without leading
// zeros and in lower case, and the same of what it is in the other base, twice
// where it can be read in both; a key again where there is none.
func Keys(id string) (keys [3]string) {
	key := func(s string) string { return strings.ToLower(strings.TrimLeft(s, "0")) }
	keys[0] = key(id)
	keys[1], keys[2] = keys[0], keys[0]
	if len(id) > MaxID || !isFigures(id) {
		return keys
	}
	if v, ok := new(big.Int).SetString(id, 16); ok {
		keys[1] = key(v.String())
	}
	if v, ok := new(big.Int).SetString(id, 10); ok {
		keys[2] = key(v.Text(16))
	}
	return keys
}
