package dissect

import (
	"fmt"
	"strconv"
)

// Elements of a user data header that say how to read the text or where the
// message goes (3GPP TS 23.040 9.2.3.24).
const (
	IEIConcat8        uint8 = 0x00
	IEISpecialMessage uint8 = 0x01
	IEIPort8          uint8 = 0x04
	IEIPort16         uint8 = 0x05
	IEIConcat16       uint8 = 0x08
	IEISingleShift    uint8 = 0x24
	IEILockingShift   uint8 = 0x25
)

// elementTable are the names of the elements, and the length of the data where
// the standard fixes it; -1: it does not.
var elementTable = [...]struct {
	name   string
	length int
}{
	0x00: {"concat_8bit", 3},
	0x01: {"special_sms_message_indication", 2},
	0x02: {"reserved", -1},
	0x03: {"unused_lf", -1}, // would look like a line feed
	0x04: {"application_port_8bit", 2},
	0x05: {"application_port_16bit", 4},
	0x06: {"smsc_control_parameters", 1},
	0x07: {"udh_source_indicator", 1},
	0x08: {"concat_16bit", 4},
	0x09: {"wireless_control_message_protocol", -1},
	0x0A: {"text_formatting", -1},
	0x0B: {"predefined_sound", 2},
	0x0C: {"user_defined_sound", -1},
	0x0D: {"predefined_animation", 2},
	0x0E: {"large_animation", -1},
	0x0F: {"small_animation", -1},
	0x10: {"large_picture", -1},
	0x11: {"small_picture", -1},
	0x12: {"variable_picture", -1},
	0x13: {"user_prompt_indicator", 1},
	0x14: {"extended_object", -1},
	0x15: {"reused_extended_object", 3},
	0x16: {"compression_control", -1},
	0x17: {"object_distribution_indicator", 2},
	0x18: {"standard_wvg_object", -1},
	0x19: {"character_size_wvg_object", -1},
	0x1A: {"extended_object_data_request", -1},
	0x1B: {"reserved_ems", -1},
	0x1C: {"reserved_ems", -1},
	0x1D: {"reserved_ems", -1},
	0x1E: {"reserved_ems", -1},
	0x1F: {"reserved_ems", -1},
	0x20: {"rfc822_email_header", 1},
	0x21: {"hyperlink_format", 4},
	0x22: {"reply_address", -1},
	0x23: {"enhanced_voice_mail_information", -1},
	0x24: {"national_language_single_shift", 1},
	0x25: {"national_language_locking_shift", 1},
}

// elementName is the standard's name of an element, or that of its range.
func elementName(iei uint8) string {
	switch {
	case int(iei) < len(elementTable):
		return elementTable[iei].name
	case iei >= 0x70 && iei <= 0x7F:
		return "sim_toolkit_security_header"
	case iei >= 0x80 && iei <= 0x9F:
		return "sme_to_sme_specific"
	case iei >= 0xC0 && iei <= 0xDF:
		return "smsc_specific"
	}
	return "reserved"
}

// readHeader splits the user data header off (3GPP TS 23.040 9.2.3.24): its
// elements, its octets with the length octet, and why it does not parse. n is
// zero when it cannot be split off. The elements are views.
func readHeader(b []byte) (elements []Element, n int, wrong string) {
	if len(b) == 0 {
		return nil, 0, "the message is empty"
	}
	n = 1 + int(b[0])
	if n > len(b) {
		return nil, 0, fmt.Sprintf("header of %d octets, %d there", n-1, len(b)-1)
	}
	elements, wrong = readElements(b[1:n:n])
	return elements, n, wrong
}

func readElements(b []byte) (elements []Element, wrong string) {
	if len(b) > 0 {
		elements = make([]Element, 0, min(2, len(b)/2+1))
	}
	for i := 0; i < len(b); {
		if i+1 == len(b) {
			return elements, fmt.Sprintf("element 0x%02X has no length: the header ends", b[i])
		}
		iei, size := b[i], int(b[i+1])
		i += 2
		if size > len(b)-i {
			return elements, fmt.Sprintf("element 0x%02X of %d octets, %d left in the header", iei, size, len(b)-i)
		}
		elements = append(elements, Element{IEI: iei, Name: elementName(iei), Data: b[i : i+size : i+size]})
		if e := &elements[len(elements)-1]; !e.Sound() && wrong == "" {
			wrong = fmt.Sprintf("element 0x%02X has %d octets, must have %d", iei, size, fixedLength(iei))
		}
		i += size
	}
	return elements, wrong
}

