#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause
# DPDK's net_tap as a port: the kernel side is a tester's interface like any other.
. "$(dirname -- "$0")/lib.sh"

remember_host
for mode in ip l4; do
	"$SUPPORT/pcap.py" cut "$SMOKE/../golden/bulk-$mode/in.pcap" "$T/in" 1514
	"$SUPPORT/pcap.py" cut "$SMOKE/../golden/bulk-$mode/want.pcap" "$T/want" 1514
	start lo --no-pci --vdev net_tap0,iface=dlt0 -- --mode "$mode" --accept unicast --json "$T/r.json"
	ip link set dlt0 up
	"$SMOKE/mirror.py" dlt0 "$T/in" "$T/want" >"$T/mirror.out" 2>&1 || fail "net_tap, mode $mode"
	stop "$PID"
	check_report "$T/r.json" 'p.net_tap0.reflected > 60'
	check_host
done
