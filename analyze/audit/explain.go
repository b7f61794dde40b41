package audit

// Explanation is what a rule says beside its row of the catalogue.
type Explanation struct {
	// How tells what is looked at and held against what.
	How string
	// NotAFault tells when a finding of the rule means no harm, or when the
	// rule keeps silent although it nearly applies.
	NotAFault string
}

// Explain gives the explanation of the rule; a user's own rule has none.
func (r *Rule) Explain() Explanation {
	if r.ID >= RuleOwn {
		return Explanation{}
	}
	return explanations[r.ID]
}

// ClientAdvice is what is known of one client's part in the finding of a rule.
type ClientAdvice struct{ Client, Advice string }

// Clients gives the advice for common clients, in their order; empty: nothing
// is known for certain.
func (r *Rule) Clients() []ClientAdvice {
	var list []ClientAdvice
	for i := range clientFacts {
		f := &clientFacts[i]
		for _, id := range f.rules {
			if id == r.ID {
				list = append(list, ClientAdvice{f.client, f.advice})
			}
		}
	}
	return list
}
