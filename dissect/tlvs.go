package dissect

// Tags of the standard TLVs.
const (
	TagDestAddrSubunit            uint16 = 0x0005
	TagDestNetworkType            uint16 = 0x0006
	TagDestBearerType             uint16 = 0x0007
	TagDestTelematicsID           uint16 = 0x0008
	TagSourceAddrSubunit          uint16 = 0x000D
	TagSourceNetworkType          uint16 = 0x000E
	TagSourceBearerType           uint16 = 0x000F
	TagSourceTelematicsID         uint16 = 0x0010
	TagQoSTimeToLive              uint16 = 0x0017
	TagPayloadType                uint16 = 0x0019
	TagAdditionalStatusInfoText   uint16 = 0x001D
	TagReceiptedMessageID         uint16 = 0x001E
	TagMSMsgWaitFacilities        uint16 = 0x0030
	TagPrivacyIndicator           uint16 = 0x0201
	TagSourceSubaddress           uint16 = 0x0202
	TagDestSubaddress             uint16 = 0x0203
	TagUserMessageReference       uint16 = 0x0204
	TagUserResponseCode           uint16 = 0x0205
	TagSourcePort                 uint16 = 0x020A
	TagDestinationPort            uint16 = 0x020B
	TagSARMsgRefNum               uint16 = 0x020C
	TagLanguageIndicator          uint16 = 0x020D
	TagSARTotalSegments           uint16 = 0x020E
	TagSARSegmentSeqnum           uint16 = 0x020F
	TagSCInterfaceVersion         uint16 = 0x0210
	TagCallbackNumPresInd         uint16 = 0x0302
	TagCallbackNumAtag            uint16 = 0x0303
	TagNumberOfMessages           uint16 = 0x0304
	TagCallbackNum                uint16 = 0x0381
	TagDPFResult                  uint16 = 0x0420
	TagSetDPF                     uint16 = 0x0421
	TagMSAvailabilityStatus       uint16 = 0x0422
	TagNetworkErrorCode           uint16 = 0x0423
	TagMessagePayload             uint16 = 0x0424
	TagDeliveryFailureReason      uint16 = 0x0425
	TagMoreMessagesToSend         uint16 = 0x0426
	TagMessageState               uint16 = 0x0427
	TagCongestionState            uint16 = 0x0428
	TagUSSDServiceOp              uint16 = 0x0501
	TagBroadcastChannelIndicator  uint16 = 0x0600
	TagBroadcastContentType       uint16 = 0x0601
	TagBroadcastContentTypeInfo   uint16 = 0x0602
	TagBroadcastMessageClass      uint16 = 0x0603
	TagBroadcastRepNum            uint16 = 0x0604
	TagBroadcastFrequencyInterval uint16 = 0x0605
	TagBroadcastAreaIdentifier    uint16 = 0x0606
	TagBroadcastErrorStatus       uint16 = 0x0607
	TagBroadcastAreaSuccess       uint16 = 0x0608
	TagBroadcastEndTime           uint16 = 0x0609
	TagBroadcastServiceGroup      uint16 = 0x060A
	TagBillingIdentification      uint16 = 0x060B
	TagSourceNetworkID            uint16 = 0x060D
	TagDestNetworkID              uint16 = 0x060E
	TagSourceNodeID               uint16 = 0x060F
	TagDestNodeID                 uint16 = 0x0610
	TagDestAddrNPResolution       uint16 = 0x0611
	TagDestAddrNPInformation      uint16 = 0x0612
	TagDestAddrNPCountry          uint16 = 0x0613
	TagDisplayTime                uint16 = 0x1201
	TagSMSSignal                  uint16 = 0x1203
	TagMSValidity                 uint16 = 0x1204
	TagAlertOnMessageDelivery     uint16 = 0x130C
	TagITSReplyType               uint16 = 0x1380
	TagITSSessionInfo             uint16 = 0x1383
)

