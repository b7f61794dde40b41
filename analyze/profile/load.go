package profile

import (
	"embed"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"go.yaml.in/yaml/v4"
)

//go:embed builtin/*.yaml
var files embed.FS

// Base is the built-in profile that every other one extends in the end, and
// Default the one used when none is named.
const (
	Base    = "smpp34"
	Default = "kaleyra"
)

// maxChain is how many files one profile may be made of.
const maxChain = 8

// Builtin gives the names of the built-in profiles, sorted.
func Builtin() []string {
	entries, _ := files.ReadDir("builtin")
	var names []string
	for _, e := range entries {
		names = append(names, strings.TrimSuffix(e.Name(), ".yaml"))
	}
	slices.Sort(names) // without .yaml the order is another one
	return names
}

// Load reads a built-in profile by name, or a file. The error joins every
// fault found, each an *Error.
func Load(nameOrPath string) (*Profile, error) {
	p, errs := load(nameOrPath)
	if len(errs) > 0 {
		return nil, errors.Join(errs...)
	}
	return p, nil
}

// Check reads a file as Load does and gives every fault.
func Check(path string) []error {
	_, errs := load(path)
	return errs
}

func load(nameOrPath string) (*Profile, []error) {
	chain, errs := chainOf(nameOrPath)
	if len(errs) > 0 {
		return nil, errs
	}
	p := &Profile{origins: map[string]Origin{}, files: map[string]file{}}
	for _, f := range slices.Backward(chain) {
		d := &decoder{file: f.name, lines: f.lines, id: f.id, p: p, seen: map[string]int{}}
		d.walk("", f.root)
		d.sources()
		p.remember(d, &f)
		if d.more {
			d.errs = append(d.errs, &Error{File: f.name, Message: "more errors follow"})
		}
		slices.SortStableFunc(d.errs, byLine)
		errs = append(errs, d.errs...)
	}
	if len(errs) > 0 {
		return nil, errs
	}
	p.complete()
	return p, nil
}

func byLine(a, b error) int {
	var x, y *Error
	if !errors.As(a, &x) || !errors.As(b, &y) {
		return 0
	}
	if x.Line == 0 || y.Line == 0 {
		return y.Line - x.Line
	}
	return x.Line - y.Line
}

// source is one file of a chain.
type source struct {
	name  string
	id    string
	lines []string
	root  *yaml.Node
}

// chainOf reads a profile and those it extends, the last extended one last.
func chainOf(nameOrPath string) ([]source, []error) {
	var chain []source
	var seen []string
	next, dir := nameOrPath, ""
	for next != "" {
		name, data, err := open(next, dir)
		if err != nil {
			return nil, []error{err}
		}
		if slices.Contains(seen, name) {
			return nil, []error{&Error{File: name, Message: "profile.extends leads back here: " + strings.Join(append(seen, name), " > ")}}
		}
		if len(chain) == maxChain {
			return nil, []error{&Error{File: name, Message: fmt.Sprintf("profile.extends is longer than %d files", maxChain)}}
		}
		f, extends, errs := parse(name, data)
		if len(errs) > 0 {
			return nil, errs
		}
		seen, chain = append(seen, name), append(chain, f)
		if extends == "" && f.id != Base {
			extends = Base
		}
		next, dir = extends, filepath.Dir(name)
	}
	return chain, nil
}

// open gives the octets of a built-in profile or a file. A path in extends
// is relative to the file that names it.
func open(nameOrPath, dir string) (string, []byte, error) {
	if slices.Contains(Builtin(), nameOrPath) {
		data, err := files.ReadFile("builtin/" + nameOrPath + ".yaml")
		return nameOrPath, data, err
	}
	path := nameOrPath
	if dir != "" && !filepath.IsAbs(path) {
		path = filepath.Join(dir, path)
	}
	info, err := os.Stat(path)
	if errors.Is(err, os.ErrNotExist) && !strings.ContainsAny(nameOrPath, "/.") {
		return "", nil, fmt.Errorf("no profile %q%s: built in are %s; else give a file", nameOrPath,
			DidYouMean(nameOrPath, Builtin()), strings.Join(Builtin(), ", "))
	}
	if err != nil {
		return "", nil, fmt.Errorf("read profile: %w", err)
	}
	if !info.Mode().IsRegular() {
		return "", nil, fmt.Errorf("read profile: %s is no regular file", path)
	}
	f, err := os.Open(path)
	if err != nil {
		return "", nil, fmt.Errorf("read profile: %w", err)
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, maxFile+1))
	if err != nil {
		return "", nil, fmt.Errorf("read profile: %w", err)
	}
	return filepath.Clean(path), data, nil
}

