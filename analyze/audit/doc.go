// Package audit judges: it runs the rules of the catalogue over what package
// session observed and folds what it finds.
//
// It is pure: no I/O, goroutine, lock, log or clock. One Auditor is used by
// one goroutine. A check is a counter; a finding is built only when something
// is wrong. No rule accuses on a guess: what rests on something not being
// there is at most a note where the capture could have lost it.
package audit
