package main

import (
	"errors"
	"io"
	"log/slog"
	"os"
	"slices"
	"strings"

	"github.com/spf13/pflag"
	"golang.org/x/term"

	"smpptap/analyze"
	"smpptap/analyze/audit"
	"smpptap/analyze/profile"
	"smpptap/report"
)

// common are the flags that every command takes.
type common struct {
	dbs       []string
	noDB      bool
	profile   string
	accountBy string
	ownRules  []string // of the profiles loaded
	ports     []uint
	redact    string
	key       string
	secret    []byte // of key
	color     string
	time      string
	filter    string
	quiet     bool
	verbose   int
	logFormat string
	config    string
}

// portFlag is the flag of the ports.
const portFlag = "port"

func (c *common) add(f *pflag.FlagSet) {
	f.StringArrayVar(&c.dbs, "db", []string{"smpptap.db"}, "the `database`; of --rotate the name that its files were made of; where one is read, "+
		"repeatable: several are read as one")
	f.BoolVar(&c.noDB, "no-db", false, "record nothing")
	f.StringVar(&c.profile, "profile", profile.Default, "provider profile: a name of 'profile list' or a file")
	f.StringVar(&c.accountBy, "account-by", "", "what makes an account: server (address and system_id) or system_id, which joins all addresses "+
		"of the SMSC (default: as the profile says, else server)")
	f.UintSliceVar(&c.ports, portFlag, nil, "`ports` where SMPP is expected (default: recognised on any port)")
	f.Lookup(portFlag).DefValue = "" // no "(default [])" in the help
	f.StringVar(&c.redact, "redact", "none", "what to mask beside passwords: none, text, addresses, all")
	f.StringVar(&c.key, "key", "", "`file` whose octets key pseudonyms: with --redact addresses or all, reading captures or traffic, numbers "+
		"become others of the same length, the same for the same number")
	f.StringVar(&c.color, "color", "auto", "colours: auto, always, never")
	f.StringVarP(&c.time, "time", "t", "local", "times: utc, local, relative, epoch (JSON is always UTC); in lists of PDUs also delta, "+
		"delta-shown; tshark's a, ad, u, ud, r, e, d, dd")
	f.StringVarP(&c.filter, filterFlag, "Y", "", "only what is about PDUs that this `filter` wants, in Wireshark's words: 'smpp.command_status != 0'")
	f.BoolVarP(&c.quiet, "quiet", "q", false, "no progress, no remarks")
	f.CountVarP(&c.verbose, "verbose", "v", "log more; twice: everything")
	f.StringVar(&c.logFormat, "log-format", "text", "logs as text or json")
	f.StringVar(&c.config, "config", "", "YAML `file` with the flags' names as keys (then SMPPTAP_* variables, then flags)")
}

// check finds values that no command can use.
func (c *common) check() error {
	if err := oneOf("--color", c.color, words["color"]...); err != nil {
		return err
	}
	if err := oneOf("--log-format", c.logFormat, words["log-format"]...); err != nil {
		return err
	}
	if err := oneOf("--redact", c.redact, words["redact"]...); err != nil {
		return err
	}
	if err := oneOf("--time", c.time, report.TimeNames()...); err != nil {
		return err
	}
	if c.accountBy != "" {
		if err := oneOf("--account-by", c.accountBy, words["account-by"]...); err != nil {
			return err
		}
	}
	if err := c.readKey(); err != nil {
		return err
	}
	if len(c.dbs) == 0 || slices.Contains(c.dbs, "") {
		return usagef("--db names no file")
	}
	if slices.Contains(c.dbs, "-") {
		return usagef("--db -: a database is a file, not standard input or output")
	}
	for _, p := range c.ports {
		if p == 0 || p > 0xFFFF {
			return usagef("--port: %d is no TCP port", p)
		}
	}
	return nil
}

// oneOf checks a flag that takes one of some words.
func oneOf(flag, value string, words ...string) error {
	for _, w := range words {
		if value == w {
			return nil
		}
	}
	if near := nearest(value, words); near != "" {
		return usagef("%s: %q is none of %s; did you mean %s?", flag, value, strings.Join(words, ", "), near)
	}
	return usagef("%s: %q is none of %s", flag, value, strings.Join(words, ", "))
}

func (c *common) redaction() analyze.Redact {
	switch c.redact {
	case "text":
		return analyze.RedactText
	case "addresses":
		return analyze.RedactAddresses
	case "all":
		return analyze.RedactAll
	}
	return analyze.RedactNone
}

func (c *common) portNumbers() []uint16 {
	var out []uint16
	for _, p := range c.ports {
		out = append(out, uint16(p))
	}
	return out
}

func (c *common) logger(w io.Writer) *slog.Logger {
	level := slog.LevelWarn
	switch {
	case c.quiet:
		level = slog.LevelError
	case c.verbose > 1:
		level = slog.LevelDebug
	case c.verbose == 1:
		level = slog.LevelInfo
	}
	opt := &slog.HandlerOptions{Level: level}
	if c.logFormat == "json" {
		return slog.New(slog.NewJSONHandler(w, opt))
	}
	return slog.New(slog.NewTextHandler(w, opt))
}

// loadProfile reads the profile that the flags name.
func (c *common) loadProfile() (*profile.Profile, error) {
	return c.loadProfileOf(c.profile)
}

// loadProfileOf reads a profile as this run uses it.
func (c *common) loadProfileOf(nameOrPath string) (*profile.Profile, error) {
	p, err := profile.Load(nameOrPath)
	if err != nil {
		return nil, err
	}
	if errs := audit.CheckProfile(p); len(errs) > 0 {
		return nil, errors.Join(errs...)
	}
	if c.accountBy != "" {
		p.Account.By = c.accountBy
	}
	for _, r := range audit.OwnRules(p) {
		if !slices.Contains(c.ownRules, r.Name) {
			c.ownRules = append(c.ownRules, r.Name)
		}
	}
	return p, nil
}

// reportOptions say how text goes to w.
func (c *common) reportOptions(w io.Writer, p *profile.Profile) *report.Options {
	opt := &report.Options{}
	if p != nil {
		opt.Dialect = p.Dialect()
	}
	opt.Time, _ = report.ParseTimeFormat(c.time) // check has seen it
	fd, isTerm := isTerminal(w)
	if opt.Terminal = isTerm; isTerm {
		if width, _, err := term.GetSize(fd); err == nil {
			opt.Width = width
		}
	}
	opt.Color = c.color == "always" ||
		c.color == "auto" && isTerm && os.Getenv("NO_COLOR") == "" && os.Getenv("TERM") != "dumb"
	return opt
}
