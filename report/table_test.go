package report

import (
	"strconv"
	"strings"
	"testing"
)

func TestTable(t *testing.T) {
	var out strings.Builder
	table := NewTable(&out, "  ", Column{Name: "n", Right: true}, Column{Name: "text_Head"}, Column{Name: "last", Max: 6})
	table.Row("1", "a\x1b[31m", "abcdefgh")
	table.Row("200", "你好", "x")
	table.Row("3", "", "")
	if err := table.Close(); err != nil {
		t.Fatal(err)
	}
	t.Log("\n" + out.String())
	for _, want := range []string{`a\x1b[31m`, "abcde…", "text_Head"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("no %q in:\n%s", want, out.String())
		}
	}
}

func TestTableStreams(t *testing.T) {
	var out strings.Builder
	table := NewTable(&out, "", Column{Name: "n", Right: true}, Column{Name: "text"})
	for i := range tableRows + 5 {
		table.Row(strconv.Itoa(i), "row")
	}
	if err := table.Close(); err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSuffix(out.String(), "\n"), "\n")
	if len(lines) != tableRows+7 {
		t.Fatalf("%d lines", len(lines))
	}
	if lines[len(lines)-1] != " 2004  row" {
		t.Errorf("last line is %q", lines[len(lines)-1])
	}
	t.Log(lines[:4])
}
