package main

import (
	"strconv"
	"strings"
	"time"

	"smpptap/capture"
)

// limits reads -a.
func (l *live) limits() (s capture.LiveLimits, err error) {
	for _, arg := range l.stop {
		name, value, _ := strings.Cut(arg, ":")
		switch name {
		case "duration":
			s.Duration, err = duration("-a", value)
		case "packets":
			s.Packets, err = number("-a", value)
		case "filesize":
			if l.keep == "" {
				return s, usagef("-a filesize needs -w")
			}
			s.Octets, err = size("-a", value)
		default:
			err = usagef("-a %s: duration:, packets: or filesize: is wanted", arg)
		}
		if err != nil {
			return s, err
		}
	}
	return s, nil
}

// keeping reads -w and -b; nil: packets are not kept.
func (l *live) keeping() (*capture.WriteOptions, error) {
	if l.keep == "" {
		if len(l.rotate) > 0 {
			return nil, usagef("-b needs -w")
		}
		return nil, nil
	}
	if l.keep == "-" {
		return nil, usagef("-w -: what is found goes to standard output; name a file, or a named pipe")
	}
	r, err := readRing("-b", l.rotate)
	if err != nil {
		return nil, err
	}
	if r.files > 0 && r.size == 0 && r.time == 0 {
		return nil, usagef("-b files needs -b filesize or -b duration")
	}
	return &capture.WriteOptions{
		Path: l.keep, Application: "smpptap " + buildInfo().version, MaxTime: r.time, MaxSize: r.size, Files: r.files,
	}, nil
}

// ring is when a new file is begun, and how many are kept; zero: not said.
type ring struct {
	time  time.Duration
	size  int64
	files int
}

func readRing(flag string, args []string) (r ring, err error) {
	for _, arg := range args {
		name, value, _ := strings.Cut(arg, ":")
		switch name {
		case "duration":
			r.time, err = duration(flag, value)
		case "filesize":
			r.size, err = size(flag, value)
		case "files":
			var n int64
			n, err = number(flag, value)
			r.files = int(n)
		default:
			err = usagef("%s %s: duration:, filesize: or files: is wanted", flag, arg)
		}
		if err != nil {
			return r, err
		}
	}
	return r, nil
}

// duration reads seconds, or 10m, 1h30m.
func duration(flag, value string) (time.Duration, error) {
	if n, err := strconv.ParseFloat(value, 64); err == nil {
		value = strconv.FormatFloat(n, 'f', -1, 64) + "s"
	}
	d, err := time.ParseDuration(value)
	if err != nil || d <= 0 {
		return 0, usagef("%s duration:%s is no time (30, 10m, 1h)", flag, value)
	}
	return d, nil
}

func number(flag, value string) (int64, error) {
	n, err := strconv.ParseInt(value, 10, 64)
	if err != nil || n <= 0 {
		return 0, usagef("%s: %q is no number above zero", flag, value)
	}
	return n, nil
}

// units of sizes.
var units = []struct {
	name string
	size int64
}{
	{"KiB", 1 << 10}, {"MiB", 1 << 20}, {"GiB", 1 << 30}, {"kB", 1e3}, {"MB", 1e6}, {"GB", 1e9},
	{"k", 1e3}, {"K", 1e3}, {"M", 1e6}, {"G", 1e9},
}

// cutUnit takes the unit off a size; otherwise: of one without.
func cutUnit(value string, otherwise int64) (digits string, unit int64) {
	for _, u := range units {
		if digits, ok := strings.CutSuffix(value, u.name); ok {
			return digits, u.size
		}
	}
	return value, otherwise
}

// size reads the size of a file of packets. A plain number is in kB, as with
// tshark.
func size(flag, value string) (int64, error) {
	digits, unit := cutUnit(value, 1000)
	n, err := strconv.ParseInt(digits, 10, 64)
	if err != nil || n <= 0 || n > 1<<32 {
		return 0, usagef("%s filesize:%s is no size (1000, 100M, 2GiB)", flag, value)
	}
	return n * unit, nil
}
