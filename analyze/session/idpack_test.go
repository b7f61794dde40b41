package session

import (
	"strings"
	"testing"
)

// TestIDForms: ids come back from the table as they were given, whatever they
// look like, and only those that are no figures need more than a slot.
func TestIDForms(t *testing.T) {
	const uuid = "0a1b2c3d-4e5f-6789-abcd-ef0123456789"
	for id, tail := range map[string]bool{
		"":                                       false,
		"1":                                      false,
		"Message-ID-of-16":                       false,
		"Message-ID-of-17.":                      true,
		strings.Repeat("9", 21):                  false,
		strings.Repeat("0f", 16):                 false,
		strings.Repeat("0F", 16):                 false,
		strings.Repeat("7", 33):                  true,
		strings.Repeat("aB", 12):                 true,
		uuid:                                     false,
		strings.ToUpper(uuid):                    false,
		strings.Replace(uuid, "a", "A", 1):       true,
		strings.Replace(uuid, "-", "_", 1):       true,
		strings.Replace(uuid, "-", "5", 1):       true,
		strings.Replace(uuid, "5f-", "5f5", 1):   true,
		strings.Replace(uuid, "4e5f", "4e-f", 1): true,
		strings.ReplaceAll(uuid, "-", ""):        false,
		strings.Repeat("-", 36):                  true,
		strings.Repeat("\x00", MaxID):            true,
	} {
		var ids idTable
		var buf [MaxID]byte
		slot := ids.add(1, []byte(id), hashOf(1, []byte(id)), 0)
		if got := string(ids.id(slot, &buf)); got != id {
			t.Errorf("%q comes back as %q", id, got)
		}
		if got := len(ids.tails) == 1; got != tail {
			t.Errorf("%q has a tail: %v", id, got)
		}
		ids.remove(slot)
		if len(ids.tails) != 0 {
			t.Errorf("%q leaves a tail behind", id)
		}
	}
	var ids idTable
	var buf [MaxID]byte
	long := strings.Repeat("x", MaxID+1)
	if got := string(ids.id(ids.add(1, []byte(long), 0, 0), &buf)); got != long[:MaxID] {
		t.Errorf("a longer id comes back as %q", got)
	}
}
