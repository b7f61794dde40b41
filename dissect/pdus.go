package dissect

import "slices"

// Ids of the standard commands.
const (
	CmdGenericNack           uint32 = 0x80000000
	CmdBindReceiver          uint32 = 0x00000001
	CmdBindReceiverResp      uint32 = 0x80000001
	CmdBindTransmitter       uint32 = 0x00000002
	CmdBindTransmitterResp   uint32 = 0x80000002
	CmdQuerySM               uint32 = 0x00000003
	CmdQuerySMResp           uint32 = 0x80000003
	CmdSubmitSM              uint32 = 0x00000004
	CmdSubmitSMResp          uint32 = 0x80000004
	CmdDeliverSM             uint32 = 0x00000005
	CmdDeliverSMResp         uint32 = 0x80000005
	CmdUnbind                uint32 = 0x00000006
	CmdUnbindResp            uint32 = 0x80000006
	CmdReplaceSM             uint32 = 0x00000007
	CmdReplaceSMResp         uint32 = 0x80000007
	CmdCancelSM              uint32 = 0x00000008
	CmdCancelSMResp          uint32 = 0x80000008
	CmdBindTransceiver       uint32 = 0x00000009
	CmdBindTransceiverResp   uint32 = 0x80000009
	CmdOutbind               uint32 = 0x0000000B
	CmdEnquireLink           uint32 = 0x00000015
	CmdEnquireLinkResp       uint32 = 0x80000015
	CmdSubmitMulti           uint32 = 0x00000021
	CmdSubmitMultiResp       uint32 = 0x80000021
	CmdParamRetrieve         uint32 = 0x00000022
	CmdParamRetrieveResp     uint32 = 0x80000022
	CmdQueryLastMsgs         uint32 = 0x00000023
	CmdQueryLastMsgsResp     uint32 = 0x80000023
	CmdQueryMsgDetails       uint32 = 0x00000024
	CmdQueryMsgDetailsResp   uint32 = 0x80000024
	CmdAlertNotification     uint32 = 0x00000102
	CmdDataSM                uint32 = 0x00000103
	CmdDataSMResp            uint32 = 0x80000103
	CmdBroadcastSM           uint32 = 0x00000111
	CmdBroadcastSMResp       uint32 = 0x80000111
	CmdQueryBroadcastSM      uint32 = 0x00000112
	CmdQueryBroadcastSMResp  uint32 = 0x80000112
	CmdCancelBroadcastSM     uint32 = 0x00000113
	CmdCancelBroadcastSMResp uint32 = 0x80000113
)

