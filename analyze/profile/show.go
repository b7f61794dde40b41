package profile

import (
	"fmt"
	"strings"

	"go.yaml.in/yaml/v4"
)

// A rule's parameter in the catalogue stands for these keys of a file. A
// parameter that is not listed is a key, or a group of keys, itself.
var asked = map[string][]string{
	"keepalive":              {"keepalive.interval"},
	"inactivity":             {"inactivity.timeout"},
	"bind.system_type":       {"bind.system_type.values"},
	"bind.interface_version": {"bind.interface_version.recommended", "bind.interface_version.accepted"},
	"bind.max_binds":         {"bind.max"},
	"pdus.forbidden":         {"pdus.forbidden", "pdus.client_allowed"},
	"source_addr":            {"source.by_shape", "source.pairs"},
	"destination_addr":       {"destination.re", "destination.forbidden_prefix", "destination.suspicious_prefix", "destination.pairs"},
}

// IsSet tells whether the profile or one that it extends states a parameter,
// named as the rule catalogue names it or by its key. A group is set when a
// key below it is.
func (p *Profile) IsSet(parameter string) bool {
	switch parameter {
	case "bind.system_type":
		if p.Bind.SystemType.Compare == CompareEmpty {
			return true
		}
		if p.Bind.SystemType.Compare == CompareIgnored {
			return false
		}
	case "tlvs":
		return len(p.TLVs) > 0
	case "bind.password.required":
		return p.has(parameter) && p.Bind.Password.Required
	}
	return len(p.stated(parameter)) > 0
}

// Vouched tells whether a rule that rests on a parameter may accuse: false
// when a value of it is hearsay (family, inferred, learned), and the rule is
// capped at a note.
func (p *Profile) Vouched(parameter string) bool {
	if parameter == "tlvs" && len(p.TLVs) > 0 {
		for i := range p.TLVs {
			if !p.TLVs[i].byUser() && !p.origins["tlvs"].Provenance.Vouched() {
				return false
			}
		}
		return true
	}
	for _, path := range p.stated(parameter) {
		if !p.origins[path].Provenance.Vouched() {
			return false
		}
	}
	return true
}

// Origin gives where a value comes from; ok is false when it is unset.
func (p *Profile) Origin(path string) (o Origin, ok bool) {
	o, ok = p.origins[path]
	return o, ok
}

func (p *Profile) has(path string) bool {
	_, ok := p.origins[path]
	return ok
}

// stated lists the keys behind a parameter that some file gives.
func (p *Profile) stated(parameter string) []string {
	keys, listed := asked[parameter]
	if !listed {
		keys = []string{parameter}
	}
	var out []string
	for i := range params {
		path := params[i].path
		for _, key := range keys {
			if p.has(path) && (path == key || strings.HasPrefix(path, key+".")) {
				out = append(out, path)
			}
		}
	}
	return out
}

// Value is a line of `profile show`.
type Value struct {
	Path string
	Form string // what may stand there: u8, seconds, list of words
	Text string // as written; empty when unset
	// Default is what holds when nothing is stated; empty: nothing does, and
	// the rule that needs the value does not run.
	Default string
	Set     bool
	Origin
}

// defaults are the values that complete fills in, for people.
var defaults = map[string]string{
	"bind.trx_min_version": "0x34", "bind.system_id.required": "true",
	"bind.password.max_len": "8", "bind.system_type.compare": "optional",
	"timers.session_init": "60", "timers.response": "30", "timers.response.smsc": "timers.response",
	"timers.response.esme": "timers.response", "timers.slow": "5",
	"keepalive.initiator": "esme", "keepalive.max_gap": "keepalive.interval", "keepalive.when": "idle",
	"keepalive.tolerance": "{percent: 10, seconds: 1}",
	"inactivity.warn_at":  "0.8 of inactivity.timeout", "inactivity.counts": "any_pdu",
	"pdu.max_octets": "69632", "source.alpha_max": "11", "encoding.default_alphabet": "gsm0338",
	"encoding.other": "note", "long.wait": "600", "response.message_id.required_on_success": "true",
	"response.message_id.len": "[1, 64]", "status.vendor_range": "[0x400, 0x4FF]",
	"tlv.allowed_below_0x34": "false", "account.by": "server", "bind.max_scope": "account", "flow.rate.scope": "account",
}

