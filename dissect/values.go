package dissect

// Values of parameters and TLVs. A value that no row names is reserved.

// value is a single value, valueRange a range, reservedValue a named value that
// is reserved.
func value(n uint32, name, meaning string) Value {
	return Value{From: n, To: n, Name: name, Meaning: meaning}
}

func valueRange(from, to uint32, name, meaning string) Value {
	return Value{From: from, To: to, Name: name, Meaning: meaning}
}

func reservedValue(n uint32, name string) Value {
	return Value{From: n, To: n, Name: name, Reserved: true}
}

// in50 limits a value to version 5.0.
func (x Value) in50() Value { x.Versions = In50; return x }

func (x Value) text(s string) Value { x.Text, x.IsText = s, true; return x }

func (x Value) alphabet(a Alphabet) Value { x.Alphabet = a; return x }

var tonValues = &Enum{
	Name: "ton",
	Values: []Value{
		value(0x00, "unknown", ""),
		value(0x01, "international", ""),
		value(0x02, "national", ""),
		value(0x03, "network_specific", ""),
		value(0x04, "subscriber_number", ""),
		value(0x05, "alphanumeric", ""),
		value(0x06, "abbreviated", ""),
	},
	Ref: Section{"5.2.5", "4.7.1"},
	Notes: []string{
		"Value 7 is reserved for extension in GSM 03.40.",
	},
}

var npiValues = &Enum{
	Name: "npi",
	Values: []Value{
		value(0x00, "unknown", ""),
		value(0x01, "isdn", "E.163/E.164"),
		value(0x03, "data", "X.121"),
		value(0x04, "telex", "F.69"),
		value(0x06, "land_mobile", "E.212"),
		value(0x08, "national", ""),
		value(0x09, "private", ""),
		value(0x0A, "ermes", ""),
		value(0x0E, "internet", "IP"),
		value(0x12, "wap_client_id", ""),
	},
	Ref: Section{"5.2.6", "4.7.2"},
}

var interfaceVersionValues = &Enum{
	Name: "interface_version",
	Values: []Value{
		valueRange(0x00, 0x33, "v3.3_or_earlier", ""),
		value(0x34, "v3.4", ""),
		value(0x50, "v5.0", ""),
	},
	Ref: Section{"5.2.4", "4.7.13"},
	Notes: []string{
		"0x50 exists in v5.0 only; a v3.4 peer treats it as reserved.",
		"v5.0 also accepts 0x00 as a sign of v3.3 or earlier.",
		"An ESME that sends a value below 0x34 must not get TLVs, nor a message_id of more than 8 characters.",
	},
}

var esmClassSubmitValues = &BitEnum{
	Name: "esm_class_submit",
	Groups: []BitGroup{
		{Mask: 0x03, Name: "messaging_mode", Values: []Value{
			value(0x00, "default_mode", ""),
			value(0x01, "datagram", ""),
			value(0x02, "forward_transaction", ""),
			value(0x03, "store_and_forward", ""),
		}},
		{Mask: 0x3C, Name: "message_type", Values: []Value{
			value(0x00, "default_type", ""),
			value(0x08, "esme_delivery_acknowledgement", ""),
			value(0x10, "esme_manual_user_acknowledgement", ""),
		}},
		{Mask: 0xC0, Name: "gsm_features", Values: []Value{
			value(0x00, "none", ""),
			value(0x40, "udhi", ""),
			value(0x80, "reply_path", ""),
			value(0xC0, "udhi_and_reply_path", ""),
		}},
	},
	Ref: Section{"5.2.12", "4.7.12"},
	Notes: []string{
		"All other message_type values are reserved in this direction in v3.4; v5.0 prints one table with the receipt and notification types for both directions.",
		"The whole octet must be 0 for a plain message in default mode.",
	},
}

var esmClassDeliverValues = &BitEnum{
	Name: "esm_class_deliver",
	Groups: []BitGroup{
		{Mask: 0x03, Name: "messaging_mode", Any: true, Unused: true},
		{Mask: 0x3C, Name: "message_type", Values: []Value{
			value(0x00, "default_type", ""),
			value(0x04, "smsc_delivery_receipt", ""),
			value(0x08, "sme_delivery_acknowledgement", ""),
			reservedValue(0x0C, "reserved"),
			value(0x10, "sme_manual_user_acknowledgement", ""),
			reservedValue(0x14, "reserved"),
			value(0x18, "conversation_abort", ""),
			reservedValue(0x1C, "reserved"),
			value(0x20, "intermediate_delivery_notification", ""),
		}},
		{Mask: 0xC0, Name: "gsm_features", Values: []Value{
			value(0x00, "none", ""),
			value(0x40, "udhi", ""),
			value(0x80, "reply_path", ""),
			value(0xC0, "udhi_and_reply_path", ""),
		}},
	},
	Ref: Section{"5.2.12", "4.7.12"},
	Notes: []string{
		"message_type values 0x24-0x3C are reserved.",
		"v5.0 heads the type rows with bits 2 and 5; the values are the same as in v3.4.",
	},
}