// The parameters. Each stands here once; a command that differs says so in its
// row. Sizes of v3.3 come from libraries and manuals of its time.
var (
	systemID         = cString(ParamSystemID, 16, Section{"5.2.1", "4.7.30"})
	password         = cString(ParamPassword, 9, Section{"5.2.2", "4.7.18"}).mark(MarkSecret)
	systemType       = cString(ParamSystemType, 13, Section{"5.2.3", "4.7.31"})
	interfaceVersion = octet(ParamInterfaceVersion, Section{"5.2.4", "4.7.13"}).enum(interfaceVersionValues)
	addrTON          = ton(ParamAddrTON)
	addrNPI          = npi(ParamAddrNPI)
	addressRange     = address(ParamAddressRange, 41, Section{"5.2.7", "4.7.3"})

	serviceType     = cString(ParamServiceType, 6, Section{"5.2.11", "4.7.25"}).enum(serviceTypeValues)
	sourceAddrTON   = ton(ParamSourceAddrTON)
	sourceAddrNPI   = npi(ParamSourceAddrNPI)
	sourceAddr      = address(ParamSourceAddr, 21, Section{"5.2.8", "4.7.29"})
	destAddrTON     = ton(ParamDestAddrTON)
	destAddrNPI     = npi(ParamDestAddrNPI)
	destinationAddr = address(ParamDestinationAddr, 21, Section{"5.2.9", "4.7.8"})
	esmeAddrTON     = ton(ParamESMEAddrTON)
	esmeAddrNPI     = npi(ParamESMEAddrNPI)
	esmeAddr        = address(ParamESMEAddr, 65, Section{"5.2.10", "4.7.11"})

	esmClass        = octet(ParamEsmClass, Section{"5.2.12", "4.7.12"})
	esmClassSubmit  = esmClass.bits(esmClassSubmitValues)
	esmClassDeliver = esmClass.bits(esmClassDeliverValues)
	esmClassEither  = esmClassSubmit.bitsSMSC(esmClassDeliverValues)

	protocolID           = octet(ParamProtocolID, Section{"5.2.13", "4.7.20"})
	priorityFlag         = octet(ParamPriorityFlag, Section{"5.2.14", "4.7.19"}).enum(priorityFlagValues).limits(ByVersion{}, ByVersion{1, 3, 4})
	scheduleDeliveryTime = timeString(ParamScheduleDeliveryTime, FormatTime, Section{"5.2.15", "4.7.23.1"})
	validityPeriod       = timeString(ParamValidityPeriod, FormatTime, Section{"5.2.16", "4.7.23.2"})
	registeredDelivery   = octet(ParamRegisteredDelivery, Section{"5.2.17", "4.7.21"}).bits(registeredDeliveryValues).limits(ByVersion{}, ByVersion{1, 255, 255}).name33("registered_delivery_flag")
	replaceIfPresentFlag = octet(ParamReplaceIfPresentFlag, Section{"5.2.18", "4.7.22"}).enum(replaceIfPresentFlagValues)
	dataCoding           = octet(ParamDataCoding, Section{"5.2.19", "4.7.7"}).enum(dataCodingValues)
	smDefaultMsgID       = octet(ParamSMDefaultMsgID, Section{"5.2.20", "4.7.27"}).limits(ByVersion{}, ByVersion{254, 254, 255})
	smLength             = octet(ParamSMLength, Section{"5.2.21", "4.7.28"}).limits(ByVersion{}, ByVersion{160, 254, 255})
	shortMessage         = octets(ParamShortMessage, ParamSMLength, ByVersion{160, 254, 255}, Section{"5.2.22", "4.7.26"}).mark(MarkText)

	// v3.4 prints 9, 33 and 65 in one cell, as its revisions left them.
	messageID    = cString(ParamMessageID, 65, Section{"5.2.23", "4.7.14"}).maxima(ByVersion{9, 65, 65})
	finalDate    = timeString(ParamFinalDate, FormatAbsoluteTime, Section{"7.1.1", "4.7.23.3"})
	messageState = octet(ParamMessageState, Section{"5.2.28", "4.7.15"}).enum(messageStateValues).name33("message_status")
	errorCode    = octet(ParamErrorCode, Section{"6.1", "4.5.2.2"})

	numberOfDests = octet(ParamNumberOfDests, Section{"5.2.24", "4.7.17"}).limits(all(1), ByVersion{254, 254, 255})
	destAddress   = array(ParamDestAddress, ParamNumberOfDests, Section{"4.5.1.1", "4.2.3.1"},
		octet(ParamDestFlag, Section{"5.2.25", "4.7.9"}).enum(destFlagValues),
		destAddrTON.when(ParamDestFlag, 1),
		destAddrNPI.when(ParamDestFlag, 1),
		destinationAddr.when(ParamDestFlag, 1),
		address(ParamDLName, 21, Section{"5.2.27", "4.7.10"}).when(ParamDestFlag, 2),
	)
	noUnsuccess  = octet(ParamNoUnsuccess, Section{"5.2.26", "4.7.16"})
	unsuccessSME = array(ParamUnsuccessSME, ParamNoUnsuccess, Section{"4.5.2.1", "4.2.3.2"},
		destAddrTON, destAddrNPI, destinationAddr,
		status(ParamErrorStatusCode, Section{"5.1.3", "4.7.6"}),
	)

	// Of v3.3 only.
	numMessages            = octet(ParamNumMessages, Section{})
	originalMessageID      = cString(ParamOriginalMessageID, 9, Section{})
	messageStatus          = octet(ParamMessageStatus, Section{}).enum(messageStateValues)
	registeredDeliveryFlag = octet(ParamRegisteredDeliveryFlag, Section{})
)

// Parameters that several commands share in one order.
var (
	bindParams = []Param{
		systemID, password, systemType, interfaceVersion, addrTON, addrNPI, addressRange,
	}
	sourceParams      = []Param{sourceAddrTON, sourceAddrNPI, sourceAddr}
	destinationParams = []Param{destAddrTON, destAddrNPI, destinationAddr}
	messageParams     = []Param{smDefaultMsgID, smLength, shortMessage}
)

// TLVs that v5.0 lists once for several commands.
var (
	submissionTLVs = []uint16{ // v5.0 4.2.4
		TagAlertOnMessageDelivery, TagBillingIdentification, TagCallbackNum, TagCallbackNumAtag,
		TagCallbackNumPresInd, TagDestAddrNPCountry, TagDestAddrNPInformation, TagDestAddrNPResolution,
		TagDestAddrSubunit, TagDestBearerType, TagDestNetworkID, TagDestNetworkType, TagDestNodeID,
		TagDestSubaddress, TagDestTelematicsID, TagDestinationPort, TagDisplayTime, TagITSReplyType,
		TagITSSessionInfo, TagLanguageIndicator, TagMessagePayload, TagMoreMessagesToSend,
		TagMSMsgWaitFacilities, TagMSValidity, TagNumberOfMessages, TagPayloadType, TagPrivacyIndicator,
		TagQoSTimeToLive, TagSARMsgRefNum, TagSARSegmentSeqnum, TagSARTotalSegments, TagSetDPF,
		TagSMSSignal, TagSourceAddrSubunit, TagSourceBearerType, TagSourceNetworkID,
		TagSourceNetworkType, TagSourceNodeID, TagSourcePort, TagSourceSubaddress, TagSourceTelematicsID,
		TagUserMessageReference, TagUserResponseCode, TagUSSDServiceOp,
	}
	deliveryTLVs = []uint16{ // v5.0 4.3.3
		TagCallbackNum, TagCallbackNumAtag, TagCallbackNumPresInd, TagDestAddrNPCountry,
		TagDestAddrNPInformation, TagDestAddrNPResolution, TagDestAddrSubunit, TagDestNetworkID,
		TagDestNodeID, TagDestSubaddress, TagDestinationPort, TagDPFResult, TagITSReplyType,
		TagITSSessionInfo, TagLanguageIndicator, TagMessagePayload, TagMessageState, TagNetworkErrorCode,
		TagPayloadType, TagPrivacyIndicator, TagReceiptedMessageID, TagSARMsgRefNum, TagSARSegmentSeqnum,
		TagSARTotalSegments, TagSourceAddrSubunit, TagSourceNetworkID, TagSourceNodeID, TagSourcePort,
		TagSourceSubaddress, TagUserMessageReference, TagUserResponseCode, TagUSSDServiceOp,
	}
	submissionRespTLVs = []uint16{ // v5.0 4.2.5
		TagAdditionalStatusInfoText, TagDeliveryFailureReason, TagDPFResult, TagNetworkErrorCode,
		TagCongestionState,
	}
	deliveryRespTLVs = []uint16{ // v5.0 4.3.4
		TagAdditionalStatusInfoText, TagDeliveryFailureReason, TagNetworkErrorCode, TagCongestionState,
	}
)

