package store

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"math"

	"github.com/mattn/go-sqlite3"

	"smpptap/analyze/session"
	"smpptap/dissect"
)

// linkIndex finds messages by any spelling of their ids. It stays when others
// are dropped: a run that is recorded needs it.
const linkIndex = "CREATE INDEX IF NOT EXISTS messages_key ON messages (lower(ltrim(message_id, '0')))"

// linker finds the messages of receipts that their run could not place: those
// of earlier captures, and those that had left its memory.
//
// A receipt belongs to a message of its account that was submitted before it,
// whose id is the receipt's as the account writes ids. Where an id was given
// to several messages it is the last one's. Nothing is guessed: what may be
// about two messages stays open.
type linker struct {
	conn     *sqlite3.SQLiteConn
	accounts map[string]*session.Writing
	found    int64 // receipts linked
	inDoubt  int64 // of one round
}

// openReceipt is a row of open_receipts.
type openReceipt struct {
	pdu, time     int64
	account, kind string
	id, other     string
	state, err    string
	final         bool
	candidates    int64 // negative: not looked for yet
}

// candidate is a message that a receipt may be about.
type candidate struct {
	message    int64
	id         string // that a response gave
	submitted  int64
	parts      int64
	state      string
	doneAt     int64
	receiptPDU int64
}

// linkPage is how many receipts are linked in one transaction.
const linkPage = 2000

// Receipts to link: those of a capture, and those before it that came when it
// was recording, so that its messages may be theirs. What was looked for in vain
// is not looked for again in its own capture: messages come before receipts.
const (
	linkNew   = "candidates IS NULL"
	linkAgain = "(pdu_id >= ?2 AND coalesce(candidates, 1) > 0 OR pdu_id < ?2 AND time >= ?3)"
)

// link goes through the receipts that came from a PDU or a time on, and again
// while that teaches how accounts write ids.
func (l *linker) link(fromPDU, fromTime int64) error {
	if _, err := l.conn.Exec(linkIndex, nil); err != nil {
		return err
	}
	for {
		l.inDoubt = 0
		learned := l.learned()
		for last := int64(-1); last != 0; {
			var err error
			if last, err = l.page(linkAgain, linkPage, max(last, 0), fromPDU, fromTime); err != nil {
				return err
			}
		}
		if l.inDoubt == 0 || l.learned() == learned {
			return nil
		}
	}
}

// learned counts the accounts whose way of writing is known.
func (l *linker) learned() (n int) {
	for _, w := range l.accounts {
		if w.Learned() != session.FamilyNone {
			n++
		}
	}
	return n
}

