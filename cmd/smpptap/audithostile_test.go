package main

import (
	"encoding/json"
	"encoding/xml"
	"errors"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"unicode"

	"smpptap/internal/smpptest"
)

// hostileTexts stand in a capture where findings and trees quote them.
var hostileTexts = struct{ systemID, systemType, source, destination, messageID, text string }{
	systemID:    `<img src=//e.x>`,
	systemType:  "`]]>\x1b[31m|",
	source:      `[a](//e.x)@all`,
	destination: `00"><script>1</`,
	messageID:   "=cmd|'/c calc'!A1<script>alert(1)</script>",
	text: "<script>alert(2)</script>]]><!--${7*7}--><svg onload=alert(3)>&lt;" + "```\n# head\n| a | b |\n" +
		"http://evil.example/ www.evil.example \x1b]0;t\x07\r\x00\x7f",
}

// hostileCapture is a session in which everything that can be is hostile, and
// that has findings in every place.
func hostileCapture() []byte {
	h := &hostileTexts
	bind := smpptest.Build("bind_transceiver", 1, smpptest.F{"system_id": h.systemID, "password": "s3cret",
		"system_type": h.systemType, "interface_version": 0x50, "address_range": "</style>"})
	submit := func(seq uint32, coding int, text string) string {
		return string(smpptest.Build("submit_sm", seq, smpptest.F{"service_type": "]]>", "source_addr_ton": 5, "source_addr": h.source,
			"destination_addr": h.destination, "data_coding": coding, "registered_delivery": 1, "short_message": text}))
	}
	receipt := "id:" + h.messageID + " sub:001 dlvrd:001 submit date:2611230000 done date:2611230000 stat:<b>X</b> err:000 text:" + h.text
	return conversation("10.0.0.2:2775",
		string(bind), string(smpptest.Build("bind_transceiver_resp", 1, smpptest.F{"system_id": h.systemID})),
		submit(2, 3, h.text), string(smpptest.Build("submit_sm_resp", 2, smpptest.F{"message_id": h.messageID})),
		submit(3, 8, "\x20\x2e\x00e\x00v\x00i\x00l\x20\x66z"), string(smpptest.Build("submit_sm_resp", 3, smpptest.F{"message_id": "</table>"}, smpptest.Status(0x0B))),
		submit(4, 4, h.text), string(smpptest.Build("deliver_sm", 1, smpptest.F{"esm_class": 4, "source_addr": h.destination,
			"destination_addr": h.source, "short_message": receipt})),
	)
}

// TestHostileReports: whatever stands on the wire, no format holds anything
// that a reader of it would act on, and the password is in none.
func TestHostileReports(t *testing.T) {
	capture := hostileCapture()
	for format, check := range map[string]func(*testing.T, string){
		"table": func(*testing.T, string) {}, "json": hostileJSON, "html": hostileHTML, "markdown": hostileMarkdown,
		"junit": hostileXML, "sarif": hostileJSON,
	} {
		t.Run(format, func(t *testing.T) {
			code, out, errs := given(t, capture, "audit", "-T", format)
			if code != exitFindings || errs != "" {
				t.Fatalf("exit code %d, %s", code, errs)
			}
			for _, r := range out {
				if r != '\n' && (unicode.IsControl(r) || unicode.Is(unicode.Cf, r)) {
					t.Fatalf("%U stands in the output", r)
				}
			}
			if strings.Contains(out, "s3cret") {
				t.Error("the password stands in the output")
			}
			check(t, out)
		})
	}
}

func hostileHTML(t *testing.T, out string) {
	for _, tag := range []string{"<script", "<img", "<b>", "<svg onload", "<!--", "javascript:", "href=\"http"} {
		if strings.Contains(out, tag) {
			t.Errorf("%s stands in the page", tag)
		}
	}
	if n := strings.Count(out, "</style>"); n != 1 {
		t.Errorf("%d ends of the style", n)
	}
	// The texts are there, to be read.
	for _, text := range []string{"&lt;script&gt;alert(2)&lt;/script&gt;]]&gt;&lt;!--", "00&#34;&gt;&lt;script&gt;1&lt;/", "&lt;img src=//e.x&gt;"} {
		if !strings.Contains(out, text) {
			t.Errorf("the page does not show %s", text)
		}
	}
}

// codeBlock and codeSpan are where Markdown reads nothing into text.
var (
	codeBlock = regexp.MustCompile("(?ms)^(````*)text\n.*?^(````*)\n")
	backticks = regexp.MustCompile("`+")
	tableRow  = regexp.MustCompile(`(?m)^\|.*\|$`)
)

func hostileMarkdown(t *testing.T, out string) {
	prose := codeBlock.ReplaceAllStringFunc(out, func(block string) string {
		lines := strings.Split(strings.TrimSuffix(block, "\n"), "\n")
		fence := strings.TrimSuffix(lines[0], "text")
		for _, line := range lines[1 : len(lines)-1] {
			if strings.HasPrefix(strings.TrimSpace(line), fence) {
				t.Errorf("a line ends its block of code early: %q", line)
			}
		}
		if lines[len(lines)-1] != fence {
			t.Errorf("block opened by %s and closed by %s", fence, lines[len(lines)-1])
		}
		return ""
	})
	for _, row := range tableRow.FindAllString(prose, -1) {
		if cells := len(regexp.MustCompile(`(^|[^\\])\|`).FindAllString(row, -1)); cells < 3 {
			t.Errorf("row of %d cells: %s", cells-1, row)
		}
	}
	prose = withoutSpans(t, prose)
	for _, sign := range []string{"<", ">", "`", "@", "://", "www.", "${", "]("} {
		if i := strings.Index(prose, sign); i >= 0 {
			t.Errorf("%s stands outside of code: %q", sign, prose[max(0, i-60):min(len(prose), i+60)])
		}
	}
	if !strings.Contains(out, "alert(2)") {
		t.Error("the text is not shown")
	}
}

