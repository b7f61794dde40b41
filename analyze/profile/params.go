package profile

import (
	"maps"
	"time"

	"smpptap/dissect"

	"go.yaml.in/yaml/v4"
)

// param is a row of the schema: a path and how its value is read. One row is
// all there is to a parameter; reading, merging, showing and the proposals
// for a misspelt key follow from it.
type param struct {
	path  string
	form  string // for people: u8, seconds, list of words
	json  fragment
	read  func(d *decoder, n *yaml.Node, p *Profile)
	clear func(p *Profile)
	joins bool // entries join those of the profile it extends
}

func of[T any](path, form string, json fragment, at func(*Profile) *T, read func(*decoder, *yaml.Node) (T, bool)) param {
	return param{
		path: path, form: form, json: json,
		read: func(d *decoder, n *yaml.Node, p *Profile) {
			if v, ok := read(d, n); ok {
				*at(p) = v
			}
		},
		clear: func(p *Profile) { var zero T; *at(p) = zero },
	}
}

// merged makes a file's entries join those of the profile it extends.
func merged(m param) param {
	read := m.read
	m.joins = true
	m.read = func(d *decoder, n *yaml.Node, p *Profile) {
		sources, instance := p.Sources, p.Instance
		read(d, n, p)
		p.Sources, p.Instance = over(sources, p.Sources), over(instance, p.Instance)
	}
	return m
}

func over[V any](base, top map[string]V) map[string]V {
	if base == nil {
		return top
	}
	out := maps.Clone(base)
	maps.Copy(out, top)
	return out
}

type integer interface {
	~int | ~uint8 | ~uint16 | ~uint32
}

func number[T integer](path, form string, lo, hi int64, at func(*Profile) *T) param {
	return of(path, form, wholeNumber(lo, hi), at, func(d *decoder, n *yaml.Node) (T, bool) {
		v, ok := d.num(n, lo, hi)
		return T(v), ok
	})
}

func seconds(path string, at func(*Profile) *time.Duration) param {
	return of(path, "seconds", secondsValue, at, (*decoder).dur)
}

func flag(path string, at func(*Profile) *bool) param {
	return of(path, "true or false", boolValue, at, (*decoder).boolean)
}

func text(path string, at func(*Profile) *string) param {
	return of(path, "text", scalarValue, at, (*decoder).str)
}

func words(path string, at func(*Profile) *[]string) param {
	return of(path, "list of words", listValue(scalarValue), at, func(d *decoder, n *yaml.Node) ([]string, bool) {
		return d.words(n), true
	})
}

func choice[T ~string](path string, at func(*Profile) *T, options ...string) param {
	return of(path, "one of "+list(options), oneWord(options...), at, func(d *decoder, n *yaml.Node) (T, bool) {
		s, ok := d.str(n)
		return T(s), ok && d.oneOf(n, s, options)
	})
}

func choices(path string, at func(*Profile) *[]string, options ...string) param {
	return of(path, "list of "+list(options), listValue(oneWord(options...)), at, func(d *decoder, n *yaml.Node) ([]string, bool) {
		var out []string
		return out, d.list(n, func(e *yaml.Node) {
			if s, ok := d.str(e); ok && d.oneOf(e, s, options) {
				out = append(out, s)
			}
		})
	})
}

