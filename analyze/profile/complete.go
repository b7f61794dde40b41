package profile

import (
	"slices"
	"time"

	"smpptap/dissect"
)

// complete fills in defaults and what follows from the values.
func (p *Profile) complete() {
	if p.Title == "" || p.id != Base && p.origins["profile.title"].Profile == Base {
		p.Title = p.id
	}
	p.completeBind()
	p.completeTimes()
	p.Receipt.complete(p.has)
	fill(&p.PDU.MaxOctets, 69632)
	fill(&p.Encoding.Default, dissect.AlphabetGSM)
	fill(&p.Encoding.Other, LevelNote)
	fill(&p.Source.AlphaMax, 11)
	fill(&p.Account.By, "server")
	fill(&p.Bind.MaxScope, "account")
	fill(&p.Flow.RateScope, "account")
	fill(&p.Status.VendorRange, [2]uint32{0x400, 0x4FF})
	if !p.has("response.message_id.required_on_success") {
		p.Response.MessageIDRequired = true
	}
	p.moot = p.findMoot()
	p.TLVs = slices.DeleteFunc(p.TLVs, func(t TLVRule) bool { return !p.active(&t) })
	p.dialect = p.makeDialect()
}

func (p *Profile) completeBind() {
	b := &p.Bind
	if !p.has("bind.trx_min_version") {
		b.TRXMinVersion = uint8(dissect.V34)
	}
	fill(&b.Password.MaxLen, 8)
	fill(&b.SystemType.Compare, CompareOptional)
	if !p.has("bind.system_id.required") {
		b.SystemID.Required = true
	}
	if !p.has("bind.password.required") {
		b.Password.Required = true
	}
}

func (p *Profile) completeTimes() {
	t, k, i := &p.Timers, &p.KeepAlive, &p.Inactivity
	fill(&t.SessionInit, 60*time.Second)
	fill(&t.Response, 30*time.Second)
	fill(&t.ResponseSMSC, t.Response)
	fill(&t.ResponseESME, t.Response)
	fill(&t.Slow, 5*time.Second)
	fill(&k.Initiator, dissect.ESME)
	if !p.has("keepalive.when") {
		k.Idle = true
	}
	if !p.has("keepalive.tolerance") {
		k.Tolerance = Tolerance{Percent: 10, Extra: time.Second}
	}
	fill(&k.MaxGap, k.Interval)
	fill(&i.WarnAt, i.Timeout*8/10)
	fill(&i.Counts, "any_pdu")
	fill(&p.Long.Wait, 600*time.Second)
}

func fill[T comparable](at *T, value T) {
	var zero T
	if *at == zero {
		*at = value
	}
}

// active tells whether the account switches that a TLV depends on hold.
func (p *Profile) active(t *TLVRule) bool {
	for key, want := range t.When.Instance {
		if p.Instance[key] != want {
			return false
		}
	}
	return true
}

// byUser tells that a TLV applies because the user set an account switch:
// whoever sets it vouches for it.
func (t *TLVRule) byUser() bool { return len(t.When.Instance) > 0 }

// ID is the profile's id: kaleyra.
func (p *Profile) ID() string { return p.id }

// ResponseTime is how long a side may take to answer a request.
func (p *Profile) ResponseTime(of dissect.Side) time.Duration {
	switch of {
	case dissect.SMSC:
		return p.Timers.ResponseSMSC
	case dissect.ESME:
		return p.Timers.ResponseESME
	}
	return p.Timers.Response
}

// MaxPDU is the largest command_length to be believed.
func (p *Profile) MaxPDU() int { return p.PDU.MaxOctets }

// Fallback gives the version in force after a bind whose answer has no
// sc_interface_version: bind, unless the provider takes every
// interface_version but the recommended one for another version.
func (p *Profile) Fallback(interfaceVersion uint8, bind dissect.Version) dissect.Version {
	v := &p.Bind.InterfaceVersion
	if v.Fallback == 0 || interfaceVersion == v.Recommended {
		return bind
	}
	switch {
	case v.Fallback <= uint8(dissect.V33):
		return dissect.V33
	case v.Fallback < uint8(dissect.V50):
		return dissect.V34
	}
	return dissect.V50
}

// Dialect gives what dissect has to know. It is made once and not changed.
func (p *Profile) Dialect() *dissect.Dialect { return p.dialect }

func (p *Profile) makeDialect() *dissect.Dialect {
	d := &dissect.Dialect{}
	if p.has("encoding.default_alphabet") {
		d.Default = p.Encoding.Default
	}
	for dc, c := range p.Encoding.Coding {
		if c.Alphabet == "" {
			continue
		}
		if d.Codings == nil {
			d.Codings = make(map[uint8]dissect.Alphabet)
		}
		d.Codings[dc] = c.Alphabet
	}
	for i := range p.TLVs {
		if p.TLVs[i].Required == "alike" {
			continue // it is not known that the tag means this here
		}
		if d.TLVs == nil {
			d.TLVs = make(map[uint16]*dissect.TLVDef)
		}
		d.TLVs[p.TLVs[i].Tag] = p.tlvDef(&p.TLVs[i])
	}
	for value, c := range p.Status.Codes {
		if d.Statuses == nil {
			d.Statuses = make(map[uint32]*dissect.StatusDef)
		}
		d.Statuses[value] = &dissect.StatusDef{Value: value, Name: c.Name, Meaning: c.Text, Retry: retry[c.Class], Remedy: c.remedy()}
	}
	if p.has("bind.password.max_len") {
		d.PasswordMax = p.Bind.Password.MaxLen + 1
	}
	if p.has("response.message_id.len") {
		d.MessageIDMax = p.Response.MessageIDMax + 1
	}
	if p.has("status.vendor_range") {
		d.VendorStatus = p.Status.VendorRange
	}
	return d
}

// remedy says what to do about a status by what the profile calls it.
func (c *StatusCode) remedy() string {
	switch c.Class {
	case "money":
		return "Have the account's credit topped up."
	case "throttle":
		return "Send more slowly, and send the message again later."
	case "temporary":
		return "Send the message again later."
	case "bind":
		return "Correct what the bind says, or ask the provider about the account."
	}
	switch c.Fault {
	case "esme":
		return "Correct the request; as it is it will be refused again."
	case "smsc":
		return "Report it to the provider: the cause is at its end."
	case "network":
		return "Nothing is wrong at either end: the cause is in the network behind the SMSC."
	case "account":
		return "Ask the provider about the account: the request is not at fault."
	}
	return ""
}

var retry = map[string]string{"permanent": "no", "money": "no", "bind": "no", "temporary": "yes", "throttle": "yes"}

var kinds = map[string]dissect.Kind{
	"u8": dissect.Uint8, "u16": dissect.Uint16, "u32": dissect.Uint32,
	"cstring": dissect.COctet, "octets": dissect.Octets, "text": dissect.Octets,
}

func (p *Profile) tlvDef(t *TLVRule) *dissect.TLVDef {
	low, high := t.Len[0], t.Len[1]
	switch t.Type {
	case "u8":
		low, high = 1, 1
	case "u16":
		low, high = 2, 2
	case "u32":
		low, high = 4, 4
	}
	return &dissect.TLVDef{
		Tag: t.Tag, Name: t.Name, Kind: kinds[t.Type], Versions: dissect.InAll,
		MinLen: dissect.ByVersion{low, low, low}, MaxLen: dissect.ByVersion{high, high, high},
		Meaning: t.Meaning, Vendor: p.Title,
	}
}
