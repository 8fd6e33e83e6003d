#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause
# net_vhost: a stock dpdk-testpmd with virtio-user on the other side.
. "$(dirname -- "$0")/lib.sh"
. "$SMOKE/testpmd.sh"

remember_host
golden l4 1514
start lo --no-pci --vdev "eth_vhost0,iface=$T/v.sock" -- --mode l4 --loop-guard off --json "$T/r.json"
lo=$PID
testpmd_exchange "net_virtio_user0,path=$T/v.sock,mac=02:00:00:00:00:99"
stop "$lo"
"$SUPPORT/pcap.py" same "$T/out" "$T/want" || fail "vhost: something else came back"
check_report "$T/r.json" 'p.eth_vhost0.reflected == p.eth_vhost0.rx > 50'
