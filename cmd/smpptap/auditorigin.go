package main

import (
	"crypto/sha256"
	"encoding/hex"
	"io"
	"os"
	"path/filepath"

	"smpptap/analyze"
	"smpptap/report"
)

// inputsOf says of each file of a run what it is.
func inputsOf(d *report.Dossier, f *auditFlags) []report.InputFile {
	var out []report.InputFile
	told := make(map[string]bool)
	for _, in := range d.Stats().Files {
		told[in.Name] = true
		out = append(out, inputFile(&in))
	}
	for _, path := range f.paths {
		// A file that could not be read at all is not among them.
		if info, err := os.Stat(path); path != "-" && !told[path] && (err != nil || info.Mode().IsRegular()) {
			out = append(out, inputFile(&analyze.Input{Name: path, Octets: -1}))
		}
	}
	return out
}

func inputFile(in *analyze.Input) report.InputFile {
	x := report.InputFile{Name: filepath.Base(in.Name), Size: in.Octets, Packets: in.Packets, First: in.First, Last: in.Last}
	if in.Name == "-" {
		x.Name, x.Note = "standard input", "read once; its octets were not kept"
		return x
	}
	sum, size, err := hashed(in.Name)
	if err != nil {
		x.Note = "could not be read"
		return x
	}
	x.SHA256, x.Size = sum, size
	return x
}

// hashed gives the SHA-256 of a regular file and its size.
func hashed(path string) (sum string, size int64, err error) {
	info, err := os.Stat(path)
	if err != nil || !info.Mode().IsRegular() {
		return "", 0, os.ErrInvalid
	}
	file, err := os.Open(path)
	if err != nil {
		return "", 0, err
	}
	defer file.Close()
	h := sha256.New()
	size, err = io.Copy(h, file)
	return hex.EncodeToString(h.Sum(nil)), size, err
}
