package report

import (
	"fmt"

	"smpptap/dissect"
)

// numbers gives all that a number stands for. The ways to read it after the
// first count only where they name something, and the first does not or the
// number is written with zeros in front, as hexadecimal ones are.
func (s *Spec) numbers(readings []uint32, padded bool) (found []SpecEntry) {
	for i, n := range readings {
		these := s.number(n)
		if i > 0 {
			named := isNamed(found)
			if !isNamed(these) || named && !padded {
				continue
			}
			if !named {
				found = nil
			}
		}
		found = append(found, these...)
	}
	return found
}

// isNamed tells whether a number is more than a status without a name.
func isNamed(list []SpecEntry) bool {
	for i := range list {
		if list[i].Name != "" && list[i].Kind != SpecUses {
			return true
		}
	}
	return false
}

// number gives what one reading of a number stands for.
func (s *Spec) number(n uint32) (found []SpecEntry) {
	for i := range s.entries {
		if e := &s.entries[i]; e.Number == int64(n) {
			found = append(found, *e)
		}
	}
	if !hasKind(found, SpecStatus) {
		if e, ok := s.unnamedStatus(n, len(found) == 0); ok {
			found = append(found, e)
		}
	}
	if uses := specUses(n); len(uses) > 0 {
		found = append(found, SpecEntry{Kind: SpecUses, Name: fmt.Sprintf("%d", n), Number: int64(n), Short: "As a value", Uses: uses})
	}
	return found
}

func hasKind(list []SpecEntry, k SpecKind) bool {
	for i := range list {
		if list[i].Kind == k {
			return true
		}
	}
	return false
}

// unnamedStatus says what is known of a status without a row: what older
// systems mean by it, whose range it lies in. Reserved ones only count where
// the number is nothing else.
func (s *Spec) unnamedStatus(n uint32, alone bool) (SpecEntry, bool) {
	e := SpecEntry{Kind: SpecStatus, Number: int64(n)}
	for _, r := range dissect.StatusRanges() {
		if n >= r.From && n <= r.To {
			if e.Short = r.Use; r.Use == "vendor" {
				e.Short = fmt.Sprintf("left to the provider, as all from 0x%X to 0x%X", r.From, r.To)
			}
		}
	}
	telling := e.Short != "" && (alone || n >= 0x400)
	if h, ok := dissect.StatusHintFor(n); ok {
		telling = true
		e.Name = h.Name
		if h.Meaning != "" {
			e.Short = joinText(e.Short, h.Meaning)
		}
		if h.Name != "" {
			e.Short = joinText(e.Short, "a name of older systems")
		}
	}
	return e, telling && n <= 0xFFFF
}

func joinText(a, b string) string {
	if a == "" {
		return b
	}
	return a + "; " + b
}

// specUses are the fields of which the number is a named value.
func specUses(n uint32) (uses []string) {
	for _, e := range dissect.Enums() {
		if x := e.Lookup(n, dissect.VersionUnknown); x != nil && x.From == x.To && !x.Reserved {
			uses = append(uses, e.Name+": "+valueText(x))
		}
	}
	for _, e := range dissect.BitEnums() {
		for i := range e.Groups {
			g := &e.Groups[i]
			if x := g.Lookup(n, dissect.VersionUnknown); n != 0 && n&^g.Mask == 0 && x != nil {
				uses = append(uses, e.Name+": "+g.Name+" "+valueText(x))
			}
		}
	}
	return uses
}

func valueText(x *dissect.Value) string {
	if x.Meaning != "" {
		return x.Name + " (" + x.Meaning + ")"
	}
	return x.Name
}

// valued gives the entries that have a value of this name.
func (s *Spec) valued(word string) (found []SpecEntry) {
	for i := range s.entries {
		e := &s.entries[i]
		if e.Enum != nil && enumHas(e.Enum.Values, word) {
			found = append(found, *e)
		}
		if e.Bits == nil {
			continue
		}
		for g := range e.Bits.Groups {
			if specWord(e.Bits.Groups[g].Name) == word || enumHas(e.Bits.Groups[g].Values, word) {
				found = append(found, *e)
				break
			}
		}
	}
	return found
}

func enumHas(list []dissect.Value, word string) bool {
	for i := range list {
		if specWord(list[i].Name) == word {
			return true
		}
	}
	return false
}
