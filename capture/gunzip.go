package capture

import (
	"bufio"
	"errors"
	"io"

	"github.com/klauspost/compress/gzip"
)

// gunzip reads the members of a gzip file as one stream. Zeros behind the
// last, with which tapes are padded, are its end as they are for gzip(1);
// other octets there are damage.
type gunzip struct {
	src *bufio.Reader
	z   gzip.Reader
}

func newGunzip(src io.Reader) (*gunzip, error) {
	g := &gunzip{src: bufio.NewReader(src)}
	return g, g.next()
}

func (g *gunzip) Read(p []byte) (int, error) {
	for {
		n, err := g.z.Read(p)
		if !errors.Is(err, io.EOF) {
			return n, err
		}
		if err := g.next(); err != nil || n > 0 {
			return n, err
		}
	}
}

// next begins a member; io.EOF: there is none.
func (g *gunzip) next() error {
	b, err := g.src.Peek(1)
	switch {
	case err != nil:
		return err
	case b[0] == 0:
		return g.padding()
	}
	if err := g.z.Reset(g.src); errors.Is(err, io.EOF) {
		return io.ErrUnexpectedEOF // a cut name
	} else if err != nil {
		return err
	}
	g.z.Multistream(false)
	return nil
}

// padding reads to the end, io.EOF, if there are zeros only.
func (g *gunzip) padding() error {
	for {
		switch c, err := g.src.ReadByte(); {
		case err != nil:
			return err
		case c != 0:
			return gzip.ErrHeader
		}
	}
}
