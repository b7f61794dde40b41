package main

import (
	"encoding/json"
	"errors"
	"go/ast"
	"go/parser"
	"go/token"
	"io"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// mayImport says which packages of the module a package may import (style.md,
// Boundaries). A package that is not listed must be added here, with thought.
var mayImport = map[string][]string{
	"dissect":          {},
	"stream":           {"dissect"},
	"analyze/profile":  {"dissect"},
	"analyze/filter":   {"dissect"},
	"analyze/session":  {"stream", "dissect"},
	"analyze/audit":    {"analyze/session", "analyze/filter", "analyze/profile", "stream", "dissect"},
	"analyze":          {"analyze/audit", "analyze/session", "analyze/filter", "analyze/profile", "stream", "dissect"},
	"analyze/diagnose": {"analyze/audit", "analyze/session", "analyze/profile", "dissect"},
	"store":            {"analyze", "analyze/diagnose", "analyze/audit", "analyze/session", "analyze/filter", "analyze/profile", "stream", "dissect"},
	"report":           {"analyze", "analyze/diagnose", "analyze/audit", "analyze/session", "analyze/filter", "analyze/profile", "stream", "dissect"},
	"capture":          {"stream", "dissect"},
	"proxy":            {"stream", "dissect"},
}

// onlyIn says which package alone may import a module.
var onlyIn = map[string]string{
	"github.com/google/gopacket":    "capture",
	"github.com/klauspost/compress": "capture",
	"github.com/mattn/go-sqlite3":   "store",
	"database/sql":                  "store",
	"github.com/olekukonko":         "report",
	"github.com/spf13/cobra":        "cmd/smpptap",
	"github.com/clipperhouse":       "report",
	"github.com/prometheus":         "cmd/smpptap",
	"github.com/pires":              "proxy",
	"smpptap/internal/smpptest":     "internal",
	"smpptap/internal/cost":         "internal",
}

// pure are the packages without input, output, goroutine, lock, log or clock.
var pure = []string{"dissect", "stream", "analyze/session", "analyze/audit", "analyze/filter", "analyze/diagnose"}

// impure are imports that no pure package has.
var impure = []string{"os", "io/fs", "net", "net/http", "log", "log/slog", "sync", "sync/atomic", "os/exec", "os/signal", "syscall", "math/rand", "math/rand/v2"}

type goPackage struct {
	ImportPath, Dir string
	GoFiles         []string
	Imports         []string
}

func packages(t *testing.T) []goPackage {
	t.Helper()
	cmd := exec.Command("go", "list", "-e", "-json=ImportPath,Dir,GoFiles,Imports", "./...")
	cmd.Dir = filepath.Join("..", "..")
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	var all []goPackage
	for dec := json.NewDecoder(strings.NewReader(string(out))); ; {
		var p goPackage
		if err := dec.Decode(&p); errors.Is(err, io.EOF) {
			return all
		} else if err != nil {
			t.Fatal(err)
		}
		all = append(all, p)
	}
}

func isExempt(name string) bool {
	return strings.HasPrefix(name, "cmd/") || strings.HasPrefix(name, "internal/") || strings.HasPrefix(name, "bench")
}

func TestImports(t *testing.T) {
	for _, p := range packages(t) {
		name := strings.TrimPrefix(p.ImportPath, "smpptap/")
		allowed, listed := mayImport[name]
		if !listed && !isExempt(name) {
			t.Errorf("%s: no rule says what it may import", name)
		}
		for _, path := range p.Imports {
			if own, ok := strings.CutPrefix(path, "smpptap/"); ok && !isExempt(name) && !slices.Contains(allowed, own) {
				t.Errorf("%s imports %s", name, own)
			}
			for prefix, only := range onlyIn {
				if (path == prefix || strings.HasPrefix(path, prefix+"/")) && name != only && !strings.HasPrefix(name, "internal/") && !strings.HasPrefix(name, "bench") {
					t.Errorf("%s imports %s, which only %s may", name, path, only)
				}
			}
		}
	}
}

func TestPure(t *testing.T) {
	for _, p := range packages(t) {
		name := strings.TrimPrefix(p.ImportPath, "smpptap/")
		if !slices.Contains(pure, name) {
			continue
		}
		for _, path := range p.Imports {
			if slices.Contains(impure, path) {
				t.Errorf("%s imports %s, but is to be pure", name, path)
			}
		}
		for _, file := range p.GoFiles {
			checkPure(t, filepath.Join(p.Dir, file))
		}
	}
}

// checkPure finds what no import shows: goroutines and the clock.
func checkPure(t *testing.T, path string) {
	set := token.NewFileSet()
	file, err := parser.ParseFile(set, path, nil, 0)
	if err != nil {
		t.Error(err)
		return
	}
	ast.Inspect(file, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.GoStmt:
			t.Errorf("%s starts a goroutine", set.Position(n.Pos()))
		case *ast.SelectorExpr:
			if x, ok := n.X.(*ast.Ident); ok && x.Name == "time" && slices.Contains([]string{"Now", "Since", "Until", "After", "Sleep", "NewTimer", "NewTicker", "Tick", "AfterFunc"}, n.Sel.Name) {
				t.Errorf("%s reads the clock: time.%s", set.Position(n.Pos()), n.Sel.Name)
			}
		}
		return true
	})
}
