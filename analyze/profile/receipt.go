package profile

import (
	"slices"
	"strings"

	"smpptap/dissect"

	"go.yaml.in/yaml/v4"
)

// Receipt is about delivery receipts. Keys, DateDigits and Err are appendix B's
// unless the profile says otherwise.
type Receipt struct {
	// States maps a stat word to a state's name, enroute to unknown.
	States map[string]State
	// TLVOnly: receipts may come without a text.
	TLVOnly bool
	// Keys of the text without which a receipt is laid out otherwise.
	Keys dissect.LayoutKeys
	// DateDigits are the widths of dates.
	DateDigits Widths
	Err        ReceiptErr
	// Spelt are keys that the provider spells in its own way.
	Spelt dissect.LayoutKeys
}

// ReceiptErr is what err of a receipt's text may be.
type ReceiptErr struct {
	Width [2]uint8 // fewest and most digits
	Text  bool     // it need not be digits
}

// Widths is a set of numbers of characters, below 32.
type Widths uint32

// Has tells that a number is in the set.
func (w Widths) Has(n uint8) bool { return n < 32 && w&(1<<n) != 0 }

// AppendixB tells that a receipt as in the appendix is one as expected.
func (r *Receipt) AppendixB() bool {
	b := &dissect.AppendixB
	return r.DateDigits.Has(b.SubmitDate) && r.Err.Width[0] <= b.Err && b.Err <= r.Err.Width[1]
}

// complete takes appendix B for what the profile does not say.
func (r *Receipt) complete(has func(string) bool) {
	b := &dissect.AppendixB
	if !has("receipt.required_keys") {
		r.Keys = b.Has
	}
	if !has("receipt.date_digits") {
		r.DateDigits = 1 << b.SubmitDate
	}
	if !has("receipt.err") {
		r.Err.Width = [2]uint8{1, b.Err} // "err:E" in its example, three octets in its table
	}
}

var (
	receiptKeys = dissect.LayoutKeyNames[:]
	errBases    = []string{"dec", "hex", "text"}

	receiptKeyForm  = "^(" + strings.Join(receiptKeys, "|") + ")$"
	receiptErrValue = objectValue(nil, map[string]fragment{"base": oneWord(errBases...), "width": spanValue(254)})
)

// receiptKey reads a key of appendix B.
func receiptKey(d *decoder, n *yaml.Node) dissect.LayoutKeys {
	if s, ok := d.str(n); ok && d.oneOf(n, s, receiptKeys) {
		return 1 << slices.Index(receiptKeys, s)
	}
	return 0
}

func readKeys(d *decoder, n *yaml.Node) (keys dissect.LayoutKeys, ok bool) {
	ok = d.list(n, func(e *yaml.Node) { keys |= receiptKey(d, e) })
	return keys, ok
}

// readSpellings reads which keys are spelt in the provider's own way.
func readSpellings(d *decoder, n *yaml.Node) (keys dissect.LayoutKeys, ok bool) {
	d.pairs(n, func(key, v *yaml.Node) {
		keys |= receiptKey(d, key)
		d.words(v)
	})
	return keys, true
}

func readWidths(d *decoder, n *yaml.Node) (w Widths, ok bool) {
	ok = d.list(n, func(e *yaml.Node) {
		if v, ok := d.num(e, 1, 31); ok {
			w |= 1 << v
		}
	})
	return w, ok
}

func readReceiptErr(d *decoder, n *yaml.Node) (e ReceiptErr, ok bool) {
	e.Width = [2]uint8{1, 8}
	ok = d.object(n, map[string]func(*yaml.Node){
		"base": func(n *yaml.Node) {
			s, _ := d.str(n)
			e.Text = d.oneOf(n, s, errBases) && s != "dec"
		},
		"width": func(n *yaml.Node) {
			if lo, hi, ok := d.span(n, 254); ok {
				e.Width = [2]uint8{uint8(lo), uint8(hi)}
			}
		},
	})
	return e, ok
}

// readCarrier tells whether receipts may come in TLVs alone.
func readCarrier(d *decoder, n *yaml.Node) (tlvOnly, ok bool) {
	ok = d.list(n, func(e *yaml.Node) {
		if s, ok := d.str(e); ok && d.oneOf(e, s, carriers) {
			tlvOnly = tlvOnly || s == "tlv_only"
		}
	})
	return tlvOnly, ok
}
