#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause
# net_memif: a stock dpdk-testpmd on the other side sends the golden frames from a pcap and writes
# down what comes back.
. "$(dirname -- "$0")/lib.sh"
. "$SMOKE/testpmd.sh"

remember_host
for mode in l4 mac; do
	golden "$mode" 1518
	start lo --no-pci --vdev "net_memif0,role=server,socket=$T/m.sock,socket-abstract=no" -- \
		--mode "$mode" --loop-guard off --json "$T/r.json"
	lo=$PID
	testpmd_exchange "net_memif0,role=client,socket=$T/m.sock,socket-abstract=no"
	stop "$lo"
	"$SUPPORT/pcap.py" same "$T/out" "$T/want" || fail "memif, mode $mode: something else came back"
	check_report "$T/r.json" 'p.net_memif0.reflected == p.net_memif0.rx > 50'
done
# A peer that comes late, goes, and comes again.
start lo --no-pci --vdev "net_memif0,role=server,socket=$T/m.sock,socket-abstract=no" -- \
	--loop-guard off --json "$T/r.json"
lo=$PID
golden l4 1518
for turn in 1 2; do
	testpmd_exchange "net_memif0,role=client,socket=$T/m.sock,socket-abstract=no"
	"$SUPPORT/pcap.py" same "$T/out" "$T/want" || fail "memif, turn $turn: something else came back"
done
alive "$lo" || fail "dpdk-lo does not survive its peer"
stop "$lo"
check_report "$T/r.json" 'p.net_memif0.rx > 100'

# A peer that ends while it sends as fast as it can: the driver unmaps the rings that are being polled.
start lo --no-pci --vdev "net_memif0,role=server,socket=$T/m.sock,socket-abstract=no" -- --mode l4 --json "$T/r.json"
lo=$PID
for turn in 1 2 3 4 5 6; do
	timeout -s INT 2 dpdk-testpmd --no-huge --no-pci -m 256 --lcores '0@(0-1),1@(0-1)' --file-prefix "peer$$" \
		--no-telemetry --vdev "net_memif0,role=client,socket=$T/m.sock,socket-abstract=no" \
		-- --forward-mode=txonly --total-num-mbufs=8192 --stats-period=1 >"$T/flood.out" 2>&1
	alive "$lo" || fail "dpdk-lo does not survive the end of a peer that sends, turn $turn"
done
stop "$lo"
check_report "$T/r.json" 'p.net_memif0.rx > 1000'
