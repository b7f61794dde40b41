package capture

import (
	"cmp"
	"errors"
	"os"
	"path/filepath"
	"slices"
)

// errNoCaptures says that a directory holds no capture file.
var errNoCaptures = errors.New("this directory holds no capture file (pcap or pcapng, packed or not)")

// collect finds the sources that the paths name, and with several the time at
// which each begins.
func (r *run) collect() {
	for _, path := range r.o.Paths {
		if st, err := os.Stat(path); path == "-" || err != nil || !st.IsDir() {
			r.add(path, false)
			continue
		}
		r.directory(path)
	}
	if len(r.sources) > 1 {
		for _, s := range r.sources {
			r.probe(s)
		}
		r.sortFound()
	}
	r.followNewest()
	for _, s := range r.sources {
		if s.err == nil {
			r.merged.push(s)
		}
	}
	r.measure()
}

func (r *run) add(path string, found bool) *source {
	s := &source{path: path, place: len(r.sources), found: found}
	r.sources = append(r.sources, s)
	return s
}

// directory adds the capture files of a directory, told by their content and
// not by their names; those in directories below are none of them.
func (r *run) directory(dir string) {
	entries, err := os.ReadDir(dir)
	before := len(r.sources)
	for _, e := range entries {
		if path := filepath.Join(dir, e.Name()); isCapture(path, true) {
			r.add(path, true)
		}
	}
	if err == nil && len(r.sources) == before {
		err = errNoCaptures
	}
	if err != nil {
		r.add(dir, false).err = unnamed(err)
	}
}

// isCapture tells by its first octets whether a file is a capture; with begun
// also when it ends or is damaged within its header. An empty file that a ring
// has just begun is none yet.
func isCapture(path string, begun bool) bool {
	st, err := os.Stat(path)
	if err != nil || !st.Mode().IsRegular() {
		return false
	}
	in, err := openInput(path, way{})
	if in != nil {
		in.Close()
	}
	var d *damage
	return err == nil || begun && errors.As(err, &d)
}

// probe reads a source's first packet. A regular file is closed again: it may
// be one of thousands. From another input nothing can be read twice.
func (r *run) probe(s *source) {
	if s.err != nil {
		return
	}
	if st, err := os.Stat(s.path); s.path == "-" || err != nil || !st.Mode().IsRegular() {
		if s.err = r.open(s); s.err == nil {
			if err := s.next(); err != nil {
				r.end(s, err)
			}
		}
		return
	}
	in, err := openInput(s.path, way{})
	if err == nil {
		s.in = in
		err = s.next()
		in.Close()
		s.in = nil
	}
	if err != nil && !isEnd(err) && s.packet.data == nil {
		s.packet.time = 0 // reading it in its turn tells what is wrong
	}
	s.packet.data = nil
}

// sortFound brings the files of each directory into the order of their first
// packets; names of rings begin again.
func (r *run) sortFound() {
	for i := 0; i < len(r.sources); {
		j := i + 1
		for r.sources[i].found && j < len(r.sources) && r.sources[j].found && filepath.Dir(r.sources[j].path) == filepath.Dir(r.sources[i].path) {
			j++
		}
		slices.SortStableFunc(r.sources[i:j], func(a, b *source) int { return cmp.Compare(a.packet.time, b.packet.time) })
		i = j
	}
	for i, s := range r.sources {
		s.place = i
	}
}

// followNewest marks the source that is to be followed.
func (r *run) followNewest() {
	if !r.o.Follow {
		return
	}
	var newest *source
	for _, s := range r.sources {
		if s.in == nil && s.err == nil && s.path != "-" && (newest == nil || s.packet.time >= newest.packet.time) {
			newest = s
		}
	}
	if newest != nil {
		newest.follow = true
	}
}

// measure sums up what there is to read.
func (r *run) measure() {
	for _, s := range r.sources {
		if s.err != nil {
			continue
		}
		st, err := os.Stat(s.path)
		if s.path == "-" || s.follow || err == nil && !st.Mode().IsRegular() {
			r.total = 0
			return
		}
		if err == nil {
			r.total += st.Size()
		}
	}
}

// unnamed takes the file's name out of an error: the caller gives it.
func unnamed(err error) error {
	var p *os.PathError
	if errors.As(err, &p) {
		return p.Err
	}
	return err
}
