//go:build linux && cgo

package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"smpptap/internal/smpptest"
)

// routed is an ESME's network, an SMSC's, and a router between them on which
// the proxy runs.
type routed struct{ esme, router, smsc string }

func newRouted(t *testing.T) *routed {
	t.Helper()
	if os.Getuid() != 0 {
		if os.Getenv("CI") == "" {
			t.Skip("needs root, for network namespaces")
		}
		t.Fatal("needs root, for network namespaces")
	}
	name := fmt.Sprintf("smpptap-%d-%s", os.Getpid(), strings.ToLower(strings.NewReplacer("/", "-", "TestTransparent", "").Replace(t.Name())))
	n := &routed{name + "-e", name + "-r", name + "-s"}
	for _, ns := range []string{n.esme, n.router, n.smsc} {
		must(t, "ip", "netns", "add", ns)
		t.Cleanup(func() { _ = exec.CommandContext(context.Background(), "ip", "netns", "del", ns).Run() })
		must(t, "ip", "-n", ns, "link", "set", "lo", "up")
		// Without duplicate address detection IPv6 works at once.
		must(t, "ip", "netns", "exec", ns, "sh", "-c", "echo 0 > /proc/sys/net/ipv6/conf/default/accept_dad; echo 0 > /proc/sys/net/ipv6/conf/all/accept_dad")
	}
	must(t, "ip", "netns", "exec", n.router, "sh", "-c", "echo 1 > /proc/sys/net/ipv4/ip_forward; echo 1 > /proc/sys/net/ipv6/conf/all/forwarding")
	for i, ns := range []string{n.esme, n.smsc} {
		side := fmt.Sprint(i + 1)
		must(t, "ip", "-n", ns, "link", "add", "e0", "type", "veth", "peer", "name", "r"+side, "netns", n.router)
		for _, c := range []struct{ ns, dev, host string }{{ns, "e0", "1"}, {n.router, "r" + side, "2"}} {
			must(t, "ip", "-n", c.ns, "addr", "add", "10.77."+side+"."+c.host+"/24", "dev", c.dev)
			must(t, "ip", "-n", c.ns, "addr", "add", "fd77:"+side+"::"+c.host+"/64", "dev", c.dev, "nodad")
			must(t, "ip", "-n", c.ns, "link", "set", c.dev, "up")
		}
		must(t, "ip", "-n", ns, "route", "add", "default", "via", "10.77."+side+".2")
		must(t, "ip", "-n", ns, "-6", "route", "add", "default", "via", "fd77:"+side+"::2")
	}
	return n
}

func must(t *testing.T, name string, args ...string) {
	t.Helper()
	if out, err := exec.CommandContext(t.Context(), name, args...).CombinedOutput(); err != nil {
		t.Fatalf("%s %v: %v: %s", name, args, err, out)
	}
}

// seen is what the SMSC saw of a client, and answered.
func (n *routed) serve(t *testing.T, addr string) <-chan netip.AddrPort {
	t.Helper()
	var l net.Listener
	inNamespace(t, n.smsc, func() (err error) {
		l, err = net.Listen("tcp", addr)
		return err
	})
	t.Cleanup(func() { _ = l.Close() })
	clients := make(chan netip.AddrPort, 10)
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			clients <- netip.MustParseAddrPort(c.RemoteAddr().String())
			go func() {
				defer c.Close()
				head := make([]byte, len(transparentBind))
				if _, err := io.ReadFull(c, head); err == nil {
					_, _ = c.Write(smpptest.Build("bind_transceiver_resp", 1, smpptest.F{"system_id": "SMSC"}))
				}
				_, _ = io.Copy(io.Discard, c)
			}()
		}
	}()
	return clients
}

var transparentBind = smpptest.Build("bind_transceiver", 1, smpptest.F{"system_id": "acme", "password": "secret", "system_type": "smpp", "interface_version": 0x34})

