package store

import "time"

// Keep bounds what is kept of the past. Zero values: everything.
type Keep struct {
	Age  time.Duration // of PDUs, and of what speaks of them
	Size int64         // octets of the database
}

func (k Keep) bounded() bool { return k.Age > 0 || k.Size > 0 }

func (k *keeper) prune() error { return nil }
