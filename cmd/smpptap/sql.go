package main

import (
	"context"
	"strings"

	"github.com/spf13/cobra"

	"smpptap/report"
	"smpptap/store"
)

func (a *app) sqlCommand() *cobra.Command {
	var format string
	cmd := &cobra.Command{
		Use:   "sql 'SELECT ...'",
		Short: "Ask the database in SQL, read only",
		Long: "sql runs one statement that only reads. Tables: captures, connections, sessions, pdus, tlvs,\n" +
			"findings, checks, messages; with names and readable times: pdu_list, session_list,\n" +
			"finding_list, message_list.",
		Example: "  smpptap sql \"SELECT command, status, count(*) FROM pdu_list GROUP BY 1, 2\"",
		Args:    arguments(1, 1<<30),
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := oneOf("-T", format, "table", "json", "ndjson", "csv"); err != nil {
				return err
			}
			return a.sql(cmd.Context(), strings.Join(args, " "), format)
		},
	}
	cmd.Flags().StringVarP(&format, "format", "T", "table", "table, json, ndjson or csv")
	return cmd
}

func (a *app) sql(ctx context.Context, query, format string) error {
	db, err := store.OpenAll(ctx, a.dbs...)
	if err != nil {
		return err
	}
	defer func() { _ = db.Close() }()
	var rows *report.Rows
	head := func(columns []string) error {
		f, _ := report.ParseRowsFormat(format)
		named := make([]report.RowsColumn, len(columns))
		for i, c := range columns {
			named[i].Name = c
		}
		rows = report.NewRows(a.out, a.reportOptions(a.out, nil), f, named)
		rows.Nulls = true
		return nil
	}
	err = db.Query(ctx, query, head, func(values []any) error { return rows.Row(values...) })
	if rows != nil {
		if e := rows.Close(); err == nil {
			err = e
		}
	}
	return err
}
