package stream

import (
	"encoding/binary"
	"math/rand/v2"
	"strings"
	"testing"
)

// recognise pushes b in pieces of size octets and gives the verdict at the
// end of b, and at the connection's.
func recognise(o RecogniserOptions, size int, b []byte) (Verdict, Verdict, string) {
	r := NewRecogniser(o)
	var v Verdict
	for at := 0; at < len(b); at += size {
		v = r.Push(FromA, b[at:min(at+size, len(b))])
	}
	return v, r.Close(), r.Protocol()
}

func TestRecognizesSMPP(t *testing.T) {
	enq, sub := enquire(7), submit(8, "hello")
	for _, c := range []struct {
		name string
		in   []byte
		soon bool // without waiting for the connection's end
	}{
		{"bind", bind(1), true},
		{"bind with a long password", pdu(2, 0, 1, "acme\x00"+strings.Repeat("x", 32)+"\x00\x00\x34\x00\x00\x00"), true},
		{"enquire_link", enq, true},
		{"response", submitResp(4), true},
		{"response without body", pdu(idSubmit|respBit, 0x58, 4, ""), true},
		{"midstream", cat(sub[25:], enq, sub), true},
		{"midstream inside a header", cat(sub[7:], enq), false},
		{"midstream inside a header, two", cat(sub[7:], enq, enq), true},
		{"garbage in front of a response", cat([]byte("\r\n"), submitResp(7)), true},
		{"garbage in front", cat([]byte("\r\n\x00\x00"), bind(1)), true},
		{"much garbage in front", cat([]byte(strings.Repeat("noise ", 2000)), bind(1)), true},
		{"PROXY protocol", cat([]byte(proxyV1+"TCP4 10.0.0.1 10.0.0.2 4711 2775\r\n"), bind(1)), true},
		{"cut", cat(sub, sub[:40]), false},
		{"poor bodies", cat(pdu(4, 0, 1, "poor"), pdu(4, 0, 2, "poor"), pdu(4, 0, 3, "poor"), pdu(4, 0, 4, "poor"), pdu(4, 0, 5, "poor"), pdu(4, 0, 6, "poor")), true},
	} {
		t.Run(c.name, func(t *testing.T) {
			for size := range len(c.in) {
				now, end, _ := recognise(RecogniserOptions{}, size+1, c.in)
				if end != IsSMPP || c.soon && now != IsSMPP {
					t.Fatalf("in pieces of %d: %d, at the end %d", size+1, now, end)
				}
			}
		})
	}
}

func TestRecognizesEitherDirection(t *testing.T) {
	r := NewRecogniser(RecogniserOptions{})
	if v := r.Push(FromA, []byte("\x00\x00\x00\x20no evidence here")); v != Undecided {
		t.Fatalf("verdict %d", v)
	}
	if v := r.Push(FromB, pdu(idNack, 3, 0, "")); v != IsSMPP {
		t.Fatalf("verdict %d", v)
	}
}

func TestRecognizesAcrossGaps(t *testing.T) {
	sub := submit(1, "hello")
	r := NewRecogniser(RecogniserOptions{})
	for range soundHeaders - 1 {
		if v := r.Push(FromA, sub[:30]); v != Undecided {
			t.Fatalf("verdict %d", v)
		}
		r.Gap(FromA, int64(len(sub)-30))
	}
	r.Push(FromA, sub[:30])
	if v := r.Gap(FromA, int64(len(sub)-30)); v != IsSMPP {
		t.Fatalf("verdict %d", v)
	}
}

func TestRecogniserHint(t *testing.T) {
	poor := pdu(idBind, 0, 1, "no end of string")
	if v, _, _ := recognise(RecogniserOptions{}, 9, poor); v != Undecided {
		t.Errorf("verdict %d without a hint", v)
	}
	if _, v, _ := recognise(RecogniserOptions{}, 9, poor); v != NotSMPP {
		t.Errorf("verdict %d without a hint, at the end", v)
	}
	if _, v, _ := recognise(RecogniserOptions{Likely: true}, 9, poor); v != IsSMPP {
		t.Errorf("verdict %d with a hint, at the end", v)
	}
}

