#!/usr/bin/env bash
# Records all captures of this directory anew, from real SMPP peers on
# loopback:  sudo samples/record.sh [DIRECTORY] [NAME ...]
# Nothing is installed but node-smpp, into a temporary directory. It takes
# about a minute; idle minutes are put in afterwards by moving timestamps.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
peers=$here/../internal/peers
port=2775

missing=()
for tool in tcpdump editcap mergecap capinfos tshark node npm perl curl ip unshare; do
    command -v "$tool" >/dev/null || missing+=("$tool")
done
for box in bearerbox smsbox; do
    [[ -x /usr/sbin/$box ]] || missing+=("$box (Debian package kannel)")
done
perl -MNet::SMPP -e 1 2>/dev/null || missing+=("Net::SMPP (Debian package libnet-smpp-perl)")
((EUID == 0)) || missing+=("root, for the network namespace and tcpdump")
if ((${#missing[@]})); then
    printf 'record.sh: missing: %s\n' "${missing[@]}" >&2
    exit 1
fi

# The second start of this script runs in a network namespace of its own: the
# port is free there, and nobody else's packets are on its loopback.
if [[ -z ${SMPPTAP_RECORDING:-} ]]; then
    work=$(mktemp -d)
    trap 'rm -rf "$work"' EXIT
    if [[ -z ${SMPP_MODULES:-} ]]; then
        cp "$peers/package.json" "$peers/package-lock.json" "$work"
        npm ci --prefix "$work" --no-audit --no-fund --loglevel=error >/dev/null
        export SMPP_MODULES=$work/node_modules
    fi
    export SMPPTAP_RECORDING=$work
    unshare --net "${BASH_SOURCE[0]}" "$@"
    exit
fi
work=$SMPPTAP_RECORDING
out=${1:-$here}
mkdir -p "$out"
shift || true
ip link set lo up

background=()
trap 'for pid in "${background[@]}"; do kill "$pid" 2>/dev/null || true; done' EXIT

# await FILE TEXT: a peer or tcpdump is ready when it says so.
await() {
    for _ in {1..600}; do
        if grep -qs "$2" "$1"; then return; fi
        sleep 0.1
    done
    echo "record.sh: no '$2' in $1:" >&2
    cat "$1" >&2
    exit 1
}

# start NAME [SMSC FLAGS]: capture and SMSC are up before the first client, so
# that handshake and bind are seen.
start() {
    name=$1
    shift
    echo "recording $name" >&2
    tcpdump --interface lo --immediate-mode -U -w "$work/$name.raw" "tcp port $port" 2>"$work/$name.tcpdump" &
    tcpdump_pid=$!
    node "$peers/smsc.js" --port $port "$@" >"$work/$name.smsc" &
    smsc_pid=$!
    background=("$tcpdump_pid" "$smsc_pid")
    await "$work/$name.tcpdump" 'listening on'
    await "$work/$name.smsc" listening
}

# stop_capture leaves the peers running, for sessions that are open at the end.
stop_capture() {
    local size=-1 same=0 # tcpdump does not say that it has all
    while ((same < 4)); do
        sleep 0.1
        if [[ $(stat -c %s "$work/$name.raw") == "$size" ]]; then same=$((same + 1)); else same=0; fi
        size=$(stat -c %s "$work/$name.raw")
    done
    kill -INT "$tcpdump_pid"
    wait "$tcpdump_pid"
}

stop_smsc() {
    kill "$smsc_pid"
    wait "$smsc_pid" || true
    background=()
}

# finish: the last packets are in the file before tcpdump is told to end.
finish() {
    stop_capture
    stop_smsc
    cp "$work/$name.raw" "$out/$name.pcap"
}

esme() { node "$peers/esme.js" --port $port "$@" >>"$work/$name.esme"; }
netsmpp() { perl "$peers/netsmpp.pl" --port $port "$@" >>"$work/$name.esme"; }

# frame FILTER: number of the first frame of the raw capture that it matches.
frame() {
    tshark -r "$work/$name.raw" -d "tcp.port==$port,smpp" -Y "$1" -T fields -e frame.number 2>/dev/null | sed -n 1p
}

# finish_later FRAME SECONDS: from this frame on everything happened SECONDS
# later than it was recorded. Octets stay as they are.
finish_later() {
    stop_smsc
    local last
    last=$(capinfos -Mcr "$work/$name.raw" | awk '/Number of packets/ {print $NF}')
    editcap -F pcap -r "$work/$name.raw" "$work/$name.1" "1-$(($1 - 1))"
    editcap -F pcap -r "$work/$name.raw" "$work/$name.moved" "$1-$last"
    editcap -F pcap -t "$2" "$work/$name.moved" "$work/$name.2"
    mergecap -F pcap -a -w "$out/$name.pcap" "$work/$name.1" "$work/$name.2"
}

clean_trx() {
    start clean_trx --account acme:secret1 --system-type smpp --receipts DELIVRD \
        --mo 919800000009:919900000000:STATUS --mo-delay 1500 --enquire-link 2500
    "$peers/kannel.sh" --port $port --enquire-link 2 -- bash -c '
        for i in 1 2 3 4 5; do
            "$KANNEL_SEND" ACMECO "91980000000$i" "Your order $i is on its way"
            sleep 0.3
        done
        long=$(printf "This sentence is here to make the message long, number %d. " 1 2 3 4 5)
        "$KANNEL_SEND" ACMECO 919800000006 "$long"
        sleep 3.5' >>"$work/$name.esme"
    finish
}

clean_tx_rx() {
    start clean_tx_rx --account acme:secret1 --system-type smpp --receipts DELIVRD
    netsmpp --bind rx --expect 6 &
    local receiver=$!
    await "$work/$name.esme" bound
    netsmpp --bind tx --send 6 --receipt --interval 100 --dest 919800000001 --dest 919800000002
    wait $receiver
    finish
}

wrong_system_type() {
    start wrong_system_type --system-type smpp --receipts DELIVRD
    esme --system-type cp --retry-system-type smpp --send 2 --receipt --expect 2
    finish
}

# No receipts here and in the next one: their TLVs would be one more fault.
wrong_interface_version() {
    start wrong_interface_version --interface-version none
    esme --interface-version 0x22 --system-id acme --send 2
    esme --interface-version 0x50 --system-id beta --send 2
    finish
}

tlvs_on_33() {
    start tlvs_on_33 --interface-version none
    # One after the other: the SMSC of a 3.3 client has no reason to reorder.
    esme --bind tx --interface-version 0x33 --long sar --send 1 --window 1
    esme --bind tx --interface-version 0x33 --long payload --send 1 --window 1
    finish
}

# The session is still open when the capture ends; what ends the silence is
# an MO message, which also shows that the link was alive.
no_enquire_link() {
    start no_enquire_link --receipts DELIVRD --mo 919800000009:919900000000:STATUS --mo-delay 1500
    esme --send 2 --receipt --expect 3 --end unbind --stay 1500 &
    local client=$!
    await "$work/$name.esme" STATUS
    stop_capture
    wait $client
    finish_later "$(frame 'smpp.source_addr == "919800000009"')" 160
}

idle_disconnect() {
    start idle_disconnect --receipts DELIVRD --idle-close 1000
    esme --send 2 --receipt --expect 2 --end wait
    stop_capture
    # One second of silence was real, 302 are added.
    finish_later "$(frame 'tcp.flags.fin == 1')" 302
}

submit_multi() {
    start submit_multi --refuse '0404$=0x0b'
    netsmpp --multi --send 2 --dest 919800000001 --dest 919800000404 --dest 919800000003
    finish
}

# Two clients, one after the other: the first pauses when it is throttled, the
# second goes on at the same pace and repeats on top of that.
refused_throttled() {
    start refused_throttled --accept-per-second 5 --refuse '^00=0x0b'
    esme --system-id patient --on-throttle wait --send 16 --text 'Patient message %d' \
        --dest 919800000001 --dest 919800000002 --dest 919800000003 --dest 00919800000004
    stop_smsc
    node "$peers/smsc.js" --port $port --first-id 2000001 --accept-per-second 2 >"$work/$name.smsc2" &
    smsc_pid=$!
    background=("$tcpdump_pid" "$smsc_pid")
    await "$work/$name.smsc2" listening
    esme --system-id insist --on-throttle insist --backoff 500 --interval 200 --send 20 \
        --text 'Insistent message %d' --dest 919800000005 --dest 919800000006
    finish
}

# What a capture looks like that was started too late: everything before the
# third submit_sm_resp is cut off, so receipts come for messages never seen.
midstream() {
    start midstream --receipts DELIVRD --receipt-delay 600
    esme --send 8 --receipt --interval 60 --expect 8
    stop_capture
    stop_smsc
    local first
    first=$(frame 'smpp.command_id == 0x80000004 && smpp.sequence_number == 4')
    editcap -F pcap "$work/$name.raw" "$out/$name.pcap" "1-$((first - 1))"
}

all=(clean_trx clean_tx_rx wrong_system_type wrong_interface_version tlvs_on_33
    no_enquire_link idle_disconnect submit_multi refused_throttled midstream)
if (($# == 0)); then set -- "${all[@]}"; fi
for sample in "$@"; do
    [[ " ${all[*]} " == *" $sample "* ]] || { echo "record.sh: no sample $sample" >&2; exit 2; }
    "$sample"
done
