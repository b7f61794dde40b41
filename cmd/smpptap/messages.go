package main

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"smpptap/dissect"
	"smpptap/report"
	"smpptap/store"
)

// messageFlags are those that only `messages` has.
type messageFlags struct {
	from, to, id, state, status, older string
	unreceipted, unlinked, stats       bool

	given func(flag string) bool
}

// ofMessages choose by what only a message that is known has.
var ofMessages = []string{"from", "to", "session", "rule", "severity", "state", "status", "older-than", "unreceipted"}

func (a *app) messagesCommand() *cobra.Command {
	var m messageFlags
	cmd := a.listCommand("messages", "List messages from the database, or sum them up", func(ctx context.Context, db *store.DB, f *listFlags) error {
		if err := m.check(&f.filter); err != nil {
			return err
		}
		switch {
		case m.unlinked:
			return a.listOpenReceipts(ctx, db, f)
		case m.stats:
			return a.sumMessages(ctx, db, f)
		}
		return a.listMessages(ctx, db, f)
	})
	cmd.Long = "messages lists what was submitted, a row a message with all its parts: the response, the last\n" +
		"receipt, and how long each took. A receipt of a message that an earlier capture of the database\n" +
		"holds completes that message's row. Conditions add up. --stats sums up what they select: states,\n" +
		"refusals, ages of those that never got a receipt, delays. --unlinked lists receipts, and answers\n" +
		"to query_sm and cancel_sm, whose message is not recorded or cannot be told; candidates is how\n" +
		"many messages they may be about."
	cmd.Example = "  smpptap messages --capture all --to +919812345678\n" +
		"  smpptap messages --unreceipted --older-than 2h -T csv\n" +
		"  smpptap messages --capture all --stats --since 24h"
	fl := cmd.Flags()
	m.given = fl.Changed
	fl.StringVar(&m.from, "from", "", "only from this source `address`, with any prefix")
	fl.StringVar(&m.to, "to", "", "only to this destination `address`, with any prefix")
	fl.StringVar(&m.id, "message-id", "", "only with this message `id`, in any spelling")
	fl.StringVar(&m.state, "state", "", "only whose receipt says one of these `words`: DELIVRD,UNDELIV")
	fl.StringVar(&m.status, "status", "", "only whose response has this `status`: a name or number")
	fl.StringVar(&m.older, "older-than", "", "only submitted before this `time`: 2h for two hours ago")
	fl.BoolVar(&m.unreceipted, "unreceipted", false, "only accepted ones without a final receipt")
	fl.BoolVar(&m.stats, "stats", false, "sum up instead of listing")
	fl.BoolVar(&m.unlinked, "unlinked", false, "list the receipts whose message is not known")
	return cmd
}

// check reads the flags into a filter.
func (m *messageFlags) check(f *store.Filter) (err error) {
	f.Sources, f.Destinations = numberSpellings(m.from), numberSpellings(m.to)
	if m.id != "" {
		f.MessageIDs = idSpellings(m.id)
	}
	if m.state != "" {
		f.ReceiptStates = strings.Split(strings.ToUpper(m.state), ",")
	}
	f.Unreceipted = m.unreceipted
	if m.status != "" {
		if f.Status, err = statusValue(m.status); err != nil {
			return err
		}
	}
	if m.stats && m.unlinked {
		return usagef("--stats and --unlinked: one of them")
	}
	if i := slices.IndexFunc(ofMessages, m.given); m.unlinked && i >= 0 {
		return usagef("--unlinked takes no --%s: of these receipts the message is not known; --message-id, --since, --until and -Y choose", ofMessages[i])
	}
	f.OlderThan, err = parseTime("--older-than", m.older, false)
	return err
}

// statusValue reads a command_status.
func statusValue(s string) (*uint32, error) {
	if d := dissect.StatusByName(s); d != nil {
		v := d.Value
		return &v, nil
	}
	n, err := strconv.ParseUint(s, 0, 32)
	if err != nil {
		return nil, usagef("--status: %q is no status (ESME_RTHROTTLED, 0x58, 88; see smpptap spec)", s)
	}
	v := uint32(n)
	return &v, nil
}

func (a *app) sumMessages(ctx context.Context, db *store.DB, f *listFlags) error {
	if a.filter != "" {
		return usagef("--stats takes no -Y: choose by the other flags, or ask with smpptap sql")
	}
	stats, err := db.MessageStats(ctx, f.filter)
	if err != nil {
		return err
	}
	rows := a.rowsTo(a.out, f, "group", "name", "count>", "duration_us>", "-duration>")
	for _, s := range stats {
		micro, words := any(nil), ""
		if s.Micro >= 0 {
			micro, words = s.Micro, report.Duration(s.Micro*int64(time.Microsecond))
		}
		if err := rows.Row(s.Group, s.Name, s.Count, micro, words); err != nil {
			return err
		}
	}
	return rows.Close()
}

func (a *app) listOpenReceipts(ctx context.Context, db *store.DB, f *listFlags) error {
	want, err := a.wantedPDUs(ctx, db, f)
	if err != nil {
		return err
	}
	open, err := db.OpenReceipts(ctx, f.filter)
	if err != nil {
		return err
	}
	limit := f.limit()
	open = slices.DeleteFunc(open, func(x store.OpenReceipt) bool { return !want.any(x.PDU) || limit.spent() })
	rows := a.rowsTo(a.out, f, "pdu>", "-capture>", "time", "account", "kind", "message_id", "-other_id", "state", "-err", "candidates>")
	for i := range open {
		x := &open[i]
		candidates := any(x.Candidates)
		if x.Candidates < 0 {
			candidates = nil
		}
		err := rows.Row(x.PDU, x.Capture, report.Time(x.Time), x.Account, x.Kind, x.MessageID, x.OtherID, x.State, x.Err, candidates)
		if err != nil {
			return err
		}
	}
	return rows.Close()
}
