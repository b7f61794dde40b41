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
	statuses  map[uint32]int64     // of refusals
	receipts  map[string]*receipts // by state; empty: none told
	final     int64                // receipts with a final state
	asked     int64                // accepted messages that ask for a receipt
	incoming  int64                // from the SMSC, receipts aside
	wants     recent               // PDUs that ask for a receipt and have no answer yet
	early     map[int64]bool       // accepting responses that came before their request was known
}

// receipts counts those that tell one state.
type receipts struct {
	n     int64
	final bool // none other follows
}

// maxEarly bounds messages.early; pairs come within seconds.
const maxEarly = 65536

func (m *messages) pdu(p *analyze.PDU) {
	switch p.P.ID {
	case dissect.CmdSubmitSM, dissect.CmdSubmitMulti, dissect.CmdDataSM, dissect.CmdBroadcastSM, dissect.CmdDeliverSM:
		m.request(p)
	case dissect.CmdSubmitSMResp, dissect.CmdSubmitMultiResp, dissect.CmdDataSMResp, dissect.CmdBroadcastSMResp:
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
	if p.P.ID == dissect.CmdDeliverSM {
		return
	}
	m.submitted++
	// Bits 1 and 0: a receipt on success, failure or both (v3.4 5.2.17).
	if v, ok := p.P.U8(dissect.ParamRegisteredDelivery); ok && v&0x03 != 0 {
		m.wants.add(p.Number)
	}
}

func (m *messages) delivered(p *analyze.PDU) {
	stat, ok := dissect.ReceiptStat(p.P, p.From, p.Dialect)
	if !ok {
		m.incoming++
		return
	}
	k := m.receipts[string(stat)]
	if k == nil {
		k = m.kind(string(stat))
	}
	k.n++
	if class, _ := p.P.U8(dissect.ParamEsmClass); k.final && class&dissect.EsmTypeMask != dissect.EsmIntermediate {
		m.final++
	}
}

// kind makes the tally of a state that a receipt tells. Of a word that nobody
// knows it is believed that no other receipt follows.
func (m *messages) kind(state string) *receipts {
	if m.receipts == nil {
		m.receipts = make(map[string]*receipts)
	}
	_, final, known := dissect.ReceiptState(state)
	if len(m.receipts) >= maxKinds {
		state, final = "others", true
		if k := m.receipts[state]; k != nil {
			return k
		}
	}
	k := &receipts{final: final || !known}
	m.receipts[state] = k
	return k
}

func (m *messages) response(p *analyze.PDU) {
	asked := m.wants.take(p.Request)
	if p.P.Status == 0 {
		m.accepted++
		if asked {
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
	if asked := m.wants.take(p.Request); asked && m.early[p.Response] {
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
