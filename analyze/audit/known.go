package audit

import (
	"net/netip"
	"time"

	"smpptap/analyze/profile"
	"smpptap/dissect"
)

// Known says that somebody knows of a finding: it does not count for
// --fail-on until the day is over.
type Known struct {
	Until  time.Time // the last day, from its beginning in UTC
	Reason string
}

// Where says whose finding it is, as far as known.
type Where struct {
	SystemID, Link string
	Client, Server netip.AddrPort // ESME and SMSC
}

// Account names the account for a baseline, the same in every run; empty: the
// finding is of the capture as a whole.
func (w *Where) Account() string {
	switch {
	case w.Link != "":
		return w.Link + " " + w.SystemID
	case !w.Server.IsValid():
		return w.SystemID
	case w.SystemID == "":
		return w.Server.String()
	}
	return w.Server.String() + " " + w.SystemID
}

// BaselineKey is what makes a finding the same one in another run.
func (f *Finding) BaselineKey() profile.BaselineKey {
	return profile.BaselineKey{Rule: f.Of().Name, Account: f.Where.Account(), Field: f.Field, Seen: f.SameSeen()}
}

// inBaseline gives the entry of a finding: of the fault, or of just what was
// seen. One that has become worse since is known no more.
func (f *Finding) inBaseline(b *profile.Baseline) (profile.BaselineEntry, bool) {
	key := f.BaselineKey()
	x, ok := b.Known[key]
	if !ok {
		key.Seen = f.Seen
		x, ok = b.Known[key]
	}
	if worst, limited := ParseSeverity(string(x.Severity)); limited {
		ok = ok && f.Severity <= worst
	}
	return x, ok
}

// where finds out whose finding it is.
func (f *Finding) where() (w Where) {
	if c := f.conn; c != nil {
		w.Link, w.Client, w.Server = c.Link, endOf(c, dissect.ESME), endOf(c, dissect.SMSC)
	}
	if f.session != nil {
		w.SystemID = f.session.SystemID
	}
	return w
}

// KnownFindings are the suppressions of a profile and a baseline.
type KnownFindings struct {
	Suppress []profile.Suppression
	Baseline *profile.Baseline // nil: none
	// Today gives the time by which a last day is over; nil: nothing is known.
	Today func() time.Time
}

// Of gives what is known of a finding; nil: nothing, or no more.
func (k *KnownFindings) Of(f *Finding) *Known {
	if k.Today == nil || len(k.Suppress) == 0 && k.Baseline == nil {
		return nil
	}
	now := k.Today()
	for i := range k.Suppress {
		if s := &k.Suppress[i]; suppresses(s, f) && !s.Over(now) {
			return &Known{s.Until, s.Reason}
		}
	}
	if k.Baseline != nil {
		if x, ok := f.inBaseline(k.Baseline); ok && !profile.Expired(x.Until, now) {
			return &Known{x.Until, x.Reason}
		}
	}
	return nil
}

func suppresses(s *profile.Suppression, f *Finding) bool {
	w := &f.Where
	is := func(want, got string) bool { return want == "" || want == got }
	return s.Rule == f.Of().Name && is(s.SystemID, w.SystemID) && is(s.Link, w.Link) && is(s.Field, f.Field) &&
		is(s.Seen, f.Seen) && (!s.Addr.IsValid() || hasEnd(s, w.Client) || hasEnd(s, w.Server))
}

// hasEnd tells whether an end of a connection has the address.
func hasEnd(s *profile.Suppression, end netip.AddrPort) bool {
	return end.IsValid() && s.Addr.Contains(end.Addr().Unmap()) && (s.Port == 0 || s.Port == end.Port())
}
