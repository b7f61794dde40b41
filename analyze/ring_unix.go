//go:build unix && !race

package analyze

import (
	"os"
	"runtime"
	"syscall"
)

// ownRing is a Ring of this process alone. Its memory is none of Go's: the
// collector would let as much more garbage pile up.
func ownRing() *Ring {
	page := os.Getpagesize()
	all, err := syscall.Mmap(-1, 0, 2*page+RingOctets, syscall.PROT_READ|syscall.PROT_WRITE, syscall.MAP_ANON|syscall.MAP_PRIVATE)
	if err != nil {
		panic(err) // as for other memory that cannot be had
	}
	r := NewRing(all[2*page:], all[:page], all[page:2*page])
	runtime.AddCleanup(r, func(all []byte) { _ = syscall.Munmap(all) }, all)
	return r
}
