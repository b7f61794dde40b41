package profile

// The fragments of the values that are more than a scalar, beside their
// readers in values.go.

var (
	uses          = []string{"default", "allowed", "on_request", "discouraged", "forbidden"}
	levels        = []string{"off", "note", "warning", "error"}
	carriers      = []string{"short_message", "message_payload", "tlv_only"}
	stateNames    = []string{"enroute", "accepted", "delivered", "expired", "deleted", "undeliverable", "rejected", "unknown"}
	statusClasses = []string{"ok", "permanent", "temporary", "throttle", "bind", "money"}
	faultSides    = []string{"esme", "smsc", "network", "account"}
	tlvTypes      = []string{"u8", "u16", "u32", "cstring", "octets", "text"}
)

var (
	idValue = either(fragment{"type": "string", "pattern": "^[a-z0-9][a-z0-9-]*$", "not": unsetValue}, fragment{"type": "integer", "minimum": 0})

	sourcesValue = mapValue("", objectValue(nil, map[string]fragment{
		"title": scalarValue, "url": scalarValue, "read": scalarValue,
	}))
	toleranceValue = objectValue(nil, map[string]fragment{
		"percent": wholeNumber(0, 100), "seconds": secondsValue,
	})
	registeredValue = objectValue(nil, map[string]fragment{
		"allowed": listValue(wholeNumber(0, 255)), "ignored": boolValue,
	})
	npiValue  = either(wholeNumber(0, 255), oneWord("any"))
	pairValue = objectValue([]string{"ton", "npi"}, map[string]fragment{
		"ton": wholeNumber(0, 255), "npi": npiValue,
	})
	shapeValue = objectValue([]string{"ton", "re"}, map[string]fragment{
		"ton": wholeNumber(0, 255), "npi": npiValue, "re": patternValue,
	})
	byDestinationValue = objectValue([]string{"prefix", "re"}, map[string]fragment{
		"prefix": scalarValue, "re": patternValue, "severity": oneWord(levels...),
	})
	codingValue = objectValue(nil, map[string]fragment{
		"alphabet": oneWord(alphabets...), "use": oneWord(uses...),
	})
	stateValue = either(oneWord(stateNames...), objectValue(nil, map[string]fragment{
		"state": oneWord(stateNames...), "final": boolValue,
	}))
	statusValue = objectValue(nil, map[string]fragment{
		"name": scalarValue, "text": scalarValue, "class": oneWord(statusClasses...), "fault": oneWord(faultSides...),
	})
	tlvValue = objectValue([]string{"tag", "name"}, map[string]fragment{
		"tag": wholeNumber(0, 65535), "name": {"type": []string{"string", "number", "boolean"}, "minLength": 1},
		"type": oneWord(tlvTypes...), "len": spanValue(65535), "re": patternValue,
		"values": listValue(scalarValue), "pdus": listValue(oneWord(commandNames...)),
		"direction": oneWord("to_smsc", "to_esme", "both"), "required": oneWord("never", "always", "when", "absent", "alike"),
		"meaning": scalarValue, "when": whenValue,
	})
	whenValue = objectValue(nil, map[string]fragment{
		"dest_prefix": listValue(scalarValue), "source_re": patternValue, "instance": mapValue("", scalarValue),
	})

	ruleValue = fragment{
		"if": fragment{"type": "object", "anyOf": []fragment{
			{"required": []string{"filter"}}, {"required": []string{"text"}},
			{"required": []string{"remedy"}}, {"required": []string{"threshold"}},
		}},
		"then": ownRuleValue,
		"else": either(oneWord(levels...), objectValue([]string{"severity"}, map[string]fragment{
			"severity": oneWord(levels...),
		})),
	}
	ownRuleValue = objectValue([]string{"filter", "severity", "text"}, map[string]fragment{
		"filter":    {"type": []string{"string", "number", "boolean"}, "minLength": 1, "maxLength": maxFilter},
		"severity":  oneWord(levels...),
		"text":      {"type": []string{"string", "number", "boolean"}, "minLength": 1, "maxLength": maxText},
		"remedy":    {"type": []string{"string", "number", "boolean"}, "maxLength": maxText},
		"threshold": thresholdValue,
	})
	thresholdValue = objectValue([]string{"count", "per"}, map[string]fragment{
		"count": wholeNumber(1, maxThreshold), "scope": oneWord("connection", "account"),
		"per": either(fragment{"type": "number", "exclusiveMinimum": 0, "maximum": maxSeconds},
			fragment{"type": "string", "pattern": perForm}),
	})
	rulesValue = fragment{
		"type": "object", "propertyNames": fragment{"pattern": ruleForm, "maxLength": maxRule}, "additionalProperties": ruleValue,
	}
	suppressionValue = objectValue([]string{"rule", "until", "reason"}, map[string]fragment{
		"rule":      {"type": "string", "pattern": ruleForm, "maxLength": maxRule},
		"system_id": scalarValue, "link": scalarValue, "address": {"type": "string", "pattern": `^[0-9a-fA-F:.\[\]/]+$`},
		"field": scalarValue, "seen": scalarValue,
		"until": {"type": "string", "pattern": dateForm}, "reason": {"type": []string{"string", "number", "boolean"}, "minLength": 1},
	})
)
