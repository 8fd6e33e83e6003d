#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause
# testpmd flowgen on a guest's virtio device (virtio-user) - vhost-user - dpdk-lo as the switch.
. "$(dirname -- "$0")/lib.sh"
need dpdk-testpmd

start lo --no-huge -m 256 --no-pci --vdev "net_vhost0,iface=$T/v.sock" -- --loop-guard off --mode l4 --json "$T/r.json"
testpmd_run 2 flowgen "net_virtio_user0,path=$T/v.sock,queue_size=1024" --flowgen-flows=64
stop "$PID"
check_report "$T/r.json" 'p.net_vhost0.reflected > 1000'
back=$(field "$T/r.json" 'p["net_vhost0"]["reflected"]')
verdict "testpmd flowgen sent $TX, $back were turned round, it received $RX" [ "$RX" -gt 1000 ]
