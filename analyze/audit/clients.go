package audit

// clientFact is one setting or habit of a client, with the rules that it
// bears on.
type clientFact struct {
	client string
	rules  []RuleID
	advice string
}

// Rules that one setting of a client serves together.
var (
	keepAliveRules = []RuleID{RuleEnquireLinkMissing, RuleEnquireLinkLate, RuleIdleNearLimit, RuleIdleDisconnect, RuleIdleClosePattern}
	versionRules   = []RuleID{RuleInterfaceVersion, RuleVersionDisagreement, RuleTransceiverBeforeV34, RuleCommandIdVersion, RuleTlvBeforeV34, RuleMessageIdV33}
	rateRules      = []RuleID{RuleRateExceeded, RuleThrottled, RuleThrottleIgnored}
	windowRules    = []RuleID{RuleWindowExceeded, RuleWindowOfOne}
	waitRules      = []RuleID{RuleDuplicateSubmit, RuleResponseMissing, RuleResponseSlow}
	answerRules    = []RuleID{RuleEnquireLinkUnanswered, RuleDeliverUnanswered, RuleDeliverRepeated, RuleUnbindUnanswered}
	idRules        = []RuleID{RuleReceiptIdFormat, RuleReceiptUnmatched}
	bindTypeRules  = []RuleID{RuleReceiptNoReceiver, RuleBindTypeNotOffered}
	retryRules     = []RuleID{RuleBindStorm, RuleBindAlreadyBound}
	codingRules    = []RuleID{RuleTextNotGsm, RuleTextAsciiAsGsm, RuleDataCodingNotOffered}
)

