package main

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"smpptap/dissect"
	"smpptap/internal/smpptest"
)

// scenario makes a capture of a script, one line a step:
//
//	open 1                     the handshake of connection 1, from 10.0.0.7; `open 1 10.0.0.8` from there
//	bound 1 transceiver        the same and an accepted bind
//	1 > submit_sm status=0 source_addr=ACME tlv=0x1400:"1234"
//	                           a PDU to the SMSC (<: to the ESME); what is not named has a usual value, a response the
//	                           number of the oldest request that has none (seq=7: another), bare=1 leaves the body out,
//	                           length=7 sets command_length, trail="\x00" adds octets, id=0x999 sets command_id
//	1 > octets "abc"           octets that are no PDU
//	1 > again                  the last segment of that end once more
//	1 > lost 40                octets that the capture lacks
//	1 > fin, rst, ack          a segment without octets
//	1 > shut                   one that offers no window
//	wait 30s                   time passes; `later 30s` with a packet at its end
//	repeat 3 ... end           the lines between, with {n}, {n+4}, {n*4} and {n:x} in them
//
// Values with blanks or escapes stand in quotes, as Go writes them.
type scenario struct {
	t     *testing.T
	now   int64
	talks map[string]*spoken
	order []*spoken
	texts int
	skip  int // packets that the capture lacks at its beginning
}

// spoken is a connection of a scenario.
type spoken struct {
	*smpptest.Talk
	next [2]uint32
	open [2][]asked // by who asked
}

type asked struct {
	command string
	seq     uint32
}

// scenarioStart is 2026-11-03 10:00:00 UTC.
var scenarioStart = time.Date(2026, 11, 3, 10, 0, 0, 0, time.UTC).UnixNano()

// capture plays a script.
func (s *scenario) capture(script string) []byte {
	s.now, s.talks = scenarioStart, make(map[string]*spoken)
	s.lines(strings.Split(strings.TrimSpace(script), "\n"))
	var all []smpptest.Segment
	for _, k := range s.order {
		all = append(all, k.Segments...)
	}
	slices.SortStableFunc(all, func(a, b smpptest.Segment) int { return int(a.Time - b.Time) })
	return smpptest.Pcap{Nano: true}.Write(smpptest.Packets(all[s.skip:])...)
}

func (s *scenario) lines(lines []string) {
	for i := 0; i < len(lines); i++ {
		words := fieldsQuoted(lines[i])
		switch {
		case len(words) == 0 || words[0][0] == '#':
		case words[0] == "repeat":
			n := s.number(words[1])
			end := i + slices.Index(lines[i:], "end")
			for k := range int(n) {
				s.lines(numbered(lines[i+1:end], k))
			}
			i = end
		default:
			s.step(words)
		}
	}
}

var counter = regexp.MustCompile(`\{n([+*]\d+)?(:x)?\}`)

// numbered puts a counter into lines.
func numbered(lines []string, k int) []string {
	out := make([]string, len(lines))
	for i, l := range lines {
		out[i] = counter.ReplaceAllStringFunc(l, func(m string) string {
			p := counter.FindStringSubmatch(m)
			v := k
			if p[1] != "" {
				by, _ := strconv.Atoi(p[1][1:])
				if v += by; p[1][0] == '*' {
					v = k * by
				}
			}
			if p[2] != "" {
				return strconv.FormatInt(int64(v), 16)
			}
			return strconv.Itoa(v)
		})
	}
	return out
}

// fieldsQuoted splits at blanks that stand in no quotes.
func fieldsQuoted(line string) []string {
	quoted := false
	return strings.FieldsFunc(line, func(r rune) bool {
		if r == '"' {
			quoted = !quoted
		}
		return r == ' ' && !quoted
	})
}

func (s *scenario) step(words []string) {
	s.t.Helper()
	switch words[0] {
	case "wait", "later":
		d, err := time.ParseDuration(words[1])
		if err != nil {
			s.t.Fatal(err)
		}
		s.now += int64(d)
		if words[0] == "later" {
			s.send(s.order[0], 0, smpptest.ACK, "")
		}
	case "open":
		s.open(append(words[1:], "10.0.0.7")[:2])
	case "bound":
		s.open([]string{words[1], "10.0.0.7"})
		s.step([]string{words[1], ">", "bind_" + words[2]})
		s.step([]string{words[1], "<", "bind_" + words[2] + "_resp"})
	default:
		s.speak(s.talks[words[0]], strings.IndexByte("><", words[1][0]), words[2], words[3:])
	}
}

func (s *scenario) open(words []string) {
	k := &spoken{Talk: smpptest.NewTalk(words[1]+":"+strconv.Itoa(40000+len(s.order)), "10.0.0.1:2775"), next: [2]uint32{1, 1}}
	s.talks[words[0]] = k
	s.order = append(s.order, k)
	s.send(k, 0, smpptest.SYN, "")
	s.send(k, 1, smpptest.SYN|smpptest.ACK, "")
	s.send(k, 0, smpptest.ACK, "")
}

// send adds a segment and lets 1 ms pass.
func (s *scenario) send(k *spoken, dir int, flags uint8, octets string) {
	k.Now = s.now
	k.Send(dir, flags, octets)
	s.now += int64(time.Millisecond)
}

