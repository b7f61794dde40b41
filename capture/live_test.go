//go:build linux && cgo

package capture

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"smpptap/internal/smpptest"
	"smpptap/stream"
)

// inNetns runs f on a thread in a network namespace of its own, which ends
// with the thread.
func inNetns(t *testing.T, f func(t *testing.T)) {
	t.Helper()
	if os.Getuid() != 0 {
		if os.Getenv("CI") == "" {
			t.Skip("needs root, for a network namespace")
		}
		t.Fatal("needs root, for a network namespace")
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		runtime.LockOSThread() // and never unlock: the thread ends with the goroutine
		if err := unix.Unshare(unix.CLONE_NEWNET); err != nil {
			t.Error(err)
			return
		}
		ip(t, "link", "set", "lo", "up")
		f(t)
	}()
	<-done
}

func ip(t *testing.T, args ...string) {
	t.Helper()
	if out, err := exec.CommandContext(context.Background(), "ip", args...).CombinedOutput(); err != nil {
		t.Errorf("ip %v: %v: %s", args, err, out)
	}
}

// veth makes a pair of interfaces that are up.
func veth(t *testing.T, a, b string) {
	t.Helper()
	for _, name := range []string{"all", "default"} { // no neighbour discovery between the packets that count
		_ = os.WriteFile("/proc/sys/net/ipv6/conf/"+name+"/disable_ipv6", []byte("1"), 0o644)
	}
	ip(t, "link", "add", a, "type", "veth", "peer", "name", b)
	ip(t, "link", "set", a, "up")
	ip(t, "link", "set", b, "up")
}

// inject sends frames out of an interface.
func inject(t *testing.T, name string, frames ...[]byte) {
	t.Helper()
	iface, err := net.InterfaceByName(name)
	if err != nil {
		t.Error(err)
		return
	}
	fd, err := unix.Socket(unix.AF_PACKET, unix.SOCK_RAW, 0)
	if err != nil {
		t.Error(err)
		return
	}
	defer unix.Close(fd)
	for _, f := range frames {
		if err := unix.Sendto(fd, f, 0, &unix.SockaddrLinklayer{Ifindex: iface.Index}); err != nil {
			t.Error(err)
		}
	}
}

// captured runs a Live while do runs beforehand: packets wait in the ring.
func captured(t *testing.T, o LiveOptions, do func()) *recorder {
	t.Helper()
	r := &recorder{t: t}
	l, err := OpenLive(o)
	if err != nil {
		t.Error(err)
		return r
	}
	do()
	ctx, cancel := context.WithTimeout(context.Background(), 500*time.Millisecond)
	defer cancel()
	if err := l.Run(ctx, r); err != nil {
		t.Error(err)
	}
	for _, c := range r.conns {
		if c.closed != 1 {
			t.Errorf("connection %d was closed %d times", c.info.ID, c.closed)
		}
	}
	return r
}

func framesOf(segments []smpptest.Segment, tags ...uint16) (frames [][]byte) {
	for i := range segments {
		frames = append(frames, smpptest.Ethernet(segments[i].IP(), tags...))
	}
	return frames
}

