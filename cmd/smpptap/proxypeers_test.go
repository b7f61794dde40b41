//go:build linux && cgo

package main

import (
	"encoding/json"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
)

// TestProxyPeers: Kannel with a transmitter and a receiver, node-smpp and
// Net::SMPP through the proxy, plain and with TLS between two proxies, to
// node-smpp as SMSC. They notice nothing: each ends as it does without a
// proxy. The database has as many PDUs as the SMSC counts, nothing above a
// note is said of the peers, and the audit of the database is that of a tcpdump
// of the SMSC's side.
func TestProxyPeers(t *testing.T) {
	for _, tls := range []bool{false, true} {
		t.Run(fmt.Sprintf("tls=%v", tls), func(t *testing.T) { proxyPeers(t, tls) })
	}
}

func proxyPeers(t *testing.T, tls bool) {
	modules := peerModules(t)
	port := freeTCPPort(t)
	smsc := exec.CommandContext(t.Context(), "node", "../../internal/peers/smsc.js", "--host", "127.0.0.1", "--port", port, "--receipts", "DELIVRD")
	smsc.Env = append(os.Environ(), "SMPP_MODULES="+modules)
	tells := peer(t, smsc, `"listening"`)
	kept := filepath.Join(t.TempDir(), "dump.pcap")
	dump := exec.CommandContext(t.Context(), "tcpdump", "--immediate-mode", "-s", "65535", "-B", "65536", "-i", "lo", "-U", "-w", kept, "tcp port "+port)
	dumps := peer(t, dump, "listening on")
	near, proxies := startProxies(t, port, tls)

	esmes := [][]string{
		{"node", "../../internal/peers/esme.js", "--bind", "trx", "--system-id", "node", "--send", "40", "--receipt", "--expect", "40"},
		{"perl", "../../internal/peers/netsmpp.pl", "--bind", "trx", "--system-id", "perl", "--send", "15", "--receipt", "--expect", "15"},
		{
			"bash", "../../internal/peers/kannel.sh", "--system-id", "kannel", "--transceiver", "false",
			"--http-port", "23013", "--smsbox-port", "23001", "--admin-port", "23000",
		},
	}
	// Each message gives a receipt, which Kannel has to answer before it ends.
	const kannelSends = `for i in 1 2 3 4 5; do "$KANNEL_SEND" ACMECO 91980000000$i "hello $i"; done; ` +
		`until [ "$(grep -c "type_name: deliver_sm_resp" "$KANNEL_LOG")" -ge 5 ]; do sleep 0.1; done`
	for i, args := range esmes {
		args = append(args, "--port", near)
		if args[0] == "bash" {
			args = append(args, "--", "sh", "-c", kannelSends)
		}
		cmd := exec.CommandContext(t.Context(), args[0], args[1:]...)
		cmd.Env = smsc.Env
		out, err := cmd.CombinedOutput()
		if err != nil {
			t.Fatalf("%s: %v: %s", args[1], err, out)
		}
		wants := []map[string]int{{`"answered"`: 40, `"delivered"`: 40, `"left"`: 1}, {`"answered"`: 15, `"delivered"`: 15, `"left"`: 1}, {"Accepted": 5}}[i]
		for what, want := range wants {
			if got := strings.Count(string(out), what); got != want {
				t.Errorf("%s says %s %d times, want %d: %s", args[1], what, got, want, out)
			}
		}
	}
	for _, r := range proxies {
		r.stop()
	}
	said := tells.end(syscall.SIGTERM)
	dumps.end(syscall.SIGINT)
	var counted struct{ Received, Sent int }
	for line := range strings.Lines(said) {
		if strings.Contains(line, `"counted"`) {
			if err := json.Unmarshal([]byte(line), &counted); err != nil {
				t.Fatal(err)
			}
		}
	}
	// Three binds and unbinds, one of them of two sessions; a message is a
	// submit and the response to its receipt.
	if want := 2*4 + 2*(40+15+5); counted.Received < want || counted.Sent < want {
		t.Errorf("the SMSC counts %+v, want %d each and more", counted, want)
	}
	wanted := auditOfPeers(t, kept)
	for i, r := range proxies {
		const both = "SELECT sum(direction = 'to_smsc') || ' ' || sum(direction = 'to_esme') FROM pdus"
		if got, want := r.query(both), fmt.Sprint(counted.Received, " ", counted.Sent); got != want {
			t.Errorf("proxy %d recorded %s PDUs, the SMSC counts %s", i, got, want)
		}
		if got := r.query("SELECT group_concat(rule || ' ' || severity || ' ' || seen, char(10)) FROM finding_list WHERE severity != 'note'"); got != "<nil>" {
			t.Errorf("proxy %d says of real peers:\n%s", i, got)
		}
		if got := auditOfPeers(t, r.db); got != wanted {
			t.Errorf("proxy %d, the audit of the database:\n%s\nof tcpdump's file:\n%s", i, got, wanted)
		}
	}
}

