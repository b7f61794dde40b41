package main

import (
	"slices"
	"testing"
)

func TestNumberSpellings(t *testing.T) {
	for given, want := range map[string][]string{
		"":              nil,
		"ACME":          {"ACME"},
		"+919812345678": {"+919812345678", "919812345678", "00919812345678", "0919812345678"},
		"919812345678":  {"919812345678", "+919812345678", "00919812345678", "0919812345678"},
		"0012345":       {"0012345", "12345", "+12345", "012345"},
		"+":             {"+"},
	} {
		if got := numberSpellings(given); !slices.Equal(got, want) {
			t.Errorf("numberSpellings(%q) = %q, want %q", given, got, want)
		}
	}
}
