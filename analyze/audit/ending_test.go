package audit

import (
	"testing"
	"time"

	"smpptap/stream"
)

func TestUnbindMissing(t *testing.T) {
	s := play(t, "smpp34")
	l := s.bound("bind_transceiver")
	l.talk(toSMSC, "submit_sm")
	s.wait(10 * time.Second)
	l.fin(toSMSC)
	s.end().wants("unbind-missing", Note, 1, "The ESME closed")

	s = play(t, "smpp34")
	l = s.bound("bind_transceiver")
	l.talk(toSMSC, "submit_sm")
	s.end().mute() // still open
}

func TestUnbindUnanswered(t *testing.T) {
	s := play(t, "smpp34")
	l := s.bound("bind_transceiver")
	l.ask(toESME, "unbind")
	s.wait(40 * time.Second)
	l.fin(toSMSC)
	s.end().wants("unbind-unanswered", Warning, 1, "The ESME did not answer unbind of the SMSC within 30 s")
	s.silent("unbind-missing", "closed-while-outstanding", "response-missing")
}

func TestClosedWhileOutstanding(t *testing.T) {
	s := play(t, "smpp34") // the ESME closes its half and still gets its answer
	l := s.bound("bind_transceiver")
	seq := l.ask(toSMSC, "submit_sm")
	l.event(toSMSC, stream.Event{Kind: stream.EventFIN})
	l.send(toESME, "submit_sm_resp", seq)
	l.send(toESME, "deliver_sm", 1) // sent after the FIN: does not count
	l.event(toESME, stream.Event{Kind: stream.EventFIN})
	l.close()
	s.end().silent("closed-while-outstanding")

	s = play(t, "smpp34")
	l = s.bound("bind_transceiver")
	l.ask(toSMSC, "submit_sm")
	l.ask(toESME, "deliver_sm")
	l.fin(toSMSC)
	s.end().wants("closed-while-outstanding", Warning, 1, "The ESME closed the connection (FIN) without unbind while 2 requests")
}

func TestConnectionReset(t *testing.T) {
	s := play(t, "smpp34")
	l := s.bound("bind_transceiver")
	l.event(toESME, stream.Event{Kind: stream.EventRST, N: 250, Other: 64})
	l.close()
	s.end().wants("connection-reset", Warning, 1, "TTL is 250")
	s.silent("unbind-missing")

	s = play(t, "smpp34")
	l = s.bound("bind_transceiver")
	l.talk(toSMSC, "unbind")
	l.rst(toESME)
	s.end().wants("connection-reset", Note, 1, "had been unbound")

	s = play(t, "smpp34") // a reset behind both FIN ends nothing
	l = s.bound("bind_transceiver")
	l.talk(toSMSC, "unbind")
	l.event(toSMSC, stream.Event{Kind: stream.EventFIN})
	l.event(toESME, stream.Event{Kind: stream.EventFIN})
	l.rst(toESME)
	s.end().mute()

	s = play(t, "smpp34") // refused: no PDU
	l = s.open(true)
	l.event(toESME, stream.Event{Kind: stream.EventRefused})
	l.rst(toESME)
	s.end().mute()
}
