package main

import (
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
	"go.yaml.in/yaml/v4"
)

// Configuration, weakest first: the flags' defaults, a YAML file, SMPPTAP_*
// variables, flags. A key of the file may belong to another command, so that
// one file serves all; a key of none is an error. One without a value is as good
// as not there.

// envPrefix begins the variables: SMPPTAP_LOG_FORMAT is --log-format. An empty
// one is as good as none: systemd and containers cannot take one away.
const envPrefix = "SMPPTAP_"

// maxConfig is the largest configuration, in octets: some ten thousand links.
const maxConfig = 1 << 20

// configure sets the command's flags that were not given.
func configure(cmd *cobra.Command, file string, links *configLinks) error {
	given := make(map[string]bool)
	cmd.Flags().Visit(func(f *pflag.Flag) { given[f.Name] = true })
	if file == "" {
		file = os.Getenv(envPrefix + "CONFIG")
	}
	if file != "" {
		if err := fromFile(cmd, file, given, links); err != nil {
			return err
		}
	}
	if err := fromEnvironment(cmd, given); err != nil {
		return err
	}
	if given["db"] && !given["no-db"] { // who names a database wants one
		return cmd.Flags().Set("no-db", "false")
	}
	return nil
}

func fromEnvironment(cmd *cobra.Command, given map[string]bool) (err error) {
	cmd.Flags().VisitAll(func(f *pflag.Flag) {
		name := envPrefix + strings.ToUpper(strings.ReplaceAll(f.Name, "-", "_"))
		value := os.Getenv(name)
		if value == "" || given[f.Name] || f.Name == "help" || f.Name == "config" || err != nil {
			return
		}
		if e := assign(f, several(f, value)); e != nil {
			err = usagef("environment variable %s=%q: %w", name, value, e)
		}
	})
	return err
}

// wholeValues are repeatable flags whose values have commas of their own.
var wholeValues = []string{"decode-as", "field-option", "statistics"}

// several are the values in one text: a repeatable flag's stand between commas.
func several(f *pflag.Flag, text string) []string {
	if slices.Contains(wholeValues, f.Name) {
		return []string{text}
	}
	return strings.Split(text, ",")
}

// assign sets a flag; a list replaces what a weaker source gave.
func assign(f *pflag.Flag, values []string) error {
	var err error
	joined := strings.Join(values, ",")
	switch s, isList := f.Value.(pflag.SliceValue); {
	case !isList:
		err = f.Value.Set(joined)
	case f.Value.Type() == "stringArray" || len(values) == 0:
		err = s.Replace(values)
	default: // the flag itself takes several
		err = s.Replace(strings.Split(joined, ","))
	}
	if e := numberError(f, err); e != nil {
		return e
	}
	return err
}

func fromFile(cmd *cobra.Command, path string, given map[string]bool, links *configLinks) error {
	data, err := readConfig(path)
	if err != nil {
		return fmt.Errorf("read configuration: %w", err)
	}
	root, err := mapping(data)
	if err != nil {
		return fmt.Errorf("configuration %s: %w", path, err)
	}
	known := append(allFlags(cmd.Root()), linksKey)
	seen := make(map[string]bool)
	for i := 0; i+1 < len(root); i += 2 {
		key, value := root[i], root[i+1]
		at := fmt.Sprintf("configuration %s:%d: %s", path, key.Line, key.Value)
		switch {
		case !slices.Contains(known, key.Value):
			if near := nearest(key.Value, known); near != "" {
				return fmt.Errorf("%s: no such key; did you mean %s?", at, near)
			}
			return fmt.Errorf("%s: no such key (keys are the flags' names)", at)
		case seen[key.Value]:
			return fmt.Errorf("%s: stands twice", at)
		}
		seen[key.Value] = true
		if key.Value == linksKey {
			*links = configLinks{path, value}
			continue
		}
		f := cmd.Flags().Lookup(key.Value)
		if given[key.Value] {
			f = nil
		}
		if err := assignNode(f, value); err != nil {
			return fmt.Errorf("%s: %w", at, err)
		}
	}
	return nil
}

// readConfig reads a configuration, also from a pipe.
func readConfig(path string) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, maxConfig+1))
	if err == nil && len(data) > maxConfig {
		err = fmt.Errorf("%s is larger than %d octets: no configuration", path, maxConfig)
	}
	return data, err
}

// mapping reads the one mapping a file holds. An empty file is an empty one.
func mapping(data []byte) ([]*yaml.Node, error) {
	if len(strings.TrimSpace(string(data))) == 0 {
		return nil, nil
	}
	var doc yaml.Node
	if err := yaml.Load(data, &doc); err != nil {
		return nil, err
	}
	if len(doc.Content) != 1 || doc.Content[0].Kind != yaml.MappingNode {
		return nil, fmt.Errorf("want keys and values, one a line")
	}
	return doc.Content[0].Content, nil
}

// assignNode sets a flag to what a flag takes: a scalar, or a list of scalars.
// Without a flag it only looks whether n is that.
func assignNode(f *pflag.Flag, n *yaml.Node) error {
	var values []string
	switch n.Kind {
	case yaml.ScalarNode:
		values = []string{n.Value}
		if f != nil {
			values = several(f, n.Value)
		}
	case yaml.SequenceNode:
		for _, item := range n.Content {
			if item.Kind != yaml.ScalarNode {
				return fmt.Errorf("want a list of plain values")
			}
			values = append(values, item.Value)
		}
	default:
		return fmt.Errorf("want a plain value or a list of them")
	}
	if f == nil || n.ShortTag() == "!!null" {
		return nil
	}
	return assign(f, values)
}

// allFlags are the names of all flags of all commands.
func allFlags(root *cobra.Command) []string {
	var names []string
	var walk func(c *cobra.Command)
	walk = func(c *cobra.Command) {
		add := func(f *pflag.Flag) {
			if f.Name != "help" && f.Name != "config" && !slices.Contains(names, f.Name) {
				names = append(names, f.Name)
			}
		}
		c.LocalFlags().VisitAll(add)
		c.PersistentFlags().VisitAll(add)
		for _, sub := range c.Commands() {
			walk(sub)
		}
	}
	walk(root)
	return names
}
