package profile

import (
	"fmt"
	"maps"
	"slices"
)

// Moot gives what the profile's own file states without effect, each an *Error
// with its place: a value whose counterpart is missing, or that another value
// overrules. A file may state it for those that extend it, so it is no fault.
func (p *Profile) Moot() []error { return p.moot }

// alone are the keys that say nothing without another one.
var alone = []struct{ path, needs string }{
	{"keepalive.initiator", "keepalive.interval"},
	{"keepalive.max_gap", "keepalive.interval"},
	{"keepalive.when", "keepalive.interval"},
	{"keepalive.tolerance", "keepalive.interval"},
	{"inactivity.warn_at", "inactivity.timeout"},
	{"inactivity.counts", "inactivity.timeout"},
	{"bind.max_scope", "bind.max"},
	{"flow.rate.scope", "flow.rate.max"},
	{"encoding.other", "encoding.data_coding"},
}

func (p *Profile) findMoot() []error {
	var out []error
	tell := func(path, format string, args ...any) {
		if o, ok := p.origins[path]; ok && o.Profile == p.id {
			out = append(out, p.fault(path, format, args...))
		}
	}
	for _, x := range alone {
		if !p.has(x.needs) {
			tell(x.path, "%s has no effect without %s", x.path, x.needs)
		}
	}
	switch p.Bind.SystemType.Compare {
	case CompareEmpty, CompareIgnored:
		tell("bind.system_type.values", "bind.system_type.values has no effect where compare is %s", p.Bind.SystemType.Compare)
	default:
		if !p.has("bind.system_type.values") {
			tell("bind.system_type.compare", "bind.system_type.compare %s has no effect without bind.system_type.values", p.Bind.SystemType.Compare)
		}
	}
	if p.Source.TONNPI == "ignored" {
		for _, path := range [...]string{"source.pairs", "source.by_shape", "source.by_destination", "source.alpha_max"} {
			tell(path, "%s has no effect where source.ton_npi is ignored", path)
		}
	} else if p.Source.TONNPI == "rewritten" && len(p.Source.Pairs) == 0 {
		tell("source.ton_npi", "source.ton_npi: rewritten has no effect without source.pairs, those that are kept")
	}
	if o := p.origins["response.message_id.len"]; o.node != nil && len(o.node.Content) == 2 {
		if least := o.node.Content[0].Value; least != "0" && least != "1" {
			tell("response.message_id.len", "the least length of response.message_id.len, %s, has no effect: only more than the greatest is a fault", least)
		}
	}
	if p.Destination.TONNPI == "ignored" {
		tell("destination.pairs", "destination.pairs has no effect where destination.ton_npi is ignored")
	}
	if r := &p.Fields.RegisteredDelivery; r.Ignored && len(r.Allowed) > 0 {
		tell("fields.registered_delivery", "allowed has no effect where ignored is true")
	}
	for i := range p.TLVs {
		if what := p.TLVs[i].moot(); what != "" {
			tell("tlvs", "TLV 0x%04X: %s", p.TLVs[i].Tag, what)
		}
	}
	for _, key := range slices.Sorted(maps.Keys(p.Instance)) {
		if !slices.ContainsFunc(p.TLVs, func(t TLVRule) bool { _, asks := t.When.Instance[key]; return asks }) {
			tell("instance", "instance.%s has no effect: no TLV asks for it", key)
		}
	}
	return out
}

// moot says what of a TLV's row has no effect; empty: everything has.
func (t *TLVRule) moot() string {
	conditional := len(t.When.DestPrefix) > 0 || t.When.SourceRe != nil
	value := t.Pattern != nil || len(t.Values) > 0
	switch {
	case t.Required == "never" && (value || conditional):
		return "re, values and when have no effect where required is never"
	case (t.Required == "absent" || t.Required == "alike") && value:
		return "re and values have no effect where required is " + t.Required
	case t.Required == "always" && conditional:
		return "when has no effect where required is always, but for its instance"
	case t.Required != "never" && t.Direction == "to_esme":
		return "required has no effect on what the SMSC sends"
	}
	return ""
}

// fault is one at the value of a key that is stated.
func (p *Profile) fault(path, format string, args ...any) error {
	o := p.origins[path]
	f := p.files[o.Profile]
	e := &Error{File: f.name, Message: fmt.Sprintf(format, args...)}
	if o.node != nil {
		e.Line, e.Column, e.Excerpt = o.node.Line, o.node.Column, excerpt(f.lines, o.node.Line)
	}
	return e
}
