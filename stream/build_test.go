package stream

import (
	"encoding/binary"
	"strings"
)

// pdu builds a PDU with a right command_length.
func pdu(id, status, seq uint32, body string) []byte {
	b := binary.BigEndian.AppendUint32(nil, uint32(16+len(body)))
	b = binary.BigEndian.AppendUint32(b, id)
	b = binary.BigEndian.AppendUint32(b, status)
	b = binary.BigEndian.AppendUint32(b, seq)
	return append(b, body...)
}

// withLength gives a PDU another command_length.
func withLength(b []byte, n uint32) []byte {
	b = append([]byte(nil), b...)
	binary.BigEndian.PutUint32(b, n)
	return b
}

func cat(bs ...[]byte) (out []byte) {
	for _, b := range bs {
		out = append(out, b...)
	}
	return out
}

const (
	idBind   = 0x00000009
	idSubmit = 0x00000004
	idNack   = 0x80000000
	idEnq    = 0x00000015
	respBit  = 0x80000000
)

func enquire(seq uint32) []byte { return pdu(idEnq, 0, seq, "") }

func bind(seq uint32) []byte {
	return pdu(idBind, 0, seq, "acme_tx\x00s3cret\x00smpp\x00\x34\x00\x00\x00")
}

func submitBody(text string) string {
	return "\x00\x05\x00Acme\x00\x01\x01393331234567\x00\x00\x00\x00\x00\x00\x01\x00\x00\x00" +
		string(rune(len(text))) + text
}

func submit(seq uint32, text string) []byte { return pdu(idSubmit, 0, seq, submitBody(text)) }

func submitResp(seq uint32) []byte { return pdu(idSubmit|respBit, 0, seq, "6f1c2a\x00") }

// payload is a submit_sm with a message_payload of n octets.
func payload(seq uint32, n int, text string) []byte {
	text = strings.Repeat(text, n/len(text)+1)[:n]
	tlv := binary.BigEndian.AppendUint16([]byte{0x04, 0x24}, uint16(n))
	return pdu(idSubmit, 0, seq, submitBody("")+string(tlv)+text)
}
