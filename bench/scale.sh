#!/usr/bin/env bash
# Times smpptap beside tshark and tcpdump on generated captures of several
# sizes, in one run: wall, CPU, peak memory, and each one's wall time as a
# multiple of analyze --no-db's. Usage: bench/scale.sh [PDUS...]
# By default 400000 4000000 40000000: the last is 6 GB, of which tshark makes
# some 30 GB of memory; TMPDIR must hold the capture and the database, three
# times the capture in all. Everything is removed in the end. A tool that
# fails, as for want of memory, is listed as failed and the rest goes on.
# SKIP='tshark|--db' leaves out rows. Needs Go, tshark, tcpdump, GNU time.
set -euo pipefail
cd "$(dirname "$0")/.."
sizes=("$@")
((${#sizes[@]})) || sizes=(400000 4000000 40000000)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
go build -o "$work/smpptap" ./cmd/smpptap
go build -o "$work/generate" ./bench/generate
pcap=$work/bench.pcap

names=(
  'smpptap analyze --no-db -q' 'smpptap analyze --db'
  'tshark -T fields' 'tshark -z smpp_commands,tree' 'tcpdump -w /dev/null')
commands=(
  "$work/smpptap analyze --no-db -q $pcap"
  "$work/smpptap analyze -q --db $work/x.db $pcap"
  "tshark -r $pcap -d tcp.port==2775,smpp -T fields -e frame.number -e smpp.command_id -e smpp.command_status -e smpp.sequence_number -e smpp.source_addr -e smpp.destination_addr"
  "tshark -q -r $pcap -d tcp.port==2775,smpp -z smpp_commands,tree"
  "tcpdump -r $pcap -w /dev/null")

printf '%s cores, %s\n\n' "$(nproc)" "$(tshark --version 2>/dev/null | head -n 1)"
printf '| PDUs | command | wall s | CPU s | peak MiB | wall: times as long as analyze --no-db |\n|---|---|---|---|---|---|\n'
for pdus in "${sizes[@]}"; do
  "$work/generate" -pdus "$pdus" -o "$pcap"
  sync "$pcap" # or the disk is written while the first is timed
  cat "$pcap" >/dev/null # into the page cache, as far as it fits
  base=
  for i in "${!names[@]}"; do
    [[ -n ${SKIP:-} && ${names[i]} =~ $SKIP ]] && continue
    if ! /usr/bin/time -q -f '%e %U %S %M' -o "$work/t" bash -c "exec ${commands[i]}" >/dev/null 2>"$work/err"; then
      printf '| %s | `%s` | failed: %s | | | |\n' "$pdus" "${names[i]}" "$(tail -n 1 "$work/err")"
      continue
    fi
    rm -f "$work"/x.db*
    read -r wall user sys peak <"$work/t"
    base=${base:-$wall}
    awk -v p="$pdus" -v n="${names[i]}" -v w="$wall" -v c="$user" -v s="$sys" -v m="$peak" -v b="$base" \
      'BEGIN {printf "| %s | `%s` | %.2f | %.2f | %.0f | %.2f |\n", p, n, w, c+s, m/1024, w/b}'
  done
done