// Where SMPP is likely a header at the beginning speaks for it, however much
// noise follows and whatever length it announces.
func TestRecognizesHeaderBeforeNoise(t *testing.T) {
	noise := make([]byte, DefaultRecogniseLimit)
	_, _ = rand.NewChaCha8([32]byte{1}).Read(noise)
	huge := submit(1, "hello")
	binary.BigEndian.PutUint32(huge, 0xFFFFFFFF)
	for name, c := range map[string]struct {
		in   []byte
		want Verdict
	}{
		"bind":               {cat(bind(1), noise), IsSMPP},
		"submit_sm of 4 GiB": {cat(huge, noise), IsSMPP},
		"no command":         {cat(pdu(0x7777, 0, 1, ""), noise), NotSMPP},
		"noise":              {noise, NotSMPP},
	} {
		for _, size := range []int{1, 1460, len(c.in)} {
			if v, _, _ := recognise(RecogniserOptions{Likely: true}, size, c.in); v != c.want {
				t.Errorf("%s in pieces of %d: verdict %d", name, size, v)
			}
		}
		if v, _, _ := recognise(RecogniserOptions{}, 1460, c.in); v != NotSMPP {
			t.Errorf("%s, not likely: verdict %d", name, v)
		}
	}
}

func TestProtocols(t *testing.T) {
	for in, want := range map[string]string{
		"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03":     "TLS",
		"\x15\x03\x03\x00\x02\x02\x28":                     "TLS",
		"GET / HTTP/1.1\r\n":                               "HTTP",
		"HTTP/1.1 400 Bad Request\r\n":                     "HTTP",
		"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n":                 "HTTP/2",
		"\x00\x00\x12\x04\x00\x00\x00\x00\x00\x00\x03":     "HTTP/2",
		"OPTIONS sip:a@b SIP/2.0\r\n":                      "SIP",
		"SSH-2.0-OpenSSH_9.2\r\n":                          "SSH",
		"220 mail ESMTP ready\r\n":                         "SMTP",
		"220 (vsFTPd 3.0.3)\r\n":                           "FTP",
		"\x4a\x00\x00\x00\x0a8.0.36\x00":                   "MySQL",
		"\x00\x00\x00\x08\x04\xd2\x16\x2f":                 "PostgreSQL",
		"\x00\x00\x00\x29\x00\x03\x00\x00user\x00":         "PostgreSQL",
		"\x01\x00\x00\xc8\x80\x00\x01\x01\x00\x00\x00\x00": "Diameter",
		"\x0201/00045/O/30/66677789///":                    "UCP",
		"\x0201:001\t010:user\t":                           "CIMD2",
		"\x10\x0c\x00\x04MQTT\x04":                         "MQTT",
		"nothing that is known":                            "",
	} {
		v, end, got := recognise(RecogniserOptions{}, len(in), []byte(in))
		if got != want || end != NotSMPP || (v == NotSMPP) != (want != "") {
			t.Errorf("%q: %q, verdict %d, want %q", in, got, v, want)
		}
	}
	if _, _, p := recognise(RecogniserOptions{}, 50, bind(1)); p != "" {
		t.Errorf("SMPP is %q", p)
	}
}

// framed are messages behind a length of four octets that leaves itself out.
func framed(r *rand.Rand, word func(i uint32) []byte) []byte {
	var out []byte
	for i := range uint32(400) {
		m := cat(word(i), make([]byte, r.IntN(60)))
		for k := len(m) - 20; k > 0 && k < len(m); k++ {
			m[k] = byte(r.IntN(5))
		}
		out = append(binary.BigEndian.AppendUint32(out, uint32(len(m))), m...)
	}
	return out
}

func u32(v ...uint32) (out []byte) {
	for _, n := range v {
		out = binary.BigEndian.AppendUint32(out, n)
	}
	return out
}

