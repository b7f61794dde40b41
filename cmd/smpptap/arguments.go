package main

import (
	"strings"

	"github.com/spf13/cobra"
)

// What cobra says of arguments too many, in our words: to it each of them is
// an unknown command, or a reason to print help and be content.

// noArgs is for commands that take no argument: those that have further
// commands, and those that have flags alone.
func noArgs(cmd *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	var names []string
	for _, sub := range cmd.Commands() {
		names = append(names, sub.Name())
	}
	if len(names) == 0 {
		return usagef("%s takes flags and no argument like %q", calledAs(cmd), args[0])
	}
	if near := nearest(args[0], names); near != "" {
		return usagef("%s: no command %q; did you mean %s?", calledAs(cmd), args[0], near)
	}
	return usagef("%s: no command %q; there are %s", calledAs(cmd), args[0], strings.Join(names, ", "))
}

// arguments is for commands that take from least to most arguments.
func arguments(least, most int) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		use := strings.TrimSuffix(cmd.UseLine(), " [flags]")
		switch {
		case len(args) < least:
			return usagef("%s: something is missing: %s", calledAs(cmd), use)
		case len(args) > most:
			return usagef("%s: %q is too much: %s", calledAs(cmd), args[most], use)
		}
		return nil
	}
}

// calledAs is how the user calls a command, behind smpptap.
func calledAs(cmd *cobra.Command) string {
	return strings.TrimPrefix(cmd.CommandPath(), cmd.Root().Name()+" ")
}

// strict makes errors of what cobra's own commands take for a call for help.
func strict(root *cobra.Command) {
	root.InitDefaultHelpCmd()
	root.InitDefaultCompletionCmd()
	for _, cmd := range root.Commands() {
		switch cmd.Name() {
		case "help":
			cmd.Run, cmd.RunE = nil, helpOn
		case "completion":
			cmd.Args, cmd.RunE = noArgs, func(cmd *cobra.Command, _ []string) error { return cmd.Help() }
		}
	}
}

// helpOn is `help COMMAND`.
func helpOn(help *cobra.Command, args []string) error {
	cmd, rest, err := help.Root().Find(args)
	switch {
	case err != nil:
		return &exitError{exitUsage, err}
	case len(rest) > 0 && cmd.HasSubCommands():
		return noArgs(cmd, rest)
	}
	cmd.InitDefaultHelpFlag()
	return cmd.Help()
}
