package audit

// numbered keeps something of PDUs until their answers, in a power of two of
// places by the PDUs' numbers. It grows while two want the same place; when
// there are as many places as there may be, the later one takes it.
type numbered[T any] struct{ places []numberedPlace[T] }

type numberedPlace[T any] struct {
	number int64 // zero: nothing is here
	what   T
}

// put enters what is kept of a PDU. There are most places, a power of two, at
// most.
func (t *numbered[T]) put(number int64, what T, most int) {
	for {
		n := len(t.places)
		if n > 0 {
			p := &t.places[number%int64(n)]
			if p.number == 0 || n >= most {
				*p = numberedPlace[T]{number, what}
				return
			}
		}
		old := t.places
		t.places = make([]numberedPlace[T], max(2*n, 4))
		for _, p := range old {
			if p.number != 0 {
				t.places[p.number%int64(len(t.places))] = p
			}
		}
	}
}

// take gives what is kept of a PDU and forgets it.
func (t *numbered[T]) take(number int64) (what T, ok bool) {
	if len(t.places) == 0 {
		return what, false
	}
	p := &t.places[number%int64(len(t.places))]
	if p.number != number {
		return what, false
	}
	p.number = 0
	return p.what, true
}
