package smpptest

import (
	"bytes"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf16"

	"smpptap/dissect"
	"smpptap/stream"
)

// scriptDefaults are what a script's PDUs hold where a line says nothing.
var scriptDefaults = map[string]F{
	"bind_transmitter":      bindDefaults,
	"bind_receiver":         bindDefaults,
	"bind_transceiver":      bindDefaults,
	"bind_transmitter_resp": {"system_id": "smsc"},
	"bind_receiver_resp":    {"system_id": "smsc"},
	"bind_transceiver_resp": {"system_id": "smsc"},
	"outbind":               {"system_id": "smsc", "password": "secret"},
	"submit_sm":             messageDefaults,
	"data_sm":               addressDefaults,
	"deliver_sm": {
		"source_addr_ton": 1, "source_addr_npi": 1, "source_addr": "447700900123",
		"dest_addr_ton": 1, "dest_addr_npi": 1, "destination_addr": "447700900999",
	},
	"submit_multi": {"source_addr_ton": 5, "source_addr": "ACME", "dest_address": []string{"447700900123"}, "short_message": "hello"},
	"query_sm":     {"source_addr_ton": 5, "source_addr": "ACME"},
	"cancel_sm":    {"source_addr_ton": 5, "source_addr": "ACME"},
	"replace_sm":   {"source_addr_ton": 5, "source_addr": "ACME", "short_message": "hello"},
}

var (
	bindDefaults    = F{"system_id": "acme", "password": "secret", "system_type": "smpp", "interface_version": 0x34}
	addressDefaults = F{
		"source_addr_ton": 5, "source_addr": "ACME", "dest_addr_ton": 1, "dest_addr_npi": 1,
		"destination_addr": "447700900123",
	}
	messageDefaults = addressDefaults
)

// ownDefaults are those that differ from PDU to PDU, so that no two messages
// are the same.
func (p *player) ownDefaults(command string, f F) {
	switch command {
	case "submit_sm", "deliver_sm":
		f["short_message"] = fmt.Sprintf("hello %d", p.at.Frame)
	case "submit_sm_resp", "submit_multi_resp":
		p.ids++
		f["message_id"] = fmt.Sprintf("id%d", p.ids)
	case "data_sm_resp":
		p.ids++
		f["message_id"] = fmt.Sprintf("id%d", p.ids)
	}
}

// scriptPDU is a PDU in the making.
type scriptPDU struct {
	command *dissect.Command
	fields  F
	parts   []Part
	tlvs    []TLV
	seq     int64 // -1: as it comes
	cut     int   // octets that the capture has; -1: all
	first   int   // octets that are sent; -1: all
	pad     int   // least length, filled up with octets that are no TLV
}

// pdu sends a PDU.
func (p *player) pdu(c *scriptConn, dir stream.Dir, command string, words []string) error {
	x := &scriptPDU{command: dissect.CommandByName(command), fields: maps.Clone(scriptDefaults[command]), seq: -1, cut: -1, first: -1}
	if x.fields == nil {
		x.fields = F{}
	}
	p.ownDefaults(command, x.fields)
	for _, w := range words {
		if err := x.set(p, w); err != nil {
			return err
		}
	}
	seq := c.number(dir, command, x)
	for _, t := range x.tlvs {
		x.parts = append(x.parts, t)
	}
	b := Build(command, seq, x.fields, x.parts...)
	if n := x.pad - len(b); n > 0 {
		b = Build(command, seq, x.fields, append(x.parts, Trailing(bytes.Repeat([]byte{0xEE}, n)))...)
	}
	if x.first >= 0 {
		b = b[:x.first]
	}
	if x.cut >= 0 && x.cut < len(b) {
		c.tap.Data(dir, p.at, b[:x.cut])
		c.tap.Gap(dir, p.at, int64(len(b)-x.cut))
		return nil
	}
	c.tap.Data(dir, p.at, b)
	return nil
}

// number gives a PDU its sequence_number.
func (c *scriptConn) number(dir stream.Dir, command string, x *scriptPDU) uint32 {
	if request, response := strings.CutSuffix(command, "_resp"); response {
		if x.seq >= 0 {
			return uint32(x.seq)
		}
		return c.asked[dir.Other()][request]
	}
	if command == "generic_nack" {
		if x.seq >= 0 {
			return uint32(x.seq)
		}
		return c.next[dir.Other()]
	}
	c.next[dir]++
	if x.seq >= 0 {
		c.next[dir] = uint32(x.seq)
	}
	c.asked[dir][command] = c.next[dir]
	return c.next[dir]
}

// set takes one word behind the command.
func (x *scriptPDU) set(p *player, word string) error {
	name, value, _ := strings.Cut(word, "=")
	switch name {
	case "header-only":
		x.parts = append(x.parts, HeaderOnly{})
		return nil
	case "trailing":
		b, err := scriptOctets(value)
		x.parts = append(x.parts, Trailing(b))
		return err
	case "receipt":
		return x.receipt(p, value)
	case "dest_address":
		return x.destinations(value)
	case "seq", "status", "id", "length", "cut", "first", "pad":
		n, err := strconv.ParseInt(value, 0, 64)
		x.header(name, n)
		return err
	}
	if id, ok := dissect.ParamByName(name); ok && x.command.Param(id) != nil {
		v, err := scriptValue(x.command.Param(id).Kind, value)
		x.fields[name] = v
		return err
	}
	return x.tlv(name, value)
}

