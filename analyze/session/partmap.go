package session

import (
	"slices"

	"smpptap/dissect"
)

// PartMap is a long message at one moment: which PDUs hold which part. It is
// its holder's.
type PartMap struct {
	// First is the PDU of the part that was seen first: it names the message.
	First    int64
	From     dissect.Side
	Total    int
	Complete bool
	// Final: it was read from a record, so the text is as whole as it gets.
	Final bool
	Seen  []SeenPart // by number
}

// SeenPart is a part that was seen.
type SeenPart struct {
	Number uint8
	PDU    int64
	Raw    []byte // of the PDU; nil: not kept, or the text was given before
}

// Parts gives the map as the part left it; nil when it joined no message.
func (o *Outcome) Parts() *PartMap {
	if o.Message == nil {
		return nil
	}
	return o.Message.Map()
}

// Map gives the message as it stands. The octets are there until Release.
func (m *LongMessage) Map() *PartMap {
	p := &PartMap{First: m.First, From: m.From, Total: m.Total, Complete: m.Complete(), Seen: make([]SeenPart, len(m.Parts))}
	for i := range m.Parts {
		x := &m.Parts[i]
		p.Seen[i] = SeenPart{x.Number, x.PDU, x.Raw}
	}
	p.Sort()
	return p
}

// Sort puts the parts in order of their numbers.
func (p *PartMap) Sort() {
	slices.SortStableFunc(p.Seen, func(a, b SeenPart) int { return int(a.Number) - int(b.Number) })
}

// Missing gives the numbers of the parts that were not seen.
func (p *PartMap) Missing() (numbers []int) {
	next := 1
	for _, x := range p.Seen {
		for ; next < int(x.Number); next++ {
			numbers = append(numbers, next)
		}
		next = max(next, int(x.Number)+1)
	}
	for ; next <= p.Total; next++ {
		numbers = append(numbers, next)
	}
	return numbers
}

// Read reads the text over all parts, as far as their octets are there; nil
// when no part's are. whole: all parts were seen and read.
func (p *PartMap) Read(d *dissect.Dialect) (m *dissect.Message, whole bool) {
	parts := make([]*dissect.Message, p.Total)
	n, some := 0, false
	for _, x := range p.Seen {
		i := int(x.Number) - 1
		if x.Raw == nil || i < 0 || i >= len(parts) || parts[i] != nil {
			continue
		}
		some = true
		var pdu dissect.PDU
		dissect.Decode(&pdu, x.Raw)
		if parts[i], _ = dissect.ReadMessage(&pdu, p.From, d); parts[i] != nil {
			n++
		}
	}
	if !some {
		return nil, false
	}
	return dissect.JoinMessages(parts), n == p.Total
}
