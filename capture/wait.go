package capture

import (
	"context"
	"io"
	"os"
	"time"
)

// waitStep is how long one wait for input lasts before the context is looked
// at again.
const waitStep = 100 * time.Millisecond

// patient reads an input that may pause: a pipe, a terminal. Before it waits it
// says so, and while it waits it heeds the context.
type patient struct {
	src  io.Reader
	file *os.File // src, if it is one that can be asked; else nil
	ctx  context.Context
	idle func(time.Duration)
}

// patience puts a patient before src unless that never makes wait.
func patience(src io.Reader, how *way) io.Reader {
	f, _ := src.(*os.File)
	if f != nil {
		if st, err := f.Stat(); err == nil && st.Mode().IsRegular() {
			return src
		}
	}
	if how.ctx == nil {
		return src
	}
	return &patient{src: src, file: f, ctx: how.ctx, idle: how.idle}
}

func (p *patient) Read(b []byte) (int, error) {
	if err := p.wait(); err != nil {
		return 0, err
	}
	return p.src.Read(b)
}

// wait returns when there is something to read, the end of the input too, or
// nothing can be known of that.
func (p *patient) wait() error {
	if err := p.ctx.Err(); err != nil {
		return err
	}
	if p.file == nil {
		p.idle(0)
		return nil
	}
	if readable(p.file, 0) {
		return nil
	}
	p.idle(0)
	for n := 1; !readable(p.file, waitStep); n++ {
		if err := p.ctx.Err(); err != nil {
			return err
		}
		if waited := time.Duration(n) * waitStep; waited%time.Second == 0 {
			p.idle(waited)
		}
	}
	return nil
}
