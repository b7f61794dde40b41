package capture

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"smpptap/internal/smpptest"
	"smpptap/stream"
)

func TestSeveralFiles(t *testing.T) {
	dir := t.TempDir()
	packets := smpptest.Packets(talk().Segments)
	file := func(name string, b []byte) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, b, 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	one := file("one.pcap", smpptest.Pcap{}.Write(packets[:3]...))
	cut := smpptest.Pcap{}.Write(packets[3:5]...)
	two := file("two.pcap", cut[:len(cut)-5])
	text := file("notes.txt", []byte("nothing of the kind\n"))
	last := file("last.pcap.gz", pack(t, "gzip", smpptest.Pcap{}.Write(packets[4:]...)))
	var read, total int64
	rec := readFile(t, Options{
		Paths:    []string{last, text, filepath.Join(dir, "absent"), two, t.TempDir(), one},
		Ports:    []uint16{2775},
		Progress: func(r, n int64) { read, total = r, n },
	})
	rec.only().want(`A"request"@4`, `B"response"@5`, "AFIN@6", "BFIN@7")
	if !rec.only().info.Expected {
		t.Error("port 2775 is not expected")
	}
	if read == 0 || total == 0 {
		t.Errorf("progress %d of %d: some cannot be read", read, total)
	}
	for _, want := range []string{two + ": at octet", text + ": no capture file", "absent: no such file", "this directory holds no capture file"} {
		if !strings.Contains(rec.err.Error(), want) {
			t.Errorf("error lacks %q:\n%v", want, rec.err)
		}
	}
	n := rec.notice(stream.NoticePackets)
	if n.Count != 8 || n.First.Frame != 1 || n.Last.Frame != 8 {
		t.Errorf("packets %+v", n)
	}
	if n := rec.notice(stream.NoticeInput); n.Text != last || n.Count != 4 || n.First.Frame != 5 {
		t.Errorf("input %+v", n)
	}
	readFile(t, Options{Paths: []string{one}, Progress: func(r, n int64) { read, total = r, n }})
	if read != total || total == 0 {
		t.Errorf("progress %d of %d", read, total)
	}
}

// canceller ends the run at the first connection.
type canceller struct {
	*recorder
	cancel func()
}

func (c *canceller) Open(conn *stream.Conn) stream.Tap {
	c.cancel()
	return c.recorder.Open(conn)
}

func TestCancel(t *testing.T) {
	ctx, cancel := context.WithCancelCause(context.Background())
	stop := errors.New("enough")
	tk := smpptest.NewTalk("10.0.0.1:1", "10.0.0.2:2").Open()
	tk.Step = time.Microsecond
	for range 3 * ctxPackets {
		tk.Data(0, "x")
	}
	rec := &recorder{t: t}
	b := smpptest.Pcap{}.Write(smpptest.Packets(tk.Segments)...)
	err := NewFile(Options{Paths: []string{"-"}, Stdin: bytes.NewReader(b)}).Run(ctx, &canceller{rec, func() { cancel(stop) }})
	if !errors.Is(err, stop) || len(rec.only().data[0]) > ctxPackets || rec.only().closed != 1 {
		t.Errorf("error %v, %d octets", err, len(rec.only().data[0]))
	}
}
