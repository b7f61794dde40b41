package store

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/mattn/go-sqlite3"

	"smpptap/analyze"
	"smpptap/analyze/audit"
	"smpptap/dissect"
)

// Erased tells what Erase rewrote, in rows.
type Erased struct {
	PDUs, TLVs, Messages, Findings, Other int64
	// Left is how often the number's digits still stand in the file, as part
	// of other numbers or by chance.
	Left int64
}

// Erase makes a number unreadable in every copy that the database has of it:
// octets are overwritten in place, so that PDUs decode as before. Of messages
// from or to it the texts go, too, and of one in whose parts it is spread.
// Digits says what digits are. country is the code that they begin with: then
// the number goes where it stands without the code, too; empty: it does not.
// dry changes nothing and only counts.
//
// Afterwards no page and no log holds it: the file is written anew. That
// needs as much free space as the database takes, and fails while another
// program reads.
func (db *DB) Erase(digits, country string, dry bool) (e Erased, err error) {
	if db.write == nil {
		return e, fmt.Errorf("database %s: opened to read only", db.path)
	}
	if d, ok := Digits(digits); !ok || d != digits {
		return e, fmt.Errorf("%q are not a number's digits", digits)
	}
	if d, ok := Digits(strings.TrimPrefix(digits, country)); country != "" && (!ok || d == digits) {
		return e, fmt.Errorf("%s is no number of four digits or more behind %s", digits, country)
	}
	x := eraser{db: db, wanted: newWanted(digits, country)}
	if err := x.register(); err != nil {
		return e, explain(db.path, err)
	}
	if e, err = x.rewrite(dry); err != nil || dry {
		return e, explain(db.path, err)
	}
	if err := db.Compact(); err != nil {
		return e, err
	}
	e.Left, err = x.scan()
	return e, err
}

type eraser struct {
	db     *DB
	wanted *wanted
	pdu    dissect.PDU
	spans  []dissect.Span
}

// register gives SQL the functions that rewrite.
func (x *eraser) register() error {
	return errors.Join(
		x.db.write.RegisterFunc("smpptap_number", x.names, true),
		x.db.write.RegisterFunc("smpptap_text", x.text, true),
		x.db.write.RegisterFunc("smpptap_pdu", x.octets, true),
		x.db.write.RegisterFunc("smpptap_tlv", x.tlv, true),
		x.db.write.RegisterFunc("smpptap_title", title, true),
		x.db.write.RegisterFunc("smpptap_stars", stars, true),
	)
}

// names tells whether a PDU has the number as an address: 1; 0: elsewhere;
// nil: it has not.
func (x *eraser) names(raw []byte) any {
	if !x.wanted.in(raw[min(dissect.HeaderLen, len(raw)):]) {
		return nil
	}
	dissect.Decode(&x.pdu, raw)
	for _, s := range x.addresses() {
		if x.wanted.is(x.pdu.Raw[s.Off:s.End]) || x.wanted.in(x.pdu.Raw[s.Off:s.End]) {
			return int64(1)
		}
	}
	return int64(0)
}

func (x *eraser) addresses() []dissect.Span {
	x.spans = dissect.Marked(&x.pdu, dissect.MarkAddress, x.spans[:0])
	return x.spans
}

// text is a column without the number.
func (x *eraser) text(v any) any {
	s, ok := v.(string)
	if !ok {
		return v
	}
	b := []byte(s)
	if x.wanted.is(b) {
		cover(b)
		return string(b)
	}
	if !x.wanted.text(b) {
		return v
	}
	return string(b)
}

// octets is a PDU without the number, and without text when that is to go.
func (x *eraser) octets(raw []byte, text int64) []byte {
	out := bytes.Clone(raw)
	if text == 1 {
		dissect.Decode(&x.pdu, raw)
		for _, s := range x.addresses() {
			if x.wanted.is(raw[s.Off:s.End]) {
				cover(out[s.Off:s.End])
			}
		}
		for _, s := range dissect.Marked(&x.pdu, dissect.MarkText, nil) {
			cover(out[s.Off:s.End])
		}
	}
	x.wanted.mask(out[min(dissect.HeaderLen, len(out)):])
	return out
}

// tlv is the value of a PDU's TLV.
func (x *eraser) tlv(raw []byte, position int64, before []byte) []byte {
	dissect.Decode(&x.pdu, raw)
	if position < 0 || position >= int64(len(x.pdu.TLVs)) {
		return before
	}
	return bytes.Clone(x.pdu.TLVValue(x.pdu.TLVs[position]))
}

// title is a finding's text when its own words may quote what was erased.
func title(rule, field, message string) string {
	r, ok := audit.RuleByName(rule)
	if !ok {
		return "erased"
	}
	return analyze.RedactFinding(&audit.Finding{Rule: r.ID, Field: field, Message: message, Seen: "x"}, analyze.RedactAll).Message
}

// stars has as many characters as a text.
func stars(v any) any {
	if s, ok := v.(string); ok {
		return strings.Repeat("*", len([]rune(s)))
	}
	return v
}

// texts rewrites columns of a table.
func texts(table string, columns ...string) string {
	var sets, holds []string
	for _, c := range columns {
		sets = append(sets, c+" = smpptap_text("+c+")")
		holds = append(holds, "smpptap_text("+c+") <> "+c)
	}
	return "UPDATE " + table + " SET " + strings.Join(sets, ", ") + " WHERE " + strings.Join(holds, " OR ")
}

