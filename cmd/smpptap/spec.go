package main

import (
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"smpptap/report"
)

func (a *app) specCommand() *cobra.Command {
	var format string
	cmd := &cobra.Command{
		Use:   "spec [NAME|NUMBER]",
		Short: "Offline reference: commands, parameters, TLVs, statuses, values",
		Long: "spec explains a command, parameter, TLV, status or named value of SMPP 3.3, 3.4 and 5.0, from the\n" +
			"table with which smpptap itself reads PDUs, and what the profile adds. A number, hexadecimal with 0x,\n" +
			"may be several things; all are shown. The beginning of a name lists what begins so.",
		Example: "  smpptap spec submit_sm\n  smpptap spec 0x0424\n  smpptap spec ESME_RINVSYSTYP\n" +
			"  smpptap spec data_coding\n  smpptap spec 88",
		ValidArgsFunction: func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
			return report.NewSpec(nil).Names(), cobra.ShellCompDirectiveNoFileComp
		},
		RunE: func(_ *cobra.Command, args []string) error {
			if err := oneOf("-T", format, "table", "json"); err != nil {
				return err
			}
			return a.spec(strings.Join(args, "_"), format)
		},
	}
	cmd.Flags().StringVarP(&format, "format", "T", "table", "table or json")
	return cmd
}

func (a *app) spec(query, format string) error {
	p, err := a.loadProfile()
	if err != nil {
		return err
	}
	s, opt, w := report.NewSpec(p.Dialect()), a.reportOptions(a.out, p), buffered(a.out)
	if query == "" {
		err = specOverview(w, opt, s, format)
	} else {
		found, exact := s.Find(query)
		switch {
		case len(found) == 0:
			return unknownSpec(query, s)
		case format == "json":
			_, err = w.Write(specArray(opt, found, exact || len(found) == 1))
		case exact || len(found) == 1:
			err = opt.WriteSpec(w, found)
		default:
			err = opt.WriteSpecList(w, found)
		}
	}
	if err != nil {
		return err
	}
	return w.Flush()
}

func specOverview(w io.Writer, opt *report.Options, s *report.Spec, format string) error {
	if format == "json" {
		_, err := w.Write(specArray(opt, s.All(), false))
		return err
	}
	return opt.WriteSpecOverview(w, s)
}

// specArray writes entries as a JSON array, one a line.
func specArray(opt *report.Options, list []report.SpecEntry, full bool) []byte {
	b := []byte("[\n")
	for i := range list {
		if i > 0 {
			b = append(b, ",\n"...)
		}
		b = opt.AppendSpec(b, &list[i], full)
	}
	return append(b, "\n]\n"...)
}

// unknownSpec is no error of usage: the question was well put.
func unknownSpec(query string, s *report.Spec) error {
	names := s.Names()
	near := nearest(strings.ToLower(query), names)
	if near == "" {
		near = nearest(strings.ToUpper(query), names)
	}
	if near != "" {
		return fmt.Errorf("the specification has no %q; did you mean %s?", query, near)
	}
	return fmt.Errorf("the specification has no %q; 'smpptap spec' lists all names", query)
}
