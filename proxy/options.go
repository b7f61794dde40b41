package proxy

import (
	"log/slog"
	"net/netip"
	"runtime"
	"time"
)

// Options of a Server. Zero values mean the stated default.
type Options struct {
	// Links are relayed side by side; at least one.
	Links []Link
	// MaxConnections is how many connections of all links are relayed at
	// once. One more is reset as soon as it was accepted. Default 10,000.
	MaxConnections int
	// ConnectTimeout bounds each step before octets pass: the PROXY header,
	// the ESME's TLS handshake, and dialling the SMSC, TLS included. Default
	// 10 s.
	ConnectTimeout time.Duration
	// Drain is how long Run waits for connections to end by themselves when
	// its context is done. Default 30 s; negative: not at all.
	Drain time.Duration
	// Carriers is how many threads relay, on Linux and without TLS. Default
	// Carriers(); negative: none, goroutines do.
	Carriers int
	// Logger; nil is silent.
	Logger *slog.Logger
}

// Carriers is how many threads can relay at once, at most 8. A process that does
// little else is quicker with as many more of the scheduler's places
// (runtime.GOMAXPROCS): where there are more than carriers, they keep theirs.
func Carriers() int { return min(runtime.GOMAXPROCS(0), 8) }

// Link is one listener and the SMSC behind it.
type Link struct {
	// Name stands in records and metrics. Required and unique.
	Name string
	// Listen is HOST:PORT; port 0 lets the system choose.
	Listen string
	// Upstream is HOST:PORT. It may be empty with Transparent, which takes
	// the destination from the connection; only one that was made straight to
	// the listener then goes to Upstream.
	Upstream string
	// ListenTLS ends TLS of ESMEs; nil: octets are taken as they come.
	ListenTLS *ServerTLS
	// UpstreamTLS speaks TLS to the SMSC; nil: plain.
	UpstreamTLS *ClientTLS
	Transparent Transparent
	// SourceAddress is dialled from; the zero Addr lets the system choose.
	SourceAddress netip.Addr
	// ProxyIn demands a PROXY protocol header of v1 or v2 from whoever
	// connects; ProxyOut sends one of v2 to the SMSC.
	ProxyIn, ProxyOut bool
	// Counters are where what happens on the link is counted; nil: in memory of
	// the Server's own.
	Counters *Counters
}

// ServerTLS names the files of the listening side, in PEM.
type ServerTLS struct {
	Cert, Key string
	// ClientCA demands a client certificate signed by one of these; empty:
	// none is asked for.
	ClientCA string
}

// ClientTLS names the files of the side that dials, in PEM.
type ClientTLS struct {
	// CA signs the SMSC's certificate; empty: the system's.
	CA string
	// Name is what the certificate must be for; empty: Upstream's host.
	Name string
	// Cert and Key are sent when asked for; empty: none.
	Cert, Key string
	// Insecure takes any certificate.
	Insecure bool
}

// Transparent says how a connection that was meant for the SMSC reaches the
// listener.
type Transparent string

// The ways. With TransparentTPROXY the SMSC sees the ESME's own address and
// port; with TransparentRedirect it sees the proxy's.
const (
	TransparentOff      Transparent = "off" // or empty
	TransparentTPROXY   Transparent = "tproxy"
	TransparentRedirect Transparent = "redirect"
)
