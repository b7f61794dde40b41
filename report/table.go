package report

import (
	"bufio"
	"bytes"
	"io"
	"strings"

	"github.com/olekukonko/tablewriter"
	"github.com/olekukonko/tablewriter/renderer"
	"github.com/olekukonko/tablewriter/tw"
)

// tableRows is up to how many rows tablewriter draws a table; it takes 20 µs
// and 9 KB a row, and needs them all at once.
const tableRows = 2000

// Column is a column of a Table.
type Column struct {
	Name  string
	Right bool // numbers
	// Max cuts longer cells with '…'; zero: no limit.
	Max int
}

// Table writes rows under a head. It holds back the first rows to know their
// widths; beyond tableRows it goes on row by row with the widths it has, and a
// wider cell pushes its row to the right rather than being cut.
type Table struct {
	w       *bufio.Writer
	indent  string
	columns []Column
	rows    [][]string
	widths  []int // set once rows stream
	buf     []byte
}

// NewTable makes a Table on w, each line behind indent. Close ends it.
func NewTable(w io.Writer, indent string, columns ...Column) *Table {
	return &Table{w: bufio.NewWriterSize(w, 64<<10), indent: indent, columns: columns}
}

// Row adds a row, a cell a column. Cells are made safe for a terminal.
func (t *Table) Row(cells ...string) error {
	row := make([]string, len(t.columns))
	for i := range row {
		if i < len(cells) {
			row[i] = Truncate(Safe(cells[i]), t.columns[i].Max)
		}
	}
	if t.widths != nil {
		return t.line(row)
	}
	t.rows = append(t.rows, row)
	if len(t.rows) <= tableRows {
		return nil
	}
	return t.stream()
}

// Close writes what was held back and flushes. A table without rows is empty.
func (t *Table) Close() error {
	if t.widths == nil && len(t.rows) > 0 {
		if err := t.draw(); err != nil {
			return err
		}
	}
	return t.w.Flush()
}

// draw lets tablewriter draw the rows.
func (t *Table) draw() error {
	out := &strings.Builder{}
	table := tablewriter.NewTable(out,
		tablewriter.WithRenderer(renderer.NewBlueprint(tw.Rendition{
			Borders: tw.BorderNone,
			Symbols: tw.NewSymbolCustom("calm").WithRow("─").WithColumn("").WithCenter("─").
				WithHeaderMid("─").WithMidLeft("").WithMidRight(""),
			Settings: tw.Settings{
				Separators: tw.Separators{BetweenRows: tw.Off, BetweenColumns: tw.Off, ShowHeader: tw.On},
				Lines:      tw.Lines{ShowTop: tw.Off, ShowBottom: tw.Off, ShowHeaderLine: tw.On},
			},
		})),
		tablewriter.WithHeaderAutoFormat(tw.Off),
		tablewriter.WithTrimSpace(tw.Off),
		tablewriter.WithEastAsian(tw.Off),
		tablewriter.WithRowAutoWrap(tw.WrapNone),
		tablewriter.WithHeaderAutoWrap(tw.WrapNone),
		tablewriter.WithHeaderAlignmentConfig(tw.CellAlignment{PerColumn: t.alignment()}),
		tablewriter.WithRowAlignmentConfig(tw.CellAlignment{PerColumn: t.alignment()}),
	)
	table.Header(t.header())
	if err := table.Bulk(t.rows); err != nil {
		return err
	}
	if err := table.Render(); err != nil {
		return err
	}
	for line := range strings.Lines(out.String()) {
		t.w.WriteString(t.indent)
		t.w.WriteString(strings.TrimRight(line, " \n"))
		t.w.WriteByte('\n') // an error stays with the writer until Flush
	}
	return nil
}

func (t *Table) header() []string {
	names := make([]string, len(t.columns))
	for i, c := range t.columns {
		names[i] = Safe(c.Name) // in `sql` the user's
	}
	return names
}

func (t *Table) alignment() []tw.Align {
	align := make([]tw.Align, len(t.columns))
	for i, c := range t.columns {
		align[i] = tw.AlignLeft
		if c.Right {
			align[i] = tw.AlignRight
		}
	}
	return align
}

// stream writes the rows held back in our own columns and goes on so.
func (t *Table) stream() error {
	t.widths = make([]int, len(t.columns))
	rows := append([][]string{t.header()}, t.rows...)
	for _, row := range rows {
		for i, cell := range row {
			t.widths[i] = max(t.widths[i], Width(cell))
		}
	}
	rule := make([]string, len(t.columns))
	for i, n := range t.widths {
		rule[i] = strings.Repeat("─", n)
	}
	if err := t.line(rows[0]); err != nil {
		return err
	}
	if err := t.line(rule); err != nil {
		return err
	}
	for _, row := range t.rows {
		if err := t.line(row); err != nil {
			return err
		}
	}
	t.rows = nil
	return nil
}

// line writes one row in our own columns, as tablewriter would.
func (t *Table) line(row []string) error {
	b := t.buf[:0]
	b = append(b, t.indent...)
	for i, cell := range row {
		if i > 0 {
			b = append(b, ' ')
		}
		b = append(b, ' ')
		b = appendPadded(b, cell, t.widths[i], t.columns[i].Right)
	}
	t.buf = append(bytes.TrimRight(b, " "), '\n')
	_, err := t.w.Write(t.buf)
	return err
}
