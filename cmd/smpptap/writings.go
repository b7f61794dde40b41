package main

import (
	"context"

	"smpptap/analyze/session"
	"smpptap/store"
)

// writings is how accounts write ids in receipts, as the database knows from
// earlier runs; nil: nothing is recorded, or it cannot be read now. Then the
// run learns it for itself.
func (a *app) writings(ctx context.Context, recording bool) map[string]session.Writing {
	if !recording {
		return nil
	}
	db, err := store.OpenReadOnly(a.db)
	if err != nil {
		return nil
	}
	defer func() { _ = db.Close() }()
	all, err := db.Writings(ctx)
	if err != nil {
		return nil
	}
	return all
}