var registeredDeliveryValues = &BitEnum{
	Name: "registered_delivery",
	Groups: []BitGroup{
		{Mask: 0x03, Name: "smsc_delivery_receipt", Values: []Value{
			value(0x00, "none", ""),
			value(0x01, "success_or_failure", ""),
			value(0x02, "failure_only", ""),
			value(0x03, "success_only", "").in50(),
		}},
		{Mask: 0x0C, Name: "sme_originated_acknowledgement", Values: []Value{
			value(0x00, "none", ""),
			value(0x04, "delivery_acknowledgement", ""),
			value(0x08, "manual_user_acknowledgement", ""),
			value(0x0C, "both", ""),
		}},
		{Mask: 0x10, Name: "intermediate_notification", Values: []Value{value(0x00, "not_requested", ""), value(0x10, "requested", "")}},
		{Mask: 0xE0, Name: "reserved", Values: []Value{value(0x00, "zero", "")}},
	},
	Ref: Section{"5.2.17", "4.7.21"},
	Notes: []string{
		"Value 3 of the receipt bits is reserved in v3.4.",
		"v3.4 labels the notification flag bit 5 while its bit pattern shows bit 4 (0x10); v5.0 says bit 4.",
		"In v3.3 the parameter is registered_delivery_flag with 0 and 1 only.",
	},
}

var priorityFlagValues = &Enum{
	Name: "priority_flag",
	Values: []Value{
		value(0x00, "level_0", "GSM non-priority, ANSI-136 bulk, IS-95 normal, cell broadcast normal."),
		value(0x01, "level_1", "GSM priority, ANSI-136 normal, IS-95 interactive, cell broadcast immediate broadcast."),
		value(0x02, "level_2", "GSM priority, ANSI-136 urgent, IS-95 urgent, cell broadcast high priority."),
		value(0x03, "level_3", "GSM priority, ANSI-136 very urgent, IS-95 emergency, cell broadcast reserved."),
		value(0x04, "level_4", "Cell broadcast only: priority background.").in50(),
	},
	Ref: Section{"5.2.14", "4.7.19"},
	Notes: []string{
		"v3.3: 0 or 1 only.",
	},
}

var replaceIfPresentFlagValues = &Enum{
	Name: "replace_if_present_flag",
	Values: []Value{
		value(0x00, "do_not_replace", ""),
		value(0x01, "replace", ""),
	},
	Ref: Section{"5.2.18", "4.7.22"},
}

var destFlagValues = &Enum{
	Name: "dest_flag",
	Values: []Value{
		value(0x01, "sme_address", ""),
		value(0x02, "distribution_list", ""),
	},
	Ref: Section{"5.2.25", "4.7.9"},
}

var dataCodingValues = &Enum{
	Name: "data_coding",
	Values: []Value{
		value(0x00, "smsc_default", "Alphabet agreed with the message centre, in practice mostly GSM 03.38, one septet per octet."),
		value(0x01, "ia5_ascii", "IA5 (CCITT T.50) / ASCII (ANSI X3.4).").alphabet(AlphabetASCII),
		value(0x02, "octet_unspecified_2", "8-bit binary (TDMA/CDMA).").alphabet(AlphabetBinary),
		value(0x03, "latin1", "ISO 8859-1.").alphabet(AlphabetLatin1),
		value(0x04, "octet_unspecified_4", "8-bit binary (all technologies).").alphabet(AlphabetBinary),
		value(0x05, "jis", "JIS X 0208-1990.").alphabet(AlphabetJIS),
		value(0x06, "cyrillic", "ISO 8859-5.").alphabet(AlphabetCyrillic),
		value(0x07, "latin_hebrew", "ISO 8859-8.").alphabet(AlphabetHebrew),
		value(0x08, "ucs2", "ISO/IEC 10646 UCS-2, big endian; surrogate pairs occur in practice, so decode as UTF-16BE.").alphabet(AlphabetUTF16),
		value(0x09, "pictogram", "Pictogram encoding."),
		value(0x0A, "iso_2022_jp", "ISO-2022-JP (music codes).").alphabet(AlphabetISO2022JP),
		value(0x0D, "extended_kanji_jis", "JIS X 0212-1990.").alphabet(AlphabetJIS),
		value(0x0E, "ks_c_5601", "KS C 5601.").alphabet(AlphabetEUCKR),
		valueRange(0xC0, 0xCF, "gsm_mwi_discard", "Message waiting, discard the message.").alphabet(AlphabetGSM),
		valueRange(0xD0, 0xDF, "gsm_mwi_store_gsm7", "Message waiting, store the message, GSM default alphabet.").alphabet(AlphabetGSM),
		valueRange(0xE0, 0xEF, "gsm_mwi_store_ucs2", "Reserved in SMPP; in GSM 03.38 message waiting, store the message, UCS-2.").alphabet(AlphabetUTF16),
		valueRange(0xF0, 0xFF, "gsm_message_class", "Data coding and message class."),
	},
	Ref: Section{"5.2.19", "4.7.7"},
	Notes: []string{
		"There is no default value.",
		"v5.0 calls value 0 message-centre specific and advises against it.",
		"Values 0x10-0x1F, 0x40-0x5F and others of the GSM general group are reserved in SMPP but seen in the field; see gsm_dcs_field_practice.",
	},
}

