package main

import (
	"bytes"
	"fmt"
	"os"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"smpptap/analyze"
)

// leastKey and mostKey bound a key, in octets.
const (
	leastKey = 16
	mostKey  = 64 << 10
)

// keyed are the commands that make pseudonyms: those that read captures or
// traffic. What is in a database already is masked.
var keyed = []string{"analyze", "audit", "live", "proxy", "read"}

// checkKey refuses --key where it would change nothing.
func checkKey(cmd *cobra.Command) error {
	if cmd.Flags().Changed("key") && !slices.Contains(keyed, cmd.Name()) {
		return usagef("%s: --key cannot be used here: pseudonyms are made where captures or traffic are read (%s)",
			calledAs(cmd), strings.Join(keyed, ", "))
	}
	return nil
}

// readKey reads the file of --key. Space around the key is none of it, so
// that an editor's last line break changes nothing.
func (c *common) readKey() error {
	if c.key == "" {
		return nil
	}
	if c.redaction()&analyze.RedactAddresses == 0 {
		return usagef("--key makes pseudonyms of addresses: it needs --redact addresses or --redact all")
	}
	info, err := os.Stat(c.key)
	if err != nil {
		return fmt.Errorf("--key: %w", err)
	}
	if !info.Mode().IsRegular() || info.Size() > mostKey {
		return usagef("--key: %s is no file of at most %d octets", c.key, mostKey)
	}
	b, err := os.ReadFile(c.key)
	if err != nil {
		return fmt.Errorf("--key: %w", err)
	}
	c.secret = bytes.TrimSpace(b)
	if len(c.secret) < leastKey {
		return usagef("--key: %s has %d octets, a key has %d or more", c.key, len(c.secret), leastKey)
	}
	return nil
}
