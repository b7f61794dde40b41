package audit

import (
	"fmt"

	"smpptap/analyze/session"
	"smpptap/dissect"
)

// traits are what of a submit may explain its refusal, packed so that they
// can be kept for each open request and compared at once.
type traits uint64

// trait is one of them. The most telling ones come first.
type trait uint8

const (
	traitSource trait = iota
	traitDestination
	traitDataCoding
	traitEsmClass
	traitSourceTON
	traitDestinationTON
	traitLength
	traitTLVs
	traitSchedule
	traitValidity
	traitReceipt

	traitCount
)

// traitPlace is where a trait's bits stand.
var traitPlace = [traitCount]struct{ shift, bits uint8 }{
	traitSource: {0, 4}, traitDestination: {4, 4}, traitDataCoding: {8, 8}, traitEsmClass: {16, 8},
	traitSourceTON: {24, 8}, traitDestinationTON: {32, 8}, traitLength: {40, 2}, traitTLVs: {42, 2},
	traitSchedule: {44, 1}, traitValidity: {45, 1}, traitReceipt: {46, 8},
}

// traitsWhole says that registered_delivery is there: a PDU may be cut before it.
const traitsWhole traits = 1 << 63

func (t traits) value(x trait) uint8 {
	p := traitPlace[x]
	return uint8(t>>p.shift) & (1<<p.bits - 1)
}

func (t *traits) set(x trait, v uint8) { *t |= traits(v) << traitPlace[x].shift }

// Kinds of addresses.
const (
	addressPlain uint8 = iota
	addressEmpty
	addressPlus
	addressZeros
	addressZero
	addressLetters
	addressLong
	addressShort  // of a destination only
	addressOdd    // white space or octets outside ASCII
	addressTONOff // letters under a TON other than 5, of a source only
)

var addressText = [...]string{"only digits", "no character", "a leading +", "a leading 00", "a leading 0", "letters", "more than 15 digits", "few digits", "white space or octets outside ASCII", "letters without TON 5"}

// addressKind reads an address's look.
func addressKind(b []byte, l *Limits) uint8 {
	letters := false
	for i, x := range b {
		switch {
		case x >= '0' && x <= '9', x == '+' && i == 0:
		case x < ' ' || x > '~':
			return addressOdd
		default:
			letters = true
		}
	}
	switch {
	case len(b) == 0:
		return addressEmpty
	case letters:
		return addressLetters
	case b[0] == '+':
		return addressPlus
	case len(b) > 1 && b[0] == '0' && b[1] == '0':
		return addressZeros
	case b[0] == '0':
		return addressZero
	case len(b) > l.DigitsMax:
		return addressLong
	case len(b) < l.DigitsMin:
		return addressShort
	}
	return addressPlain
}

// Lengths of short_message.
const (
	lengthNormal uint8 = iota
	lengthPart         // more than a single message holds
	lengthOver         // more than 254 octets (v3.4 5.2.21)
)

// TLVs of a submit.
const (
	tlvsNone uint8 = iota
	tlvsSome
	tlvsPayload // message_payload among them
)

// tonLetters is the TON of a sender with letters (v3.4 5.2.5).
const tonLetters = 5

// traitsOf reads the traits of a submit.
func traitsOf(p *dissect.PDU, l *Limits) (t traits) {
	octet := func(x trait, id dissect.ParamID) {
		v, _ := p.U8(id)
		t.set(x, v)
	}
	source := addressKind(p.Bytes(dissect.ParamSourceAddr), l)
	if ton, _ := p.U8(dissect.ParamSourceAddrTON); source == addressLetters && ton != tonLetters {
		source = addressTONOff
	} else if source == addressShort {
		source = addressPlain // short codes are usual senders
	}
	t.set(traitSource, source)
	t.set(traitDestination, addressKind(p.Bytes(dissect.ParamDestinationAddr), l))
	octet(traitSourceTON, dissect.ParamSourceAddrTON)
	octet(traitDestinationTON, dissect.ParamDestAddrTON)
	octet(traitDataCoding, dissect.ParamDataCoding)
	octet(traitEsmClass, dissect.ParamEsmClass)
	if v, ok := p.U8(dissect.ParamRegisteredDelivery); ok {
		t.set(traitReceipt, v)
		t |= traitsWhole
	}
	switch n, _ := p.U8(dissect.ParamSMLength); {
	case n > 254: // v3.4 5.2.21
		t.set(traitLength, lengthOver)
	case int(n) > l.LongText:
		t.set(traitLength, lengthPart)
	}
	if _, payload := p.TLV(dissect.TagMessagePayload); payload {
		t.set(traitTLVs, tlvsPayload)
	} else if len(p.TLVs) > 0 {
		t.set(traitTLVs, tlvsSome)
	}
	if len(p.Bytes(dissect.ParamScheduleDeliveryTime)) > 0 {
		t.set(traitSchedule, 1)
	}
	if len(p.Bytes(dissect.ParamValidityPeriod)) > 0 {
		t.set(traitValidity, 1)
	}
	return t
}

