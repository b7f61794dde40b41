package report

import (
	"bufio"
	"encoding/csv"
	"fmt"
	"io"
	"strconv"
	"strings"
)

// RowsFormat is how rows of named values are written.
type RowsFormat uint8

// The formats.
const (
	RowsTable RowsFormat = iota
	RowsJSON             // an array of objects
	RowsNDJSON
	RowsCSV // with a head, quoted as in RFC 4180, lines end with a line feed; see noFormula
)

var rowsFormatNames = [...]string{"table", "json", "ndjson", "csv"}

// ParseRowsFormat reads a format's name.
func ParseRowsFormat(name string) (RowsFormat, bool) {
	for i, n := range rowsFormatNames {
		if n == name {
			return RowsFormat(i), true
		}
	}
	return 0, false
}

// Values of a row beside string, bool, int64, float64, []byte (hex) and nil.
type (
	// Time is in nanoseconds since 1970 UTC; zero: none. Tables write it as
	// the options say, the other formats as RFC 3339 in UTC.
	Time int64
	// ID is a number of which zero means none.
	ID int64
)

// RowsColumn is a column of Rows.
type RowsColumn struct {
	Column
	// Hidden columns are not in tables: there they would only be noise.
	Hidden bool
	// Fill cuts cells to what a terminal has left beside Max columns; without
	// a terminal they stay whole.
	Fill bool
}

// Rows writes rows of named values.
type Rows struct {
	opt     *Options
	format  RowsFormat
	columns []RowsColumn
	// Nulls writes JSON nulls instead of leaving keys out.
	Nulls bool

	w     *bufio.Writer
	table *Table
	csv   *csv.Writer
	buf   []byte
	cells []string
	n     int64
}

// NewRows makes Rows on w. Close ends them and flushes.
func NewRows(w io.Writer, opt *Options, format RowsFormat, columns []RowsColumn) *Rows {
	r := &Rows{opt: opt, format: format, columns: columns, w: bufio.NewWriterSize(w, 64<<10)}
	switch format {
	case RowsTable:
		var shown []Column
		for _, c := range columns {
			if !c.Hidden {
				if c.Fill && opt.Width > 0 {
					c.Max = max(30, opt.Width-c.Max)
				} else if c.Fill {
					c.Max = 0
				}
				shown = append(shown, c.Column)
			}
		}
		r.table = NewTable(r.w, "", shown...)
	case RowsCSV:
		r.csv = csv.NewWriter(r.w)
		var names []string
		for _, c := range columns {
			names = append(names, csvText(c.Name, opt.Terminal)) // in `sql` the user's
		}
		r.csv.Write(names) // an error stays with the writer until Close
	}
	return r
}

// Row writes a row, one value a column.
func (r *Rows) Row(values ...any) error {
	r.n++
	switch r.format {
	case RowsTable, RowsCSV:
		r.cells = r.cells[:0]
		for i, v := range values {
			if r.format == RowsCSV || !r.columns[i].Hidden {
				r.cells = append(r.cells, r.cell(v))
			}
		}
		if r.format == RowsCSV {
			return r.csv.Write(r.cells)
		}
		return r.table.Row(r.cells...)
	}
	return r.object(values)
}

func (r *Rows) object(values []any) error {
	b := r.buf[:0]
	if r.format == RowsJSON {
		b = append(b, ",\n"...)
		if r.n == 1 {
			b = append(b[:0], "[\n"...)
		}
	}
	j := openObject(b)
	for i, v := range values {
		if isNone(v) && !r.Nulls {
			continue
		}
		j.key(jsonKey(r.columns[i].Name))
		j.b = r.jsonValue(j.b, v)
	}
	r.buf = j.close()
	if r.format == RowsNDJSON {
		r.buf = append(r.buf, '\n')
	}
	_, err := r.w.Write(r.buf)
	return err
}

// jsonKey makes a column's name, which in `sql` is the user's, fit for a key.
func jsonKey(name string) string {
	quoted := appendJSONString(nil, name)
	return string(quoted[1 : len(quoted)-1])
}

func isNone(v any) bool {
	switch v := v.(type) {
	case nil:
		return true
	case string:
		return v == ""
	case Time:
		return v == 0
	case ID:
		return v == 0
	}
	return false
}

func (r *Rows) jsonValue(b []byte, v any) []byte {
	switch v := v.(type) {
	case nil:
		return append(b, "null"...)
	case string:
		return appendJSONString(b, v)
	case []byte:
		return appendHexString(b, v)
	case bool:
		return strconv.AppendBool(b, v)
	case float64:
		if v-v != 0 { // NaN and infinities are no JSON
			return append(b, "null"...)
		}
		return strconv.AppendFloat(b, v, 'g', -1, 64)
	case Time:
		return append(appendTimeUTC(append(b, '"'), int64(v)), '"')
	case ID:
		return strconv.AppendInt(b, int64(v), 10)
	case int64:
		return strconv.AppendInt(b, v, 10)
	}
	return appendJSONString(b, fmt.Sprint(v))
}

// cell writes a value for a table or CSV.
func (r *Rows) cell(v any) string {
	if isNone(v) {
		return ""
	}
	switch v := v.(type) {
	case string:
		if r.format == RowsCSV {
			return csvText(v, r.opt.Terminal)
		}
		return v
	case []byte:
		return string(appendHex(nil, v))
	case Time:
		if r.format == RowsCSV {
			return string(appendTimeUTC(nil, int64(v)))
		}
		return string(r.opt.appendTimeDigits(nil, int64(v), 3))
	case float64:
		return strconv.FormatFloat(v, 'g', -1, 64)
	}
	return fmt.Sprint(v)
}

// Close ends the rows.
func (r *Rows) Close() error {
	switch r.format {
	case RowsTable:
		if err := r.table.Close(); err != nil {
			return err
		}
	case RowsCSV:
		r.csv.Flush()
		if err := r.csv.Error(); err != nil {
			return err
		}
	case RowsJSON:
		if r.n == 0 {
			r.w.WriteByte('[') // an error stays with the writer until Flush
		}
		r.w.WriteString("\n]\n")
	}
	return r.w.Flush()
}

// Columns makes plain columns of names; a name that ends with '>' is aligned
// to the right, one that begins with '-' is hidden in tables.
func Columns(names ...string) []RowsColumn {
	out := make([]RowsColumn, len(names))
	for i, n := range names {
		c := &out[i]
		n, c.Hidden = strings.CutPrefix(n, "-")
		c.Name, c.Right = strings.CutSuffix(n, ">")
	}
	return out
}