// strangers make octets of other protocols.
var strangers = map[string]func(r *rand.Rand) []byte{
	"random": func(r *rand.Rand) []byte {
		b := make([]byte, 64<<10)
		for i := 0; i < len(b); i += 8 {
			binary.LittleEndian.PutUint64(b[i:], r.Uint64())
		}
		return b
	},
	"zeros": func(*rand.Rand) []byte { return make([]byte, 64<<10) },
	"small numbers": func(r *rand.Rand) []byte {
		b := make([]byte, 64<<10)
		for i := range b {
			b[i] = "\x00\x00\x00\x00\x00\x00\x00\x01\x04\x05\x10\x15\x80\x02\x09\x40"[r.IntN(16)]
		}
		return b
	},
	"words of a header": func(r *rand.Rand) []byte {
		var b []byte
		for len(b) < 64<<10 {
			b = append(b, u32([]uint32{0, 0, 1, 4, 5, 32, 40, 64, 0x80000004, 21, 300}[r.IntN(11)])...)
		}
		return b
	},
	"Kafka requests": func(r *rand.Rand) []byte {
		return framed(r, func(i uint32) []byte { return cat(u32(r.Uint32N(22), i), []byte("\x00\x07rdkafka\xff\xff")) })
	},
	"Kafka responses": func(r *rand.Rand) []byte {
		return framed(r, func(i uint32) []byte { return cat(u32(i, 0, 1), []byte("\x00\x05topic"), u32(1, 0)) })
	},
	"ZooKeeper": func(r *rand.Rand) []byte {
		return framed(r, func(i uint32) []byte { return u32(i%30, 0, i, 0) })
	},
	"ZooKeeper, empty": func(r *rand.Rand) []byte {
		var out []byte
		for i := range uint32(3000) {
			out = append(out, u32(16, i%30, 0, i, 0)...)
		}
		return out
	},
	"Thrift": func(r *rand.Rand) []byte {
		return framed(r, func(i uint32) []byte { return cat(u32(0x80010001, 4), []byte("ping"), u32(i)) })
	},
	"PostgreSQL": func(r *rand.Rand) []byte {
		b := []byte("R\x00\x00\x00\x08\x00\x00\x00\x00")
		for len(b) < 64<<10 {
			n := r.Uint32N(60)
			b = append(b, 'D')
			b = append(b, u32(10+n, 0x00010000, n)...)
			b = append(b, make([]byte, n-n/7)...)
		}
		return b
	},
	"HTTP/2 frames": func(r *rand.Rand) []byte {
		var b []byte
		for len(b) < 64<<10 {
			n := r.IntN(100)
			b = append(b, 0, 0, byte(n), byte(r.IntN(9)), byte(r.IntN(5)), 0, 0, 0, byte(r.IntN(8)))
			b = append(b, make([]byte, n)...)
		}
		return b
	},
	"DNS": func(r *rand.Rand) []byte {
		var b []byte
		for len(b) < 64<<10 {
			b = append(b, 0, 45, byte(r.IntN(256)), byte(r.IntN(256)))
			b = append(b, "\x01\x00\x00\x01\x00\x00\x00\x00\x00\x00\x03www\x07example\x03com\x00\x00\x01\x00\x01aaaaaaaaaaaaa"...)
		}
		return b
	},
	"TLS records, midway": func(r *rand.Rand) []byte {
		b := make([]byte, 64<<10)
		for i := range b {
			b[i] = byte(r.Uint32())
		}
		return b
	},
}

func TestStrangers(t *testing.T) {
	rounds := uint64(15)
	if testing.Short() {
		rounds = 3
	}
	for name, octets := range strangers {
		t.Run(name, func(t *testing.T) {
			for seed := range rounds {
				r := rand.New(rand.NewPCG(seed, 7))
				b := octets(r)
				for _, size := range []int{len(b), 1448, 1 + r.IntN(200)} {
					v, end, p := recognise(RecogniserOptions{}, size, b)
					if v == IsSMPP || end == IsSMPP {
						t.Fatalf("seed %d, pieces of %d: taken for SMPP (%s)", seed, size, p)
					}
				}
			}
		})
	}
}

func TestRecogniserLimit(t *testing.T) {
	r := NewRecogniser(RecogniserOptions{Limit: 1000})
	b := []byte(strings.Repeat("no ", 333))
	if v := r.Push(FromB, b); v != Undecided {
		t.Errorf("verdict %d after %d octets", v, len(b))
	}
	if v := r.Push(FromB, []byte("x")); v != NotSMPP {
		t.Errorf("verdict %d after 1000 octets", v)
	}
	if v := r.Push(FromA, bind(1)); v != NotSMPP {
		t.Errorf("the verdict has changed")
	}
}