// What the body of a failed response does: v3.4 says of some that there is
// none, v5.0 3.2.1.3 of all that there should be none. v3.3's text was not at
// hand.
var (
	bodyOmitted    = [3]BodyOnError{BodyUnknownSpec, BodyOmitted, BodyShouldOmit}
	bodyNotStated  = [3]BodyOnError{BodyUnknownSpec, BodyNotStated, BodyShouldOmit}
	bodyHeaderOnly = [3]BodyOnError{BodyHeaderOnly, BodyHeaderOnly, BodyHeaderOnly}
)

// commandTable holds every PDU by rising id, each response behind its request.
var commandTable = indexCommands([]Command{
	{
		Name: "generic_nack", ID: CmdGenericNack, Versions: InAll, From: Either,
		Summary: "Rejects a PDU whose header is invalid: bad command_length or unknown command_id.",
		TLVs:    allow(In50, TagCongestionState),
		OnError: bodyHeaderOnly,
		Ref:     Section{"4.3.1", "4.1.4.1"},
		Notes: []string{
			"Also spelled generic_nak in v3.4 section 2.8.",
			"sequence_number is that of the offending PDU, or 0 when it could not be decoded.",
			"command_status must not be ESME_ROK; ESME_RINVCMDLEN and ESME_RINVCMDID are the usual values.",
		},
	},
	{
		Name: "bind_receiver", ID: CmdBindReceiver, Versions: InAll, From: ESME, Response: CmdBindReceiverResp,
		Summary: "ESME asks for a session in which it only receives.",
		Params:  bindParams,
		Ref:     Section{"4.1.3", "4.1.1.3"},
	},
	{
		Name: "bind_receiver_resp", ID: CmdBindReceiverResp, Versions: InAll, From: SMSC, Response: CmdBindReceiver,
		Summary: "Outcome of bind_receiver.",
		Params:  []Param{systemID},
		TLVs: joinTLVs(
			allow(In34, TagSCInterfaceVersion),
			allow(In50, TagSCInterfaceVersion, TagCongestionState),
		),
		OnError: bodyOmitted,
		Ref:     Section{"4.1.4", "4.1.1.4"},
	},
	{
		Name: "bind_transmitter", ID: CmdBindTransmitter, Versions: InAll, From: ESME, Response: CmdBindTransmitterResp,
		Summary: "ESME asks for a session in which it only submits.",
		Params:  bindParams,
		Ref:     Section{"4.1.1", "4.1.1.1"},
	},
	{
		Name: "bind_transmitter_resp", ID: CmdBindTransmitterResp, Versions: InAll, From: SMSC, Response: CmdBindTransmitter,
		Summary: "Outcome of bind_transmitter.",
		Params:  []Param{systemID},
		TLVs: joinTLVs(
			allow(In34, TagSCInterfaceVersion),
			allow(In50, TagSCInterfaceVersion, TagCongestionState),
		),
		OnError: bodyOmitted,
		Ref:     Section{"4.1.2", "4.1.1.2"},
	},
	{
		Name: "query_sm", ID: CmdQuerySM, Versions: InAll, From: ESME, Response: CmdQuerySMResp,
		Summary: "Asks for the state of one submitted message.",
		Params: slices.Concat(
			one(messageID),
			sourceParams,
		),
		Ref: Section{"4.8.1", "4.5.2.1"},
		Notes: []string{
			"source address must equal that of the submission (all NUL when it was left to the default).",
			"v3.3 calls message_id original_message_ID.",
		},
	},
	{
		Name: "query_sm_resp", ID: CmdQuerySMResp, Versions: InAll, From: SMSC, Response: CmdQuerySM,
		Summary: "State of the queried message.",
		Params:  []Param{messageID, finalDate, messageState, errorCode},
		TLVs:    allow(In50, TagCongestionState),
		OnError: bodyNotStated,
		Ref:     Section{"4.8.2", "4.5.2.2"},
		Notes: []string{
			"final_date is a single NUL while the message has no final state.",
			"v3.4 section 7.1.1 says that a message centre reports local time as YYMMDDhhmmss (13 octets with NUL), against the 1-or-17 rule of 4.8.2; accept 13 and note it.",
			"error_code is network specific.",
		},
	},
	{
		Name: "submit_sm", ID: CmdSubmitSM, Versions: InAll, From: ESME, Response: CmdSubmitSMResp,
		Summary: "Submits one message to one destination.",
		Params: slices.Concat(
			one(serviceType),
			sourceParams,
			destinationParams,
			[]Param{
				esmClassSubmit, protocolID, priorityFlag, scheduleDeliveryTime, validityPeriod,
				registeredDelivery, replaceIfPresentFlag, dataCoding,
			},
			messageParams,
		),
		TLVs: joinTLVs(
			allow(In34,
				TagUserMessageReference, TagSourcePort, TagSourceAddrSubunit, TagDestinationPort,
				TagDestAddrSubunit, TagSARMsgRefNum, TagSARTotalSegments, TagSARSegmentSeqnum,
				TagMoreMessagesToSend, TagPayloadType, TagMessagePayload, TagPrivacyIndicator, TagCallbackNum,
				TagCallbackNumPresInd, TagCallbackNumAtag, TagSourceSubaddress, TagDestSubaddress,
				TagUserResponseCode, TagDisplayTime, TagSMSSignal, TagMSValidity, TagMSMsgWaitFacilities,
				TagNumberOfMessages, TagAlertOnMessageDelivery, TagLanguageIndicator, TagITSReplyType,
				TagITSSessionInfo, TagUSSDServiceOp,
			),
			allow(In50, submissionTLVs...),
		),
		Ref: Section{"4.4.1", "4.2.1.1"},
		Notes: []string{
			"Transaction mode (esm_class bits 1-0 = 2) is not supported by submit_sm in v3.4 (section 4.4); v5.0 allows it.",
			"User data goes into short_message or message_payload, never both.",
		},
	},
	{
		Name: "submit_sm_resp", ID: CmdSubmitSMResp, Versions: InAll, From: SMSC, Response: CmdSubmitSM,
		Summary: "Outcome of submit_sm, with the message_id.",
		Params:  []Param{messageID},
		TLVs:    allow(In50, submissionRespTLVs...),
		OnError: bodyOmitted,
		Ref:     Section{"4.4.2", "4.2.1.2"},
		Notes: []string{
			"v5.0 wants no body on error (3.2.1.3) yet defines TLVs for failed transaction-mode deliveries (4.2.5); accept a body with TLVs on error.",
			"The table of v3.4 prints three maximum sizes, 9, 33 and 65, as revision history; 65 is the size in force.",
		},
	},
	{
		Name: "deliver_sm", ID: CmdDeliverSM, Versions: InAll, From: SMSC, Response: CmdDeliverSMResp,
		Summary: "Message centre hands a message, receipt, acknowledgement or notification to the ESME.",
		Params: slices.Concat(
			one(serviceType),
			sourceParams,
			destinationParams,
			[]Param{
				esmClassDeliver, protocolID, priorityFlag, scheduleDeliveryTime.mustBeZero(In34),
				validityPeriod.mustBeZero(In34), registeredDelivery, replaceIfPresentFlag.mustBeZero(In34),
				dataCoding, smDefaultMsgID.mustBeZero(In34), smLength, shortMessage,
			},
		),
		TLVs: joinTLVs(
			allow(In34,
				TagUserMessageReference, TagSourcePort, TagDestinationPort, TagSARMsgRefNum,
				TagSARTotalSegments, TagSARSegmentSeqnum, TagUserResponseCode, TagPrivacyIndicator,
				TagPayloadType, TagMessagePayload, TagCallbackNum, TagSourceSubaddress, TagDestSubaddress,
				TagLanguageIndicator, TagITSSessionInfo, TagNetworkErrorCode, TagMessageState,
				TagReceiptedMessageID,
			),
			allow(In50, deliveryTLVs...),
		),
		Ref: Section{"4.6.1", "4.3.1.1"},
		Notes: []string{
			"In v3.4 schedule_delivery_time, validity_period, replace_if_present_flag and sm_default_msg_id are unused and must be NUL/0; v5.0 lets them carry values when a message is forwarded to another message centre.",
			"For an SMSC delivery receipt or intermediate notification receipted_message_id and message_state should be present (v3.4 table 4-18, v5.0 table 4-24); network_error_code may be.",
		},
	},
	{
		Name: "deliver_sm_resp", ID: CmdDeliverSMResp, Versions: InAll, From: ESME, Response: CmdDeliverSM,
		Summary: "Outcome of deliver_sm.",
		Params:  []Param{messageID.maxima(ByVersion{9, 1, 65}).mustBeZero(In34 | In50)},
		TLVs:    allow(In50, deliveryRespTLVs...),
		OnError: bodyNotStated,
		Ref:     Section{"4.6.2", "4.3.1.2"},
		Notes: []string{
			"message_id is unused: a single NUL octet. v3.4 fixes its size at 1, v5.0 gives max 65 and still wants NUL.",
			"Peers that send no body at all are common; report as a deviation, not as malformed.",
		},
	},
	{
		Name: "unbind", ID: CmdUnbind, Versions: InAll, From: Either, Response: CmdUnbindResp,
		Summary: "Ends the SMPP session.",
		Ref:     Section{"4.2.1", "4.1.1.8"},
	},
	{
		Name: "unbind_resp", ID: CmdUnbindResp, Versions: InAll, From: Either, Response: CmdUnbind,
		Summary: "Confirms unbind.",
		TLVs:    allow(In50, TagCongestionState),
		OnError: bodyHeaderOnly,
		Ref:     Section{"4.2.2", "4.1.1.9"},
	},
	{
		Name: "replace_sm", ID: CmdReplaceSM, Versions: InAll, From: ESME, Response: CmdReplaceSMResp,
		Summary: "Replaces the content of a message still waiting.",
		Params: slices.Concat(
			one(messageID),
			sourceParams,
			[]Param{scheduleDeliveryTime, validityPeriod, registeredDelivery},
			messageParams,
		),
		TLVs: allow(In50, TagMessagePayload),
		Ref:  Section{"4.10.1", "4.5.3.1"},
		Notes: []string{
			"No data_coding and no esm_class in this PDU: those of the original message stay.",
			"message_payload is allowed only from v5.0 on (4.5.3.3).",
		},
	},
	{
		Name: "replace_sm_resp", ID: CmdReplaceSMResp, Versions: InAll, From: SMSC, Response: CmdReplaceSM,
		Summary: "Outcome of replace_sm.",
		TLVs:    allow(In50, TagCongestionState),
		OnError: bodyHeaderOnly,
		Ref:     Section{"4.10.2", "4.5.3.2"},
	},
	{
		Name: "cancel_sm", ID: CmdCancelSM, Versions: InAll, From: ESME, Response: CmdCancelSMResp,
		Summary: "Cancels one message, or all that match source, destination and service_type when message_id is NUL.",
		Params: slices.Concat(
			[]Param{serviceType, messageID},
			sourceParams,
			destinationParams,
		),
		Ref: Section{"4.9.1", "4.5.1.1"},
		Notes: []string{
			"Destination may be NUL when message_id is given.",
		},
	},
	{
		Name: "cancel_sm_resp", ID: CmdCancelSMResp, Versions: InAll, From: SMSC, Response: CmdCancelSM,
		Summary: "Outcome of cancel_sm.",
		TLVs:    allow(In50, TagCongestionState),
		OnError: bodyHeaderOnly,
		Ref:     Section{"4.9.2", "4.5.1.2"},
	},
	{
		Name: "bind_transceiver", ID: CmdBindTransceiver, Versions: In34 | In50, From: ESME, Response: CmdBindTransceiverResp,
		Summary: "ESME asks for a session in which it submits and receives.",
		Params:  bindParams,
		Ref:     Section{"4.1.5", "4.1.1.5"},
	},
	{
		Name: "bind_transceiver_resp", ID: CmdBindTransceiverResp, Versions: In34 | In50, From: SMSC, Response: CmdBindTransceiver,
		Summary: "Outcome of bind_transceiver.",
		Params:  []Param{systemID},
		TLVs: joinTLVs(
			allow(In34, TagSCInterfaceVersion),
			allow(In50, TagSCInterfaceVersion, TagCongestionState),
		),
		OnError: bodyOmitted,
		Ref:     Section{"4.1.6", "4.1.1.6"},
		Notes: []string{
			"v3.4 prints the no-body-on-error note under the other two bind responses only; the same rule is meant here.",
		},
	},
	{
		Name: "outbind", ID: CmdOutbind, Versions: In34 | In50, From: SMSC,
		Summary: "Message centre that opened the connection asks the ESME to bind.",
		Params:  []Param{systemID, password},
		Ref:     Section{"4.1.7.1", "4.1.1.7"},
		Notes: []string{
			"There is no outbind_resp: the ESME answers with bind_receiver (v3.4), or with any bind (v5.0 operation matrix), or closes the connection.",
			"v3.4 section 2.8 names alert_notification as the only PDU without a response, although outbind has none either.",
		},
	},
	{
		Name: "enquire_link", ID: CmdEnquireLink, Versions: InAll, From: Either, Response: CmdEnquireLinkResp,
		Summary: "Tests the link.",
		Ref:     Section{"4.11.1", "4.1.2.1"},
	},
	{
		Name: "enquire_link_resp", ID: CmdEnquireLinkResp, Versions: InAll, From: Either, Response: CmdEnquireLink,
		Summary: "Answer to enquire_link; command_status is always ESME_ROK.",
		TLVs:    allow(In50, TagCongestionState),
		OnError: bodyHeaderOnly,
		Ref:     Section{"4.11.2", "4.1.2.2"},
	},
	{
		Name: "submit_multi", ID: CmdSubmitMulti, Aliases: []string{"submit_sm_multi"}, Versions: InAll, From: ESME, Response: CmdSubmitMultiResp,
		Summary: "Submits one message to several addresses or distribution lists.",
		Params: slices.Concat(
			one(serviceType),
			sourceParams,
			[]Param{
				numberOfDests, destAddress, esmClassSubmit, protocolID, priorityFlag, scheduleDeliveryTime,
				validityPeriod, registeredDelivery, replaceIfPresentFlag.mustBeZero(In34), dataCoding,
			},
			messageParams,
		),
		TLVs: joinTLVs(
			allow(In34,
				TagUserMessageReference, TagSourcePort, TagSourceAddrSubunit, TagDestinationPort,
				TagDestAddrSubunit, TagSARMsgRefNum, TagSARTotalSegments, TagSARSegmentSeqnum, TagPayloadType,
				TagMessagePayload, TagPrivacyIndicator, TagCallbackNum, TagCallbackNumPresInd,
				TagCallbackNumAtag, TagSourceSubaddress, TagDestSubaddress, TagDisplayTime, TagSMSSignal,
				TagMSValidity, TagMSMsgWaitFacilities, TagAlertOnMessageDelivery, TagLanguageIndicator,
			),
			allow(In50, submissionTLVs...),
		),
		Ref: Section{"4.5.1", "4.2.3.1"},
		Notes: []string{
			"v3.4 reserves replace_if_present_flag here: must be 0. v5.0 treats it as a flag.",
			"Transaction mode is not supported (v3.4 section 4.5).",
			"Table 2-1 of v3.4 calls the PDU submit_sm_multi.",
			"v5.0 refers to one common TLV list for submit_sm, data_sm and submit_multi; dest_subaddress is nevertheless said not to be supported here.",
		},
	},
	{
		Name: "submit_multi_resp", ID: CmdSubmitMultiResp, Aliases: []string{"submit_sm_multi_resp"}, Versions: InAll, From: SMSC, Response: CmdSubmitMulti,
		Summary: "Outcome of submit_multi, with the destinations that failed.",
		Params:  []Param{messageID, noUnsuccess, unsuccessSME},
		TLVs:    allow(In50, submissionRespTLVs...),
		OnError: bodyNotStated,
		Ref:     Section{"4.5.2", "4.2.3.2"},
	},
	{
		Name: "param_retrieve", ID: CmdParamRetrieve, Versions: In33, From: ESME, Response: CmdParamRetrieveResp,
		Summary: "Reads a configuration parameter of the message centre; removed in v3.4.",
		Params:  []Param{cString(ParamParamName, 32, Section{})},
	},
	{
		Name: "param_retrieve_resp", ID: CmdParamRetrieveResp, Versions: In33, From: SMSC, Response: CmdParamRetrieve,
		Summary: "Value of the parameter.",
		Params:  []Param{cString(ParamParamValue, 101, Section{})},
		OnError: bodyNotStated,
	},
	{
		Name: "query_last_msgs", ID: CmdQueryLastMsgs, Versions: In33, From: ESME, Response: CmdQueryLastMsgsResp,
		Summary: "Asks for the identifiers of the last messages of a source address; removed in v3.4.",
		Params: slices.Concat(
			sourceParams,
			one(numMessages.limits(all(1), all(100))),
		),
		Notes: []string{
			"Also called Query_last_messages; the count field is no_of_messages in some texts.",
		},
	},
	{
		Name: "query_last_msgs_resp", ID: CmdQueryLastMsgsResp, Versions: In33, From: SMSC, Response: CmdQueryLastMsgs,
		Summary: "List of message identifiers.",
		Params: []Param{
			numMessages, array(ParamMessageID, ParamNumMessages, Section{}, messageID.maxima(all(9))),
		},
		OnError: bodyNotStated,
	},
	{
		Name: "query_msg_details", ID: CmdQueryMsgDetails, Versions: In33, From: ESME, Response: CmdQueryMsgDetailsResp,
		Summary: "Asks for all data of one message; removed in v3.4.",
		Params: slices.Concat(
			one(originalMessageID),
			sourceParams,
			one(smLength),
		),
		Notes: []string{
			"sm_length says how many octets of the text to return.",
		},
	},
	{
		Name: "query_msg_details_resp", ID: CmdQueryMsgDetailsResp, Versions: In33, From: SMSC, Response: CmdQueryMsgDetails,
		Summary: "All data of the message.",
		Params: slices.Concat(
			one(serviceType),
			sourceParams,
			[]Param{
				numberOfDests, destAddress, protocolID, priorityFlag, scheduleDeliveryTime, validityPeriod,
				registeredDeliveryFlag, dataCoding, smLength, shortMessage, messageID, finalDate, messageStatus,
				errorCode,
			},
		),
		OnError: bodyNotStated,
	},
	{
		Name: "alert_notification", ID: CmdAlertNotification, Versions: In34 | In50, From: SMSC,
		Summary: "Tells the ESME that a subscriber has become available; has no response.",
		Params: []Param{
			sourceAddrTON, sourceAddrNPI, sourceAddr.maxima(all(65)), esmeAddrTON, esmeAddrNPI, esmeAddr,
		},
		TLVs: allow(In34|In50, TagMSAvailabilityStatus),
		Ref:  Section{"4.12.1", "4.1.3.1"},
	},
	{
		Name: "data_sm", ID: CmdDataSM, Versions: In34 | In50, From: Either, Response: CmdDataSMResp,
		Summary: "Light alternative to submit_sm and deliver_sm; the user data is always in message_payload.",
		Params: []Param{
			serviceType, sourceAddrTON, sourceAddrNPI, sourceAddr.maxima(all(65)), destAddrTON, destAddrNPI,
			destinationAddr.maxima(all(65)), esmClassEither, registeredDelivery, dataCoding,
		},
		TLVs: joinTLVs(
			allow(In34,
				TagSourcePort, TagSourceAddrSubunit, TagSourceNetworkType, TagSourceBearerType,
				TagSourceTelematicsID, TagDestinationPort, TagDestAddrSubunit, TagDestNetworkType,
				TagDestBearerType, TagDestTelematicsID, TagSARMsgRefNum, TagSARTotalSegments,
				TagSARSegmentSeqnum, TagMoreMessagesToSend, TagQoSTimeToLive, TagPayloadType,
				TagMessagePayload, TagSetDPF, TagReceiptedMessageID, TagMessageState, TagNetworkErrorCode,
				TagUserMessageReference, TagPrivacyIndicator, TagCallbackNum, TagCallbackNumPresInd,
				TagCallbackNumAtag, TagSourceSubaddress, TagDestSubaddress, TagUserResponseCode,
				TagDisplayTime, TagSMSSignal, TagMSValidity, TagMSMsgWaitFacilities, TagNumberOfMessages,
				TagAlertOnMessageDelivery, TagLanguageIndicator, TagITSReplyType, TagITSSessionInfo,
			),
			allow(In50, submissionTLVs...).from(ESME),
			allow(In50, deliveryTLVs...).from(SMSC),
		),
		Ref: Section{"4.7.1", "4.2.2.1"},
		Notes: []string{
			"The explanation of ESME_RMISSINGTLV in v5.0 calls message_payload mandatory in data_sm, while the PDU table lists it as optional; flag its absence as a warning except for receipts.",
			"ussd_service_op is not listed for data_sm in v3.4, it is in v5.0.",
		},
	},
	{
		Name: "data_sm_resp", ID: CmdDataSMResp, Versions: In34 | In50, From: Either, Response: CmdDataSM,
		Summary: "Outcome of data_sm.",
		Params:  []Param{messageID},
		TLVs: joinTLVs(
			allow(In34,
				TagDeliveryFailureReason, TagNetworkErrorCode, TagAdditionalStatusInfoText, TagDPFResult,
			),
			allow(In50, submissionRespTLVs...).from(SMSC),
			allow(In50, deliveryRespTLVs...).from(ESME),
		),
		OnError: bodyNotStated,
		Ref:     Section{"4.7.2", "4.2.2.2"},
		Notes: []string{
			"In v3.4 delivery_failure_reason, network_error_code and dpf_result are relevant in transaction mode only, so a body may follow a non-zero status.",
		},
	},
	{
		Name: "broadcast_sm", ID: CmdBroadcastSM, Versions: In50, From: ESME, Response: CmdBroadcastSMResp,
		Summary: "Submits a message for cell broadcast.",
		Params: slices.Concat(
			one(serviceType),
			sourceParams,
			[]Param{
				messageID, priorityFlag, scheduleDeliveryTime, validityPeriod, replaceIfPresentFlag, dataCoding,
				smDefaultMsgID,
			},
		),
		TLVs: joinTLVs(
			demand(In50,
				TagBroadcastAreaIdentifier, TagBroadcastContentType, TagBroadcastRepNum,
				TagBroadcastFrequencyInterval,
			),
			allow(In50,
				TagAlertOnMessageDelivery, TagBroadcastChannelIndicator, TagBroadcastContentTypeInfo,
				TagBroadcastMessageClass, TagBroadcastServiceGroup, TagCallbackNum, TagCallbackNumAtag,
				TagCallbackNumPresInd, TagDestAddrSubunit, TagDestSubaddress, TagDestinationPort,
				TagDisplayTime, TagLanguageIndicator, TagMessagePayload, TagMSValidity, TagPayloadType,
				TagPrivacyIndicator, TagSMSSignal, TagSourceAddrSubunit, TagSourcePort, TagSourceSubaddress,
				TagUserMessageReference,
			),
		),
		Ref: Section{"", "4.4.1.1"},
		Notes: []string{
			"message_id is filled only to replace an earlier broadcast; then user_message_reference must not be used.",
			"The text travels in message_payload or is named by sm_default_msg_id.",
			"An empty validity_period means that broadcast_rep_num and broadcast_frequency_interval decide how long the broadcast runs.",
			"broadcast_rep_num should be left out when priority_flag is 1 (immediate), although it is listed as mandatory.",
		},
	},
	{
		Name: "broadcast_sm_resp", ID: CmdBroadcastSMResp, Versions: In50, From: SMSC, Response: CmdBroadcastSM,
		Summary: "Outcome of broadcast_sm.",
		Params:  []Param{messageID},
		TLVs:    allow(In50, TagBroadcastErrorStatus, TagBroadcastAreaIdentifier, TagCongestionState),
		OnError: bodyNotStated,
		Ref:     Section{"", "4.4.1.2"},
		Notes: []string{
			"broadcast_area_identifier is called failed_broadcast_area_identifier here; as many broadcast_error_status as failed areas, in the same order.",
		},
	},
	{
		Name: "query_broadcast_sm", ID: CmdQueryBroadcastSM, Versions: In50, From: ESME, Response: CmdQueryBroadcastSMResp,
		Summary: "Asks for the state of a broadcast message.",
		Params: slices.Concat(
			one(messageID),
			sourceParams,
		),
		TLVs: allow(In50, TagUserMessageReference),
		Ref:  Section{"", "4.6.1.1"},
	},
	{
		Name: "query_broadcast_sm_resp", ID: CmdQueryBroadcastSMResp, Versions: In50, From: SMSC, Response: CmdQueryBroadcastSM,
		Summary: "State of the broadcast message, area by area.",
		Params:  []Param{messageID},
		TLVs: joinTLVs(
			demand(In50, TagMessageState, TagBroadcastAreaIdentifier, TagBroadcastAreaSuccess),
			allow(In50, TagBroadcastEndTime, TagUserMessageReference, TagCongestionState),
		),
		OnError: bodyNotStated,
		Ref:     Section{"", "4.6.1.3"},
		Notes: []string{
			"The table prints Integer as the type of message_id; it is a C-octet string like everywhere else.",
		},
	},
	{
		Name: "cancel_broadcast_sm", ID: CmdCancelBroadcastSM, Versions: In50, From: ESME, Response: CmdCancelBroadcastSMResp,
		Summary: "Cancels a broadcast message.",
		Params: slices.Concat(
			[]Param{serviceType, messageID},
			sourceParams,
		),
		TLVs: allow(In50, TagBroadcastContentType, TagUserMessageReference),
		Ref:  Section{"", "4.6.2.1"},
	},
	{
		Name: "cancel_broadcast_sm_resp", ID: CmdCancelBroadcastSMResp, Versions: In50, From: SMSC, Response: CmdCancelBroadcastSM,
		Summary: "Outcome of cancel_broadcast_sm.",
		TLVs:    allow(In50, TagCongestionState),
		OnError: bodyHeaderOnly,
		Ref:     Section{"", "4.6.2.3"},
	},

	// Huawei SMPP+ lies outside the vendor range. Layout as seen on the wire;
	// nobody published the sizes of its strings.
	{
		Name: "auth_acc", ID: 0x01000001, Versions: InAll, From: Either, Response: 0x81000001,
		Summary: "Charging check before a message is handled.",
		Params:  slices.Concat(huaweiAddresses, []Param{octet4(ParamLengthAuth), octet4(ParamServiceID)}),
		Vendor:  huawei,
	},
	{
		Name: "auth_acc_resp", ID: 0x81000001, Versions: InAll, From: Either, Response: 0x01000001,
		Summary: "Outcome of the check.",
		Params: []Param{
			octet4(ParamOperationResult).enum(huaweiOperationResultValues),
			octet(ParamNotifyMode, Section{}).enum(huaweiNotifyModeValues),
		},
		OnError: bodyNotStated,
		Vendor:  huawei,
	},
	{
		Name: "sm_result_notify", ID: 0x01000002, Versions: InAll, From: Either, Response: 0x81000002,
		Summary: "Reports how the message ended.",
		Params: slices.Concat(huaweiAddresses, []Param{
			octet4(ParamLengthAuth), huaweiDeliveryResult, octet4(ParamServiceID),
		}),
		Vendor: huawei,
	},
	{
		Name: "sm_result_notify_resp", ID: 0x81000002, Versions: InAll, From: Either, Response: 0x01000002,
		Summary: "Answer to the report.",
		Params:  []Param{huaweiDeliveryResult},
		OnError: bodyNotStated,
		Vendor:  huawei,
	},
})

const huawei = "Huawei SMPP+"

// huaweiVersion3 is the ASCII digit with which the MSC's address is sent.
const huaweiVersion3 = '3'

var (
	huaweiAddresses = []Param{
		octet(ParamVersion, Section{}),
		address(ParamSMSCAddr, 0, Section{}),
		octet(ParamMSCAddrNOA, Section{}).enum(huaweiMSCAddrNOAValues).when(ParamVersion, huaweiVersion3),
		octet(ParamMSCAddrNPI, Section{}).enum(huaweiMSCAddrNPIValues).when(ParamVersion, huaweiVersion3),
		address(ParamMSCAddr, 0, Section{}).when(ParamVersion, huaweiVersion3),
		sourceAddr.maxima(ByVersion{}),
		destinationAddr.maxima(ByVersion{}),
		octet(ParamMOMTFlag, Section{}).enum(huaweiMOMTFlagValues),
		cString(ParamSMID, 0, Section{}),
	}
	huaweiDeliveryResult = octet4(ParamDeliveryResult).enum(huaweiDeliveryResultValues)
)
