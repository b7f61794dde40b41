package stream

// run is a run of garbage.
type run struct {
	off, n    int64
	shown     []byte
	began, at Stamp
}

// skip adds octets to the run of garbage.
func (f *Framer) skip(b []byte) {
	if len(b) == 0 {
		return
	}
	r := &f.run
	if r.n == 0 {
		r.off, r.began = f.off, f.stamp(f.off)
	}
	if k := min(MaxGarbageShown-len(r.shown), len(b)); k > 0 {
		r.shown = append(r.shown, b[:k]...)
	}
	r.n += int64(len(b))
	f.off += int64(len(b))
	r.at = f.stamp(f.off - 1)
}

// endRun appends the run of garbage, if there is one.
func (f *Framer) endRun(dst []Frame) []Frame {
	r := &f.run
	if r.n == 0 {
		return dst
	}
	c := f.cause
	if r.off == 0 && c != GarbageMidstream && isProxyHeader(r.shown) {
		c = GarbagePreamble
	}
	dst = append(dst, Frame{
		Kind: FrameGarbage, Cause: c, Octets: r.shown, Offset: r.off, Length: r.n,
		Began: r.began, At: r.at,
	})
	*r = run{}
	return dst
}