// TestLiveFilter: the kernel lets through what is wanted, in whatever dress,
// and what comes of it is that alone.
func TestLiveFilter(t *testing.T) {
	inNetns(t, func(t *testing.T) {
		veth(t, "va", "vb")
		segments := func(client, server string) []smpptest.Segment {
			return smpptest.NewTalk(client, server).Open().Data(0, "question").Data(1, "answer").Segments
		}
		fragments := func(s smpptest.Segment) (frames [][]byte) {
			tcp := s.TCP()
			for i, place := range []uint16{0x2000, 3} {
				frames = append(frames, smpptest.Ethernet(smpptest.IPv4(s.From.Addr(), s.To.Addr(), s.From.Port(), 64, 6, place, tcp[24*i:min(len(tcp), 24+99*i)])))
			}
			return frames
		}
		send := func() {
			inject(t, "vb", framesOf(segments("10.0.0.1:4001", "10.0.0.2:2775"))...)
			inject(t, "vb", framesOf(segments("[2001:db8::1]:4002", "[2001:db8::2]:2775"))...)
			inject(t, "vb", framesOf(segments("10.0.0.1:4003", "10.0.0.2:2775"), 0x8100, 5)...)
			inject(t, "vb", framesOf(segments("10.0.0.1:4004", "10.0.0.2:2775"), 0x88a8, 7, 0x8100, 5)...)
			inject(t, "vb", framesOf(segments("10.0.0.1:4005", "10.0.0.2:80"))...)
			inject(t, "vb", framesOf(segments("[2001:db8::1]:4006", "[2001:db8::2]:80"), 0x88a8, 7, 0x8100, 5)...)
			inject(t, "vb", framesOf(segments("10.0.0.3:4007", "10.0.0.4:2775"))...)
			s := segments("10.0.0.1:4008", "10.0.0.2:2775")
			inject(t, "vb", append(framesOf(s[:3]), fragments(s[3])...)...)
			s = segments("10.0.0.1:4009", "10.0.0.2:80")
			inject(t, "vb", append(framesOf(s[:3]), fragments(s[3])...)...)
			tunnel := smpptest.IPv4(netip.MustParseAddr("10.8.0.1"), netip.MustParseAddr("10.8.0.2"), 1, 64, 4, 0, segments("10.0.0.1:4010", "10.0.0.2:2775")[0].IP())
			inject(t, "vb", smpptest.Ethernet(tunnel))
		}
		for _, c := range []struct {
			name string
			o    LiveOptions
			want string
		}{
			{"everything", LiveOptions{Interfaces: []string{"va"}}, "4001 4002 4003 4004 4005 4006 4007 4008 4009 4010"},
			{"port", LiveOptions{Interfaces: []string{"va"}, Ports: []uint16{2775}}, "4001 4002 4003 4004 4007 4008 4010"},
			{"port, host", LiveOptions{Interfaces: []string{"va"}, Ports: []uint16{2775}, Hosts: []netip.Addr{netip.MustParseAddr("10.0.0.2")}}, "4001 4003 4004 4008 4010"},
			{"v6 host", LiveOptions{Interfaces: []string{"va"}, Hosts: []netip.Addr{netip.MustParseAddr("2001:db8::1")}}, "4002 4006"},
			{"the other end", LiveOptions{Interfaces: []string{"vb"}, Ports: []uint16{2775}}, "4001 4002 4003 4004 4007 4008 4010"},
			{"both ends, any", LiveOptions{Interfaces: []string{"any"}, Ports: []uint16{2775}}, "4001 4002 4003 4004 4007 4008 4010"},
			{"another interface", LiveOptions{Interfaces: []string{"lo"}}, ""},
		} {
			r := captured(t, c.o, send)
			var got []string
			for _, conn := range r.conns {
				port := strconv.Itoa(int(conn.info.A.Port()))
				got = append(got, port)
				want := "question answer"
				switch port {
				case "4010":
					want = " "
				case "4008", "4009":
					want = "question "
				}
				if said := fmt.Sprintf("%s %s", conn.data[0], conn.data[1]); said != want {
					t.Errorf("%s: connection from %s: %q", c.name, port, said)
				}
			}
			if s := strings.Join(got, " "); s != c.want {
				t.Errorf("%s: connections from %q, want %q", c.name, s, c.want)
			}
			if n := r.notice(stream.NoticeDropped); n.Count > 0 {
				t.Errorf("%s: dropped %d", c.name, n.Count)
			}
		}
	})
}

// TestLiveDresses: what the decoder reads in an Ethernet frame, the kernel's
// filter lets through.
func TestLiveDresses(t *testing.T) {
	inNetns(t, func(t *testing.T) {
		veth(t, "va", "vb")
		names := map[string]string{}
		var frames [][]byte
		for i, w := range wraps {
			for j, ends := range [][2]string{{"10.0.0.1:%d", "10.0.0.2:2775"}, {"[fd00::1]:%d", "[fd00::2]:2775"}} {
				if w.link != linkEthernet {
					continue
				}
				client := fmt.Sprintf(ends[0], 4000+1000*j+i)
				names[client] = w.name
				s := smpptest.NewTalk(client, ends[1]).Open().Data(0, "question").Segments
				for k := range s {
					frames = append(frames, w.ip(s[k].IP()))
				}
			}
		}
		r := captured(t, LiveOptions{Interfaces: []string{"va"}, Ports: []uint16{2775}}, func() { inject(t, "vb", frames...) })
		for _, c := range r.conns {
			if string(c.data[0]) == "question" {
				delete(names, c.info.A.String())
			}
		}
		if len(names) > 0 || len(r.conns) == 0 {
			t.Errorf("not captured: %v", names)
		}
	})
}

// TestLiveLoopback: every packet of the loopback is there, and there once; by
// the kernel's own count.
func TestLiveLoopback(t *testing.T) {
	for _, name := range []string{"lo", "any"} {
		inNetns(t, func(t *testing.T) {
			r := captured(t, LiveOptions{Interfaces: []string{name}}, func() { overLoopback(t, 200) })
			n := r.notice(stream.NoticePackets)
			raw, err := os.ReadFile("/proc/thread-self/net/dev")
			if err != nil {
				t.Error(err)
				return
			}
			_, rest, _ := strings.Cut(string(raw), "lo:")
			if want := strings.Fields(rest)[1]; strconv.FormatInt(n.Count, 10) != want {
				t.Errorf("%s: %d packets, the interface counts %s", name, n.Count, want)
			}
			if d := r.notice(stream.NoticeDuplicates); d.Count != 0 {
				t.Errorf("%s: %d duplicates", name, d.Count)
			}
			if len(r.conns) != 1 || len(r.conns[0].data[0]) != 200*100 || len(r.conns[0].gaps[0]) > 0 || !r.conns[0].info.SYN {
				t.Errorf("%s: %d connections", name, len(r.conns))
			}
		})
	}
}

