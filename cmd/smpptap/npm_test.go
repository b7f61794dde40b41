package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// npmModules gives the npm packages that a directory of this repository
// names, in a cache that is filled the first time; has is one of them.
func npmModules(t *testing.T, from, name, has string) string {
	t.Helper()
	cache, err := os.UserCacheDir()
	if err != nil {
		t.Fatal(err)
	}
	dir := filepath.Join(cache, "smpptap-ci", name)
	modules := filepath.Join(dir, "node_modules")
	if _, err := os.Stat(filepath.Join(modules, has)); err == nil {
		return modules
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"package.json", "package-lock.json"} {
		raw, err := os.ReadFile(filepath.Join(from, name))
		if err == nil {
			err = os.WriteFile(filepath.Join(dir, name), raw, 0o644)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if out, err := exec.CommandContext(t.Context(), "npm", "ci", "--ignore-scripts", "--omit=peer", "--prefix", dir).CombinedOutput(); err != nil {
		if os.Getenv("CI") == "" {
			t.Skipf("no packages of %s: %v", from, err)
		}
		t.Fatalf("npm ci: %v: %s", err, out)
	}
	return modules
}