// odd tells that a value can be the reason of a refusal by its look alone.
func (x trait) odd(v uint8) bool {
	switch x {
	case traitSource:
		return v != addressPlain && v != addressZero && v != addressLetters
	case traitDestination:
		return v != addressPlain
	case traitSourceTON, traitDestinationTON:
		return v > 6 // reserved (v3.4 5.2.5)
	}
	return v != 0
}

func (x trait) text(v uint8) string {
	switch x {
	case traitSource:
		return "a source_addr of " + addressText[v]
	case traitDestination:
		return "a destination_addr of " + addressText[v]
	case traitDataCoding:
		return fmt.Sprintf("data_coding 0x%02X", v)
	case traitEsmClass:
		return fmt.Sprintf("esm_class 0x%02X", v)
	case traitSourceTON:
		return fmt.Sprintf("source_addr_ton %d", v)
	case traitDestinationTON:
		return fmt.Sprintf("dest_addr_ton %d", v)
	case traitLength:
		return [...]string{"a short_message of up to 160 octets", "a short_message of 161 to 254 octets", "a short_message above 254 octets", ""}[v]
	case traitTLVs:
		return [...]string{"no TLV", "TLVs", "a message_payload", ""}[v]
	case traitSchedule:
		return [...]string{"no schedule_delivery_time", "a schedule_delivery_time"}[v]
	case traitValidity:
		return [...]string{"no validity_period", "a validity_period"}[v]
	}
	return fmt.Sprintf("registered_delivery 0x%02X", v)
}

// traitSet says which values the accepted requests had.
type traitSet struct {
	n       int64
	unknown bool // of one the traits are not known: nothing can be excluded
	last    traits
	values  [traitCount][4]uint64
}

func (s *traitSet) add(t traits, known bool) {
	s.n++
	if !known {
		s.unknown = true
		return
	}
	if t == s.last && s.n > 1 {
		return // most messages look like the one before
	}
	s.last = t
	for x := range traitCount {
		v := t.value(x)
		s.values[x][v>>6] |= 1 << (v & 63)
	}
}

func (s *traitSet) has(x trait, v uint8) bool { return s.values[x][v>>6]&(1<<(v&63)) != 0 }

// traitRing holds the traits of open requests by number, in a power of two of
// places: numbers that rise by one fill them in turn. It grows up to traitSlots
// before one takes another's place.
type traitRing []struct {
	seq  uint32
	full bool
	t    traits
}

const traitSlots = 256

// noteTraits keeps the traits of a submit until its answer.
func (a *Auditor) noteTraits(c *connState, o *session.Observed) {
	c.req.refused.traits.put(o.PDU.Sequence, a.digest.traits)
}

func (r *traitRing) put(seq uint32, t traits) {
	for {
		n := uint32(len(*r))
		if n > 0 {
			s := &(*r)[seq%n]
			if !s.full || s.seq == seq || n == traitSlots {
				s.seq, s.full, s.t = seq, true, t
				return
			}
		}
		old := *r
		*r = make(traitRing, max(2*n, 4))
		for _, s := range old {
			if s.full {
				(*r)[s.seq%uint32(len(*r))] = s
			}
		}
	}
}

// free forgets a request that was answered, or never will be.
func (r traitRing) free(seq uint32) {
	if len(r) > 0 {
		if s := &r[seq%uint32(len(r))]; s.seq == seq {
			s.full = false
		}
	}
}

// of gives the traits of the request with a number.
func (r traitRing) of(seq uint32) (traits, bool) {
	if len(r) == 0 {
		return 0, false
	}
	s := &r[seq%uint32(len(r))]
	return s.t, s.full && s.seq == seq
}