// withoutSpans takes out code spans: what stands between two runs of equally
// many backticks.
func withoutSpans(t *testing.T, text string) string {
	out := ""
	for {
		open := backticks.FindStringIndex(text)
		if open == nil {
			return out + text
		}
		out += text[:open[0]]
		fence := text[open[0]:open[1]]
		text = text[open[1]:]
		for rest := 0; ; {
			end := backticks.FindStringIndex(text[rest:])
			if end == nil || strings.Contains(text[:rest+end[0]], "\n") {
				t.Fatalf("code span that does not end: %q", text[:min(len(text), 80)])
			}
			if end[1]-end[0] == len(fence) {
				text = text[rest+end[1]:]
				break
			}
			rest += end[1]
		}
	}
}

func hostileXML(t *testing.T, out string) {
	d := xml.NewDecoder(strings.NewReader(out))
	depth, text := 0, ""
	for {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		switch x := token.(type) {
		case xml.StartElement:
			depth++
		case xml.EndElement:
			depth--
		case xml.CharData:
			text += string(x)
		case xml.Comment, xml.Directive:
			t.Errorf("%T in the report", x)
		}
	}
	if depth != 0 || !strings.Contains(text, hostileTexts.destination) {
		t.Errorf("depth %d, or the texts are not those of the wire", depth)
	}
}

func hostileJSON(t *testing.T, out string) {
	var v any
	if err := json.Unmarshal([]byte(out), &v); err != nil {
		t.Fatal(err)
	}
	text, _ := json.Marshal(v)
	if !strings.Contains(string(text), `00\"\u003e\u003cscript\u003e1\u003c/`) {
		t.Error("the texts are not those of the wire")
	}
}

// TestRedactedReports: what is to be masked stands in no format, of files and
// of a database that was recorded with everything.
func TestRedactedReports(t *testing.T) {
	bind, resp := bindExchange()
	capture := conversation("10.0.0.2:2775", bind, resp,
		string(smpptest.Build("submit_sm", 2, smpptest.F{"source_addr": "ACMESENDER", "destination_addr": "00919812345678",
			"data_coding": 3, "short_message": "canary in the mine"})),
		string(smpptest.Build("submit_sm_resp", 2, smpptest.F{"message_id": "1"}, smpptest.Status(0x0B))))
	dir := t.TempDir()
	path, db := filepath.Join(dir, "c.pcap"), filepath.Join(dir, "c.db")
	if err := os.WriteFile(path, capture, 0o600); err != nil {
		t.Fatal(err)
	}
	runIn(t, "analyze", "-q", "--db", db, path)
	canaries := []string{"ACMESENDER", "919812345678", "canary in", "41434d4553454e444552", "63616e617279"}
	for _, input := range []string{path, db} {
		for _, format := range []string{"table", "json", "html", "markdown", "junit", "sarif"} {
			whole := runIn(t, "audit", "-T", format, input)
			if !strings.Contains(whole, "00919812345678") {
				t.Errorf("%s of %s: nothing to mask", format, filepath.Base(input))
			}
			out := runIn(t, "audit", "-T", format, "--redact", "all", input)
			for _, canary := range canaries {
				if strings.Contains(strings.ReplaceAll(out, " ", ""), strings.ReplaceAll(canary, " ", "")) {
					t.Errorf("%s of %s holds %s", format, filepath.Base(input), canary)
				}
			}
		}
	}
}

// runIn runs the program and gives what it prints; it must not fail.
func runIn(t *testing.T, args ...string) string {
	t.Helper()
	var out, errs strings.Builder
	if code := run(t.Context(), args, strings.NewReader(""), &out, &errs); code != exitOK && code != exitFindings {
		t.Fatalf("%v: exit code %d, %s", args, code, errs.String())
	}
	return out.String()
}

// TestOwnRuleReports: a rule of the user's own stands in every format, in the
// scorecard and with its evidence, and its words are text.
func TestOwnRuleReports(t *testing.T) {
	path := filepath.Join(t.TempDir(), "mine.yaml")
	profile := "profile: {id: mine, title: '<i>mine</i>', extends: smpp34}\n" +
		"rules: {my-rule: {filter: 'smpp.command_id == submit_sm', severity: error, text: '<b>own</b> `|` @all', remedy: '<u>stop</u>'}}\n"
	if err := os.WriteFile(path, []byte(profile), 0o600); err != nil {
		t.Fatal(err)
	}
	for format, want := range map[string]string{
		"json": `"rule":"my-rule","severity":"error"`, "html": `my-rule</td><td>&lt;b&gt;own&lt;/b&gt;`,
		"markdown": "| my-rule | `` <b>own</b> `\\|` @all `` |", "junit": `<testcase name="my-rule" classname="your own rules"`,
		"sarif": `"ruleId": "my-rule"`,
	} {
		out := runIn(t, "audit", "-T", format, "--profile", path, filepath.Join(samplesDir, "clean_trx.pcap"))
		if !strings.Contains(out, want) {
			t.Errorf("%s does not hold %s", format, want)
		}
		if format == "html" && (strings.Contains(out, "<b>") || strings.Contains(out, "<u>") || strings.Contains(out, "<i>")) {
			t.Error("the profile's words became elements")
		}
	}
}
