package analyze

import (
	"time"

	"smpptap/analyze/audit"
	"smpptap/analyze/profile"
	"smpptap/analyze/session"
	"smpptap/dissect"
)

// lane is what stage C keeps of the links under one profile. A run over files
// has one; a proxy's links may have others. Lanes share the numbers of what
// they record, so that these are unique in the run.
type lane struct {
	profile *profile.Profile
	dialect *dissect.Dialect
	limits  audit.Limits
	tracker *session.Tracker
	auditor auditor
	// messages is nil where nobody wants their records.
	messages    *messages
	accountName func(*session.Conn, *session.Session) string
}

// numbers are the last ones given in the run.
type numbers struct{ session, message int64 }

// lanesOf makes the lanes of a run: the first is for Options.Profile, the
// others are for the profiles of Options.Links, found by a link's name.
func lanesOf(opt *Options, n *numbers) (lanes []*lane, links map[string]*lane) {
	profiles := []*profile.Profile{opt.Profile}
	links = make(map[string]*lane)
	place := map[*profile.Profile]int{opt.Profile: 0}
	for _, l := range opt.Links {
		if _, ok := place[l.Profile]; !ok {
			place[l.Profile] = len(profiles)
			profiles = append(profiles, l.Profile)
		}
	}
	for i, p := range profiles {
		lanes = append(lanes, newLane(opt, p, n, i, len(profiles)))
	}
	for _, l := range opt.Links {
		links[l.Name] = lanes[place[l.Profile]]
	}
	return lanes, links
}

func newLane(opt *Options, p *profile.Profile, n *numbers, i, of int) *lane {
	limits := audit.DefaultLimits()
	if opt.Limits != nil {
		limits = *opt.Limits
	}
	l := &lane{
		profile: p,
		dialect: p.Dialect(),
		limits:  limits,
		tracker: session.New(session.Options{
			ResponseSMSC: p.ResponseTime(dissect.SMSC),
			ResponseESME: p.ResponseTime(dissect.ESME),
			EarlyWait:    time.Duration(limits.EarlyWait),
			HalfClose:    time.Duration(limits.HalfClose),
			Fallback:     p.Fallback,
			Ports:        opt.Ports,
			LastID:       &n.session,
			MaxTotal:     opt.Caps.Requests,
		}),
	}
	if opt.NoAudit {
		l.auditor = unaudited{}
		return l
	}
	a := audit.New(p, audit.Options{
		Writings: opt.Writings, Live: opt.live(),
		Baseline: opt.Baseline, Today: today(opt),
		Ports: opt.Ports, Limits: &limits, MaxFindings: opt.Caps.Findings, MaxWaiting: opt.Caps.Receipts, Texts: opt.Parts || opt.Messages, FirstID: int64(i + 1), StepID: int64(of),
	})
	l.auditor = a
	if opt.Messages {
		l.messages = &messages{last: &n.message}
		l.accountName = a.AccountName
		a.OnJourney(l.messages.take, l.messages.drop)
		a.OnHeld(l.messages.holds, l.messages.stays)
	}
	return l
}

// today is the clock of known findings' last days.
func today(opt *Options) func() time.Time {
	if opt.Today == nil {
		return time.Now
	}
	return opt.Today
}

// ofLink gives the lane of a link.
func (p *Pipeline) ofLink(name string) *lane {
	if l := p.links[name]; l != nil {
		return l
	}
	return p.lanes[0]
}

// linkProfiles names the profile of each of Options.Links, and under "" that of
// all other links.
func (p *Pipeline) linkProfiles() map[string]string {
	if len(p.links) == 0 {
		return nil
	}
	out := map[string]string{"": p.lanes[0].profile.ID()}
	for name, l := range p.links {
		out[name] = l.profile.ID()
	}
	return out
}

// profiles names the profiles of a run, the main one first.
func (p *Pipeline) profiles() string {
	var names string
	for i, l := range p.lanes {
		if i > 0 {
			names += ", "
		}
		names += l.profile.ID()
	}
	return names
}
