package profile

import (
	"maps"
	"slices"
	"strings"

	"smpptap/dissect"

	"go.yaml.in/yaml/v4"
)

// Readers of the values that are more than a scalar.

var alphabets = []string{
	string(dissect.AlphabetGSM), string(dissect.AlphabetGSMPacked), string(dissect.AlphabetASCII),
	string(dissect.AlphabetLatin1), string(dissect.AlphabetUCS2), string(dissect.AlphabetUTF16),
	string(dissect.AlphabetUTF16LE), string(dissect.AlphabetCyrillic), string(dissect.AlphabetHebrew),
	string(dissect.AlphabetJIS), string(dissect.AlphabetISO2022JP), string(dissect.AlphabetEUCKR),
	string(dissect.AlphabetBinary), string(dissect.AlphabetUTF8),
}

func list(options []string) string { return strings.Join(options, ", ") }

func readVersion(d *decoder, n *yaml.Node) (dissect.Version, bool) {
	s, ok := d.str(n)
	if !ok || s != "5" && !d.oneOf(n, s, []string{"3.3", "3.4", "5.0"}) {
		return 0, false
	}
	return map[string]dissect.Version{"3.3": dissect.V33, "3.4": dissect.V34, "5.0": dissect.V50, "5": dissect.V50}[s], true
}

func readSide(d *decoder, n *yaml.Node) (dissect.Side, bool) {
	s, ok := d.str(n)
	if !ok || !d.oneOf(n, s, []string{"esme", "smsc", "both"}) {
		return 0, false
	}
	return map[string]dissect.Side{"esme": dissect.ESME, "smsc": dissect.SMSC, "both": dissect.Either}[s], true
}

func readIdle(d *decoder, n *yaml.Node) (bool, bool) {
	s, ok := d.str(n)
	return s == "idle", ok && d.oneOf(n, s, []string{"always", "idle"})
}

func readSources(d *decoder, n *yaml.Node) (map[string]Source, bool) {
	out := map[string]Source{}
	d.pairs(n, func(key, v *yaml.Node) {
		var s Source
		d.object(v, map[string]func(*yaml.Node){
			"title": func(n *yaml.Node) { s.Title, _ = d.str(n) },
			"url":   func(n *yaml.Node) { s.URL, _ = d.str(n) },
			"read":  func(n *yaml.Node) { s.Read, _ = d.str(n) },
		})
		out[key.Value] = s
	})
	return out, true
}

func readInstance(d *decoder, n *yaml.Node) (map[string]string, bool) {
	out := map[string]string{}
	d.pairs(n, func(key, v *yaml.Node) {
		if s, ok := d.str(v); ok {
			out[key.Value] = s
		}
	})
	return out, true
}

func readAccepted(d *decoder, n *yaml.Node) ([][2]uint8, bool) {
	var out [][2]uint8
	ok := d.list(n, func(e *yaml.Node) {
		if e.Kind == yaml.SequenceNode {
			if a, b, ok := d.span(e, 255); ok {
				out = append(out, [2]uint8{uint8(a), uint8(b)})
			}
		} else if v, ok := d.num(e, 0, 255); ok {
			out = append(out, [2]uint8{uint8(v), uint8(v)})
		}
	})
	return out, ok
}

func readTolerance(d *decoder, n *yaml.Node) (Tolerance, bool) {
	var t Tolerance
	ok := d.object(n, map[string]func(*yaml.Node){
		"percent": func(n *yaml.Node) { v, _ := d.num(n, 0, 100); t.Percent = int(v) },
		"seconds": func(n *yaml.Node) { t.Extra, _ = d.dur(n) },
	})
	return t, ok
}

// commands reads names of PDUs.
func commands(path string, at func(*Profile) *[]string) param {
	return of(path, "list of commands", listValue(oneWord(commandNames...)), at, func(d *decoder, n *yaml.Node) ([]string, bool) {
		return d.commands(n), true
	})
}

func (d *decoder) commands(n *yaml.Node) []string {
	var out []string
	d.list(n, func(e *yaml.Node) {
		if s, ok := d.str(e); ok && d.oneOf(e, s, commandNames) {
			out = append(out, s)
		}
	})
	return out
}

