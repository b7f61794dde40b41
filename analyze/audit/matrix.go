package audit

import (
	"smpptap/analyze/session"
	"smpptap/dissect"
)

// states is a set of session states.
type states uint16

const (
	inOpen     states = 1 << session.StateOpen
	inOutbound states = 1 << session.StateOutbound
	inTX       states = 1 << session.StateBoundTX
	inRX       states = 1 << session.StateBoundRX
	inTRX      states = 1 << session.StateBoundTRX
	inUnbound  states = 1 << session.StateUnbound

	inStart = inOpen | inOutbound
	inBound = inTX | inRX | inTRX
	inAny   = inStart | inBound | inUnbound
)

// allowed says in which states each side may send a request.
type allowed struct{ esme, smsc states }

func (w allowed) by(side dissect.Side) states {
	switch side {
	case dissect.ESME:
		return w.esme
	case dissect.SMSC:
		return w.smsc
	}
	return w.esme | w.smsc
}

// matrixRow is a request's row of table 2-1 (v3.4 2.3, v5.0 2.4).
type matrixRow struct {
	id       uint32
	v34, v50 allowed
}

// matrix is table 2-1 of both versions. Version 3.3 is read as 3.4, which
// names OUTBOUND open; replace_sm in BOUND_TRX is an omission of the 3.4 table
// (2.2 and 2.7 give a transceiver all operations) and is allowed here.
// Responses have no row: the request says whether they are in place.
var matrix = [...]matrixRow{
	{dissect.CmdBindReceiver, allowed{esme: inStart}, allowed{esme: inStart}},
	{dissect.CmdBindTransmitter, allowed{esme: inStart}, allowed{esme: inStart}},
	{dissect.CmdBindTransceiver, allowed{esme: inStart}, allowed{esme: inStart}},
	{dissect.CmdOutbind, allowed{smsc: inOpen}, allowed{smsc: inOpen}},
	{dissect.CmdUnbind, allowed{inBound, inBound}, allowed{inBound, inBound}},
	{dissect.CmdQuerySM, allowed{esme: inTX | inTRX}, allowed{esme: inTX | inTRX}},
	{dissect.CmdSubmitSM, allowed{esme: inTX | inTRX}, allowed{esme: inTX | inTRX}},
	{dissect.CmdDeliverSM, allowed{smsc: inRX | inTRX}, allowed{smsc: inRX | inTRX}},
	{dissect.CmdReplaceSM, allowed{esme: inTX | inTRX}, allowed{esme: inTX | inTRX}},
	{dissect.CmdCancelSM, allowed{esme: inTX | inTRX}, allowed{esme: inTX | inTRX}},
	{dissect.CmdSubmitMulti, allowed{esme: inTX | inTRX}, allowed{esme: inTX | inTRX}},
	{dissect.CmdParamRetrieve, allowed{esme: inTX}, allowed{}},
	{dissect.CmdQueryLastMsgs, allowed{esme: inTX}, allowed{}},
	{dissect.CmdQueryMsgDetails, allowed{esme: inTX}, allowed{}},
	{dissect.CmdEnquireLink, allowed{inBound, inBound}, allowed{inAny, inAny}},
	{dissect.CmdAlertNotification, allowed{smsc: inRX | inTRX}, allowed{smsc: inRX | inTRX}},
	{dissect.CmdDataSM, allowed{inBound, inBound}, allowed{esme: inTX | inTRX, smsc: inRX | inTRX}},
	{dissect.CmdBroadcastSM, allowed{}, allowed{esme: inTX | inTRX}},
	{dissect.CmdQueryBroadcastSM, allowed{}, allowed{esme: inTX | inTRX}},
	{dissect.CmdCancelBroadcastSM, allowed{}, allowed{esme: inTX | inTRX}},
}

const matrixIDs = 0x120

var matrixAt = placeMatrix()

func placeMatrix() *[matrixIDs]uint8 {
	at := new([matrixIDs]uint8)
	for i := range matrix {
		at[matrix[i].id] = uint8(i + 1)
	}
	return at
}

// mayStand tells whether the version's table lets side send the request in
// the state. Commands without a row are not judged.
func mayStand(id uint32, v dissect.Version, side dissect.Side, s session.State) bool {
	if id >= matrixIDs || matrixAt[id] == 0 {
		return true
	}
	row := &matrix[matrixAt[id]-1]
	var in states
	if v == dissect.VersionUnknown || v < dissect.V50 {
		in |= row.v34.by(side)
	}
	if v == dissect.VersionUnknown || v >= dissect.V50 {
		in |= row.v50.by(side)
	}
	return in&(1<<s) != 0
}
