package audit

import (
	"slices"
	"strconv"
	"strings"

	"smpptap/analyze/profile"
)

// Reference says where to look up what a rule rests on: the section of the
// specification, the provider's document that states the parameter, and the
// diagnosis that the rule proves. A nil profile states nothing. Empty: there is
// no such place.
func (r *Rule) Reference(p *profile.Profile) string {
	if r.ID >= RuleOwn {
		return r.Ref
	}
	var places, diagnoses []string
	parameters := []string{r.Needs}
	parameters = append(parameters, strings.Split(r.Override, ", ")...)
	for part := range strings.SplitSeq(r.Ref, "; ") {
		section, isSection := strings.CutPrefix(part, "v34 ")
		switch {
		case isSection:
			places = append(places, "SMPP v3.4 Issue 1.2, "+section)
		case strings.HasPrefix(part, "RFC "):
			places = append(places, part)
		default:
			for _, key := range keysOf(part) {
				if key[0] == 'D' {
					diagnoses = append(diagnoses, key)
				}
				parameters = append(parameters, facts[key]...)
			}
		}
	}
	places = append(places, cited(p, parameters)...)
	switch len(diagnoses) {
	case 0:
	case 1:
		places = append(places, "diagnosis "+diagnoses[0])
	default:
		places = append(places, "diagnoses "+strings.Join(diagnoses, ", "))
	}
	return strings.Join(places, "; ")
}

// Diagnoses gives the diagnoses that the catalogue names a rule for.
func (r *Rule) Diagnoses() (ids []string) {
	for part := range strings.SplitSeq(r.Ref, "; ") {
		for _, key := range keysOf(part) {
			if key[0] == 'D' {
				ids = append(ids, key)
			}
		}
	}
	return ids
}

// keysOf gives the keys of a part of Rule.Ref, ranges spelt out: "K31-K34,
// K38". Sections have none.
func keysOf(part string) (keys []string) {
	if part == "" || part[0] != 'K' && part[0] != 'D' {
		return nil
	}
	for word := range strings.SplitSeq(part, ", ") {
		from, to, isRange := strings.Cut(word, "-"+word[:1])
		if !isRange {
			to = from[1:]
		}
		last, _ := strconv.Atoi(to)
		for n, _ := strconv.Atoi(from[1:]); n <= last; n++ {
			keys = append(keys, from[:1]+strconv.Itoa(n/10)+strconv.Itoa(n%10))
		}
	}
	return keys
}

// cited names the documents that state parameters under a profile, each once.
func cited(p *profile.Profile, parameters []string) (places []string) {
	if p == nil {
		return nil
	}
	for _, parameter := range parameters {
		if parameter == "" {
			continue
		}
		for _, c := range p.Cite(parameter) {
			place := topicOf(c.Parameter)
			if c.Document != "" {
				place = c.Document + ", " + place
			}
			if c.Provider != "" {
				place = c.Provider + ": " + place
			}
			if !slices.Contains(places, place) {
				places = append(places, place)
			}
		}
	}
	return places
}

// bothReferences joins what two profiles say of one rule: places that both name
// once, diagnoses last.
func bothReferences(a, b string) string {
	if a == b || b == "" {
		return a
	}
	var places, diagnoses []string
	for part := range strings.SplitSeq(a+"; "+b, "; ") {
		switch {
		case part == "" || slices.Contains(places, part) || slices.Contains(diagnoses, part):
		case strings.HasPrefix(part, "diagnos"):
			diagnoses = append(diagnoses, part)
		default:
			places = append(places, part)
		}
	}
	return strings.Join(append(places, diagnoses...), "; ")
}