func readRegistered(d *decoder, n *yaml.Node) (RegisteredDelivery, bool) {
	var r RegisteredDelivery
	ok := d.object(n, map[string]func(*yaml.Node){
		"allowed": func(n *yaml.Node) {
			d.list(n, func(e *yaml.Node) {
				if v, ok := d.num(e, 0, 255); ok {
					r.Allowed = append(r.Allowed, uint8(v))
				}
			})
		},
		"ignored": func(n *yaml.Node) { r.Ignored, _ = d.boolean(n) },
	})
	return r, ok
}

func readShapes(d *decoder, n *yaml.Node) ([]Shape, bool) {
	var out []Shape
	ok := d.list(n, func(e *yaml.Node) {
		var s Shape
		d.object(e, map[string]func(*yaml.Node){
			"ton": func(n *yaml.Node) { v, _ := d.num(n, 0, 255); s.TON = uint8(v) },
			"npi": func(n *yaml.Node) { s.NPI = d.npi(n) },
			"re":  func(n *yaml.Node) { s.Pattern = d.pattern(n) },
		})
		if !hasKey(e, "ton") || s.Pattern == nil {
			d.fail(e, "a shape needs ton and re")
			return
		}
		out = append(out, s)
	})
	return out, ok
}

// npi reads a number; nil: any.
func (d *decoder) npi(n *yaml.Node) *uint8 {
	if n.Kind == yaml.ScalarNode && n.Value == "any" {
		return nil
	}
	v, ok := d.num(n, 0, 255)
	if !ok {
		return nil
	}
	npi := uint8(v)
	return &npi
}

func readPairs(d *decoder, n *yaml.Node) ([]Pair, bool) {
	var out []Pair
	ok := d.list(n, func(e *yaml.Node) {
		var p Pair
		d.object(e, map[string]func(*yaml.Node){
			"ton": func(n *yaml.Node) { v, _ := d.num(n, 0, 255); p.TON = uint8(v) },
			"npi": func(n *yaml.Node) { p.NPI = d.npi(n) },
		})
		if !hasKey(e, "ton") || !hasKey(e, "npi") {
			d.fail(e, "a pair needs ton and npi")
		}
		out = append(out, p)
	})
	return out, ok
}

func readByDestination(d *decoder, n *yaml.Node) ([]DestinationShape, bool) {
	var out []DestinationShape
	ok := d.list(n, func(e *yaml.Node) {
		s := DestinationShape{Level: LevelNote}
		d.object(e, map[string]func(*yaml.Node){
			"prefix":   func(n *yaml.Node) { s.Prefix, _ = d.str(n) },
			"re":       func(n *yaml.Node) { s.Pattern = d.pattern(n) },
			"severity": func(n *yaml.Node) { s.Level = d.level(n) },
		})
		if !hasKey(e, "prefix") || s.Pattern == nil {
			d.fail(e, "prefix and re are needed")
			return
		}
		out = append(out, s)
	})
	return out, ok
}

func (d *decoder) level(n *yaml.Node) Level {
	s, ok := d.str(n)
	if ok {
		d.oneOf(n, s, levels)
	}
	return Level(s)
}

func readCodings(d *decoder, n *yaml.Node) (map[uint8]Coding, bool) {
	out := map[uint8]Coding{}
	d.pairs(n, func(key, v *yaml.Node) {
		dc, ok := d.num(key, 0, 255)
		if !ok {
			return
		}
		c := Coding{Use: UseAllowed}
		d.object(v, map[string]func(*yaml.Node){
			"alphabet": func(n *yaml.Node) {
				if s, ok := d.str(n); ok && d.oneOf(n, s, alphabets) {
					c.Alphabet = dissect.Alphabet(s)
				}
			},
			"use": func(n *yaml.Node) {
				if s, ok := d.str(n); ok && d.oneOf(n, s, uses) {
					c.Use = Use(s)
				}
			},
		})
		if _, twice := out[uint8(dc)]; twice {
			d.fail(key, "data_coding %d stands twice", dc)
		}
		out[uint8(dc)] = c
	})
	return out, true
}

func readStates(d *decoder, n *yaml.Node) (map[string]State, bool) {
	out := map[string]State{}
	d.pairs(n, func(key, v *yaml.Node) {
		s := State{}
		if v.Kind == yaml.ScalarNode {
			s.Name, _ = d.str(v)
			d.oneOf(v, s.Name, stateNames)
			s.Final = !slices.Contains([]string{"enroute", "accepted", "unknown"}, s.Name)
		} else {
			d.object(v, map[string]func(*yaml.Node){
				"state": func(n *yaml.Node) { s.Name, _ = d.str(n); d.oneOf(n, s.Name, stateNames) },
				"final": func(n *yaml.Node) { s.Final, _ = d.boolean(n) },
			})
		}
		out[key.Value] = s
	})
	return out, true
}

