package main

import (
	"context"

	"smpptap/analyze/session"
	"smpptap/store"
)

// writings is how accounts write ids in receipts, as the database, or the
// newest of its files, knows from earlier runs; nil: nothing is recorded, or it
// cannot be read now. Then the run learns it for itself.
func (a *app) writings(ctx context.Context, recording bool) map[string]session.Writing {
	if !recording {
		return nil
	}
	all := store.Files(a.dbs[0])
	db, err := store.OpenReadOnly(all[len(all)-1])
	if err != nil {
		return nil
	}
	defer func() { _ = db.Close() }()
	known, err := db.Writings(ctx)
	if err != nil {
		return nil
	}
	return known
}
