package smpptest

import (
	"bufio"
	"container/heap"
	"encoding/binary"
	"fmt"
	"io"
	"math/rand/v2"
	"strconv"
	"strings"
)

// World is traffic of several accounts of which it is known what became of
// each message. Each account has two transmitters and two receivers, and its
// own way to write ids in receipts.
//
// It plays in two captures: Run(0) is the first, in which all messages but the
// last fortieth are submitted, Run(1) the second, with the receipts that come
// late. Between them all connections end.
type World struct {
	Messages int
	// Truth are the messages as they were submitted, a retry for itself.
	Truth []Fate
	// Stray counts receipts whose message is not recorded, Doubtful those that
	// cannot be told: nothing shows how the account writes ids.
	Stray, Doubtful int

	rnd    *rand.Rand
	now    int64
	events worldEvents
	order  int
	next   int // of Messages
	acc    []*worldAccount
	emit   func(Step)
	part   int
}

// Fate is what became of a message.
type Fate struct {
	System, Destination string // a number of its own; retries have one
	State               string // that the receipts leave; empty: none came
	Refused, Late       bool   // Late: its receipt is in the second capture
}

// Step is a PDU of a World, in the order in which it passes.
type Step struct {
	Conn int   // from 0
	From int   // 0 the ESME, 1 the SMSC
	Time int64 // nanoseconds since 1970 UTC
	PDU  []byte
}

// Accounts are their system_ids; each has four connections, in this order.
var worldAccounts = []worldAccount{
	{system: "equal", response: "%d", receipt: "%d", first: 0x412FC74700000000, reuses: true},
	{system: "letters", response: "%X", receipt: "%x", first: 0x812FC7470000A000},
	{system: "zeros", response: "%012d", receipt: "%d", first: 4_700_000},
	{system: "hexdec", response: "%X", receipt: "%d", first: 0x812FC74700000000},
	{system: "dechex", response: "%d", receipt: "%x", first: 0x412FC74700000000},
	{system: "same", response: "%d", receipt: "%d", first: 0x412FC74700000000}, // the ids of the first
	{system: "small", response: "%x", receipt: "%d", first: 1},
	{system: "tlv", response: "%X", receipt: "%d", first: 0x2F7A1000, tlv: true},
	{system: "names", response: "%s", receipt: "%s"},
	{system: "few", response: "%x", receipt: "%d", few: true},
}

type worldAccount struct {
	system, response, receipt string
	first                     uint64
	reuses, tlv, few          bool

	place int
	given uint64
	plain int // messages that stay ordinary
	seq   [4][2]uint32
}

// NewWorld makes one of about as many messages.
func NewWorld(messages int) *World {
	w := &World{Messages: messages, rnd: rand.New(rand.NewPCG(7, 11)), now: 1_780_000_000_000_000_000}
	for i := range worldAccounts {
		a := worldAccounts[i]
		a.place = i
		w.acc = append(w.acc, &a)
	}
	return w
}

// Conns is how many connections each capture has.
func (w *World) Conns() int { return 4 * len(w.acc) }

// Run plays the first capture, then the second.
func (w *World) Run(capture int, emit func(Step)) {
	w.emit, w.part = emit, capture
	w.now += 1_000_000_000
	for _, a := range w.acc {
		for c := range a.seq {
			a.seq[c], a.plain = [2]uint32{}, 60
			command := [...]uint32{2, 2, 1, 1}[c] // bind_transmitter, bind_receiver
			body := cat(cstr(a.system), cstr("secret"), cstr("smpp"), []byte{0x34, 0, 0, 0})
			w.send(a, c, 0, command, 0, a.number(c, 0), body)
			w.send(a, c, 1, command|0x80000000, 0, 1, cat(cstr("SMSC"), []byte{0x02, 0x10, 0, 1, 0x34}))
		}
	}
	upTo := w.Messages
	if capture == 0 {
		upTo -= w.Messages / 40
	}
	for ; w.next < upTo; w.next++ {
		w.now += 10_000_000
		w.due(w.now)
		w.submit(w.acc[w.next%len(w.acc)])
	}
	if capture == 0 {
		w.due(w.now + lateDelay/2)
		return
	}
	w.due(w.now + 2*lateDelay)
}

// lateDelay is that of receipts that come in the second capture: longer than
// the first lasts.
const lateDelay = int64(24 * 3600 * 1_000_000_000)

func (a *worldAccount) number(conn, side int) uint32 {
	a.seq[conn][side]++
	return a.seq[conn][side]
}

func (w *World) send(a *worldAccount, conn, from int, command, status, seq uint32, body []byte) {
	p := genPDU(command, seq, body)
	binary.BigEndian.PutUint32(p[8:], status)
	w.now += 10_000
	w.emit(Step{Conn: 4*a.place + conn, From: from, Time: w.now, PDU: p})
}