// bind dials the SMSC from the ESME's network and waits for the answer to a
// bind. It gives the ESME's own address.
func (n *routed) bind(t *testing.T, smsc string) netip.AddrPort {
	t.Helper()
	var c net.Conn
	inNamespace(t, n.esme, func() (err error) {
		c, err = net.DialTimeout("tcp", smsc, time.Minute)
		return err
	})
	defer c.Close()
	_ = c.SetDeadline(time.Now().Add(time.Minute))
	if _, err := c.Write(transparentBind); err != nil {
		t.Fatal(err)
	}
	head := make([]byte, 16)
	if _, err := io.ReadFull(c, head); err != nil {
		t.Fatalf("no answer to the bind: %v", err)
	}
	if head[4] != 0x80 || head[7] != 9 {
		t.Fatalf("the answer is %x", head)
	}
	return netip.MustParseAddrPort(c.LocalAddr().String())
}

// TestTransparent: the rules that --print-rules gives bring the connections of
// both address families to the proxy, and take them away again; with tproxy
// the SMSC sees the ESME's own address and port, with redirect the proxy's.
func TestTransparent(t *testing.T) {
	for _, mode := range []string{"tproxy", "redirect"} {
		t.Run(mode, func(t *testing.T) {
			n := newRouted(t)
			clients := n.serve(t, "[::]:2775")
			db := filepath.Join(t.TempDir(), "t.db")
			flags := []string{"proxy", "--transparent", mode, "--listen", "[::]:12775", "--db", db}
			rules := filepath.Join(t.TempDir(), "rules.sh")
			script, err := exec.CommandContext(t.Context(), "smpptap", append(flags, "--print-rules")...).Output()
			if err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(rules, script, 0o600); err != nil {
				t.Fatal(err)
			}
			must(t, "ip", "netns", "exec", n.router, "sh", rules, "up")
			stop := n.start(t, flags)
			for _, smsc := range []string{"10.77.2.1:2775", "[fd77:2::1]:2775"} {
				own := n.bind(t, smsc)
				saw := <-clients
				saw = netip.AddrPortFrom(saw.Addr().Unmap(), saw.Port())
				router := strings.Replace(strings.Replace(smsc, "2.1:", "2.2:", 1), ":2::1]", ":2::2]", 1)
				switch {
				case mode == "tproxy" && saw != own:
					t.Errorf("the SMSC saw %s, the ESME is %s", saw, own)
				case mode == "redirect" && saw.Addr() != netip.MustParseAddrPort(router).Addr():
					t.Errorf("the SMSC saw %s, the proxy is %s", saw, router)
				}
			}
			stop()
			n.recorded(t, db, mode)
			must(t, "ip", "netns", "exec", n.router, "sh", rules, "down")
			if own, saw := n.bind(t, "10.77.2.1:2775"), <-clients; saw.Port() != own.Port() {
				t.Errorf("without rules the SMSC saw %s of %s", saw, own)
			}
		})
	}
}

// start runs the proxy on the router until the function that it gives is
// called.
func (n *routed) start(t *testing.T, flags []string) (stop func()) {
	t.Helper()
	cmd := exec.CommandContext(context.Background(), "ip", append([]string{"netns", "exec", n.router, "smpptap"}, append(flags, "--drain", "1s")...)...)
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = cmd.Process.Kill() })
	for range 600 {
		var c net.Conn
		var err error
		inNamespace(t, n.router, func() error {
			c, err = net.DialTimeout("tcp", "10.77.1.2:12775", time.Second)
			return nil
		})
		if err == nil {
			_ = c.Close()
			return func() {
				_ = cmd.Process.Signal(os.Interrupt)
				if err := cmd.Wait(); err != nil {
					t.Errorf("the proxy ended with %v: %s", err, out.String())
				}
			}
		}
		time.Sleep(100 * time.Millisecond) // until it listens: it says nothing a test could wait for
	}
	t.Fatalf("the proxy does not listen: %s", out.String())
	return nil
}

// recorded: the database has the ESME's and the SMSC's addresses, not the
// proxy's.
func (n *routed) recorded(t *testing.T, db, mode string) {
	t.Helper()
	out, err := exec.CommandContext(t.Context(), "smpptap", "sql", "--db", db, "-T", "csv",
		"select client_addr, server_addr, server_port from connections where server_port = 2775 order by id").Output()
	if err != nil {
		t.Fatal(err)
	}
	want := "client_addr,server_addr,server_port\n10.77.1.1,10.77.2.1,2775\nfd77:1::1,fd77:2::1,2775\n"
	if string(out) != want {
		t.Errorf("%s: recorded\n%s\nwant\n%s", mode, out, want)
	}
}
