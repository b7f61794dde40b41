package dissect

// Values of message_state (v3.4 5.2.28, v5.0 4.7.15).
const (
	StateScheduled     uint8 = 0
	StateEnroute       uint8 = 1
	StateDelivered     uint8 = 2
	StateExpired       uint8 = 3
	StateDeleted       uint8 = 4
	StateUndeliverable uint8 = 5
	StateAccepted      uint8 = 6
	StateUnknown       uint8 = 7
	StateRejected      uint8 = 8
	StateSkipped       uint8 = 9
)

// stateWords are the words that receipts say for a state: those of appendix B
// first, which name it where only message_state tells.
var stateWords = [...][]string{
	StateScheduled:     {"SCHEDULED", "SCHEDLD"},
	StateEnroute:       {"ENROUTE", "SUBMITTED", "SUBMITD", "SENT", "QUEUED", "PENDING", "BUFFERED", "BUFFERD", "RETRYING"},
	StateDelivered:     {"DELIVRD", "DELIVERED", "DELIVERD", "DELIVRED", "DLVRD"},
	StateExpired:       {"EXPIRED", "EXPIRD", "TIMEOUT"},
	StateDeleted:       {"DELETED", "CANCELLED", "CANCELED", "CANCELD"},
	StateUndeliverable: undeliverableWords,
	StateAccepted:      {"ACCEPTD", "ACCEPTED"},
	StateUnknown:       {"UNKNOWN", "UNKNWN", "SENTNODLR"},
	StateRejected:      rejectedWords,
	StateSkipped:       {"SKIPPED"},
}

// Words of Kaleyra and its family (profiles/kaleyra.md K47, K62, K63), without
// what joins their parts.
var (
	undeliverableWords = []string{
		"UNDELIV", "UNDELIVERABLE", "UNDELIVERED", "UNDELIVRD", "UNDELIVD", "UNDELVRD", "FAILED", "FAIL", "FAILURE",
		"INVALIDSUB", "ABSENTSUB", "HANDSETERR", "HANDSETBUSY", "BARRED", "NETERR", "MEMEXEC", "MOBOFF",
		"SERIESBLK", "SERIESBLOCK", "SERVERERR", "NOTSENT", "SUBMITFAIL",
	}
	rejectedWords = []string{
		"REJECTD", "REJECTED", "REJECT", "NOCREDITS", "NOCREDIT", "INFCREDIT", "NOACCOUNT", "INVNUMBER", "INVMOBPATTRN",
		"SPAM", "DNDNUMB", "CONDND", "BLACKLST", "BLACKLIST", "SNDRBLOCK", "TEMPLATENOTFOUND", "INVTEMPLATE",
		"INVTEMPLATEMATCH", "INVSENDER", "SENDERIDNOTFOUND", "SNDRIDNOTALLOTED", "NOTOPTIN", "OPTOUT", "OPTOUTREJ",
		"OUTPUTREJ", "PROMOTMOUT", "NOTALLOWED", "DUPLICATE", "THROTTLED", "REJMULTIPART", "REJECTEDMULTIPART",
		"NUMLIMIT", "MAXLIMIT", "DLTREJECTED", "DLTINVTMID", "DLTINVENTITY", "DLTTMVAREXECEED", "DLTENTITYNOTFOUND",
		"DLTTMBLACKLST", "DLTENTITYBLACKLST", "DLTHEADERINACTIVE", "DLTTMINACTIVE", "DLTSENDERNOTREGTM",
	}
)

// stateByWord turns stateWords round.
var stateByWord = func() map[string]uint8 {
	m := make(map[string]uint8)
	for state, words := range stateWords {
		for _, w := range words {
			m[w] = uint8(state)
		}
	}
	return m
}()

// wordOctets are appendix B's words, for ReceiptStat.
var wordOctets = func() (words [len(stateWords)][]byte) {
	for state := range words {
		words[state] = []byte(stateWords[state][0])
	}
	return words
}()

// stateWord is the word for a value of message_state; nil for reserved ones.
func stateWord(state uint8) []byte {
	if int(state) < len(wordOctets) {
		return wordOctets[state]
	}
	return nil
}

// StateWord is the word of a receipt for a value of message_state, "DELIVRD"
// for 2; empty for reserved values.
func StateWord(state uint8) string { return string(stateWord(state)) }

// ReceiptState tells which message_state the word of a receipt stands for, of
// any provider that is known, whatever its case and hyphens. known says that
// the word has a meaning, not that appendix B or a profile lists it. final says
// that no other state can follow: not for ENROUTE and SCHEDULED, nor for ACCEPTD
// and UNKNOWN, behind which message centres do send another receipt. A word
// that is not known is StateUnknown.
func ReceiptState(stat string) (state uint8, final, known bool) {
	return lookupState(stat)
}

func isState(word []byte) bool {
	_, _, known := lookupState(word)
	return known
}

func lookupState[T string | []byte](stat T) (state uint8, final, known bool) {
	const longest = 20
	var word [longest]byte
	n := 0
	for i := 0; i < len(stat); i++ {
		o := stat[i]
		if !isLetter(o) {
			if isDigit(o) || o > 0x7E {
				return StateUnknown, false, false
			}
			continue
		}
		if n == longest {
			return StateUnknown, false, false
		}
		word[n] = o &^ 0x20
		n++
	}
	state, known = stateByWord[string(word[:n])]
	if !known {
		return StateUnknown, false, false
	}
	return state, isFinalState(state), true
}

func isFinalState(state uint8) bool {
	switch state {
	case StateScheduled, StateEnroute, StateAccepted, StateUnknown:
		return false
	}
	return true
}
