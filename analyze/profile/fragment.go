package profile

// fragment is a piece of the JSON Schema (draft 2020-12) that says of a value
// what its reader accepts. TestSchemaAgrees holds the two against each other.
type fragment map[string]any

// scalarValue is what str reads: any word or number.
var scalarValue = fragment{"type": []string{"string", "number", "boolean"}}

var boolValue = fragment{"type": "boolean"}

func wholeNumber(lo, hi int64) fragment {
	return fragment{"type": "integer", "minimum": lo, "maximum": hi}
}

func decimalNumber(hi float64) fragment {
	return fragment{"type": "number", "minimum": 0, "maximum": hi}
}

var secondsValue = decimalNumber(maxSeconds)

var patternValue = fragment{"type": []string{"string", "number", "boolean"}, "maxLength": MaxPattern, "format": "regex"}

func oneWord(words ...string) fragment { return fragment{"enum": words} }

func listValue(item fragment) fragment { return fragment{"type": "array", "items": item} }

func spanValue(hi int64) fragment {
	return fragment{"type": "array", "items": wholeNumber(0, hi), "minItems": 2, "maxItems": 2}
}

func either(options ...fragment) fragment { return fragment{"anyOf": options} }

// objectValue is what object reads: the keys, and where they are from.
func objectValue(required []string, keys map[string]fragment) fragment {
	all := map[string]any{}
	for k, v := range keys {
		all[k] = v
	}
	for _, k := range wrapped[1:] {
		all[k] = citationValue(k)
	}
	f := fragment{"type": "object", "properties": all, "additionalProperties": false}
	if len(required) > 0 {
		f["required"] = required
	}
	return f
}

// mapValue is a map whose keys are of one form; empty: any.
func mapValue(keys string, value fragment) fragment {
	f := fragment{"type": "object", "additionalProperties": value}
	if keys != "" {
		f["propertyNames"] = fragment{"pattern": keys}
	}
	return f
}

// The forms of numbers that are keys of a map, decimal or 0x.
const (
	octetKey  = `^(0[xX]0*[0-9a-fA-F]{1,2}|25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])$`
	statusKey = `^(0[xX]0*[1-9a-fA-F][0-9a-fA-F]{0,7}|[1-9][0-9]{0,8}|[1-3][0-9]{9}|4[01][0-9]{8}|42[0-8][0-9]{7}|` +
		`429[0-3][0-9]{6}|4294[0-8][0-9]{5}|42949[0-5][0-9]{4}|429496[0-6][0-9]{3}|4294967[01][0-9]{2}|42949672[0-8][0-9]|429496729[0-5])$`
)

func citationValue(key string) fragment {
	if key == "provenance" {
		return fragment{"enum": provenances}
	}
	return scalarValue
}

// unsetValue clears what an extended profile says.
var unsetValue = fragment{"const": "unset"}

// leafValue is a parameter bare or as an object, and the keys below it.
func leafValue(bare fragment, below map[string]any) fragment {
	object := map[string]any{"value": either(bare, unsetValue)}
	for _, k := range wrapped[1:] {
		object[k] = citationValue(k)
	}
	rest := either(bare, unsetValue)
	if below != nil {
		for k, v := range below {
			object[k] = v
		}
		rest = either(fragment{"not": fragment{"type": "object"}, "anyOf": []fragment{bare, unsetValue}},
			fragment{"type": "object", "properties": below, "additionalProperties": false})
	}
	return fragment{
		"if":   fragment{"type": "object", "required": []string{"value"}},
		"then": fragment{"properties": object, "additionalProperties": false},
		"else": rest,
	}
}

// treeValue is the schema of everything below a path.
func treeValue(path string) fragment {
	k := known()
	var below map[string]any
	if names := k.below[path]; names != nil {
		below = make(map[string]any, len(names))
		for _, name := range names {
			below[name] = treeValue(join(path, name))
		}
	}
	leaf := k.leaf[path]
	if leaf == nil {
		return fragment{"type": "object", "properties": below, "additionalProperties": false}
	}
	f := leafValue(leaf.json, below)
	f["description"] = leaf.form
	if def := defaults[path]; def != "" {
		f["description"] = leaf.form + "; default: " + def
	}
	return f
}

// Schema is a JSON Schema (draft 2020-12) of profile files.
func Schema() map[string]any {
	f := treeValue("")
	f["$schema"] = "https://json-schema.org/draft/2020-12/schema"
	f["title"] = "smpptap profile"
	f["required"] = []string{"profile"}
	top := f["properties"].(map[string]any)
	head := top["profile"].(fragment)
	head["required"] = []string{"id"}
	// id says which profile it is: it cannot be unset.
	id := known().leaf["profile.id"].json
	head["properties"].(map[string]any)["id"] = fragment{"anyOf": []fragment{id, {
		"type": "object", "required": []string{"value"}, "additionalProperties": false,
		"properties": map[string]any{
			"value": id, "source": scalarValue, "note": scalarValue, "provenance": citationValue("provenance"),
		},
	}}}
	return f
}
