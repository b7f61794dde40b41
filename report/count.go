package report

import (
	"strconv"
	"strings"
)

// appendCount appends a number in groups of three: 1,234,567.
func appendCount(b []byte, n int64) []byte {
	digits := strconv.AppendInt(nil, n, 10)
	for i, c := range digits {
		if i > 0 && (len(digits)-i)%3 == 0 && digits[i-1] != '-' {
			b = append(b, ',')
		}
		b = append(b, c)
	}
	return b
}

// Count writes a number in groups of three.
func Count(n int64) string { return string(appendCount(nil, n)) }

// plural writes "1 octet", "2,000 octets".
func plural(n int64, word string) string {
	if n == 1 {
		return "1 " + word
	}
	if last := len(word) - 1; word[last] == 'y' {
		return Count(n) + " " + word[:last] + "ies"
	}
	return Count(n) + " " + word + "s"
}

// Things writes a number before words that begin with what it counts, in the
// plural: "1 hole given up early", "2,000 records not stored".
func Things(n int64, words string) string {
	fields := strings.Fields(words)
	for i := 0; n == 1 && i < len(fields); i++ {
		if one, ok := strings.CutSuffix(fields[i], "s"); ok {
			fields[i] = one
			break
		}
	}
	return Count(n) + " " + strings.Join(fields, " ")
}

// percent writes a share with one digit, "12.5 %".
func percent(part, whole int64) string {
	if whole == 0 {
		return ""
	}
	return strconv.FormatFloat(100*float64(part)/float64(whole), 'f', 1, 64) + " %"
}

// Size writes a number of octets: "312 kB".
func Size(n int64) string {
	const units = "kMGTPE"
	if n < 1000 {
		return Count(n) + " B"
	}
	f, unit := float64(n)/1000, 0
	for f >= 1000 && unit < len(units)-1 {
		f, unit = f/1000, unit+1
	}
	return string(appendThree(nil, f)) + " " + units[unit:unit+1] + "B"
}
