package main

import (
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/pflag"

	"smpptap/store"
)

// keepFlags bound what the database of live and proxy keeps of the past.
type keepFlags struct {
	age, size string
	rotate    []string
}

func (k *keepFlags) flags(f *pflag.FlagSet) {
	f.StringVar(&k.age, "keep-age", "", "delete from the database what is older than this `time`: 30d, 12h")
	f.StringVar(&k.size, "keep-size", "", "delete the oldest while the database is larger than this `size`: 10GB, 500MiB")
	f.StringSliceVar(&k.rotate, "rotate", nil, "begin a new database: duration:1h, filesize:1GB; keep the newest: files:N. They are named after --db and the "+
		"time they began (UTC), smpptap-20261123T100000.db, and read by the name of --db")
}

// options reads them.
func (k *keepFlags) options() (out store.LiveOptions, err error) {
	if k.age != "" {
		if out.Keep.Age, err = age(k.age); err != nil {
			return out, err
		}
	}
	if k.size != "" {
		if out.Keep.Size, err = octets("--keep-size", k.size); err != nil {
			return out, err
		}
	}
	if len(k.rotate) == 0 {
		return out, nil
	}
	if k.age != "" || k.size != "" {
		return out, usagef("--rotate keeps by files:N, not by --keep-age or --keep-size")
	}
	r, err := readRing("--rotate", k.rotate)
	out.Rotate = store.Rotate{Time: r.time, Size: r.size, Files: r.files}
	switch {
	case err != nil:
	case r.size > 0 && r.size < 1<<20:
		err = usagef("--rotate filesize: no size of a mebibyte or more (100MB, 10GB, 2GiB)")
	case r.time > 0 && r.time < time.Second:
		err = usagef("--rotate duration: no time of a second or more (1h, 24h)")
	case r.files > 0 && r.size == 0 && r.time == 0:
		err = usagef("--rotate files needs filesize or duration")
	}
	return out, err
}

// age reads a duration, of which d and w stand for days and weeks.
func age(value string) (time.Duration, error) {
	for unit, hours := range map[string]float64{"d": 24, "w": 7 * 24} {
		if digits, ok := strings.CutSuffix(value, unit); ok {
			n, err := strconv.ParseFloat(digits, 64)
			if err == nil && n > 0 && n*hours < math.MaxInt64/float64(time.Hour) {
				return time.Duration(n * hours * float64(time.Hour)), nil
			}
		}
	}
	d, err := time.ParseDuration(value)
	if err != nil || d < time.Second {
		return 0, usagef("--keep-age: %q is no time of a second or more (90m, 12h, 30d, 4w)", value)
	}
	return d, nil
}

// octets reads the size of a database.
func octets(flag, value string) (int64, error) {
	digits, unit := cutUnit(value, 1)
	n, err := strconv.ParseInt(digits, 10, 64)
	if err != nil || n <= 0 || n > math.MaxInt64/unit || n*unit < 1<<20 {
		return 0, usagef("%s: %q is no size of a mebibyte or more (500MB, 10GB, 2GiB)", flag, value)
	}
	return n * unit, nil
}
