package profile

import (
	"cmp"
	"maps"
	"slices"
	"strings"
	"sync"

	"go.yaml.in/yaml/v4"
)

// Bounds of a file.
const (
	maxFile   = 256 << 10 // octets
	maxNodes  = 20_000
	maxDepth  = 16
	maxErrors = 50
)

// Origin says where a value comes from.
type Origin struct {
	Profile    string     // the profile whose file states it
	Source     string     // key in Sources; several: "S1, S2"
	Provenance Provenance // default published
	Note       string

	node *yaml.Node // the value as it was written
}

// Provenance says how sure a value is.
type Provenance string

// The provenances.
const (
	Published Provenance = "published"
	Family    Provenance = "family"
	Inferred  Provenance = "inferred"
	Learned   Provenance = "learned"
	Private   Provenance = "private"
)

// Vouched tells that a rule may accuse on the strength of it.
func (p Provenance) Vouched() bool { return p == "" || p == Published || p == Private }

// decoder reads one file into a Profile, strictly: it reports every fault.
type decoder struct {
	file  string
	lines []string
	id    string
	p     *Profile
	seen  map[string]int // line of each path that was given
	errs  []error
	nodes int
	limit int  // of nodes; zero: maxNodes
	more  bool // errors beyond maxErrors
	weak  Provenance
}

// keys is what the table knows: the leaves, and the names below each path.
type keys struct {
	leaf  map[string]*param
	below map[string][]string
}

var known = sync.OnceValue(func() keys {
	k := keys{leaf: map[string]*param{}, below: map[string][]string{}}
	for i := range params {
		k.leaf[params[i].path] = &params[i]
		for path := params[i].path; path != ""; {
			parent, name := cut(path)
			if !slices.Contains(k.below[parent], name) {
				k.below[parent] = append(k.below[parent], name)
			}
			path = parent
		}
	}
	return k
})

func cut(path string) (parent, name string) {
	if i := strings.LastIndexByte(path, '.'); i >= 0 {
		return path[:i], path[i+1:]
	}
	return "", path
}

func join(path, name string) string {
	if path == "" {
		return name
	}
	return path + "." + name
}

// wrapped are the keys of a value written as an object.
var wrapped = []string{"value", "source", "provenance", "note"}

func (d *decoder) fail(n *yaml.Node, format string, args ...any) {
	if len(d.errs) >= maxErrors {
		d.more = true
		return
	}
	d.errs = append(d.errs, faultAt(d.file, d.lines, n, 0, format, args...))
}

// allowed checks what a file may contain at all.
func (d *decoder) allowed(n *yaml.Node, depth int) bool {
	d.nodes++
	switch {
	case n.Kind == yaml.AliasNode || n.Anchor != "":
		d.fail(n, "anchors and aliases are not supported: use profile.extends")
		return false
	case d.nodes > cmp.Or(d.limit, maxNodes):
		d.fail(n, "the file has more than %d values", cmp.Or(d.limit, maxNodes))
		return false
	case depth > maxDepth:
		d.fail(n, "nested deeper than %d levels", maxDepth)
		return false
	}
	d.unique(n)
	for _, sub := range n.Content {
		if !d.allowed(sub, depth+1) {
			return false
		}
	}
	return true
}

// unique reports a key that a mapping holds twice.
func (d *decoder) unique(n *yaml.Node) {
	if n.Kind != yaml.MappingNode {
		return
	}
	lines := make(map[string]int, len(n.Content)/2)
	for i := 0; i+1 < len(n.Content); i += 2 {
		key := n.Content[i]
		if line, twice := lines[key.Value]; twice {
			d.fail(key, "key %q stands twice, first in line %d", key.Value, line)
			continue
		}
		lines[key.Value] = key.Line
	}
}

// walk reads the mapping n, whose keys stand below path.
func (d *decoder) walk(path string, n *yaml.Node) {
	if n.Kind != yaml.MappingNode {
		d.fail(n, "%s holds a group of keys, not %s", name(path), kindName(n))
		return
	}
	k := known()
	for i := 0; i+1 < len(n.Content); i += 2 {
		key, value := n.Content[i], n.Content[i+1]
		full := join(path, key.Value)
		leaf, group := k.leaf[full], k.below[full] != nil
		switch {
		case leaf == nil && !group:
			d.unknown(key, full, k.below)
		case leaf == nil:
			d.walk(full, value)
		default:
			d.leaf(leaf, key, value)
		}
	}
}

// unknown reports a key that is none of the schema.
func (d *decoder) unknown(key *yaml.Node, full string, below map[string][]string) {
	parent, last := cut(full)
	if slices.Contains(unread, full) {
		d.fail(key, "%s: no rule reads this key; leave it out", full)
		return
	}
	d.fail(key, "unknown key %q%s", full, DidYouMean(last, below[parent]))
}

