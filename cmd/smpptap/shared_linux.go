package main

import (
	"errors"
	"os"
	"sync/atomic"
	"unsafe"

	"golang.org/x/sys/unix"

	"smpptap/analyze"
	"smpptap/proxy"
)

// sharedMemory is what relay and analysis have in common: what waits for the
// analysis, and the counters of the links. It has no name and no file. The
// analysis can write its own page alone; nothing it does can change what the
// relay relies on.
type sharedMemory struct {
	file     *os.File
	ring     *analyze.Ring
	state    *sharedState
	counters []*proxy.Counters
}

// sharedState begins the relay's pages; the counters of the links follow.
type sharedState struct {
	stops atomic.Int32 // as relayed.stops
	links atomic.Int32 // how many there are
}

// sharedLayout is where what lies in the memory: the analysis's page, the
// relay's pages, and what waits.
type sharedLayout struct{ page, counters, size int }

func layout(links int) sharedLayout {
	page := os.Getpagesize()
	n := int(unsafe.Sizeof(sharedState{})) + links*int(unsafe.Sizeof(proxy.Counters{}))
	l := sharedLayout{page: page, counters: (n + page - 1) / page * page}
	l.size = 2*page + l.counters + analyze.RingOctets
	return l
}

// newSharedMemory makes it for the relay.
func newSharedMemory(links int) (*sharedMemory, error) {
	fd, err := unix.MemfdCreate("smpptap", unix.MFD_CLOEXEC|unix.MFD_ALLOW_SEALING)
	if err != nil {
		return nil, os.NewSyscallError("memfd_create", err)
	}
	m := &sharedMemory{file: os.NewFile(uintptr(fd), "shared memory")}
	l := layout(links)
	// All of it now: traffic shall not wait until the kernel finds a page, nor
	// the relay die of there being none.
	if err := unix.Fallocate(fd, 0, 0, int64(l.size)); err != nil {
		return nil, os.NewSyscallError("fallocate", err)
	}
	// Who maps memory that is then cut off dies of touching it.
	if _, err := unix.FcntlInt(uintptr(fd), unix.F_ADD_SEALS, unix.F_SEAL_SHRINK|unix.F_SEAL_GROW|unix.F_SEAL_SEAL); err != nil {
		return nil, os.NewSyscallError("fcntl", err)
	}
	all, err := m.mapped(0, l.size, unix.PROT_READ|unix.PROT_WRITE, unix.MAP_POPULATE)
	if err != nil {
		return nil, err
	}
	m.at(l, all[:l.page], all[l.page:])
	m.state.links.Store(int32(links))
	m.counted(links)
	return m, nil
}

// inheritedMemory is that of the process that started this one.
func inheritedMemory(fd uintptr, links int) (*sharedMemory, error) {
	m := &sharedMemory{file: os.NewFile(fd, "shared memory")}
	l := layout(links)
	info, err := m.file.Stat()
	if err != nil {
		return nil, err
	}
	if info.Size() != int64(l.size) {
		return nil, errLinks
	}
	own, err := m.mapped(0, l.page, unix.PROT_READ|unix.PROT_WRITE, 0)
	if err != nil {
		return nil, err
	}
	relays, err := m.mapped(l.page, l.size-l.page, unix.PROT_READ, 0)
	if err != nil {
		return nil, err
	}
	m.at(l, own, relays)
	if int(m.state.links.Load()) != links {
		return nil, errLinks
	}
	m.counted(links)
	return m, m.file.Close()
}

var errLinks = errors.New("the configuration has other links than when the proxy began: restart it")

// mapped maps a part. Passwords are in it, as in all memory of a proxy: it is
// left out of core dumps.
func (m *sharedMemory) mapped(from, size, access, flags int) ([]byte, error) {
	b, err := unix.Mmap(int(m.file.Fd()), int64(from), size, access, unix.MAP_SHARED|flags)
	if err != nil {
		return nil, os.NewSyscallError("mmap", err)
	}
	return b, os.NewSyscallError("madvise", unix.Madvise(b, unix.MADV_DONTDUMP))
}

func (m *sharedMemory) at(l sharedLayout, analysis, relays []byte) {
	m.ring = analyze.NewRing(relays[l.page+l.counters:], relays[:l.page], analysis)
	m.state = (*sharedState)(unsafe.Pointer(&relays[l.page]))
}

// counted finds the counters of the links.
func (m *sharedMemory) counted(links int) {
	first := unsafe.Add(unsafe.Pointer(m.state), unsafe.Sizeof(sharedState{}))
	for i := range links {
		m.counters = append(m.counters, (*proxy.Counters)(unsafe.Add(first, i*int(unsafe.Sizeof(proxy.Counters{})))))
	}
}
