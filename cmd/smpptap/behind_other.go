//go:build !linux

package main

// behindTraffic does nothing: priorities by thread are Linux's.
func behindTraffic() {}
