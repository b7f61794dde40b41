// Command generate writes a capture of SMPP sessions for benchmarks: the same
// arguments give the same octets.
//
//	go run ./bench/generate -pdus 400000 -sessions 64 -o /tmp/bench.pcap
package main

import (
	"errors"
	"flag"
	"fmt"
	"os"

	"smpptap/internal/smpptest"
)

func main() {
	pdus := flag.Int("pdus", 400_000, "about how many PDUs")
	sessions := flag.Int("sessions", 64, "sessions at once")
	window := flag.Int("window", 10, "outstanding submit_sm of a session")
	out := flag.String("o", "", "file to write")
	flag.Parse()
	if *out == "" || *sessions < 1 || *window < 1 || *pdus < *sessions*8 {
		fmt.Fprintln(os.Stderr, "generate: -o FILE is needed, and at least 8 PDUs a session")
		os.Exit(2)
	}
	if err := write(*out, *pdus, *sessions, *window); err != nil {
		fmt.Fprintln(os.Stderr, "generate:", err)
		os.Exit(1)
	}
}

func write(path string, pdus, sessions, window int) error {
	f, err := os.Create(path)
	if err != nil {
		return err
	}
	return errors.Join(smpptest.Generate(f, pdus, sessions, window), f.Close())
}
