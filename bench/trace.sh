#!/usr/bin/env bash
# Times smpptap trace, the whole command, on a database of a generated capture:
# by message id, by number, and for a number that nobody has.
# Usage: bench/trace.sh [PDUS [ROUNDS]], by default 1000000 and 5. 10 million
# PDUs need 8 GB in TMPDIR, which is removed in the end. Needs Go, GNU time.
set -euo pipefail
cd "$(dirname "$0")/.."
pdus=${1:-1000000} rounds=${2:-5}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
go build -o "$work/smpptap" ./cmd/smpptap
go build -o "$work/generate" ./bench/generate
"$work/generate" -pdus "$pdus" -o "$work/x.pcap"
"$work/smpptap" analyze -q --db "$work/x.db" "$work/x.pcap" >/dev/null
rm "$work/x.pcap"
read -r id to < <("$work/smpptap" sql --db "$work/x.db" -T csv \
  "SELECT message_id || ' ' || destination_addr FROM messages WHERE receipt_pdu_id IS NOT NULL AND id > (SELECT max(id) / 2 FROM messages) LIMIT 1" | tail -n 1)
printf '%s PDUs, %s MiB, %s cores\n' "$pdus" "$(($(stat -c %s "$work/x.db") >> 20))" "$(nproc)"
for args in "--message-id $id" "--to $to" "--to +$to" "--to 4917000000"; do
  printf 'trace %-28s' "$args"
  for _ in $(seq "$rounds"); do
    # shellcheck disable=SC2086
    /usr/bin/time -f '%e' -o "$work/t" "$work/smpptap" trace --db "$work/x.db" $args >/dev/null 2>&1
    printf ' %s' "$(cat "$work/t")"
  done
  printf ' s\n'
done
