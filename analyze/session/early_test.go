package session_test

import (
	"testing"
	"time"

	"smpptap/analyze/session"
	"smpptap/internal/cost"
	"smpptap/internal/smpptest"
)

// Whatever the numbers are, a PDU must cost no more because others wait.
func TestHostileNumbersStayCheap(t *testing.T) {
	bindAnswer := smpptest.Build("bind_transceiver_resp", 9, smpptest.F{"system_id": "x"})
	query := smpptest.Build("query_sm_resp", 7, smpptest.F{"message_id": "1"})
	for name, send := range map[string]func(d *dialogue, i int){
		"one number for all requests":   func(d *dialogue, _ int) { d.esme(submit(7)) },
		"responses that answer nothing": func(d *dialogue, i int) { d.smsc(submitResp(uint32(i + 1))) },
		"bind responses beside requests": func(d *dialogue, i int) {
			d.esme(submit(uint32(i + 10)))
			d.smsc(bindAnswer)
		},
		"responses of another command": func(d *dialogue, _ int) {
			d.esme(submit(7))
			d.esme(submit(7))
			d.smsc(query)
		},
	} {
		t.Run(name, func(t *testing.T) {
			d := begin(t, true, session.Options{})
			n := 80_000
			if cost.Race {
				n /= 4
			}
			// In linear time it is under a second.
			if took := cost.CPU(func() {
				for i := range n {
					send(d, i)
					d.log = d.log[:0]
				}
			}); took > 15*time.Second {
				t.Errorf("took %s", took)
			}
		})
	}
}

func TestEarlyResponsesMatchInAnyOrder(t *testing.T) {
	d := begin(t, false, session.Options{})
	for seq := uint32(1); seq <= 6; seq++ {
		d.smsc(submitResp(seq))
	}
	d.log = nil
	for _, seq := range []uint32{4, 1, 6} {
		d.esme(submit(seq))
	}
	d.said("answered 7 by 4; paired 4 with 7; answered 8 by 1; paired 1 with 8; answered 9 by 6; paired 6 with 9")
	d.at(3 * second)
	d.esme(smpptest.Build("enquire_link", 90, nil))
	d.said("unmatched by 2 doubt 1; unmatched by 3 doubt 1; unmatched by 5 doubt 1")
}

// More than the cap are given up, the oldest first.
func TestEarlyResponsesHaveACap(t *testing.T) {
	d := begin(t, false, session.Options{})
	for seq := uint32(1); seq <= 4096+2; seq++ {
		d.smsc(submitResp(seq))
	}
	d.said("start; unmatched by 1 doubt 5; unmatched by 2 doubt 5")
}
