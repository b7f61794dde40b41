package dissect

// VendorTLVs are tags that providers are known to use. A tag means something
// with one provider only, and several providers use the same one: a row here
// explains a tag ("used by X"), it never names it. What a tag means in a session
// is said by Dialect.TLVs.
func VendorTLVs() []TLVDef { return vendorTLVTable }

var vendorTLVTable = []TLVDef{
	{
		Tag: 0x1400, Name: "PE_ID", Aliases: []string{"principal_entity_id", "entity_id", "DLT_PE_ID"}, Versions: InAll, Kind: Octets,
		MinLen: all(1), MaxLen: all(30),
		Vendor:  "India DLT",
		Meaning: "Principal Entity identifier of the sender on the DLT platform.",
		Notes: []string{
			"ASCII decimal digits, normally 19, normally without NUL.",
		},
	},
	{
		Tag: 0x1401, Name: "TEMPLATE_ID", Aliases: []string{"content_template_id", "content_id", "DLT_TEMPLATE_ID"}, Versions: InAll, Kind: Octets,
		MinLen: all(1), MaxLen: all(30),
		Vendor:  "India DLT",
		Meaning: "Content template identifier registered on the DLT platform.",
		Notes: []string{
			"ASCII decimal digits, normally 19, normally without NUL.",
		},
	},
	{
		Tag: 0x1402, Name: "TM_ID", Aliases: []string{"telemarketer_id", "DLT_CHAIN_HASH", "PE_TM_HASH"}, Versions: InAll, Kind: Octets,
		MinLen: all(1), MaxLen: all(64),
		Vendor:  "India DLT",
		Meaning: "Telemarketer identifier, or since December 2024 the hash of the PE-to-telemarketer chain.",
		Notes: []string{
			"Either digits (telemarketer identifier, up to 30) or 64 lower-case hexadecimal digits (chain hash).",
			"64 hexadecimal digits: chain hash; digits only and at most 30: telemarketer identifier.",
		},
	},
	{
		Tag: 0x1414, Name: "telesign_message_type", Versions: InAll, Kind: COctet,
		MinLen: all(3), MaxLen: all(4),
		Vendor:  "Telesign",
		Meaning: "Purpose of the message; mandatory on Telesign SMS.",
		Notes: []string{
			"Values: OTP, MKT, ARN.",
		},
	},
	{
		Tag: 0x1416, Name: "telesign_account_lifecycle_event", Versions: InAll, Kind: COctet,
		MinLen: all(6), MaxLen: all(9),
		Vendor:  "Telesign",
		Meaning: "Phase of the end user's account.",
		Notes: []string{
			"Values: create, sign-in, transact, update, delete.",
		},
	},
	{
		Tag: 0x1502, Name: "mo_message_id_8x8", Versions: InAll, Kind: Octets,
		MinLen: all(36), MaxLen: all(36),
		Vendor:  "8x8",
		Meaning: "Identifier (UUID) of a mobile originated message.",
	},
	{
		Tag: 0x1503, Name: "dest_mcc_8x8", Versions: InAll, Kind: Octets,
		MinLen: all(2), MaxLen: all(3),
		Vendor:  "8x8",
		Meaning: "Mobile country code of the destination in a receipt.",
	},
	{
		Tag: 0x1504, Name: "dest_mnc_8x8", Versions: InAll, Kind: Octets,
		MinLen: all(1), MaxLen: all(3),
		Vendor:  "8x8",
		Meaning: "Mobile network code of the destination in a receipt.",
	},
	{
		Tag: 0x2300, Name: "osmo_arfcn", Versions: InAll, Kind: Uint16,
		Vendor:  "Osmocom",
		Meaning: "Radio channel number, top bit PCS/DCS.",
	},
	{
		Tag: 0x2301, Name: "osmo_ta", Versions: InAll, Kind: Uint8,
		Vendor:  "Osmocom",
		Meaning: "Timing advance.",
	},
	{
		Tag: 0x2302, Name: "osmo_rxlev_ul", Versions: InAll, Kind: Uint16,
		Vendor:  "Osmocom",
		Meaning: "Uplink receive level in dBm.",
		Notes: []string{
			"The number is signed.",
		},
	},
	{
		Tag: 0x2303, Name: "osmo_rxqual_ul", Versions: InAll, Kind: Uint8,
		Vendor:  "Osmocom",
		Meaning: "Uplink receive quality.",
	},
	{
		Tag: 0x2304, Name: "osmo_rxlev_dl", Versions: InAll, Kind: Uint16,
		Vendor:  "Osmocom",
		Meaning: "Downlink receive level in dBm.",
		Notes: []string{
			"The number is signed.",
		},
	},
	{
		Tag: 0x2305, Name: "osmo_rxqual_dl", Versions: InAll, Kind: Uint8,
		Vendor:  "Osmocom",
		Meaning: "Downlink receive quality.",
	},
	{
		Tag: 0x2306, Name: "osmo_imei", Versions: InAll, Kind: Octets,
		MinLen: all(0), MaxLen: all(65535),
		Vendor:  "Osmocom",
		Meaning: "IMEI of the subscriber, if known.",
	},
	{
		Tag: 0x2307, Name: "osmo_ms_l1_txpwr", Versions: InAll, Kind: Uint8,
		Vendor:  "Osmocom",
		Meaning: "Transmit power of the handset.",
	},
	{
		Tag: 0x2308, Name: "osmo_bts_l1_txpwr", Versions: InAll, Kind: Uint8,
		Vendor:  "Osmocom",
		Meaning: "Transmit power of the base station.",
	},
	{
		Tag: 0x1401, Name: "carrier_code", Versions: InAll, Kind: Octets,
		Vendor:  "Vibes",
		Meaning: "Carrier code of MO and MT messages.",
	},
	{
		Tag: 0x1403, Name: "alternate_message_delivery", Versions: InAll, Kind: Uint8,
		Vendor:  "Vibes",
		Meaning: "Use another route when delivery fails.",
	},
	{
		Tag: 0x1402, Name: "operator", Versions: InAll, Kind: Octets,
		Vendor:  "mBlox",
		Meaning: "Operator identifier, at most 5 octets.",
	},
	{
		Tag: 0x1403, Name: "tariff", Versions: InAll, Kind: Octets,
		Vendor:  "mBlox",
		Meaning: "Tariff.",
	},
	{
		Tag: 0x1404, Name: "session_id", Versions: InAll, Kind: Octets,
		Vendor:  "mBlox",
		Meaning: "Reverse-billing dialogue identifier.",
	},
	{
		Tag: 0x1407, Name: "service_id", Versions: InAll, Kind: Octets,
		Vendor:  "mBlox",
		Meaning: "Service identifier.",
	},
	{
		Tag: 0x1542, Name: "program", Versions: InAll, Kind: Octets,
		Vendor:  "mBlox",
		Meaning: "Program identifier.",
	},
	{
		Tag: 0x1401, Name: "carrier_id", Versions: InAll, Kind: Uint16,
		Vendor:  "an unnamed provider",
		Meaning: "Carrier number in a receipt; the same provider uses 0x1402 carrier_name and 0x1403 sent_status_code.",
	},
	{
		Tag: 0x1501, Name: "vendor_specific_source_msc_addr", Versions: InAll, Kind: Octets,
		Vendor:  "an unnamed provider",
		Meaning: "Address of the originating MSC.",
	},
	{
		Tag: 0x1502, Name: "vendor_specific_dest_msc_addr", Versions: InAll, Kind: Octets,
		Vendor:  "an unnamed provider",
		Meaning: "Address of the destination MSC; collides with 8x8.",
	},
	{
		Tag: 0x1520, Name: "unnamed operator string", Versions: InAll, Kind: Octets,
		Vendor:  "an unnamed provider",
		Meaning: "Customer string.",
	},
	{
		Tag: 0x8081, Name: "orig_msc_addr", Versions: InAll, Kind: Octets,
		Vendor:  "Logica",
		Meaning: "Originating MSC, 1-24 octets; the tag lies outside the vendor range.",
	},
	{
		Tag: 0x8082, Name: "dest_msc_addr", Versions: InAll, Kind: Octets,
		Vendor:  "Logica",
		Meaning: "Destination MSC, 1-24 octets; the tag lies outside the vendor range.",
	},
}
