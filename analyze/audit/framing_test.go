package audit

import (
	"encoding/binary"
	"net/netip"
	"testing"
	"time"

	"smpptap/stream"
)

// headerOf is the octets of a header.
func headerOf(length, id uint32) []byte {
	b := binary.BigEndian.AppendUint32(nil, length)
	b = binary.BigEndian.AppendUint32(b, id)
	return append(b, 0, 0, 0, 0, 0, 0, 0, 9)
}

func TestFraming(t *testing.T) {
	tests := []struct {
		name string
		f    stream.Frame
		rule string
		sev  Severity
		text string
	}{
		{"small", stream.Frame{Kind: stream.FrameGarbage, Cause: stream.GarbageSmall, Octets: headerOf(15, 4), Length: 15}, "framing-length-small", Error, "submit_sm with command_length 15"},
		{"large", stream.Frame{Kind: stream.FrameGarbage, Cause: stream.GarbageLarge, Octets: headerOf(70000, 0x15), Length: 200}, "framing-length-large", Error, "command_length 70000"},
		{"lying", stream.Frame{Kind: stream.FrameGarbage, Cause: stream.GarbageLying, Octets: headerOf(200, 4), Length: 40}, "framing-length-large", Error, "reaches over whole PDUs"},
		{"octets", stream.Frame{Kind: stream.FrameGarbage, Cause: stream.GarbageOctets, Octets: make([]byte, 7), Length: 7}, "framing-garbage", Error, "7 octets"},
		{"preamble", stream.Frame{Kind: stream.FrameGarbage, Cause: stream.GarbagePreamble, Octets: []byte("PROXY "), Length: 40}, "framing-garbage", Note, "PROXY protocol"},
		{"midstream", stream.Frame{Kind: stream.FrameGarbage, Cause: stream.GarbageMidstream, Length: 7}, "framing-gap", Note, "before the first header"},
		{"gap", stream.Frame{Kind: stream.FrameGap, Length: 99}, "framing-gap", Note, "99 octets"},
		{"tail", stream.Frame{Kind: stream.FrameTail, Octets: headerOf(100, 4), Length: 16, Ended: true}, "framing-truncated", Warning, "16 of 100 octets"},
		{"tail at the capture's end", stream.Frame{Kind: stream.FrameTail, Octets: headerOf(100, 4), Length: 16}, "", 0, ""},
		{"tail with a hole", stream.Frame{Kind: stream.FrameTail, Octets: headerOf(100, 4), Length: 16, Missing: 3, Ended: true}, "", 0, ""},
	}
	for _, c := range tests {
		t.Run(c.name, func(t *testing.T) {
			s := play(t, "smpp34")
			l := s.bound("bind_transceiver")
			l.skip(toSMSC, c.f)
			s.end()
			if c.rule != "" {
				s.wants(c.rule, c.sev, 1, c.text)
			}
			for _, r := range []string{"framing-length-small", "framing-length-large", "framing-garbage", "framing-gap", "framing-truncated"} {
				if r != c.rule {
					s.silent(r)
				}
			}
		})
	}
}

func TestPasswordsStayMasked(t *testing.T) {
	s := play(t, "smpp34")
	l := s.open(true)
	l.skip(toSMSC, stream.Frame{Kind: stream.FrameGarbage, Cause: stream.GarbageOctets, Octets: []byte("acme\x00s3cret\x00smpp"), Length: 16})
	s.end()
	if f := s.wants("framing-garbage", Error, 1, "16 octets"); f.Seen != "masked" {
		t.Errorf("shows %q before a bind", f.Seen)
	}
}

func TestCutPDU(t *testing.T) {
	s := play(t, "smpp34")
	l := s.bound("bind_transceiver")
	l.put(toESME, headerOf(100, 5), 84)
	l.send(toSMSC, "deliver_sm_resp", 9)
	s.end().wants("framing-gap", Note, 1, "octets of 1 PDU of the SMSC (84 octets)")
	s.wants("capture-lossy", Note, 1, "1 PDU incomplete")
}

func TestStreamConflict(t *testing.T) {
	s := play(t, "smpp34")
	l := s.bound("bind_transceiver")
	l.event(toSMSC, stream.Event{Kind: stream.EventConflict, N: 4})
	s.end().wants("stream-conflict", Warning, 1, "4 octets")
}

// other is a connection without SMPP to a server.
func (s *scene) other(server string) *stream.Conn {
	s.ids++
	return &stream.Conn{
		ID: s.ids, SYN: true, Opened: s.stamp(),
		A: netip.MustParseAddrPort("10.0.0.9:5000"), B: netip.MustParseAddrPort(server),
	}
}