// page links the next receipts behind a PDU, and gives the last one's; zero:
// there were none.
func (l *linker) page(which string, most, after, fromPDU, fromTime int64) (last int64, err error) {
	var page []openReceipt
	query := `SELECT pdu_id, time, account, kind, message_id, coalesce(other_id, ''), state, err, final, coalesce(candidates, -1)
		FROM open_receipts WHERE pdu_id > ?1 AND ` + which + ` AND account IS NOT NULL AND ?2 = ?2 AND ?3 = ?3 ORDER BY pdu_id LIMIT ?4`
	err = eachRow(l.conn, query, []driver.Value{after, fromPDU, fromTime, most}, func(v []driver.Value) {
		page = append(page, openReceipt{
			pdu: v[0].(int64), time: v[1].(int64), account: text(v[2]), kind: text(v[3]), id: text(v[4]), other: text(v[5]),
			state: text(v[6]), err: text(v[7]), final: v[8].(int64) != 0, candidates: v[9].(int64),
		})
	})
	if err != nil || len(page) == 0 {
		return 0, err
	}
	err = inTransaction(l.conn, func() error {
		for i := range page {
			if err := l.one(&page[i]); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return 0, err
	}
	return page[len(page)-1].pdu, nil
}

// one links a receipt, or notes how many messages it may be about.
func (l *linker) one(r *openReceipt) error {
	w, err := l.writing(r.account)
	if err != nil {
		return err
	}
	found, n, err := l.meant(r, w)
	if err != nil {
		return err
	}
	if found != nil {
		if r.kind == "receipt" {
			w.Add([]byte(found.id), []byte(r.id))
		}
		l.found++
		return l.settle(r, found)
	}
	if n > 0 {
		l.inDoubt++
	}
	if n == r.candidates {
		return nil
	}
	_, err = l.conn.Exec("UPDATE open_receipts SET candidates = ? WHERE pdu_id = ?", []driver.Value{n, r.pdu})
	return err
}

// meant gives the message that a receipt is about; nil: none, or n may be.
func (l *linker) meant(r *openReceipt, w *session.Writing) (found *candidate, n int64, err error) {
	if r.kind != "receipt" {
		// The ESME asks by the id that it was given.
		w = new(session.Writing)
	}
	for _, id := range []string{r.id, r.other} {
		if id == "" {
			continue
		}
		all, err := l.candidates(r, id)
		if err != nil {
			return nil, 0, err
		}
		if r.kind != "receipt" {
			for i := range all {
				if all[i].id == id {
					return &all[i], 1, nil
				}
			}
			continue
		}
		ids := make([][]byte, len(all))
		for i := range all {
			ids[i] = []byte(all[i].id)
		}
		if place, doubt := w.Choose([]byte(id), ids); place >= 0 {
			return &all[place], 1, nil
		} else if doubt {
			n = max(n, int64(len(all)))
		}
	}
	return nil, n, nil
}

// candidates are the messages of the account whose ids may be written so: of
// each id the one submitted last before the receipt.
func (l *linker) candidates(r *openReceipt, id string) (all []candidate, err error) {
	keys := session.Keys(id)
	args := []driver.Value{r.account, r.time, keys[0], keys[1], keys[2], r.account, r.time, keys[0], keys[1], keys[2]}
	at := make(map[string]int)
	err = eachRow(l.conn, linkCandidates, args, func(v []driver.Value) {
		c := candidate{
			message: v[0].(int64), id: text(v[1]), submitted: v[2].(int64), parts: v[3].(int64), state: text(v[4]),
			doneAt: v[5].(int64), receiptPDU: v[6].(int64),
		}
		if session.Relate([]byte(c.id), []byte(id)) == session.RelationNone {
			return
		}
		if i, known := at[c.id]; !known {
			at[c.id] = len(all)
			all = append(all, c)
		} else if c.submitted > all[i].submitted {
			all[i] = c
		}
	})
	return all, err
}

const linkCandidates = `SELECT m.id, m.message_id, coalesce(m.submitted_at, 0), coalesce(m.parts, 1), coalesce(m.receipt_state, ''),
	coalesce(m.done_at, 0), coalesce(m.receipt_pdu_id, 0) FROM messages AS m
	WHERE m.account = ? AND coalesce(m.submitted_at, 0) <= ? AND lower(ltrim(m.message_id, '0')) IN (?, ?, ?)
	UNION ALL SELECT m.id, i.message_id, coalesce(m.submitted_at, 0), coalesce(m.parts, 1), coalesce(m.receipt_state, ''),
	coalesce(m.done_at, 0), coalesce(m.receipt_pdu_id, 0) FROM part_ids AS i JOIN messages AS m ON m.id = i.message_ref
	WHERE m.account = ? AND coalesce(m.submitted_at, 0) <= ? AND lower(ltrim(i.message_id, '0')) IN (?, ?, ?)`

// settle writes what a receipt tells into its message's row.
func (l *linker) settle(r *openReceipt, m *candidate) error {
	if m.receiptPDU != r.pdu && r.tells(m) {
		_, err := l.conn.Exec(`UPDATE messages SET receipt_state = ?, receipt_err = ?, done_at = ?,
			receipt_delay_us = CASE WHEN submitted_at IS NOT NULL THEN (? - submitted_at) / 1000 END, receipt_pdu_id = ? WHERE id = ?`,
			[]driver.Value{nullable(r.state), nullable(r.err), r.time, r.time, r.pdu, m.message})
		if err != nil {
			return err
		}
	}
	_, err := l.conn.Exec("DELETE FROM open_receipts WHERE pdu_id = ?", []driver.Value{r.pdu})
	return err
}

// tells whether a receipt changes what is known of its message: a final state
// counts over others, of two that say the same the first, else the last; of a
// long message a failure of one part over the others' success.
func (r *openReceipt) tells(m *candidate) bool {
	if m.receiptPDU == 0 {
		return true
	}
	code, final, known := dissect.ReceiptState(m.state)
	final = final || !known
	switch {
	case r.final != final:
		return r.final
	case !final:
		return r.time >= m.doneAt
	case m.parts > 1 && code != dissect.StateDelivered:
		return false
	case m.parts > 1:
		now, _, _ := dissect.ReceiptState(r.state)
		return now != dissect.StateDelivered || r.time >= m.doneAt
	case r.state == m.state:
		return r.time < m.doneAt
	}
	return r.time >= m.doneAt
}

// linkPairs is how many messages back an account's pairs of ids are looked
// for.
const linkPairs = 100_000

// writing is how an account writes ids, as its last pairs tell.
func (l *linker) writing(account string) (*session.Writing, error) {
	if w := l.accounts[account]; w != nil {
		return w, nil
	}
	w := new(session.Writing)
	err := eachRow(l.conn, `SELECT m.message_id, p.message_id FROM messages AS m JOIN pdus AS p ON p.id = m.receipt_pdu_id
		WHERE m.id > (SELECT max(id) FROM messages) - ? AND m.account = ? AND p.command_id IN (5, 0x103) AND m.parts = 1
		AND m.message_id IS NOT NULL AND p.message_id IS NOT NULL ORDER BY m.id DESC LIMIT 500`,
		[]driver.Value{int64(linkPairs), account}, func(v []driver.Value) { w.Add([]byte(text(v[0])), []byte(text(v[1]))) })
	if l.accounts == nil {
		l.accounts = make(map[string]*session.Writing)
	}
	l.accounts[account] = w
	return w, err
}

// text is a value of a TEXT column, which the driver gives in either type.
func text(v driver.Value) string {
	switch v := v.(type) {
	case string:
		return v
	case []byte:
		return string(v)
	}
	return ""
}

// linkCapture links what a capture brought: its receipts with messages of all
// captures, and its messages with receipts that were open before.
func linkCapture(l *linker, capture, firstPDU, started int64) error {
	if err := l.link(firstPDU, started); err != nil {
		return err
	}
	_, err := l.conn.Exec(`UPDATE captures SET stats = json_set(coalesce(stats, '{}'), '$.LateReceipts', json_object('Found', ?1 + 0,
		'Unknown', (SELECT count(*) FROM open_receipts WHERE capture_id = ?2 AND coalesce(candidates, 0) = 0),
		'InDoubt', (SELECT count(*) FROM open_receipts WHERE capture_id = ?2 AND candidates > 0)))
		WHERE id = ?2 AND (?1 > 0 OR EXISTS (SELECT 1 FROM open_receipts WHERE capture_id = ?2))`,
		[]driver.Value{l.found, capture})
	return err
}

// Link links the receipts of all captures: after a merge.
func (db *DB) Link() error {
	l := linker{conn: db.write}
	return explain(db.path, l.link(math.MaxInt64, 0))
}

// linkSome links receipts that came since, a few at a time so that recording
// does not wait. What is in doubt is looked at again at the capture's end.
func (k *keeper) linkSome() error {
	const few = 200
	if k.capture == 0 {
		return nil
	}
	if k.links == nil {
		k.links = &linker{conn: k.db.write}
	}
	n, err := integer(k.db.write, "SELECT count(*) FROM (SELECT 1 FROM open_receipts WHERE "+linkNew+" AND account IS NOT NULL LIMIT 1)")
	if err != nil || n == 0 {
		return err
	}
	if _, err := k.db.write.Exec(linkIndex, nil); err != nil {
		return err
	}
	_, err = k.links.page(linkNew, few, 0, 0, 0)
	return err
}

// linkRest links what is left at the end of the run.
func (k *keeper) linkRest() error {
	if k.capture == 0 {
		return nil
	}
	k.live.mu.Lock()
	started := k.live.first.StartedAt
	k.live.mu.Unlock()
	found := int64(0)
	if k.links != nil {
		found = k.links.found
	}
	// A new one: the run has told more of how accounts write ids.
	k.links = &linker{conn: k.db.write, found: found}
	return linkCapture(k.links, k.capture, k.base[refPDU]+1, started)
}

// writingPairs is how many messages back Writings looks.
const writingPairs = 50_000

// Writings tells how accounts write ids in receipts, by their names, as the
// last messages show.
func (db *DB) Writings(ctx context.Context) (map[string]session.Writing, error) {
	all := make(map[string]session.Writing)
	err := db.each(ctx, `SELECT m.account, m.message_id, p.message_id FROM messages AS m JOIN pdus AS p ON p.id = m.receipt_pdu_id
		WHERE m.id > (SELECT max(id) FROM messages) - ? AND m.account IS NOT NULL AND p.command_id IN (5, 0x103) AND m.parts = 1
		AND m.message_id IS NOT NULL AND p.message_id IS NOT NULL`, []any{writingPairs}, func(r *sql.Rows) error {
		var account, response, receipt string
		err := r.Scan(&account, &response, &receipt)
		w := all[account]
		w.Add([]byte(response), []byte(receipt))
		all[account] = w
		return err
	})
	return all, err
}

// IDsLike gives the ids of an account's messages submitted before a time that
// may be an id in another spelling.
func (db *DB) IDsLike(ctx context.Context, account, id string, before int64) (ids []string, err error) {
	keys := session.Keys(id)
	args := []any{account, before, keys[0], keys[1], keys[2], account, before, keys[0], keys[1], keys[2]}
	err = db.each(ctx, "SELECT DISTINCT message_id FROM ("+linkCandidates+")", args, func(r *sql.Rows) error {
		var s string
		err := r.Scan(&s)
		if session.Relate([]byte(s), []byte(id)) != session.RelationNone {
			ids = append(ids, s)
		}
		return err
	})
	return ids, err
}
