package proxy

import (
	"io"
	"net"
	"testing"

	"smpptap/stream"
)

// deaf hears nothing.
type deaf struct{}

func (deaf) Open(*stream.Conn) stream.Tap                 { return deaf{} }
func (deaf) Notice(stream.Notice)                         {}
func (deaf) Data(stream.Dir, stream.Stamp, []byte)        {}
func (deaf) Gap(stream.Dir, stream.Stamp, int64)          {}
func (deaf) Event(stream.Dir, stream.Stamp, stream.Event) {}
func (deaf) Close(stream.Stamp, error)                    {}

// roundTrip sends a request through the proxy and a response back.
func roundTrip(tb testing.TB, client, smsc net.Conn, request, response []byte) {
	if _, err := client.Write(request); err != nil {
		tb.Fatal(err)
	}
	if _, err := io.ReadFull(smsc, request); err != nil {
		tb.Fatal(err)
	}
	if _, err := smsc.Write(response); err != nil {
		tb.Fatal(err)
	}
	if _, err := io.ReadFull(client, response); err != nil {
		tb.Fatal(err)
	}
}

func TestCopyAllocatesNothing(t *testing.T) {
	r := setupWith(t, deaf{})
	client, smsc := r.pair()
	request, response := make([]byte, 128), make([]byte, 32)
	n := testing.AllocsPerRun(2000, func() { roundTrip(t, client, smsc, request, response) })
	if n != 0 {
		t.Errorf("%v allocations a request and response", n)
	}
}

func BenchmarkRoundTrip(b *testing.B) {
	r := setupWith(b, deaf{})
	client, smsc := r.pair()
	b.ReportAllocs()
	request, response := make([]byte, 128), make([]byte, 32)
	for b.Loop() {
		roundTrip(b, client, smsc, request, response)
	}
}