var gsmDCSMWIValues = &BitEnum{
	Name: "gsm_dcs_mwi",
	Groups: []BitGroup{
		{Mask: 0x08, Name: "indication_sense", Values: []Value{value(0x00, "inactive", ""), value(0x08, "active", "")}},
		{Mask: 0x04, Name: "reserved", Values: []Value{value(0x00, "zero", "")}},
		{Mask: 0x03, Name: "indication_type", Values: []Value{
			value(0x00, "voicemail", ""),
			value(0x01, "fax", ""),
			value(0x02, "email", ""),
			value(0x03, "other", ""),
		}},
	},
}

var gsmDCSMessageClassValues = &BitEnum{
	Name: "gsm_dcs_message_class",
	Groups: []BitGroup{
		{Mask: 0x08, Name: "reserved", Values: []Value{value(0x00, "zero", "")}},
		{Mask: 0x04, Name: "message_coding", Values: []Value{value(0x00, "gsm7", ""), value(0x04, "data_8bit", "")}},
		{Mask: 0x03, Name: "message_class", Values: []Value{
			value(0x00, "class_0", "shown at once (flash)"),
			value(0x01, "class_1", "handset"),
			value(0x02, "class_2", "SIM"),
			value(0x03, "class_3", "terminal equipment"),
		}},
	},
}

var gsmDCSGeneralGroupValues = &BitEnum{
	Name: "gsm_dcs_general_group",
	Groups: []BitGroup{
		{Mask: 0x20, Name: "compressed", Values: []Value{value(0x00, "uncompressed", ""), value(0x20, "compressed", "")}},
		{Mask: 0x10, Name: "class_present", Values: []Value{value(0x00, "no_class", ""), value(0x10, "class_in_bits_1_0", "")}},
		{Mask: 0x0C, Name: "character_set", Values: []Value{
			value(0x00, "gsm7", ""),
			value(0x04, "data_8bit", ""),
			value(0x08, "ucs2", ""),
			reservedValue(0x0C, "reserved"),
		}},
		{Mask: 0x03, Name: "message_class", Values: []Value{
			value(0x00, "class_0", ""),
			value(0x01, "class_1", ""),
			value(0x02, "class_2", ""),
			value(0x03, "class_3", ""),
		}},
	},
	Notes: []string{
		"Applies to DCS values 0x00-0x3F, and 0x40-0x7F marked for automatic deletion, in GSM. SMPP gives 0x00-0x0E its own meanings and reserves 0x0F-0xBF.",
	},
}

var gsmDCSFieldPracticeValues = &Enum{
	Name: "gsm_dcs_field_practice",
	Open: true,
	Values: []Value{
		value(0x10, "gsm7_class_0_flash", "").alphabet(AlphabetGSM),
		value(0x11, "gsm7_class_1", "").alphabet(AlphabetGSM),
		value(0x14, "data_8bit_class_0", "").alphabet(AlphabetBinary),
		value(0x15, "data_8bit_class_1", "").alphabet(AlphabetBinary),
		value(0x16, "data_8bit_class_2", "").alphabet(AlphabetBinary),
		value(0x18, "ucs2_class_0_flash", "").alphabet(AlphabetUTF16),
		value(0x19, "ucs2_class_1", "").alphabet(AlphabetUTF16),
		value(0xF0, "gsm7_class_0_flash", "").alphabet(AlphabetGSM),
		value(0xF1, "gsm7_class_1", "").alphabet(AlphabetGSM),
		value(0xF2, "gsm7_class_2_sim", "").alphabet(AlphabetGSM),
		value(0xF4, "data_8bit_class_0", "").alphabet(AlphabetBinary),
		value(0xF5, "data_8bit_class_1", "").alphabet(AlphabetBinary),
		value(0xF6, "data_8bit_class_2_sim", "").alphabet(AlphabetBinary),
	},
	Notes: []string{
		"Use it to decode text; a v3.4 checker still reports 0x0F-0xBF as reserved.",
	},
}

