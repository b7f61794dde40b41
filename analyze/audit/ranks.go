package audit

// ranks orders the ids of the findings kept by severity and, within one, by
// when they took it, so that the least loss is found at once when there are too
// many.
type ranks struct {
	at     []rank           // by id; that of 0 is not used
	newest [Error + 1]int64 // zero: none
}

// rank is an id's place in the list of its severity.
type rank struct {
	severity     Severity
	older, newer int64
}

// put makes id the newest of a severity, unless it has that already.
func (r *ranks) put(id int64, s Severity) {
	for int64(len(r.at)) <= id {
		r.at = append(r.at, rank{})
	}
	if r.at[id].severity == s {
		return
	}
	r.remove(id)
	last := r.newest[s]
	r.at[id] = rank{severity: s, older: last}
	if last != 0 {
		r.at[last].newer = id
	}
	r.newest[s] = id
}

func (r *ranks) remove(id int64) {
	x := r.at[id]
	if x.severity == SeverityNone {
		return
	}
	if x.newer != 0 {
		r.at[x.newer].older = x.older
	} else {
		r.newest[x.severity] = x.older
	}
	if x.older != 0 {
		r.at[x.older].newer = x.newer
	}
	r.at[id] = rank{}
}

// least gives the newest of the lowest severity below s; zero: there is none.
func (r *ranks) least(s Severity) int64 {
	for low := Note; low < s; low++ {
		if id := r.newest[low]; id != 0 {
			return id
		}
	}
	return 0
}

// place gives the id for a new finding of a severity. When there are too many,
// it is that of a less severe one, which is dropped; zero: there is none.
func (a *Auditor) place(s Severity) int64 {
	if len(a.findings) < a.opt.MaxFindings {
		a.findings = append(a.findings, nil)
		return int64(len(a.findings))
	}
	id := a.ranks.least(s)
	if id == 0 {
		return 0
	}
	old := a.findings[id-1]
	old.dropped = true
	a.checks[old.Rule].NotKept += old.Count
	delete(a.byKey, old.key)
	a.ranks.remove(id)
	a.dropped = append(a.dropped, old)
	return id
}