// parse makes the node tree of one file and reads what the chain needs.
func parse(name string, data []byte) (source, string, []error) {
	if len(data) > maxFile {
		return source{}, "", []error{&Error{File: name, Message: fmt.Sprintf("larger than %d octets: no profile", maxFile)}}
	}
	s := source{name: name, lines: strings.Split(string(data), "\n")}
	var doc yaml.Node
	if err := yaml.Load(data, &doc); err != nil {
		return s, "", yamlFaults(name, s.lines, err)
	}
	d := &decoder{file: name, lines: s.lines}
	if doc.Kind == yaml.DocumentNode && len(doc.Content) == 1 {
		s.root = doc.Content[0]
	}
	if s.root == nil || s.root.Kind != yaml.MappingNode {
		d.fail(nil, "the file holds no profile (a group of keys)")
		return s, "", d.errs
	}
	if !d.allowed(s.root, 0) || len(d.errs) > 0 {
		return s, "", d.errs
	}
	s.id = d.identity(s.root)
	return s, d.head(s.root, "extends"), d.errs
}

// identity reads profile.id, which no profile is without.
func (d *decoder) identity(root *yaml.Node) string {
	id := d.head(root, "id")
	if id == "" || id == "true" || id == "false" || id[0] == '-' || strings.Trim(id, "abcdefghijklmnopqrstuvwxyz0123456789-") != "" {
		d.fail(find(root, "profile", "id"), "profile.id is needed: small letters, digits and hyphens")
	}
	return id
}

// head reads profile.<key> ahead of everything else.
func (d *decoder) head(root *yaml.Node, key string) string {
	n := find(root, "profile", key)
	if n != nil && n.Kind == yaml.MappingNode {
		n = find(n, "value")
	}
	if n == nil || n.Kind != yaml.ScalarNode || n.Value == "unset" {
		return ""
	}
	return n.Value
}

func find(n *yaml.Node, keys ...string) *yaml.Node {
	for _, key := range keys {
		if n == nil || n.Kind != yaml.MappingNode {
			return nil
		}
		var next *yaml.Node
		for i := 0; i+1 < len(n.Content); i += 2 {
			if n.Content[i].Value == key {
				next = n.Content[i+1]
			}
		}
		n = next
	}
	return n
}

// yamlFaults turns the YAML reader's faults into errors with an excerpt.
func yamlFaults(name string, lines []string, err error) []error {
	var many *yaml.LoadErrors
	var one *yaml.LoadError
	switch {
	case errors.As(err, &many):
		var out []error
		for _, e := range many.Errors {
			out = append(out, yamlFault(name, lines, e))
		}
		return out
	case errors.As(err, &one):
		return []error{yamlFault(name, lines, one)}
	}
	return []error{&Error{File: name, Message: err.Error()}}
}

func yamlFault(name string, lines []string, e *yaml.LoadError) error {
	return &Error{File: name, Line: e.Mark.Line, Column: e.Mark.Column,
		Message: e.Message, Excerpt: excerpt(lines, e.Mark.Line)}
}

// sources reports values that cite what no file of the chain lists.
func (d *decoder) sources() {
	for path := range d.seen {
		o, ok := d.p.origins[path]
		if !ok || o.Source == "" {
			continue
		}
		for _, key := range strings.Split(o.Source, ",") {
			if _, ok := d.p.Sources[strings.TrimSpace(key)]; !ok {
				d.fail(o.node, "source %q is not listed under sources", strings.TrimSpace(key))
			}
		}
	}
}
