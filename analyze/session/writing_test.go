package session

import "testing"

// A pair of equal ids is in the family that looking at all of them tells.
func TestFamilyOfEqualIDs(t *testing.T) {
	for _, id := range []string{"", "0", "7", "00", "07", "000", "10", "010", "99", "a", "aB", "0f", "12345678901234567890", "é1", "\xff\xfe", "1 2",
		"1234567890123456789012345678901234567890123456789012345678901234", "0000000000000000000000000000000000000000000000000000000000000001"} {
		n, only := 0, FamilyNone
		for f := FamilyPlain; f < familyCount; f++ {
			if f.Holds([]byte(id), []byte(id)) {
				n, only = n+1, f
			}
		}
		if family, one := familyOf([]byte(id), []byte(id)); one != (n == 1) || one && family != only {
			t.Errorf("%q: family %d, %v; %d families hold, the last %d", id, family, one, n, only)
		}
	}
}
