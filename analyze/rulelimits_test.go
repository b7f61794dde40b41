package analyze_test

import (
	"cmp"
	"reflect"
	"slices"
	"testing"
	"time"

	"smpptap/analyze/audit"
	"smpptap/analyze/profile"
	"smpptap/dissect"
)

// mutation is one changed limit, and the rule whose scripts have to notice.
type mutation struct {
	name, rule string
	words      bool // it shows in what a finding says
	do         func(*audit.Limits, *profile.Profile)
	undo       func()
}

const (
	ms = int64(time.Millisecond)
	sc = int64(time.Second)
)

// shown is where a changed limit shows: in a rule's scripts, by how much it
// is lowered and raised there, and whether in the words alone.
type shown struct {
	rule     string
	down, up int64
	words    bool
}

// limitShows says of each field of audit.Limits in which rules' scripts it
// shows. Scripts stand within a tenth of a second of a time where that can be.
var limitShows = map[string][]shown{
	"Grace":            {{"concat-part-missing", sc, 1500 * ms, false}},
	"ClockJump":        {{"response-missing", 50 * ms, 150 * ms, false}},
	"OldIDMax":         {{"message-id-v33", 1, 1, false}},
	"Reaction":         {{"body-on-error", 50 * ms, 150 * ms, false}, {"body-expected", 50 * ms, 150 * ms, false}, {"split-not-taken", 50 * ms, 150 * ms, false}},
	"Past":             {{"time-order", sc, sc, false}},
	"DigitsMin":        {{"response-refused", 1, 1, false}},
	"DigitsMax":        {{"destination-address", 1, 1, false}, {"response-refused", 1, 1, false}},
	"RefusedAtLeast":   {{"response-refused", 1, 1, false}},
	"RefusedShare":     {{"response-refused", 1, 1, false}},
	"ContrastRefused":  {{"response-refused", 1, 1, true}},
	"ContrastAccepted": {{"response-refused", 1, 1, true}},
	"HalfOpen":         {{"bind-already-bound", 150 * ms, 50 * ms, true}},
	"StormBinds":       {{"bind-storm", 1, 1, false}},
	"StormTime":        {{"bind-storm", 50 * ms, 150 * ms, false}},
	"BriefSession":     {{"bind-storm", 50 * ms, 150 * ms, false}},
	"Watched":          {{"enquire-link-missing", 300 * ms, 300 * ms, false}},
	"OpenProbes":       {{"enquire-link-unanswered", 1, 1, false}},
	"Enforced":         {{"idle-disconnect", 50 * ms, 150 * ms, false}, {"idle-limit-not-enforced", 50 * ms, 150 * ms, true}},
	"PatternCloses":    {{"idle-close-pattern", 1, 1, false}},
	"PatternIdle":      {{"idle-close-pattern", 150 * ms, 50 * ms, false}},
	"PatternSpread":    {{"idle-close-pattern", 50 * ms, 150 * ms, false}},
	"AloneSubmits":     {{"window-of-one", 1, 1, false}},
	"AloneBy":          {{"window-of-one", ms, ms, false}},
	"PauseWithin":      {{"throttle-ignored", 150 * ms, 150 * ms, false}},
	"Pause":            {{"throttle-ignored", 150 * ms, 150 * ms, false}},
	"PaceSpan":         {{"throttle-ignored", 3 * sc, 3 * sc, false}, {"throttled", 50 * ms, 150 * ms, true}},
	"PaceSame":         {{"throttle-ignored", 5, 5, false}},
	"Patience":         {{"duplicate-submit", 150 * ms, 50 * ms, false}},
	"SameWithin":       {{"duplicate-submit", 50 * ms, 150 * ms, false}},
	"Restart":          {{"concat-reference-reused", 50 * ms, 150 * ms, false}},
	"SwappedUnits":     {{"text-byte-order", 1, 1, false}},
	"PairsAtLeast":     {{"receipt-id-format", 1, 1, false}},
	"PairsShare":       {{"receipt-id-format", 1, 1, false}},
	"LayoutsAtLeast":   {{"receipt-layout", 1, 1, false}},
	"DatesAtLeast":     {{"receipt-unmatched", 1, 1, false}},
	"Inside":           {{"receipt-unmatched", 10 * sc, 60 * sc, false}},
	"LateReceipt":      {{"receipt-duplicate", 50 * ms, 150 * ms, true}},
	"DeliverOpen":      {{"deliver-repeated", 150 * ms, 50 * ms, false}},
	"AskedAtLeast":     {{"receipt-not-asked", 1, 1, false}},
	"JustBehind":       {{"receipt-just-behind", ms / 10, ms / 10, false}},
	"BehindAtLeast":    {{"receipt-just-behind", 1, 1, false}},
	"TurnedAtLeast":    {{"address-turned-away", 1, 1, false}},
	"TurnedWithin":     {{"address-turned-away", 50 * ms, 150 * ms, false}},
	"StallsAtLeast":    {{"receiver-stalled", 1, 1, false}},
	"StallTime":        {{"receiver-stalled", ms, ms, false}},
	"MonitorVisits":    {{"connection-silent", 1, 1, true}},
	"EarlyWait":        {{"response-unmatched", 50 * ms, 150 * ms, false}},
	"HalfClose":        {{"closed-while-outstanding", 50 * ms, 150 * ms, false}, {"concat-part-missing", 50 * ms, 150 * ms, false}},
	"SmallPDU":         {{"framing-length-large", 1, 1, false}},
	"SequenceMax":      {{"sequence-range", 1, 1, false}},
	"DecimalSlip":      {{"interface-version", 1, 1, true}},
	"RefusedSure":      {{"response-refused", 1, 1, true}},
	"LongText":         {{"response-refused", 1, 1, false}},
	"ResentEnough":     {{"enquire-link-unanswered", 1, 1, true}},
	"ResentApart":      {{"enquire-link-unanswered", 10 * ms, 10 * ms, true}},
	"ResentSoon":       {{"throttled", 50 * ms, 150 * ms, true}},
	"RepeatFrom":       {{"duplicate-submit", 1, 1, false}},
	"LettersSwapped":   {{"text-byte-order", 1, 1, false}},
	"LettersAsSent":    {{"text-byte-order", 1, 1, false}},
	"SignsTimes":       {{"text-byte-order", 1, 1, false}},
	"SignsAsSent":      {{"text-byte-order", 1, 1, false}},
	"PartFilled":       {{"parts-needless", 1, 1, false}},
	"UnconvertedAt":    {{"text-not-converted", 1, 1, false}},
	"PackedSeptets":    {{"text-not-gsm", 2, 1, true}},
	"PackedShare":      {{"text-not-gsm", 1, 1, true}},
	"PairsSure":        {{"receipt-id-format", 1, 1, true}},
	"DatesSure":        {{"receipt-unmatched", 1, 1, false}},
	"ZoneSkew":         {{"receipt-unmatched", sc, sc, false}},
}

