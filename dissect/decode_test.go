package dissect_test

import (
	"bytes"
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"smpptap/dissect"
	"smpptap/internal/smpptest"
)

// decode decodes into a PDU of its own.
func decode(b []byte) *dissect.PDU {
	var p dissect.PDU
	dissect.Decode(&p, b)
	return &p
}

func issues(list []dissect.Issue) []string {
	var s []string
	for i := range list {
		s = append(s, list[i].String())
	}
	return s
}

// versions calls f for each version of each command.
func versions(f func(c *dissect.Command, v dissect.Version)) {
	for i := range dissect.Commands() {
		c := &dissect.Commands()[i]
		for _, v := range []dissect.Version{dissect.V33, dissect.V34, dissect.V50} {
			if c.Versions.Has(v) {
				f(c, v)
			}
		}
	}
}

func TestEveryCommandReads(t *testing.T) {
	versions(func(c *dissect.Command, v dissect.Version) {
		t.Run(c.Name+"/"+v.String(), func(t *testing.T) {
			b := smpptest.Sample(c, v)
			p := decode(b)
			if len(p.Issues) > 0 || p.Broken || p.NoBody {
				t.Fatalf("%x: %v", b, issues(p.Issues))
			}
			if p.Command != c || len(p.Fields) != len(c.Params) || int(p.Length) != len(b) || p.Sequence != 1 {
				t.Fatalf("read as %+v", p)
			}
			if again := rebuild(t, p); !bytes.Equal(again, b) {
				t.Errorf("%x written again is\n%x", b, again)
			}
		})
	})
}

// rebuild writes a decoded PDU from its values.
func rebuild(t *testing.T, p *dissect.PDU) []byte {
	t.Helper()
	f := smpptest.F{}
	for _, x := range p.Fields {
		switch {
		case x.Param.Kind == dissect.Array:
			f[x.Param.Name] = entries(p, x.Param)
		case x.Off < x.End || x.Param.Kind == dissect.Octets:
			f[x.Param.Name] = value(p, x)
		}
	}
	parts := []smpptest.Part{smpptest.Status(p.Status), smpptest.ID(p.ID)}
	for _, x := range p.TLVs {
		parts = append(parts, smpptest.TLV{Tag: x.Tag, Value: p.TLVValue(x)})
	}
	return smpptest.Build(p.Command.Name, p.Sequence, f, parts...)
}

func value(p *dissect.PDU, f dissect.Field) any {
	if f.Param.Kind.Size() > 0 {
		return p.Int(f)
	}
	return p.Value(f)
}

func entries(p *dissect.PDU, array *dissect.Param) []smpptest.F {
	var list []smpptest.F
	for _, e := range p.Entries {
		if int(e.Entry) == len(list) {
			list = append(list, smpptest.F{})
			if array.ID != dissect.ParamDestAddress {
				list[e.Entry]["dest_flag"] = 0
			}
		}
		list[e.Entry][e.Param.Name] = value(p, e)
	}
	return list
}

func TestEveryPDUCutAtEveryOctet(t *testing.T) {
	var p dissect.PDU
	versions(func(c *dissect.Command, v dissect.Version) {
		whole := smpptest.Sample(c, v)
		for n := range whole {
			b := bytes.Clone(whole[:n])
			dissect.Decode(&p, b)
			if len(p.Issues) == 0 || !p.Broken {
				t.Errorf("%s cut at %d: no issue", c.Name, n)
			}
			check(t, &p, len(b))
			if n < dissect.HeaderLen {
				continue
			}
			b[2], b[3] = byte(n>>8), byte(n) // now command_length agrees
			dissect.Decode(&p, b)
			check(t, &p, len(b))
			if len(p.Issues) == 0 && !p.NoBody && int(p.Length) != lastTLV(&p) {
				t.Errorf("%s of %d octets: no issue", c.Name, n)
			}
		}
	})
}

// lastTLV is where the TLVs end; a PDU may well end there.
func lastTLV(p *dissect.PDU) int {
	if n := len(p.TLVs); n > 0 {
		return int(p.TLVs[n-1].Off) + 4 + int(p.TLVs[n-1].Len)
	}
	if n := len(p.Fields); n > 0 && n == len(p.Command.Params) {
		return int(p.Fields[n-1].End)
	}
	return dissect.HeaderLen
}

