package stream

import (
	"bytes"
	"encoding/binary"
)

// startLen is how much of a direction's beginning tells a protocol.
const startLen = 64

const protocolProxy = "PROXY protocol"

// prefix is how a protocol's octets may begin.
type prefix struct{ octets, name string }

// prefixes: an earlier one goes before a later one.
var prefixes = []prefix{
	{proxyV1, protocolProxy}, {proxyV2, protocolProxy},
	{"SSH-", "SSH"},
	{"PRI * HTTP/2.0\r\n", "HTTP/2"},
	{"HTTP/1.", "HTTP"},
	{"SIP/2.0 ", "SIP"}, {"INVITE sip", "SIP"}, {"REGISTER sip", "SIP"}, {"OPTIONS sip", "SIP"},
	{"RTSP/1.0 ", "RTSP"},
	{"GET ", "HTTP"}, {"POST ", "HTTP"}, {"HEAD ", "HTTP"}, {"PUT ", "HTTP"}, {"DELETE ", "HTTP"},
	{"OPTIONS ", "HTTP"}, {"PATCH ", "HTTP"}, {"CONNECT ", "HTTP"}, {"TRACE ", "HTTP"},
	{"EHLO ", "SMTP"}, {"HELO ", "SMTP"},
	{"* OK", "IMAP"}, {"+OK", "POP3"},
	{"AMQP", "AMQP"}, {"*1\r\n$", "Redis"}, {"*2\r\n$", "Redis"}, {"*3\r\n$", "Redis"},
}

const (
	proxyV1 = "PROXY "
	proxyV2 = "\r\n\r\n\x00\r\nQUIT\n"
)

// isProxyHeader tells whether a stream begins with a PROXY protocol header.
func isProxyHeader(b []byte) bool {
	return bytes.HasPrefix(b, []byte(proxyV1)) || bytes.HasPrefix(b, []byte(proxyV2))
}

// protocolOf names the protocol of a direction that begins with b; empty:
// none of those known here, or not yet.
func protocolOf(b []byte) string {
	for _, p := range prefixes {
		if len(b) >= len(p.octets) && string(b[:len(p.octets)]) == p.octets {
			return p.name
		}
	}
	switch {
	case isTLS(b):
		return "TLS"
	case len(b) >= 4 && (string(b[:4]) == "220 " || string(b[:4]) == "220-"):
		return banner(b)
	case isMySQL(b):
		return "MySQL"
	case isPostgres(b):
		return "PostgreSQL"
	case isDiameter(b):
		return "Diameter"
	case isUCP(b):
		return "UCP"
	case isCIMD(b):
		return "CIMD2"
	case isMQTT(b):
		return "MQTT"
	case isSettings(b):
		return "HTTP/2"
	}
	return ""
}

// isTLS: a record (RFC 8446 5.1) of a version up to 1.3, and of a handshake
// the beginning of a hello or of another message.
func isTLS(b []byte) bool {
	if len(b) < 6 || b[0] < 0x14 || b[0] > 0x17 || b[1] != 3 || b[2] > 4 {
		return false
	}
	n := binary.BigEndian.Uint16(b[3:])
	if n == 0 || n > 1<<14+2048 {
		return false
	}
	switch b[0] {
	case 0x14:
		return n == 1 && b[5] == 1
	case 0x15:
		return n == 2 && (b[5] == 1 || b[5] == 2) || n > 2
	}
	return true
}

// banner tells the two protocols apart that greet with 220.
func banner(b []byte) string {
	b = bytes.ToUpper(b)
	switch {
	case bytes.Contains(b, []byte("SMTP")):
		return "SMTP"
	case bytes.Contains(b, []byte("FTP")):
		return "FTP"
	}
	return "SMTP or FTP"
}

// isMySQL: the server's greeting, packet 0, protocol version 10, and the
// first digit of the server's version.
func isMySQL(b []byte) bool {
	return len(b) >= 6 && b[0] >= 0x20 && b[1] == 0 && b[2] == 0 && b[3] == 0 && b[4] == 10 &&
		b[5] >= '1' && b[5] <= '9'
}

// isPostgres: a startup message of protocol 3, or a request for TLS or GSSAPI.
func isPostgres(b []byte) bool {
	if len(b) < 8 || b[0] != 0 || b[1] != 0 {
		return false
	}
	n, code := binary.BigEndian.Uint32(b), binary.BigEndian.Uint32(b[4:])
	return code>>16 == 3 && code&0xFFFF <= 2 && n >= 9 && n <= 10000 || n == 8 && (code == 80877103 || code == 80877104)
}

// isDiameter: version 1, a length in words, no reserved flag, and one of the
// commands with which peers begin: CER, DWR (RFC 6733 3).
func isDiameter(b []byte) bool {
	if len(b) < 12 || b[0] != 1 || b[3]&3 != 0 || b[4]&0x0F != 0 {
		return false
	}
	code := binary.BigEndian.Uint32(b[4:]) & 0xFFFFFF
	return (code == 257 || code == 280) && binary.BigEndian.Uint32(b[8:]) == 0
}

// isUCP: STX, a transaction number of two digits, a length of five (EMI/UCP
// 4.1).
func isUCP(b []byte) bool {
	return len(b) >= 12 && b[0] == 2 && digits(b[1:3]) && b[3] == '/' && digits(b[4:9]) && b[9] == '/' &&
		(b[10] == 'O' || b[10] == 'R') && b[11] == '/'
}

// isCIMD: STX, an operation of two digits, a packet number of three.
func isCIMD(b []byte) bool {
	return len(b) >= 7 && b[0] == 2 && digits(b[1:3]) && b[3] == ':' && digits(b[4:7])
}

func digits(b []byte) bool {
	for _, c := range b {
		if c < '0' || c > '9' {
			return false
		}
	}
	return true
}

// isMQTT: CONNECT with the protocol's name.
func isMQTT(b []byte) bool {
	return len(b) >= 8 && b[0] == 0x10 && (string(b[2:8]) == "\x00\x04MQTT" || len(b) >= 9 && string(b[3:9]) == "\x00\x04MQTT")
}

// isSettings: an HTTP/2 server's first frame, SETTINGS on stream 0 (RFC 9113
// 6.5).
func isSettings(b []byte) bool {
	return len(b) >= 9 && b[0] == 0 && b[1] == 0 && b[2]%6 == 0 && b[2] <= 96 && b[3] == 4 && string(b[4:9]) == "\x00\x00\x00\x00\x00"
}
