package report

import (
	"smpptap/dissect"
)

// Options say how records are written. Zero values mean the stated default.
// Options are used by one goroutine.
type Options struct {
	// Dialect names what the provider defines; nil: the bare specification.
	Dialect *dissect.Dialect
	// Time is how times are written in text; JSON is always UTC.
	Time TimeFormat
	// Color allows colours.
	Color bool
	// Width is the terminal's in columns; zero: no terminal, nothing is
	// wrapped or cut to fit.
	Width int
	// Terminal: a person's screen shows what is written, at once.
	Terminal bool
	// Hex adds the octets.
	Hex bool
	// Response is the number of the PDU that answered the one to be written,
	// where that is known (from a database); zero: not known.
	Response int64

	utc    clock // of JSON
	text   clock // of text
	start  int64 // of TimeRelative
	before int64 // of TimeDelta: when the PDU before was seen; zero: there was none
	widths widths
}

// Colours by what they mean. No meaning is in the colour alone.
const (
	styleBold   = "\x1b[1m"
	styleDim    = "\x1b[2m"
	styleError  = "\x1b[1;31m"
	styleWarn   = "\x1b[33m"
	styleNote   = "\x1b[36m"
	styleGood   = "\x1b[32m"
	styleAccent = "\x1b[36m"
	styleReset  = "\x1b[0m"
)

// paint appends s in a style where colours are allowed.
func (o *Options) paint(b []byte, style, s string) []byte {
	if !o.Color || style == "" || s == "" {
		return append(b, s...)
	}
	b = append(b, style...)
	b = append(b, s...)
	return append(b, styleReset...)
}
