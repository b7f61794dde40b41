package report

import (
	"strings"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"

	"smpptap/analyze/filter"
)

func TestSplitOutside(t *testing.T) {
	for in, want := range map[string][]string{
		"":                                {""},
		"1,smpp,":                         {"1", "smpp", ""},
		"1,smpp.command_id in {4, 5},tcp": {"1", "smpp.command_id in {4, 5}", "tcp"},
		`0,smpptap.text == "a,b\",c",x`:   {"0", `smpptap.text == "a,b\",c"`, "x"},
		"1,len(smpp.message) > 3":         {"1", "len(smpp.message) > 3"},
		`1,"open, to the end`:             {"1", `"open, to the end`},
		"1,}},a":                          {"1", "}}", "a"},
	} {
		if d := gocmp.Diff(want, splitOutside(in)); d != "" {
			t.Errorf("%s: %s", in, d)
		}
	}
}

func TestParseStat(t *testing.T) {
	parse := func(s string) (*filter.Filter, error) {
		if s == "" {
			return nil, nil
		}
		return filter.Parse(s)
	}
	for arg, want := range map[string]string{
		"smpp_commands,tree":                 "",
		"smpp_commands,tree,smpp":            "",
		"smpp,srt":                           "",
		"io,stat,0.5,smpp,smptap":            "neither a field",
		"io,stat,1,smpp.command_id in {4,5}": "",
		"io,stat":                            "is no interval",
		"io,stat,-1":                         "is no interval",
		"io,stat,NaN":                        "is no interval",
		"io,stat,1e-9":                       "is no interval",
		"io,stat,1e300":                      "is no interval",
		"smpp,srtx":                          "no statistic",
		"":                                   "no statistic",
	} {
		_, err := ParseStat(arg, nil, parse)
		if (err == nil) != (want == "") || err != nil && !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %q", arg, err, want)
		}
	}
}

func TestFieldOptions(t *testing.T) {
	for option, want := range map[string]string{
		"header=y": "", "separator=/t": "", "separator=;": "", "separator=→": "", "aggregator=/s": "", "quote=s": "",
		"occurrence=l": "", "bom=y": "", "header=y,separator=,": "", "separator=,,header=y": "", "separator=,,quote=x": "d (double)",
		"header=y,bom": "y or n",
		"separator=":   "one character", "separator=ab": "one character", "quote=x": "d (double)",
		"occurrence=x": "f (first)", "bom": "y or n", "x=y": "header, separator",
	} {
		_, err := NewFields([]string{"smpp.command_id"}, []string{option})
		if (err == nil) != (want == "") || err != nil && !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %q", option, err, want)
		}
	}
}
