package analyze

import (
	"context"
	"errors"
	"runtime"
	"sync"
	"time"

	"smpptap/analyze/audit"
	"smpptap/analyze/profile"
	"smpptap/analyze/session"
	"smpptap/stream"
)

// Redact says what is masked beside passwords.
type Redact uint8

// Bits of Redact.
const (
	RedactText Redact = 1 << iota
	RedactAddresses

	RedactNone Redact = 0
	RedactAll         = RedactText | RedactAddresses
)

// Options are a run's. Zero values mean the stated default.
type Options struct {
	// Writings are how accounts write ids in receipts, as earlier runs have
	// learned, by the accounts' names; nil: nothing is known.
	Writings map[string]session.Writing
	Kind     string // default KindPcap
	Source   string // what is analysed, for the record
	Version  string // of smpptap
	// Profile is required.
	Profile *profile.Profile
	// Links are those of a proxy that are judged by another profile.
	Links  []LinkProfile
	Redact Redact
	// Key makes pseudonyms of addresses that Redact would mask: the same one
	// for the same address; empty: they are masked.
	Key   []byte
	Ports []uint16 // where SMPP is expected; empty: recognise it
	// DecodeAs overrides recognition on ports.
	DecodeAs DecodeAs
	// Sinks take the records, each in this order.
	Sinks []Sink
	// Texts asks for PDU.Message and PDU.Receipt.
	Texts bool
	// Messages asks for records of messages. They need the audit.
	Messages bool
	// Parts asks for the octets of all parts with a long message's last one.
	Parts bool
	// NoAudit leaves out findings, checks, PDU.Issues and PDU.Parts.
	NoAudit bool
	// Caps bound what is kept.
	Caps Caps
	// Baseline are findings that are known, beside those of the profiles; Today
	// gives the time by which they are known no more, default time.Now.
	Baseline *profile.Baseline
	Today    func() time.Time
	// Limits replace audit.DefaultLimits; nil: those hold.
	Limits *audit.Limits
	// Workers decode PDUs; default GOMAXPROCS.
	Workers int
	// Inbox is where another process tells of connections; Run then has no
	// source. Zero: Run's source tells.
	Inbox Inbox
	// Octets is told what a live run's source tells the pipeline, by one
	// goroutine, behind the queue: what it takes long for becomes a gap of the
	// analysis. A panic ends that. Nil: nobody is told.
	Octets stream.Handler
	// Failed is told when a live run goes on without a sink that returned an
	// error, and without a connection on which the analysis panicked (see
	// ConnError); also once, with ErrFindings, when there are more findings than
	// Caps keeps. Nil: Run's error alone tells of sinks.
	Failed func(error)
}

// LinkProfile is the profile by which a link is judged.
type LinkProfile struct {
	Name    string // as stream.Conn.Link
	Profile *profile.Profile
}

// live tells that the run is of something that does not wait for it.
func (o *Options) live() bool { return o.Kind != KindPcap }

// ErrStop ends the run in order when a Sink returns it: Run returns nil.
var ErrStop = errors.New("stop")

// batchesAhead is how many batches stage A may be ahead of stage C. It bounds
// memory; stage C looks ahead by at most lookItems items of them.
const batchesAhead = 8

// Pipeline is one run over one source.
//
// Stage A, on one goroutine, reads, reassembles and frames into batches in
// arrival order; stage B, on several, decodes whole batches; stage C, on Run's
// own, takes the batches in order: session, audit, number, mask, sinks.
// Only C touches state, so nothing in session or audit locks, and the output
// is the same in every run.
type Pipeline struct {
	opt   Options
	lanes []*lane
	links map[string]*lane // by name, of those that are not in the first lane

	ordered chan *batch // A to C, in order
	work    chan *batch // A to B
	free    chan *batch // C to A
	chunks  chunks      // C to A
	ahead   []*batch    // taken from ordered, not yet judged
	drained bool        // ordered is closed and empty
	inbox   Inbox       // before A, of a live run
	room    room        // in it, of a source of our own
	broken  []error     // by sink: why a live run goes on without it
	crowded bool        // ErrFindings was told

	judge
}

// New makes a Pipeline.
func New(opt Options) *Pipeline {
	if opt.Kind == "" {
		opt.Kind = KindPcap
	}
	if opt.Workers == 0 {
		opt.Workers = runtime.GOMAXPROCS(0)
	}
	p := &Pipeline{
		opt:     opt,
		ordered: make(chan *batch, batchesAhead),
		work:    make(chan *batch, batchesAhead),
		free:    make(chan *batch, batchesAhead+2), // all: one is filled, one judged
		chunks:  make(chunks, spareChunks),
	}
	p.lanes, p.links = lanesOf(&p.opt, &p.numbers)
	p.judge.init()
	p.mask.pseudonyms = newPseudonyms(opt.Key)
	p.broken = make([]error, len(opt.Sinks))
	if opt.live() {
		p.inbox = opt.Inbox
		if p.inbox.Ring == nil {
			p.inbox.Ring = ownRing()
		}
		p.room = room{queueOctets, queueConnOctets}
	}
	return p
}

// Run takes src, nil with Options.Inbox, to its end, and returns when all
// goroutines that it started have ended. Everything readable has reached the
// sinks then, also when it returns an error.
func (p *Pipeline) Run(ctx context.Context, src stream.Source) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	var workers sync.WaitGroup
	for range p.opt.Workers {
		workers.Go(func() {
			for b := range p.work {
				if p.opt.live() {
					b.decodeSafely()
				} else {
					b.decode()
				}
			}
		})
	}
	var srcErr error
	var source sync.WaitGroup
	source.Go(func() { srcErr = p.feed(ctx, src) })
	sinkErr := p.judgeAll(ctx)
	if sinkErr != nil {
		cancel() // the source stops; what it still sends is thrown away
		for p.fetch() {
			p.ahead = nil
		}
	}
	source.Wait()
	workers.Wait()
	if errors.Is(sinkErr, ErrStop) {
		return nil
	}
	if sinkErr != nil && errors.Is(srcErr, context.Canceled) {
		srcErr = nil
	}
	return errors.Join(sinkErr, errors.Join(p.broken...), srcErr)
}

// feed is stage A.
func (p *Pipeline) feed(ctx context.Context, src stream.Source) error {
	defer close(p.ordered)
	defer close(p.work)
	f := &feeder{next: p.take, batch: newBatch(), chunks: p.chunks, laneOf: p.ofLink, as: p.opt.DecodeAs}
	f.out = func(b *batch) {
		p.work <- b
		p.ordered <- b
	}
	defer f.end()
	if p.inbox.Ring != nil {
		return p.feedLive(ctx, src, f)
	}
	return src.Run(ctx, f)
}

// take gives stage A an empty batch.
func (p *Pipeline) take() *batch {
	select {
	case b := <-p.free:
		return b
	default:
		return newBatch()
	}
}

// give takes a judged batch back.
func (p *Pipeline) give(b *batch) {
	b.reset(p.chunks)
	select {
	case p.free <- b:
	default:
	}
}

// fetch takes the next batch from stage A; false at the end.
func (p *Pipeline) fetch() bool {
	if p.drained {
		return false
	}
	b, ok := <-p.ordered
	if !ok {
		p.drained = true
		return false
	}
	<-b.ready
	p.ahead = append(p.ahead, b)
	return true
}
