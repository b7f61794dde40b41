package dissect_test

import (
	"testing"

	"smpptap/dissect"
)

func TestReceiptLayout(t *testing.T) {
	const all = 0xFF
	without := func(k dissect.LayoutKeys) dissect.LayoutKeys { return all &^ k }
	for text, want := range map[string]dissect.ReceiptLayout{
		appendixB: dissect.AppendixB,
		"id:1 sub:001 dlvrd:001 submit date:2611031002 done date:2611031003 stat:DELIVRD err:000 Text:": dissect.AppendixB,
		"id:1 sub:001 dlvrd:001 submit date:2611031002 done date:2611031003 stat:DELIVRD err:000": {
			Has: without(dissect.LayoutText), Sub: 3, Dlvrd: 3, SubmitDate: 10, DoneDate: 10, Err: 3,
		},
		"id:1 sub: dlvrd:1 submit date:261103100211 done date:20261103100214 stat:DELIVRD err:00B text:x": {
			Has: without(dissect.LayoutSub), Dlvrd: 1, SubmitDate: 12, DoneDate: 14, Err: dissect.OtherForm,
		},
		"id:1 submitdate:2611031002 donedate:2611031003 status:DELIVRD err:0": {
			Has: without(dissect.LayoutSub | dissect.LayoutDlvrd | dissect.LayoutText), SubmitDate: 10, DoneDate: 10, Err: 1,
			Spelt: dissect.LayoutSubmitDate | dissect.LayoutDoneDate | dissect.LayoutStat,
		},
	} {
		_, r := read(t, carried(4, text), dissect.SMSC, nil)
		if r == nil || r.Layout != want {
			t.Errorf("%s: %+v, want %+v", text, r, want)
		}
		if plain, ok := dissect.ReadPlainReceipt([]byte(text)); ok && plain.Layout != want {
			t.Errorf("%s: plain %+v, want %+v", text, plain.Layout, want)
		}
	}
}
