package dissect

import "strings"

// Commands returns the table of commands by rising id, each response behind its
// request, vendors' commands last. The table is shared: do not change it.
func Commands() []Command { return commandTable }

// TLVs returns the table of standard TLVs by rising tag. Do not change it.
func TLVs() []TLVDef { return tlvTable }

// Statuses returns the table of statuses by rising value. Do not change it.
func Statuses() []StatusDef { return statusTable }

// StatusRanges returns what the values outside the table are. Do not change it.
func StatusRanges() []StatusRange { return statusRanges }

// Enums returns all tables of named values. Do not change them.
func Enums() []*Enum { return enums }

// BitEnums returns all tables of named bits. Do not change them.
func BitEnums() []*BitEnum { return bitEnums }

// lowIDs bounds the ids of the standard commands, highTag the tags of the
// standard TLVs, lowStatuses the statuses: below them an array answers.
const (
	lowIDs      = 0x200
	highTag     = 0x1400
	lowStatuses = 0x200
)

var (
	commandAt = placeCommands(commandTable)
	tlvAt     = placeTLVs(tlvTable)
	statusAt  = placeStatuses(statusTable)
)

// placeCommands notes index+1 of each standard command, requests and responses.
func placeCommands(rows []Command) *[2][lowIDs]uint8 {
	at := new([2][lowIDs]uint8)
	for i := range rows {
		if low := rows[i].ID &^ ResponseBit; low < lowIDs {
			at[rows[i].ID>>31][low] = uint8(i + 1)
		}
	}
	return at
}

func placeTLVs(rows []TLVDef) *[highTag]uint8 {
	at := new([highTag]uint8)
	for i := range rows {
		at[rows[i].Tag] = uint8(i + 1)
	}
	return at
}

func placeStatuses(rows []StatusDef) *[lowStatuses]uint8 {
	at := new([lowStatuses]uint8)
	for i := range rows {
		at[rows[i].Value] = uint8(i + 1)
	}
	return at
}

// CommandByID finds a command; nil when no table row has the id.
func CommandByID(id uint32) *Command {
	if low := id &^ ResponseBit; low < lowIDs {
		if i := commandAt[id>>31][low]; i > 0 {
			return &commandTable[i-1]
		}
		return nil
	}
	return vendorCommand(id)
}

func vendorCommand(id uint32) *Command {
	for i := len(commandTable) - 1; i >= 0 && commandTable[i].Vendor != ""; i-- {
		if commandTable[i].ID == id {
			return &commandTable[i]
		}
	}
	return nil
}

// IsBind tells whether a command_id is one of the three binds.
func IsBind(id uint32) bool {
	return id == CmdBindReceiver || id == CmdBindTransmitter || id == CmdBindTransceiver
}

// IsBindResponse tells whether a command_id answers one of them.
func IsBindResponse(id uint32) bool { return id&ResponseBit != 0 && IsBind(id&^ResponseBit) }

// SoundStatus tells whether a sound peer sends a command_status with a
// command_id: requests have 0. v3.4 5.1.3 ends the ranges of responses at 0x4FF;
// providers stay near it.
func SoundStatus(id, status uint32) bool {
	return status == 0 || id&ResponseBit != 0 && status < 0x10000
}

// SoundSequence tells whether a sequence_number lies in its range (v3.4 5.1.4).
func SoundSequence(n uint32) bool { return n != 0 && n <= MaxSequence }

// CommandByName finds a command by its name or an alias, whatever the case.
func CommandByName(name string) *Command {
	for i := range commandTable {
		if named(name, commandTable[i].Name, commandTable[i].Aliases) {
			return &commandTable[i]
		}
	}
	return nil
}

// TLVByTag finds a standard TLV; nil for every other tag.
func TLVByTag(tag uint16) *TLVDef {
	if tag >= highTag || tlvAt[tag] == 0 {
		return nil
	}
	return &tlvTable[tlvAt[tag]-1]
}

// TLVByName finds a standard TLV by its name or an alias, whatever the case.
func TLVByName(name string) *TLVDef {
	for i := range tlvTable {
		if named(name, tlvTable[i].Name, tlvTable[i].Aliases) {
			return &tlvTable[i]
		}
	}
	return nil
}

// StatusByValue finds a status; nil for a value that no version names.
func StatusByValue(v uint32) *StatusDef {
	if v >= lowStatuses || statusAt[v] == 0 {
		return nil
	}
	return &statusTable[statusAt[v]-1]
}

// StatusByName finds a status by its name in any version, whatever the case.
func StatusByName(name string) *StatusDef {
	for i := range statusTable {
		s := &statusTable[i]
		if strings.EqualFold(name, s.Name) || s.Name34 != "" && strings.EqualFold(name, s.Name34) {
			return s
		}
	}
	return nil
}

// StatusHintFor returns what a value outside the table is known to mean
// somewhere; false when nothing is known.
func StatusHintFor(v uint32) (StatusHint, bool) {
	for _, h := range legacyStatuses {
		if h.Value == v {
			return h, true
		}
	}
	return StatusHint{}, false
}

// VendorTLVsFor returns the rows of VendorTLVs with this tag, as a new slice.
func VendorTLVsFor(tag uint16) []*TLVDef {
	var rows []*TLVDef
	for i := range vendorTLVTable {
		if vendorTLVTable[i].Tag == tag {
			rows = append(rows, &vendorTLVTable[i])
		}
	}
	return rows
}

func named(name, its string, aliases []string) bool {
	if strings.EqualFold(name, its) {
		return true
	}
	for _, a := range aliases {
		if strings.EqualFold(name, a) {
			return true
		}
	}
	return false
}

// Param returns the command's parameter; nil when it has none of that id.
func (c *Command) Param(id ParamID) *Param {
	if i := c.pos[id]; i >= 0 {
		return &c.Params[i]
	}
	return nil
}

// Lookup finds the row of a value, in the version if several rows have it; a
// value that only another version names keeps that row. nil when the value is
// reserved without a name.
func (e *Enum) Lookup(v uint32, in Version) *Value {
	var other *Value
	for i := range e.Values {
		x := &e.Values[i]
		if v < x.From || v > x.To || x.IsText {
			continue
		}
		if x.Versions == 0 || x.Versions.Has(in) {
			return x
		}
		other = x
	}
	return other
}

// TextName names a value of an enum of strings, like service_type.
func (e *Enum) TextName(s string) string {
	for i := range e.Values {
		if x := &e.Values[i]; x.IsText && x.Text == s {
			return x.Name
		}
	}
	return ""
}

// Lookup finds the row of the group's bits in v; nil when they are reserved.
func (g *BitGroup) Lookup(v uint32, in Version) *Value {
	e := Enum{Values: g.Values}
	return e.Lookup(v&g.Mask, in)
}
