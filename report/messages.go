package report

import (
	"cmp"
	"slices"

	"smpptap/analyze"
	"smpptap/dissect"
)

// maxKinds bounds the statuses and receipt states that are told apart.
const maxKinds = 1000

// messages counts short messages by their PDUs: a long message's parts count
// one each, as the provider counts them.
type messages struct {
	submitted int64
	accepted  int64
	refused   int64
	statuses  map[uint32]int64 // of refusals
	receipts  map[string]int64 // by state
	final     int64            // receipts with a final state
	asked     int64            // accepted messages that ask for a receipt
	incoming  int64            // from the SMSC, receipts aside
	wants     bitset           // PDUs that ask for a receipt
	early     map[int64]bool   // accepting responses that came before their request was known
}

// maxEarly bounds messages.early; pairs come within seconds.
const maxEarly = 65536

// bitset is a set of PDU numbers, one bit each.
type bitset []uint64

func (s *bitset) add(n int64) {
	i := int(n >> 6)
	if i >= len(*s) {
		*s = append(*s, make([]uint64, max(i-len(*s)+1, len(*s)))...)
	}
	(*s)[i] |= 1 << (n & 63)
}

func (s bitset) has(n int64) bool {
	i := int(n >> 6)
	return i < len(s) && s[i]>>(n&63)&1 != 0
}

func (m *messages) pdu(p *analyze.PDU) {
	if p.P.Command == nil {
		return
	}
	switch p.P.Command.Name {
	case "submit_sm", "submit_multi", "data_sm", "broadcast_sm", "deliver_sm":
		m.request(p)
	case "submit_sm_resp", "submit_multi_resp", "data_sm_resp", "broadcast_sm_resp":
		if p.From == dissect.SMSC {
			m.response(p)
		}
	}
}

func (m *messages) request(p *analyze.PDU) {
	if p.From == dissect.SMSC {
		m.delivered(p)
		return
	}
	if p.P.Command.Name == "deliver_sm" {
		return
	}
	m.submitted++
	// Bits 1 and 0: a receipt on success, failure or both (v3.4 5.2.17).
	if v, ok := p.P.U8(dissect.ParamRegisteredDelivery); ok && v&0x03 != 0 {
		m.wants.add(p.Number)
	}
}

func (m *messages) delivered(p *analyze.PDU) {
	r := p.Receipt
	if r == nil {
		m.incoming++
		return
	}
	state := statOf(r)
	if state == "" {
		state = "no state"
	}
	if m.receipts == nil {
		m.receipts = make(map[string]int64)
	}
	if _, known := m.receipts[state]; !known && len(m.receipts) >= maxKinds {
		state = "others"
	}
	m.receipts[state]++
	if isFinal(r) {
		m.final++
	}
}

// statOf is the state that a receipt tells: the word of its text, else the one
// that the TLV message_state stands for.
func statOf(r *dissect.Receipt) string {
	if r.Stat == "" && r.HasState {
		return dissect.StateWord(r.TLVState)
	}
	return r.Stat
}

// isFinal tells a receipt that no other one follows. Of a word that nobody
// knows it is believed.
func isFinal(r *dissect.Receipt) bool {
	_, final, known := dissect.ReceiptState(statOf(r))
	return !r.Intermediate && (final || !known)
}

func (m *messages) response(p *analyze.PDU) {
	if p.P.Status == 0 {
		m.accepted++
		if m.wants.has(p.Request) {
			m.asked++
		} else if p.Request == 0 && len(m.early) < maxEarly {
			if m.early == nil {
				m.early = make(map[int64]bool)
			}
			m.early[p.Number] = true
		}
		return
	}
	m.refused++
	if m.statuses == nil {
		m.statuses = make(map[uint32]int64)
	}
	if _, known := m.statuses[p.P.Status]; known || len(m.statuses) < maxKinds {
		m.statuses[p.P.Status]++
	}
}

// pair completes a response that came before its request.
func (m *messages) pair(p *analyze.Pair) {
	if m.early[p.Response] && m.wants.has(p.Request) {
		m.asked++
	}
	delete(m.early, p.Response)
}

func (m *messages) none() bool {
	return m.submitted+m.accepted+m.refused+m.incoming == 0 && len(m.receipts) == 0
}

// waiting is how many accepted messages that asked for a receipt have none.
func (m *messages) waiting() int64 { return max(0, m.asked-m.final) }

// byCount lists a tally, largest first.
func byCount[K cmp.Ordered](tally map[K]int64) []K {
	keys := make([]K, 0, len(tally))
	for k := range tally {
		keys = append(keys, k)
	}
	slices.SortFunc(keys, func(a, b K) int {
		return cmp.Or(cmp.Compare(tally[b], tally[a]), cmp.Compare(a, b))
	})
	return keys
}
