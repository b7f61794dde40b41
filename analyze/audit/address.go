package audit

import (
	"fmt"
	"strconv"
	"strings"

	"smpptap/analyze/profile"
	"smpptap/analyze/session"
	"smpptap/dissect"
)

const alphanumericTON = 5 // v3.4 5.2.5

// addressFault is what is wrong with an address. kind folds occurrences, ton
// too. Its words cost nothing until they are needed.
type addressFault struct {
	kind     string
	ton      uint8
	severity Severity
	says     string // what is wrong, behind "source_addr 'x' "; {} stands for arg
	arg      string
	wanted   string
}

// sourceAddress: source-address.
func (a *Auditor) sourceAddress(c *connState, o *session.Observed) {
	a.check(RuleSourceAddress)
	if a.digest.good&goodSource != 0 {
		return
	}
	f, ok := o.PDU.Field(dissect.ParamSourceAddr)
	if !ok {
		return
	}
	fault := a.sourceFault(o.PDU, f)
	if fault.severity == SeverityNone {
		return
	}
	if fault.severity > Note {
		c.pdus.suspect = true
	}
	e := of(o, RuleSourceAddress)
	if fault.mark(&e, f); !a.folded(&e) {
		fault.words(&e, o.PDU, f)
		a.fail(e)
	}
}

func (x *addressFault) mark(e *evidence, f dissect.Field) {
	e.severity, e.cause, e.status = x.severity, x.kind, uint32(x.ton)
	e.field, e.offset, e.length = f.Param.Name, int(f.Off), int(f.End-f.Off)
}

func (x *addressFault) words(e *evidence, p *dissect.PDU, f dissect.Field) {
	e.seen, e.wanted = string(p.Value(f)), x.wanted
	if x.kind == "form" {
		e.wanted = tonForm[x.ton&7] + x.wanted
	}
	says := strings.ReplaceAll(x.says, "{}", x.arg)
	e.message = fmt.Sprintf("%s %q of %s %s.", f.Param.Name, p.Value(f), p.Command.Name, says)
}

// sourceFault judges a sender. An empty one is the account's default.
func (a *Auditor) sourceFault(p *dissect.PDU, f dissect.Field) addressFault {
	s := &a.profile.Source
	addr := p.Value(f)
	ton, _ := p.U8(dissect.ParamSourceAddrTON)
	npi, _ := p.U8(dissect.ParamSourceAddrNPI)
	if len(addr) == 0 || s.TONNPI == "ignored" {
		return addressFault{}
	}
	listed, fits, form := false, false, ""
	for i := range s.Shapes {
		sh := &s.Shapes[i]
		if sh.TON != ton || sh.NPI != nil && *sh.NPI != npi {
			continue
		}
		listed = true
		if form == "" {
			form = sh.Pattern.String()
		}
		fits = fits || sh.Pattern.Match(addr)
	}
	fits = fits || len(s.Shapes) == 0
	listed = (listed || len(s.Shapes) == 0) && profile.Has(s.Pairs, ton, npi)
	switch {
	case !fits && ton != alphanumericTON && hasLetter(addr):
		return addressFault{"letters", ton, Warning, "has letters and source_addr_ton {}", strconv.Itoa(int(ton)), "source_addr_ton 5 for a name"}
	case !listed && len(s.Pairs) > 0:
		says := "has source_addr_ton and npi {}, which the provider does not list"
		if s.TONNPI == "rewritten" {
			says = "has source_addr_ton and npi {}, which the provider replaces by its own"
		}
		return addressFault{"unlisted pair", ton, Note, says, pairText(ton, npi), "a source_addr_ton and npi that the provider lists"}
	case !listed:
		return addressFault{"unlisted", ton, Note, "has source_addr_ton {}, which the provider does not list", strconv.Itoa(int(ton)), "a source_addr_ton that the provider lists"}
	case !fits:
		return addressFault{"form", ton, Warning, "does not have the form for source_addr_ton {}", strconv.Itoa(int(ton)), form}
	case ton == alphanumericTON && len(addr) > s.AlphaMax:
		return addressFault{"length", ton, Warning, "has more than {} characters, the most that a name holds", strconv.Itoa(s.AlphaMax), "a shorter name"}
	case ton == alphanumericTON && len(s.ByDestination) > 0:
		return a.sourceForDestination(p, addr)
	}
	return addressFault{}
}

func pairText(ton, npi uint8) string { return fmt.Sprintf("%d/%d", ton, npi) }

