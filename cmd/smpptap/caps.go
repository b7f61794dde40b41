package main

import (
	"strconv"
	"strings"

	"github.com/spf13/pflag"

	"smpptap/analyze"
)

// caps bound what a run remembers (--cap).
type caps struct {
	args              []string
	connections, held int
	run               analyze.Caps
}

// capNames are the caps of --cap with their defaults, which stand where they
// hold.
const capNames = "connections (100000 open at once), held (64MiB of TCP octets behind a hole), requests (1048576 without a " +
	"response), receipts (131072 messages that wait for theirs), findings (10000)"

func (c *caps) add(f *pflag.FlagSet) {
	f.StringSliceVar(&c.args, "cap", nil, "remember at most `NAME=N`, the oldest dropped and counted: "+capNames)
}

// read reads the flag's arguments.
func (c *caps) read() error {
	for _, arg := range c.args {
		name, value, _ := strings.Cut(arg, "=")
		to := map[string]*int{
			"connections": &c.connections, "held": &c.held, "requests": &c.run.Requests,
			"receipts": &c.run.Receipts, "findings": &c.run.Findings,
		}[name]
		if to == nil {
			return usagef("--cap %s: the names are connections, held, requests, receipts, findings", arg)
		}
		n, err := capValue(name, value)
		if err != nil {
			return err
		}
		*to = n
	}
	return nil
}

// capValue reads a number above zero; of held, octets with or without a unit.
func capValue(name, value string) (int, error) {
	digits, unit, want := value, int64(1), "a number above zero"
	if name == "held" {
		digits, unit = cutUnit(value, 1)
		want = "a size as 64MiB"
	}
	n, err := strconv.ParseInt(digits, 10, 64)
	if err != nil || n < 1 || n > 1<<31/unit {
		return 0, usagef("--cap %s=%s: %s is wanted", name, value, want)
	}
	return int(n * unit), nil
}
