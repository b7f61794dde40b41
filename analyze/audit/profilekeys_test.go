package audit

import (
	"net/netip"
	"strings"
	"testing"

	"smpptap/internal/smpptest"
	"smpptap/stream"

	"smpptap/analyze/session"
)

// A TLV that the platform adds by itself must not be there (K54).
func TestAbsentTLV(t *testing.T) {
	india := fields{"destination_addr": "919876543210", "source_addr": "KALEYR"}
	entity := smpptest.TLV{Tag: 0x1400, Value: []byte("1234567890123456789")}
	r := own(t, "instance: {dlt: platform}\n")
	submits(india, entity)(r)
	r.wants(RuleRequiredTlv, Warning, 1)
	r.silent(RuleTlvUnknown)
	for _, f := range []fields{india, nil} {
		r = own(t, "instance: {dlt: platform}\n")
		submits(f)(r)
		r.silent(RuleRequiredTlv)
	}
	r = own(t, "instance: {dlt: platform}\n")
	submits(nil, entity)(r) // not to India
	r.silent(RuleRequiredTlv)
	r = newRig(t, "kaleyra-india-dlt")
	submits(india, entity)(r)
	r.wants(RuleRequiredTlv, Error, 1)
}

func TestPairs(t *testing.T) {
	sinch := func(f fields) *rig {
		r := newRig(t, "sinch")
		submits(with(fields{"source_addr_npi": 0, "dest_addr_ton": 1, "dest_addr_npi": 1}, f))(r)
		return r
	}
	sinch(nil).silent(RuleSourceAddress, RuleDestinationAddress)
	sinch(fields{"source_addr_ton": 5, "source_addr_npi": 1}).wants(RuleSourceAddress, Note, 1)
	sinch(fields{"dest_addr_npi": 9}).wants(RuleDestinationAddress, Note, 1)
	sinch(fields{"source_addr": "TWELVELETTER"}).wants(RuleSourceAddress, Warning, 1)
	// Kaleyra ignores a destination's TON and NPI.
	r := own(t, "destination: {pairs: [{ton: 1, npi: 1}]}\n")
	submits(fields{"dest_addr_npi": 9})(r)
	r.silent(RuleDestinationAddress)
}

func TestAcceptedVersions(t *testing.T) {
	for v, want := range map[int]Severity{0x34: 0, 0x50: 0, 0x33: Warning} {
		r := newRig(t, "telesign")
		bindsWith(fields{"interface_version": v}, 0)(r)
		if want == 0 {
			r.silent(RuleInterfaceVersion)
			continue
		}
		r.wants(RuleInterfaceVersion, want, 1)
	}
	// The list may be empty.
	r := own(t, "bind: {interface_version: {recommended: unset, accepted: []}}\n")
	bindsWith(fields{"interface_version": 0x10}, 0)(r)
	r.silent(RuleInterfaceVersion)
}

// openAt begins a further connection, to another address of the SMSC.
func (r *rig) openAt(server string) {
	r.conns++
	r.conn = r.tracker.Open(&stream.Conn{
		ID: r.conns, SYN: true, Opened: stream.Stamp{Time: r.now},
		A: netip.AddrPortFrom(netip.MustParseAddr("10.0.0.1"), uint16(40000+r.conns)), B: netip.MustParseAddrPort(server),
	})
	r.tracker.Decide(r.conn, stream.FromA, session.BasisSYN)
}

// Binds to two addresses of the SMSC count together only where the profile
// joins them, and never where the limit is a server's.
func TestBindScopes(t *testing.T) {
	for text, want := range map[string]int{
		"bind: {max: 1}\n":                                                  0,
		"bind: {max: 1}\naccount: {by: system_id}\n":                        1,
		"bind: {max: 1, max_scope: server}\naccount: {by: system_id}\n":     0,
		"bind: {max: 1, max_scope: account}\naccount: {by: system_id}\n":    1,
		"bind: {max: 2}\naccount: {by: system_id}\n":                        0,
		"bind: {max: unset, max_scope: server}\naccount: {by: system_id}\n": 0,
	} {
		r := own(t, text)
		r.bound()
		r.openAt("10.0.0.3:2775")
		r.bound()
		if got := r.found(RuleMaxBinds); len(got) != want {
			t.Errorf("%q: %s", text, describe(got))
		}
	}
}

func TestRateScopes(t *testing.T) {
	for text, want := range map[string]int{
		"flow: {rate: {max: 3}}\n":                 1,
		"flow: {rate: {max: 3, scope: account}}\n": 1,
		"flow: {rate: {max: 3, scope: server}}\n":  1,
		"flow: {rate: {max: 3, scope: bind}}\n":    0,
		"flow: {rate: {max: 1, scope: bind}}\n":    2,
	} {
		r := own(t, text)
		r.bound()
		first := r.conn
		r.open()
		r.bound()
		second := r.conn
		for i := range uint32(6) {
			r.conn = []*session.Conn{first, second}[i%2]
			r.esme(build("submit_sm", 2+i, submitFields(nil)))
		}
		if got := r.found(RuleRateExceeded); len(got) != want {
			t.Errorf("%q: %s", text, describe(got))
		}
	}
}

// A receipt on another address of the SMSC belongs to the message where the
// profile joins the addresses.
func TestJoinedAccount(t *testing.T) {
	for by, same := range map[string]bool{"server": false, "system_id": true} {
		r := own(t, "account: {by: "+by+"}\n")
		r.bound()
		a := r.audit.AccountName(r.conn, r.conn.Session)
		r.openAt("10.0.0.3:2775")
		r.bound()
		b := r.audit.AccountName(r.conn, r.conn.Session)
		if (a == b) != same || a == "" {
			t.Errorf("%s: accounts %q and %q", by, a, b)
		}
	}
}

// A sender has the TON that Voxox wants for its shape.
func TestVoxoxShapes(t *testing.T) {
	for addr, pair := range map[string][2]int{"ACME": {5, 0}, "12345": {3, 0}, "+447700900123": {1, 1}, "447700900123": {0, 1}} {
		for _, right := range []bool{true, false} {
			ton, npi := pair[0], pair[1]
			if !right {
				ton, npi = map[int]int{5: 1, 3: 5, 1: 0, 0: 1}[ton], 1-npi
			}
			r := newRig(t, "voxox")
			submits(fields{"source_addr": addr, "source_addr_ton": ton, "source_addr_npi": npi})(r)
			if got := r.found(RuleSourceAddress); (len(got) == 0) != right {
				t.Errorf("%s with %d/%d: %s", addr, ton, npi, describe(got))
			}
		}
	}
}

// YCloud gives standard numbers a meaning of its own.
func TestStatusOfProvider(t *testing.T) {
	r := newRig(t, "ycloud")
	bindsWith(nil, 0x03)(r)
	f := r.wants(RuleBindRefused, Error, 1)
	if !strings.Contains(f.Message+f.Remedy, "bind says") {
		t.Errorf("%s %s", f.Message, f.Remedy)
	}
}
