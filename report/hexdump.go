package report

// AppendHexdump appends octets as Wireshark does: offset, hex, ASCII, sixteen
// to a line.
func AppendHexdump(b, v []byte) []byte {
	for at := 0; at < len(v); at += 16 {
		b = appendHexLine(b, at, v[at:min(at+16, len(v))])
	}
	return b
}

func appendHexLine(b []byte, at int, v []byte) []byte {
	shift := 12
	if at > 0xFFFF {
		shift = 28
	}
	for ; shift >= 0; shift -= 4 {
		b = append(b, lowerHex[at>>shift&15])
	}
	b = append(b, ' ')
	for _, c := range v {
		b = append(b, ' ', lowerHex[c>>4], lowerHex[c&15])
	}
	b = appendBlanks(b, 3*(16-len(v))+3)
	for _, c := range v {
		if c < ' ' || c > '~' {
			c = '.'
		}
		b = append(b, c)
	}
	return append(b, '\n')
}
