//go:build !(linux && cgo)

package store

// run runs the statement for each of the rows, which have its columns.
func (s statement) run(rows row, b *bases) error { return s.runEach(rows, b) }
