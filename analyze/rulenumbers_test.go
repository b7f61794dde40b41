package analyze_test

import (
	"os"
	"path/filepath"
	"regexp"
	"testing"

	"go.yaml.in/yaml/v4"
)

// fixedNumbers are rules whose condition has a number that is no limit to be
// chosen but part of the format: a code, an octet, a width. What it is, and
// the scenes on either side of it.
var fixedNumbers = map[string]string{
	"framing-length-small":            "the octets of a header: 15 and 16",
	"framing-garbage":                 "the octets that are shown",
	"command-id-unknown":              "the last of the vendors' command_id: 0x102FF and 0x10300; a version",
	"status-in-request":               "the status of success",
	"sequence-zero":                   "the number that is none",
	"sequence-order":                  "0x7FFFFFFF and then 1; a step of two",
	"message-id-empty":                "the status of success",
	"body-trailing":                   "less than the 4 octets of a TLV's header",
	"string-charset":                  "TON 5, and 1",
	"data-coding-reserved":            "0x0A and 0x0B, 0xBF and 0xC0",
	"time-format":                     "the 12 digits of final_date in place of 16 characters",
	"sm-length-large":                 "254 and 255; the table's, where another version has another limit",
	"destinations-count":              "254 and 255, 0 and 1; the table's",
	"tlv-not-allowed":                 "versions",
	"tlv-before-v34":                  "the version: 0x33 and 0x34",
	"payload-and-text":                "no octet, and one",
	"udh-not-flagged":                 "the octets of the two headers; data_coding 2, 4 and 0",
	"concat-part-invalid":             "part 0 and 1, part 2 and 3 of 2",
	"text-odd-octets":                 "half a unit",
	"text-not-ascii":                  "the end of ASCII: 0x7F and 0x80",
	"text-ascii-as-gsm":               "octets that differ between the alphabets",
	"text-windows-1252":               "0x7F and 0x80, 0x9F and 0xA0",
	"receipt-malformed":               "esm_class",
	"deliver-refused":                 "the status of success",
	"bind-refused":                    "the status of success",
	"system-type":                     "statuses",
	"data-coding-not-offered":         "the groups of class values",
	"registered-delivery-not-offered": "bits",
}

// Every rule of the catalogue whose condition has a number is one whose limit
// the mutations change, or its number is part of the format.
func TestNumbersOfTheCatalogue(t *testing.T) {
	data, err := os.ReadFile(filepath.Join("..", "..", "shared", "rules.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	var catalogue struct{ Rules []struct{ ID, When string } }
	if err := yaml.Unmarshal(data, &catalogue); err != nil {
		t.Fatal(err)
	}
	mutated := make(map[string]bool)
	for _, m := range mutations(t) {
		mutated[m.rule] = true
	}
	number := regexp.MustCompile(`\b(0x)?[0-9]`)
	for _, r := range catalogue.Rules {
		_, fixed := fixedNumbers[r.ID]
		switch {
		case !number.MatchString(r.When):
		case !mutated[r.ID] && !fixed:
			t.Errorf("nothing changes the limit of %s: %s", r.ID, r.When)
		case mutated[r.ID] && fixed:
			t.Errorf("%s is both", r.ID)
		}
	}
}
