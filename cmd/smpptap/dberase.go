package main

import (
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"smpptap/report"
	"smpptap/store"
)

func (a *app) dbErase() *cobra.Command {
	var number, country string
	var dry bool
	cmd := &cobra.Command{
		Use:   "erase --number N [DB...]",
		Short: "Make a number, and the texts from and to it, unreadable in every copy",
		Long: "erase overwrites a number wherever the database has it: addresses, octets of PDUs, TLVs, texts,\n" +
			"findings. Of messages from or to it the texts go, too. Lengths stay, so PDUs decode as before. The\n" +
			"number is the same with +, 00 or 0 before it and with blanks, dots, dashes, slashes or brackets in it;\n" +
			"with --country also without that code. In octets it is found as ASCII or UCS-2, from 6 digits on as\n" +
			"packed GSM septets, from 8 on as semi-octets. It is another number where a digit stands directly\n" +
			"beside it; in doubt it goes.\n\n" +
			"At the end the file is written anew, and its octets are searched for the digits. It needs as much\n" +
			"room again while it works, and nobody may be recording into it or reading it.",
		Example: "  smpptap db erase --number '+39 333 123 4567' --country 39 --dry-run",
		RunE: func(_ *cobra.Command, args []string) error {
			if number == "" {
				return usagef("name the number with --number")
			}
			digits, ok := store.Digits(number)
			if !ok {
				return usagef("--number: %q is no number of four digits or more", number)
			}
			code, err := countryCode(country, digits)
			if err != nil {
				return err
			}
			return a.each(args, func(path string) error {
				a.heading(args, path)
				return a.erase(path, digits, code, dry)
			})
		},
	}
	cmd.Flags().StringVar(&number, "number", "", "the `number`, with the country's code")
	cmd.Flags().StringVar(&country, "country", "", "the country's `code` with which the number begins: it goes without it, too")
	cmd.Flags().BoolVar(&dry, "dry-run", false, "change nothing, tell what would be")
	return cmd
}

// countryCode reads --country: the code that a number's digits begin with.
func countryCode(value, digits string) (string, error) {
	code := strings.TrimLeft(value, "+0")
	if value == "" {
		return "", nil
	}
	rest, ok := strings.CutPrefix(digits, code)
	if _, number := store.Digits(rest); !ok || !number || code == "" {
		return "", usagef("--country %s: the number is no such code with four digits or more behind it", value)
	}
	return code, nil
}

func (a *app) erase(path, digits, country string, dry bool) error {
	db, err := existing(path)
	if err != nil {
		return err
	}
	e, err := db.Erase(digits, country, dry)
	if err = errors.Join(err, db.Close()); err != nil {
		return err
	}
	verb := "rewritten"
	if dry {
		verb = "would be rewritten"
	}
	fmt.Fprintf(a.out, "%s: %s, %s, %s, %s, %s\n", verb, report.Things(e.PDUs, "PDUs"), report.Things(e.TLVs, "TLVs"),
		report.Things(e.Messages, "messages"), report.Things(e.Findings, "findings"), report.Things(e.Other, "other rows"))
	switch {
	case dry:
	case e.Left == 0:
		fmt.Fprintln(a.out, "no octet of the file and its log has the digits any more")
	default:
		fmt.Fprintf(a.out, "the digits still stand in %s of the file, within longer ones\n", report.Things(e.Left, "places"))
	}
	return nil
}
