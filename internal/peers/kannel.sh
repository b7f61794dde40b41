#!/usr/bin/env bash
# Runs Kannel (bearerbox and smsbox) as a transceiver against an SMSC while a
# command runs, then stops it by SIGTERM, which makes it unbind.
#
#   kannel.sh [--flag value ...] -- COMMAND [ARG ...]
#
# COMMAND finds the path of kannel-send.sh in $KANNEL_SEND, and in $KANNEL_LOG
# that of the bearerbox's log, in which every PDU is.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
declare -A opt=(
    [host]=127.0.0.1 [port]=2775 [system-id]=acme [password]=secret1
    [system-type]=smpp [interface-version]=34   # hexadecimal digits, as Kannel reads them
    [enquire-link]=30                           # seconds
    [transceiver]=true                          # false: a transmitter and a receiver
    [http-port]=13013 [smsbox-port]=13001 [admin-port]=13000
    [dir]='' [wait-bound]=yes                   # no: an SMSC that does not answer binds
)
while [[ ${1:-} == --* && $1 != -- ]]; do
    flag=${1#--}
    [[ -v opt[$flag] && $# -ge 2 ]] || { echo "kannel.sh: unknown flag --$flag" >&2; exit 2; }
    opt[$flag]=$2
    shift 2
done
[[ ${1:-} == -- && $# -ge 2 ]] || { echo "usage: kannel.sh [--flag value ...] -- COMMAND" >&2; exit 2; }
shift

temporary=''
if [[ -z ${opt[dir]} ]]; then
    temporary=$(mktemp -d)
    opt[dir]=$temporary
fi
dir=${opt[dir]}
program=()
for flag in "${!opt[@]}"; do
    word=${flag^^}
    program+=(-e "s|@${word//-/_}@|${opt[$flag]}|g")
done
sed "${program[@]}" "$here/kannel.conf.in" >"$dir/kannel.conf"
if [[ ${opt[transceiver]} != true ]]; then
    # The same group again, to receive: one group takes only one of the two.
    group=$(sed -n '/^group = smsc$/,/^$/p' "$dir/kannel.conf" | sed 's/^port = /receive-port = /')
    printf '\n%s\n' "$group" >>"$dir/kannel.conf"
fi

# Both are in /usr/sbin, which need not be in the PATH of a test.
PATH=$PATH:/usr/sbin
pids=()
stop() {
    # smsbox first: without it bearerbox has nothing left to wait for.
    for ((i = ${#pids[@]} - 1; i >= 0; i--)); do
        kill -TERM "${pids[i]}" 2>/dev/null || true
        wait "${pids[i]}" 2>/dev/null || true
    done
    pids=()
    if [[ -n $temporary ]]; then rm -rf "$temporary"; fi
}
trap stop EXIT

# await FILE TEXT: Kannel tells only its logs how far it is.
await() {
    for _ in {1..600}; do
        if grep -qs "$2" "$1"; then return; fi
        sleep 0.1
    done
    echo "kannel.sh: no '$2' in $1" >&2
    tail -5 "$1" >&2
    exit 1
}

bearerbox -v 4 "$dir/kannel.conf" >/dev/null 2>&1 &
pids+=($!)
# smsbox must meet a bearerbox that listens.
await "$dir/bearerbox.log" 'MAIN: Start-up done'
smsbox -v 4 "$dir/kannel.conf" >/dev/null 2>&1 &
pids+=($!)
await "$dir/smsbox.log" 'Connected to bearerbox'
if [[ ${opt[wait-bound]} == yes ]]; then
    if [[ ${opt[transceiver]} == true ]]; then
        await "$dir/bearerbox.log" 'bind_transceiver_resp'
    else
        await "$dir/bearerbox.log" 'bind_transmitter_resp'
        await "$dir/bearerbox.log" 'bind_receiver_resp'
    fi
fi

KANNEL_SEND="$here/kannel-send.sh" KANNEL_LOG="$dir/bearerbox.log" KANNEL_HTTP_PORT=${opt[http-port]} "$@"
