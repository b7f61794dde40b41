// Package capture reads capture files and gives their TCP connections, octets
// in order, to a stream.Handler.
//
// It reads pcap and pcapng in every byte order, resolution and mixture of link
// types, compressed with gzip, zstd or lz4 or not, from files, directories or
// standard input; several files are merged by time, and the newest may be
// followed as it grows. The readers are its own: they are exact to the
// nanosecond, allocate no more than the input proves to hold, and give
// everything readable before they say where an input breaks off. Layers are
// decoded by gopacket, which no other package imports; fragments and segments
// are put together here.
//
// A connection is a four-tuple, not a VLAN or tunnel: copies of a packet that a
// mirror gives with and without a tag, or in and outside of a tunnel, are one,
// as are directions with unlike tags. Only where a segment from another VLAN or
// tunnel does not go on with the connection's sequence numbers is it another
// connection, of a network that uses the same addresses. Both sides of a NAT
// have addresses of their own and are two connections.
//
// The octets of a direction come in their order, and behind those of the other
// direction that they acknowledge, whatever the order in the capture: both wait
// at most a second of capture time, 64 segments for a hole, 512 for the other
// direction.
//
// Promises. Everything happens in the goroutine that calls Run; no call to a
// Handler or Tap comes at the same time as another. Octets given to Tap.Data
// are lent for the call. Memory is bounded whatever the input holds: by the
// window of each file that is open (256 KiB, 128 KiB with more than eight files,
// up to 16 MiB for a packet of that size; files that follow each other in time
// are open one after the other), 4 MiB of delivered octets kept for
// comparison, 8 MiB of fragments, and Options.MaxHeld and MaxConns. A packet in
// order costs no allocation. The package writes nothing but what Options of a
// live source ask it to keep.
package capture
