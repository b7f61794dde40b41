package main

import (
	"fmt"
	"io"
	"runtime"
	"runtime/debug"

	"github.com/spf13/cobra"
)

// build tells what this binary is.
type build struct{ version, commit string }

// buildInfo reads what the go tool put into the binary.
func buildInfo() build {
	b := build{version: "devel", commit: "unknown"}
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return b
	}
	if v := info.Main.Version; v != "" && v != "(devel)" {
		b.version = v
	}
	modified := false
	for _, s := range info.Settings {
		switch s.Key {
		case "vcs.revision":
			b.commit = s.Value
		case "vcs.modified":
			modified = s.Value == "true"
		}
	}
	if modified {
		b.commit += " (modified)"
	}
	return b
}

func (a *app) versionCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "version",
		Short: "Print version, Go version and commit",
		Args:  noArgs,
		RunE: func(*cobra.Command, []string) error {
			_, err := io.WriteString(a.out, buildText())
			return err
		},
	}
}

// buildText is what `version` and --version print.
func buildText() string {
	b := buildInfo()
	return fmt.Sprintf("smpptap %s\ngo %s %s/%s\ncommit %s\n",
		b.version, runtime.Version()[len("go"):], runtime.GOOS, runtime.GOARCH, b.commit)
}