var messageStateValues = &Enum{
	Name: "message_state",
	Values: []Value{
		value(0x00, "SCHEDULED", "Accepted, delivery not yet started. Not final.").in50(),
		value(0x01, "ENROUTE", "Being delivered or waiting for a retry. Not final."),
		value(0x02, "DELIVERED", "Delivered. Final."),
		value(0x03, "EXPIRED", "Not delivered within its validity. Final."),
		value(0x04, "DELETED", "Cancelled or deleted. Final."),
		value(0x05, "UNDELIVERABLE", "Cannot be delivered. Final."),
		value(0x06, "ACCEPTED", "Taken over by hand on the message centre side. Final."),
		value(0x07, "UNKNOWN", "State not known."),
		value(0x08, "REJECTED", "Refused. Final."),
		value(0x09, "SKIPPED", "Accepted but on purpose not sent. Final.").in50(),
	},
	Ref: Section{"5.2.28", "4.7.15"},
	Notes: []string{
		"Some message centres send ACCEPTED (stat ACCEPTD) as an intermediate state although v5.0 calls it final; do not close a message on it before another receipt had time to come.",
		"Appendix B of v3.4 has no code for ENROUTE; the receipt text ENROUTE is practice for intermediate notifications.",
	},
}

var serviceTypeValues = &Enum{
	Name: "service_type",
	Open: true,
	Values: []Value{
		value(0, "default", "").text(""),
		value(0, "cellular_messaging", "").text("CMT"),
		value(0, "cellular_paging", "").text("CPT"),
		value(0, "voice_mail_notification", "").text("VMN"),
		value(0, "voice_mail_alerting", "").text("VMA"),
		value(0, "wireless_application_protocol", "").text("WAP"),
		value(0, "unstructured_supplementary_services_data", "").text("USSD"),
		value(0, "cell_broadcast_service", "").text("CBS").in50(),
		value(0, "generic_udp_transport_service", "").text("GUTS").in50(),
	},
	Ref: Section{"5.2.11", "4.7.25"},
	Notes: []string{
		"Other values are agreed with the provider.",
		"At most 5 characters plus NUL.",
	},
}

var addrSubunitValues = &Enum{
	Name: "addr_subunit",
	Values: []Value{
		value(0x00, "unknown", ""),
		value(0x01, "ms_display", ""),
		value(0x02, "mobile_equipment", ""),
		value(0x03, "smart_card_1", ""),
		value(0x04, "external_unit_1", ""),
	},
	Ref: Section{"5.3.2.1", "4.8.4.23"},
}

var networkTypeValues = &Enum{
	Name: "network_type",
	Values: []Value{
		value(0x00, "unknown", ""),
		value(0x01, "gsm", ""),
		value(0x02, "ansi_136_tdma", ""),
		value(0x03, "is_95_cdma", ""),
		value(0x04, "pdc", ""),
		value(0x05, "phs", ""),
		value(0x06, "iden", ""),
		value(0x07, "amps", ""),
		value(0x08, "paging_network", ""),
	},
	Ref: Section{"5.3.2.3", "4.8.4.26"},
}

var bearerTypeValues = &Enum{
	Name: "bearer_type",
	Values: []Value{
		value(0x00, "unknown", ""),
		value(0x01, "sms", ""),
		value(0x02, "csd", ""),
		value(0x03, "packet_data", ""),
		value(0x04, "ussd", ""),
		value(0x05, "cdpd", ""),
		value(0x06, "datatac", ""),
		value(0x07, "flex_reflex", ""),
		value(0x08, "cell_broadcast", ""),
	},
	Ref: Section{"5.3.2.5", "4.8.4.24"},
}

var payloadTypeValues = &Enum{
	Name: "payload_type",
	Values: []Value{
		value(0x00, "default_wdp", ""),
		value(0x01, "wcmp", ""),
	},
	Ref: Section{"5.3.2.10", "4.8.4.44"},
}

var msMsgWaitFacilitiesValues = &BitEnum{
	Name: "ms_msg_wait_facilities",
	Groups: []BitGroup{
		{Mask: 0x80, Name: "indication", Values: []Value{value(0x00, "inactive", ""), value(0x80, "active", "")}},
		{Mask: 0x7C, Name: "reserved", Values: []Value{value(0x00, "zero", "")}},
		{Mask: 0x03, Name: "message_type", Values: []Value{
			value(0x00, "voicemail", ""),
			value(0x01, "fax", ""),
			value(0x02, "email", ""),
			value(0x03, "other", ""),
		}},
	},
	Ref: Section{"5.3.2.13", "4.8.4.40"},
}