// check holds what is true of every decoded PDU: views lie inside the input,
// fields stand in order, offsets are sane.
func check(t *testing.T, p *dissect.PDU, n int) {
	t.Helper()
	if len(p.Raw) > n {
		t.Fatal("Raw is longer than the input")
	}
	end := int32(0)
	for i, f := range p.Fields {
		if f.Param != &p.Command.Params[i] || f.Off < end || f.End < f.Off || int(f.End) > len(p.Raw) || f.Entry != -1 {
			t.Fatalf("field %d is %+v", i, f)
		}
		end = f.Off
		if got := p.Value(f); cap(got) != len(got) {
			t.Fatal("a value can grow into its neighbour")
		}
		_ = p.Int(f)
	}
	for _, f := range p.Entries {
		if f.Off < dissect.HeaderLen || f.End <= f.Off || int(f.End) > len(p.Raw) || f.Entry < 0 {
			t.Fatalf("entry field is %+v", f)
		}
		_ = p.Value(f)
	}
	for _, x := range p.TLVs {
		if x.Off < dissect.HeaderLen || int(x.Off)+4 > len(p.Raw) || x.Def != dissect.TLVByTag(x.Tag) {
			t.Fatalf("TLV is %+v", x)
		}
		_, _ = p.TLVValue(x), p.TLVUint(x)
	}
	for _, x := range p.Issues {
		if x.Code == "" || x.Offset < 0 || x.Length < 0 || x.Offset > len(p.Raw) {
			t.Fatalf("issue is %+v", x)
		}
	}
	for _, s := range append(dissect.Secrets(p, nil), dissect.Marked(p, dissect.MarkText, nil)...) {
		if s.Off < 0 || s.Off >= s.End || s.End > len(p.Raw) {
			t.Fatalf("span is %+v", s)
		}
	}
	_ = p.UserData()
}

var message = smpptest.F{
	"source_addr_ton": 5, "source_addr": "ACME", "dest_addr_ton": 1, "dest_addr_npi": 1,
	"destination_addr": "919812345678", "registered_delivery": 1, "short_message": "Hello, this is a test",
}

func with(f smpptest.F, name string, v any) smpptest.F {
	g := smpptest.F{name: v}
	for n, v := range f {
		if n != name {
			g[n] = v
		}
	}
	return g
}