// Values gives every parameter of the schema, in its order.
func (p *Profile) Values() []Value {
	out := make([]Value, 0, len(params))
	for i := range params {
		v := Value{Path: params[i].path, Form: params[i].form, Default: defaults[params[i].path]}
		if o, ok := p.origins[v.Path]; ok {
			v.Set, v.Origin, v.Text = true, o, flow(o.node)
		}
		out = append(out, v)
	}
	return out
}

// flow writes a value on one line.
func flow(n *yaml.Node) string {
	c := bare(n)
	if c.Kind != yaml.ScalarNode {
		c.Style = yaml.FlowStyle
	}
	b, err := yaml.Dump(c, yaml.WithLineWidth(-1))
	if err != nil {
		return fmt.Sprintf("(%v)", err)
	}
	return strings.Join(strings.Fields(string(b)), " ")
}

// YAML gives the effective values as one profile file that Load reads to the
// same effect; behind each value stands where it comes from.
func (p *Profile) YAML() ([]byte, error) {
	root := &yaml.Node{Kind: yaml.MappingNode}
	for i := range params {
		path := params[i].path
		if o, ok := p.origins[path]; ok {
			put(root, path, o, params[i].hasBelow())
		}
	}
	text, err := yaml.Dump(root, yaml.WithLineWidth(-1))
	if err != nil {
		return nil, err
	}
	return append(text, p.unstated()...), nil
}

// unstated lists as comments what no file of the chain states.
func (p *Profile) unstated() []byte {
	var b strings.Builder
	b.WriteString("\n# Not stated:\n")
	for _, v := range p.Values() {
		switch {
		case v.Set:
		case v.Default != "":
			fmt.Fprintf(&b, "#   %s: %s (default)\n", v.Path, v.Default)
		default:
			fmt.Fprintf(&b, "#   %s: unset (%s)\n", v.Path, v.Form)
		}
	}
	return []byte(b.String())
}

func (m *param) hasBelow() bool { return known().below[m.path] != nil }

// put hangs a value into the tree.
func put(root *yaml.Node, path string, o Origin, group bool) {
	at := root
	parts := strings.Split(path, ".")
	for _, key := range parts[:len(parts)-1] {
		next := find(at, key)
		if next == nil {
			next = &yaml.Node{Kind: yaml.MappingNode}
			at.Content = append(at.Content, word(key), next)
		}
		at = next
	}
	value := bare(o.node)
	if group || o.Source != "" || !o.Provenance.Vouched() || o.Note != "" {
		value = object(value, o)
	} else if value.Kind == yaml.ScalarNode {
		value.LineComment = "# " + o.Profile
	}
	at.Content = append(at.Content, word(parts[len(parts)-1]), value)
}

func word(s string) *yaml.Node { return &yaml.Node{Kind: yaml.ScalarNode, Value: s} }

// bare copies a value without its comments.
func bare(n *yaml.Node) *yaml.Node {
	c := *n
	c.HeadComment, c.LineComment, c.FootComment = "", "", ""
	c.Content = nil
	for _, sub := range n.Content {
		c.Content = append(c.Content, bare(sub))
	}
	return &c
}

func object(value *yaml.Node, o Origin) *yaml.Node {
	n := &yaml.Node{Kind: yaml.MappingNode, Content: []*yaml.Node{word("value"), value}}
	for _, pair := range [][2]string{{"source", o.Source}, {"provenance", string(o.Provenance)}, {"note", o.Note}} {
		if pair[1] != "" && !(pair[0] == "provenance" && o.Provenance == Published) {
			v := word(pair[1])
			if pair[0] != "provenance" {
				v.Style = yaml.DoubleQuotedStyle
			}
			n.Content = append(n.Content, word(pair[0]), v)
		}
	}
	if value.Kind == yaml.ScalarNode {
		n.Style = yaml.FlowStyle
		n.LineComment = "# " + o.Profile
	}
	return n
}
