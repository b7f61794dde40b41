package main

import (
	"fmt"
	"slices"

	"github.com/spf13/pflag"
	"go.yaml.in/yaml/v4"

	"smpptap/proxy"
)

// linksKey is the key of a configuration that only proxy takes: a list of
// links, each with a name and keys named like the flags. What stands beside
// the list, and the flags, are the defaults of all.
const linksKey = "links"

// configLinks are the links of a configuration as they were read.
type configLinks struct {
	path string
	node *yaml.Node // nil: there are none
}

// read makes links of the entries. first holds the defaults.
func (c *configLinks) read(first *proxyLink) ([]proxyLink, error) {
	if c.node.Kind != yaml.SequenceNode || len(c.node.Content) == 0 {
		return nil, usagef("configuration %s:%d: %s: want a list, each entry with a name", c.path, c.node.Line, linksKey)
	}
	var out []proxyLink
	for i, entry := range c.node.Content {
		l, err := c.link(entry, *first, i)
		if err != nil {
			return nil, err
		}
		out = append(out, l)
	}
	return out, nil
}

func (c *configLinks) link(entry *yaml.Node, l proxyLink, i int) (proxyLink, error) {
	l.at = fmt.Sprintf("configuration %s:%d", c.path, entry.Line)
	l.name = fmt.Sprintf("link%d", i+1)
	l.proxyProtocol = slices.Clone(l.proxyProtocol)
	if entry.Kind != yaml.MappingNode {
		return l, usagef("%s: %s: want keys and values", l.at, linksKey)
	}
	f := pflag.NewFlagSet("", pflag.ContinueOnError)
	f.StringVar(&l.name, "name", l.name, "")
	f.StringVar(&l.profile, "profile", l.profile, "")
	l.flags(f)
	seen := map[string]bool{}
	for i := 0; i+1 < len(entry.Content); i += 2 {
		key := entry.Content[i]
		at := fmt.Sprintf("configuration %s:%d: %s", c.path, key.Line, key.Value)
		if seen[key.Value] {
			return l, usagef("%s: stands twice", at)
		}
		seen[key.Value] = true
		if err := c.assign(f, key.Value, entry.Content[i+1]); err != nil {
			return l, usagef("%s: %w", at, err)
		}
	}
	return l, nil
}

// assign sets one key of a link.
func (c *configLinks) assign(f *pflag.FlagSet, key string, value *yaml.Node) error {
	flag := f.Lookup(key)
	if flag == nil {
		var known []string
		f.VisitAll(func(f *pflag.Flag) { known = append(known, f.Name) })
		if near := nearest(key, known); near != "" {
			return fmt.Errorf("no such key of a link; did you mean %s?", near)
		}
		return fmt.Errorf("no such key of a link (keys are name, profile and the flags' names)")
	}
	return assignNode(flag, value)
}

// distinct finds links that cannot be told apart.
func distinct(links []proxyLink) error {
	name, listen := map[string]bool{}, map[string]string{}
	for i := range links {
		l := &links[i]
		if name[l.name] {
			return l.usage(fmt.Errorf("another link has this name"))
		}
		if other := listen[l.listen]; other != "" {
			return l.usage(fmt.Errorf("listen %s: link %q listens there", l.listen, other))
		}
		name[l.name] = true
		if !freePort(l.listen) {
			listen[l.listen] = l.name
		}
	}
	return nil
}

// links are what the proxy is to relay.
func (p *proxyFlags) links(c *configLinks) (links []proxyLink, out []proxy.Link, err error) {
	links = []proxyLink{p.link}
	if c.node != nil {
		if links, err = c.read(&p.link); err != nil {
			return nil, nil, err
		}
	}
	for i := range links {
		l, err := links[i].options()
		if err != nil {
			return nil, nil, err
		}
		out = append(out, l)
	}
	return links, out, distinct(links)
}
