package main

import (
	"archive/zip"
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"

	"smpptap/report"
)

const (
	// maxBundleFiles bounds the files of a zip that is looked into.
	maxBundleFiles = 64
	// maxManifest bounds a manifest, in octets.
	maxManifest = 1 << 20
)

// errNoBundle says that a file is no bundle at all.
var errNoBundle = errors.New("is no evidence bundle")

// verifyBundle checks a bundle: every file against the manifest, and the
// manifest against its sum. Nothing is unpacked.
func (a *app) verifyBundle(ctx context.Context, path string) error {
	file, err := os.Open(path)
	if err != nil {
		return err
	}
	defer file.Close()
	info, err := file.Stat()
	if err != nil {
		return err
	}
	if !info.Mode().IsRegular() {
		return fmt.Errorf("%s: %w: it is no file", path, errNoBundle)
	}
	v := &verifier{ctx: ctx, files: map[string]*zip.File{}}
	if err := v.open(file, info.Size()); err != nil {
		return fmt.Errorf("%s: %w: %w", path, errNoBundle, err)
	}
	m := v.readManifest()
	if m != nil {
		v.check(m)
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	for _, fault := range v.faults {
		fmt.Fprintln(a.out, report.Safe(fault))
	}
	if n := len(v.faults); n > 0 {
		return fmt.Errorf("%s is not as it was made: %s", path, plural(n, "fault"))
	}
	_, err = fmt.Fprintf(a.out, "%s is as it was made: %s, %s\nSHA-256 of the manifest: %s\n",
		report.Safe(path), plural(len(m.Files), "file"), plural(int(m.PDUs), "PDU"), v.sum)
	return err
}

func plural(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return report.Count(int64(n)) + " " + what + "s"
}

// verifier holds a bundle against its manifest.
type verifier struct {
	ctx    context.Context
	files  map[string]*zip.File
	sum    string // of the manifest
	faults []string
}

func (v *verifier) fault(format string, args ...any) {
	v.faults = append(v.faults, fmt.Sprintf(format, args...))
}

// open reads the zip's directory. Files that share octets, as those of bombs
// do, are refused, so that reading all of them is bounded by the zip's size.
func (v *verifier) open(r io.ReaderAt, size int64) error {
	if n, err := zipEntries(r, size); err != nil {
		return err
	} else if n > maxBundleFiles {
		return fmt.Errorf("it holds %d files", n)
	}
	z, err := zip.NewReader(r, size)
	if err != nil {
		return err
	}
	if len(z.File) > maxBundleFiles {
		return fmt.Errorf("it holds %d files", len(z.File))
	}
	if err := v.edges(r, size); err != nil {
		return err
	}
	var packed uint64
	for _, f := range z.File {
		if f.Method != zip.Deflate && f.Method != zip.Store || f.CompressedSize64 > uint64(size) {
			return fmt.Errorf("file %q cannot be read", f.Name)
		}
		packed += f.CompressedSize64
		if v.files[f.Name] != nil {
			v.fault("extra    %s stands twice", f.Name)
		}
		v.files[f.Name] = f
	}
	if packed > uint64(size) {
		return errors.New("its files overlap")
	}
	return nil
}

// edges looks for octets before the first file and behind the directory; a
// comment is among them.
func (v *verifier) edges(r io.ReaderAt, size int64) error {
	const end = 22
	head, tail := make([]byte, 4), make([]byte, end)
	if _, err := r.ReadAt(head, 0); err != nil {
		return err
	}
	if _, err := r.ReadAt(tail, size-end); err != nil && !errors.Is(err, io.EOF) {
		return err
	}
	if string(head) != "PK\x03\x04" || !bytes.HasPrefix(tail, []byte("PK\x05\x06")) {
		v.fault("extra    octets before or behind the files in the zip")
	}
	return nil
}

// zipEntries gives the number of files that a zip claims to hold, before
// anything is made ready for them.
func zipEntries(r io.ReaderAt, size int64) (uint64, error) {
	const end, end64, locator = 22, 56, 20
	tail := make([]byte, min(size, end+0xFFFF+locator))
	if _, err := r.ReadAt(tail, size-int64(len(tail))); err != nil && !errors.Is(err, io.EOF) {
		return 0, err
	}
	at := bytes.LastIndex(tail, []byte("PK\x05\x06"))
	if at < 0 || len(tail)-at < end {
		return 0, errors.New("it is no zip")
	}
	n := uint64(binary.LittleEndian.Uint16(tail[at+10:]))
	if at < locator || !bytes.HasPrefix(tail[at-locator:], []byte("PK\x06\x07")) {
		return n, nil
	}
	b := make([]byte, end64)
	if _, err := r.ReadAt(b, int64(binary.LittleEndian.Uint64(tail[at-locator+8:])&(1<<62-1))); err != nil {
		return 0, fmt.Errorf("its directory is not in it: %w", err)
	}
	return max(n, binary.LittleEndian.Uint64(b[32:])), nil
}

// readManifest gives the manifest; nil: there is none to go by.
func (v *verifier) readManifest() *manifest {
	text, err := v.text(bundleManifest)
	if err != nil {
		v.fault("missing  %s: %v", bundleManifest, err)
		return nil
	}
	v.sum = sumOf(text)
	switch sum, err := v.text(bundleSum); {
	case err != nil:
		v.fault("missing  %s: %v", bundleSum, err)
	case string(sum) != v.sum+"  "+bundleManifest+"\n":
		v.fault("changed  %s: its SHA-256 is not the one in %s", bundleManifest, bundleSum)
	}
	var m manifest
	if err := json.Unmarshal(text, &m); err != nil || m.Format != manifestFormat {
		v.fault("changed  %s cannot be read as one", bundleManifest)
		return nil
	}
	if m.Version != manifestVersion {
		v.fault("unknown  version %d of bundles; this program knows version %d", m.Version, manifestVersion)
		return nil
	}
	return &m
}

// text reads a small file.
func (v *verifier) text(name string) ([]byte, error) {
	f := v.files[name]
	if f == nil {
		return nil, errors.New("not in the zip")
	}
	r, err := f.Open()
	if err != nil {
		return nil, err
	}
	defer r.Close()
	b, err := io.ReadAll(io.LimitReader(r, maxManifest+1))
	if err == nil && len(b) > maxManifest {
		err = errors.New("too large")
	}
	return b, err
}

// check holds the files against the manifest.
func (v *verifier) check(m *manifest) {
	listed := map[string]bool{bundleManifest: true, bundleSum: true}
	for i := range m.Files {
		x := &m.Files[i]
		if listed[x.Name] {
			v.fault("changed  %s: it lists %s twice", bundleManifest, x.Name)
			continue
		}
		listed[x.Name] = true
		v.file(x)
	}
	need := []string{bundlePackets, bundleFindings}
	for _, what := range bundleRecords {
		need = append(need, what+".ndjson")
	}
	for _, name := range need {
		if !listed[name] {
			v.fault("missing  %s is not in the manifest", name)
		}
	}
	var extra []string
	for name := range v.files {
		if !listed[name] {
			extra = append(extra, name)
		}
	}
	for _, name := range slices.Sorted(slices.Values(extra)) {
		v.fault("extra    %s is not in the manifest", name)
	}
}

// file checks one file. No more of it is read than the manifest says there is.
func (v *verifier) file(x *bundleFile) {
	f := v.files[x.Name]
	if f == nil {
		v.fault("missing  %s is not in the zip", x.Name)
		return
	}
	r, err := f.Open()
	if err != nil {
		v.fault("changed  %s cannot be read: %v", x.Name, err)
		return
	}
	defer r.Close()
	hash := sha256.New()
	n, err := io.Copy(hash, io.LimitReader(untilDone{v.ctx, r}, max(0, x.Size)+1))
	switch {
	case err != nil:
		v.fault("changed  %s cannot be read: %v", x.Name, err)
	case n > x.Size:
		v.fault("changed  %s has more than the %d octets of the manifest", x.Name, x.Size)
	case n < x.Size:
		v.fault("changed  %s has %d octets, the manifest says %d", x.Name, n, x.Size)
	case hex.EncodeToString(hash.Sum(nil)) != x.SHA256:
		v.fault("changed  %s: its SHA-256 is not the one in the manifest", x.Name)
	}
}

// untilDone reads until it is interrupted.
type untilDone struct {
	ctx context.Context
	r   io.Reader
}

func (u untilDone) Read(p []byte) (int, error) {
	if err := u.ctx.Err(); err != nil {
		return 0, err
	}
	return u.r.Read(p)
}
