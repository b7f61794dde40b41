#!/usr/bin/env bash
# Times smpptap against tshark on one generated capture, in turn, and prints
# medians and ratios. Usage: bench/analyze.sh [PDUS] [ROUNDS]
# Needs Go, gcc, tshark and GNU time (Debian: time).
set -euo pipefail
cd "$(dirname "$0")/.."
pdus=${1:-400000} rounds=${2:-5}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
go build -o "$work/smpptap" ./cmd/smpptap
go run ./bench/generate -pdus "$pdus" -o "$work/bench.pcap"
pcap=$work/bench.pcap

names=() commands=()
add() { names+=("$1"); commands+=("$2"); }
add 'smpptap analyze --no-db -q' "$work/smpptap analyze --no-db -q $pcap"
add 'smpptap analyze --db' "rm -f $work/x.db*; $work/smpptap analyze -q --db $work/x.db $pcap"
add 'smpptap read -T ndjson' "$work/smpptap read -T ndjson $pcap"
add 'tshark -T fields' "tshark -r $pcap -d tcp.port==2775,smpp -T fields -e frame.number -e smpp.command_id -e smpp.command_status -e smpp.sequence_number -e smpp.source_addr -e smpp.destination_addr"
add 'tshark -z smpp_commands,tree' "tshark -q -r $pcap -d tcp.port==2775,smpp -z smpp_commands,tree"

for ((r = 0; r <= rounds; r++)); do # round 0 warms the page cache and does not count
  for i in "${!names[@]}"; do
    /usr/bin/time -f '%e %U %S %M' -o "$work/t" bash -c "${commands[i]}" >/dev/null 2>"$work/err" || { cat "$work/err"; exit 1; }
    ((r == 0)) || awk '{printf "%s %s %s\n", $1, $2+$3, $4}' "$work/t" >>"$work/$i"
  done
done

median() { sort -n | awk '{v[NR]=$1} END {print v[int((NR+1)/2)]}'; }
printf '%s PDUs, %s octets, medians of %s rounds, %s\n\n' "$pdus" "$(stat -c %s "$pcap")" "$rounds" "$(nproc) cores"
printf '| command | wall s | CPU s | peak MiB | wall: times as long as analyze --no-db |\n|---|---|---|---|---|\n'
base=$(cut -d' ' -f1 "$work/0" | median)
for i in "${!names[@]}"; do
  wall=$(cut -d' ' -f1 "$work/$i" | median)
  cpu=$(cut -d' ' -f2 "$work/$i" | median)
  peak=$(cut -d' ' -f3 "$work/$i" | median)
  awk -v n="${names[i]}" -v w="$wall" -v c="$cpu" -v p="$peak" -v b="$base" \
    'BEGIN {printf "| `%s` | %.2f | %.2f | %.0f | %.1f |\n", n, w, c, p/1024, w/b}'
done
