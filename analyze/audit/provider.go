package audit

import "smpptap/analyze/profile"

// provider is what the rules of the provider keep beyond one connection.
type provider struct{}

func (*provider) init(*profile.Profile) {}

// pduState is what the rules of single PDUs keep of a connection.
type pduState struct{}
