package main

import (
	"context"
	"errors"

	"smpptap/analyze"
	"smpptap/analyze/filter"
	"smpptap/dissect"
	"smpptap/report"
	"smpptap/store"
)

// wanted are the recorded PDUs that -Y wants; nil: there is no -Y, and all are.
type wanted struct {
	pdus     idSet
	sessions map[int64]bool
}

// session tells whether a session has a PDU that is wanted.
func (w *wanted) session(id int64) bool { return w == nil || w.sessions[id] }

// any tells whether one of the PDUs is wanted.
func (w *wanted) any(ids ...int64) bool {
	if w == nil {
		return true
	}
	for _, id := range ids {
		if id != 0 && w.pdus.has(id) {
			return true
		}
	}
	return false
}

// idSet holds numbers that lie close together, 64 in a word.
type idSet map[int64]uint64

func (s idSet) add(id int64)      { s[id>>6] |= 1 << (id & 63) }
func (s idSet) has(id int64) bool { return s[id>>6]>>(id&63)&1 != 0 }

// wantedPDUs goes through the PDUs of a list's captures once and remembers those
// that -Y wants. The limit then counts the rows that are left, so the
// database's must not cut before.
func (a *app) wantedPDUs(ctx context.Context, db *store.DB, f *listFlags) (*wanted, error) {
	want, err := a.listFilter()
	if err != nil || want == nil && len(f.filter.IDs) == 0 {
		return nil, err
	}
	w := &wanted{pdus: idSet{}, sessions: map[int64]bool{}}
	about := store.Filter{Capture: f.filter.Capture, Session: f.filter.Session, IDs: f.filter.IDs}
	err = a.filteredPDUs(ctx, db, about, want, func(p *store.PDU, _ *analyze.PDU, _ *dissect.Dialect) error {
		w.pdus.add(p.ID)
		if p.Session != 0 {
			w.sessions[p.Session] = true
		}
		return nil
	})
	f.filter.Limit = 0
	return w, err
}

// listFilter reads -Y for lists. Names of statuses are those of --profile:
// the captures of a database may each have had another one.
func (a *app) listFilter() (*filter.Filter, error) {
	p, err := a.loadProfile()
	if err != nil {
		return nil, err
	}
	return a.displayFilter(p.Dialect())
}

// filteredPDUs hands on the recorded PDUs that are about and wanted; want nil:
// all. about.Limit counts those that are handed on. x is valid until the
// callback returns.
func (a *app) filteredPDUs(ctx context.Context, db *store.DB, about store.Filter, want *filter.Filter,
	each func(p *store.PDU, x *analyze.PDU, d *dissect.Dialect) error,
) error {
	rec := a.recorded(db)
	findings, err := db.Findings(ctx, store.Filter{Capture: about.Capture})
	if err != nil {
		return err
	}
	rec.named(findings)
	sessions, err := db.Sessions(ctx, store.Filter{Capture: about.Capture})
	if err != nil {
		return err
	}
	rec.bound(sessions)
	limit, n := about.Limit, 0
	if want != nil {
		about.Limit, about.Bounds = 0, a.bounds(want)
	}
	capture, sieve := int64(0), report.NewSieve(want, nil)
	err = db.PDUs(ctx, about, func(p *store.PDU) error {
		x, err := rec.of(ctx, p)
		if err != nil {
			return err
		}
		if p.Capture != capture {
			c, err := db.Capture(ctx, p.Capture)
			if err != nil {
				return err
			}
			capture, sieve = p.Capture, report.NewSieve(want, rec.profiles[judged{p.Capture, p.Link}].Dialect())
			sieve.Begin(c.StartedAt)
		}
		if !sieve.Wants(x) {
			return nil
		}
		if a.redactPDU(p) { // not before: what is asked for may be masked
			if x, err = rec.of(ctx, p); err != nil {
				return err
			}
		}
		if err := each(p, x, rec.profiles[judged{p.Capture, p.Link}].Dialect()); err != nil {
			return err
		}
		if n++; limit > 0 && n >= limit {
			return analyze.ErrStop
		}
		return nil
	})
	if errors.Is(err, analyze.ErrStop) {
		return nil
	}
	return err
}

// bounds is what the database chooses by before a filter looks at PDUs.
func (a *app) bounds(want *filter.Filter) filter.Bounds {
	if a.unbounded {
		return filter.Bounds{}
	}
	return want.Bounds()
}

// rowLimit counts rows that are chosen after the database gave them.
type rowLimit struct{ left int64 }

// limit is that of -c.
func (f *listFlags) limit() rowLimit {
	if f.count == 0 {
		return rowLimit{left: -1}
	}
	return rowLimit{left: f.count}
}

// spent counts a row; true: it is one too many.
func (l *rowLimit) spent() bool {
	if l.left == 0 {
		return true
	}
	l.left--
	return false
}
