//go:build !linux

package main

// stayBehind does nothing either.
func stayBehind(int) {}

// behindTraffic does nothing: priorities by thread are Linux's.
func behindTraffic() {}
