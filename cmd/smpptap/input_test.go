package main

import (
	"bufio"
	"bytes"
	"context"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"smpptap/internal/smpptest"
)

// conversation is a capture of a connection with the given octets both ways.
func conversation(server string, octets ...string) []byte {
	tk := smpptest.NewTalk("10.0.0.1:40000", server).Open()
	for i, s := range octets {
		tk.Data(i%2, s)
	}
	return smpptest.Pcap{Nano: true}.Write(smpptest.Packets(tk.Shut(0).Segments)...)
}

func bindExchange() (bind, resp string) {
	return string(smpptest.Build("bind_transceiver", 1, smpptest.F{"system_id": "acme", "password": "x", "system_type": "smpp", "interface_version": 0x34})),
		string(smpptest.Build("bind_transceiver_resp", 1, smpptest.F{"system_id": "SMSC"}))
}

// given runs the program over a capture file and gives its output.
func given(t *testing.T, capture []byte, args ...string) (code int, out, errs string) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "c.pcap")
	if err := os.WriteFile(path, capture, 0o600); err != nil {
		t.Fatal(err)
	}
	var o, e bytes.Buffer
	code = run(t.Context(), append(args, path), strings.NewReader(""), &o, &e)
	return code, o.String(), e.String()
}

// TestRecognition: SMPP is found on any port, other protocols are named on its
// own, and -d overrides both.
func TestRecognition(t *testing.T) {
	bind, resp := bindExchange()
	tls := "\x16\x03\x01\x00\x31\x01\x00\x00\x2d\x03\x03" + strings.Repeat("r", 43)
	http := "GET /status HTTP/1.1\r\nHost: smsc.example\r\n\r\n"
	odd := strings.Repeat("\x00\x00\x00\x20\x00\x00\x0b\xad\x00\x00\x00\x00\x00\x00\x00\x01", 1) + strings.Repeat("z", 16)
	for _, c := range []struct {
		name    string
		capture []byte
		args    []string
		want    []string
		not     string
	}{
		{"any port", conversation("10.0.0.2:9999", bind, resp), nil, []string{"bind_transceiver", "bind_transceiver_resp"}, ""},
		{"none", conversation("10.0.0.2:2775", bind, resp), []string{"-d", "tcp.port==2775,none"}, nil, "bind"},
		{"TLS", conversation("10.0.0.2:2775", tls, tls), nil, nil, "bind"},
		{"forced", conversation("10.0.0.2:9999", odd, odd), []string{"-d", "tcp.port==9000-9999,smpp"}, []string{"unknown_0x00000BAD"}, ""},
		{"not forced", conversation("10.0.0.2:9999", odd, odd), nil, nil, "unknown"},
	} {
		_, out, errs := given(t, c.capture, append([]string{"read", "--profile", "smpp34"}, c.args...)...)
		for _, w := range c.want {
			if !strings.Contains(out, w) {
				t.Errorf("%s: %q is missing in:\n%s%s", c.name, w, out, errs)
			}
		}
		if c.not != "" && strings.Contains(out, c.not) {
			t.Errorf("%s: %q stands in:\n%s", c.name, c.not, out)
		}
	}
	for want, capture := range map[string][]byte{
		"TLS":                    conversation("10.0.0.2:2775", tls, tls),
		"HTTP":                   conversation("10.0.0.2:2775", http, "HTTP/1.1 200 OK\r\n\r\n"),
		"not decoded, as -d say": conversation("10.0.0.2:2776", bind, resp),
	} {
		for _, args := range [][]string{nil, {"--port", "2775"}} {
			_, out, _ := given(t, capture, append(args, "analyze", "--no-db", "-d", "tcp.port==2776,none")...)
			if !strings.Contains(out, want) {
				t.Errorf("%v: %q is missing in:\n%s", args, want, out)
			}
		}
	}
	for _, bad := range []string{"smpp", "udp.port==1,smpp", "tcp.port==x,smpp", "tcp.port==1,http", "tcp.port==0,smpp", "tcp.port==9-8,smpp", "tcp.port==65535:3,smpp"} {
		if code, _, errs := given(t, nil, "read", "-d", bad); code != exitUsage || !strings.Contains(errs, "-d: ") {
			t.Errorf("%s: exit %d, %s", bad, code, errs)
		}
	}
}

// TestStreaming: rows come through a pipe and from a growing file as their
// packets do.
func TestStreaming(t *testing.T) {
	bind, resp := bindExchange()
	link := string(smpptest.Build("enquire_link", 2, nil))
	tk := smpptest.NewTalk("10.0.0.1:40000", "10.0.0.2:2775").Open().Data(0, bind).Data(1, resp).Data(0, link)
	p := smpptest.Packets(tk.Segments)
	part := func(i, j int) []byte {
		b := smpptest.Pcap{Nano: true}.Write(p[i:j]...)
		if i > 0 {
			b = b[24:]
		}
		return b
	}
	for _, how := range []string{"pipe", "file"} {
		inR, inW, err := os.Pipe()
		if err != nil {
			t.Fatal(err)
		}
		outR, outW := io.Pipe()
		write := func(b []byte) { inW.Write(b) }
		args := []string{"read", "-"}
		if how == "file" {
			path := filepath.Join(t.TempDir(), "growing.pcap")
			f, err := os.Create(path)
			if err != nil {
				t.Fatal(err)
			}
			defer f.Close()
			write = func(b []byte) { f.Write(b) }
			args = []string{"read", "--follow", path}
		}
		write(part(0, 4))
		ctx, cancel := context.WithCancel(t.Context())
		code := make(chan int, 1)
		go func() {
			code <- run(ctx, args, inR, outW, io.Discard)
			outW.Close()
		}()
		rows := make(chan string, 10)
		go func() {
			for sc := bufio.NewScanner(outR); sc.Scan(); {
				rows <- sc.Text()
			}
			close(rows)
		}()
		see := func(want string) {
			t.Helper()
			select {
			case row := <-rows:
				if !strings.Contains(row, want) {
					t.Errorf("%s: row %q, want %s", how, row, want)
				}
			case <-time.After(time.Minute):
				t.Fatalf("%s: no row with %s", how, want)
			}
		}
		see("bind_transceiver")
		write(part(4, 5))
		see("bind_transceiver_resp")
		write(part(5, 6))
		see("enquire_link")
		if how == "pipe" {
			inW.Close()
		} else {
			cancel()
		}
		if n := <-code; n != exitOK {
			t.Errorf("%s: exit %d", how, n)
		}
		cancel()
		inR.Close()
		inW.Close()
	}
}
