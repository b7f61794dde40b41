package store

import (
	"database/sql/driver"
	"time"
)

// Keep bounds what a Live leaves of the past, in all captures of its
// database. Zero values: everything.
type Keep struct {
	// Age is how old PDUs may be, and what speaks of them.
	Age time.Duration
	// Size is how many octets the database may have; the oldest PDUs go. The
	// log beside it comes on top. A file that was not made with Shrinks does
	// not get smaller, and uses the room again.
	Size int64
}

func (k Keep) bounded() bool { return k.Age > 0 || k.Size > 0 }

// Deleting is done in slices, a transaction each, between those that store,
// and only while nothing waits.
const (
	slice      = "2000" // rows
	slicePages = "256"  // given back to the file system at once
	spare      = 1024   // pages that stay for what comes
	pruneEvery = time.Second
	pruneTime  = 100 * time.Millisecond // at a stretch
	sweepEvery = time.Minute
)

// pruneState is how far deleting has come.
type pruneState struct {
	next, sweep time.Time
	before      int64 // up to which PDUs were deleted
}

// prune deletes what is too old or too much, for a moment.
func (k *keeper) prune() error {
	keep := k.live.opt.Keep
	now := time.Now()
	if !keep.bounded() || k.capture == 0 || now.Before(k.pruned.next) {
		return nil
	}
	for more := true; more; {
		before, err := k.horizon(now)
		if err != nil {
			return err
		}
		if more, err = k.pruneSlice(before, now); err != nil {
			return err
		}
		if time.Since(now) > pruneTime {
			return nil // goes on at the next occasion
		}
	}
	k.pruned.next = now.Add(pruneEvery)
	return nil
}

// horizon is the time before which all goes; zero: nothing.
func (k *keeper) horizon(now time.Time) (before int64, err error) {
	keep := k.live.opt.Keep
	if keep.Age > 0 {
		before = now.Add(-keep.Age).UnixNano()
	}
	if keep.Size > 0 {
		used, err := integer(k.db.write, `SELECT (SELECT page_count FROM pragma_page_count) - (SELECT freelist_count FROM pragma_freelist_count)`)
		if err != nil {
			return 0, err
		}
		size, err := integer(k.db.write, "PRAGMA page_size")
		if err != nil {
			return 0, err
		}
		if used*size > keep.Size {
			oldest, err := integer(k.db.write, "SELECT max(time) + 1 FROM (SELECT time FROM pdus ORDER BY id LIMIT "+slice+")")
			if err != nil {
				return 0, err
			}
			before = max(before, oldest)
		}
	}
	return before, nil
}

// pruneSlice deletes a slice of what is older than a time; more: there may be
// others.
func (k *keeper) pruneSlice(before int64, now time.Time) (more bool, err error) {
	if before == 0 {
		return false, k.sweep(k.pruned.before, now)
	}
	// PDUs go by id, as they came, up to the first that is to stay.
	upTo, err := integer(k.db.write, `WITH s AS (SELECT id, time FROM pdus ORDER BY id LIMIT `+slice+`)
		SELECT coalesce((SELECT min(id) - 1 FROM s WHERE time >= ?), (SELECT max(id) FROM s))`, before)
	if err != nil {
		return false, err
	}
	gone, err := integer(k.db.write, "SELECT count(*) FROM (SELECT 1 FROM pdus WHERE id <= ? LIMIT "+slice+")", upTo)
	if err != nil {
		return false, err
	}
	const oldMessages = `id IN (SELECT id FROM messages ORDER BY id LIMIT ` + slice + `)
		AND max(coalesce(submitted_at, 0), coalesce(accepted_at, 0), coalesce(done_at, 0)) < ?`
	messages, err := integer(k.db.write, "SELECT count(*) FROM messages WHERE "+oldMessages, before)
	if err != nil {
		return false, err
	}
	if gone == 0 && messages == 0 {
		return false, k.sweep(before, now)
	}
	err = k.transaction(
		change{"DELETE FROM tlvs WHERE pdu_id <= ?", []driver.Value{upTo}},
		change{"DELETE FROM parts WHERE pdu_id <= ?", []driver.Value{upTo}},
		change{"DELETE FROM pdus WHERE id <= ?", []driver.Value{upTo}},
		change{"DELETE FROM open_receipts WHERE pdu_id <= ?", []driver.Value{upTo}},
		change{"DELETE FROM part_ids WHERE response_pdu_id <= ?", []driver.Value{upTo}},
		change{"DELETE FROM messages WHERE " + oldMessages, []driver.Value{before}},
	)
	if err != nil {
		return false, err
	}
	k.pruned.before = before
	return true, k.giveBack()
}

// sweep deletes now and then what stands for itself: findings, what has ended,
// and captures of which nothing is left.
func (k *keeper) sweep(before int64, now time.Time) error {
	if before == 0 || now.Before(k.pruned.sweep) {
		return k.giveBack()
	}
	// A capture that was cut off has sessions without an end: they go with it.
	const old = `SELECT c.id FROM captures AS c WHERE c.id < ?1 AND coalesce(c.ended_at, c.started_at, 0) < ?2
		AND NOT EXISTS (SELECT 1 FROM pdus WHERE id >= c.first_pdu
			AND id < coalesce((SELECT min(first_pdu) FROM captures WHERE id > c.id), 9223372036854775807))`
	var all []change
	for _, query := range []string{
		"DELETE FROM findings WHERE ?1 = ?1 AND coalesce(last_time, time) < ?2",
		"DELETE FROM sessions WHERE ?1 = ?1 AND ended_at < ?2",
		"DELETE FROM connections WHERE ?1 = ?1 AND closed_at < ?2",
		"DELETE FROM sessions WHERE connection_id IN (SELECT id FROM connections WHERE capture_id IN (" + old + "))",
		"DELETE FROM connections WHERE capture_id IN (" + old + ")",
		"DELETE FROM findings WHERE capture_id IN (" + old + ")",
		"DELETE FROM messages WHERE capture_id IN (" + old + ")",
		"DELETE FROM checks WHERE capture_id IN (" + old + ")",
		"DELETE FROM captures WHERE id IN (" + old + ")",
	} {
		all = append(all, change{query, []driver.Value{k.capture, before}})
	}
	if err := k.transaction(all...); err != nil {
		return err
	}
	k.pruned.sweep = now.Add(sweepEvery)
	k.live.forgetFindings(before)
	return k.giveBack()
}

// forgetFindings lets go of old findings that are kept to be written again.
func (l *Live) forgetFindings(before int64) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for id, s := range l.findings.rows {
		if !s.waits && s.at < before {
			l.findings.forget(id)
		}
	}
}

// change is a statement with its arguments.
type change struct {
	query string
	args  []driver.Value
}

// transaction makes changes, all or none.
func (k *keeper) transaction(all ...change) error {
	return inTransaction(k.db.write, func() error {
		for _, c := range all {
			if err := k.exec(c.query, c.args...); err != nil {
				return err
			}
		}
		return nil
	})
}

// giveBack cuts some free pages off the file. Without auto_vacuum it does
// nothing.
func (k *keeper) giveBack() error {
	free, err := integer(k.db.write, "PRAGMA freelist_count")
	if err != nil || free <= spare {
		return err
	}
	// It works page by page as its rows are asked for.
	return eachRow(k.db.write, "PRAGMA incremental_vacuum("+slicePages+")", nil, func([]driver.Value) {})
}