func readStatuses(d *decoder, n *yaml.Node) (map[uint32]StatusCode, bool) {
	out := map[uint32]StatusCode{}
	d.pairs(n, func(key, v *yaml.Node) {
		code, ok := d.num(key, 1, 1<<32-1)
		if !ok {
			return
		}
		var s StatusCode
		d.object(v, map[string]func(*yaml.Node){
			"name": func(n *yaml.Node) { s.Name, _ = d.str(n) },
			"text": func(n *yaml.Node) { s.Text, _ = d.str(n) },
			"class": func(n *yaml.Node) {
				s.Class, _ = d.str(n)
				d.oneOf(n, s.Class, statusClasses)
			},
			"fault": func(n *yaml.Node) {
				s.Fault, _ = d.str(n)
				d.oneOf(n, s.Fault, faultSides)
			},
		})
		out[uint32(code)] = s
	})
	return out, true
}

func readTLVs(d *decoder, n *yaml.Node) ([]TLVRule, bool) {
	var out []TLVRule
	ok := d.list(n, func(e *yaml.Node) {
		t := d.tlv(e)
		for i := range out {
			if out[i].Tag == t.Tag && out[i].Direction == t.Direction && maps.Equal(out[i].When.Instance, t.When.Instance) {
				d.fail(e, "tag 0x%04X stands twice", t.Tag)
			}
		}
		out = append(out, t)
	})
	return out, ok
}

func (d *decoder) tlv(e *yaml.Node) TLVRule {
	t := TLVRule{Type: "octets", Len: [2]int{0, 65535}, PDUs: []string{"submit_sm", "data_sm"},
		Direction: "to_smsc", Required: "never"}
	word := func(to *string, options ...string) func(*yaml.Node) {
		return func(n *yaml.Node) {
			s, ok := d.str(n)
			if ok && (options == nil || d.oneOf(n, s, options)) {
				*to = s
			}
		}
	}
	d.object(e, map[string]func(*yaml.Node){
		"tag":  func(n *yaml.Node) { v, _ := d.num(n, 0, 65535); t.Tag = uint16(v) },
		"name": word(&t.Name),
		"type": word(&t.Type, tlvTypes...),
		"len": func(n *yaml.Node) {
			if a, b, ok := d.span(n, 65535); ok {
				t.Len = [2]int{int(a), int(b)}
			}
		},
		"re":        func(n *yaml.Node) { t.Pattern = d.pattern(n) },
		"values":    func(n *yaml.Node) { t.Values = d.words(n) },
		"pdus":      func(n *yaml.Node) { t.PDUs = d.commands(n) },
		"direction": word(&t.Direction, "to_smsc", "to_esme", "both"),
		"required":  word(&t.Required, "never", "always", "when", "absent", "alike"),
		"meaning":   word(&t.Meaning),
		"when":      func(n *yaml.Node) { t.When = d.when(n) },
	})
	if !hasKey(e, "tag") || t.Name == "" {
		d.fail(e, "a TLV needs tag and name")
	}
	return t
}

func (d *decoder) when(n *yaml.Node) When {
	var w When
	d.object(n, map[string]func(*yaml.Node){
		"dest_prefix": func(n *yaml.Node) { w.DestPrefix = d.words(n) },
		"source_re":   func(n *yaml.Node) { w.SourceRe = d.pattern(n) },
		"instance":    func(n *yaml.Node) { w.Instance, _ = readInstance(d, n) },
	})
	return w
}

// commandNames are the commands that a profile may name.
var commandNames = []string{
	"bind_receiver", "bind_transmitter", "bind_transceiver", "outbind", "unbind",
	"submit_sm", "submit_multi", "data_sm", "deliver_sm", "query_sm", "cancel_sm", "replace_sm",
	"enquire_link", "alert_notification", "generic_nack",
	"broadcast_sm", "query_broadcast_sm", "cancel_broadcast_sm",
	"param_retrieve", "query_last_msgs", "query_msg_details",
}
