package dissect

import "testing"

// filled is the number of characters in the tables of each language, counted
// in the standard's annex A.
var filled = []struct {
	name            string
	locking, single int
}{
	{"default", 128, 10},
	{"turkish", 128, 17},
	{"spanish", 0, 19},
	{"portuguese", 128, 37},
	{"bengali", 115, 82},
	{"gujarati", 121, 70},
	{"hindi", 128, 88},
	{"kannada", 121, 73},
	{"malayalam", 121, 82},
	{"oriya", 117, 75},
	{"punjabi", 111, 76},
	{"tamil", 103, 77},
	{"telugu", 121, 78},
	{"urdu", 128, 90},
}

func TestNationalTables(t *testing.T) {
	if len(national) != len(filled) {
		t.Fatalf("%d languages", len(national))
	}
	for id, want := range filled {
		l := &national[id]
		if l.name != want.name {
			t.Errorf("language %d is %s", id, l.name)
		}
		if (l.locking == nil) != (want.locking == 0) {
			t.Errorf("%s: wrong locking table", l.name)
		} else if l.locking != nil {
			if n := tableIsSound(t, l.name+" locking", l.locking); n != want.locking {
				t.Errorf("%s locking: %d positions", l.name, n)
			}
			if l.locking[escape] != escape || l.locking[' '] != ' ' || l.locking['\n'] != '\n' || l.locking['\r'] != '\r' {
				t.Errorf("%s locking: the controls are not in their places", l.name)
			}
			for c := 'a'; c <= 'z'; c++ {
				if l.locking[c] != c {
					t.Errorf("%s locking: no %c", l.name, c)
				}
			}
		}
		// The single shift tables of the Indic languages and Urdu have the
		// asterisk and the inverted exclamation mark twice (A.2.4 to A.2.13).
		if n := tableIsSound(t, l.name+" single", l.single, '*', '¡'); n != want.single {
			t.Errorf("%s single: %d positions", l.name, n)
		}
		for p, c := range gsmExtension {
			if c != 0 && l.single[p] != c {
				t.Errorf("%s single: no %q at 0x%02X", l.name, c, p)
			}
		}
		if l.single[0x0D] != 0 || l.single[escape] != 0 {
			t.Errorf("%s single: a character in the place of a control", l.name)
		}
	}
}

// TestNationalPositions holds positions known from the standard's annex A.
func TestNationalPositions(t *testing.T) {
	type position struct {
		septet byte
		want   rune
	}
	for id, c := range map[int]struct{ locking, single []position }{
		1: {[]position{{0x04, '€'}, {0x07, 'ı'}, {0x0B, 'Ğ'}, {0x0C, 'ğ'}, {0x1C, 'Ş'}, {0x1D, 'ş'}, {0x40, 'İ'}, {0x60, 'ç'}},
			[]position{{0x47, 'Ğ'}, {0x49, 'İ'}, {0x53, 'Ş'}, {0x63, 'ç'}, {0x67, 'ğ'}, {0x69, 'ı'}, {0x73, 'ş'}}},
		2: {nil, []position{{0x09, 'ç'}, {0x41, 'Á'}, {0x49, 'Í'}, {0x4F, 'Ó'}, {0x55, 'Ú'}, {0x61, 'á'}, {0x69, 'í'}, {0x6F, 'ó'}, {0x75, 'ú'}}},
		3: {[]position{{0x04, 'ê'}, {0x09, 'ç'}, {0x12, 'ª'}, {0x15, '∞'}, {0x16, '^'}, {0x17, '\\'}, {0x18, '€'}, {0x1A, '|'},
			{0x1F, 'É'}, {0x24, 'º'}, {0x40, 'Í'}, {0x5B, 'Ã'}, {0x5C, 'Õ'}, {0x60, '~'}, {0x7B, 'ã'}, {0x7C, 'õ'}, {0x7D, '`'}},
			[]position{{0x05, 'ê'}, {0x0B, 'Ô'}, {0x0E, 'Á'}, {0x12, 'Φ'}, {0x15, 'Ω'}, {0x19, 'Θ'}, {0x1F, 'Ê'}, {0x41, 'À'},
				{0x5B, 'Ã'}, {0x61, 'Â'}, {0x7B, 'ã'}, {0x7F, 'â'}}},
		4: {[]position{{0x00, 'ঁ'}, {0x15, 'ক'}, {0x28, ')'}, {0x29, '('}, {0x4D, 'হ'}, {0x5F, '্'}, {0x60, 'ৎ'}, {0x7F, 'ৱ'}},
			[]position{{0x19, '০'}, {0x1C, '২'}, {0x23, '৯'}, {0x2B, '৲'}, {0x34, '৺'}}},
		5: {[]position{{0x00, 'ઁ'}, {0x15, 'ક'}, {0x5B, 'ૉ'}, {0x7F, '૱'}}, []position{{0x19, '।'}, {0x1A, '॥'}, {0x1C, '૦'}, {0x25, '૯'}}},
		6: {[]position{{0x00, 'ँ'}, {0x03, 'अ'}, {0x15, 'क'}, {0x3C, 'ऩ'}, {0x4D, 'ह'}, {0x50, 'ा'}, {0x5F, '्'}, {0x60, 'ॐ'}, {0x7B, 'ॲ'}, {0x7F, 'ॿ'}},
			[]position{{0x1C, '०'}, {0x25, '९'}, {0x2C, 0x0958}, {0x3A, 'ॱ'}}},
		7:  {[]position{{0x01, 'ಂ'}, {0x15, 'ಕ'}, {0x24, 'ಡ'}, {0x7F, 'ೣ'}}, []position{{0x1C, '೦'}, {0x26, 'ೞ'}, {0x2A, 'ೲ'}}},
		8:  {[]position{{0x01, 'ം'}, {0x15, 'ക'}, {0x48, 'ഴ'}, {0x7F, '൹'}}, []position{{0x1C, '൦'}, {0x2E, 'ൺ'}, {0x34, 'ൿ'}}},
		9:  {[]position{{0x00, 'ଁ'}, {0x15, 'କ'}, {0x60, 'ୖ'}, {0x7F, 'ୣ'}}, []position{{0x1C, '୦'}, {0x2C, 'ୱ'}}},
		10: {[]position{{0x00, 'ਁ'}, {0x15, 'ਕ'}, {0x60, 'ੑ'}, {0x7F, 'ੴ'}}, []position{{0x1C, '੦'}, {0x2B, 'ੜ'}, {0x2D, 'ੵ'}}},
		11: {[]position{{0x01, 'ஂ'}, {0x15, 'க'}, {0x48, 'ழ'}, {0x60, 'ௐ'}, {0x7F, '௹'}}, []position{{0x1C, '௦'}, {0x24, '௮'}, {0x2E, '௺'}}},
		12: {[]position{{0x00, 'ఁ'}, {0x15, 'క'}, {0x60, 'ౕ'}, {0x7F, 'ౣ'}}, []position{{0x19, 0}, {0x1C, '౦'}, {0x22, '౬'}, {0x23, '౭'}, {0x32, '౿'}}},
		13: {[]position{{0x00, 'ا'}, {0x07, 'ت'}, {0x28, ')'}, {0x4D, 'ل'}, {0x5B, 'ے'}, {0x7F, 'ٰ'}},
			[]position{{0x1C, '۰'}, {0x26, '،'}, {0x33, '؟'}, {0x3F, '۔'}}},
	} {
		for _, p := range c.locking {
			if got := national[id].locking[p.septet]; got != p.want {
				t.Errorf("%s locking 0x%02X is %U", national[id].name, p.septet, got)
			}
		}
		for _, p := range c.single {
			if got := national[id].single[p.septet]; got != p.want {
				t.Errorf("%s single 0x%02X is %U", national[id].name, p.septet, got)
			}
		}
	}
}

