package main

import (
	"archive/zip"
	"bytes"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// bundled makes a bundle and gives its octets and files.
func bundled(t *testing.T, db string, args ...string) (whole []byte, files []bundledFile) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "b.zip")
	tells(t, append([]string{"export", "--db", db, "--bundle", path}, args...)...)
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	z, err := zip.NewReader(bytes.NewReader(whole), int64(len(whole)))
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range z.File {
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		b, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, bundledFile{f.Name, b})
	}
	return whole, files
}

type bundledFile struct {
	name string
	text []byte
}

// zipped makes a zip of files.
func zipped(t *testing.T, files []bundledFile) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, f := range files {
		w, err := z.Create(f.name)
		if err == nil {
			_, err = w.Write(f.text)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// TestBundle: the same selection gives the same octets, which are as they were
// made; whatever was done to a bundle is told, with exit code 1.
func TestBundle(t *testing.T) {
	db := recordedIn(t, samplesDir+"/clean_trx.pcap")
	whole, files := bundled(t, db)
	again, _ := bundled(t, db)
	if !bytes.Equal(whole, again) {
		t.Error("the same selection gives other octets")
	}
	// with gives the files with one of them changed.
	with := func(name string, text []byte) []byte {
		out := make([]bundledFile, 0, len(files))
		for _, f := range files {
			if f.name == name {
				f.text = text
			}
			if f.text != nil {
				out = append(out, f)
			}
		}
		return zipped(t, out)
	}
	plus := func(more ...bundledFile) []byte { return zipped(t, append(files[:len(files):len(files)], more...)) }
	flipped := bytes.Clone(whole)
	flipped[len(whole)/2] ^= 1
	for name, x := range map[string]struct {
		zip  []byte
		want string // of what is told; empty: it is as it was made
	}{
		"as made":       {whole, ""},
		"packed anew":   {plus(), ""},
		"flipped":       {flipped, "changed  "},
		"changed":       {with("findings.txt", []byte("nothing was found\n")), "changed  findings.txt"},
		"missing":       {with("pdus.ndjson", nil), "missing  pdus.ndjson"},
		"no manifest":   {with("manifest.json", nil), "missing  manifest.json"},
		"other sum":     {with("manifest.json.sha256", []byte("0")), "changed  manifest.json"},
		"extra":         {plus(bundledFile{"more.txt", []byte("x")}), "extra    more.txt"},
		"twice":         {plus(files[0]), "stands twice"},
		"climbing":      {plus(bundledFile{"../../etc/passwd", []byte("x")}), "extra    ../../etc/passwd"},
		"escape":        {plus(bundledFile{"\x1b[2Jx", []byte("x")}), "extra    "},
		"bomb":          {with("capture.pcapng", make([]byte, 64<<20)), "changed  capture.pcapng has more"},
		"manifest bomb": {with("manifest.json", make([]byte, 64<<20)), "manifest.json: too large"},
		"behind":        {append(bytes.Clone(whole), "more"...), "extra    octets"},
		"before":        {append([]byte("more"), whole...), "extra    octets"},
		"many":          {plus(make([]bundledFile, maxBundleFiles)...), "no evidence bundle"},
		"cut":           {whole[:len(whole)-40], "no evidence bundle"},
		"no zip":        {[]byte("hello"), "no evidence bundle"},
		"empty":         {nil, "no evidence bundle"},
	} {
		path := filepath.Join(t.TempDir(), "x.zip")
		if err := os.WriteFile(path, x.zip, 0o600); err != nil {
			t.Fatal(err)
		}
		var out, errs bytes.Buffer
		code := run(t.Context(), []string{"export", "--verify", path}, nil, &out, &errs)
		told := out.String() + errs.String()
		if x.want == "" && (code != exitOK || !strings.Contains(told, "is as it was made")) ||
			x.want != "" && (code != exitFailed || !strings.Contains(told, x.want) || strings.Contains(told, "\x1b")) {
			t.Errorf("%s: exit %d, %s", name, code, told)
		}
	}
}

// TestExportedFile: a link to a file stays one, what it names is replaced as a
// whole, and what is exported is its owner's alone.
func TestExportedFile(t *testing.T) {
	db := recordedIn(t, samplesDir+"/wrong_system_type.pcap")
	dir := t.TempDir()
	file, link := filepath.Join(dir, "x.csv"), filepath.Join(dir, "link.csv")
	if err := os.WriteFile(file, []byte("before"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(file, 0o644); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink("x.csv", link); err != nil {
		t.Fatal(err)
	}
	tells(t, "export", "--db", db, "-o", link)
	if info, err := os.Lstat(link); err != nil || info.Mode().Type() != os.ModeSymlink {
		t.Errorf("the link: %v, %v", info.Mode(), err)
	}
	if info, err := os.Stat(file); err != nil || info.Mode() != 0o600 || info.Size() < 100 {
		t.Errorf("the file: %v, %d octets, %v", info.Mode(), info.Size(), err)
	}
	if all, err := os.ReadDir(dir); err != nil || len(all) != 2 {
		t.Errorf("left behind: %v, %v", all, err)
	}
}

// TestBundleSelection: the findings as text are those of the rows, also where
// a filter and -c choose together.
func TestBundleSelection(t *testing.T) {
	db := recordedIn(t, samplesDir+"/refused_throttled.pcap")
	for _, args := range [][]string{nil, {"-c", "1"}, {"-Y", "smpp", "-c", "1"}, {"-Y", "smpp.command_status != 0"}} {
		_, files := bundled(t, db, args...)
		count := map[string]int{}
		for _, f := range files {
			count[f.name] = bytes.Count(f.text, []byte("\n"))
			if f.name == bundleFindings {
				count[f.name] = bytes.Count(f.text, []byte("\n\n"))
			}
		}
		if rows := count[whatFindings+".ndjson"]; rows == 0 || count[bundleFindings] != rows {
			t.Errorf("%q: %d findings as text, %d as rows", args, count[bundleFindings], rows)
		}
	}
}
