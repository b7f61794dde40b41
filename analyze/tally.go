package analyze

import (
	"smpptap/analyze/audit"
	"smpptap/analyze/session"
)

// tally counts the findings of sessions. Only sessions with findings are
// kept, and findings are capped, so it is bounded.
type tally struct {
	sessions map[*session.Session]*SessionRecord
	counted  map[int64]audit.Severity // by finding
}

func (t *tally) init() {
	t.sessions = make(map[*session.Session]*SessionRecord)
	t.counted = make(map[int64]audit.Severity)
}

// session gives the record of a session as it stands.
func (t *tally) session(s *session.Session) *SessionRecord {
	if r := t.sessions[s]; r != nil {
		return r
	}
	return &SessionRecord{Session: s}
}

// finding counts a new or changed finding; nil: no session's counts changed.
func (t *tally) finding(f *audit.Finding) *SessionRecord {
	s := f.SessionOf()
	if s == nil || t.counted[f.ID] == f.Severity {
		return nil
	}
	r := t.sessions[s]
	if r == nil {
		r = &SessionRecord{Session: s}
		t.sessions[s] = r
	}
	if n := r.count(t.counted[f.ID]); n != nil {
		*n--
	}
	*r.count(f.Severity)++
	t.counted[f.ID] = f.Severity
	return r
}

func (r *SessionRecord) count(s audit.Severity) *int64 {
	switch s {
	case audit.Note:
		return &r.Notes
	case audit.Warning:
		return &r.Warnings
	case audit.Error:
		return &r.Errors
	}
	return nil
}
