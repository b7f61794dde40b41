// Package session follows SMPP dialogues: which end of a connection is the
// ESME, bind and state, the version in force, requests paired with their
// responses, the window, and how a session ended.
//
// It is pure: no I/O, goroutine, lock, log or clock. Time comes with the
// octets, and Expire tells how far it has come. One Tracker is used by one
// goroutine. What cannot be known because the capture does not show it is
// unknown, never guessed into a fact.
package session
