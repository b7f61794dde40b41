// Package capture reads capture files and gives their TCP connections, octets
// in order, to a stream.Handler.
//
// It reads pcap and pcapng in every byte order, resolution and mixture of link
// types, compressed with gzip or zstd or not, from files or standard input.
// The readers are its own: they are exact to the nanosecond, allocate no more
// than the input proves to hold, and give everything readable before they say
// where an input breaks off. Layers are decoded by gopacket, which no other
// package imports; fragments and segments are put together here.
//
// Promises. Everything happens in the goroutine that calls Run; no call to a
// Handler or Tap comes at the same time as another. Octets given to Tap.Data
// are lent for the call. Memory is bounded whatever the input holds: by the
// window (1 MiB, up to 16 MiB for a packet of that size), 16 MiB of delivered
// octets kept for comparison, 8 MiB of fragments, and Options.MaxHeld and
// MaxConns. A packet in order costs no allocation. The package never writes.
package capture