func (x *scriptPDU) header(name string, n int64) {
	switch name {
	case "seq":
		x.seq = n
	case "status":
		x.parts = append(x.parts, Status(n))
	case "id":
		x.parts = append(x.parts, ID(n))
	case "length":
		x.parts = append(x.parts, SetLength(n))
	case "cut":
		x.cut = int(n)
	case "first":
		x.first = int(n)
	case "pad":
		x.pad = int(n)
	}
}

// destinations reads addresses cut at commas; ADDR*N stands for N of them.
func (x *scriptPDU) destinations(value string) error {
	addr, times, many := strings.Cut(value, "*")
	list := strings.Split(addr, ",")
	if addr == "" {
		list = nil
	}
	if many {
		n, err := strconv.Atoi(times)
		if err != nil {
			return err
		}
		list = slices.Repeat(list, n)
	}
	x.fields["dest_address"] = list
	return nil
}

// tlv adds a TLV: a number takes the octets that the table gives it, a text
// its NUL.
func (x *scriptPDU) tlv(name, value string) error {
	def := dissect.TLVByName(name)
	if tag, ok := strings.CutPrefix(name, "tlv."); ok {
		n, err := strconv.ParseUint(tag, 0, 16)
		if err != nil {
			return err
		}
		b, err := scriptOctets(value)
		x.tlvs = append(x.tlvs, TLV{uint16(n), b})
		return err
	}
	if def == nil {
		return fmt.Errorf("%s has no %s", x.command.Name, name)
	}
	v, err := scriptValue(def.Kind, value)
	if err != nil {
		return err
	}
	switch v := v.(type) {
	case int:
		b := binary.BigEndian.AppendUint64(nil, uint64(v))
		x.tlvs = append(x.tlvs, TLV{def.Tag, b[8-max(def.Kind.Size(), 1):]})
	case string:
		if def.Kind == dissect.COctet {
			v += "\x00"
		}
		x.tlvs = append(x.tlvs, TLV{def.Tag, []byte(v)})
	case Raw:
		x.tlvs = append(x.tlvs, TLV{def.Tag, v})
	}
	return nil
}

// receipt writes a delivery receipt as v3.4 appendix B has it.
func (x *scriptPDU) receipt(p *player, value string) error {
	w := strings.Split(value, ":")
	if len(w) < 2 {
		return fmt.Errorf("want receipt=ID:STATE")
	}
	now := time.Unix(0, p.at.Time).UTC().Format("0601021504")
	sent := now
	if len(w) > 2 {
		sent = w[2]
	}
	x.fields["esm_class"] = 4
	x.fields["short_message"] = fmt.Sprintf("id:%s sub:001 dlvrd:001 submit date:%s done date:%s stat:%s err:000 text:hello", w[0], sent, now, w[1])
	return nil
}

// scriptValue reads a value: an int, a string, or octets as Raw.
func scriptValue(kind dissect.Kind, s string) (any, error) {
	if kind.Size() > 0 && !strings.Contains(s, ":") {
		n, err := strconv.ParseInt(s, 0, 64)
		return int(n), err
	}
	b, err := scriptOctets(s)
	if strings.Contains(s, "hex:") || strings.Contains(s, "ucs2:") {
		return Raw(b), err
	}
	return string(b), err
}

// scriptOctets reads a value as octets.
func scriptOctets(s string) (out []byte, err error) {
	for len(s) > 0 {
		var piece string
		piece, s = nextPiece(s)
		times := 1
		if i := strings.LastIndex(piece, "*"); i > strings.LastIndex(piece, `"`) {
			if times, err = strconv.Atoi(piece[i+1:]); err != nil {
				return nil, err
			}
			piece = piece[:i]
		}
		b, err := pieceOctets(piece)
		if err != nil {
			return nil, err
		}
		for range times {
			out = append(out, b...)
		}
	}
	return out, nil
}

// nextPiece cuts at the first + outside quotes.
func nextPiece(s string) (piece, rest string) {
	quoted := false
	for i, r := range s {
		switch {
		case r == '"':
			quoted = !quoted
		case r == '+' && !quoted:
			return s[:i], s[i+1:]
		}
	}
	return s, ""
}

func pieceOctets(s string) ([]byte, error) {
	if x, ok := strings.CutPrefix(s, "hex:"); ok {
		return hex.DecodeString(x)
	}
	x, wide := strings.CutPrefix(s, "ucs2:")
	x = strings.Trim(x, `"`)
	if !wide {
		return []byte(x), nil
	}
	var b []byte
	for _, u := range utf16.Encode([]rune(x)) {
		b = binary.BigEndian.AppendUint16(b, u)
	}
	return b, nil
}