// id is what an account gives next: in its response, and in the receipt.
func (w *World) id(a *worldAccount) (response, receipt string) {
	n := a.given
	a.given++
	if a.response == "%s" { // names that differ in case alone
		const letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
		id := []byte("m-" + strconv.FormatUint(n/2, 36) + "-Id")
		if n%2 == 1 {
			id[0] = letters[26+int('m'-'a')]
		}
		return string(id), string(id)
	}
	if a.few {
		n = 0x1234 + n<<12 // 1234, 2234: nothing but figures in both bases
		n %= 0x9000
		return fmt.Sprintf(a.response, n), fmt.Sprintf(a.receipt, n)
	}
	if a.reuses { // from the beginning again, much later
		n %= uint64(max(w.Messages/(2*len(w.acc)), 1))
	}
	n += a.first
	return fmt.Sprintf(a.response, n), fmt.Sprintf(a.receipt, n)
}

// submit submits a message, and has come what becomes of it.
func (w *World) submit(a *worldAccount) {
	if a.few && a.given >= 5 {
		return
	}
	fate := Fate{System: a.system, Destination: fmt.Sprintf("9198%09d", w.next)}
	chance := w.rnd.IntN(100)
	if a.plain > 0 {
		a.plain--
	}
	if a.few || a.plain > 0 {
		chance = 99 // an ordinary one: what is learned first is certain
	}
	if chance < 3 { // refused, and sent again
		w.part1(a, &fate, 1, 1, true, func(string, string) {}, 0x58)
		fate.Refused = true
		w.Truth = append(w.Truth, fate)
		fate.Refused = false
		chance = 99
	}
	at := len(w.Truth)
	w.Truth = append(w.Truth, fate)
	late := w.part == 0 && w.rnd.IntN(20) == 0 && !a.reuses
	after := int64(1+w.rnd.IntN(60)) * 1_000_000_000
	if a.reuses && w.part == 0 {
		after = int64(100+w.rnd.IntN(3000)) * 1_000_000
	}
	if late {
		after += lateDelay
	}
	state := [...]string{"DELIVRD", "DELIVRD", "DELIVRD", "UNDELIV", "EXPIRED"}[w.rnd.IntN(5)]
	ends := func(s string) { w.Truth[at].State, w.Truth[at].Late = s, late }
	receipt := func(id, response, state string, after int64) {
		w.at(after, func() { w.receipt(a, &fate, id, response, state) })
	}
	parts, asks := 1, true
	if chance >= 20 && chance < 30 {
		parts, asks = 2+w.rnd.IntN(2), w.rnd.IntN(2) == 0
	}
	if parts > 1 {
		failed := w.rnd.IntN(4) == 0
		for i := range parts {
			last := i == parts-1
			w.part1(a, &fate, i+1, parts, asks || last, func(id, response string) {
				s := "DELIVRD"
				if failed && last {
					s = "UNDELIV"
				}
				if asks || last {
					receipt(id, response, s, after+int64(w.rnd.IntN(1000))*1_000_000)
				}
			}, 0)
		}
		if ends("DELIVRD"); failed {
			ends("UNDELIV")
		}
		return
	}
	if chance == 4 && !a.reuses { // not answered: nobody knows the id
		w.unanswered(a, &fate, func(id string) { receipt(id, id, state, after) })
		w.Stray++
		return
	}
	if chance == 5 && !a.reuses { // the receipt is early
		w.early(a, &fate, state)
		ends(state)
		late = false
		w.Truth[at].Late = false
		return
	}
	w.part1(a, &fate, 1, 1, true, func(id, response string) {
		switch chance {
		case 6, 7: // lost
		case 8: // twice
			receipt(id, response, state, after)
			receipt(id, response, state, after+500_000_000)
		case 9: // on the way, then the end
			receipt(id, response, "ENROUTE", after/2)
			receipt(id, response, state, after)
		case 10: // out of order
			receipt(id, response, "ACCEPTD", after+800_000_000)
			receipt(id, response, state, after)
		case 11: // two ends
			receipt(id, response, "DELIVRD", after)
			receipt(id, response, "UNDELIV", after+700_000_000)
		default:
			receipt(id, response, state, after)
		}
	}, 0)
	switch {
	case a.few:
		w.Doubtful++
	case chance == 6 || chance == 7:
	case chance == 11:
		ends("UNDELIV")
	default:
		ends(state)
	}
}

// part1 submits a part; its response comes a little later, so that those of
// several are out of order.
func (w *World) part1(a *worldAccount, f *Fate, part, parts int, asks bool, accepted func(id, response string), status uint32) {
	conn := w.rnd.IntN(2)
	if parts > 1 {
		conn = 0
	}
	seq := w.submitOn(a, f, conn, part, parts, asks)
	if status != 0 {
		w.send(a, conn, 1, 0x80000004, status, seq, nil)
		return
	}
	response, receipt := w.id(a)
	w.at(int64(2+w.rnd.IntN(60))*1_000_000, func() { w.send(a, conn, 1, 0x80000004, 0, seq, cstr(response)) })
	accepted(receipt, response)
}

