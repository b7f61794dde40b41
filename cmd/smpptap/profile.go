package main

import (
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"smpptap/analyze/profile"
	"smpptap/report"
)

func (a *app) profileCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "profile",
		Short: "Provider profiles: built in, and the user's own files",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return usagef("say what to do: profile list, profile show NAME|FILE, profile check FILE")
		},
	}
	cmd.AddCommand(a.profileList(), a.profileShow(), a.profileCheck())
	return cmd
}

func (a *app) profileList() *cobra.Command {
	return &cobra.Command{
		Use:   "list",
		Short: "List the built-in profiles",
		Args:  cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			t := report.NewTable(a.out, "", report.Column{Name: "profile"}, report.Column{Name: "title"},
				report.Column{Name: "extends"}, report.Column{Name: "revised"}, report.Column{Name: "default"})
			for _, name := range profile.Builtin() {
				p, err := profile.Load(name)
				if err != nil {
					return err
				}
				def := ""
				if name == profile.Default {
					def = "yes"
				}
				if err := t.Row(name, p.Title, p.Extends, p.Revised, def); err != nil {
					return err
				}
			}
			return t.Close()
		},
	}
}

func (a *app) profileShow() *cobra.Command {
	return &cobra.Command{
		Use:   "show [NAME|FILE]",
		Short: "Print a profile's effective values as a profile file, with where each comes from",
		Args:  cobra.MaximumNArgs(1),
		ValidArgsFunction: func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
			return profile.Builtin(), cobra.ShellCompDirectiveDefault
		},
		RunE: func(_ *cobra.Command, args []string) error {
			name := a.profile
			if len(args) > 0 {
				name = args[0]
			}
			p, err := profile.Load(name)
			if err != nil {
				return err
			}
			text, err := p.YAML()
			if err != nil {
				return err
			}
			_, err = a.out.Write(text)
			return err
		},
	}
}

func (a *app) profileCheck() *cobra.Command {
	return &cobra.Command{
		Use:   "check FILE...",
		Short: "Read profile files and tell every fault in them",
		Args:  cobra.MinimumNArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			var faults []error
			for _, path := range args {
				errs := profile.Check(path)
				faults = append(faults, errs...)
				if len(errs) == 0 && !a.quiet {
					if _, err := fmt.Fprintf(a.out, "%s: fine\n", report.Safe(path)); err != nil {
						return err
					}
				}
			}
			return errors.Join(faults...)
		},
	}
}
