package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"runtime"
	"sync/atomic"
	"syscall"
	"time"

	"golang.org/x/sys/unix"

	"smpptap/analyze"
	"smpptap/proxy"
)

// Two processes make a proxy. The one that is started relays; it starts the
// other one, which analyses and records (analysis_linux.go), and again when it
// has died. So nothing that happens there touches the traffic: no fault of a
// library in C, no want of memory, no collector that stops all threads of a
// process, no thread that waits for its turn. What passes goes there through
// memory that both have (shared_linux.go).

// analysisVariable tells a process in its environment that it is to analyse.
const analysisVariable = "SMPPTAP_ANALYSIS"

// What the analysis inherits.
const (
	fdMemory  = 3 + iota
	fdControl // a socket: an octet wakes, its end says that nothing follows
	fdAdmin   // with --metrics
)

// Pauses before the analysis is started again. The first is short; one that
// lived for longSound counts as sound.
const (
	minRestartPause = 100 * time.Millisecond
	maxRestartPause = 30 * time.Second
	longSound       = time.Minute
)

// run relays, with the analysis beside, or analyses, for a process that does.
func (x *proxying) run(ctx context.Context) error {
	if _, told := os.LookupEnv(analysisVariable); told {
		return x.runAnalysis()
	}
	return x.runRelay(ctx)
}

// runRelay relays until ctx is done, and gives the analysis's end as its own.
func (x *proxying) runRelay(ctx context.Context) error {
	memory, err := newSharedMemory(len(x.links))
	if err != nil {
		return err
	}
	for i := range x.links {
		x.links[i].Counters = memory.counters[i]
	}
	x.line.others = true
	options := x.flags.options(x.app, x.links)
	options.Carriers = proxy.Carriers()
	runtime.GOMAXPROCS(runtime.GOMAXPROCS(0) + options.Carriers)
	server, err := proxy.Listen(options)
	if err != nil {
		return err
	}
	defer server.Close()
	c := &companion{app: x.app, memory: memory, ending: make(chan struct{}), ended: make(chan error, 1)}
	if c.admin, err = x.flags.admin.file(); err != nil {
		return err
	}
	c.queue = analyze.NewQueue(memory.ring, c.wake)
	if ready, err := c.start(); !ready {
		return cmp.Or(err, errors.New("the analysis has ended before it began"))
	}
	go c.look()
	x.announceProxy(server, x.links)
	defer x.signals(server, &memory.state.stops)()
	_ = server.Run(ctx, c.queue) // it runs once
	return c.end()
}

// file is the listener for --metrics, for the analysis, which may come and go;
// nil: there is none. That of a proxy that died is waited for.
func (o *adminFlags) file() (*os.File, error) {
	l, err := o.listen()
	for end := time.Now().Add(2 * time.Second); errors.Is(err, syscall.EADDRINUSE) && time.Now().Before(end); l, err = o.listen() {
		time.Sleep(20 * time.Millisecond)
	}
	if l == nil || err != nil {
		return nil, err
	}
	f, err := l.(*net.TCPListener).File() // what "tcp" gives
	return f, errors.Join(err, l.Close())
}

// companion is the analysis as the relay sees it.
type companion struct {
	*app
	memory *sharedMemory
	admin  *os.File
	queue  *analyze.Queue

	process *exec.Cmd
	control atomic.Pointer[os.File]
	ending  chan struct{}
	ended   chan error
}

// start starts it and waits until all that it needs is open. When it is not
// ready, the error is how it has ended; what was wrong it has said.
func (c *companion) start() (ready bool, err error) {
	pair, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_STREAM|unix.SOCK_CLOEXEC|unix.SOCK_NONBLOCK, 0)
	if err != nil {
		return false, os.NewSyscallError("socketpair", err)
	}
	ours, theirs := os.NewFile(uintptr(pair[0]), "control"), os.NewFile(uintptr(pair[1]), "control")
	defer theirs.Close()
	// This very program, also when its file has been replaced.
	cmd := exec.Command("/proc/self/exe", os.Args[1:]...) //nolint:gosec,noctx // it outlives every context, and its arguments are ours
	cmd.Args[0] = os.Args[0]
	cmd.Env = append(os.Environ(), analysisVariable+"=1")
	cmd.Stdout, cmd.Stderr = os.Stdout, os.Stderr
	cmd.ExtraFiles = []*os.File{c.memory.file, theirs}
	if c.admin != nil {
		cmd.ExtraFiles = append(cmd.ExtraFiles, c.admin)
	}
	if err := cmd.Start(); err != nil {
		_ = ours.Close()
		return false, fmt.Errorf("start the analysis: %w", err)
	}
	_ = theirs.Close()
	c.process = cmd
	if old := c.control.Swap(ours); old != nil {
		_ = old.Close()
	}
	if _, err := ours.Read(make([]byte, 1)); err != nil {
		return false, analysisEnd(cmd.Wait())
	}
	return true, nil
}

// analysisEnd is how the analysis has ended, as an error of ours.
func analysisEnd(err error) error {
	var exit *exec.ExitError
	if told := (*exitError)(nil); errors.As(err, &told) {
		return err
	}
	if errors.As(err, &exit) && exit.ExitCode() > 0 {
		return &exitError{code: exit.ExitCode()} // it has said why
	}
	if err != nil {
		return fmt.Errorf("the analysis: %w", err)
	}
	return nil
}

// wake has the analysis read at once. It waits for nothing.
func (c *companion) wake() {
	control := c.control.Load()
	if control == nil {
		return
	}
	raw, err := control.SyscallConn()
	if err != nil {
		return
	}
	_ = raw.Write(func(fd uintptr) bool {
		_, _ = unix.Write(int(fd), []byte{1}) // when it is full, it will wake
		return true
	})
}

// look waits for its end, and starts it again until the relay has ended.
func (c *companion) look() {
	pause, started := minRestartPause, time.Now()
	ready, err := true, error(nil)
	for {
		if ready {
			err = c.process.Wait()
		}
		if c.isEnding() {
			c.ended <- analysisEnd(err)
			return
		}
		c.queue.Restart()
		if time.Since(started) > longSound {
			pause = minRestartPause
		}
		c.log.Error("the analysis has ended and is started again; the traffic is not touched", "end", ended(err), "in_seconds", pause.Seconds())
		select {
		case <-time.After(pause):
		case <-c.ending:
		}
		pause, started = min(2*pause, maxRestartPause), time.Now()
		ready, err = c.start()
		if ready {
			c.log.Warn("the analysis goes on")
		}
		if c.isEnding() {
			_ = c.control.Load().Close()
		}
	}
}

// ended is how a process ended, in words.
func ended(err error) string {
	if err == nil {
		return "exit status 0"
	}
	return err.Error()
}

func (c *companion) isEnding() bool {
	select {
	case <-c.ending:
		return true
	default:
		return false
	}
}

// end lets it take what waits, and waits for its summary.
func (c *companion) end() error {
	c.queue.Close()
	close(c.ending)
	_ = c.control.Load().Close()
	return <-c.ended
}
