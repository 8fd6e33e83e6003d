#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause
# testpmd flowgen as the switch (vhost-user) - dpdk-lo in the place of a guest, on virtio-user.
. "$(dirname -- "$0")/lib.sh"
need dpdk-testpmd

# The switch makes the socket; virtio-user waits for nobody, so it is started second.
(sleep 2.5; exec "$DLO" --no-huge -m 256 --no-pci --single-file-segments \
	--vdev "net_virtio_user0,path=$T/v.sock,queue_size=1024" -- --mode l4 --accept any --json "$T/r.json" \
	--duration 6 >"$T/lo.out" 2>"$T/lo.err" </dev/null) &
lo=$!
PIDS+=("$lo")
testpmd_run 7 flowgen "net_vhost0,iface=$T/v.sock" --flowgen-flows=64
wait_for 15 dead "$lo" || fail "dpdk-lo does not end"
check_report "$T/r.json" 'p.net_virtio_user0.reflected > 1000'
back=$(field "$T/r.json" 'p["net_virtio_user0"]["reflected"]')
verdict "testpmd flowgen sent $TX, $back were turned round, it received $RX" [ "$RX" -gt 1000 ]
