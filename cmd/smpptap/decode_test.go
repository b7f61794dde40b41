package main

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"smpptap/internal/cost"
	"smpptap/internal/smpptest"
)

func decodeText(text string, args ...string) (code int, out, errs string) {
	var o, e bytes.Buffer
	code = run(context.Background(), append([]string{"decode"}, args...), strings.NewReader(text), &o, &e)
	return code, o.String(), e.String()
}

// A password leaves in no format, wherever the PDU breaks and whatever its
// length claims.
func TestDecodeMasksPasswords(t *testing.T) {
	const secret = "Xy7-q9Zk"
	whole := smpptest.Build("bind_transceiver", 1, smpptest.F{
		"system_id": "acme", "password": secret, "system_type": "smpp", "interface_version": 0x34, "address_range": "^41",
	})
	var pdus [][]byte
	for n := 16; n <= len(whole); n++ {
		cut := bytes.Clone(whole[:n])
		pdus = append(pdus, cut, append(bytes.Clone(cut[:3]), append([]byte{byte(n)}, cut[4:]...)...))
	}
	for length := range 60 {
		b := bytes.Clone(whole)
		b[3] = byte(length)
		unknown := bytes.Clone(b)
		unknown[6] = 9
		pdus = append(pdus, b, unknown, b[4:])
	}
	submit := smpptest.Build("submit_sm", 1, smpptest.F{"short_message": "Hello"}, smpptest.SetLength(200))
	pdus = append(pdus, append(submit, whole...))
	for name, dress := range map[string]func(b []byte) string{
		"hex":    hex.EncodeToString,
		"spaced": func(b []byte) string { return fmt.Sprintf("% x", b) },
		"array":  func(b []byte) string { return fmt.Sprint(b) },
		"string": func(b []byte) string { return fmt.Sprintf("%q", b) },
		"base64": base64.StdEncoding.EncodeToString,
		"log":    func(b []byte) string { return fmt.Sprintf("10:00:00 DEBUG got %x", b) },
	} {
		var text strings.Builder
		for _, b := range pdus {
			text.WriteString(dress(b) + "\nhello\n") // a line between, so that none goes on with the one before
		}
		for _, args := range [][]string{{"-V", "-x"}, {"-T", "ndjson", "-x"}, {"-T", "table", "-x"}} {
			_, out, errs := decodeText(text.String(), args...)
			for line := range strings.Lines(out + errs) {
				// Four letters in a row nobody finds by chance.
				for k := 0; k+4 <= len(secret); k++ {
					part := secret[k : k+4]
					if strings.Contains(line, part) || strings.Contains(line, hex.EncodeToString([]byte(part))) ||
						strings.Contains(line, fmt.Sprintf("% x", part)) {
						t.Fatalf("%s, %v: %q in %s", name, args, part, line)
					}
				}
			}
		}
	}
}

func TestDecodeJSON(t *testing.T) {
	for _, text := range []string{"", "hello", "00000010000000150000000000000001\nhello\n0000001000000015"} {
		_, out, _ := decodeText(text, "-T", "json", "-x")
		var list []map[string]any
		if err := json.Unmarshal([]byte(out), &list); err != nil || len(list) == 0 {
			t.Errorf("%q: %v in %s", text, err, out)
		}
	}
}

// A line without an end is read up to its limit and refused, not kept whole.
func TestDecodeLongLines(t *testing.T) {
	const many = 1 << 20
	for _, text := range []string{
		strings.Repeat("zz", 5*many), strings.Repeat("[0, ", 3*many), strings.Repeat(strings.Repeat("00", 16)+"\n", many/8), strings.Repeat("00", 5*many),
	} {
		code, out, _ := decodeText(text, "-T", "ndjson")
		if code != exitFailed || !strings.Contains(out, `"error"`) || len(out) > 2000 {
			t.Errorf("exit %d, %d characters: %.300s", code, len(out), out)
		}
	}
	one := "00000010000000150000000000000001"
	code, out, _ := decodeText(strings.Repeat(one, many/10), "-T", "ndjson")
	if n := strings.Count(out, "\n"); code != exitOK || n != many/10 {
		t.Errorf("exit %d, %d PDUs", code, n)
	}
}

// A line below the limit is read once, not from each of its brackets to its
// end: that would take hours.
func TestDecodeBrackets(t *testing.T) {
	many := 1 << 20
	if cost.Race {
		many /= 4
	}
	for _, one := range []string{"[", "{\x1b[", "[0x", "[0, "} {
		code, out, _ := decodeText(strings.Repeat(one, many/len(one)), "-T", "ndjson")
		if code != exitFailed || !strings.Contains(out, `"error"`) || len(out) > 2000 {
			t.Errorf("%q: exit %d, %d characters: %.300s", one, code, len(out), out)
		}
	}
}