func (w *World) submitOn(a *worldAccount, f *Fate, conn, part, parts int, asks bool) uint32 {
	seq := a.number(conn, 0)
	text, class, asked := []byte("message "+f.Destination), byte(0), byte(0)
	if parts > 1 {
		class = 0x40
		text = append([]byte{5, 0, 3, byte(len(w.Truth)), byte(parts), byte(part)}, text...)
	}
	if asks {
		asked = 1
	}
	body := cat(cstr(""), []byte{5, 0}, cstr("ACME"), []byte{1, 1}, cstr(f.Destination),
		[]byte{class, 0, 0, 0, 0, asked, 0, 0, 0, byte(len(text))}, text)
	w.send(a, conn, 0, 4, 0, seq, body)
	return seq
}

func (w *World) unanswered(a *worldAccount, f *Fate, came func(id string)) {
	w.submitOn(a, f, w.rnd.IntN(2), 1, 1, true)
	_, receipt := w.id(a)
	came(receipt)
}

func (w *World) early(a *worldAccount, f *Fate, state string) {
	conn := w.rnd.IntN(2)
	seq := w.submitOn(a, f, conn, 1, 1, true)
	response, receipt := w.id(a)
	w.receipt(a, f, receipt, response, state)
	w.send(a, conn, 1, 0x80000004, 0, seq, cstr(response))
}

// receipt delivers one over either receiver.
func (w *World) receipt(a *worldAccount, f *Fate, id, response, state string) {
	conn := 2 + w.rnd.IntN(2)
	seq := a.number(conn, 1)
	text := "id:" + id + " sub:001 dlvrd:001 submit date:2605281333 done date:2605281334 stat:" + state + " err:000 text:message"
	body := cat(cstr(""), []byte{1, 1}, cstr(f.Destination), []byte{5, 0}, cstr("ACME"),
		[]byte{4, 0, 0, 0, 0, 0, 0, 0, 0, byte(len(text))}, []byte(text))
	if a.tlv {
		body = cat(body, []byte{0x00, 0x1E, 0, byte(len(response) + 1)}, cstr(response))
	}
	w.send(a, conn, 1, 5, 0, seq, body)
	w.send(a, conn, 0, 0x80000005, 0, seq, []byte{0})
}

// at lets something happen later.
func (w *World) at(after int64, do func()) {
	w.order++
	heap.Push(&w.events, worldEvent{w.now + after, w.order, do})
}

// due lets happen what has come up to a time.
func (w *World) due(now int64) {
	for len(w.events) > 0 && w.events[0].at <= now {
		e := heap.Pop(&w.events).(worldEvent)
		w.now = max(w.now, e.at)
		e.do()
	}
}

type worldEvent struct {
	at    int64
	order int
	do    func()
}

type worldEvents []worldEvent

func (e worldEvents) Len() int { return len(e) }
func (e worldEvents) Less(i, j int) bool {
	return e[i].at < e[j].at || e[i].at == e[j].at && e[i].order < e[j].order
}
func (e worldEvents) Swap(i, j int) { e[i], e[j] = e[j], e[i] }
func (e *worldEvents) Push(x any)   { *e = append(*e, x.(worldEvent)) }
func (e *worldEvents) Pop() any {
	last := (*e)[len(*e)-1]
	*e = (*e)[:len(*e)-1]
	return last
}

// Pcap writes one of the captures.
func (w *World) Pcap(out io.Writer, capture int) error {
	g := &generator{w: bufio.NewWriterSize(out, 1<<20), rnd: rand.New(rand.NewPCG(1, 2)), now: w.now}
	g.w.Write(binary.LittleEndian.AppendUint32(nil, 0xA1B23C4D)) // nanoseconds; the Writer keeps its error for Flush
	g.w.Write([]byte{2, 0, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 4, 0, 1, 0, 0, 0})
	conns := make([]*genSession, w.Conns())
	for i := range conns {
		conns[i] = newGenSession(100*capture + i)
		g.segment(conns[i], 0, 0x02, nil)
		g.segment(conns[i], 1, 0x12, nil)
		g.segment(conns[i], 0, 0x10, nil)
	}
	w.Run(capture, func(s Step) {
		g.now = max(g.now, s.Time)
		g.segment(conns[s.Conn], s.From, 0x18, s.PDU)
	})
	w.now = max(w.now, g.now)
	return g.w.Flush()
}

// String tells the fate in words.
func (f *Fate) String() string {
	return strings.TrimSpace(fmt.Sprintf("%s %s %s late %v refused %v", f.System, f.Destination, f.State, f.Late, f.Refused))
}