var privacyIndicatorValues = &Enum{
	Name: "privacy_indicator",
	Values: []Value{
		value(0x00, "not_restricted", ""),
		value(0x01, "restricted", ""),
		value(0x02, "confidential", ""),
		value(0x03, "secret", ""),
	},
	Ref: Section{"5.3.2.14", "4.8.4.45"},
}

var subaddressTypeValues = &Enum{
	Name: "subaddress_type",
	Values: []Value{
		reservedValue(0x01, "reserved_1"),
		reservedValue(0x02, "reserved_2"),
		value(0x80, "nsap_even", "ITU-T X.213"),
		value(0x88, "nsap_odd", "ITU-T X.213"),
		value(0xA0, "user_specified", ""),
	},
	Ref: Section{"5.3.2.15", "4.8.4.60"},
}

var languageIndicatorValues = &Enum{
	Name: "language_indicator",
	Open: true,
	Values: []Value{
		value(0x00, "unspecified", ""),
		value(0x01, "english", ""),
		value(0x02, "french", ""),
		value(0x03, "spanish", ""),
		value(0x04, "german", ""),
		value(0x05, "portuguese", ""),
	},
	Ref: Section{"5.3.2.19", "4.8.4.35"},
	Notes: []string{
		"Further values: CMT-136.",
	},
}

var callbackNumPresIndValues = &BitEnum{
	Name: "callback_num_pres_ind",
	Groups: []BitGroup{
		{Mask: 0xF0, Name: "reserved", Values: []Value{value(0x00, "zero", "")}},
		{Mask: 0x0C, Name: "presentation", Values: []Value{
			value(0x00, "allowed", ""),
			value(0x04, "restricted", ""),
			value(0x08, "number_not_available", ""),
			reservedValue(0x0C, "reserved"),
		}},
		{Mask: 0x03, Name: "screening", Values: []Value{
			value(0x00, "user_provided_not_screened", ""),
			value(0x01, "user_provided_verified_passed", ""),
			value(0x02, "user_provided_verified_failed", ""),
			value(0x03, "network_provided", ""),
		}},
	},
	Ref: Section{"5.3.2.37", "4.8.4.17"},
}

var callbackDigitModeValues = &Enum{
	Name: "callback_digit_mode",
	Values: []Value{
		value(0x00, "dtmf_tbcd", ""),
		value(0x01, "ascii", ""),
	},
	Ref: Section{"5.3.2.36", "4.8.4.15"},
}

var dpfResultValues = &Enum{
	Name: "dpf_result",
	Values: []Value{
		value(0x00, "dpf_not_set", ""),
		value(0x01, "dpf_set", ""),
	},
	Ref: Section{"5.3.2.28", "4.8.4.32"},
}

var setDPFValues = &Enum{
	Name: "set_dpf",
	Values: []Value{
		value(0x00, "not_requested", ""),
		value(0x01, "requested", ""),
	},
	Ref: Section{"5.3.2.29", "4.8.4.52"},
}

var msAvailabilityStatusValues = &Enum{
	Name: "ms_availability_status",
	Values: []Value{
		value(0x00, "available", ""),
		value(0x01, "denied", "for instance suspended or no SMS capability"),
		value(0x02, "unavailable", ""),
	},
	Ref: Section{"5.3.2.30", "4.8.4.39"},
}

var networkErrorTypeValues = &Enum{
	Name: "network_error_type",
	Values: []Value{
		value(0x01, "ansi_136_access_denied_reason", ""),
		value(0x02, "is_95_access_denied_reason", ""),
		value(0x03, "gsm", ""),
		value(0x04, "ansi_136_cause_code", "").in50(),
		value(0x05, "is_95_cause_code", "").in50(),
		value(0x06, "ansi_41_error", "").in50(),
		value(0x07, "smpp_error", "").in50(),
		value(0x08, "message_center_specific", "").in50(),
	},
	Ref: Section{"5.3.2.31", "4.8.4.42"},
	Notes: []string{
		"v3.4 names 1 ANSI-136 and 2 IS-95 without further words.",
	},
}

var deliveryFailureReasonValues = &Enum{
	Name: "delivery_failure_reason",
	Values: []Value{
		value(0x00, "destination_unavailable", ""),
		value(0x01, "destination_address_invalid", ""),
		value(0x02, "permanent_network_error", ""),
		value(0x03, "temporary_network_error", ""),
	},
	Ref: Section{"5.3.2.33", "4.8.4.19"},
}

var moreMessagesToSendValues = &Enum{
	Name: "more_messages_to_send",
	Values: []Value{
		value(0x00, "no_more_messages", ""),
		value(0x01, "more_messages", ""),
	},
	Ref: Section{"5.3.2.34", "4.8.4.38"},
}

