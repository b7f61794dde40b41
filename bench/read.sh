#!/usr/bin/env bash
# Times `smpptap read` against tshark on one generated capture, in turn, and
# prints medians and ratios: filters, and JSON. Usage: bench/read.sh [PDUS] [ROUNDS]
# Needs Go, gcc, tshark and GNU time (Debian: time).
set -euo pipefail
cd "$(dirname "$0")/.."
pdus=${1:-400000} rounds=${2:-5}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
go build -o "$work/smpptap" ./cmd/smpptap
go run ./bench/generate -pdus "$pdus" -o "$work/bench.pcap"
pcap=$work/bench.pcap

fields='-e frame.number -e smpp.command_id -e smpp.sequence_number -e smpp.source_addr -e smpp.destination_addr'
some="-Y 'smpp.command_id == 5 && smpp.sequence_number > 100'"
few="-Y 'smpp.command_status != 0'"
text="-Y 'smpp.message contains \"DELIVRD\" and smpp.source_addr matches \"^[0-9]+7\$\"'"
names=() ours=() theirs=()
add() { names+=("$1"); ours+=("$work/smpptap read $2 $pcap"); theirs+=("tshark -r $pcap -d tcp.port==2775,smpp $2"); }
add '-Y (no row), rows' "$few"
add '-Y (1 in 4), rows' "$some"
add '-Y (1 in 4), -T fields' "$some -T fields $fields"
add '-Y (text), -T fields' "$text -T fields $fields"
add '-T fields' "-Y smpp -T fields $fields"
theirs+=("tshark -r $pcap -d tcp.port==2775,smpp -T json") ours+=("$work/smpptap read -T ndjson $pcap") names+=('-T ndjson against -T json')

measure() { # FILE COMMAND
  /usr/bin/time -f '%e %U %S %M' -o "$work/t" bash -c "$2" >"$work/out" 2>"$work/err" || { cat "$work/err"; exit 1; }
  wc -l <"$work/out" >"$1.lines"
  ((round == 0)) || awk '{printf "%s %s %s\n", $1, $2+$3, $4}' "$work/t" >>"$1"
}
for ((round = 0; round <= rounds; round++)); do # round 0 warms the page cache and does not count
  for i in "${!names[@]}"; do
    measure "$work/ours$i" "${ours[i]}"
    measure "$work/theirs$i" "${theirs[i]}"
  done
done

median() { sort -n | awk '{v[NR]=$1} END {print v[int((NR+1)/2)]}'; }
column() { cut -d' ' -f"$2" "$1" | median; }
printf '%s PDUs, %s octets, medians of %s rounds, %s cores\n\n' "$pdus" "$(stat -c %s "$pcap")" "$rounds" "$(nproc)"
printf '| read | lines | smpptap s | CPU s | MiB | tshark lines | tshark s | CPU s | MiB | times as fast |\n|---|---|---|---|---|---|---|---|---|---|\n'
for i in "${!names[@]}"; do
  a=$work/ours$i b=$work/theirs$i
  awk -v n="${names[i]}" -v al="$(<"$a.lines")" -v bl="$(<"$b.lines")" \
    -v aw="$(column "$a" 1)" -v ac="$(column "$a" 2)" -v am="$(column "$a" 3)" \
    -v bw="$(column "$b" 1)" -v bc="$(column "$b" 2)" -v bm="$(column "$b" 3)" \
    'BEGIN {printf "| `%s` | %d | %.2f | %.2f | %.0f | %d | %.2f | %.2f | %.0f | %.1f |\n", n, al, aw, ac, am/1024, bl, bw, bc, bm/1024, bw/aw}'
done
