package filter

import "smpptap/dissect"

// The bits of data_coding under a GSM coding group, as dissect's table has them.
var (
	waitSense     = dcsGroup("gsm_dcs_mwi", "indication_sense")
	waitReserved  = dcsGroup("gsm_dcs_mwi", "reserved")
	waitType      = dcsGroup("gsm_dcs_mwi", "indication_type")
	classReserved = dcsGroup("gsm_dcs_message_class", "reserved")
	classCoding   = dcsGroup("gsm_dcs_message_class", "message_coding")
	classClass    = dcsGroup("gsm_dcs_message_class", "message_class")
)

// waiting and class yield bits where Wireshark shows them.
func waiting(g *dissect.BitGroup) getter { return dcs(0x40, 0xEF, g.Mask) }

func class(g *dissect.BitGroup) getter { return dcs(0xF0, 0xFF, g.Mask) }

func groups(g *dissect.BitGroup) []*dissect.BitGroup { return []*dissect.BitGroup{g} }

func dcsGroup(table, name string) *dissect.BitGroup {
	for _, b := range dissect.BitEnums() {
		if b.Name == table {
			return bitGroup(b, name)
		}
	}
	return nil
}

// tagWords are the names of the standard TLVs, for smpp.opt_param_tag.
func tagWords() []word {
	rows := dissect.TLVs()
	words := make([]word, len(rows))
	for i := range rows {
		words[i] = word{rows[i].Name, int64(rows[i].Tag), int64(rows[i].Tag)}
	}
	return words
}
