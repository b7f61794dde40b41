package main

import (
	"io"

	"smpptap/report"
)

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
