package smpptest

import (
	"context"
	"fmt"
	"net/netip"
	"strconv"
	"strings"
	"time"

	"smpptap/dissect"
	"smpptap/stream"
)

// ScriptStart is the time of a script's first line.
var ScriptStart = time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)

// scriptStep is the time between two lines that say nothing of it.
const scriptStep = 10 * time.Millisecond

// Script is a dialogue written line by line; it is a stream.Source. A line is
//
//	[+TIME] [N] > COMMAND [field=value ...]   a PDU of the end that opened connection N
//	[+TIME] [N] < COMMAND [field=value ...]   a PDU of the other end
//
// TIME is how long after the line before, 10ms when left out; N is 1 when left
// out. Fields and TLVs have the specification's names, a TLV without one is
// tlv.0x1400=value. What a line does not say has a sound value (scriptDefaults);
// requests count up from 1, a response bears the number of the other side's
// last request of its command. Beside the fields stand
//
//	seq=7 status=0x0B id=0x99 length=9   the header's
//	header-only                         no body
//	trailing=hex:00                     octets behind everything, counted in command_length
//	cut=20                              the capture has the first 20 octets only
//	first=20                            the sender sends the first 20 octets only
//	pad=5000                            filled up to that length behind the last parameter
//	receipt=ID:STATE[:YYMMDDhhmm]       esm_class 4 and the text of a receipt
//
// A value is a number, a "text", hex:0A0B, ucs2:"text", one of these times a
// number as in "a"*160, or several joined by +. $n in a line is the number of
// the turn in a block:
//
//	repeat 5
//	> submit_sm
//	end
//
// In place of a PDU a line may say
//
//	bound [BIND]        a connection is opened and bound, as transceiver unless said
//	unbound             it is unbound and closed in order
//	open [midstream|oneway|expected|tls|proxied] [from ADDR:PORT] [to ADDR:PORT]
//	> octets VALUE      octets as they are
//	> gap OCTETS        octets that the capture lost; -1: an unknown number
//	> fin               the end of its direction
//	> rst [TTL USUAL]   a reset, with its TTL and that of the other packets
//	> conflict OCTETS   two segments that differ
//	> acknowledged 5s   the other side's TCP acknowledged all, that long ago
//	> again             octets are sent again that were not acknowledged
//	> missed            the capture lacks packets of the other side
//	> stalled 5s        its TCP had no room, for that long
//	close               the connection has ended, after a lone FIN
//	pass                nothing: time goes on, as other packets show it
//	notice KIND COUNT   clock, duplicates, cut, dropped or damaged
type Script struct{ lines []scriptLine }

// scriptMacros are the lines that one word stands for. $1 is the word behind
// it, or the default; $c the connection.
var scriptMacros = map[string][]string{
	"bound":   {"open", "$c > $1", "$c < $1_resp sc_interface_version=0x34"},
	"unbound": {"$c > unbind", "$c < unbind_resp", "$c > fin", "$c < fin"},
}

type scriptLine struct {
	number int // in the text, from 1
	words  []string
}

// ParseScript reads a script's lines. Faults in them show when it runs.
func ParseScript(text string) (*Script, error) {
	s := &Script{}
	var block []scriptLine
	turns := 0
	for i, raw := range strings.Split(text, "\n") {
		words, err := scriptWords(raw)
		if err != nil {
			return nil, fmt.Errorf("line %d: %w", i+1, err)
		}
		l := scriptLine{number: i + 1, words: words}
		switch {
		case len(words) == 0:
		case words[0] == "repeat" && len(words) == 2 && turns == 0:
			if turns, err = strconv.Atoi(words[1]); err != nil {
				return nil, fmt.Errorf("line %d: %w", i+1, err)
			}
		case words[0] == "end":
			for turn := range turns {
				for _, b := range block {
					s.lines = append(s.lines, b.in(turn+1))
				}
			}
			block, turns = nil, 0
		case turns > 0:
			block = append(block, l)
		default:
			s.lines = append(s.lines, l)
		}
	}
	if turns > 0 {
		return nil, fmt.Errorf("repeat without end")
	}
	return s, nil
}

// in is the line in a turn of its block.
func (l scriptLine) in(turn int) scriptLine {
	words := make([]string, len(l.words))
	for i, w := range l.words {
		words[i] = strings.ReplaceAll(w, "$n", strconv.Itoa(turn))
	}
	l.words = words
	return l
}

