package dissect_test

import (
	"bytes"
	"testing"

	"smpptap/dissect"
	"smpptap/internal/smpptest"
)

func FuzzDecode(f *testing.F) {
	versions(func(c *dissect.Command, v dissect.Version) { f.Add(smpptest.Sample(c, v)) })
	f.Add(smpptest.Build("submit_sm", 1, message, smpptest.Trailing{0, 4, 0x24, 0, 1, 'x'}))
	f.Add(smpptest.Build("submit_multi", 1, smpptest.F{"dest_address": []string{"1", "2"}, "number_of_dests": 3}))
	f.Fuzz(func(t *testing.T, b []byte) {
		before := bytes.Clone(b)
		p := decode(b)
		check(t, p, len(b))
		for _, v := range []dissect.Version{0, 0x22, dissect.V33, dissect.V34, 0x35, dissect.V50, 0xFF} {
			for _, side := range []dissect.Side{dissect.SideUnknown, dissect.ESME, dissect.SMSC, dissect.Either} {
				for _, i := range dissect.Validate(nil, p, dissect.Context{Version: v, Offered: dissect.V50, From: side}) {
					if i.Offset < 0 || i.Length < 0 || i.Offset+i.Length > len(p.Raw) || i.Want == "" || i.Got == "" {
						t.Fatalf("issue is %+v", i)
					}
				}
			}
		}
		if !bytes.Equal(b, before) {
			t.Fatal("the octets were changed")
		}
		if p.Command != nil && len(p.Issues) == 0 && !p.NoBody && int(p.Length) == len(b) {
			if again := rebuild(t, p); !bytes.Equal(again, b) {
				t.Fatalf("%x written again is\n%x", b, again)
			}
		}
	})
}
