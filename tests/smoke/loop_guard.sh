#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause
# A ring, somebody else's reflector over memif, an appliance over veth, and a looped cable: each loop is
# found, stopped and said once, and when it is gone frames are sent back again. Who only sends is no loop.
# (loop_facing.sh has appliances on both sides.)
. "$(dirname -- "$0")/lib.sh"
. "$SMOKE/loop_lib.sh"
need ethtool dpdk-telemetry.py dpdk-testpmd

# A ring is a looped cable.
start lo --no-huge -m 256 --no-pci --vdev net_ring0 -- --inject 64 --loop-guard on --json "$T/r.json"
lo=$PID
found lo "$lo" net_ring0 1
stop "$lo"
check_report "$T/r.json" --injected 64 'p.net_ring0.drops.loop >= 64 and p.net_ring0.reflected > 0'

# Over memif with somebody else's reflector, as fast as two cores go.
memif="socket=$T/m.sock,socket-abstract=no"
start lo --no-huge -m 256 --no-pci --vdev "net_memif0,role=server,$memif" -- --json "$T/r.json"
lo=$PID
cpus=$(sed -n 's/^Cpus_allowed_list:[[:space:]]*//p' /proc/self/status)
run_quiet testpmd dpdk-testpmd --no-huge --no-pci -m 256 --lcores "0@($cpus),1@($cpus)" \
	--file-prefix "peer$$" --no-telemetry --vdev "net_memif0,role=client,$memif" \
	-- --total-num-mbufs=8192 --forward-mode=macswap --tx-first --stats-period=1
other=$PID
found lo "$lo" net_memif0 1
kill -INT "$other"
wait_for 15 dead "$other" || kill -9 "$other"
gone lo "$lo" net_memif0 1
stop "$lo"
check_report "$T/r.json" 'p.net_memif0.drops.loop > 0 and p.net_memif0.reflected > 0'

# Over veth, AF_XDP against AF_PACKET, both guarded, frames for each other's MAC alone.
make_peer
remember_host
here=$(mac_of dlp0)
there=$(in_peer ip -o link show peer0 | sed 's/.*link.ether //; s/ .*//')
start lo --no-pci --vdev net_af_xdp0,iface=dlp0 -- --json "$T/r.json"
lo=$PID
# A peer that only sends and takes is none.
for _ in 1 2 3 4 5 6 7 8; do
	in_peer true
	nsenter -t "$PEER_PID" -n -- bash -c "$(declare -f send); send peer0 $here $there 20"
	sleep 0.2
done
is "$lo" net_af_xdp0 none || fail "a loop is found where there is none"
wait_for 10 probed "$lo" net_af_xdp0 2 || fail "no probes"
wait_for 10 more "$lo" net_af_xdp0 reflected 100 || fail "frames do not come back"
run_quiet other nsenter -t "$PEER_PID" -n -- "$DLO" --no-huge -m 256 --no-pci \
	--vdev net_af_packet0,iface=peer0,framesz=1024,blocksz=4096 --
other=$PID
wait_for 20 grep -qx 'dpdk-lo: ready' "$T/other.out" || fail "the other one does not start"
send dlp0 "$there" "$here"
found lo "$lo" net_af_xdp0 1
kill -INT "$other"
wait_for 15 dead "$other" || fail "the other one does not end"
gone lo "$lo" net_af_xdp0 1
before=$(verdicts "$lo" net_af_xdp0 reflected)
nsenter -t "$PEER_PID" -n -- bash -c "$(declare -f send); send peer0 $here $there 5"
wait_for 10 more "$lo" net_af_xdp0 reflected $((before + 5)) || fail "nothing is sent back afterwards"
stop "$lo"
check_report "$T/r.json" 'p.net_af_xdp0.drops.loop > 0'

# A looped cable gives frames back as they were sent.
if in_peer tc qdisc add dev peer0 ingress 2>/dev/null &&
	in_peer tc filter add dev peer0 parent ffff: protocol all u32 match u32 0 0 \
		action mirred egress redirect dev peer0 2>"$T/tc.err"; then
	start lo --no-pci --vdev net_af_xdp0,iface=dlp0 -- --accept unicast --json "$T/r.json"
	lo=$PID
	send dlp0 02:00:00:00:00:01 02:00:00:00:00:02 4
	found lo "$lo" net_af_xdp0 1
	in_peer tc qdisc del dev peer0 ingress
	gone lo "$lo" net_af_xdp0 1
	stop "$lo"
	check_report "$T/r.json" 'p.net_af_xdp0.drops.loop > 0'
else
	echo "this kernel has no act_mirred: the looped cable was not tried"
fi
check_host
