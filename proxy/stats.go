package proxy

import (
	"sync/atomic"

	"smpptap/stream"
)

// LinkStats count what happened on a link since Listen.
type LinkStats struct {
	Link string
	// Open is how many connections are served now.
	Open int64
	// Accepted counts all that were accepted, Refused those of them that were
	// reset because of MaxConnections.
	Accepted, Refused int64
	// HeaderFailures counts connections without a sound PROXY header.
	HeaderFailures int64
	// DialFailures counts connections for which the SMSC could not be had.
	DialFailures int64
	// ListenTLSFailures and UpstreamTLSFailures count handshakes that failed,
	// with ESMEs and with the SMSC.
	ListenTLSFailures, UpstreamTLSFailures int64
	// Octets were received, by the direction's sender: FromA is the ESME.
	// With TLS they are plaintext.
	Octets [2]int64
	// Undelivered are those of Octets that surely did not reach the other
	// side, because one of the two was reset or vanished. What was on its way
	// then is not among them: it may have arrived.
	Undelivered [2]int64
}

// Counters are LinkStats while they count. They hold no pointer, so that they
// may lie in memory that another process reads.
type Counters struct {
	open, accepted, refused, header, dial, listenTLS, upstreamTLS atomic.Int64

	octets, undelivered [2]atomic.Int64
}

// Stats gives the counters of a link. It may be called at any time.
func (n *Counters) Stats(link string) LinkStats {
	s := LinkStats{
		Link: link, Open: n.open.Load(), Accepted: n.accepted.Load(), Refused: n.refused.Load(),
		HeaderFailures: n.header.Load(), DialFailures: n.dial.Load(),
		ListenTLSFailures: n.listenTLS.Load(), UpstreamTLSFailures: n.upstreamTLS.Load(),
	}
	for dir := stream.FromA; dir <= stream.FromB; dir++ {
		s.Octets[dir] = n.octets[dir].Load()
		s.Undelivered[dir] = n.undelivered[dir].Load()
	}
	return s
}

// Stats gives the counters of all links, in their order. It may be called at
// any time.
func (s *Server) Stats() []LinkStats {
	all := make([]LinkStats, len(s.links))
	for i, l := range s.links {
		all[i] = l.stats.Stats(l.Name)
	}
	return all
}