func (x *eraser) rewrite(dry bool) (e Erased, err error) {
	for _, q := range []string{
		"PRAGMA secure_delete = ON", "PRAGMA temp_store = MEMORY", "BEGIN IMMEDIATE",
		"CREATE TEMP TABLE erased (id INTEGER PRIMARY KEY, text INTEGER NOT NULL)", // 1: its text goes
	} {
		if _, err := x.db.write.Exec(q, nil); err != nil {
			return e, err
		}
	}
	const raw = "smpptap_pdu(raw, (SELECT text FROM erased AS e WHERE e.id = pdus.id))"
	const tlv = "smpptap_tlv((SELECT raw FROM pdus WHERE id = pdu_id), position, value)"
	var ignored int64
	for _, s := range []struct {
		to    *int64
		query string
	}{
		{&ignored, "INSERT INTO erased SELECT id, smpptap_number(raw) FROM pdus WHERE smpptap_number(raw) IS NOT NULL"},
		// A number may begin in one part of a message and end in the next.
		{&ignored, "INSERT OR REPLACE INTO erased SELECT pdu_id, 1 FROM parts WHERE first_pdu_id IN (SELECT first_pdu_id FROM parts " +
			"WHERE pdu_id IN (SELECT submit_pdu_id FROM messages WHERE parts > 1 AND smpptap_text(text) <> text))"},
		{&e.PDUs, "UPDATE pdus SET raw = " + raw + ", source_addr = smpptap_text(source_addr), destination_addr = smpptap_text(destination_addr), " +
			"message_id = smpptap_text(message_id) WHERE id IN (SELECT id FROM erased) AND (" + raw + " <> raw OR smpptap_text(message_id) <> message_id)"},
		{&e.TLVs, "UPDATE tlvs SET value = " + tlv + " WHERE pdu_id IN (SELECT id FROM erased) AND value <> " + tlv},
		// Where the text does not show it, as with binary ones, all of it goes.
		{&e.Messages, "UPDATE messages SET text = smpptap_stars(text), source_addr = smpptap_text(source_addr), destination_addr = smpptap_text(destination_addr) " +
			"WHERE smpptap_text(source_addr) <> source_addr OR smpptap_text(destination_addr) <> destination_addr " +
			"OR submit_pdu_id IN (SELECT id FROM erased WHERE text = 1 OR smpptap_text(messages.text) = messages.text)"},
		{&e.Messages, texts("messages", "text", "account", "system_id", "message_id", "receipt_err")},
		{&e.Findings, "UPDATE findings SET seen = CASE WHEN smpptap_title(rule, field, message) = message THEN seen ELSE '' END, " +
			"message = smpptap_title(rule, field, message) WHERE (pdu_id IN (SELECT id FROM erased) OR last_pdu_id IN (SELECT id FROM erased)) " +
			"AND smpptap_title(rule, field, message) <> message"},
		{&e.Findings, texts("findings", "seen", "wanted", "message", "remedy")},
		{&e.Other, texts("captures", "source", "stats")},
		{&e.Other, texts("sessions", "system_id", "system_type")},
		{&e.Other, texts("open_receipts", "account", "message_id", "other_id", "state", "err")},
		{&e.Other, texts("part_ids", "message_id")},
		{&ignored, "DROP TABLE erased"},
	} {
		res, err := x.db.write.Exec(s.query, nil)
		if err != nil {
			_, _ = x.db.write.Exec("ROLLBACK", nil)
			return e, err
		}
		n, _ := res.RowsAffected()
		*s.to += n
	}
	end := "COMMIT"
	if dry {
		end = "ROLLBACK"
	}
	_, err = x.db.write.Exec(end, nil)
	return e, err
}

// scan counts the digits in the octets of the files.
func (x *eraser) scan() (n int64, err error) {
	real, err := realPath(x.db.path)
	if err != nil {
		return 0, err
	}
	for _, suffix := range []string{"", "-wal", "-shm", "-journal"} {
		f, err := os.Open(real + suffix)
		if errors.Is(err, os.ErrNotExist) {
			continue
		}
		if err != nil {
			return n, err
		}
		found, err := occurrences(f, x.wanted.plain()...)
		f.Close()
		if n += found; err != nil {
			return n, err
		}
	}
	return n, nil
}

// occurrences counts words in what r gives.
func occurrences(r io.Reader, words ...[]byte) (n int64, err error) {
	const step = 1 << 20
	buf := make([]byte, 0, step+256)
	for {
		have := len(buf)
		k, err := io.ReadFull(r, buf[have:have+step])
		buf = buf[:have+k]
		for _, w := range words { // what ends in the octets just read
			n += int64(bytes.Count(buf[max(0, have-len(w)+1):], w))
		}
		if err != nil {
			if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
				err = nil
			}
			return n, err
		}
		tail := 0
		for _, w := range words {
			tail = max(tail, len(w)-1)
		}
		buf = append(buf[:0], buf[max(0, len(buf)-tail):]...)
	}
}

// Compact writes the database anew without free space (VACUUM). It needs as
// much room again while it works.
func (db *DB) Compact() error {
	if db.write == nil {
		return fmt.Errorf("database %s: opened to read only", db.path)
	}
	if _, err := db.write.Exec("VACUUM", nil); err != nil {
		return explain(db.path, err)
	}
	blocked, err := integer(db.write, "PRAGMA wal_checkpoint(TRUNCATE)")
	if err == nil && blocked != 0 {
		err = sqlite3.Error{Code: sqlite3.ErrBusy}
	}
	return explain(db.path, err)
}
