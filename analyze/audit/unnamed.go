package audit

import (
	"slices"

	"smpptap/dissect"
)

// forgetUnnamed drops what is kept of an account that is one connection alone,
// for no bind of it was seen, when that has ended: no other one belongs to it.
// Who never binds is so no burden. Where messages were accepted or
// delivered, or a bind's answer shows a receiver, the end of the input judges.
func (a *Auditor) forgetUnnamed(c *connState) {
	if acc := a.contents.accounts.Unnamed(c.conn); acc != nil {
		if st := a.journeys.accounts[acc]; st != nil {
			if st.receiver || st.accepted > 0 || st.came > 0 || st.delivers > 0 {
				return
			}
			a.journeys.forget(st)
		}
		a.contents.accounts.Forget(acc)
	}
	k := audienceKey{accountKey{server: endOf(c.conn, dissect.SMSC)}, c.conn.ID}
	if x := a.audiences[k]; x != nil {
		a.ids -= x.ids.n
		a.zeroes -= len(x.zeroes)
		delete(a.audiences, k)
	}
}

// forget drops an account, one of the last that came as a rule.
func (v *journeys) forget(st *accountJourney) {
	delete(v.accounts, st.account)
	for i := len(v.order) - 1; i >= 0; i-- {
		if v.order[i] == st {
			v.order = slices.Delete(v.order, i, i+1)
			return
		}
	}
}
