// Package profile holds what a provider promises and demands, as data.
//
// A profile is a YAML file; two are built in: smpp34, the bare specification,
// and kaleyra, which extends it. A file states only what it knows. What no
// file of the chain states is unset: the rule that needs it does not run, and
// a default only completes a parameter that is set. Each value keeps where it
// comes from, for a rule that rests on hearsay may not accuse.
//
// Files are not trusted: their size, depth and number of nodes are bounded,
// aliases are refused, an unknown key is an error. A Profile is not changed
// after Load; it may be used by many goroutines.
package profile