// peerRun is a program under way.
type peerRun struct {
	t    *testing.T
	cmd  *exec.Cmd
	says utterance
	done chan struct{}
}

// peer starts a program and waits until it says text.
func peer(t *testing.T, cmd *exec.Cmd, text string) *peerRun {
	t.Helper()
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	cmd.Stdout, cmd.Stderr = w, w
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	w.Close()
	p := &peerRun{t: t, cmd: cmd, done: make(chan struct{})}
	p.says.more = make(chan struct{}, 1)
	go func() {
		defer close(p.done)
		defer r.Close()
		p.says.take(r)
	}()
	t.Cleanup(func() { _ = cmd.Process.Kill() })
	for !strings.Contains(p.says.String(), text) {
		select {
		case <-p.says.more:
		case <-p.done:
			t.Fatalf("%v ended: %s", cmd.Args, &p.says)
		}
	}
	return p
}

// end ends it by a signal and gives all that it said.
func (p *peerRun) end(by syscall.Signal) string {
	p.t.Helper()
	if err := p.cmd.Process.Signal(by); err != nil {
		p.t.Fatal(err)
	}
	<-p.done
	if err := p.cmd.Wait(); err != nil {
		p.t.Errorf("%v: %v", p.cmd.Args, err)
	}
	return p.says.String()
}

// startProxies gives the port for ESMEs, and the proxies on the way to the
// SMSC's port: one, or two with TLS between them.
func startProxies(t *testing.T, port string, tls bool) (near string, proxies []*proxyRun) {
	t.Helper()
	start := func(args ...string) (listens string) {
		r := startProxy(t, append(args, "--profile", "smpp34", "--listen", "127.0.0.1:0")...)
		proxies = append(proxies, r)
		_, listens, _ = net.SplitHostPort(r.addr("link1"))
		return listens
	}
	if !tls {
		return start("--upstream", "127.0.0.1:"+port), proxies
	}
	cert, key := certificate(t, t.TempDir(), "far", 7)
	far := start("--upstream", "127.0.0.1:"+port, "--listen-tls-cert", cert, "--listen-tls-key", key)
	near = start("--upstream", "localhost:"+far, "--upstream-tls", "--upstream-ca", cert)
	return near, []*proxyRun{proxies[1], proxies[0]}
}

// auditOfPeers is what an audit says. What a proxy and a tcpdump may see
// differently is left out: numbers of PDUs, connections and sessions (Kannel's
// two sessions open at once, and need not reach the SMSC in the order in which
// they reach the proxy), the source, and times, with what is said of answers
// that came late: on a machine that stood still they may have come late to one.
func auditOfPeers(t *testing.T, input string) string {
	t.Helper()
	type ruled struct {
		ID, Status                 string
		Checked, Failed, Unchecked int
	}
	type found struct {
		Rule, Severity, Field, Seen, Wanted, Remedy string
		Count, Offset, Length                       int
	}
	out, err := exec.CommandContext(t.Context(), "smpptap", "audit", "--profile", "smpp34", "--fail-on", "never", "-T", "json", input).Output()
	if err != nil {
		t.Fatal(err)
	}
	var a struct {
		Totals   struct{ Connections, Sessions, PDUs int }
		Rules    []ruled
		Findings []found
	}
	if err := json.Unmarshal(out, &a); err != nil {
		t.Fatal(err)
	}
	if len(a.Rules) < 100 {
		t.Fatalf("%d rules", len(a.Rules))
	}
	a.Findings = slices.DeleteFunc(a.Findings, func(f found) bool { return f.Rule == "response-slow" })
	for i := range a.Rules {
		if r := &a.Rules[i]; r.ID == "response-slow" {
			r.Status, r.Failed = "", 0
		}
	}
	text, err := json.MarshalIndent(a, "", " ")
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func freeTCPPort(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	_, port, _ := net.SplitHostPort(l.Addr().String())
	return port
}
