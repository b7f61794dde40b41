package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/http/pprof"
	"time"

	"github.com/prometheus/client_golang/prometheus/promhttp"
	"github.com/spf13/pflag"

	"smpptap/analyze"
)

// adminFlags say what is served over HTTP about the run.
type adminFlags struct {
	metrics string
	pprof   bool
}

func (o *adminFlags) flags(f *pflag.FlagSet) {
	f.StringVar(&o.metrics, "metrics", "", "serve /metrics, /healthz and /readyz on this `address`")
	f.BoolVar(&o.pprof, "pprof", false, "serve /debug/pprof/ there, too")
}

func (o *adminFlags) check() error {
	switch {
	case o.metrics != "":
		if err := hostPort("--metrics", o.metrics, 0); err != nil {
			return usagef("%w", err)
		}
	case o.pprof:
		return usagef("--pprof needs --metrics")
	}
	return nil
}

// sinks feed the metrics; none when nobody can ask for them.
func (o *adminFlags) sinks(m *metrics) []analyze.Sink {
	if o.metrics == "" {
		return nil
	}
	return []analyze.Sink{newMetricsSink(m)}
}

// linkReady says in /readyz how a link stands.
type linkReady struct {
	Link      string `json:"link"`
	Listening bool   `json:"listening"`
}

// Bounds of what a client may keep busy.
const (
	adminHeaderTime = 5 * time.Second
	adminTime       = time.Minute // a profile takes 30 s
	adminIdle       = 2 * time.Minute
	adminEnd        = time.Second
	adminHeader     = 16 << 10
	// adminConnections leaves the relays theirs of the process's files.
	adminConnections = 64
)

// adminServer answers over HTTP. The zero value and nil serve nothing.
type adminServer struct {
	http *http.Server
	done chan struct{}
}

// listen opens the listener; nil: nobody asks.
func (o *adminFlags) listen() (net.Listener, error) {
	if o.metrics == "" {
		return nil, nil
	}
	l, err := net.Listen("tcp", o.metrics)
	if err != nil {
		return nil, fmt.Errorf("--metrics: %w", err)
	}
	return l, nil
}

// serve begins to answer on l. ready is called for each /readyz.
func (o *adminFlags) serve(l net.Listener, log *slog.Logger, m *metrics, ready func() []linkReady) *adminServer {
	if l == nil {
		return nil
	}
	s := &adminServer{
		http: &http.Server{
			Handler: o.handler(log, m, ready), ReadHeaderTimeout: adminHeaderTime, ReadTimeout: adminTime, WriteTimeout: adminTime,
			IdleTimeout: adminIdle, MaxHeaderBytes: adminHeader, ErrorLog: slog.NewLogLogger(log.Handler(), slog.LevelDebug),
		},
		done: make(chan struct{}),
	}
	log.Info("metrics are served", "address", l.Addr().String(), "pprof", o.pprof)
	go func() {
		defer close(s.done)
		if err := s.http.Serve(newRoom(l, adminConnections)); !errors.Is(err, http.ErrServerClosed) && !errors.Is(err, net.ErrClosed) {
			log.Error("metrics are served no more", "error", err)
		}
	}()
	return s
}

func (o *adminFlags) handler(log *slog.Logger, m *metrics, ready func() []linkReady) http.Handler {
	mux := http.NewServeMux()
	mux.Handle("GET /metrics", promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{
		ErrorLog: slog.NewLogLogger(log.Handler(), slog.LevelError), ErrorHandling: promhttp.ContinueOnError, MaxRequestsInFlight: 4,
	}))
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) { fmt.Fprintln(w, "ok") })
	mux.HandleFunc("GET /readyz", func(w http.ResponseWriter, _ *http.Request) { answerReady(w, ready()) })
	if o.pprof {
		mux.HandleFunc("GET /debug/pprof/", pprof.Index)
		mux.HandleFunc("GET /debug/pprof/cmdline", pprof.Cmdline)
		mux.HandleFunc("GET /debug/pprof/profile", pprof.Profile)
		mux.HandleFunc("GET /debug/pprof/symbol", pprof.Symbol)
		mux.HandleFunc("GET /debug/pprof/trace", pprof.Trace)
	}
	return mux
}

// answerReady is 200 when every link listens, else 503.
func answerReady(w http.ResponseWriter, links []linkReady) {
	answer := struct {
		Ready bool        `json:"ready"`
		Links []linkReady `json:"links"`
	}{true, links}
	for _, l := range links {
		answer.Ready = answer.Ready && l.Listening
	}
	w.Header().Set("Content-Type", "application/json")
	if !answer.Ready {
		w.WriteHeader(http.StatusServiceUnavailable)
	}
	_ = json.NewEncoder(w).Encode(answer) // the client may be gone
}

// close ends it; whoever is being answered has a second.
func (s *adminServer) close() {
	if s == nil {
		return
	}
	ctx, cancel := context.WithTimeout(context.Background(), adminEnd)
	defer cancel()
	if s.http.Shutdown(ctx) != nil {
		_ = s.http.Close()
	}
	<-s.done
}
