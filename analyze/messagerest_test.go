package analyze

import (
	"reflect"
	"testing"

	"smpptap/analyze/session"
	"smpptap/dissect"
	"smpptap/internal/smpptest"
)

// TestMessageRest: a message comes back from its rest with all it had,
// whichever field a later version gives it.
func TestMessageRest(t *testing.T) {
	for _, n := range []int64{0, 1, -1, 1<<62 + 7} {
		m := &message{refs: 1, slot: 3, worst: n&1 != 0, final: n > 1}
		fields := reflect.ValueOf(&m.Message).Elem()
		for i := range fields.NumField() {
			switch f := fields.Field(i); f.Kind() {
			case reflect.Int64:
				f.SetInt(n - int64(i)*n/64)
			case reflect.Uint32:
				f.SetUint(uint64(uint32(n)))
			case reflect.String:
				f.SetString(string(make([]byte, i*int(n&1)*50)) + fields.Type().Field(i).Name)
			case reflect.Bool:
				f.SetBool(n > 0)
			case reflect.Int:
				f.SetInt(1) // Parts and PartsSeen
			default:
				t.Fatalf("%s: a %s is not packed", fields.Type().Field(i).Name, f.Kind())
			}
		}
		m.size = len(m.Text)
		v := messages{slots: []*message{3: m}, resting: make([]string, 4)}
		v.rest(m)
		if v.slots[3] != nil || v.resting[3] == "" {
			t.Fatalf("%d: does not rest", n)
		}
		if got := v.wake(3); got == m || !reflect.DeepEqual(got, m) || v.resting[3] != "" {
			t.Errorf("%d: packed\n%+v\nunpacked\n%+v", n, m, got)
		}
	}
}

// TestMessageAwake: what may change otherwise than by a receipt does not rest.
func TestMessageAwake(t *testing.T) {
	for name, m := range map[string]*message{
		"no answer":    {refs: 2, Message: Message{Parts: 1, PartsSeen: 1}},
		"not recorded": {refs: 1, dirty: true, Message: Message{Parts: 1, PartsSeen: 1}},
		"long":         {refs: 1, Message: Message{Parts: 2, PartsSeen: 1}, texts: make([]string, 2)},
	} {
		v := messages{slots: []*message{m}, resting: make([]string, 1)}
		v.rest(m)
		if v.slots[0] != m {
			t.Errorf("%s: rests", name)
		}
	}
	v := messages{slots: []*message{nil}, resting: make([]string, 1)}
	if v.rest(&message{refs: 1, Message: Message{Parts: 1, PartsSeen: 1}}); v.resting[0] != "" {
		t.Error("a message rests in another's slot")
	}
}

// TestMessagesKept: texts beyond what is kept leave no trace in the count, so
// that messages are followed again when there is room.
func TestMessagesKept(t *testing.T) {
	v := messages{last: new(int64)}
	submit := func(number int64) {
		p := &dissect.PDU{}
		dissect.Decode(p, smpptest.Build("submit_sm", uint32(number), nil))
		v.submitted(&PDU{
			Number: number, P: p, From: dissect.ESME, Session: &session.Session{},
			Message: &dissect.Message{Text: string(make([]byte, maxKeptText/64))},
		}, "", nil)
	}
	const many = 200
	for n := int64(1); n <= many; n++ {
		submit(n)
	}
	if len(v.open) != 64 || v.kept != maxKeptText {
		t.Errorf("%d messages of %d octets are kept", len(v.open), v.kept)
	}
	for n := int64(1); n <= many; n++ {
		v.became(&session.Event{Kind: session.EventAbandoned, Req: &session.Request{Number: n}})
	}
	if v.kept != 0 {
		t.Errorf("%d octets count as kept, and nothing is", v.kept)
	}
	if submit(many + 1); v.open[many+1] == nil {
		t.Error("a message is not followed, though there is room")
	}
}
