package audit

import "strings"

// facts are the profile parameters that hold what the catalogue's K numbers
// are about, whichever provider states them. A fact that no parameter holds is
// not listed: nothing of it is cited.
var facts = map[string][]string{
	"K01": {"profile.spec"},
	"K02": {"bind.interface_version"}, "K03": {"bind.interface_version"}, "K04": {"bind.interface_version"},
	"K05": {"tlv.allowed_below_0x34"}, "K06": {"tlv.allowed_below_0x34"},
	"K07": {"bind.trx_min_version", "bind.types"},
	"K08": {"bind.system_id.required"},
	"K09": {"bind.password.required"},
	"K10": {"bind.system_type"},
	"K11": {"bind.max_binds"},
	"K14": {"keepalive"},
	"K15": {"inactivity"},
	"K19": {"long.limit_octets"},
	"K20": {"pdus.forbidden"},
	"K21": {"pdus.undocumented"},
	"K23": {"response.message_id.required_on_success"},
	"K25": {"encoding.default_alphabet"},
	"K26": {"encoding.data_coding"}, "K27": {"encoding.data_coding"}, "K28": {"encoding.data_coding"}, "K29": {"encoding.data_coding"},
	"K31": {"source_addr"}, "K32": {"source_addr"}, "K33": {"source_addr"}, "K34": {"source_addr"},
	"K36": {"destination_addr"}, "K37": {"destination_addr"},
	"K38": {"source.by_destination"},
	"K40": {"long.limit_octets"},
	"K44": {"fields.registered_delivery"},
	"K47": {"receipt.states"},
	"K53": {"tlvs"}, "K55": {"tlvs"},
	"K58": {"flow.rate.max"},
}

// topics name parameters as a document would head the passage about them. The
// longest key that a parameter begins with counts; none holds ", ".
var topics = map[string]string{
	"profile.spec":               "Version of the protocol",
	"bind.interface_version":     "Interface_version",
	"bind.types":                 "Types of bind",
	"bind.trx_min_version":       "Transceiver and version",
	"bind.system_id":             "System_id",
	"bind.password":              "Password",
	"bind.system_type":           "System_type",
	"bind.max":                   "Number of binds",
	"timers":                     "Timers",
	"keepalive":                  "Enquire_link",
	"inactivity":                 "Inactivity",
	"pdu.max_octets":             "Size of PDUs",
	"pdus":                       "Commands",
	"tlv":                        "Optional parameters and version",
	"tlvs":                       "TLVs",
	"encoding.default_alphabet":  "Default alphabet",
	"encoding":                   "Data_coding",
	"source":                     "Source address",
	"destination":                "Destination address",
	"fields.registered_delivery": "Registered_delivery",
	"response.message_id":        "Message_id",
	"receipt":                    "Receipts",
	"long":                       "Length of messages",
	"flow.rate":                  "Throughput",
	"flow.window":                "Window",
}

// topicOf names a parameter; one without a topic goes by its key.
func topicOf(parameter string) string {
	for key := parameter; key != ""; {
		if t := topics[key]; t != "" {
			return t
		}
		key = key[:max(strings.LastIndexByte(key, '.'), 0)]
	}
	return parameter
}