// limitMutations lower and raise every field of audit.Limits.
func limitMutations(t *testing.T) (list []mutation) {
	fields := reflect.TypeFor[audit.Limits]()
	for i := range fields.NumField() {
		name := fields.Field(i).Name
		if len(limitShows[name]) == 0 {
			t.Errorf("nothing shows the limit %s", name)
		}
		for _, shows := range limitShows[name] {
			for _, by := range [...]int64{-shows.down, shows.up} {
				list = append(list, mutation{
					name: name + sign(by), rule: shows.rule, words: shows.words,
					do: func(l *audit.Limits, _ *profile.Profile) { add(reflect.ValueOf(l).Elem().Field(i), by) },
				})
			}
		}
	}
	return list
}

// add changes a number.
func add(f reflect.Value, by int64) {
	if f.CanUint() {
		f.SetUint(uint64(int64(f.Uint()) + by))
		return
	}
	f.SetInt(f.Int() + by)
}

func sign(n int64) string {
	if n < 0 {
		return " lowered"
	}
	return " raised"
}

// profileMutations change the profile's parameters that rules hold things
// against.
func profileMutations() (list []mutation) {
	duration := func(name, rule string, down, up int64, of func(*profile.Profile) *time.Duration) {
		for _, by := range [...]int64{-down, up} {
			list = append(list, mutation{name: name + sign(by), rule: rule, do: func(_ *audit.Limits, p *profile.Profile) {
				*of(p) += time.Duration(by)
			}})
		}
	}
	count := func(name, rule string, of func(*profile.Profile) *int) {
		for _, by := range [...]int{-1, 1} {
			list = append(list, mutation{name: name + sign(int64(by)), rule: rule, do: func(_ *audit.Limits, p *profile.Profile) {
				*of(p) += by
			}})
		}
	}
	smsc := func(p *profile.Profile) *time.Duration { return &p.Timers.ResponseSMSC }
	esme := func(p *profile.Profile) *time.Duration { return &p.Timers.ResponseESME }
	for _, rule := range [...]string{"response-missing", "enquire-link-unanswered", "bind-unanswered", "unbind-unanswered", "duplicate-submit"} {
		duration("timers.response.smsc", rule, 50*ms, 150*ms, smsc)
	}
	duration("timers.response.esme", "deliver-unanswered", 50*ms, 150*ms, esme)
	duration("timers.slow", "response-slow", 50*ms, 150*ms, func(p *profile.Profile) *time.Duration { return &p.Timers.Slow })
	duration("timers.session_init", "bind-timeout", 50*ms, 150*ms, func(p *profile.Profile) *time.Duration { return &p.Timers.SessionInit })
	for _, rule := range [...]string{"enquire-link-missing", "enquire-link-late"} {
		duration("keepalive.max_gap", rule, 150*ms, 150*ms, func(p *profile.Profile) *time.Duration { return &p.KeepAlive.MaxGap })
		duration("keepalive.tolerance.seconds", rule, 150*ms, 150*ms, func(p *profile.Profile) *time.Duration { return &p.KeepAlive.Tolerance.Extra })
		count("keepalive.tolerance.percent", rule, func(p *profile.Profile) *int { return &p.KeepAlive.Tolerance.Percent })
	}
	for _, rule := range [...]string{"idle-disconnect", "idle-limit-not-enforced"} {
		duration("inactivity.timeout", rule, 150*ms, 150*ms, func(p *profile.Profile) *time.Duration { return &p.Inactivity.Timeout })
	}
	duration("inactivity.warn_at", "idle-near-limit", 150*ms, 50*ms, func(p *profile.Profile) *time.Duration { return &p.Inactivity.WarnAt })
	duration("long.wait", "concat-part-missing", 1500*ms, 1500*ms, func(p *profile.Profile) *time.Duration { return &p.Long.Wait })
	count("long.limit_octets", "parts-needless", func(p *profile.Profile) *int { return &p.Long.LimitOctets })
	count("long.limit_octets", "message-too-long", func(p *profile.Profile) *int { return &p.Long.LimitOctets })
	count("flow.window.max", "window-exceeded", func(p *profile.Profile) *int { return &p.Flow.WindowMax })
	count("bind.max", "max-binds", func(p *profile.Profile) *int { return &p.Bind.Max })
	count("pdu.max_octets", "framing-length-large", func(p *profile.Profile) *int { return &p.PDU.MaxOctets })
	count("source.alpha_max", "source-address", func(p *profile.Profile) *int { return &p.Source.AlphaMax })
	count("bind.password.max_len", "string-too-long", func(p *profile.Profile) *int { return &p.Dialect().PasswordMax })
	count("response.message_id.len", "string-too-long", func(p *profile.Profile) *int { return &p.Dialect().MessageIDMax })
	for _, by := range [...]int{-1, 1} {
		list = append(list, mutation{name: "bind.trx_min_version" + sign(int64(by)), rule: "transceiver-before-v34", do: func(_ *audit.Limits, p *profile.Profile) {
			p.Bind.TRXMinVersion = uint8(int(cmp.Or(p.Bind.TRXMinVersion, 0x34)) + by)
		}}, mutation{name: "bind.interface_version.recommended" + sign(int64(by)), rule: "interface-version", words: true, do: func(_ *audit.Limits, p *profile.Profile) {
			p.Bind.InterfaceVersion.Recommended = uint8(int(p.Bind.InterfaceVersion.Recommended) + by)
		}}, mutation{name: "tlvs.len" + sign(int64(by)), rule: "required-tlv", words: true, do: func(_ *audit.Limits, p *profile.Profile) {
			for i := range p.TLVs {
				p.TLVs[i].Len[0] += by
				p.TLVs[i].Len[1] += by
			}
		}})
	}
	duration("long.wait", "concat-reference-reused", 150*ms, 150*ms, func(p *profile.Profile) *time.Duration { return &p.Long.Wait })
	for _, by := range [...]float64{-1, 1} {
		list = append(list, mutation{name: "flow.rate.max" + sign(int64(by)), rule: "rate-exceeded", do: func(_ *audit.Limits, p *profile.Profile) {
			p.Flow.RateMax += by
		}})
	}
	for i := range 2 {
		for _, by := range [...]int{-1, 1} {
			list = append(list, mutation{name: "status.vendor_range" + sign(int64(by)), rule: "status-reserved", do: func(_ *audit.Limits, p *profile.Profile) {
				p.Status.VendorRange[i] += uint32(by)
			}})
		}
	}
	return list
}

