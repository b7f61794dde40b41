package main

import (
	"maps"
	"strings"

	"github.com/spf13/cobra"

	"smpptap/analyze/profile"
	"smpptap/report"
)

// words are the values of flags that take one of a few, by the flags' names.
// The formats of -T stand in its own help text.
var words = map[string][]string{
	"redact":     {"none", "text", "addresses", "all"},
	"account-by": {"server", "system_id"},
	"color":      {"auto", "always", "never"},
	"log-format": {"text", "json"},
	"fail-on":    {"error", "warning", "note", "never"},
	"severity":   {"error", "warning", "note"},
}

// complete registers what a shell may complete behind flags.
func complete(cmd *cobra.Command, known map[string][]string) {
	if known == nil {
		known = maps.Clone(words)
		known["profile"] = profile.Builtin()
		known["rule"] = ruleNames()
		known["time"] = report.TimeNames()
	}
	for name, values := range known {
		if cmd.LocalNonPersistentFlags().Lookup(name) != nil || cmd.PersistentFlags().Lookup(name) != nil {
			// An error means that it is registered already.
			_ = cmd.RegisterFlagCompletionFunc(name, cobra.FixedCompletions(values, directive(name)))
		}
	}
	for name, list := range map[string]cobra.CompletionFunc{filterFlag: completeFilter, "field": completeField} {
		if cmd.LocalNonPersistentFlags().Lookup(name) != nil || cmd.PersistentFlags().Lookup(name) != nil {
			_ = cmd.RegisterFlagCompletionFunc(name, list)
		}
	}
	if f := cmd.LocalNonPersistentFlags().Lookup("format"); f != nil {
		values := strings.Fields(strings.NewReplacer(",", "", " or ", " ").Replace(f.Usage))
		_ = cmd.RegisterFlagCompletionFunc("format", cobra.FixedCompletions(values, cobra.ShellCompDirectiveNoFileComp))
	}
	for _, sub := range cmd.Commands() {
		complete(sub, known)
	}
}

// directive lets files be completed where a file may stand.
func directive(flag string) cobra.ShellCompDirective {
	if flag == "profile" {
		return cobra.ShellCompDirectiveDefault
	}
	return cobra.ShellCompDirectiveNoFileComp
}
