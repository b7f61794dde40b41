// Command load measures what stands between an ESME and an SMSC: it plays both.
//
//	load smsc -listen ADDR
//	load esme -connect ADDR [-sessions 8] [-window 10] [-seconds 5] [-rate N] [-pid PID]
//	load idle -connect ADDR -sessions 5000 -pid PID
//
// esme sends submit_sm as fast as the window allows, or -rate of them a second
// in all, and prints one line of JSON: messages, rate, latency, and of the
// process -pid the CPU time a message and the resident memory.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
)

func main() {
	ctx, _ := signal.NotifyContext(context.Background(), os.Interrupt)
	if err := run(ctx, os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "load:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, args []string) error {
	if len(args) == 0 {
		return fmt.Errorf("want smsc, esme or idle")
	}
	f := flag.NewFlagSet(args[0], flag.ContinueOnError)
	var o options
	f.StringVar(&o.listen, "listen", "127.0.0.1:12775", "address of the SMSC")
	f.StringVar(&o.connect, "connect", "127.0.0.1:12775", "address that the ESME dials")
	f.IntVar(&o.sessions, "sessions", 8, "sessions")
	f.IntVar(&o.window, "window", 10, "requests outstanding a session")
	f.Float64Var(&o.seconds, "seconds", 5, "duration")
	f.IntVar(&o.rate, "rate", 0, "messages a second in all; 0: as fast as the window allows")
	f.IntVar(&o.pid, "pid", 0, "process whose CPU time and memory, with those of its children, are told")
	if err := f.Parse(args[1:]); err != nil {
		return err
	}
	switch args[0] {
	case "smsc":
		return serve(ctx, o.listen)
	case "esme":
		return o.measure(ctx)
	case "idle":
		return o.idle(ctx)
	}
	return fmt.Errorf("%q: want smsc, esme or idle", args[0])
}

type options struct {
	listen, connect        string
	sessions, window, rate int
	seconds                float64
	pid                    int
}
