package main

import (
	"context"

	"smpptap/analyze"
	"smpptap/analyze/session"
	"smpptap/dissect"
	"smpptap/store"
)

// longMessages are those of which a part was asked for last. Lists ask for the
// parts one after the other, so that each message is fetched once.
type longMessages struct {
	db     *store.DB
	redact analyze.Redact
	byPart map[int64]*session.PartMap
	recent []*session.PartMap // ring
	next   int
}

// keptLong bounds the long messages that are kept: lists meet the parts of as
// many at the same time.
const keptLong = 1024

// join fills x.Parts, where the PDU carries a part of a long message. It is
// dearer than decoding, so only what is shown gets it.
func (l *longMessages) join(ctx context.Context, x *analyze.PDU) error {
	if x.Message == nil || x.Message.Concat == "" {
		return nil
	}
	m := l.byPart[x.Number]
	if m == nil {
		var err error
		if m, err = l.fetch(ctx, x.Number); err != nil || m == nil {
			return err
		}
		l.keep(m)
	}
	x.Parts = m
	return nil
}

func (l *longMessages) fetch(ctx context.Context, pdu int64) (*session.PartMap, error) {
	first, parts, err := l.db.LongMessage(ctx, pdu)
	if err != nil || len(parts) == 0 {
		return nil, err
	}
	m := &session.PartMap{First: first, From: dissect.ESME, Final: true}
	if parts[0].ToESME() {
		m.From = dissect.SMSC
	}
	for _, p := range parts {
		m.Total = max(m.Total, p.Total)
		m.Seen = append(m.Seen, session.SeenPart{Number: uint8(p.Number), PDU: p.PDU, Raw: analyze.RedactOctets(p.Raw, l.redact)})
	}
	m.Complete = len(m.Missing()) == 0
	return m, nil
}

func (l *longMessages) keep(m *session.PartMap) {
	if l.byPart == nil {
		l.byPart = make(map[int64]*session.PartMap)
		l.recent = make([]*session.PartMap, keptLong)
	}
	if old := l.recent[l.next]; old != nil {
		for _, p := range old.Seen {
			delete(l.byPart, p.PDU)
		}
	}
	l.recent[l.next] = m
	l.next = (l.next + 1) % keptLong
	for _, p := range m.Seen {
		l.byPart[p.PDU] = m
	}
}
