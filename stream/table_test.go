package stream

import (
	"testing"

	"smpptap/dissect"
)

// shapeOf takes the length of a string or array from the integer read last.
func TestTableShape(t *testing.T) {
	for _, c := range dissect.Commands() {
		last := dissect.ParamNone
		for _, p := range c.Params {
			if (p.Kind == dissect.Octets || p.Kind == dissect.Array) && p.LengthOf != last {
				t.Errorf("%s: %s is not right behind its length", c.Name, p.Name)
			}
			last = p.ID
		}
	}
}
