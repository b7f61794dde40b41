package main

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"smpptap/analyze/filter"
	"smpptap/dissect"
)

// filterFlag is the long name of -Y.
const filterFlag = "display-filter"

// filtering are the commands that show rows about PDUs, which -Y chooses from.
// The others refuse it: what they say of a conversation is wrong when PDUs are
// missing from it.
var filtering = []string{"read", "live", "proxy", "pdus", "sessions", "findings", "messages", "export", "help"}

// checkFilter refuses -Y where it makes no sense.
func checkFilter(cmd *cobra.Command) error {
	f := cmd.Flags().Lookup(filterFlag)
	if f == nil || f.Value.String() == "" || slices.Contains(filtering, cmd.Name()) {
		return nil
	}
	if !f.Changed { // from the configuration, for other commands
		return nil
	}
	hint := "'smpptap read -Y' and the lists (pdus, sessions, findings, messages) take it"
	switch cmd.Name() {
	case "trace":
		hint = "a journey is shown whole; choose messages with 'smpptap messages -Y'"
	case "audit", "analyze":
		hint = "a conversation is judged whole; choose afterwards with 'smpptap findings -Y' or 'smpptap pdus -Y'"
	}
	return usagef("%s: -Y cannot be used here: %s", cmd.Name(), hint)
}

// displayFilter reads -Y; nil: there is none. Its remarks go to standard error.
func (a *app) displayFilter(d *dissect.Dialect) (*filter.Filter, error) {
	f, err := a.parseFilter(d)(a.filter)
	if err != nil {
		return nil, &exitError{exitUsage, err}
	}
	return f, nil
}

// parseFilter makes the reader of filters in the words of the dialect; an empty
// filter is nil.
func (a *app) parseFilter(d *dissect.Dialect) func(string) (*filter.Filter, error) {
	options := filter.Options{Rules: append(ruleNames(), a.ownRules...), Dialect: d}
	return func(text string) (*filter.Filter, error) {
		if strings.TrimSpace(text) == "" {
			return nil, nil
		}
		f, err := options.Parse(text)
		if err != nil {
			return nil, err
		}
		for _, note := range f.Notes() {
			a.remark("filter: %s", note)
		}
		return f, nil
	}
}

// isSyntaxError tells an error that ends with carets, behind which nothing may
// stand.
func isSyntaxError(err error) bool {
	var e *filter.SyntaxError
	return errors.As(err, &e)
}

const filterLong = `-Y takes Wireshark's display filters. Fields have Wireshark's names; smpptap's own
facts are smpptap.*; 'smpptap help fields' lists all.

  smpp.message_id                          is there
  smpp.command_id == submit_sm             also == "Submit_sm", == 4, == 0x00000004
  smpp.command_status != 0                 != is false where the field is absent;
  not smpp.command_status == 0             this also finds PDUs without it
  smpp.sm_length >= 100 and smpp.data_coding in {4, 8}
  smpp.source_addr contains "ACME"         minds case
  smpptap.text matches "your code"         does not; RE2, no look-around
  smpp.message[0:2] == 05:00               slices: [first:length] [first-last] [one]
  smpptap.esm_class & 0x40                 bits; also + - * / %
  len(smpp.message_id) > 8                 len count upper lower max min
  any smpp.opt_param_tag == 0x1402         where a field has several values; or all
  smpptap.rule == response-slow            what the audit found
  ip.addr == 10.0.0.0/8 && tcp.port == 2775 && frame.number < 100

A row is one PDU: each part of a filter must hold for the same PDU, where
tshark's rows are packets. In lists, -Y chooses rows about a PDU that matches:
sessions that have one, findings whose first or last PDU it is, messages whose
submit, response or receipt it is.`

// filterTopic is the help on filters.
func filterTopic() *cobra.Command {
	return &cobra.Command{Use: "filter", Short: "Display filters for -Y", Long: filterLong}
}

// fieldsTopic lists the fields.
func fieldsTopic() *cobra.Command {
	var b strings.Builder
	b.WriteString("Fields of -Y and -e:\n")
	fields := filter.Fields()
	for i := range fields {
		f := &fields[i]
		fmt.Fprintf(&b, "\n  %-46s %s", f.Name, strings.TrimPrefix(strings.TrimPrefix(f.Type.String(), "an "), "a "))
		if f.Note != "" {
			fmt.Fprintf(&b, "; %s", f.Note)
		}
	}
	return &cobra.Command{Use: "fields", Short: "Fields that -Y and -e know", Long: b.String()}
}

// completeFilter completes the last word of a filter: a field's name, or behind
// a comparison the name of one of its values.
func completeFilter(_ *cobra.Command, _ []string, typed string) ([]string, cobra.ShellCompDirective) {
	start := strings.LastIndexFunc(typed, func(r rune) bool { return !isNameRune(r) }) + 1
	head, word := typed[:start], typed[start:]
	directive := cobra.ShellCompDirectiveNoFileComp | cobra.ShellCompDirectiveNoSpace
	if field := comparedField(head); field != nil {
		return withHead(head, word, field.ValueNames(nil)), directive
	}
	return withHead(head, word, fieldNames()), directive
}

// completeField completes the name of a field for -e.
func completeField(_ *cobra.Command, _ []string, typed string) ([]string, cobra.ShellCompDirective) {
	return withHead("", typed, fieldNames()), cobra.ShellCompDirectiveNoFileComp
}

func isNameRune(r rune) bool {
	return r == '.' || r == '_' || r >= '0' && r <= '9' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z'
}

// comparedField is the field of which a value is to follow: "field ==", or
// "field in {a,".
func comparedField(head string) *filter.FieldInfo {
	words := strings.Fields(strings.NewReplacer("{", " { ", ",", " , ", `"`, " ").Replace(head))
	if open := slices.Index(words, "{"); open > 1 && words[open-1] == "in" && !slices.Contains(words, "}") {
		return filter.FieldByName(words[open-2])
	}
	for _, op := range []string{"===", "!==", "==", "!=", "~=", "eq", "ne"} {
		before, found := strings.CutSuffix(strings.TrimRight(head, ` "`), op)
		if !found {
			continue
		}
		start := strings.LastIndexFunc(strings.TrimRight(before, " "), func(r rune) bool { return !isNameRune(r) }) + 1
		return filter.FieldByName(strings.TrimSpace(before[start:]))
	}
	return nil
}

func withHead(head, word string, candidates []string) []string {
	var out []string
	for _, c := range candidates {
		if strings.HasPrefix(c, word) {
			out = append(out, head+c)
		}
	}
	return out
}

func fieldNames() []string {
	fields := filter.Fields()
	names := make([]string, len(fields))
	for i := range fields {
		names[i] = fields[i].Name
	}
	return names
}
