package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"smpptap/analyze/audit"
	"smpptap/analyze/profile"
	"smpptap/report"
)

func (a *app) profileCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "profile",
		Short: "Provider profiles: built in, and the user's own files",
		Args:  noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return usagef("say what to do: profile list, profile show NAME|FILE, profile check FILE, profile schema")
		},
	}
	cmd.AddCommand(a.profileList(), a.profileShow(), a.profileCheck(), a.profileSchema())
	return cmd
}

func (a *app) profileList() *cobra.Command {
	return &cobra.Command{
		Use:   "list",
		Short: "List the built-in profiles",
		Args:  noArgs,
		RunE: func(*cobra.Command, []string) error {
			t := report.NewTable(a.out, "", report.Column{Name: "profile"}, report.Column{Name: "title"},
				report.Column{Name: "spec"}, report.Column{Name: "extends"}, report.Column{Name: "revised"},
				report.Column{Name: "values", Right: true}, report.Column{Name: "from"})
			for _, name := range profile.Builtin() {
				p, err := profile.Load(name)
				if err != nil {
					return err
				}
				title, spec := p.Title, ""
				if name == profile.Default {
					title += " (default)"
				}
				if p.Spec != 0 {
					spec = p.Spec.String()
				}
				own, from := stated(p)
				if err := t.Row(name, title, spec, p.Extends, p.Revised, strconv.Itoa(own), from); err != nil {
					return err
				}
			}
			return t.Close()
		},
	}
}

func (a *app) profileShow() *cobra.Command {
	var format string
	cmd := &cobra.Command{
		Use:   "show [NAME|FILE]",
		Short: "Print a profile's effective values as a profile file, with where each comes from",
		Args:  arguments(0, 1),
		ValidArgsFunction: func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
			return profile.Builtin(), cobra.ShellCompDirectiveDefault
		},
		RunE: func(_ *cobra.Command, args []string) error {
			name := a.profile
			if len(args) > 0 {
				name = args[0]
			}
			if err := oneOf("-T", format, "yaml", "json"); err != nil {
				return err
			}
			p, err := a.loadProfileOf(name)
			if err != nil {
				return err
			}
			var text []byte
			if format == "json" {
				text, err = valuesJSON(p)
			} else {
				text, err = p.YAML()
			}
			if err != nil {
				return err
			}
			_, err = a.out.Write(text)
			return err
		},
	}
	cmd.Flags().StringVarP(&format, "format", "T", "yaml", "yaml or json")
	return cmd
}

func (a *app) profileCheck() *cobra.Command {
	return &cobra.Command{
		Use:   "check FILE...",
		Short: "Read profile files and tell every fault in them, and what in them has no effect",
		Args:  arguments(1, 1<<30),
		RunE: func(_ *cobra.Command, args []string) error {
			var faults []error
			for _, path := range args {
				moot, errs := checkProfile(path)
				faults = append(faults, errs...)
				if len(errs) > 0 || a.quiet {
					continue
				}
				if err := a.tellMoot(path, moot); err != nil {
					return err
				}
			}
			return errors.Join(faults...)
		},
	}
}

// stated counts the values that a profile's own file states, and says which
// of its documents they are from.
func stated(p *profile.Profile) (n int, from string) {
	var keys []string
	for _, v := range p.Values() {
		head := strings.HasPrefix(v.Path, "profile.") || v.Path == "sources" || v.Path == "instance"
		if !v.Set || v.Origin.Profile != p.ID() || head {
			continue
		}
		n++
		for key := range strings.SplitSeq(v.Source, ",") {
			if key = strings.TrimSpace(key); key != "" && !slices.Contains(keys, key) {
				keys = append(keys, key)
			}
		}
	}
	slices.Sort(keys)
	return n, strings.Join(keys, ", ")
}

// checkProfile gives every fault of a file, those in its rules too, and what
// it states without effect.
func checkProfile(path string) (moot, faults []error) {
	if errs := profile.Check(path); len(errs) > 0 {
		return nil, errs
	}
	p, err := profile.Load(path)
	if err != nil {
		return nil, []error{err}
	}
	return p.Moot(), audit.CheckProfile(p)
}

// tellMoot says that a file is without a fault, and what in it has no effect.
func (a *app) tellMoot(path string, moot []error) error {
	verdict := "fine"
	if len(moot) > 0 {
		verdict = "no fault, but of what it states some has no effect"
	}
	for _, m := range moot {
		if _, err := fmt.Fprintln(a.out, m); err != nil {
			return err
		}
	}
	_, err := fmt.Fprintf(a.out, "%s: %s\n", report.Safe(path), verdict)
	return err
}

func (a *app) profileSchema() *cobra.Command {
	return &cobra.Command{
		Use:   "schema",
		Short: "Print the JSON Schema of profile files, for editors",
		Args:  noArgs,
		RunE: func(*cobra.Command, []string) error {
			e := json.NewEncoder(a.out)
			e.SetIndent("", "  ")
			return e.Encode(profile.Schema())
		},
	}
}

// profileValue is a line of `profile show -T json`.
type profileValue struct {
	Path       string `json:"path"`
	Value      string `json:"value,omitempty"` // as YAML on one line
	Default    string `json:"default,omitempty"`
	Profile    string `json:"profile,omitempty"`
	Source     string `json:"source,omitempty"`
	Provenance string `json:"provenance,omitempty"`
	Note       string `json:"note,omitempty"`
}

func valuesJSON(p *profile.Profile) ([]byte, error) {
	var out []profileValue
	for _, v := range p.Values() {
		x := profileValue{Path: v.Path, Value: v.Text, Default: v.Default}
		if v.Set {
			x.Profile, x.Source, x.Provenance, x.Note = v.Origin.Profile, v.Source, string(v.Provenance), v.Note
		}
		out = append(out, x)
	}
	b, err := json.MarshalIndent(out, "", "  ")
	return append(b, '\n'), err
}
