//go:build !linux || !cgo

package capture

import "errors"

func openRing(*LiveOptions) (ring, error) {
	return nil, errors.New("live capture needs Linux and a build with cgo; record with tcpdump -w and analyze the file")
}
