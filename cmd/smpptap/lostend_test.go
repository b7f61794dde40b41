package main

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"smpptap/internal/smpptest"
)

// TestLostBeforeEnd: what the capture lost just before a connection's end
// makes nobody the one who closed it, or who left something unanswered.
func TestLostBeforeEnd(t *testing.T) {
	bind, resp := bindExchange()
	answer := func(name string, n uint32) string { return string(smpptest.Build(name, n, nil)) }
	accepted := string(smpptest.Build("submit_sm_resp", 2, smpptest.F{"message_id": "a"}))
	start := func() *smpptest.Talk {
		tk := smpptest.NewTalk("10.0.0.1:40000", "10.0.0.2:2775").Open().Data(0, bind).Data(1, resp)
		return tk.Send(0, smpptest.ACK, "")
	}
	for _, c := range []struct {
		name string
		talk func() *smpptest.Talk
		lost []int    // indices of packets
		want []string // rules, with their severity
		not  string   // what no message says
	}{
		{
			"the SMSC closes an idle link, on which an enquire_link was lost",
			func() *smpptest.Talk {
				return start().Wait(150*time.Second).Data(0, link(2)).Wait(155 * time.Second).Shut(1)
			},
			[]int{6},
			[]string{"framing-gap note", "capture-lossy note"},
			"",
		},
		{
			"the ESME closes with a request open, behind a lost unbind",
			func() *smpptest.Talk {
				tk := start().Data(0, submit(2, "a")).Data(0, answer("unbind", 3)).Data(1, answer("unbind_resp", 3))
				return tk.Send(0, smpptest.ACK, "").Shut(0)
			},
			[]int{7},
			[]string{"closed-while-outstanding note"},
			"The SMSC closed",
		},
		{
			"the SMSC resets behind a lost answer",
			func() *smpptest.Talk {
				tk := start().Data(0, submit(2, "a")).Send(1, smpptest.ACK, "").Data(1, accepted)
				return tk.Send(1, smpptest.RST|smpptest.ACK, "")
			},
			[]int{8},
			[]string{"response-missing note", "closed-while-outstanding note", "connection-reset warning"},
			"",
		},
		{
			"no SYN, and the bind's answer is lost",
			func() *smpptest.Talk {
				tk := start().Data(0, submit(2, "a"))
				tk.Segments[4].Flags, tk.Segments[4].Payload = smpptest.ACK, nil
				return tk.Data(1, accepted).Data(0, answer("unbind", 3)).Data(1, answer("unbind_resp", 3)).Shut(0)
			},
			[]int{0, 1},
			[]string{"framing-gap note", "bind-unanswered note"},
			"",
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			tk := c.talk()
			s := tk.Segments[:0]
			for i, x := range tk.Segments {
				if len(c.lost) > 0 && c.lost[0] == i {
					c.lost = c.lost[1:]
					continue
				}
				s = append(s, x)
			}
			_, out, errs := given(t, smpptest.Pcap{Nano: true}.Write(smpptest.Packets(s)...), "audit", "-T", "json")
			var report struct {
				Findings []struct{ Rule, Severity, Message string }
			}
			if err := json.Unmarshal([]byte(out), &report); err != nil {
				t.Fatal(err, errs)
			}
			got := map[string]bool{}
			for _, f := range report.Findings {
				got[f.Rule+" "+f.Severity] = true
				if c.not != "" && strings.Contains(f.Message, c.not) || f.Severity == "error" {
					t.Errorf("%s %s: %s", f.Severity, f.Rule, f.Message)
				}
			}
			for _, w := range c.want {
				if !got[w] {
					t.Errorf("no %s among %v", w, report.Findings)
				}
			}
		})
	}
}
