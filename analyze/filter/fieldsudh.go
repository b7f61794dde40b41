package filter

import "smpptap/dissect"

// Information element identifiers of a user data header (3GPP TS 23.040 9.2.3.24).
const (
	ieConcat8     = 0x00
	ieSpecialSMS  = 0x01
	iePorts8      = 0x04
	iePorts16     = 0x05
	ieSMSCControl = 0x06
	ieSource      = 0x07
	ieConcat16    = 0x08
	ieTextFormat  = 0x0A
	ieSingleShift = 0x24
	ieLockShift   = 0x25
)

// elementPart is where a field stands in the data of an information element.
type elementPart struct {
	iei uint8
	part
}

// userDataFields are the fields of gsm_sms and gsm_sms_ud that a user data
// header fills. Those of reassembly over several PDUs have no get.
var userDataFields = []spec{
	{name: "gsm_sms_ud", get: one(hasUserData), needs: needMessage, empty: "gsm_sms_ud"},
	ud("gsm_sms_ud.short_msg", one(userData), Bytes, 0),
	ud("gsm_sms.dis_field_udh.user_data_header_length", one(headerLength), Uint, 1),
	ud("gsm_sms.ie_identifier", elements(func(e *dissect.Element) (value, bool) { return number(int64(e.IEI)) }), Uint, 1).asHex(),
	ud("gsm_sms.dis_field_ud_iei.length", elements(func(e *dissect.Element) (value, bool) { return number(int64(len(e.Data))) }), Uint, 1),
	ud("gsm_sms.ie_data", elements(otherElement), Bytes, 0),

	ie("gsm_sms.udh.mm.msg_id", 2, elementPart{ieConcat8, part{0, 1, 0}}, elementPart{ieConcat16, part{0, 2, 0}}),
	ie("gsm_sms.udh.mm.msg_parts", 1, elementPart{ieConcat8, part{1, 1, 0}}, elementPart{ieConcat16, part{2, 1, 0}}),
	ie("gsm_sms.udh.mm.msg_part", 1, elementPart{ieConcat8, part{2, 1, 0}}, elementPart{ieConcat16, part{3, 1, 0}}),
	ie("gsm_sms.msg_ind_type_and_stor", 1, elementPart{ieSpecialSMS, part{0, 1, 0x80}}),
	ie("gsm_sms.profile_id", 1, elementPart{ieSpecialSMS, part{0, 1, 0x60}}),
	ie("gsm_sms.ext_msg_ind_type", 1, elementPart{ieSpecialSMS, part{0, 1, 0x1C}}),
	ie("gsm_sms.msg_ind_type", 1, elementPart{ieSpecialSMS, part{0, 1, 0x03}}),
	ie("gsm_sms.msg_count", 1, elementPart{ieSpecialSMS, part{1, 1, 0}}),
	ie("gsm_sms.destination_port", 2, elementPart{iePorts8, part{0, 1, 0}}, elementPart{iePorts16, part{0, 2, 0}}),
	ie("gsm_sms.originator_port", 2, elementPart{iePorts8, part{1, 1, 0}}, elementPart{iePorts16, part{2, 2, 0}}),
	ie("gsm_sms.status_report", 1, elementPart{ieSMSCControl, part{0, 1, 0}}).asHex(),
	ie("gsm_sms.status_report.short_msg", 1, elementPart{ieSMSCControl, part{0, 1, 0x01}}),
	ie("gsm_sms.status_report.permanent_error", 1, elementPart{ieSMSCControl, part{0, 1, 0x02}}),
	ie("gsm_sms.status_report.temp_error_no_attempt", 1, elementPart{ieSMSCControl, part{0, 1, 0x04}}),
	ie("gsm_sms.status_report.temp_error_transfer", 1, elementPart{ieSMSCControl, part{0, 1, 0x08}}),
	ie("gsm_sms.status_report.active", 1, elementPart{ieSMSCControl, part{0, 1, 0x40}}),
	ie("gsm_sms.status_report.original_udh", 1, elementPart{ieSMSCControl, part{0, 1, 0x80}}),
	ie("gsm_sms.udh_created", 1, elementPart{ieSource, part{0, 1, 0}}),
	ie("gsm_sms.dis_iei_tf.start_position", 1, elementPart{ieTextFormat, part{0, 1, 0}}),
	ie("gsm_sms.dis_iei_tf.length", 1, elementPart{ieTextFormat, part{1, 1, 0}}),
	ie("gsm_sms.formatting_mode", 1, elementPart{ieTextFormat, part{2, 1, 0}}).asHex(),
	ie("gsm_sms.dis_iei_lang.single_shift", 1, elementPart{ieSingleShift, part{0, 1, 0}}),
	ie("gsm_sms.dis_iei_lang.locking_shift", 1, elementPart{ieLockShift, part{0, 1, 0}}),

	{name: "gsm_sms_ud.fragments"},
	{name: "gsm_sms_ud.fragment", typ: Uint, size: 4},
	{name: "gsm_sms_ud.fragment.overlap", typ: Uint, size: 1},
	{name: "gsm_sms_ud.fragment.overlap.conflicts", typ: Uint, size: 1},
	{name: "gsm_sms_ud.fragment.multiple_tails", typ: Uint, size: 1},
	{name: "gsm_sms_ud.fragment.too_long_fragment", typ: Uint, size: 1},
	{name: "gsm_sms_ud.fragment.error", typ: Uint, size: 4},
	{name: "gsm_sms_ud.fragment.count", typ: Uint, size: 4},
	{name: "gsm_sms_ud.reassembled.in", typ: Uint, size: 4},
	{name: "gsm_sms_ud.reassembled.length", typ: Uint, size: 4},
}