func TestDecodeIssues(t *testing.T) {
	payload := smpptest.TLVString(dissect.TagMessagePayload, "hi")
	dests := smpptest.F{"dest_address": []string{"1001", "1002", "1003"}, "short_message": "hi"}
	bind := smpptest.F{"system_id": "acme", "password": "secret", "interface_version": 0x34}
	for _, tt := range []struct {
		name string
		b    []byte
		want []string
		tlvs int
	}{
		{"short message cut", smpptest.Build("submit_sm", 1, with(message, "sm_length", 40)),
			[]string{"short_message at offset 49: body-truncated (want 40 octets, got 21 octets)"}, 0},
		{"request without body", smpptest.Build("submit_sm", 1, nil, smpptest.HeaderOnly{}),
			[]string{"service_type at offset 16: body-truncated (want at least 1 octet, got 0 octets)"}, 0},
		{"response without body", smpptest.Build("submit_sm_resp", 1, nil, smpptest.HeaderOnly{}), nil, 0},
		{"no NUL", smpptest.Build("submit_sm_resp", 1, smpptest.F{"message_id": smpptest.Raw("abc")}),
			[]string{"message_id at offset 16: string-unterminated (want a NUL, got 3 octets without one)"}, 0},
		{"password without NUL", smpptest.Build("bind_receiver", 1, with(bind, "password", smpptest.Raw("secret")), smpptest.Cut(27), smpptest.SetLength(27)),
			[]string{"password at offset 21: string-unterminated (want a NUL, got 6 octets without one)"}, 0},
		{"shorter than it says", smpptest.Build("submit_sm_resp", 1, smpptest.F{"message_id": "abc"}, smpptest.SetLength(30)),
			[]string{"command_length at offset 0: length-mismatch (want 30 octets, got 20 octets)"}, 0},
		{"longer than it says", append(smpptest.Build("submit_sm_resp", 1, smpptest.F{"message_id": "abc"}), 1, 2),
			[]string{"command_length at offset 0: length-mismatch (want 20 octets, got 22 octets)"}, 0},
		{"small length", smpptest.Build("enquire_link", 1, nil, smpptest.SetLength(15)),
			[]string{"command_length at offset 0: framing-length-small (want at least 16, got 15)"}, 0},
		{"cut header", smpptest.Build("enquire_link", 1, nil, smpptest.Cut(9)),
			[]string{"length-mismatch (want 16 octets, got 9 octets)"}, 0},
		{"octets in a PDU without body", smpptest.Build("enquire_link", 1, nil, smpptest.Trailing{1, 2, 3, 4, 5}),
			[]string{"body-trailing (want the PDU's end, got 5 octets: 01 02 03 04 05)"}, 0},
		{"TLV in a PDU without body", smpptest.Build("enquire_link_resp", 1, nil, smpptest.TLV8(dissect.TagCongestionState, 5)), nil, 1},
		{"two octets behind the body", smpptest.Build("submit_sm", 1, message, smpptest.Trailing{0, 7}),
			[]string{"body-trailing (want the PDU's end, got 2 octets: 00 07)"}, 0},
		{"one NUL behind the body", smpptest.Build("submit_sm", 1, message, smpptest.Trailing{0}),
			[]string{"body-trailing (want the PDU's end, got a stray NUL)"}, 0},
		{"padding", smpptest.Build("submit_sm", 1, message, smpptest.Trailing{0, 0, 0, 0, 0, 0, 0, 0}),
			[]string{"body-trailing (want the PDU's end, got 8 NULs)"}, 0},
		{"no TLVs behind the body", smpptest.Build("submit_sm", 1, message, smpptest.Trailing("garbage")),
			[]string{"body-trailing (want the PDU's end, got 7 octets: 67 61 72 62 61 67 65)"}, 0},
		{"octets behind the last TLV", smpptest.Build("submit_sm", 1, message, payload, smpptest.Trailing{4, 36, 0}),
			[]string{"body-trailing (want the PDU's end, got 3 octets: 04 24 00)"}, 1},
		{"masked octets behind the body", smpptest.Build("submit_sm", 1, message, smpptest.Trailing("*****")),
			[]string{"body-trailing (want the PDU's end, got 5 octets: 2a 2a 2a 2a 2a)"}, 0},
		{"masked octets behind the last TLV", smpptest.Build("submit_sm", 1, message, payload, smpptest.Trailing("*****")),
			[]string{"body-trailing (want the PDU's end, got 5 octets: 2a 2a 2a 2a 2a)"}, 1},
		{"stray NUL before TLVs", smpptest.Build("submit_sm", 1, with(message, "short_message", "hi\x00"), payload), nil, 1},
		{"text with a NUL that sm_length leaves out",
			smpptest.Build("submit_sm", 1, with(with(message, "short_message", "hi\x00"), "sm_length", 2), payload),
			[]string{"body-trailing (want a TLV, got a stray NUL, then TLVs)"}, 1},
		{"TLV past the end", smpptest.Build("submit_sm", 1, message, payload, smpptest.Trailing{0x04, 0x24, 0, 9, 1}),
			[]string{"message_payload at offset 77: tlv-truncated (want 9 octets, got 1 octet)"}, 2},
		{"more destinations than counted", smpptest.Build("submit_multi", 1, with(dests, "number_of_dests", 2)),
			[]string{"number_of_dests at offset 20: destinations-count (want 3, as there are 3 entries, got 2)"}, 0},
		{"fewer destinations than counted", smpptest.Build("submit_multi", 1, with(dests, "number_of_dests", 4), payload),
			[]string{"number_of_dests at offset 20: destinations-count (want 3, as there are 3 entries, got 4)"}, 1},
		{"unknown dest_flag", smpptest.Build("submit_multi", 1, smpptest.F{"dest_address": []smpptest.F{{"dest_flag": 3}}}),
			[]string{"dest_flag at offset 21: field-reserved (want 1 or 2, got 3)"}, 0},
		{"fewer failures than counted", smpptest.Build("submit_multi_resp", 1, smpptest.F{"message_id": "7", "no_unsuccess": 2,
			"unsuccess_sme": []smpptest.F{{"destination_addr": "1001", "error_status_code": 11}}}),
			[]string{"no_unsuccess at offset 18: destinations-count (want 1, as there is 1 entry, got 2)"}, 0},
		// A reserved tag makes one ask for another count, but TLVs read as
		// entries without addresses are none.
		{"TLVs that read as failures", smpptest.Build("submit_multi_resp", 1, smpptest.F{"message_id": "7"}, smpptest.TLV8(0x0425, 0),
			smpptest.TLV8(0x0210, 0x1C), smpptest.TLV{Tag: 0x0100, Value: []byte("ab")}, smpptest.TLV8(0x001D, 0)), nil, 4},
		{"unknown command", smpptest.Build("submit_sm", 1, message, smpptest.ID(0x999)), nil, 0},
	} {
		t.Run(tt.name, func(t *testing.T) {
			p := decode(tt.b)
			check(t, p, len(tt.b))
			if d := cmp.Diff(tt.want, issues(p.Issues)); d != "" {
				t.Error(d)
			}
			if len(p.TLVs) != tt.tlvs {
				t.Errorf("%d TLVs", len(p.TLVs))
			}
			if len(tt.want) > 0 && tt.want[0] == "" {
				t.Error("an issue says nothing")
			}
		})
	}
}

