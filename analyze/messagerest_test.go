package analyze

import (
	"reflect"
	"testing"
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