// clientFacts were read in the clients' sources and manuals: Kannel 1.4.5,
// Jasmin's smppccm, jSMPP's AbstractSession, cloudhopper's
// SmppSessionConfiguration, node-smpp 0.5.1, gosmpp, onlinecity's php-smpp,
// python-smpplib, Net::SMPP 1.19. What is not certain is not here.
var clientFacts = []clientFact{
	{"Kannel", keepAliveRules, "enquire-link-interval in the smsc group is the time between probes in seconds; the default is 30."},
	{"Kannel", versionRules, "interface-version is written in decimal: 34, the default, is sent as 0x34."},
	{"Kannel", windowRules, "max-pending-submits bounds the open submits of an smsc group; the default is 10."},
	{"Kannel", rateRules, "throughput limits the messages a second of an smsc group."},
	{"Kannel", waitRules, "wait-ack (60 s by default) is how long a submit may be open. wait-ack-expire says what comes then: 0 connects anew, 1, the default, sends it again, 2 waits for ever. What is open when the connection breaks goes back to the queue and is sent again."},
	{"Kannel", idRules, "msg-id-type: 0x01 for hexadecimal ids in responses and decimal ones in receipts, 0x02 for the other way round."},
	{"Kannel", bindTypeRules, "transceiver-mode = true binds as transceiver; otherwise port makes a transmitter, and a group of its own with receive-port the receiver."},
	{"Kannel", []RuleID{RuleSystemType}, "system-type in the smsc group, which must be there."},
	{"Kannel", retryRules, "reconnect-delay is the time in seconds between attempts."},
	{"Kannel", codingRules, "alt-charset replaces GSM 03.38 for data_coding 0: leave it out where the provider reads GSM 03.38."},
	{"Kannel", []RuleID{RuleSourceAddress}, "source-addr-autodetect, on by default, gives letters TON 5, and a leading + is taken off and gives TON 1; other numbers get TON 2 unless source-addr-ton and source-addr-npi are set."},
	{"Kannel", []RuleID{RuleDestinationAddress}, "A leading + is taken off and gives TON 1; other numbers get TON 2 unless dest-addr-ton and dest-addr-npi are set. 00 and a trunk prefix are sent as they are."},
	{"Kannel", []RuleID{RuleRegisteredDeliveryNotOffered, RuleReceiptNotAsked}, "dlr-mask decides: success (1) gives registered_delivery 1, failure (2) alone gives 2, and the bit for buffered messages (4) adds 0x10."},
	{"Kannel", []RuleID{RuleTimeOrder}, "validityperiod, in minutes, and deferred times are written in UTC from the host's clock: keep it right."},
	{"Kannel", []RuleID{RuleRequiredTlv, RuleTlvUnknown}, "Describe the TLV in an smpp-tlv group (name, tag, type, length) and set it by the message's meta-data."},
	{"Kannel", []RuleID{RuleCleartextCredentials}, "use-ssl = true in the smsc group."},

	{"Jasmin", keepAliveRules, "elink_interval of the connector, in seconds; the default is 30."},
	{"Jasmin", rateRules, "submit_throughput of the connector is the number of submits a second; the default is 1. requeue_delay is how long a message waits that is to be sent again."},
	{"Jasmin", waitRules, "res_to of the connector is how long it waits for a response, in seconds."},
	{"Jasmin", idRules, "dlr_msgid of the connector: 0 takes ids as they are, 1 is for hexadecimal ids in responses and decimal ones in receipts, 2 for the other way round."},
	{"Jasmin", bindTypeRules, "bind of the connector: transceiver, transmitter or receiver."},
	{"Jasmin", []RuleID{RuleSystemType}, "systype of the connector."},
	{"Jasmin", retryRules, "con_fail_delay and con_loss_delay of the connector are the seconds until it connects anew."},
	{"Jasmin", []RuleID{RuleBindUnanswered}, "bind_to of the connector is how long it waits for the bind response, in seconds."},
	{"Jasmin", []RuleID{RuleDataCodingNotOffered}, "coding of the connector is its data_coding; the default is 0."},
	{"Jasmin", []RuleID{RuleSourceAddress}, "src_ton and src_npi of the connector."},
	{"Jasmin", []RuleID{RuleDestinationAddress}, "dst_ton and dst_npi of the connector give TON and NPI; the number itself comes from the application."},
	{"Jasmin", []RuleID{RuleCleartextCredentials}, "ssl of the connector."},

	{"jSMPP", keepAliveRules, "setEnquireLinkTimer, in milliseconds. It probes only when nothing was received for that time, so that a busy link has fewer probes."},
	{"jSMPP", waitRules, "setTransactionTimer, in milliseconds, is how long a call waits for its response; the default is 2000. A call that gives up has sent its message all the same."},
	{"jSMPP", []RuleID{RuleWindowOfOne}, "A call returns with its response: several open requests need several threads."},
	{"jSMPP", answerRules, "A listener that blocks holds up answers; setPduProcessorDegree is the number of threads that work on incoming PDUs, 3 by default."},
	{"jSMPP", []RuleID{RuleUnbindMissing, RuleClosedWhileOutstanding}, "unbindAndClose unbinds first; close alone does not."},

	{"cloudhopper", keepAliveRules, "It sends no enquire_link by itself: call the session's enquireLink from a timer of your own."},
	{"cloudhopper", windowRules, "setWindowSize of SmppSessionConfiguration; the default is 1."},
	{"cloudhopper", waitRules, "setRequestExpiryTimeout and setWindowMonitorInterval are off by default; without them a request that is never answered keeps its place in the window."},
	{"cloudhopper", []RuleID{RuleSystemType}, "setSystemType of SmppSessionConfiguration; by default it is empty."},
	{"cloudhopper", versionRules, "setInterfaceVersion of SmppSessionConfiguration; the default is 0x34."},

	{"node-smpp", keepAliveRules, "auto_enquire_link_period in the options of connect, in milliseconds; without it no enquire_link is sent."},
	{"node-smpp", answerRules, "It answers nothing by itself: send pdu.response() for enquire_link, deliver_sm and unbind."},
	{"node-smpp", versionRules, "A bind says interface_version 0x50 unless told otherwise: give interface_version: 0x34."},
	{"node-smpp", []RuleID{RuleDataCodingNotOffered, RuleTextNotAscii}, "A text given as a string without data_coding is sent as data_coding 1, 3 or 8 by its characters, 1 with the octets of GSM 03.38: give data_coding: 0 for it."},
	{"node-smpp", []RuleID{RuleUnbindMissing}, "close ends the connection without unbind: call unbind first and close with its answer."},

	{"gosmpp", keepAliveRules, "EnquireLink in the settings is the time between probes; zero sends none."},

	{"php-smpp", keepAliveRules, "It sends no enquire_link by itself: call enquireLink from the application's own loop."},
	{"php-smpp", answerRules, "deliver_sm is answered in readSMS, enquire_link there and in respondEnquireLink only: call one of them often enough."},
	{"php-smpp", bindTypeRules, "It binds as transmitter or as receiver, never as both: open a second connection with bindReceiver for receipts."},
	{"php-smpp", []RuleID{RuleSystemType}, "SmppClient::$system_type; the default is WWW."},
	{"php-smpp", []RuleID{RuleBodyTrailing}, "SmppClient::$sms_null_terminate_octetstrings is true by default and puts a NUL behind short_message: set it to false. Its enquire_link_resp has a body of one NUL."},
	{"php-smpp", []RuleID{RuleGenericNack}, "Its enquire_link_resp has a body of one NUL, which strict servers refuse with ESME_RINVCMDLEN: take it out of readSMS."},
	{"php-smpp", []RuleID{RuleTextSurrogate}, "UCS-2 texts are cut after 132 octets, also between the halves of a surrogate pair."},
	{"php-smpp", []RuleID{RuleTlvBeforeV34}, "SmppClient::$csms_method sends long messages with sar TLVs by default; CSMS_8BIT_UDH needs no TLV."},
	{"php-smpp", []RuleID{RuleRegisteredDeliveryNotOffered, RuleReceiptNotAsked}, "SmppClient::$sms_registered_delivery_flag; the default is 0, which asks for no receipt."},

	{"python-smpplib", keepAliveRules, "listen and read_once send enquire_link when nothing came for the Client's timeout, unless auto_send_enquire_link is False; a program that does neither sends none."},
	{"python-smpplib", []RuleID{RuleEnquireLinkUnanswered, RuleResponseUnmatched}, "Versions from before September 2019 answer enquire_link under a number of their own: take a newer one."},

	{"Net::SMPP", keepAliveRules, "It sends no enquire_link by itself: call enquire_link from a timer of your own."},
	{"Net::SMPP", answerRules, "Incoming requests are seen only while the program waits for a PDU: read often enough."},
	{"Net::SMPP", []RuleID{RuleWindowOfOne}, "Calls wait for their response; async => 1 lets several requests be open."},
	{"Net::SMPP", []RuleID{RuleSystemType}, "system_type of the bind; by default it is empty."},
}
