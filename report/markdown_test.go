package report

import "testing"

func TestMarkdownText(t *testing.T) {
	for in, want := range map[string]string{
		"":                            "",
		"plain words, 0x58 (5 %).":    "plain words, 0x58 (5 %).",
		"submit_sm and _this_ *":      "` submit_sm and _this_ * `",
		"submit_sm and _this_":        `submit_sm and \_this\_`,
		"a [b] ~c~ !d":                `a \[b\] \~c\~ \!d`,
		"[x](y)":                      "` [x](y) `",
		"<b>":                         "` <b> `",
		"a `b` c":                     "`` a `b` c ``",
		"``":                          "``` `` ```",
		"see http://x":                "` see http://x `",
		"www.x":                       "` www.x `",
		"@all #1":                     "` @all #1 `",
		"$x$":                         "` $x$ `",
		":+1:":                        "` :+1: `",
		"2026-11-23 05:29:39.797 UTC": "2026-11-23 05:29:39.797 UTC",
		"Grüße":                       "` Grüße `",
		" a":                          "`  a `",
	} {
		if got := mdText(in); got != want {
			t.Errorf("mdText(%q) = %q, want %q", in, got, want)
		}
	}
	if got := mdCell("a|b"); got != "` a\\|b `" {
		t.Errorf("cell %q", got)
	}
	if got := mdFence("```\n`````"); got != "``````" {
		t.Errorf("fence %q", got)
	}
}
