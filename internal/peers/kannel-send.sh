#!/usr/bin/env bash
# kannel-send.sh FROM TO TEXT [DLR-MASK]: hands a message to the smsbox of
# kannel.sh. Mask 3 asks for the final receipt only; 4 and 8 would add
# intermediate notifications, which not every platform offers.
set -euo pipefail

curl --silent --show-error --fail --get \
    --data-urlencode username=peer --data-urlencode password=peer \
    --data-urlencode "from=$1" --data-urlencode "to=$2" --data-urlencode "text=$3" \
    --data-urlencode "dlr-mask=${4:-3}" \
    "http://127.0.0.1:${KANNEL_HTTP_PORT:-13013}/cgi-bin/sendsms"
echo
