package proxy

import (
	"encoding/binary"
	"sync"
	"testing"

	"smpptap/stream"
)

// turns is a tap that checks that a request is heard before its response: both
// are numbers of four octets.
type turns struct {
	mu  sync.Mutex
	bad int
}

func (o *turns) Open(*stream.Conn) stream.Tap                  { return &turnsTap{turns: o} }
func (o *turns) Notice(stream.Notice)                          {}
func (*turnsTap) Gap(stream.Dir, stream.Stamp, int64)          {}
func (*turnsTap) Event(stream.Dir, stream.Stamp, stream.Event) {}
func (*turnsTap) Close(stream.Stamp, error)                    {}

type turnsTap struct {
	*turns
	have [2][]byte
	n    [2]uint32
}

func (o *turnsTap) Data(dir stream.Dir, at stream.Stamp, p []byte) {
	o.mu.Lock()
	defer o.mu.Unlock()
	for o.have[dir] = append(o.have[dir], p...); len(o.have[dir]) >= 4; o.have[dir] = o.have[dir][4:] {
		o.n[dir] = binary.BigEndian.Uint32(o.have[dir])
	}
	if o.n[stream.FromB] > o.n[stream.FromA] {
		o.bad++
	}
}

// The tap hears every request before the response to it.
func TestCausalOrder(t *testing.T) {
	o := &turns{}
	r := setupWith(t, o)
	var all sync.WaitGroup
	for range 8 {
		client, smsc := r.pair()
		all.Go(func() { // answers
			b := make([]byte, 4096)
			for {
				n, err := smsc.Read(b)
				if err != nil {
					smsc.Close()
					return
				}
				smsc.Write(b[:n])
			}
		})
		all.Go(func() {
			var b [4]byte
			for i := range uint32(5000) {
				binary.BigEndian.PutUint32(b[:], i+1)
				client.Write(b[:])
				if i%10 == 9 { // a window of ten
					var in [40]byte
					for got := 0; got < len(in); {
						n, err := client.Read(in[got:])
						if got += n; err != nil {
							t.Error(err)
							return
						}
					}
				}
			}
			client.CloseWrite()
		})
	}
	all.Wait()
	if o.bad > 0 {
		t.Errorf("%d times a response was heard before its request", o.bad)
	}
}