// tableMutations change rows of the specification's table, and put them back.
// Of an octet the table holds the set of legal values, which dissect's own
// exhaustive test compares with a list.
func tableMutations() (list []mutation) {
	row := func(name, rule string, of func() *int) {
		for _, by := range [...]int{-1, 1} {
			was := *of()
			list = append(list, mutation{
				name: name + sign(int64(by)), rule: rule,
				do:   func(*audit.Limits, *profile.Profile) { *of() = was + by },
				undo: func() { *of() = was },
			})
		}
	}
	param := func(command string, id dissect.ParamID) *dissect.Param {
		return dissect.CommandByName(command).Param(id)
	}
	row("system_id", "string-too-long", func() *int { return &param("bind_transceiver", dissect.ParamSystemID).Max[1] })
	row("message_id", "string-too-long", func() *int { return &param("submit_sm_resp", dissect.ParamMessageID).Max[1] })
	row("user_message_reference, least", "tlv-length", func() *int { return &dissect.TLVByName("user_message_reference").MinLen[1] })
	row("user_message_reference, most", "tlv-length", func() *int { return &dissect.TLVByName("user_message_reference").MaxLen[1] })
	data := dissect.CommandByName("data_sm")
	was := data.Versions
	list = append(list, mutation{
		name: "data_sm in 3.3", rule: "command-id-version",
		do:   func(*audit.Limits, *profile.Profile) { data.Versions = was | dissect.In33 },
		undo: func() { data.Versions = was },
	})
	return list
}

// noticed tells that a scene of the rule does not hold any more.
func (m *mutation) noticed(t *testing.T, f *ruleFile) bool {
	if m.undo != nil {
		defer m.undo()
	}
	for i := range f.scenes {
		s := &f.scenes[i]
		v := f.play(t, s, m)
		if s.fault(f.rule, v) != "" || m.words && s.want != nil && v.lines(f.rule) != string(s.want.Data) {
			return true
		}
	}
	return false
}

func mutations(t *testing.T) []mutation {
	return slices.Concat(limitMutations(t), profileMutations(), tableMutations())
}

// No limit can change unnoticed: for each of them there is a script on either
// side of it.
func TestRuleLimits(t *testing.T) {
	for _, m := range mutations(t) {
		r, ok := audit.RuleByName(m.rule)
		if !ok {
			t.Fatalf("no rule %s", m.rule)
		}
		if !m.noticed(t, readRule(t, r)) {
			t.Errorf("%s: no script of %s notices", m.name, m.rule)
		}
	}
}