func TestAccessors(t *testing.T) {
	p := decode(smpptest.Build("submit_sm", 77, message, smpptest.TLV16(dissect.TagUserMessageReference, 0x1234)))
	if got := string(p.Bytes(dissect.ParamSourceAddr)); got != "ACME" {
		t.Errorf("source_addr is %q", got)
	}
	if b := p.Bytes(dissect.ParamServiceType); b == nil || len(b) != 0 {
		t.Error("an empty string reads as absent")
	}
	if p.Bytes(dissect.ParamMessageID) != nil {
		t.Error("a parameter of other commands was found")
	}
	if n, ok := p.U8(dissect.ParamSourceAddrTON); !ok || n != 5 {
		t.Errorf("source_addr_ton is %d", n)
	}
	if n, ok := p.Uint(dissect.ParamSMLength); !ok || n != 21 {
		t.Errorf("sm_length is %d", n)
	}
	if x, ok := p.TLV(dissect.TagUserMessageReference); !ok || p.TLVUint(x) != 0x1234 || len(p.TLVValue(x)) != 2 {
		t.Errorf("user_message_reference is %+v", x)
	}
	ud := p.UserData()
	if string(ud.Octets) != "Hello, this is a test" || ud.Param != dissect.ParamShortMessage || ud.Off != 49 {
		t.Errorf("user data is %+v", ud)
	}
	if p.CommandName() != "submit_sm" || p.StatusName(nil) != "ESME_ROK" || p.IsResponse() {
		t.Error("the header reads wrong")
	}
	data := decode(smpptest.Build("data_sm", 1, nil, smpptest.TLV{Tag: dissect.TagMessagePayload, Value: []byte("hi")}))
	if ud := data.UserData(); string(ud.Octets) != "hi" || ud.Tag != dissect.TagMessagePayload || string(data.Raw[ud.Off:]) != "hi" {
		t.Errorf("user data is %+v", ud)
	}
	unknown := decode(smpptest.Build("enquire_link", 1, nil, smpptest.ID(0x999), smpptest.Status(0x412)))
	if got := fmt.Sprint(unknown.CommandName(), unknown.StatusName(nil)); got != "unknown_0x000009990x00000412" {
		t.Error(got)
	}
	dialect := &dissect.Dialect{Statuses: map[uint32]*dissect.StatusDef{0x412: {Name: "NO_CREDIT"}}}
	if got := unknown.StatusName(dialect); got != "NO_CREDIT" {
		t.Error(got)
	}
}

func TestHuaweiConditionalFields(t *testing.T) {
	p := decode(smpptest.Build("auth_acc", 1, smpptest.F{"version": '1', "source_addr": "1", "service_id": 9}))
	if len(p.Issues) > 0 || p.Bytes(dissect.ParamMSCAddr) != nil {
		t.Errorf("%v", issues(p.Issues))
	}
	if n, ok := p.Uint(dissect.ParamServiceID); !ok || n != 9 {
		t.Errorf("service_id is %d", n)
	}
}
