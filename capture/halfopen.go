package capture

// halfWait is how long a side that was heard, and sent no FIN after the other
// one did, may pause and go on. A connection takes some hundred octets
// meanwhile; enquire_links come more often.
const halfWait = 120 * second

// halfClosed is called when a connection with a FIN of one side had no data
// for loneWait, since last. Where the other side is not captured, it has ended.
// Otherwise that side's FIN may be lost, or TCP's half-close is made use of:
// what comes tells.
func (r *reassembler) halfClosed(c *conn, last int64) {
	a, b := &c.halves[0], &c.halves[1]
	if c.doubted != nil || !(a.fin || a.spoke) || !(b.fin || b.spoke) {
		r.closeLone(c, last)
		return
	}
	r.lone.remove(&c.lone)
	r.half.push(&c.half, c, last)
}

// stillSpeaks lets a connection wait for its end anew, because data came.
func (r *reassembler) stillSpeaks(c *conn) {
	if !c.lone.queued() && !c.half.queued() {
		return
	}
	r.half.remove(&c.half)
	r.lone.push(&c.lone, c, r.clock.now)
}

// closeLone ends a connection of which only one side's FIN came. Its last data
// came long ago, so that nothing is under way: what comes now is new.
func (r *reassembler) closeLone(c *conn, last int64) {
	r.close(c, c.at, nil)
	c.overAt = last
}
