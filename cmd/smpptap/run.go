package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
	"golang.org/x/term"

	"smpptap/dissect"
	"smpptap/report"
)

// Exit codes (interfaces.md).
const (
	exitOK       = 0
	exitFailed   = 1
	exitUsage    = 2
	exitFindings = 3
)

// exitError carries an exit code. Without err nothing is printed.
type exitError struct {
	code int
	err  error
}

func (e *exitError) Error() string {
	if e.err == nil {
		return fmt.Sprintf("exit %d", e.code)
	}
	return e.err.Error()
}

func (e *exitError) Unwrap() error { return e.err }

// usagef makes an error of how the command was called.
func usagef(format string, args ...any) error {
	return &exitError{exitUsage, fmt.Errorf(format, args...)}
}

// app is one run of the program.
type app struct {
	in       io.Reader
	out, err io.Writer
	log      *slog.Logger
	common
	configured configLinks      // links of --config, for proxy
	retain     keepFlags        // of live and proxy
	unbounded  bool             // -Y is evaluated on every PDU, for a test
	started    bool             // flags are read and the command runs
	clock      func() time.Time // of the days of known findings; nil: time.Now
}

// run runs the program and returns its exit code.
func run(ctx context.Context, args []string, in io.Reader, out, errw io.Writer) int {
	written := &standardOutput{Writer: out}
	a := &app{in: in, out: written, err: errw, log: slog.New(slog.DiscardHandler)}
	root := a.root()
	root.SetArgs(args)
	err := root.ExecuteContext(ctx)
	if failed := written.failed(); failed != nil && (err == nil || errors.Is(err, failed)) {
		err = &exitError{exitFailed, failed}
	}
	if errors.Is(err, context.Canceled) && ctx.Err() != nil {
		err = &exitError{exitFailed, errors.New("interrupted: not all was given")}
	}
	return a.exit(err)
}

func (a *app) root() *cobra.Command {
	root := &cobra.Command{
		Use:   "smpptap",
		Short: "Read SMPP from captures, say what is wrong with it, keep it in a database",
		Long: "smpptap reads SMPP from captures, checks it against the specification and the provider's\n" +
			"rules, says what is probably wrong, and keeps what it saw in a database.",
		Example: "  smpptap analyze capture.pcap        the main job: what is wrong, who spoke, how fast\n" +
			"  smpptap read -V capture.pcap        every PDU as a tree\n" +
			"  smpptap audit -T json capture.pcap  compliance report",
		SilenceErrors:     true,
		SilenceUsage:      true,
		PersistentPreRunE: a.begin,
	}
	root.SetIn(a.in)
	root.SetOut(a.out)
	root.SetErr(a.err)
	root.SetFlagErrorFunc(flagError)
	root.SuggestionsMinimumDistance = 2
	a.common.add(root.PersistentFlags())
	root.AddCommand(
		a.analyzeCommand(), a.readCommand(), a.auditCommand(),
		a.sessionsCommand(), a.pdusCommand(), a.findingsCommand(), a.messagesCommand(),
		a.liveCommand(), a.proxyCommand(), a.showCommand(), a.traceCommand(), a.exportCommand(), a.sqlCommand(), a.dbCommand(), a.decodeCommand(), a.specCommand(),
		a.rulesCommand(), a.profileCommand(), a.versionCommand(),
		filterTopic(), fieldsTopic(), questionsTopic(),
	)
	root.Version = buildInfo().version
	root.SetVersionTemplate(buildText())
	strict(root)
	complete(root, nil)
	return root
}

// begin runs before every command: configuration, environment, common flags.
func (a *app) begin(cmd *cobra.Command, _ []string) error {
	if err := configure(cmd, a.config, &a.configured); err != nil {
		return err
	}
	if err := a.common.check(); err != nil {
		return err
	}
	if err := checkFilter(cmd); err != nil {
		return err
	}
	if err := checkKey(cmd); err != nil {
		return err
	}
	if f, _ := report.ParseTimeFormat(a.time); f.IsDelta() && !slices.Contains(pduLists, cmd.Name()) {
		return usagef("--time %s: only lists of PDUs (%s) have a PDU before", a.time, strings.Join(pduLists, ", "))
	}
	a.log = a.common.logger(a.err)
	a.started = true
	return nil
}

// pduLists are the commands that list PDUs in order of time.
var pduLists = []string{"read", "live", "proxy", "pdus"}

