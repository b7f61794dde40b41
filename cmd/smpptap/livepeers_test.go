//go:build linux && cgo

package main

import (
	"bufio"
	"bytes"
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// peerModules is where node-smpp is: SMPP_MODULES, else a cache that is filled
// the first time (internal/peers/README.md).
func peerModules(t *testing.T) string {
	t.Helper()
	if dir := os.Getenv("SMPP_MODULES"); dir != "" {
		return dir
	}
	return npmModules(t, "../../internal/peers", "peers", "smpp")
}

// TestLivePeers: with real peers every PDU is recorded, and kept without its
// password, as tshark counts them.
func TestLivePeers(t *testing.T) {
	n := newNetwork(t)
	modules := peerModules(t)
	kept := filepath.Join(t.TempDir(), "kept.pcapng")
	r := startLive(t, n.smsc, "-i", "vs", "--host", "10.77.0.1", "-w", kept)
	node := func(ctx context.Context, ns, script string, args ...string) *exec.Cmd {
		cmd := exec.CommandContext(ctx, "ip", append([]string{"netns", "exec", ns, "node", "../../internal/peers/" + script}, args...)...)
		cmd.Env = append(os.Environ(), "SMPP_MODULES="+modules)
		return cmd
	}
	ctx, cancel := context.WithCancel(t.Context())
	smsc := node(ctx, n.smsc, "smsc.js", "--host", "10.77.0.2", "--port", "2775", "--receipts", "DELIVRD")
	listening, err := smsc.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := smsc.Start(); err != nil {
		t.Fatal(err)
	}
	defer func() {
		cancel()
		_ = smsc.Wait()
	}()
	if line, err := bufio.NewReader(listening).ReadString('\n'); err != nil {
		t.Fatal(line, err)
	}
	out, err := node(ctx, n.esme, "esme.js", "--host", "10.77.0.2", "--port", "2775", "--system-id", "alice", "--password", "s3cr3tpw",
		"--send", "50", "--receipt", "--expect", "50").CombinedOutput()
	if err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	r.stop(os.Interrupt)
	const want = 4 + 4*50 // bind, unbind, submits, receipts
	if got := r.query("SELECT count(*) FROM pdus"); got != want {
		t.Errorf("%d PDUs are recorded, want %d", got, want)
	}
	file, err := os.ReadFile(kept)
	if err != nil || bytes.Contains(file, []byte("s3cr3tpw")) {
		t.Errorf("the kept packets: %v, or a password", err)
	}
	shark, err := exec.CommandContext(t.Context(), "tshark", "-r", kept, "-d", "tcp.port==2775,smpp", "-Y", "smpp", "-T", "fields", "-e", "smpp.command_id").Output()
	if err != nil {
		t.Fatal(err)
	}
	if got := strings.Count(string(shark), "0x"); got != want {
		t.Errorf("tshark counts %d PDUs in the kept packets, want %d", got, want)
	}
}