func fixedLength(iei uint8) int {
	if int(iei) < len(elementTable) {
		return elementTable[iei].length
	}
	return -1
}

// Sound tells that the element has the length that the standard fixes for it.
func (e *Element) Sound() bool {
	want := fixedLength(e.IEI)
	return want < 0 || len(e.Data) == want
}

// Concat returns what a concatenation element says (3GPP TS 23.040 9.2.3.24.1
// and .8), its values unchecked; false for other elements and other lengths.
func (e *Element) Concat() (reference, part, parts int, ok bool) {
	d := e.Data
	switch {
	case e.IEI == IEIConcat8 && len(d) == 3:
		return int(d[0]), int(d[2]), int(d[1]), true
	case e.IEI == IEIConcat16 && len(d) == 4:
		return int(d[0])<<8 | int(d[1]), int(d[3]), int(d[2]), true
	}
	return 0, 0, 0, false
}

// Ports returns the ports of an application port element (9.2.3.24.3 and .4).
func (e *Element) Ports() (destination, originator uint16, ok bool) {
	d := e.Data
	switch {
	case e.IEI == IEIPort8 && len(d) == 2:
		return uint16(d[0]), uint16(d[1]), true
	case e.IEI == IEIPort16 && len(d) == 4:
		return uint16(d[0])<<8 | uint16(d[1]), uint16(d[2])<<8 | uint16(d[3]), true
	}
	return 0, 0, false
}

// waiting are the types of messages that a special message indication counts
// (9.2.3.24.2).
var waiting = [...]string{"voice", "fax", "email", "other"}

// Meaning says in words what an element's octets say; empty when the table has
// no reading for them.
func (e *Element) Meaning() string {
	if ref, part, parts, ok := e.Concat(); ok {
		return fmt.Sprintf("part %d of %d, reference %d", part, parts, ref)
	}
	if dst, src, ok := e.Ports(); ok {
		return fmt.Sprintf("to port %d, from port %d", dst, src)
	}
	switch {
	case e.IEI == IEISpecialMessage && len(e.Data) == 2:
		kind, store := e.Data[0], "discard"
		if kind&0x80 != 0 {
			store = "store"
		}
		name := "extended type " + strconv.Itoa(int(kind&0x7F))
		if kind&0x7F < uint8(len(waiting)) {
			name = waiting[kind&0x7F]
		}
		return fmt.Sprintf("%d %s messages waiting, %s", e.Data[1], name, store)
	case (e.IEI == IEISingleShift || e.IEI == IEILockingShift) && len(e.Data) == 1:
		return languageName(e.Data[0])
	}
	return ""
}

// languageName is the name of a national language identifier (3GPP TS 23.038
// 6.2.1.2.4).
func languageName(id uint8) string {
	if int(id) < len(national) {
		return national[id].name
	}
	return "reserved language " + strconv.Itoa(int(id))
}

// shifts are the tables with which septets are read.
type shifts struct{ locking, single *septets }

func (s shifts) plain() bool { return s.locking == &gsmDefault }

// headerShifts returns the tables that the header selects, what to say of them,
// and whether it names a language that no table is known for: the standard has
// the element ignored then, and the text may read differently from what was
// meant.
func headerShifts(elements []Element) (s shifts, why string, unknown bool) {
	s = shifts{&gsmDefault, &gsmExtension}
	for i := range elements {
		e := &elements[i]
		if e.IEI != IEISingleShift && e.IEI != IEILockingShift || len(e.Data) != 1 {
			continue
		}
		id, kind := int(e.Data[0]), ", single shift "
		if e.IEI == IEILockingShift {
			kind = ", locking shift "
		}
		why += kind + languageName(e.Data[0])
		switch {
		case id >= len(national):
			unknown = true
		case e.IEI == IEISingleShift:
			s.single = national[id].single
		case national[id].locking != nil:
			s.locking = national[id].locking
		}
	}
	return s, why, unknown
}