// TestIndicTablesFollowTheirBlock uses how the standard laid them out: the
// code points of a block ascend with the positions, from 0x00 to 0x5F.
func TestIndicTablesFollowTheirBlock(t *testing.T) {
	for id, block := range map[int]rune{4: 0x0980, 5: 0x0A80, 6: 0x0900, 7: 0x0C80, 8: 0x0D00, 9: 0x0B00, 10: 0x0A00, 11: 0x0B80, 12: 0x0C00} {
		last := block
		for p, r := range national[id].locking[:0x60] {
			switch {
			case r < 0x80:
			case r <= last || r >= block+0x80:
				t.Errorf("%s 0x%02X is %U behind %U", national[id].name, p, r, last)
			default:
				last = r
			}
		}
		// The same letter stands at the same place in all of them.
		if r := national[id].locking[0x15]; r != block+0x15 {
			t.Errorf("%s: KA is %U", national[id].name, r)
		}
		if r := national[id].locking[0x5F]; r != block+0x4D {
			t.Errorf("%s: VIRAMA is %U", national[id].name, r)
		}
	}
}

func TestNationalRoundTrip(t *testing.T) {
	for id := range national {
		l := &national[id]
		locking := l.locking
		if locking == nil {
			locking = &gsmDefault
		}
		var in []byte
		var want string
		for p, r := range locking {
			if r != 0 && p != escape {
				in, want = append(in, byte(p)), want+string(r)
			}
		}
		for p, r := range l.single {
			if r != 0 {
				in, want = append(in, escape, byte(p)), want+string(r)
			}
		}
		s := shifts{locking, l.single}
		if got := readText(AlphabetGSM, in, s, 0); got.string != want || got.lossy {
			t.Errorf("%s: %q, want %q", l.name, got.string, want)
		}
		const header = 7 // two shift elements
		if got := readText(AlphabetGSMPacked, pack(in, header), s, header); got.string != want || got.units != len(in) {
			t.Errorf("%s packed: %q, want %q", l.name, got.string, want)
		}
	}
}

func TestPositionsWithoutACharacter(t *testing.T) {
	s := shifts{&bengaliLocking, &bengaliSingle}
	if got := readText(AlphabetGSM, []byte{0x15, 0x0C, 0x15}, s, 0); got.string != "ক\uFFFDক" || !got.lossy {
		t.Errorf("%q", got.string)
	}
	if got := readText(AlphabetGSM, []byte{escape, 0x15, 0x15}, s, 0); got.string != "¡ক" || got.lossy {
		t.Errorf("%q", got.string)
	}
	if got := readText(AlphabetGSM, []byte{escape, 0x7F}, s, 0); got.string != "ৱ" || !got.lossy {
		t.Errorf("%q", got.string)
	}
}
