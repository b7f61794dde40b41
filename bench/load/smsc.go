package main

import (
	"bufio"
	"context"
	"encoding/binary"
	"fmt"
	"io"
	"net"
)

const (
	headerLen   = 16
	responseBit = 0x80000000
	submitSM    = 4
	bindTRX     = 9
)

// serve answers every request with its response until ctx is done.
func serve(ctx context.Context, addr string) error {
	l, err := net.Listen("tcp", addr)
	if err != nil {
		return err
	}
	context.AfterFunc(ctx, func() { _ = l.Close() })
	for {
		c, err := l.Accept()
		if ctx.Err() != nil {
			return nil
		}
		if err != nil {
			return err
		}
		go answer(c)
	}
}

// answer writes responses when no further request is there to be read, as
// servers that batch do.
func answer(c net.Conn) {
	defer func() { _ = c.Close() }()
	r := bufio.NewReaderSize(c, 64<<10)
	var out []byte
	id := 0
	for {
		p, err := next(r)
		if err != nil {
			return
		}
		command := binary.BigEndian.Uint32(p[4:])
		body := ""
		switch command {
		case submitSM:
			id++
			body = fmt.Sprintf("%08x\x00", id)
		case bindTRX:
			body = "SMSC\x00"
		}
		if command&responseBit == 0 {
			out = binary.BigEndian.AppendUint32(out, uint32(headerLen+len(body)))
			out = binary.BigEndian.AppendUint32(out, command|responseBit)
			out = append(out, 0, 0, 0, 0)
			out = append(out, p[12:16]...)
			out = append(out, body...)
		}
		if r.Buffered() < headerLen {
			if _, err := c.Write(out); err != nil {
				return
			}
			out = out[:0]
		}
	}
}

// next reads a PDU, valid until the next call.
func next(r *bufio.Reader) ([]byte, error) {
	head, err := r.Peek(4)
	if err != nil {
		return nil, err
	}
	n := int(binary.BigEndian.Uint32(head))
	if n < headerLen || n > 64<<10 {
		return nil, fmt.Errorf("command_length %d", n)
	}
	p, err := r.Peek(n)
	if err != nil {
		return nil, err
	}
	_, err = r.Discard(n)
	if err == io.EOF {
		err = nil
	}
	return p, err
}