// overLoopback writes n times 100 octets over the loopback.
func overLoopback(t *testing.T, n int) {
	l, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		t.Error(err)
		return
	}
	defer l.Close()
	c, err := net.Dial("tcp4", l.Addr().String())
	if err != nil {
		t.Error(err)
		return
	}
	s, err := l.Accept()
	if err != nil {
		t.Error(err)
		return
	}
	for range n {
		_, _ = c.Write(make([]byte, 100))
		_, _ = io.ReadFull(s, make([]byte, 100))
	}
	c.Close()
	s.Close()
}

// TestLiveLimits: the capture ends by itself.
func TestLiveLimits(t *testing.T) {
	inNetns(t, func(t *testing.T) {
		veth(t, "va", "vb")
		path := filepath.Join(t.TempDir(), "k.pcapng")
		for _, c := range []struct {
			limits LiveLimits
			want   int64
		}{
			{LiveLimits{Packets: 7}, 7},
			{LiveLimits{Duration: 300 * time.Millisecond}, 20},
			{LiveLimits{Octets: 1000}, 0},
		} {
			l, err := OpenLive(LiveOptions{Interfaces: []string{"va"}, Stop: c.limits, Keep: &WriteOptions{Path: path}})
			if err != nil {
				t.Error(err)
				return
			}
			for i := range 20 {
				inject(t, "vb", framesOf(smpptest.NewTalk(fmt.Sprintf("10.0.0.1:%d", 4000+i), "10.0.0.2:2775").Send(0, smpptest.SYN, "").Segments)...)
			}
			r := &recorder{t: t}
			if err := l.Run(context.Background(), r); err != nil {
				t.Error(err)
			}
			n := r.notice(stream.NoticePackets).Count
			if c.want > 0 && n != c.want {
				t.Errorf("%+v: %d packets", c.limits, n)
			}
			raw, packets := readKept(t, path)
			if int64(len(packets)) != n || c.limits.Octets > 0 && (len(raw) < 1000 || len(raw) > 1100) {
				t.Errorf("%+v: %d octets, %d packets of %d are kept", c.limits, len(raw), len(packets), n)
			}
		}
	})
}

// TestLiveInterfaceBack: an interface that is made anew under the same name is
// found again.
func TestLiveInterfaceBack(t *testing.T) {
	inNetns(t, func(t *testing.T) {
		veth(t, "va", "vb")
		syn := func(port int) [][]byte {
			return framesOf(smpptest.NewTalk(fmt.Sprintf("10.0.0.1:%d", port), "10.0.0.2:2775").Send(0, smpptest.SYN, "").Segments)
		}
		l, err := OpenLive(LiveOptions{Interfaces: []string{"va"}, Stop: LiveLimits{Packets: 2, Duration: time.Minute}})
		if err != nil {
			t.Error(err)
			return
		}
		inject(t, "vb", syn(1)...)
		ip(t, "link", "del", "va")
		veth(t, "va", "vb")
		r := &recorder{t: t}
		h := &ticker{recorder: r, each: func() { inject(t, "vb", syn(2)...) }}
		if err := l.Run(context.Background(), h); err != nil {
			t.Error(err)
		}
		if len(r.conns) != 2 {
			t.Errorf("%d connections", len(r.conns))
		}
	})
}

// ticker is a Handler that does something whenever time is told.
type ticker struct {
	*recorder
	each func()
	last int64
}

func (k *ticker) Clock(at stream.Stamp) {
	if at.Time < k.last {
		k.t.Errorf("time steps back")
	}
	k.last = at.Time
	k.each()
}

// TestLiveErrors: what hinders is said in one line.
func TestLiveErrors(t *testing.T) {
	inNetns(t, func(t *testing.T) {
		_, err := OpenLive(LiveOptions{Interfaces: []string{"eth9"}})
		if err == nil || err.Error() != "no interface eth9 (there are: any, lo)" {
			t.Error(err)
		}
		_, err = OpenLive(LiveOptions{Interfaces: []string{"lo"}, Keep: &WriteOptions{Path: "/nowhere/k.pcapng"}})
		if err == nil || !strings.Contains(err.Error(), "/nowhere/k.pcapng") {
			t.Error(err)
		}
		// Without the capability.
		head := unix.CapUserHeader{Version: unix.LINUX_CAPABILITY_VERSION_3}
		var data [2]unix.CapUserData
		if err := unix.Capset(&head, &data[0]); err != nil {
			t.Error(err)
			return
		}
		_, err = OpenLive(LiveOptions{Interfaces: []string{"lo"}})
		if err == nil || !strings.Contains(err.Error(), "run as root, or once: sudo setcap cap_net_raw+ep /") || strings.Contains(err.Error(), "\n") {
			t.Error(err)
		}
	})
}
