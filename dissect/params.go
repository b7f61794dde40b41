package dissect

// ParamID names a parameter; the same one in every command that has it.
type ParamID uint8

// The parameters, named as the specification names them. ParamNone is the
// zero value: no parameter.
const (
	ParamNone ParamID = iota
	ParamSystemID
	ParamPassword
	ParamSystemType
	ParamInterfaceVersion
	ParamAddrTON
	ParamAddrNPI
	ParamAddressRange
	ParamMessageID
	ParamSourceAddrTON
	ParamSourceAddrNPI
	ParamSourceAddr
	ParamFinalDate
	ParamMessageState
	ParamErrorCode
	ParamServiceType
	ParamDestAddrTON
	ParamDestAddrNPI
	ParamDestinationAddr
	ParamEsmClass
	ParamProtocolID
	ParamPriorityFlag
	ParamScheduleDeliveryTime
	ParamValidityPeriod
	ParamRegisteredDelivery
	ParamReplaceIfPresentFlag
	ParamDataCoding
	ParamSMDefaultMsgID
	ParamSMLength
	ParamShortMessage
	ParamNumberOfDests
	ParamDestAddress
	ParamDestFlag
	ParamDLName
	ParamNoUnsuccess
	ParamUnsuccessSME
	ParamErrorStatusCode
	ParamParamName
	ParamParamValue
	ParamNumMessages
	ParamOriginalMessageID
	ParamRegisteredDeliveryFlag
	ParamMessageStatus
	ParamESMEAddrTON
	ParamESMEAddrNPI
	ParamESMEAddr

	// Of vendor commands.

	ParamVersion
	ParamSMSCAddr
	ParamMSCAddrNOA
	ParamMSCAddrNPI
	ParamMSCAddr
	ParamMOMTFlag
	ParamSMID
	ParamLengthAuth
	ParamServiceID
	ParamOperationResult
	ParamNotifyMode
	ParamDeliveryResult

	paramCount
)

var paramNames = [paramCount]string{
	ParamSystemID:               "system_id",
	ParamPassword:               "password",
	ParamSystemType:             "system_type",
	ParamInterfaceVersion:       "interface_version",
	ParamAddrTON:                "addr_ton",
	ParamAddrNPI:                "addr_npi",
	ParamAddressRange:           "address_range",
	ParamMessageID:              "message_id",
	ParamSourceAddrTON:          "source_addr_ton",
	ParamSourceAddrNPI:          "source_addr_npi",
	ParamSourceAddr:             "source_addr",
	ParamFinalDate:              "final_date",
	ParamMessageState:           "message_state",
	ParamErrorCode:              "error_code",
	ParamServiceType:            "service_type",
	ParamDestAddrTON:            "dest_addr_ton",
	ParamDestAddrNPI:            "dest_addr_npi",
	ParamDestinationAddr:        "destination_addr",
	ParamEsmClass:               "esm_class",
	ParamProtocolID:             "protocol_id",
	ParamPriorityFlag:           "priority_flag",
	ParamScheduleDeliveryTime:   "schedule_delivery_time",
	ParamValidityPeriod:         "validity_period",
	ParamRegisteredDelivery:     "registered_delivery",
	ParamReplaceIfPresentFlag:   "replace_if_present_flag",
	ParamDataCoding:             "data_coding",
	ParamSMDefaultMsgID:         "sm_default_msg_id",
	ParamSMLength:               "sm_length",
	ParamShortMessage:           "short_message",
	ParamNumberOfDests:          "number_of_dests",
	ParamDestAddress:            "dest_address",
	ParamDestFlag:               "dest_flag",
	ParamDLName:                 "dl_name",
	ParamNoUnsuccess:            "no_unsuccess",
	ParamUnsuccessSME:           "unsuccess_sme",
	ParamErrorStatusCode:        "error_status_code",
	ParamParamName:              "param_name",
	ParamParamValue:             "param_value",
	ParamNumMessages:            "num_messages",
	ParamOriginalMessageID:      "original_message_id",
	ParamRegisteredDeliveryFlag: "registered_delivery_flag",
	ParamMessageStatus:          "message_status",
	ParamESMEAddrTON:            "esme_addr_ton",
	ParamESMEAddrNPI:            "esme_addr_npi",
	ParamESMEAddr:               "esme_addr",
	ParamVersion:                "version",
	ParamSMSCAddr:               "smsc_addr",
	ParamMSCAddrNOA:             "msc_addr_noa",
	ParamMSCAddrNPI:             "msc_addr_npi",
	ParamMSCAddr:                "msc_addr",
	ParamMOMTFlag:               "mo_mt_flag",
	ParamSMID:                   "sm_id",
	ParamLengthAuth:             "length_auth",
	ParamServiceID:              "service_id",
	ParamOperationResult:        "operation_result",
	ParamNotifyMode:             "notify_mode",
	ParamDeliveryResult:         "delivery_result",
}

// String returns the specification's name, for ParamNone an empty string.
func (id ParamID) String() string {
	if id >= paramCount {
		return ""
	}
	return paramNames[id]
}

// ParamByName finds a parameter by the specification's name.
func ParamByName(name string) (ParamID, bool) {
	for id, n := range paramNames {
		if n == name && n != "" {
			return ParamID(id), true
		}
	}
	return ParamNone, false
}