func (s *scenario) speak(k *spoken, dir int, what string, args []string) {
	s.t.Helper()
	switch what {
	case "octets":
		s.send(k, dir, smpptest.PSH|smpptest.ACK, s.text(args[0]))
	case "lost":
		k.Next[dir] += s.number(args[0])
	case "fin":
		s.send(k, dir, smpptest.FIN|smpptest.ACK, "")
	case "rst":
		s.send(k, dir, smpptest.RST|smpptest.ACK, "")
	case "ack":
		s.send(k, dir, smpptest.ACK, "")
	case "shut":
		s.send(k, dir, smpptest.ACK, "")
		k.Segments[len(k.Segments)-1].Window = smpptest.NoWindow
	case "again":
		for i := len(k.Segments) - 1; i >= 0; i-- {
			if x := k.Segments[i]; x.From == k.Ends[dir] {
				x.Time = s.now
				k.Segments = append(k.Segments, x)
				s.now += int64(time.Millisecond)
				return
			}
		}
	default:
		s.send(k, dir, smpptest.PSH|smpptest.ACK, string(s.pdu(k, dir, what, args)))
	}
}

// pdu builds a PDU.
func (s *scenario) pdu(k *spoken, dir int, command string, args []string) []byte {
	s.t.Helper()
	fields := s.usual(command)
	var parts []smpptest.Part
	seq := s.sequence(k, dir, command)
	for _, a := range args {
		name, value, _ := strings.Cut(a, "=")
		switch name {
		case "seq":
			seq = s.number(value)
		case "status":
			parts = append(parts, smpptest.Status(s.number(value)))
		case "id":
			parts = append(parts, smpptest.ID(s.number(value)))
		case "length":
			parts = append(parts, smpptest.SetLength(s.number(value)))
		case "trail":
			parts = append(parts, smpptest.Trailing(s.text(value)))
		case "bare":
			parts = append(parts, smpptest.HeaderOnly{})
		case "raw": // a string without its NUL
			name, value, _ = strings.Cut(value, ":")
			fields[name] = smpptest.Raw(s.text(value))
		case "tlv":
			tag, octets, _ := strings.Cut(value, ":")
			parts = append(parts, smpptest.TLV{Tag: uint16(s.number(tag)), Value: []byte(s.text(octets))})
		default:
			fields[name] = s.value(name, value)
		}
	}
	return smpptest.Build(command, seq, fields, parts...)
}

// sequence is the next number of a side, or that of the request to answer.
func (s *scenario) sequence(k *spoken, dir int, command string) uint32 {
	name, response := strings.CutSuffix(command, "_resp")
	if !response && command != "generic_nack" {
		k.open[dir] = append(k.open[dir], asked{command, k.next[dir]})
		k.next[dir]++
		return k.next[dir] - 1
	}
	open := k.open[dir^1]
	for i, a := range open {
		if a.command == name || !response {
			k.open[dir^1] = slices.Delete(open, i, i+1)
			return a.seq
		}
	}
	return 0
}

// usual are the fields that make a command one to which nobody objects.
func (s *scenario) usual(command string) smpptest.F {
	s.texts++
	switch command {
	case "bind_transceiver", "bind_transmitter", "bind_receiver":
		return smpptest.F{"system_id": "acme", "password": "s3cret", "system_type": "smpp", "interface_version": 0x34}
	case "bind_transceiver_resp", "bind_transmitter_resp", "bind_receiver_resp":
		return smpptest.F{"system_id": "smsc"}
	case "submit_sm":
		return smpptest.F{
			"source_addr_ton": 5, "source_addr": "ACME", "dest_addr_ton": 1, "dest_addr_npi": 1,
			"destination_addr": "447700900123", "registered_delivery": 1, "short_message": "hello " + strconv.Itoa(s.texts),
		}
	case "submit_sm_resp":
		return smpptest.F{"message_id": strconv.Itoa(900_000 + s.texts)}
	case "deliver_sm":
		return smpptest.F{
			"source_addr_ton": 1, "source_addr_npi": 1, "source_addr": "447700900123", "dest_addr_ton": 5,
			"destination_addr": "ACME", "short_message": "reply " + strconv.Itoa(s.texts),
		}
	}
	return smpptest.F{}
}

func (s *scenario) value(name, value string) any {
	id, _ := dissect.ParamByName(name)
	for _, c := range dissect.Commands() {
		if p := c.Param(id); p != nil && p.Kind.Size() > 0 {
			return s.number(value)
		}
	}
	if name == "dest_address" {
		return strings.Split(value, ",")
	}
	return s.text(value)
}

func (s *scenario) number(value string) uint32 {
	s.t.Helper()
	n, err := strconv.ParseUint(value, 0, 32)
	if err != nil {
		s.t.Fatal(err)
	}
	return uint32(n)
}

func (s *scenario) text(value string) string {
	s.t.Helper()
	if !strings.HasPrefix(value, `"`) {
		return value
	}
	text, err := strconv.Unquote(value)
	if err != nil {
		s.t.Fatal(fmt.Errorf("%s: %w", value, err))
	}
	return text
}
