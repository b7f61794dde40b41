package analyze

import "encoding/binary"

// A message that waits for nothing but its receipt rests: it is packed into
// one string, a third as large as the message and its texts, with nothing in
// it for the collector to follow. There may be two hundred thousand.

// Flags of a resting message.
const (
	restAnswered = 1 << iota
	restWorst
	restFinal
)

// rest packs a message that only its slot refers to. Those with several parts
// stay as they are: parts may come.
func (v *messages) rest(m *message) {
	if m.refs != 1 || m.dirty || m.Parts != 1 || m.PartsSeen != 1 || m.size != len(m.Text) ||
		int(m.slot) >= len(v.slots) || v.slots[m.slot] != m {
		return
	}
	v.packed = m.pack(v.packed[:0])
	v.slots[m.slot], v.resting[m.slot] = nil, string(v.packed)
}

// wake gives the message of a slot; nil: it has none.
func (v *messages) wake(slot int32) *message {
	if packed := v.resting[slot]; packed != "" {
		v.slots[slot], v.resting[slot] = unpackMessage(packed, slot), ""
	}
	return v.slots[slot]
}

// pack appends a message of one part. Times and numbers stand as what they are
// behind the submit's, which is short.
func (m *message) pack(out []byte) []byte {
	for _, n := range [...]int64{
		m.ID, m.SubmittedAt, m.AcceptedAt - m.SubmittedAt, m.DoneAt - m.SubmittedAt, int64(m.Status), m.Latency, m.ReceiptDelay,
		m.SubmitSession, m.SubmitPDU, m.ResponsePDU - m.SubmitPDU, m.ReceiptPDU - m.SubmitPDU, m.flags(),
	} {
		out = binary.AppendVarint(out, n)
	}
	for _, s := range [...]string{
		m.Account, m.SystemID, m.MessageID, m.Source, m.Destination, m.Text, m.Encoding, m.ReceiptState, m.ReceiptErr,
	} {
		out = binary.AppendUvarint(out, uint64(len(s)))
		out = append(out, s...)
	}
	return out
}

func (m *message) flags() (flags int64) {
	if m.Answered {
		flags |= restAnswered
	}
	if m.worst {
		flags |= restWorst
	}
	if m.final {
		flags |= restFinal
	}
	return flags
}

// unpackMessage makes what pack packed; its texts are parts of packed.
func unpackMessage(packed string, slot int32) *message {
	m := &message{refs: 1, slot: slot}
	r := packedReader{packed}
	var status, flags int64
	for _, n := range [...]*int64{
		&m.ID, &m.SubmittedAt, &m.AcceptedAt, &m.DoneAt, &status, &m.Latency, &m.ReceiptDelay,
		&m.SubmitSession, &m.SubmitPDU, &m.ResponsePDU, &m.ReceiptPDU, &flags,
	} {
		*n = r.number()
	}
	m.AcceptedAt += m.SubmittedAt
	m.DoneAt += m.SubmittedAt
	m.ResponsePDU += m.SubmitPDU
	m.ReceiptPDU += m.SubmitPDU
	for _, s := range [...]*string{
		&m.Account, &m.SystemID, &m.MessageID, &m.Source, &m.Destination, &m.Text, &m.Encoding, &m.ReceiptState, &m.ReceiptErr,
	} {
		*s = r.text()
	}
	m.Status, m.Parts, m.PartsSeen, m.size = uint32(status), 1, 1, len(m.Text)
	m.Answered, m.worst, m.final = flags&restAnswered != 0, flags&restWorst != 0, flags&restFinal != 0
	return m
}

// packedReader reads what pack wrote, of which there is always enough.
type packedReader struct{ left string }

func (r *packedReader) number() int64 {
	n := r.unsigned()
	return int64(n>>1) ^ -int64(n&1)
}

func (r *packedReader) unsigned() (n uint64) {
	for i := 0; ; i++ {
		o := r.left[i]
		n |= uint64(o&0x7F) << (7 * i)
		if o < 0x80 {
			r.left = r.left[i+1:]
			return n
		}
	}
}

func (r *packedReader) text() (s string) {
	n := r.unsigned()
	s, r.left = r.left[:n], r.left[n:]
	return s
}
