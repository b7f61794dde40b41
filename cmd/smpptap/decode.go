package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"smpptap/analyze/profile"
	"smpptap/dissect"
	"smpptap/report"
)

// decodeFlags are those of `decode`.
type decodeFlags struct {
	tree   bool
	hex    bool
	format string
}

func (a *app) decodeCommand() *cobra.Command {
	var f decodeFlags
	cmd := &cobra.Command{
		Use:   "decode [HEX...]",
		Short: "Dissect PDUs pasted from a log: arguments or standard input",
		Long: "decode finds PDUs in whatever was pasted and shows what they hold and what is wrong with each\n" +
			"by itself. It reads hex however it is spaced, arrays of C, Go, Java and JavaScript, escaped\n" +
			"strings, base64, dumps of Wireshark, tcpdump, xxd, hexdump and Netty, and the logs of Kannel,\n" +
			"Jasmin, jSMPP, Cloudhopper, node-smpp, python-smpplib, php-smpp and gosmpp. Passwords are masked.",
		Example: "  smpptap decode 00000010000000150000000000000001\n  xclip -o | smpptap decode\n" +
			"  tcpdump -nx -r capture.pcap | smpptap decode -T ndjson",
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := f.check(); err != nil {
				return err
			}
			return a.decode(cmd.Context(), &f, args)
		},
	}
	cmd.Flags().BoolVarP(&f.tree, "details", "V", false, "each PDU as a tree (the default)")
	cmd.Flags().BoolVarP(&f.hex, "hexdump", "x", false, "the octets too")
	cmd.Flags().StringVarP(&f.format, "format", "T", "tree", "tree, table, json or ndjson")
	return cmd
}

func (f *decodeFlags) check() error {
	if err := oneOf("-T", f.format, "tree", "table", "json", "ndjson"); err != nil {
		return err
	}
	if f.tree && (f.format == "json" || f.format == "ndjson") {
		return usagef("-V is a text format; it cannot be had as %s", f.format)
	}
	if f.tree {
		f.format = "tree"
	}
	return nil
}

func (a *app) decode(ctx context.Context, f *decodeFlags, args []string) error {
	p, err := a.loadProfile()
	if err != nil {
		return err
	}
	d := a.decoder(f, p)
	var scanner dissect.HexScanner
	if len(args) == 0 || len(args) == 1 && args[0] == "-" {
		if _, term := isTerminal(a.in); term && !a.quiet {
			fmt.Fprintln(a.err, "smpptap: paste PDUs, then end the input (Ctrl-D)")
		}
		err = eachLine(ctx, a.in, func(line []byte) error { return d.take(scanner.Line(line)) })
	} else {
		for _, line := range argumentLines(args) {
			if err = d.take(scanner.Line([]byte(line))); err != nil {
				break
			}
		}
	}
	if e := d.take(scanner.Close()); err == nil {
		err = e
	}
	if e := d.close(); err == nil {
		err = e
	}
	return err
}

// argumentLines makes lines of arguments. Short ones are octets or groups of
// them that the shell took apart; a quoted paste may have lines itself.
func argumentLines(args []string) []string {
	const group = 8
	for _, arg := range args {
		if len(arg) <= group {
			args = []string{strings.Join(args, " ")}
			break
		}
	}
	var lines []string
	for _, arg := range args {
		lines = append(lines, strings.Split(arg, "\n")...)
	}
	return lines
}

// decoder writes what was pasted.
type decoder struct {
	*app
	flags   *decodeFlags
	opt     *report.Options
	profile *profile.Profile
	masker  lonePDU
	out     *bufio.Writer
	buf     []byte

	pdus, objects int64
	faults        int // inputs that are no PDU, or not a whole one
}

func (a *app) decoder(f *decodeFlags, p *profile.Profile) *decoder {
	d := &decoder{app: a, flags: f, profile: p, opt: a.reportOptions(a.out, p), out: buffered(a.out)}
	d.opt.Hex = f.hex
	d.masker = lonePDU{profile: p, redact: a.redaction()}
	return d
}

// take writes what a line completed.
func (d *decoder) take(inputs []dissect.HexInput) error {
	for i := range inputs {
		in := &inputs[i]
		if in.Err != nil || !in.Whole {
			d.faults++
		}
		if in.Err != nil {
			if err := d.fault(in); err != nil {
				return err
			}
			continue
		}
		d.pdus++
		if err := d.pdu(in); err != nil {
			return err
		}
	}
	if len(inputs) == 0 {
		return nil
	}
	return d.out.Flush() // someone may wait for it: the input may be a running log
}

// fault tells of something that is no PDU: in the stream of objects, or where
// errors go.
func (d *decoder) fault(in *dissect.HexInput) error {
	var e *dissect.HexError
	errors.As(in.Err, &e)
	if d.isJSON() {
		d.buf = d.open(d.buf[:0])
		d.buf = report.AppendDecodeError(d.buf, e.Reason, in.Line)
		return d.object()
	}
	if err := d.out.Flush(); err != nil {
		return err
	}
	_, err := fmt.Fprintf(d.err, "smpptap: %s\n", report.Safe(e.Error()))
	return err
}

func (d *decoder) pdu(in *dissect.HexInput) error {
	x := d.masker.read(in)
	x.PDU.Number = d.pdus
	d.buf = d.open(d.buf[:0])
	if d.isJSON() {
		d.buf = d.opt.AppendDecoded(d.buf, &x)
		return d.object()
	}
	if d.flags.format == "table" {
		d.buf = d.opt.AppendDecodedLine(d.buf, &x)
	} else {
		d.buf = d.opt.AppendDecodedTree(d.buf, &x)
	}
	if d.flags.hex {
		d.buf = report.AppendHexdump(append(d.buf, '\n'), x.PDU.P.Raw)
	}
	_, err := d.out.Write(d.buf)
	return err
}

func (d *decoder) isJSON() bool { return d.flags.format == "json" || d.flags.format == "ndjson" }

// open begins what stands before an object or a tree.
func (d *decoder) open(b []byte) []byte {
	switch {
	case d.flags.format == "json" && d.objects == 0:
		return append(b, '[', '\n')
	case d.flags.format == "json":
		return append(b, ',', '\n')
	case d.flags.format == "tree" && d.pdus > 1, d.flags.format == "table" && d.flags.hex && d.pdus > 1:
		return append(b, '\n')
	}
	return b
}

func (d *decoder) object() error {
	d.objects++
	if d.flags.format == "ndjson" {
		d.buf = append(d.buf, '\n')
	}
	_, err := d.out.Write(d.buf)
	return err
}

// close ends the output and says whether all was PDUs.
func (d *decoder) close() error {
	if d.flags.format == "json" {
		if d.objects == 0 {
			d.out.WriteByte('[') // an error stays with the writer until Flush
		}
		d.out.WriteString("\n]\n")
	}
	if err := d.out.Flush(); err != nil {
		return err
	}
	switch {
	case d.faults == 0:
		return nil
	case d.isJSON() && !d.quiet:
		return fmt.Errorf("no PDU, or not a whole one, in %s of the input", report.Things(int64(d.faults), "places"))
	}
	return &exitError{code: exitFailed} // said where it happened
}
