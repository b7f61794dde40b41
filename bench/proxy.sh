#!/usr/bin/env bash
# Measures what a proxy between ESME and SMSC costs, in one run and in turn: no
# proxy, HAProxy in TCP mode, smpptap without and with recording. Usage:
# bench/proxy.sh [SECONDS] [ROUNDS]. Needs Go, gcc, haproxy, sqlite3 and curl.
set -euo pipefail
cd "$(dirname "$0")/.."
seconds=${1:-5} rounds=${2:-5}
work=$(mktemp -d)
pids=()
trap 'kill "${pids[@]}" 2>/dev/null || true; wait 2>/dev/null || true; rm -rf "$work"' EXIT
go build -o "$work/smpptap" ./cmd/smpptap
go build -o "$work/load" ./bench/load
ulimit -n "$(ulimit -Hn)"

smsc=127.0.0.1:22775
started() { # address: wait until something listens there
  for _ in {1..100}; do
    (exec 3<>"/dev/tcp/${1%:*}/${1#*:}") 2>/dev/null && return
    sleep 0.1
  done
  echo "nothing listens on $1" >&2
  exit 1
}
background() { "$@" >>"$work/log" 2>&1 & pids+=($!); pid=$!; }

background "$work/load" smsc -listen "$smsc"
started "$smsc"
cat >"$work/haproxy.cfg" <<CFG
global
  maxconn 8000
  nbthread 2
defaults
  mode tcp
  timeout connect 5s
  timeout client 1h
  timeout server 1h
listen smpp
  bind 127.0.0.1:22776
  server smsc $smsc
CFG

names=() address=() command=()
add() { names+=("$1"); address+=("$2"); command+=("$3"); }
add direct "$smsc" ""
add HAProxy 127.0.0.1:22776 "haproxy -db -f $work/haproxy.cfg"
proxy="$work/smpptap proxy -q --upstream $smsc"
add 'smpptap --no-db' 127.0.0.1:22777 "$proxy --listen 127.0.0.1:22777 --no-db"
add 'smpptap --db' 127.0.0.1:22778 "$proxy --listen 127.0.0.1:22778 --db $work/bench.db"

median() { sort -n | awk '{v[NR]=$1} END {print v[int((NR+1)/2)]}'; }
value() { grep -o "\"$1\":[0-9.e+]*" | cut -d: -f2; }
load() { "$work/load" esme -connect "${address[$1]}" -pid "$2" -seconds "$seconds" "${@:3}"; }

# Each target runs alone: a proxy that idles beside costs nothing, one that
# still writes its database would.
for ((r = 0; r <= rounds; r++)); do
  for i in "${!names[@]}"; do
    pid=0
    rm -f "$work"/bench.db*
    # shellcheck disable=SC2086
    [ -z "${command[i]}" ] || { background ${command[i]}; started "${address[i]}"; }
    load "$i" "$pid" -sessions 8 -window 10 >"$work/full"
    load "$i" "$pid" -sessions 1 -window 1 >"$work/one"
    if [ "$pid" != 0 ]; then
      kill -TERM "$pid"
      wait "$pid" || true
    fi
    ((r == 0)) && continue
    for k in rate cpu_us_per_message; do value $k <"$work/full" >>"$work/$i.$k" || echo 0 >>"$work/$i.$k"; done
    for k in p50_us p99_us; do value $k <"$work/one" >>"$work/$i.$k"; done
  done
done

get() { median <"$work/$1.$2"; }
# Within a round the machine is most the same.
share() { paste "$work/$1.rate" "$work/1.rate" | awk '{print $1/$2}' | median; }
printf 'medians of %s rounds of %s s, %s cores\n\n' "$rounds" "$seconds" "$(nproc)"
printf '| relay | messages/s, 8 sessions, window 10 | CPU us a message | p50 us, window 1 | p99 us | p50 added us | rate: times HAProxy |\n|---|---|---|---|---|---|---|\n'
for i in "${!names[@]}"; do
  awk -v n="${names[i]}" -v r="$(get "$i" rate)" -v c="$(get "$i" cpu_us_per_message)" -v p="$(get "$i" p50_us)" -v q="$(get "$i" p99_us)" \
    -v d="$(get 0 p50_us)" -v s="$(share "$i")" 'BEGIN {printf "| %s | %.0f | %.1f | %.0f | %.0f | %.0f | %.2f |\n", n, r, c, p, q, p-d, s}'
done

# A paced load: nothing may be shed or dropped.
rm -f "$work"/bench.db*
background "$work/smpptap" proxy -q --upstream "$smsc" --listen 127.0.0.1:22778 --db "$work/bench.db" --metrics 127.0.0.1:22780
proxypid=$pid
started 127.0.0.1:22778
load 3 "$proxypid" -sessions 8 -rate 20000 >"$work/paced"
sleep 2
curl -sf http://127.0.0.1:22780/metrics >"$work/metrics"
total() { awk -v n="$1" 'index($1, n) == 1 {s += $2} END {printf "%d", s}' "$work/metrics"; }
lost=$(total smpptap_analysis_lost_bytes_total) dropped=$(total smpptap_records_dropped_total)
kill -TERM "$proxypid"
wait "$proxypid" || true
sent=$(value messages <"$work/paced")
stored=$(sqlite3 "$work/bench.db" "select count(*) from pdus where command_id = 4")
printf '\npaced: %s messages at %.0f/s, p50 %.0f us, p99 %.0f us, %.1f us CPU a message, %.0f MiB; octets not analysed %s, records dropped %s, submit_sm recorded %s\n' \
  "$sent" "$(value rate <"$work/paced")" "$(value p50_us <"$work/paced")" "$(value p99_us <"$work/paced")" \
  "$(value cpu_us_per_message <"$work/paced")" "$(value rss_mib <"$work/paced")" "$lost" "$dropped" "$stored"

# Memory of idle binds.
rm -f "$work"/bench.db*
background "$work/smpptap" proxy -q --upstream "$smsc" --listen 127.0.0.1:22778 --db "$work/bench.db"
proxypid=$pid
started 127.0.0.1:22778
printf 'idle binds: '
"$work/load" idle -connect 127.0.0.1:22778 -sessions 5000 -pid "$proxypid"
