#!/usr/bin/env bash
# counts.sh [FILE ...]: TCP connections and PDUs by command as tshark counts
# them, in the form that expected.yaml has. --check compares with that file
# instead: run it after record.sh.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
check=''
if [[ ${1:-} == --check ]]; then
    check=yes
    shift
fi
if (($# == 0)); then set -- "$here"/*.pcap; fi

count() {
    local connections
    connections=$(tshark -r "$1" -T fields -e tcp.stream 2>/dev/null | sort -u | wc -l)
    echo "connections: $connections"
    # Several PDUs in one segment come as one line, with commas.
    tshark -r "$1" -d tcp.port==2775,smpp -Y smpp -T fields -e smpp.command_id 2>/dev/null |
        tr ',' '\n' | sort | uniq -c | awk '
        BEGIN {
            split("1 bind_receiver 2 bind_transmitter 4 submit_sm 5 deliver_sm 6 unbind 9 bind_transceiver " \
                "15 enquire_link 21 submit_multi", t)
            for (i = 1; i in t; i += 2) name[t[i]] = t[i + 1]
        }
        {
            id = $2; sub(/^0x/, "", id)
            response = sub(/^8/, "", id); sub(/^0+/, "", id)
            if (!(id in name)) { print "counts.sh: no name for command " $2 > "/dev/stderr"; exit 1 }
            print name[id] (response ? "_resp" : "") ": " $1
        }' | sort | paste -sd, | sed 's/,/, /g; s/.*/pdus: {&}/'
}

status=0
for file in "$@"; do
    if [[ -z $check ]]; then
        echo "- file: $(basename "$file")"
        count "$file" | sed 's/^/  /'
        continue
    fi
    entry=$(awk -v want="- file: $(basename "$file")" '$0 == want {on = 1; next} /^- file/ {on = 0} on' "$here/expected.yaml")
    while read -r line; do
        if ! grep -qxF "  $line" <<<"$entry"; then
            echo "$(basename "$file"): expected.yaml does not say: $line" >&2
            status=1
        fi
    done < <(count "$file")
done
exit $status