// params is the schema, in the order in which profiles are written and shown.
var params = []param{
	of("profile.id", "small letters, digits, hyphens", idValue, func(p *Profile) *string { return &p.id }, (*decoder).str),
	text("profile.title", func(p *Profile) *string { return &p.Title }),
	number("profile.schema", "1", 1, 1, func(*Profile) *int { return new(int) }),
	text("profile.revised", func(p *Profile) *string { return &p.Revised }),
	text("profile.extends", func(p *Profile) *string { return &p.Extends }),
	of("profile.spec", "3.3, 3.4 or 5.0", fragment{"enum": []any{"3.3", "3.4", "5.0", "5", 3.3, 3.4, 5}}, func(p *Profile) *dissect.Version { return &p.Spec }, readVersion),
	merged(of("sources", "map of {title, url, read}", sourcesValue, func(p *Profile) *map[string]Source { return &p.Sources }, readSources)),
	merged(of("instance", "map of words", mapValue("", scalarValue), func(p *Profile) *map[string]string { return &p.Instance }, readInstance)),

	choice("account.by", func(p *Profile) *string { return &p.Account.By }, "server", "system_id"),

	number("bind.interface_version.recommended", "u8", 0, 255, func(p *Profile) *uint8 { return &p.Bind.InterfaceVersion.Recommended }),
	of("bind.interface_version.accepted", "list of u8 or [min, max]", listValue(either(wholeNumber(0, 255), spanValue(255))), func(p *Profile) *[][2]uint8 { return &p.Bind.InterfaceVersion.Accepted }, readAccepted),
	number("bind.interface_version.fallback", "u8", 0, 255, func(p *Profile) *uint8 { return &p.Bind.InterfaceVersion.Fallback }),
	choices("bind.types", func(p *Profile) *[]string { return &p.Bind.Types }, "tx", "rx", "trx"),
	number("bind.trx_min_version", "u8", 0, 255, func(p *Profile) *uint8 { return &p.Bind.TRXMinVersion }),
	number("bind.max", "binds", 1, 65535, func(p *Profile) *int { return &p.Bind.Max }),
	choice("bind.max_scope", func(p *Profile) *string { return &p.Bind.MaxScope }, "account", "server"),
	flag("bind.system_id.required", func(p *Profile) *bool { return &p.Bind.SystemID.Required }),
	number("bind.password.max_len", "characters", 1, 255, func(p *Profile) *int { return &p.Bind.Password.MaxLen }),
	flag("bind.password.required", func(p *Profile) *bool { return &p.Bind.Password.Required }),
	words("bind.system_type.values", func(p *Profile) *[]string { return &p.Bind.SystemType.Values }),
	choice("bind.system_type.compare", func(p *Profile) *Compare { return &p.Bind.SystemType.Compare },
		"exact", "fold_case", "must_be_empty", "ignored", "optional"),

	seconds("timers.session_init", func(p *Profile) *time.Duration { return &p.Timers.SessionInit }),
	seconds("timers.response", func(p *Profile) *time.Duration { return &p.Timers.Response }),
	seconds("timers.response.smsc", func(p *Profile) *time.Duration { return &p.Timers.ResponseSMSC }),
	seconds("timers.response.esme", func(p *Profile) *time.Duration { return &p.Timers.ResponseESME }),
	seconds("timers.slow", func(p *Profile) *time.Duration { return &p.Timers.Slow }),

	of("keepalive.initiator", "one of esme, smsc, both", oneWord("esme", "smsc", "both"), func(p *Profile) *dissect.Side { return &p.KeepAlive.Initiator }, readSide),
	seconds("keepalive.interval", func(p *Profile) *time.Duration { return &p.KeepAlive.Interval }),
	seconds("keepalive.max_gap", func(p *Profile) *time.Duration { return &p.KeepAlive.MaxGap }),
	of("keepalive.when", "one of always, idle", oneWord("always", "idle"), func(p *Profile) *bool { return &p.KeepAlive.Idle }, readIdle),
	of("keepalive.tolerance", "{percent, seconds}", toleranceValue, func(p *Profile) *Tolerance { return &p.KeepAlive.Tolerance }, readTolerance),

	seconds("inactivity.timeout", func(p *Profile) *time.Duration { return &p.Inactivity.Timeout }),
	seconds("inactivity.warn_at", func(p *Profile) *time.Duration { return &p.Inactivity.WarnAt }),
	choice("inactivity.counts", func(p *Profile) *string { return &p.Inactivity.Counts },
		"any_pdu", "client_pdu", "client_octets", "request_only"),

	number("flow.window.max", "requests", 1, 1<<31-1, func(p *Profile) *int { return &p.Flow.WindowMax }),
	of("flow.rate.max", "per second", decimalNumber(1e9), func(p *Profile) *float64 { return &p.Flow.RateMax },
		func(d *decoder, n *yaml.Node) (float64, bool) { return d.decimal(n, 1e9) }),
	choice("flow.rate.scope", func(p *Profile) *string { return &p.Flow.RateScope }, "bind", "server", "account"),

	number("pdu.max_octets", "octets", 16, 1<<31-1, func(p *Profile) *int { return &p.PDU.MaxOctets }),
	commands("pdus.client_allowed", func(p *Profile) *[]string { return &p.PDUs.ClientAllowed }),
	commands("pdus.forbidden", func(p *Profile) *[]string { return &p.PDUs.Forbidden }),
	commands("pdus.undocumented", func(p *Profile) *[]string { return &p.PDUs.Undocumented }),

	of("fields.registered_delivery", "{allowed: list of u8, ignored}", registeredValue, func(p *Profile) *RegisteredDelivery { return &p.Fields.RegisteredDelivery }, readRegistered),

	of("source.pairs", "list of {ton, npi}", listValue(pairValue), func(p *Profile) *[]Pair { return &p.Source.Pairs }, readPairs),
	of("source.by_shape", "list of {ton, npi, re}", listValue(shapeValue), func(p *Profile) *[]Shape { return &p.Source.Shapes }, readShapes),
	of("source.by_destination", "list of {prefix, re, severity}", listValue(byDestinationValue), func(p *Profile) *[]DestinationShape { return &p.Source.ByDestination }, readByDestination),
	number("source.alpha_max", "characters", 1, 65, func(p *Profile) *int { return &p.Source.AlphaMax }),
	choice("source.ton_npi", func(p *Profile) *string { return &p.Source.TONNPI }, "checked", "ignored", "rewritten"),
	of("destination.pairs", "list of {ton, npi}", listValue(pairValue), func(p *Profile) *[]Pair { return &p.Destination.Pairs }, readPairs),
	choice("destination.ton_npi", func(p *Profile) *string { return &p.Destination.TONNPI }, "checked", "ignored"),
	of("destination.re", "expression", patternValue, func(p *Profile) **Pattern { return &p.Destination.Pattern },
		func(d *decoder, n *yaml.Node) (*Pattern, bool) { v := d.pattern(n); return v, v != nil }),
	words("destination.forbidden_prefix", func(p *Profile) *[]string { return &p.Destination.ForbiddenPrefix }),
	words("destination.suspicious_prefix", func(p *Profile) *[]string { return &p.Destination.SuspiciousPrefix }),

	choice("encoding.default_alphabet", func(p *Profile) *dissect.Alphabet { return &p.Encoding.Default }, alphabets...),
	of("encoding.data_coding", "map of {alphabet, use}", mapValue(octetKey, codingValue), func(p *Profile) *map[uint8]Coding { return &p.Encoding.Coding }, readCodings),
	choice("encoding.other", func(p *Profile) *Level { return &p.Encoding.Other }, levels...),

	number("long.limit_octets", "octets", 1, 65535, func(p *Profile) *int { return &p.Long.LimitOctets }),
	seconds("long.wait", func(p *Profile) *time.Duration { return &p.Long.Wait }),

	flag("response.message_id.required_on_success", func(p *Profile) *bool { return &p.Response.MessageIDRequired }),
	of("response.message_id.len", "[min, max] characters", spanValue(255), func(p *Profile) *int { return &p.Response.MessageIDMax },
		func(d *decoder, n *yaml.Node) (int, bool) { _, b, ok := d.span(n, 255); return int(b), ok }),
	of("receipt.states", "map of {state, final}", mapValue("", stateValue), func(p *Profile) *map[string]State { return &p.Receipt.States }, readStates),
	of("receipt.carrier", "list of "+list(carriers), listValue(oneWord(carriers...)), func(p *Profile) *bool { return &p.Receipt.TLVOnly }, readCarrier),
	of("receipt.required_keys", "list of "+list(receiptKeys), listValue(oneWord(receiptKeys...)), func(p *Profile) *dissect.LayoutKeys { return &p.Receipt.Keys }, readKeys),
	of("receipt.keys", "map of a key of appendix B to its spellings", mapValue(receiptKeyForm, listValue(scalarValue)), func(p *Profile) *dissect.LayoutKeys { return &p.Receipt.Spelt }, readSpellings),
	of("receipt.date_digits", "list of 1 to 31", listValue(wholeNumber(1, 31)), func(p *Profile) *Widths { return &p.Receipt.DateDigits }, readWidths),
	of("receipt.err", "{base, width}", receiptErrValue, func(p *Profile) *ReceiptErr { return &p.Receipt.Err }, readReceiptErr),

	flag("tlv.allowed_below_0x34", func(p *Profile) *bool { return &p.TLV.AllowedBelow34 }),
	of("tlvs", "list of {tag, name, type, len, ...}", listValue(tlvValue), func(p *Profile) *[]TLVRule { return &p.TLVs }, readTLVs),

	of("status.vendor_range", "[min, max]", spanValue(1<<32-1), func(p *Profile) *[2]uint32 { return &p.Status.VendorRange },
		func(d *decoder, n *yaml.Node) ([2]uint32, bool) {
			a, b, ok := d.span(n, 1<<32-1)
			return [2]uint32{uint32(a), uint32(b)}, ok
		}),
	of("status.codes", "map of {name, text, class, fault}", mapValue(statusKey, statusValue), func(p *Profile) *map[uint32]StatusCode { return &p.Status.Codes }, readStatuses),

	{path: "rules", form: "map of a severity, or a rule of your own: {filter, severity, text, remedy, threshold}", json: rulesValue,
		read: readRules, clear: func(p *Profile) { p.Rules = nil }, joins: true},
	of("suppress", "list of {rule, system_id, link, address, field, seen, until, reason}", listValue(suppressionValue),
		func(p *Profile) *[]Suppression { return &p.Suppress }, readSuppressions),
}