var congestionStateValues = &Enum{
	Name: "congestion_state",
	Values: []Value{
		value(0x00, "idle", ""),
		valueRange(0x01, 0x1D, "low_load", ""),
		valueRange(0x1E, 0x31, "medium_load", ""),
		valueRange(0x32, 0x4F, "high_load", ""),
		valueRange(0x50, 0x59, "optimum_load", ""),
		valueRange(0x5A, 0x63, "nearing_congestion", ""),
		value(0x64, "congested", ""),
	},
	Ref: Section{"", "4.8.4.18"},
	Notes: []string{
		"The specification lists 90 twice (80-90 and 90-99); here it counts as nearing_congestion, as in Wireshark.",
	},
}

var ussdServiceOpValues = &Enum{
	Name: "ussd_service_op",
	Values: []Value{
		value(0x00, "pssd_indication", ""),
		value(0x01, "pssr_indication", ""),
		value(0x02, "ussr_request", ""),
		value(0x03, "ussn_request", ""),
		value(0x10, "pssd_response", ""),
		value(0x11, "pssr_response", ""),
		value(0x12, "ussr_confirm", ""),
		value(0x13, "ussn_confirm", ""),
		valueRange(0x20, 0xFF, "vendor_specific", ""),
	},
	Ref: Section{"5.3.2.44", "4.8.4.64"},
}

var displayTimeValues = &Enum{
	Name: "display_time",
	Values: []Value{
		value(0x00, "temporary", ""),
		value(0x01, "default", ""),
		value(0x02, "invoke", ""),
	},
	Ref: Section{"5.3.2.26", "4.8.4.31"},
}

var msValidityValues = &Enum{
	Name: "ms_validity",
	Values: []Value{
		value(0x00, "store_indefinitely", ""),
		value(0x01, "power_down", ""),
		value(0x02, "registration_area", "SID based registration area; valid until it changes"),
		value(0x03, "display_only", ""),
		value(0x04, "relative_time_period", "").in50(),
	},
	Ref: Section{"5.3.2.27", "4.8.4.41"},
}

var msValidityTimeUnitValues = &Enum{
	Name: "ms_validity_time_unit",
	Values: []Value{
		value(0x00, "seconds", ""),
		value(0x01, "minutes", ""),
		value(0x02, "hours", ""),
		value(0x03, "days", ""),
		value(0x04, "weeks", ""),
		value(0x05, "months", ""),
		value(0x06, "years", ""),
	},
	Ref: Section{"", "4.8.4.41"},
}

var alertOnMessageDeliveryValues = &Enum{
	Name: "alert_on_message_delivery",
	Values: []Value{
		value(0x00, "mobile_default_alert", ""),
		value(0x01, "low_priority_alert", ""),
		value(0x02, "medium_priority_alert", ""),
		value(0x03, "high_priority_alert", ""),
	},
	Ref: Section{"", "4.8.4.2"},
	Notes: []string{
		"v3.4 has no value part.",
	},
}

var itsReplyTypeValues = &Enum{
	Name: "its_reply_type",
	Values: []Value{
		value(0x00, "digit", ""),
		value(0x01, "number", ""),
		value(0x02, "telephone_number", ""),
		value(0x03, "password", ""),
		value(0x04, "character_line", ""),
		value(0x05, "menu", ""),
		value(0x06, "date", ""),
		value(0x07, "time", ""),
		value(0x08, "continue", ""),
	},
	Ref: Section{"5.3.2.42", "4.8.4.33"},
}

var itsSessionInfoValues = &BitEnum{
	Name: "its_session_info",
	Groups: []BitGroup{
		{Mask: 0xFE, Name: "sequence_number", Any: true},
		{Mask: 0x01, Name: "end_of_session", Values: []Value{value(0x00, "inactive", ""), value(0x01, "active", "")}},
	},
	Ref: Section{"5.3.2.43", "4.8.4.34"},
	Notes: []string{
		"Second octet only; the first is the dialogue number.",
	},
}

var destAddrNPResolutionValues = &Enum{
	Name: "dest_addr_np_resolution",
	Values: []Value{
		value(0x00, "query_not_performed", ""),
		value(0x01, "not_ported", ""),
		value(0x02, "ported", ""),
	},
	Ref: Section{"", "4.8.4.22"},
}

var billingFormatValues = &BitEnum{
	Name: "billing_format",
	Groups: []BitGroup{
		{Mask: 0x80, Name: "format", Values: []Value{reservedValue(0x00, "reserved"), value(0x80, "vendor_specific", "")}},
	},
	Ref: Section{"", "4.8.4.3"},
}

var broadcastChannelIndicatorValues = &Enum{
	Name: "broadcast_channel_indicator",
	Values: []Value{
		value(0x00, "basic", ""),
		value(0x01, "extended", ""),
	},
	Ref: Section{"", "4.8.4.7"},
}

