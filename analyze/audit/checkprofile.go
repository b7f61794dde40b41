package audit

import (
	"errors"
	"slices"

	"smpptap/analyze/filter"
	"smpptap/analyze/profile"
)

// CheckProfile gives the faults of a profile that only who knows the catalogue
// and the display filters can see, each a *profile.Error with its place.
func CheckProfile(p *profile.Profile) []error {
	var errs []error
	for i := range p.Rules {
		r := &p.Rules[i]
		_, known := RuleByName(r.ID)
		switch {
		case !r.Own() && !known:
			near := profile.DidYouMean(r.ID, ruleNames())
			errs = append(errs, r.Fault("no rule %q%s; a rule of your own needs filter, severity and text", r.ID, near))
		case r.Own() && known:
			errs = append(errs, r.Fault("%q is a rule of the catalogue: give yours another id", r.ID))
		case r.Own():
			if err := filterFault(p, r); err != nil {
				errs = append(errs, err)
			}
		}
	}
	for i := range p.Suppress {
		s := &p.Suppress[i]
		_, known := RuleByName(s.Rule)
		own := slices.ContainsFunc(p.Rules, func(r profile.Rule) bool { return r.Own() && r.ID == s.Rule })
		if !known && !own {
			errs = append(errs, s.Fault("no rule %q%s", s.Rule, profile.DidYouMean(s.Rule, ruleNames())))
		}
	}
	return errs
}

func filterFault(p *profile.Profile, r *profile.Rule) error {
	_, err := parseOwn(p, r.Filter)
	var syntax *filter.SyntaxError
	if !errors.As(err, &syntax) {
		return err
	}
	text := syntax.Message
	if syntax.Nearest != "" {
		text += "; did you mean " + syntax.Nearest + "?"
	}
	return r.FilterFault(syntax.Column, "filter of %s, column %d: %s", r.ID, syntax.Column, text)
}

func ruleNames() []string {
	names := make([]string, len(Rules))
	for i := range Rules {
		names[i] = Rules[i].Name
	}
	return names
}
