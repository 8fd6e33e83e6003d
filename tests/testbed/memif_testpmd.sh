#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause
# testpmd flowgen - memif - dpdk-lo: many flows, all of them come back.
. "$(dirname -- "$0")/lib.sh"
need dpdk-testpmd

memif="socket=$T/m.sock,socket-abstract=no"
start lo --no-huge -m 256 --no-pci --vdev "net_memif0,role=server,$memif" -- --loop-guard off --mode l4 --json "$T/r.json"
testpmd_run 2 flowgen "net_memif0,role=client,$memif" --flowgen-flows=64
stop "$PID"
back=$(field "$T/r.json" 'p["net_memif0"]["reflected"]')
check_report "$T/r.json" 'p.net_memif0.reflected == p.net_memif0.rx - p.net_memif0.drops.tx_full > 1000'
verdict "testpmd flowgen sent $TX, $back were turned round, it received $RX" [ "$RX" -gt 1000 ]