var broadcastNetworkValues = &Enum{
	Name: "broadcast_network",
	Values: []Value{
		value(0x00, "generic", ""),
		value(0x01, "gsm", ""),
		value(0x02, "tdma", ""),
		value(0x03, "cdma", ""),
	},
	Ref: Section{"", "4.8.4.8"},
}

var broadcastContentTypeValues = &Enum{
	Name: "broadcast_content_type",
	Values: []Value{
		value(0x0000, "index", ""),
		value(0x0001, "emergency_broadcasts", ""),
		value(0x0002, "irdb_download", ""),
		value(0x0010, "news_flashes", ""),
		value(0x0011, "general_news_local", ""),
		value(0x0012, "general_news_regional", ""),
		value(0x0013, "general_news_national", ""),
		value(0x0014, "general_news_international", ""),
		value(0x0015, "business_news_local", ""),
		value(0x0016, "business_news_regional", ""),
		value(0x0017, "business_news_national", ""),
		value(0x0018, "business_news_international", ""),
		value(0x0019, "sports_news_local", ""),
		value(0x001A, "sports_news_regional", ""),
		value(0x001B, "sports_news_national", ""),
		value(0x001C, "sports_news_international", ""),
		value(0x001D, "entertainment_news_local", ""),
		value(0x001E, "entertainment_news_regional", ""),
		value(0x001F, "entertainment_news_national", ""),
		value(0x0020, "entertainment_news_international", ""),
		value(0x0021, "medical_health_hospitals", ""),
		value(0x0022, "doctors", ""),
		value(0x0023, "pharmacy", ""),
		value(0x0030, "local_traffic", ""),
		value(0x0031, "long_distance_traffic", ""),
		value(0x0032, "taxis", ""),
		value(0x0033, "weather", ""),
		value(0x0034, "local_airport_flight_schedules", ""),
		value(0x0035, "restaurants", ""),
		value(0x0036, "lodgings", ""),
		value(0x0037, "retail_directory", ""),
		value(0x0038, "advertisements", ""),
		value(0x0039, "stock_quotes", ""),
		value(0x0040, "employment_opportunities", ""),
		value(0x0041, "technology_news", ""),
		value(0x0070, "district_base_station_info", ""),
		value(0x0071, "network_information", ""),
		value(0x0080, "operator_services", ""),
		value(0x0081, "directory_enquiries_national", ""),
		value(0x0082, "directory_enquiries_international", ""),
		value(0x0083, "customer_care_national", ""),
		value(0x0084, "customer_care_international", ""),
		value(0x0085, "local_date_time_zone", ""),
		value(0x0100, "multi_category_services", ""),
	},
	Ref: Section{"", "4.8.4.8"},
	Notes: []string{
		"Valid when the network octet is 0 (generic).",
		"The specification prints 0x0038 twice at a page break.",
	},
}

var broadcastMessageClassValues = &Enum{
	Name: "broadcast_message_class",
	Values: []Value{
		value(0x00, "no_class", ""),
		value(0x01, "class_1_user_defined", ""),
		value(0x02, "class_2_user_defined", ""),
		value(0x03, "class_3_terminal_equipment", ""),
	},
	Ref: Section{"", "4.8.4.12"},
	Notes: []string{
		"The specification prints 0x02 for class 1, a misprint for 0x01.",
	},
}

var broadcastTimeUnitValues = &Enum{
	Name: "broadcast_time_unit",
	Values: []Value{
		value(0x00, "as_frequently_as_possible", ""),
		value(0x08, "seconds", ""),
		value(0x09, "minutes", ""),
		value(0x0A, "hours", ""),
		value(0x0B, "days", ""),
		value(0x0C, "weeks", ""),
		value(0x0D, "months", ""),
		value(0x0E, "years", ""),
	},
	Ref: Section{"", "4.8.4.11"},
}

var broadcastAreaFormatValues = &Enum{
	Name: "broadcast_area_format",
	Values: []Value{
		value(0x00, "alias_name", ""),
		value(0x01, "ellipsoid_arc", "3GPP TS 23.032"),
		value(0x02, "polygon", "3GPP TS 23.032"),
	},
	Ref: Section{"", "4.8.4.4.1"},
}

var broadcastAreaSuccessValues = &Enum{
	Name: "broadcast_area_success",
	Values: []Value{
		valueRange(0x00, 0x64, "percent", ""),
		{From: 0x65, To: 0xFE, Name: "reserved", Reserved: true},
		value(0xFF, "not_available", ""),
	},
	Ref: Section{"", "4.8.4.5"},
}

