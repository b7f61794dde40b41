package main

import (
	"strings"

	"github.com/spf13/cobra"

	"smpptap/analyze/audit"
	"smpptap/analyze/diagnose"
	"smpptap/analyze/profile"
	"smpptap/report"
)

func (a *app) rulesCommand() *cobra.Command {
	var format string
	cmd := &cobra.Command{
		Use:   "rules [RULE | DIAGNOSIS]",
		Short: "The rule catalogue, or one rule or diagnosis explained",
		Long: "rules lists the rules, or explains one: what, why, where it stands, how it is checked. It explains a\n" +
			"diagnosis as well, by its number. References are those of the profile.",
		Example:           "  smpptap rules\n  smpptap rules system-type\n  smpptap rules D08",
		Args:              arguments(0, 1),
		ValidArgsFunction: completeRules,
		RunE: func(_ *cobra.Command, args []string) error {
			if err := oneOf("-T", format, "table", "json"); err != nil {
				return err
			}
			p, err := a.loadProfile()
			if err != nil {
				return err
			}
			if len(args) == 0 {
				return a.listRules(format, p)
			}
			if d, ok := diagnose.Explain(strings.ToUpper(args[0])); ok {
				return a.explainDiagnosis(&d, format)
			}
			r, ok := audit.RuleByName(args[0])
			if !ok {
				return unknownRule(args[0])
			}
			return a.explainRule(r, format, p)
		},
	}
	cmd.Flags().StringVarP(&format, "format", "T", "table", "table or json")
	return cmd
}

func completeRules(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
	return append(ruleNames(), diagnose.IDs()...), cobra.ShellCompDirectiveNoFileComp
}

func ruleNames() []string {
	var names []string
	for i := range audit.Rules {
		names = append(names, audit.Rules[i].Name)
	}
	return names
}

func unknownRule(name string) error {
	if near := nearest(name, ruleNames()); near != "" {
		return usagef("no rule %q; did you mean %s?", name, near)
	}
	return usagef("no rule %q; 'smpptap rules' lists them", name)
}

func (a *app) listRules(format string, p *profile.Profile) error {
	w := buffered(a.out)
	if format == "json" {
		b := []byte("[\n")
		for i := range audit.Rules {
			if i > 0 {
				b = append(b, ",\n"...)
			}
			b = report.AppendRule(b, &audit.Rules[i], p)
		}
		w.Write(append(b, "\n]\n"...)) // an error stays with the writer until Flush
		return w.Flush()
	}
	t := report.NewTable(w, "", report.Column{Name: "rule"}, report.Column{Name: "severity"},
		report.Column{Name: "group"}, report.Column{Name: "checks", Max: 40}, report.Column{Name: "needs"})
	for i := range audit.Rules {
		r := &audit.Rules[i]
		if err := t.Row(r.Name, report.Severities(r), r.Group, r.Checks, r.Needs); err != nil {
			return err
		}
	}
	if err := t.Close(); err != nil {
		return err
	}
	return w.Flush()
}

func (a *app) explainRule(r *audit.Rule, format string, p *profile.Profile) error {
	text := append(report.AppendRule(nil, r, p), '\n')
	if format != "json" {
		text = a.reportOptions(a.out, nil).AppendRuleText(nil, r, p)
	}
	_, err := a.out.Write(text)
	return err
}

func (a *app) explainDiagnosis(d *diagnose.Explanation, format string) error {
	text := append(report.AppendExplanation(nil, d), '\n')
	if format != "json" {
		text = a.reportOptions(a.out, nil).AppendExplanationText(nil, d)
	}
	_, err := a.out.Write(text)
	return err
}
