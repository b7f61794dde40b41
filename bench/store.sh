#!/usr/bin/env bash
# Rows a second of the Writer alone, and of SQLite's C interface on the rows
# that it left, indices at the end included, in turn. Usage: bench/store.sh
# [EXCHANGES] [ROUNDS]. Needs Go and gcc; SQLite is the one in go-sqlite3.
set -euo pipefail
cd "$(dirname "$0")/.."
exchanges=${1:-200000} rounds=${2:-3}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
amalgamation=$(go list -m -f '{{.Dir}}' github.com/mattn/go-sqlite3)
mkdir "$work/inc"
ln -s "$amalgamation/sqlite3-binding.h" "$work/inc/sqlite3.h"
ln -s "$amalgamation/sqlite3-binding.c" "$work/inc/sqlite3.c"
# go-sqlite3's own options that matter for speed
gcc -O2 -DSQLITE_THREADSAFE=1 -DSQLITE_DEFAULT_WAL_SYNCHRONOUS=1 -I"$work/inc" -o "$work/copy" bench/sqlite/copy.c "$work/inc/sqlite3.c" -lpthread -ldl -lm
go test -c -o "$work/store.test" ./store
for ((r = 0; r < rounds; r++)); do
  rm -f "$work"/*.db*
  SMPPTAP_BENCH_DB="$work/writer.db" SMPPTAP_BENCH_EXCHANGES="$exchanges" "$work/store.test" -test.run '^TestBenchWriter$' -test.v | grep '^ *writer_test.go' | sed 's/^[^W]*//'
  "$work/copy" "$work/writer.db" "$work/copy.db"
done