// unread are keys for what providers publish that no rule and no reader could
// make use of. They are refused by name, for what is near them in spelling
// means something else.
var unread = []string{
	"match", "endpoints", "security", "mask", "submit_multi", "flow.quota", "flow.retry_after", "flow.throttle_status",
	"flow.window.recommended", "flow.window.scope", "flow.rate.counts", "flow.rate.averaging",
	"bind.combinations", "bind.min_recommended", "bind.over_limit_status", "bind.address_range", "bind.over_long_field",
	"bind.status_meaning", "bind.sc_interface_version_expected", "bind.system_id.max_len", "bind.system_type.meaning",
	"bind.interface_version.refusal_status",
	"keepalive.min_gap", "keepalive.server_interval", "inactivity.action", "timers.reconnect_min",
	"pdus.server_sends", "pdus.on_forbidden", "fields.service_type", "fields.esm_class", "fields.protocol_id",
	"fields.replace_if_present", "fields.sm_default_msg_id", "fields.priority", "fields.schedule", "fields.validity",
	"source.numeric_max", "destination.bad_status", "encoding.bom", "encoding.surrogates", "encoding.national_tables",
	"response.message_id.base", "response.message_id.base_by_version", "response.error_body", "tlv.unknown",
}

func name(path string) string {
	if path == "" {
		return "a profile"
	}
	return path
}

// leaf reads one parameter, bare or as an object.
func (d *decoder) leaf(p *param, key, n *yaml.Node) {
	o := Origin{Profile: d.id, Provenance: Published}
	value := n
	if n.Kind == yaml.MappingNode {
		value = d.unwrap(p, n, &o)
		if value == nil {
			return
		}
	}
	if line, twice := d.seen[p.path]; twice {
		d.fail(key, "%s is given twice, first in line %d", p.path, line)
		return
	}
	d.seen[p.path] = key.Line
	if value.Kind == yaml.ScalarNode && value.Style == 0 && value.Value == "unset" {
		p.clear(d.p)
		delete(d.p.origins, p.path)
		return
	}
	d.weak = ""
	if !p.joins {
		p.clear(d.p)
	}
	p.read(d, value, d.p)
	if d.weak != "" && o.Provenance.Vouched() {
		o.Provenance = d.weak
	}
	o.node = value
	if base, ok := d.p.origins[p.path]; ok && p.joins {
		o.node = union(base.node, value)
	}
	d.p.origins[p.path] = o
}

// union gives the entries of base that top does not replace, and those of top.
func union(base, top *yaml.Node) *yaml.Node {
	out := *top
	out.Content = nil
	for i := 0; i+1 < len(base.Content); i += 2 {
		if !hasKey(top, base.Content[i].Value) {
			out.Content = append(out.Content, base.Content[i], base.Content[i+1])
		}
	}
	for i := 0; i+1 < len(top.Content); i += 2 {
		key, value := top.Content[i], top.Content[i+1]
		if old := find(base, key.Value); value.Kind == yaml.ScalarNode && old != nil && hasKey(old, "filter") {
			value = regraded(old, value) // a word on the severity of a user's rule
		}
		out.Content = append(out.Content, key, value)
	}
	return &out
}

// unwrap splits {value, source, provenance, note}. It gives nil when n holds
// no value of p itself, only keys below it.
func (d *decoder) unwrap(p *param, n *yaml.Node, o *Origin) *yaml.Node {
	below := known().below[p.path]
	var value *yaml.Node
	rest := &yaml.Node{Kind: yaml.MappingNode, Line: n.Line, Column: n.Column}
	isObject := hasKey(n, "value")
	if !isObject && below == nil {
		return n // a map is the value
	}
	for i := 0; i+1 < len(n.Content); i += 2 {
		key, v := n.Content[i], n.Content[i+1]
		switch {
		case isObject && key.Value == "value":
			value = v
		case isObject && slices.Contains(wrapped, key.Value):
			d.citation(key.Value, v, o)
		case slices.Contains(below, key.Value):
			rest.Content = append(rest.Content, key, v)
		default:
			d.fail(key, "unknown key %q%s", join(p.path, key.Value),
				DidYouMean(key.Value, append(slices.Clone(below), wrapped...)))
		}
	}
	if len(rest.Content) > 0 {
		d.walk(p.path, rest)
	}
	return value
}

func (d *decoder) citation(key string, v *yaml.Node, o *Origin) {
	s, ok := d.str(v)
	if !ok {
		return
	}
	switch key {
	case "source":
		o.Source = s
	case "note":
		o.Note = s
	case "provenance":
		o.Provenance = Provenance(s)
		d.oneOf(v, s, provenances)
	}
}

var provenances = []string{string(Published), string(Family), string(Inferred), string(Learned), string(Private)}

func hasKey(n *yaml.Node, key string) bool {
	for i := 0; i+1 < len(n.Content); i += 2 {
		if n.Content[i].Value == key {
			return true
		}
	}
	return false
}

// object reads a mapping inside a value: each key by its reader. source,
// provenance and note may stand beside them.
func (d *decoder) object(n *yaml.Node, readers map[string]func(*yaml.Node)) bool {
	if n.Kind != yaml.MappingNode {
		d.fail(n, "a group of keys is wanted here, not %s", kindName(n))
		return false
	}
	for i := 0; i+1 < len(n.Content); i += 2 {
		key, v := n.Content[i], n.Content[i+1]
		if read := readers[key.Value]; read != nil {
			read(v)
			continue
		}
		if slices.Contains(wrapped[1:], key.Value) {
			var o Origin
			d.citation(key.Value, v, &o)
			if !o.Provenance.Vouched() {
				d.weak = o.Provenance
			}
			continue
		}
		d.fail(key, "unknown key %q%s", key.Value, DidYouMean(key.Value, slices.Sorted(maps.Keys(readers))))
	}
	return true
}
