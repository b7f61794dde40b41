package store

import (
	"context"
	"database/sql"
	"fmt"
	"strconv"
	"strings"
)

// MessageStat is a line of what messages came to.
type MessageStat struct {
	Group string // state, refused, never receipted, system_id, receipt delay, response latency
	Name  string // of what
	Count int64
	Micro int64 // of delay and latency: microseconds; negative: none
}

// messageCounts are the groups that only count. Ages are those of accepted
// messages without a receipt when the record ends.
const messageCounts = `SELECT 1, 'state', CASE WHEN status IS NULL THEN 'unanswered' WHEN status <> 0 THEN 'refused'
		ELSE coalesce(upper(receipt_state), 'no receipt') END, count(*) FROM chosen GROUP BY 3
	UNION ALL SELECT 2, 'refused', coalesce((SELECT name FROM names WHERE kind = 'status' AND value = status), printf('0x%08X', status)), count(*)
		FROM chosen WHERE status <> 0 GROUP BY 3
	UNION ALL SELECT age, 'never receipted', CASE age WHEN 3 THEN 'under 1 min' WHEN 4 THEN 'under 1 h' WHEN 5 THEN 'under 1 d'
		WHEN 6 THEN 'under 3 d' ELSE 'older' END, count(*)
		FROM (SELECT CASE WHEN END - accepted_at < 60000000000 THEN 3 WHEN END - accepted_at < 3600000000000 THEN 4
		WHEN END - accepted_at < 86400000000000 THEN 5 WHEN END - accepted_at < 259200000000000 THEN 6 ELSE 7 END AS age
		FROM chosen WHERE status = 0 AND receipt_state IS NULL) GROUP BY 1
	UNION ALL SELECT 8, 'system_id', coalesce(system_id, ''), count(*) FROM chosen GROUP BY 3
	ORDER BY 1, 4 DESC, 3`

// MessageStats sums up the messages that a filter selects. Percentiles are of
// the nearest rank.
func (db *DB) MessageStats(ctx context.Context, f Filter) (out []MessageStat, err error) {
	end, err := db.End(ctx)
	if err != nil {
		return nil, err
	}
	var w where
	w.messages(&f)
	chosen := "WITH chosen AS (SELECT m.* FROM messages AS m" + w.String() + ") "
	query := chosen + strings.ReplaceAll(messageCounts, "END - accepted_at", strconv.FormatInt(end, 10)+" - accepted_at")
	err = db.each(ctx, query, w.args, func(r *sql.Rows) error {
		var order int
		s := MessageStat{Micro: -1}
		err := r.Scan(&order, &s.Group, &s.Name, &s.Count)
		out = append(out, s)
		return err
	})
	if err != nil {
		return nil, err
	}
	for _, x := range [...]struct{ group, column string }{{"receipt delay", "receipt_delay_us"}, {"response latency", "latency_us"}} {
		rows, err := db.percentiles(ctx, chosen, w.args, x.group, x.column)
		if err != nil {
			return nil, err
		}
		out = append(out, rows...)
	}
	return out, nil
}

// percentiles of a column of the chosen messages; none where nothing is known.
func (db *DB) percentiles(ctx context.Context, chosen string, args []any, group, column string) (out []MessageStat, err error) {
	var n int64
	row := db.read.QueryRowContext(ctx, chosen+"SELECT count("+column+") FROM chosen", args...)
	if err := row.Scan(&n); err != nil || n == 0 {
		return nil, explain(db.path, err)
	}
	for _, percent := range []int64{50, 90, 99, 100} {
		s := MessageStat{Group: group, Name: fmt.Sprintf("p%d", percent), Count: n}
		if percent == 100 {
			s.Name = "max"
		}
		at := max((n*percent+99)/100-1, 0)
		query := chosen + "SELECT " + column + " FROM chosen WHERE " + column + " IS NOT NULL ORDER BY 1 LIMIT 1 OFFSET " + strconv.FormatInt(at, 10)
		if err := db.read.QueryRowContext(ctx, query, args...).Scan(&s.Micro); err != nil {
			return nil, explain(db.path, err)
		}
		out = append(out, s)
	}
	return out, nil
}

// OpenReceipt is what tells the state of a message that is not known.
type OpenReceipt struct {
	PDU, Capture, Time                            int64
	Account, Kind, MessageID, OtherID, State, Err string
	Candidates                                    int64 // messages that it may be about; negative: not looked for yet
}

// OpenReceipts lists them by PDU. Of the filter Capture, MessageIDs, times,
// After and Limit count.
func (db *DB) OpenReceipts(ctx context.Context, f Filter) (out []OpenReceipt, err error) {
	var w where
	w.capture(&f, "capture_id")
	w.oneOf("message_id", f.MessageIDs)
	w.within(&f, "time", "time")
	after(&w, &f, "pdu_id")
	query := `SELECT pdu_id, capture_id, time, coalesce(account, ''), kind, message_id, coalesce(other_id, ''), coalesce(state, ''),
		coalesce(err, ''), coalesce(candidates, -1) FROM open_receipts` + w.String() + " ORDER BY pdu_id" + limit(&f)
	err = db.each(ctx, query, w.tail(&f), func(r *sql.Rows) error {
		var x OpenReceipt
		err := r.Scan(&x.PDU, &x.Capture, &x.Time, &x.Account, &x.Kind, &x.MessageID, &x.OtherID, &x.State, &x.Err, &x.Candidates)
		out = append(out, x)
		return err
	})
	return out, err
}
