package profile

import (
	"cmp"
	"strings"
)

// Citation says who states a parameter, and in which document.
type Citation struct {
	Parameter string // its key
	// Provider is the title of the profile whose file states it; empty: the
	// document is the SMPP specification, which is nobody's own.
	Provider string
	Document string // title; empty: the profile names none
}

// specification begins the titles of the specification's versions.
const specification = "SMPP Protocol Specification "

// Cite gives the citations behind a parameter, named as IsSet wants it, in the
// schema's order. What nobody vouches for and no document says is left out.
func (p *Profile) Cite(parameter string) (out []Citation) {
	for _, path := range p.stated(parameter) {
		o := p.origins[path]
		f := p.files[o.Profile]
		for key := range strings.SplitSeq(o.Source, ",") {
			c := Citation{Parameter: path, Provider: f.title, Document: f.sources[strings.TrimSpace(key)].Title}
			if version, ok := strings.CutPrefix(c.Document, specification); ok {
				c.Provider, c.Document = "", "SMPP "+version
			}
			if c.Document != "" || o.Provenance.Vouched() {
				out = append(out, c)
			}
		}
	}
	return out
}

// file is what citations and faults need of a file of the chain.
type file struct {
	name    string
	lines   []string
	title   string
	sources map[string]Source // with those of the files that it extends
}

// remember keeps what citations of a file's values and faults in them need.
func (p *Profile) remember(d *decoder, f *source) {
	p.files[f.id] = file{f.name, f.lines, cmp.Or(d.head(f.root, "title"), f.id), p.Sources}
}
