#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause
# Ports that need no peer: net_ring looped onto itself, net_null, several workers, and a mixture of
# drivers in one process with the host link beside them.
. "$(dirname -- "$0")/lib.sh"
need dpdk-telemetry.py ping

remember_host
cpus=$(sed -n 's/^Cpus_allowed_list:[[:space:]]*//p' /proc/self/status)
lcores="0@($cpus),1@($cpus)"

for mode in wire mac ip l4; do
	start lo --lcores "$lcores" --no-pci --vdev net_ring0 -- --mode "$mode" --inject 256 \
		--duration 0.5 --json "$T/r.json"
	finish "$PID" || fail "net_ring in mode $mode ends with $?"
	check_report "$T/r.json" --injected 256 'p.net_ring0.rx > 10000' \
		'p.net_ring0.reflected == p.net_ring0.rx'
done
for kind in udp4 tcp4 udp6 tcp6 mix; do
	start lo --no-pci --vdev net_ring0 -- --inject "100,kind=$kind,size=128,flows=8" --duration 0.3 \
		--json "$T/r.json"
	finish "$PID" || fail "--inject kind=$kind ends with $?"
	check_report "$T/r.json" --injected 100 'p.net_ring0.reflected > 1000' \
		'p.net_ring0.bytes_rx == 128 * p.net_ring0.rx'
done

start lo --lcores "$lcores" --no-pci --vdev net_null0 -- --mode wire --duration 0.5 --json "$T/r.json"
finish "$PID" || fail "net_null ends with $?"
check_report "$T/r.json" 'p.net_null0.reflected == p.net_null0.rx > 10000'
start lo --no-pci --vdev net_null0 -- --guards on --duration 0.3 --json "$T/r.json"
finish "$PID" || fail "net_null with guards ends with $?"
check_report "$T/r.json" 'p.net_null0.rx > 1000' 'p.net_null0.drops.mcast_src == p.net_null0.rx'

# All in one process, and the link works in the middle of it.
"$SUPPORT/pcap.py" cut "$SMOKE/../golden/bulk-l4/in.pcap" "$T/in" 1518
"$SUPPORT/pcap.py" cut "$SMOKE/../golden/bulk-l4/want.pcap" "$T/want" 1518
cd "$T" || fail "no scratch directory"
start lo --no-pci --vdev net_ring0 --vdev net_null0 --vdev net_pcap0,rx_pcap=in,tx_pcap=out \
	--vdev "net_memif0,role=server,socket=$T/m.sock,socket-abstract=no" \
	--vdev net_tap0,iface=dlt0 \
	-- --link --mode l4 --mode wire@net_null0 --json "$T/r.json"
ping -n -c 5 -i 0.1 -W 5 198.18.0.2 >"$T/ping.out" 2>&1 || fail "no answer through the link"
wait_for 20 seen "$PID" net_pcap0 'v["rx"] > 50' || fail "net_pcap receives nothing"
idle()
{
	local before
	before=$(telemetry "$PID" /dlo/stats,net_pcap0 'v["rx"]')
	sleep 0.2
	[ "$(telemetry "$PID" /dlo/stats,net_pcap0 'v["rx"]')" = "$before" ]
}
wait_for 20 idle || fail "net_pcap does not get to the end of its file"
stop "$PID"
"$SUPPORT/pcap.py" same "$T/out" "$T/want" || fail "net_pcap sent something else"
check_report "$T/r.json" 'len(r.ports) == 6' 'p.net_null0.rx > 100' \
	'p.net_pcap0.reflected == p.net_pcap0.rx > 50'
check_host
