package main

import (
	"bytes"
	"log/slog"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"smpptap/internal/cost"
)

// What -Y chooses is the same whether the database narrows it before or not.
func TestListBounds(t *testing.T) {
	byFile := make(map[string][]string)
	for _, c := range filterCases(t, "testdata/filters.txt") {
		if c.path != "" {
			byFile[c.path] = append(byFile[c.path], c.filter)
		}
	}
	more := []string{
		"smpp.command_id == submit_sm and smpp.source_addr == \"ACMECO\"", "smpp.command_id == 0x80000004 && smpp.command_status == 0",
		"smpp.sequence_number == 3", "smpp.destination_addr == \"919800000001\"", "smpptap.direction == \"to_smsc\" and smpp.command_id == 4",
		"smpptap.session == 1 and smpp.command_status != 0", "frame.number == 10", "smpp.command_id == 4 or smpp.sequence_number == 1",
		"not (smpp.command_id == 4)", "smpp.message_id == \"1000001\"", "smpp.command_id == deliver_sm and smpp.sequence_number == 2",
		"smpp.command_id == 4 and not smpp.sequence_number == 2", "smpp.command_id eq 5",
	}
	byFile[filepath.Join("../../samples", "clean_trx.pcap")] = more
	chosen := 0
	for path, filters := range byFile {
		db := filepath.Join(t.TempDir(), "x.db")
		var out, errs bytes.Buffer
		if code := run(t.Context(), []string{"analyze", "-q", "--db", db, path}, strings.NewReader(""), &out, &errs); code > 1 {
			t.Fatalf("%s: exit %d: %s", path, code, errs.String())
		}
		for i, f := range filters {
			own := slices.Contains(more, f)
			if cost.Race && !own && i%5 > 0 {
				continue
			}
			for _, list := range []string{"pdus", "sessions", "findings", "messages"} {
				if list != "pdus" && !own {
					continue
				}
				args := []string{list, "--db", db, "-T", "csv", "-Y", f}
				with, without := listed(t, false, args), listed(t, true, args)
				if with != without {
					t.Errorf("%s, %s -Y %s: %d rows, without narrowing %d", path, list, f, strings.Count(with, "\n"), strings.Count(without, "\n"))
				}
				if list == "pdus" && own && strings.Count(with, "\n") > 1 {
					chosen++
				}
			}
		}
	}
	if chosen < 9 {
		t.Errorf("%d of the filters choose rows", chosen)
	}
}

func listed(t *testing.T, unbounded bool, args []string) string {
	t.Helper()
	var out, errs bytes.Buffer
	a := &app{in: strings.NewReader(""), out: &out, err: &errs, log: slog.New(slog.DiscardHandler), unbounded: unbounded}
	root := a.root()
	root.SetArgs(args)
	if code := a.exit(root.ExecuteContext(t.Context())); code != 0 {
		t.Fatalf("%q: exit %d: %s", args, code, errs.String())
	}
	return out.String()
}