// tlvTable holds the 64 standard TLVs by rising tag. Integers without lengths
// are as long as their kind. v3.3 has no TLVs; its lengths are those of v3.4.
var tlvTable = indexTLVs([]TLVDef{
	{
		Tag: TagDestAddrSubunit, Name: "dest_addr_subunit", Versions: In34 | In50, Kind: Uint8,
		Enum:       addrSubunitValues,
		Default:    "0",
		Technology: "GSM",
		Ref:        Section{"5.3.2.1", "4.8.4.23"},
		Meaning:    "Part of the handset (display, equipment, SIM, attached device) that should get the message.",
	},
	{
		Tag: TagDestNetworkType, Name: "dest_network_type", Versions: In34 | In50, Kind: Uint8,
		Enum:       networkTypeValues,
		Technology: "generic",
		Ref:        Section{"5.3.2.3", "4.8.4.26"},
		Meaning:    "Kind of network the destination address belongs to.",
	},
	{
		Tag: TagDestBearerType, Name: "dest_bearer_type", Versions: In34 | In50, Kind: Uint8,
		Enum:       bearerTypeValues,
		Technology: "generic",
		Ref:        Section{"5.3.2.5", "4.8.4.24"},
		Meaning:    "Bearer wanted for delivery to the destination.",
	},
	{
		Tag: TagDestTelematicsID, Name: "dest_telematics_id", Versions: In34 | In50, Kind: Uint16,
		Technology: "GSM",
		Ref:        Section{"5.3.2.7", "4.8.4.29"},
		Meaning:    "Telematic interworking to use for the destination; only useful next to dest_bearer_type.",
		Notes: []string{
			"v3.4 leaves the values open; v5.0 puts the GSM protocol_id in the first octet and reserves the second.",
		},
	},
	{
		Tag: TagSourceAddrSubunit, Name: "source_addr_subunit", Versions: In34 | In50, Kind: Uint8,
		Enum:       addrSubunitValues,
		Default:    "0",
		Technology: "GSM",
		Ref:        Section{"5.3.2.2", "4.8.4.54"},
		Meaning:    "Part of the handset the message came from.",
	},
	{
		Tag: TagSourceNetworkType, Name: "source_network_type", Versions: In34 | In50, Kind: Uint8,
		Enum:       networkTypeValues,
		Technology: "generic",
		Ref:        Section{"5.3.2.4", "4.8.4.57"},
		Meaning:    "Kind of network the originating device is on.",
	},
	{
		Tag: TagSourceBearerType, Name: "source_bearer_type", Versions: In34 | In50, Kind: Uint8,
		Enum:       bearerTypeValues,
		Technology: "generic",
		Ref:        Section{"5.3.2.6", "4.8.4.55"},
		Meaning:    "Bearer over which the message arrived.",
	},
	{
		Tag: TagSourceTelematicsID, Name: "source_telematics_id", Versions: In34 | In50, Kind: Uint8,
		Technology: "GSM",
		Ref:        Section{"5.3.2.8", "4.8.4.61"},
		Meaning:    "Telematic interface the message came over.",
		Notes: []string{
			"Both specifications give one octet although they refer to dest_telematics_id (two octets) for its values; several implementations send two octets. Treat 2 as a tolerated deviation.",
		},
	},
	{
		Tag: TagQoSTimeToLive, Name: "qos_time_to_live", Versions: In34 | In50, Kind: Uint32,
		Technology: "generic",
		Ref:        Section{"5.3.2.9", "4.8.4.46"},
		Meaning:    "Seconds the message may be kept undelivered, counted from submission.",
		Notes: []string{
			"In v5.0 it overrides validity_period when both are given (stated in the submit_sm table, 4.2.1.1).",
		},
	},
	{
		Tag: TagPayloadType, Name: "payload_type", Versions: In34 | In50, Kind: Uint8,
		Enum:       payloadTypeValues,
		Default:    "0",
		Technology: "generic",
		Ref:        Section{"5.3.2.10", "4.8.4.44"},
		Meaning:    "Higher-layer protocol carried in the payload.",
	},
	{
		Tag: TagAdditionalStatusInfoText, Name: "additional_status_info_text", Versions: In34 | In50, Kind: COctet,
		MinLen: all(1), MaxLen: all(256),
		Technology: "generic",
		Ref:        Section{"5.3.2.11", "4.8.4.1"},
		Meaning:    "Free ASCII text that explains a response.",
	},
	{
		Tag: TagReceiptedMessageID, Name: "receipted_message_id", Versions: In34 | In50, Kind: COctet,
		MinLen: all(1), MaxLen: all(65),
		Technology: "generic",
		Ref:        Section{"5.3.2.12", "4.8.4.47"},
		Meaning:    "message_id of the message a delivery receipt or intermediate notification is about.",
		Notes: []string{
			"Many message centres leave out the closing NUL; tolerate that, report it as a deviation.",
		},
	},
	{
		Tag: TagMSMsgWaitFacilities, Name: "ms_msg_wait_facilities", Versions: In34 | In50, Kind: Uint8,
		Bits:       msMsgWaitFacilitiesValues,
		Technology: "GSM",
		Ref:        Section{"5.3.2.13", "4.8.4.40"},
		Meaning:    "Message-waiting indication for the handset.",
	},
	{
		Tag: TagPrivacyIndicator, Name: "privacy_indicator", Versions: In34 | In50, Kind: Uint8,
		Enum:       privacyIndicatorValues,
		Default:    "0",
		Technology: "CDMA, TDMA",
		Ref:        Section{"5.3.2.14", "4.8.4.45"},
		Meaning:    "Privacy level of the message.",
	},
	{
		Tag: TagSourceSubaddress, Name: "source_subaddress", Versions: In34 | In50, Kind: Octets,
		MinLen: all(2), MaxLen: all(23),
		Fields: []TLVField{
			{Name: "subaddress_type", Offset: 0, Size: 1, Enum: subaddressTypeValues},
			{Name: "subaddress", Offset: 1, Masked: true},
		},
		Mark:       MarkAddress,
		Technology: "CDMA, TDMA",
		Ref:        Section{"5.3.2.15", "4.8.4.60"},
		Meaning:    "Subaddress of the sender: one octet subaddress type, then the subaddress.",
	},
	{
		Tag: TagDestSubaddress, Name: "dest_subaddress", Versions: In34 | In50, Kind: Octets,
		MinLen: all(2), MaxLen: all(23),
		Fields: []TLVField{
			{Name: "subaddress_type", Offset: 0, Size: 1, Enum: subaddressTypeValues},
			{Name: "subaddress", Offset: 1, Masked: true},
		},
		Mark:       MarkAddress,
		Technology: "CDMA, TDMA",
		Ref:        Section{"5.3.2.16", "4.8.4.28"},
		Meaning:    "Subaddress of the destination, same layout as source_subaddress.",
		Notes: []string{
			"Both specifications say it is not supported in submit_multi, while both list it among the parameters of submit_multi; report it there as a note, not as an error.",
		},
	},
	{
		Tag: TagUserMessageReference, Name: "user_message_reference", Versions: In34 | In50, Kind: Uint16,
		Technology: "generic",
		Ref:        Section{"5.3.2.17", "4.8.4.62"},
		Meaning:    "Reference number chosen by the sender; echoed in receipts and acknowledgements; also identifies a broadcast message in v5.0.",
	},
	{
		Tag: TagUserResponseCode, Name: "user_response_code", Versions: In34 | In50, Kind: Uint8,
		Technology: "CDMA, TDMA",
		Ref:        Section{"5.3.2.18", "4.8.4.63"},
		Meaning:    "Answer code of a user acknowledgement.",
		Notes: []string{
			"Only 0-15 are meaningful on TDMA (CMT-136); 0-255 on CDMA (IS-95).",
		},
	},
	{
		Tag: TagSourcePort, Name: "source_port", Versions: In34 | In50, Kind: Uint16,
		Technology: "generic",
		Ref:        Section{"5.3.2.20", "4.8.4.59"},
		Meaning:    "Application port of the sender.",
	},
	{
		Tag: TagDestinationPort, Name: "destination_port", Aliases: []string{"dest_port"}, Versions: In34 | In50, Kind: Uint16,
		Technology: "generic",
		Ref:        Section{"5.3.2.21", "4.8.4.30"},
		Meaning:    "Application port at the destination.",
	},
	{
		Tag: TagSARMsgRefNum, Name: "sar_msg_ref_num", Versions: In34 | In50, Kind: Uint16,
		Requires:   []uint16{TagSARTotalSegments, TagSARSegmentSeqnum},
		Technology: "generic",
		Ref:        Section{"5.3.2.22", "4.8.4.48"},
		Meaning:    "Reference number shared by all segments of one concatenated message.",
	},
	{
		Tag: TagLanguageIndicator, Name: "language_indicator", Versions: In34 | In50, Kind: Uint8,
		Enum:       languageIndicatorValues,
		Default:    "0",
		Technology: "CDMA, TDMA",
		Ref:        Section{"5.3.2.19", "4.8.4.35"},
		Meaning:    "Language of the text.",
	},
	{
		Tag: TagSARTotalSegments, Name: "sar_total_segments", Versions: In34 | In50, Kind: Uint8,
		Min: 1, MaxValue: 255,
		Requires:   []uint16{TagSARMsgRefNum, TagSARSegmentSeqnum},
		Technology: "generic",
		Ref:        Section{"5.3.2.23", "4.8.4.50"},
		Meaning:    "How many segments the concatenated message has.",
	},
	{
		Tag: TagSARSegmentSeqnum, Name: "sar_segment_seqnum", Versions: In34 | In50, Kind: Uint8,
		Min: 1, MaxValue: 255,
		Requires:   []uint16{TagSARMsgRefNum, TagSARTotalSegments},
		Technology: "generic",
		Ref:        Section{"5.3.2.24", "4.8.4.49"},
		Meaning:    "Number of this segment, starting at 1; must not exceed sar_total_segments.",
	},
	{
		Tag: TagSCInterfaceVersion, Name: "sc_interface_version", Aliases: []string{"SC_interface_version"}, Versions: In34 | In50, Kind: Uint8,
		Enum:       interfaceVersionValues,
		Technology: "generic",
		Ref:        Section{"5.3.2.25", "4.8.4.51"},
		Meaning:    "Protocol version the message centre supports.",
		Notes: []string{
			"When a bind response lacks it the ESME must assume that TLVs are not supported.",
		},
	},
	{
		Tag: TagCallbackNumPresInd, Name: "callback_num_pres_ind", Versions: In34 | In50, Kind: Uint8,
		Bits:       callbackNumPresIndValues,
		Multiple:   true,
		Requires:   []uint16{TagCallbackNum},
		Technology: "TDMA",
		Ref:        Section{"5.3.2.37", "4.8.4.17"},
		Meaning:    "Presentation and screening of the callback number.",
		Notes: []string{
			"Must occur as often as callback_num; the n-th belongs to the n-th callback_num.",
		},
	},
	{
		Tag: TagCallbackNumAtag, Name: "callback_num_atag", Versions: In34 | In50, Kind: Octets,
		MinLen: all(1), MaxLen: all(65),
		Fields: []TLVField{
			{Name: "data_coding", Offset: 0, Size: 1, Enum: dataCodingValues},
			{Name: "display", Offset: 1, Masked: true},
		},
		Multiple:   true,
		Requires:   []uint16{TagCallbackNum},
		Mark:       MarkAddress,
		Technology: "TDMA",
		Ref:        Section{"5.3.2.38", "4.8.4.16"},
		Meaning:    "Display name for the callback number: one octet data_coding, then the text.",
		Notes: []string{
			"The specifications give only the maximum; the minimum of 1 follows from the mandatory first octet.",
			"Must occur as often as callback_num; the n-th belongs to the n-th callback_num.",
		},
	},
	{
		Tag: TagNumberOfMessages, Name: "number_of_messages", Versions: In34 | In50, Kind: Uint8,
		Min: 0, MaxValue: 99,
		Technology: "CDMA",
		Ref:        Section{"5.3.2.39", "4.8.4.43"},
		Meaning:    "Messages waiting in the mailbox.",
	},
	{
		Tag: TagCallbackNum, Name: "callback_num", Versions: In34 | In50, Kind: Octets,
		MinLen: all(4), MaxLen: all(19),
		Fields: []TLVField{
			{Name: "digit_mode", Offset: 0, Size: 1, Enum: callbackDigitModeValues},
			{Name: "ton", Offset: 1, Size: 1, Enum: tonValues},
			{Name: "npi", Offset: 2, Size: 1, Enum: npiValues},
			{Name: "digits", Offset: 3, Masked: true},
		},
		Multiple:   true,
		Mark:       MarkAddress,
		Technology: "CDMA, TDMA, GSM, iDEN",
		Ref:        Section{"5.3.2.36", "4.8.4.15"},
		Meaning:    "Number to call back: digit mode, TON, NPI, digits.",
	},
	{
		Tag: TagDPFResult, Name: "dpf_result", Versions: In34 | In50, Kind: Uint8,
		Enum:       dpfResultValues,
		Default:    "0",
		Technology: "generic",
		Ref:        Section{"5.3.2.28", "4.8.4.32"},
		Meaning:    "Tells whether the delivery pending flag was set after a failed delivery; absence means not set.",
	},
	{
		Tag: TagSetDPF, Name: "set_dpf", Versions: In34 | In50, Kind: Uint8,
		Enum:       setDPFValues,
		Default:    "1",
		Technology: "generic",
		Ref:        Section{"5.3.2.29", "4.8.4.52"},
		Meaning:    "Asks for the delivery pending flag to be set when delivery fails.",
	},
	{
		Tag: TagMSAvailabilityStatus, Name: "ms_availability_status", Versions: In34 | In50, Kind: Uint8,
		Enum:       msAvailabilityStatusValues,
		Default:    "0",
		Technology: "generic",
		Ref:        Section{"5.3.2.30", "4.8.4.39"},
		Meaning:    "Availability of the handset; absence means available.",
	},
	{
		Tag: TagNetworkErrorCode, Name: "network_error_code", Versions: In34 | In50, Kind: Octets,
		MinLen: all(3), MaxLen: all(3),
		Fields: []TLVField{
			{Name: "network_type", Offset: 0, Size: 1, Enum: networkErrorTypeValues},
			{Name: "error_code", Offset: 1, Size: 2},
		},
		Technology: "generic",
		Ref:        Section{"5.3.2.31", "4.8.4.42"},
		Meaning:    "Error reported by the network: one octet network type, two octets code (big endian).",
	},
	{
		Tag: TagMessagePayload, Name: "message_payload", Versions: In34 | In50, Kind: Octets,
		MinLen: all(0), MaxLen: all(65535),
		Mark:       MarkText,
		Technology: "generic",
		Ref:        Section{"5.3.2.32", "4.8.4.36"},
		Meaning:    "User data, up to 64K octets; replaces short_message, sm_length must then be 0.",
		Notes: []string{
			"The only carrier of user data in data_sm and broadcast_sm.",
			"An upper limit below 65535 is the message centre's own.",
		},
	},
	{
		Tag: TagDeliveryFailureReason, Name: "delivery_failure_reason", Versions: In34 | In50, Kind: Uint8,
		Enum:       deliveryFailureReasonValues,
		Technology: "generic",
		Ref:        Section{"5.3.2.33", "4.8.4.19"},
		Meaning:    "Why a transaction-mode delivery failed; left out when it succeeded.",
	},
	{
		Tag: TagMoreMessagesToSend, Name: "more_messages_to_send", Versions: In34 | In50, Kind: Uint8,
		Enum:       moreMessagesToSendValues,
		Default:    "1",
		Technology: "GSM",
		Ref:        Section{"5.3.2.34", "4.8.4.38"},
		Meaning:    "Tells whether more messages for the same destination follow.",
	},
	{
		Tag: TagMessageState, Name: "message_state", Versions: In34 | In50, Kind: Uint8,
		Enum:       messageStateValues,
		Technology: "generic",
		Ref:        Section{"5.3.2.35", "4.8.4.37"},
		Meaning:    "State of the message a receipt or broadcast query is about.",
	},
	{
		Tag: TagCongestionState, Name: "congestion_state", Versions: In50, Kind: Uint8,
		Enum: congestionStateValues,
		Min:  0, MaxValue: 100,
		Technology: "generic",
		Ref:        Section{"", "4.8.4.18"},
		Meaning:    "Load of the peer as a percentage, for flow control; allowed in every response PDU.",
	},
	{
		Tag: TagUSSDServiceOp, Name: "ussd_service_op", Versions: In34 | In50, Kind: Uint8,
		Enum:       ussdServiceOpValues,
		Technology: "GSM USSD",
		Ref:        Section{"5.3.2.44", "4.8.4.64"},
		Meaning:    "USSD operation.",
		Notes: []string{
			"v3.4 calls the type octet string, v5.0 integer; the length is one octet in both.",
		},
	},
	{
		Tag: TagBroadcastChannelIndicator, Name: "broadcast_channel_indicator", Versions: In50, Kind: Uint8,
		Enum:       broadcastChannelIndicatorValues,
		Default:    "0",
		Technology: "GSM",
		Ref:        Section{"", "4.8.4.7"},
		Meaning:    "Cell broadcast channel to use.",
	},
	{
		Tag: TagBroadcastContentType, Name: "broadcast_content_type", Versions: In50, Kind: Octets,
		MinLen: all(3), MaxLen: all(3),
		Fields: []TLVField{
			{Name: "network", Offset: 0, Size: 1, Enum: broadcastNetworkValues},
			{Name: "content_type", Offset: 1, Size: 2, Enum: broadcastContentTypeValues},
		},
		Technology: "CDMA, TDMA, GSM",
		Ref:        Section{"", "4.8.4.8"},
		Meaning:    "Kind of content: one octet network, two octets content type.",
	},
	{
		Tag: TagBroadcastContentTypeInfo, Name: "broadcast_content_type_info", Versions: In50, Kind: Octets,
		MinLen: all(1), MaxLen: all(255),
		Technology: "CDMA, TDMA",
		Ref:        Section{"", "4.8.4.6"},
		Meaning:    "Free additional information on the content type.",
	},
	{
		Tag: TagBroadcastMessageClass, Name: "broadcast_message_class", Versions: In50, Kind: Uint8,
		Enum:       broadcastMessageClassValues,
		Default:    "0",
		Technology: "GSM",
		Ref:        Section{"", "4.8.4.12"},
		Meaning:    "Message class for the broadcast.",
	},
	{
		Tag: TagBroadcastRepNum, Name: "broadcast_rep_num", Versions: In50, Kind: Uint16,
		Technology: "GSM",
		Ref:        Section{"", "4.8.4.13"},
		Meaning:    "How often to repeat the broadcast; 0 = without end, or implied by validity_period and the interval.",
	},
	{
		Tag: TagBroadcastFrequencyInterval, Name: "broadcast_frequency_interval", Versions: In50, Kind: Octets,
		MinLen: all(3), MaxLen: all(3),
		Fields: []TLVField{
			{Name: "unit", Offset: 0, Size: 1, Enum: broadcastTimeUnitValues},
			{Name: "count", Offset: 1, Size: 2},
		},
		Technology: "CDMA, TDMA, GSM",
		Ref:        Section{"", "4.8.4.11"},
		Meaning:    "Interval between repetitions: one octet unit, two octets count.",
	},
	{
		Tag: TagBroadcastAreaIdentifier, Name: "broadcast_area_identifier", Aliases: []string{"failed_broadcast_area_identifier"}, Versions: In50, Kind: Octets,
		MinLen: all(1), MaxLen: all(101),
		Fields: []TLVField{
			{Name: "format", Offset: 0, Size: 1, Enum: broadcastAreaFormatValues},
			{Name: "details", Offset: 1},
		},
		Multiple:   true,
		Technology: "CDMA, TDMA, GSM",
		Ref:        Section{"", "4.8.4.4"},
		Meaning:    "Target area: one octet format, then the description (at most 100 octets).",
		Notes: []string{
			"In broadcast_sm_resp the same tag carries the areas that failed (failed_broadcast_area_identifier).",
			"The overall length is given only as variable; 101 is the format octet plus the 100-octet limit of each format.",
		},
	},
	{
		Tag: TagBroadcastErrorStatus, Name: "broadcast_error_status", Versions: In50, Kind: Uint32,
		IsStatus:   true,
		Multiple:   true,
		Technology: "CDMA, TDMA, GSM",
		Ref:        Section{"", "4.8.4.10"},
		Meaning:    "Error for one failed broadcast area; values as command_status.",
		Notes: []string{
			"Occurs once for each failed_broadcast_area_identifier, in the same order.",
		},
	},
	{
		Tag: TagBroadcastAreaSuccess, Name: "broadcast_area_success", Versions: In50, Kind: Uint8,
		Enum:       broadcastAreaSuccessValues,
		Multiple:   true,
		Technology: "GSM",
		Ref:        Section{"", "4.8.4.5"},
		Meaning:    "Percentage of base stations that took the message; 255 = not available.",
	},
	{
		Tag: TagBroadcastEndTime, Name: "broadcast_end_time", Versions: In50, Kind: COctet,
		MinLen: all(16), MaxLen: all(17),
		Format:     FormatAbsoluteTime,
		Technology: "CDMA, TDMA, GSM",
		Ref:        Section{"", "4.8.4.9"},
		Meaning:    "When the broadcast was ended, absolute time format.",
		Notes: []string{
			"The specification says 16 octets and C-octet string; the absolute format needs 17 with its NUL. Accept both.",
		},
	},
	{
		Tag: TagBroadcastServiceGroup, Name: "broadcast_service_group", Versions: In50, Kind: Octets,
		MinLen: all(1), MaxLen: all(255),
		Technology: "CDMA, TDMA",
		Ref:        Section{"", "4.8.4.14"},
		Meaning:    "Target group of the broadcast.",
	},
	{
		Tag: TagBillingIdentification, Name: "billing_identification", Versions: In50, Kind: Octets,
		MinLen: all(1), MaxLen: all(1024),
		Fields: []TLVField{
			{Name: "billing_format", Offset: 0, Size: 1, Bits: billingFormatValues},
			{Name: "billing_information", Offset: 1},
		},
		Technology: "generic",
		Ref:        Section{"", "4.8.4.3"},
		Meaning:    "Billing information; the top bit of the first octet set = vendor specific format, clear = reserved.",
	},
	{
		Tag: TagSourceNetworkID, Name: "source_network_id", Versions: In50, Kind: COctet,
		MinLen: all(7), MaxLen: all(65),
		Requires:   []uint16{TagSourceNodeID},
		Technology: "generic",
		Ref:        Section{"", "4.8.4.56"},
		Meaning:    "Identity of the originating network or ESME operator.",
	},
	{
		Tag: TagDestNetworkID, Name: "dest_network_id", Versions: In50, Kind: COctet,
		MinLen: all(7), MaxLen: all(65),
		Requires:   []uint16{TagDestNodeID},
		Technology: "generic",
		Ref:        Section{"", "4.8.4.25"},
		Meaning:    "Identity of the destination network or ESME operator.",
	},
	{
		Tag: TagSourceNodeID, Name: "source_node_id", Versions: In50, Kind: Octets,
		MinLen: all(6), MaxLen: all(6),
		Technology: "generic",
		Ref:        Section{"", "4.8.4.58"},
		Meaning:    "Number of the originating node: six decimal digits.",
	},
	{
		Tag: TagDestNodeID, Name: "dest_node_id", Versions: In50, Kind: Octets,
		MinLen: all(6), MaxLen: all(6),
		Technology: "generic",
		Ref:        Section{"", "4.8.4.27"},
		Meaning:    "Number of the destination node: six decimal digits.",
	},
	{
		Tag: TagDestAddrNPResolution, Name: "dest_addr_np_resolution", Versions: In50, Kind: Uint8,
		Enum:       destAddrNPResolutionValues,
		Default:    "0",
		Technology: "CDMA, TDMA (US)",
		Ref:        Section{"", "4.8.4.22"},
		Meaning:    "Result of the number portability query.",
		Notes: []string{
			"When the value is 2, dest_addr_np_information and dest_addr_np_country must be present too.",
		},
	},
	{
		Tag: TagDestAddrNPInformation, Name: "dest_addr_np_information", Versions: In50, Kind: Octets,
		MinLen: all(10), MaxLen: all(10),
		Technology: "CDMA, TDMA (US)",
		Ref:        Section{"", "4.8.4.21"},
		Meaning:    "Number portability data; in North America the 10-digit location routing number.",
	},
	{
		Tag: TagDestAddrNPCountry, Name: "dest_addr_np_country", Versions: In50, Kind: Octets,
		MinLen: all(1), MaxLen: all(5),
		Technology: "CDMA, TDMA (US)",
		Ref:        Section{"", "4.8.4.20"},
		Meaning:    "E.164 country code of the operator.",
		Notes: []string{
			"The specification calls the type Integer although the size is 1 to 5 octets; treat it as octets.",
		},
	},
	{
		Tag: TagDisplayTime, Name: "display_time", Versions: In34 | In50, Kind: Uint8,
		Enum:       displayTimeValues,
		Default:    "1",
		Technology: "CDMA, TDMA",
		Ref:        Section{"5.3.2.26", "4.8.4.31"},
		Meaning:    "How the handset should display the message.",
	},
	{
		Tag: TagSMSSignal, Name: "sms_signal", Versions: In34 | In50, Kind: Uint16,
		Technology: "TDMA",
		Ref:        Section{"5.3.2.40", "4.8.4.53"},
		Meaning:    "Alert tone, coded as in CMT-136.",
	},
	{
		Tag: TagMSValidity, Name: "ms_validity", Versions: In34 | In50, Kind: Octets,
		MinLen: ByVersion{1, 1, 1}, MaxLen: ByVersion{1, 1, 4}, Lens: []int{1, 4},
		Fields: []TLVField{
			{Name: "validity_behaviour", Offset: 0, Size: 1, Enum: msValidityValues},
			{Name: "time_unit", Offset: 1, Size: 1, Enum: msValidityTimeUnitValues},
			{Name: "count", Offset: 2, Size: 2},
		},
		Technology: "CDMA, TDMA",
		Ref:        Section{"5.3.2.27", "4.8.4.41"},
		Meaning:    "How long the message stays valid on the handset.",
		Notes: []string{
			"The three extra octets exist only in v5.0, for validity_behaviour 4.",
		},
	},
	{
		Tag: TagAlertOnMessageDelivery, Name: "alert_on_message_delivery", Aliases: []string{"alert_on_msg_delivery"}, Versions: In34 | In50, Kind: Uint8,
		MinLen: ByVersion{0, 0, 0}, MaxLen: ByVersion{0, 0, 1},
		Enum:       alertOnMessageDeliveryValues,
		Default:    "0",
		Technology: "CDMA",
		Ref:        Section{"5.3.2.41", "4.8.4.2"},
		Meaning:    "Asks the handset to alert the user on arrival.",
		Notes: []string{
			"v3.4: no value part at all. v5.0: empty (means default) or one octet.",
		},
	},
	{
		Tag: TagITSReplyType, Name: "its_reply_type", Versions: In34 | In50, Kind: Uint8,
		Enum:       itsReplyTypeValues,
		Technology: "CDMA",
		Ref:        Section{"5.3.2.42", "4.8.4.33"},
		Meaning:    "Reply method for interactive teleservice.",
	},
	{
		Tag: TagITSSessionInfo, Name: "its_session_info", Versions: In34 | In50, Kind: Octets,
		MinLen: all(2), MaxLen: all(2),
		Fields: []TLVField{
			{Name: "session_number", Offset: 0, Size: 1},
			{Name: "sequence_number_and_end", Offset: 1, Size: 1, Bits: itsSessionInfoValues},
		},
		Technology: "CDMA",
		Ref:        Section{"5.3.2.43", "4.8.4.34"},
		Meaning:    "Interactive teleservice control: one octet dialogue number, one octet unit number and end flag.",
	},
})
