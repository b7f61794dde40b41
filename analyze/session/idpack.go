package session

// idForm says how the octets of an id stand in its slot.
type idForm uint8

const (
	formPlain idForm = iota // as they are, as many as fit
	// Two figures an octet: hexadecimal in one case, or a UUID.
	formLower
	formUpper
	formLowerUUID
	formUpperUUID
)

const (
	lowerFigures = "0123456789abcdef"
	upperFigures = "0123456789ABCDEF"
	lenUUID      = 36
)

// isHyphen tells where a UUID has its hyphens.
func isHyphen(i int) bool { return i == 8 || i == 13 || i == 18 || i == 23 }

// packID puts an id of figures into an octet for two. formPlain: it is not
// such an id.
func packID(out *[idInline]byte, id []byte) idForm {
	uuid := len(id) == lenUUID && id[8] == '-'
	var packed [idInline]byte
	lower, upper := false, false
	n := 0
	for i, o := range id {
		var v byte
		switch {
		case o >= '0' && o <= '9':
			v = o - '0'
		case o >= 'a' && o <= 'f':
			v, lower = o-'a'+10, true
		case o >= 'A' && o <= 'F':
			v, upper = o-'A'+10, true
		case uuid && o == '-' && isHyphen(i):
			continue
		default:
			return formPlain
		}
		if n == 2*idInline {
			return formPlain
		}
		packed[n/2] |= v << (4 * (n & 1))
		n++
	}
	if lower && upper || uuid && n != lenUUID-4 {
		return formPlain
	}
	*out = packed
	form := formLower
	if upper {
		form = formUpper
	}
	if uuid {
		form += formLowerUUID - formLower
	}
	return form
}

// unpackID writes the id that packID packed; out has its length.
func unpackID(out []byte, form idForm, packed *[idInline]byte) {
	figures, uuid := lowerFigures, form >= formLowerUUID
	if form == formUpper || form == formUpperUUID {
		figures = upperFigures
	}
	n := 0
	for i := range out {
		if uuid && isHyphen(i) {
			out[i] = '-'
			continue
		}
		out[i] = figures[packed[n/2]>>(4*(n&1))&15]
		n++
	}
}