func ud(name string, get getter, typ Type, size int) spec {
	return spec{name: name, get: get, typ: typ, size: size, needs: needMessage}
}

// ie is a field in the data of information elements that have the length they
// must have: in others nobody knows what stands where.
func ie(name string, size int, parts ...elementPart) spec {
	return ud(name, elements(func(e *dissect.Element) (value, bool) {
		for _, x := range parts {
			if x.iei == e.IEI && e.Sound() {
				return x.number(e.Data)
			}
		}
		return value{}, false
	}), Uint, size)
}

func (s spec) asHex() spec { s.hex = true; return s }

// elements yields what get takes from the information elements that it wants.
func elements(get func(e *dissect.Element) (value, bool)) getter {
	return func(r *Row, pos int) (value, int) {
		if r.Message == nil {
			return value{}, 0
		}
		for i := pos; i < len(r.Message.UDH); i++ {
			if v, ok := get(&r.Message.UDH[i]); ok {
				return v, i + 1
			}
		}
		return value{}, 0
	}
}

// otherElement is the data of an element that has no fields of its own, in
// Wireshark: those of sounds and pictures are not among the names here.
func otherElement(e *dissect.Element) (value, bool) {
	const firstSound, lastPicture = 0x0B, 0x13
	switch e.IEI {
	case ieConcat8, ieSpecialSMS, iePorts8, iePorts16, ieSMSCControl, ieSource, ieConcat16, ieTextFormat,
		ieSingleShift, ieLockShift:
		return value{}, false
	}
	if e.IEI >= firstSound && e.IEI <= lastPicture {
		return value{}, false
	}
	return readFilled(e.Data)
}

// hasUserData tells of a user data header, one that does not parse included, or
// of the sar TLVs that do its work.
func hasUserData(r *Row) (value, bool) {
	m := r.Message
	return value{}, m != nil && (m.Header > 0 || m.UDHError != "" || m.Parts > 0)
}

// userData is what stands behind a header, unless that or an element of it runs
// into it.
func userData(r *Row) (value, bool) {
	if _, ok := hasUserData(r); !ok {
		return value{}, false
	}
	m := r.Message
	if m.UDHError != "" {
		left := m.Header - 1
		for i := range m.UDH {
			left -= 2 + len(m.UDH[i].Data)
		}
		if m.Header == 0 || left > 1 {
			return value{}, false
		}
	}
	return readFilled(m.Octets)
}

func headerLength(r *Row) (value, bool) {
	if r.Message == nil || r.Message.Header == 0 {
		return value{}, false
	}
	return number(int64(r.Message.Header - 1))
}