// tonForm says what the usual types of number look like.
var tonForm = [8]string{0: "a number: ", 1: "an international number: ", 3: "a short code: ", alphanumericTON: "a name: "}

// sourceForDestination judges a name by the country it is sent to.
func (a *Auditor) sourceForDestination(p *dissect.PDU, addr []byte) addressFault {
	to := p.Bytes(dissect.ParamDestinationAddr)
	for i := range a.profile.Source.ByDestination {
		d := &a.profile.Source.ByDestination[i]
		if !hasPrefix(to, d.Prefix) || d.Level == profile.LevelOff || d.Pattern.Match(addr) {
			continue
		}
		severity, _ := ParseSeverity(string(d.Level))
		return addressFault{d.Prefix, alphanumericTON, severity,
			"does not have the form that destinations with {} need", d.Prefix, d.Pattern.String()}
	}
	return addressFault{}
}

func hasLetter(b []byte) bool {
	for _, x := range b {
		if x|0x20 >= 'a' && x|0x20 <= 'z' || x >= 0x80 {
			return true
		}
	}
	return false
}

// destinations: destination-address.
func (a *Auditor) destinations(o *session.Observed) {
	a.check(RuleDestinationAddress)
	if a.digest.good&goodDestinations != 0 {
		return
	}
	p := o.PDU
	if f, ok := p.Field(dissect.ParamDestinationAddr); ok {
		a.destination(o, f)
	}
	for _, f := range p.Entries {
		if f.Param.ID == dissect.ParamDestinationAddr && f.End > f.Off {
			a.destination(o, f)
		}
	}
}

func (a *Auditor) destination(o *session.Observed, f dissect.Field) {
	addr := o.PDU.Value(f)
	if len(addr) == 0 {
		return // address-empty
	}
	fault := a.destinationFault(o.PDU, f, addr)
	if fault.severity == SeverityNone {
		return
	}
	e := of(o, RuleDestinationAddress)
	if fault.mark(&e, f); !a.folded(&e) {
		fault.words(&e, o.PDU, f)
		a.fail(e)
	}
}

// destinationFault judges a destination.
func (a *Auditor) destinationFault(p *dissect.PDU, f dissect.Field, addr []byte) addressFault {
	d := &a.profile.Destination
	fault := numberFault(d, addr, a.limit.DigitsMax)
	if fault.severity == SeverityNone && len(d.Pairs) > 0 && d.TONNPI != "ignored" {
		fault = a.destinationPair(p, f)
	}
	return fault
}

// destinationPair judges the TON and NPI of a message's only destination.
func (a *Auditor) destinationPair(p *dissect.PDU, f dissect.Field) addressFault {
	main, _ := p.Field(dissect.ParamDestinationAddr)
	ton, ok := p.U8(dissect.ParamDestAddrTON)
	npi, ok2 := p.U8(dissect.ParamDestAddrNPI)
	if main.Off != f.Off || !ok || !ok2 || profile.Has(a.profile.Destination.Pairs, ton, npi) {
		return addressFault{}
	}
	return addressFault{"pair", ton, Note, "has dest_addr_ton and npi {}, which the provider does not list", pairText(ton, npi), "a dest_addr_ton and npi that the provider lists"}
}

func numberFault(d *profile.DestinationAddr, addr []byte, most int) addressFault {
	for _, prefix := range d.ForbiddenPrefix {
		if hasPrefix(addr, prefix) {
			return addressFault{prefix, 0, Error, "begins with {}, which the provider does not allow", prefix, "a number that begins with the country code"}
		}
	}
	for _, prefix := range d.SuspiciousPrefix {
		if hasPrefix(addr, prefix) {
			return addressFault{prefix, 0, Warning, "begins with {}", prefix, "a number that begins with the country code"}
		}
	}
	if d.Pattern == nil || d.Pattern.Match(addr) {
		return addressFault{}
	}
	fault := addressFault{"form", 0, Warning, "is not a number as the provider wants it", "", d.Pattern.String()}
	// Where every destination is read as an international number, one that
	// cannot be a number is misread for certain.
	if d.TONNPI == "ignored" && (len(addr) > most || !digits(addr)) {
		fault.severity, fault.kind = Error, "no number"
		fault.says = "can be no international number"
	}
	return fault
}

func digits(b []byte) bool {
	for _, x := range b {
		if x < '0' || x > '9' {
			return false
		}
	}
	return true
}
