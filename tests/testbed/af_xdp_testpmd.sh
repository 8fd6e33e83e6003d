#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause
# testpmd flowgen on af_packet - veth - dpdk-lo on AF_XDP.
. "$(dirname -- "$0")/lib.sh"
need dpdk-testpmd

veth --mode l4 --accept any
# testpmd runs where the far end is; its files are here all the same.
TESTPMD_IN=(nsenter -t "$PEER_PID" -n --)
testpmd_run 2 flowgen net_af_packet0,iface=peer0 --flowgen-flows=64
stop "$LO"
check_report "$T/r.json" 'p.net_af_xdp0.reflected > 500'
back=$(field "$T/r.json" 'p["net_af_xdp0"]["reflected"]')
verdict "testpmd flowgen sent $TX, $back were turned round, it received $RX" [ "$RX" -gt 500 ]