// scriptWords cuts a line at blanks outside quotes, and at a comment.
func scriptWords(line string) (words []string, err error) {
	var word strings.Builder
	quoted := false
	for _, r := range line + " " {
		switch {
		case r == '"':
			quoted = !quoted
			word.WriteRune(r)
		case r == '#' && !quoted && word.Len() == 0:
			return words, nil
		case (r == ' ' || r == '\t') && !quoted:
			if word.Len() > 0 {
				words = append(words, word.String())
				word.Reset()
			}
		default:
			word.WriteRune(r)
		}
	}
	if quoted {
		return nil, fmt.Errorf("a quote is missing")
	}
	return words, nil
}

// Run implements stream.Source.
func (s *Script) Run(_ context.Context, h stream.Handler) error {
	p := &player{handler: h, at: stream.Stamp{Time: ScriptStart.UnixNano()}}
	for i := range s.lines {
		if err := p.line(&s.lines[i]); err != nil {
			return fmt.Errorf("line %d (%s): %w", s.lines[i].number, strings.Join(s.lines[i].words, " "), err)
		}
	}
	for _, c := range p.conns {
		if !c.closed {
			c.tap.Close(p.at, stream.ErrInputEnd)
		}
	}
	return nil
}

// player performs a script.
type player struct {
	handler stream.Handler
	at      stream.Stamp
	conns   []*scriptConn
	ids     int // message ids given
}

// scriptConn is one connection of a script.
type scriptConn struct {
	tap    stream.Tap
	closed bool
	seen   [2]bool
	ended  [2]bool
	next   [2]uint32            // the side's last request number
	asked  [2]map[string]uint32 // number of its last request of a command
}

func (p *player) line(l *scriptLine) error {
	if len(l.words) > 0 {
		i := len(l.words) - 1
		if _, macro := scriptMacros[l.words[i]]; !macro && i > 0 {
			i--
		}
		if m := scriptMacros[l.words[i]]; m != nil {
			return p.macro(m, l.words[:i], l.words[i+1:])
		}
	}
	return p.single(l.words)
}

// macro performs the lines that a word stands for. What stands before it, a
// time and a connection, is the first one's.
func (p *player) macro(lines, before, behind []string) error {
	arg, conn := "bind_transceiver", len(p.conns)+1
	if len(behind) > 0 {
		arg = behind[0]
	}
	var step []string
	for _, w := range before {
		if n, err := strconv.Atoi(w); err == nil && w[0] != '+' {
			conn = n
		} else {
			step = append(step, w)
		}
	}
	if lines[0] != "open" && len(before) == len(step) {
		conn = 1
	}
	for i, l := range lines {
		words := strings.Fields(strings.NewReplacer("$1", arg, "$c", strconv.Itoa(conn)).Replace(l))
		if i == 0 {
			words = append(step, words...)
		}
		if err := p.single(words); err != nil {
			return err
		}
	}
	return nil
}

func (p *player) single(words []string) error {
	step := scriptStep
	if d, ok := strings.CutPrefix(words[0], "+"); ok {
		var err error
		if step, err = time.ParseDuration(d); err != nil {
			return err
		}
		words = words[1:]
	}
	p.at.Time += int64(step)
	p.at.Frame++
	c := 1
	if len(words) > 1 {
		if n, err := strconv.Atoi(words[0]); err == nil {
			c, words = n, words[1:]
		}
	}
	switch {
	case len(words) == 0:
		return fmt.Errorf("nothing to do")
	case words[0] == "open":
		return p.open(words[1:])
	case words[0] == "pass":
		p.handler.Notice(stream.Notice{Kind: stream.NoticePackets, Last: p.at})
		return nil
	case words[0] == "notice":
		return p.notice(words[1:])
	case c > len(p.conns):
		return fmt.Errorf("connection %d is not open", c)
	}
	conn := p.conns[c-1]
	switch {
	case words[0] == "close":
		conn.close(p.at)
		return nil
	case len(words) < 2 || words[0] != ">" && words[0] != "<":
		return fmt.Errorf("want > or < and what is sent")
	}
	dir := stream.FromA
	if words[0] == "<" {
		dir = stream.FromB
	}
	if !conn.seen[dir] {
		conn.seen[dir] = true
		conn.tap.Event(dir, p.at, stream.Event{Kind: stream.EventSeen})
	}
	return p.send(conn, dir, words[1:])
}