var huaweiMOMTFlagValues = &Enum{
	Name: "huawei_mo_mt_flag",
	Open: true,
	Values: []Value{
		value(0x01, "mo", ""),
		value(0x02, "mt", ""),
		reservedValue(0x03, "reserved"),
	},
}

var huaweiMSCAddrNOAValues = &Enum{
	Name: "huawei_msc_addr_noa",
	Open: true,
	Values: []Value{
		value(0x00, "spare", ""),
		value(0x01, "subscriber_number", ""),
		value(0x02, "unknown", ""),
		value(0x03, "national_number", ""),
		value(0x04, "international", ""),
	},
}

var huaweiMSCAddrNPIValues = &Enum{
	Name: "huawei_msc_addr_npi",
	Open: true,
	Values: []Value{
		value(0x00, "spare", ""),
		value(0x01, "isdn", "E.164"),
		value(0x02, "spare", ""),
		value(0x03, "data", "X.121"),
		value(0x04, "telex", "F.69"),
		reservedValue(0x05, "reserved_national"),
		reservedValue(0x06, "reserved_national"),
		value(0x07, "spare", ""),
	},
}

var huaweiNotifyModeValues = &Enum{
	Name: "huawei_notify_mode",
	Open: true,
	Values: []Value{
		value(0x01, "always", ""),
		value(0x02, "on_failure", ""),
		value(0x03, "on_success", ""),
		value(0x04, "never", ""),
	},
}

var huaweiDeliveryResultValues = &Enum{
	Name: "huawei_delivery_result",
	Open: true,
	Values: []Value{
		value(0x00, "successful", ""),
		value(0x01, "unsuccessful", ""),
	},
}

var huaweiOperationResultValues = &Enum{
	Name: "huawei_operation_result",
	Open: true,
	Values: []Value{
		value(0x00, "successful", ""),
		value(0x01, "protocol_not_supported", ""),
		value(0x0A, "other", ""),
		value(0x0B, "mo_account_missing", ""),
		value(0x0C, "mt_account_missing", ""),
		value(0x0D, "mo_account_state_abnormal", ""),
		value(0x0E, "mt_account_state_abnormal", ""),
		value(0x0F, "mo_balance_too_low", ""),
		value(0x10, "mt_balance_too_low", ""),
		value(0x11, "mo_service_not_supported", ""),
		value(0x12, "mt_service_not_supported", ""),
		value(0x13, "mo_postpaid_ok", ""),
		value(0x14, "mt_postpaid_ok", ""),
		value(0x15, "mo_postpaid_status_wrong", ""),
		value(0x16, "mt_postpaid_status_wrong", ""),
		value(0x17, "mo_postpaid_balance_too_low", ""),
		value(0x18, "mt_postpaid_balance_too_low", ""),
		value(0x19, "mo_postpaid_service_not_supported", ""),
		value(0x1A, "mt_postpaid_service_not_supported", ""),
	},
}

var enums = []*Enum{
	tonValues,
	npiValues,
	interfaceVersionValues,
	priorityFlagValues,
	replaceIfPresentFlagValues,
	destFlagValues,
	dataCodingValues,
	gsmDCSFieldPracticeValues,
	messageStateValues,
	serviceTypeValues,
	addrSubunitValues,
	networkTypeValues,
	bearerTypeValues,
	payloadTypeValues,
	privacyIndicatorValues,
	subaddressTypeValues,
	languageIndicatorValues,
	callbackDigitModeValues,
	dpfResultValues,
	setDPFValues,
	msAvailabilityStatusValues,
	networkErrorTypeValues,
	deliveryFailureReasonValues,
	moreMessagesToSendValues,
	congestionStateValues,
	ussdServiceOpValues,
	displayTimeValues,
	msValidityValues,
	msValidityTimeUnitValues,
	alertOnMessageDeliveryValues,
	itsReplyTypeValues,
	destAddrNPResolutionValues,
	broadcastChannelIndicatorValues,
	broadcastNetworkValues,
	broadcastContentTypeValues,
	broadcastMessageClassValues,
	broadcastTimeUnitValues,
	broadcastAreaFormatValues,
	broadcastAreaSuccessValues,
	huaweiMOMTFlagValues,
	huaweiMSCAddrNOAValues,
	huaweiMSCAddrNPIValues,
	huaweiNotifyModeValues,
	huaweiDeliveryResultValues,
	huaweiOperationResultValues,
}

var bitEnums = []*BitEnum{
	esmClassSubmitValues,
	esmClassDeliverValues,
	registeredDeliveryValues,
	gsmDCSMWIValues,
	gsmDCSMessageClassValues,
	gsmDCSGeneralGroupValues,
	msMsgWaitFacilitiesValues,
	callbackNumPresIndValues,
	itsSessionInfoValues,
	billingFormatValues,
}