func TestNotSMPP(t *testing.T) {
	s := play(t, "smpp34")
	http := s.other("10.0.0.1:2775")
	s.a.OtherConn(http, "http", 30, false, Ending{}) // before SMPP was seen there
	s.a.OtherConn(s.other("10.0.0.1:80"), "http", 30, false, Ending{})
	l := s.bound("bind_transceiver")
	l.unbind()
	s.a.OtherConn(s.other("10.0.0.1:443"), "tls", 300, false, Ending{})
	s.end().wants("framing-not-smpp", Error, 1, "carries http")

	// The snap length left a few octets of each packet: nobody can tell.
	s = play(t, "smpp34")
	s.bound("bind_transceiver").unbind()
	s.a.OtherConn(s.other("10.0.0.1:2775"), "", 6, true, Ending{})
	s.end().wants("framing-not-smpp", Note, 1, "it may be SMPP")

	s = play(t, "smpp34")
	c := s.other("10.0.0.1:3550")
	c.Expected = true
	s.a.OtherConn(c, "tls", 300, false, Ending{})
	s.end().wants("framing-not-smpp", Note, 1, "TLS")
}

// A connection on which nothing is said is told while it is open, once, and
// those of one client together; at its end when nobody looked before.
func TestMuteConnection(t *testing.T) {
	s := play(t, "smpp34")
	var conns []*stream.Conn
	for range 3 {
		c := s.other("10.0.0.1:2775")
		c.Expected = true
		conns = append(conns, c)
	}
	s.wait(59 * time.Second)
	s.a.MuteConn(conns[0])
	s.silent("bind-timeout")
	s.wait(2 * time.Second)
	for _, c := range conns {
		s.a.MuteConn(c)
	}
	s.wants("bind-timeout", Warning, 3, "has sent nothing")
	s.silent("connection-silent")
	s.a.OtherConn(conns[0], "", 0, false, Ending{})
	s.a.OtherConn(conns[1], "HTTP", 30, false, Ending{})
	if s.end(); len(s.a.links.mute) != 1 {
		t.Errorf("%d are remembered, one is still open", len(s.a.links.mute))
	}
	s.wants("bind-timeout", Warning, 3, "has sent nothing")
	s.wants("connection-silent", Note, 1, "without an octet")

	s = play(t, "smpp34")
	c := s.other("10.0.0.1:2775")
	c.Expected = true
	s.wait(2 * time.Minute)
	s.a.OtherConn(c, "", 0, false, Ending{})
	s.end().wants("bind-timeout", Warning, 1, "has sent nothing")

	// Who speaks in the end is not told twice.
	s = play(t, "smpp34")
	c = s.other("10.0.0.1:2775")
	c.Expected = true
	s.wait(2 * time.Minute)
	s.a.MuteConn(c)
	s.a.Event(s.tracker.Open(c), stream.FromA, s.stamp(), stream.Event{Kind: stream.EventFIN})
	s.wait(2 * time.Minute)
	s.end().wants("bind-timeout", Warning, 1, "has sent nothing")
}

func TestConnectionSilent(t *testing.T) {
	s := play(t, "smpp34")
	s.a.OtherConn(s.other("10.0.0.1:2775"), "", 0, false, Ending{})
	s.a.OtherConn(s.other("10.0.0.1:81"), "", 0, false, Ending{})
	s.bound("bind_transceiver").unbind()
	s.end().wants("connection-silent", Note, 1, "refuses this address")
	s.silent("framing-not-smpp")

	s = play(t, "smpp34")
	s.bound("bind_transceiver").unbind()
	for range 8 {
		s.a.OtherConn(s.other("10.0.0.1:2775"), "", 0, false, Ending{})
		s.wait(5 * time.Second)
	}
	s.end().wants("connection-silent", Note, 8, "every 5 s: a monitor")

	s = play(t, "smpp34")
	s.bound("bind_transceiver").unbind()
	for range 5 { // no power of two: the words hold the last count
		s.a.OtherConn(s.other("10.0.0.1:2775"), "", 0, false, Ending{})
		s.wait(5 * time.Second)
	}
	s.end().wants("connection-silent", Note, 5, "opened and closed 5 connections")

	// It may have spoken before the capture began, or in what the capture lacks.
	s = play(t, "smpp34")
	s.bound("bind_transceiver").unbind()
	late := s.other("10.0.0.1:2775")
	late.SYN = false
	s.a.OtherConn(late, "", 0, false, Ending{})
	s.a.OtherConn(s.other("10.0.0.1:2775"), "", 0, true, Ending{})
	s.end().silent("connection-silent", "framing-not-smpp")

	// A proxy's own failure is no silence of the client's.
	s = play(t, "smpp34")
	for range 8 {
		c := s.other("10.0.0.1:2775")
		c.Expected = true
		s.a.OtherConn(c, Unreached, 0, false, Ending{})
		s.wait(5 * time.Second)
	}
	s.end().wants("connection-silent", Note, 8, "The proxy could not connect to 10.0.0.1:2775")
	s.silent("framing-not-smpp")
}