// exit tells the error, if any, and gives the exit code.
func (a *app) exit(err error) int {
	if err == nil || errors.Is(err, syscall.EPIPE) {
		return exitOK
	}
	var e *exitError
	if !errors.As(err, &e) {
		e = &exitError{exitFailed, err}
		if !a.started { // cobra found fault with the command line
			e.code = exitUsage
		}
	}
	if e.err == nil {
		return e.code
	}
	switch {
	case e.code == exitUsage:
		fmt.Fprintf(a.err, "smpptap: %s\n", safeLines(usageText(e.err)))
	case a.logFormat == "json":
		a.log.Error("failed", "error", e.err.Error())
	default:
		fmt.Fprintf(a.err, "smpptap: %s\n", safeLines(e.err.Error()))
	}
	return e.code
}

// remark tells something beside the result, as the logs are written; -q wants
// none.
func (a *app) remark(format string, args ...any) {
	text := fmt.Sprintf(format, args...)
	switch {
	case a.quiet:
	case a.logFormat == "json":
		slog.New(slog.NewJSONHandler(a.err, nil)).Info("remark", "text", text)
	default:
		fmt.Fprintf(a.err, "smpptap: %s\n", safeLines(text))
	}
}

// safeLines makes a text of several lines safe for a terminal: it may name a
// file whose name somebody else chose.
func safeLines(text string) string {
	lines := strings.Split(text, "\n")
	for i, line := range lines {
		lines[i] = report.Safe(line)
	}
	return strings.Join(lines, "\n")
}

// usageText is an error of the command line, on one line, with the way to help.
func usageText(err error) string {
	text := strings.TrimSpace(err.Error())
	// cobra lists commands with a similar name on lines of their own.
	if head, near, ok := strings.Cut(text, "\n\nDid you mean this?\n"); ok {
		return head + "; did you mean " + strings.Join(strings.Fields(near), " or ") + "?"
	}
	if isSyntaxError(err) {
		return text // the carets under the filter come last
	}
	return text + " (see smpptap help)"
}

// flagError makes cobra's complaint about a flag ours, with the nearest flag.
func flagError(cmd *cobra.Command, err error) error {
	if errors.Is(err, pflag.ErrHelp) {
		return err
	}
	command := ""
	if cmd.HasParent() {
		command = calledAs(cmd) + ": "
	}
	var unknown *pflag.NotExistError
	if errors.As(err, &unknown) {
		name := unknown.GetSpecifiedName()
		var names []string
		cmd.Flags().VisitAll(func(f *pflag.Flag) { names = append(names, f.Name) })
		if near := nearest(name, names); near != "" && len(name) > 1 {
			return usagef("%s%w; did you mean --%s?", command, err, near)
		}
	}
	var invalid *pflag.InvalidValueError
	if errors.As(err, &invalid) {
		if e := numberError(invalid.GetFlag(), err); e != nil {
			return usagef("--%s: %w", invalid.GetFlag().Name, e)
		}
	}
	return usagef("%s%w", command, err)
}

// numberError says in our words that a flag's value is no number, and not how
// that was found; nil: err is something else.
func numberError(f *pflag.Flag, err error) error {
	var number *strconv.NumError
	switch {
	case !errors.As(err, &number):
		return nil
	case f.Name == portFlag:
		return fmt.Errorf("%s is no TCP port", number.Num)
	case f.Value.Type() == "bool":
		return fmt.Errorf("%q is neither true nor false", number.Num)
	case errors.Is(number, strconv.ErrRange):
		return fmt.Errorf("%s is too large", number.Num)
	}
	return fmt.Errorf("%q is no number", number.Num)
}

// nearest gives the word that a mistyped one most likely means, or "".
func nearest(word string, known []string) string {
	best, least := "", min(3, len(word)/2+1)
	for _, k := range known {
		if d := dissect.Typos(word, k, least); d < least || d == least && best == "" && d < 3 {
			best, least = k, d
		}
	}
	return best
}

// isTerminal tells whether a stream is one.
func isTerminal(stream any) (fd int, ok bool) {
	if r, ok := stream.(*standardOutput); ok {
		stream = r.Writer
	}
	f, isFile := stream.(*os.File)
	if !isFile {
		return 0, false
	}
	fd = int(f.Fd())
	return fd, term.IsTerminal(fd)
}
