package main

import (
	"strings"

	"github.com/spf13/cobra"
)

// questions are those of every day, in SQL.
var questions = []struct{ asked, sql string }{
	{"Which messages to a number went wrong, and how?", `SELECT submitted_at, message_id, status, receipt_state, receipt_err FROM message_list
  WHERE destination_addr LIKE '%9800000001' AND (status <> 'ESME_ROK' OR receipt_state <> 'DELIVRD')`},
	{"How many messages a day, by account, and how many were delivered?", `SELECT substr(submitted_at, 1, 10) AS day, system_id, count(*) AS submitted, sum(status = 'ESME_ROK') AS accepted,
  sum(receipt_state = 'DELIVRD') AS delivered FROM message_list GROUP BY 1, 2`},
	{"Which messages were accepted and never got a receipt?", `SELECT id, submitted_at, system_id, message_id, destination_addr FROM message_list
  WHERE status = 'ESME_ROK' AND receipt_state IS NULL ORDER BY submitted_at`},
	{"Why are messages refused?", `SELECT status, system_id, count(*) AS n, min(submitted_at) AS first, max(submitted_at) AS last FROM message_list
  WHERE status <> 'ESME_ROK' GROUP BY 1, 2 ORDER BY n DESC`},
	{"Which receipts could not be given a message?", `SELECT pdu_id, account, message_id, state, candidates FROM open_receipts ORDER BY candidates DESC, pdu_id`},
	{"Which errors do receipts tell, and how often?", `SELECT receipt_state, receipt_err, count(*) AS n FROM message_list WHERE receipt_state IS NOT NULL
  GROUP BY 1, 2 ORDER BY n DESC`},
	{"To which prefixes does delivery take longest?", `SELECT substr(ltrim(destination_addr, '+0'), 1, 4) AS prefix, count(*) AS n, avg(receipt_delay_us) / 1e6 AS seconds
  FROM messages WHERE receipt_delay_us IS NOT NULL GROUP BY 1 ORDER BY seconds DESC`},
	{"Was a text sent twice to one number within a minute?", `SELECT a.id, b.id AS again, a.destination_addr, a.text FROM messages AS a JOIN messages AS b
  ON b.destination_addr = a.destination_addr AND b.text = a.text AND b.id > a.id
  AND b.submitted_at - a.submitted_at < 60000000000`},
	{"Who was connected, for how long, and how did it end?", `SELECT system_id, bind_type, client, server, bound_at, coalesce(ended_at, closed_at) AS ended, state, close_reason
  FROM session_list ORDER BY bound_at`},
	{"How busy was each second, and how slow the answers?", `SELECT substr(time, 1, 19) AS second, count(*) AS answers, max(latency_us) AS slowest_us FROM pdu_list
  WHERE latency_us IS NOT NULL GROUP BY 1 ORDER BY answers DESC LIMIT 20`},
}

// questionsTopic shows them.
func questionsTopic() *cobra.Command {
	var b strings.Builder
	b.WriteString("Questions of every day, for smpptap sql or any SQLite program. Views have names and readable\n" +
		"times; in the tables times are nanoseconds since 1970 UTC.\n")
	for _, q := range questions {
		b.WriteString("\n" + q.asked + "\n\n  " + strings.ReplaceAll(q.sql, "\n", "\n  ") + "\n")
	}
	return &cobra.Command{Use: "questions", Short: "Ten ready questions to the database, in SQL", Long: b.String()}
}