func (p *player) open(words []string) error {
	n := len(p.conns) + 1
	c := &stream.Conn{
		ID: int64(n), SYN: true, Opened: p.at, TLS: "none",
		A: netip.AddrPortFrom(netip.MustParseAddr("10.0.0.1"), uint16(40000+n)),
		B: netip.MustParseAddrPort("10.0.0.2:2775"),
	}
	oneway := false
	for i := 0; i < len(words); i++ {
		switch words[i] {
		case "midstream":
			c.SYN = false
		case "oneway":
			oneway = true
		case "expected":
			c.Expected = true
		case "proxied":
			c.Link = "proxy"
		case "tls":
			c.TLS = "both"
		case "from", "to":
			if i+1 == len(words) {
				return fmt.Errorf("%s what?", words[i])
			}
			end, err := netip.ParseAddrPort(words[i+1])
			if err != nil {
				return err
			}
			if words[i] == "from" {
				c.A = end
			} else {
				c.B = end
			}
			i++
		default:
			return fmt.Errorf("open %s: unknown", words[i])
		}
	}
	conn := &scriptConn{tap: p.handler.Open(c), asked: [2]map[string]uint32{{}, {}}}
	p.conns = append(p.conns, conn)
	if c.SYN && !oneway {
		conn.seen = [2]bool{true, true}
		conn.tap.Event(stream.FromA, p.at, stream.Event{Kind: stream.EventSeen})
		conn.tap.Event(stream.FromB, p.at, stream.Event{Kind: stream.EventSeen})
	}
	return nil
}

var scriptNotices = map[string]stream.NoticeKind{
	"clock": stream.NoticeClock, "duplicates": stream.NoticeDuplicates, "cut": stream.NoticeCut,
	"dropped": stream.NoticeDropped, "damaged": stream.NoticeDamaged,
}

func (p *player) notice(words []string) error {
	if len(words) != 2 || scriptNotices[words[0]] == 0 {
		return fmt.Errorf("want a kind and a count")
	}
	n, err := strconv.ParseInt(words[1], 10, 64)
	p.handler.Notice(stream.Notice{Kind: scriptNotices[words[0]], Count: n, Octets: n, First: p.at, Last: p.at, Text: "a script"})
	return err
}

func (c *scriptConn) close(at stream.Stamp) {
	if !c.closed {
		c.closed = true
		c.tap.Close(at, nil)
	}
}

// send performs what one end does.
func (p *player) send(c *scriptConn, dir stream.Dir, words []string) error {
	if c.closed {
		return fmt.Errorf("the connection is closed")
	}
	what, rest := words[0], words[1:]
	if dissect.CommandByName(what) != nil {
		return p.pdu(c, dir, what, rest)
	}
	var numbers []int64
	for _, w := range rest {
		if n, err := strconv.ParseInt(w, 0, 64); err == nil {
			numbers = append(numbers, n)
		}
	}
	switch {
	case what == "octets" && len(rest) == 1:
		b, err := scriptOctets(rest[0])
		c.tap.Data(dir, p.at, b)
		return err
	case what == "gap" && len(numbers) == 1:
		c.tap.Gap(dir, p.at, numbers[0])
	case what == "conflict" && len(numbers) == 1:
		c.tap.Event(dir, p.at, stream.Event{Kind: stream.EventConflict, N: numbers[0]})
	case (what == "acknowledged" || what == "stalled") && len(rest) == 1:
		kind := map[string]stream.EventKind{"acknowledged": stream.EventAcknowledged, "stalled": stream.EventStalled}[what]
		ago, err := time.ParseDuration(rest[0])
		c.tap.Event(dir, p.at, stream.Event{Kind: kind, N: int64(ago)})
		return err
	case what == "again":
		c.tap.Event(dir, p.at, stream.Event{Kind: stream.EventSentAgain})
	case what == "missed":
		c.tap.Event(dir, p.at, stream.Event{Kind: stream.EventMissed})
	case what == "rst":
		e := stream.Event{Kind: stream.EventRST}
		if len(numbers) == 2 {
			e.N, e.Other = numbers[0], numbers[1]
		}
		c.tap.Event(dir, p.at, e)
		c.close(p.at)
	case what == "fin":
		c.tap.Event(dir, p.at, stream.Event{Kind: stream.EventFIN})
		if c.ended[dir] = true; c.ended[dir.Other()] {
			c.close(p.at)
		}
	default:
		return fmt.Errorf("no command %s", what)
	}
	return nil
}
