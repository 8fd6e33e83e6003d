#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause
# DPDK's own capture tool attaches to a running dpdk-lo and leaves it running; that takes memory that
# can be shared, which is hugepages: some are made for this if there are none, and given back.
. "$(dirname -- "$0")/lib.sh"
need dpdk-dumpcap tshark ping

pages=/sys/kernel/mm/hugepages/hugepages-2048kB
had=$(cat $pages/nr_hugepages 2>/dev/null) || skip "this kernel has no hugepages"
had_to_make=false
give_back()
{
	local rc=$?
	kill -9 "${PIDS[@]}" 2>/dev/null
	wait 2>/dev/null
	umount "$T/huge" 2>/dev/null
	! $had_to_make || echo "$had" >$pages/nr_hugepages
	(exit $rc)
	on_exit
}
trap give_back EXIT
if [ "$(cat $pages/free_hugepages)" -lt 600 ]; then
	had_to_make=true
	echo $((had + 600)) >$pages/nr_hugepages
	[ "$(cat $pages/free_hugepages)" -ge 600 ] || skip "no memory for 600 hugepages"
fi
mkdir "$T/huge"
mount -t hugetlbfs hugetlbfs "$T/huge" || skip "hugetlbfs cannot be mounted"

start lo --file-prefix dump --huge-dir "$T/huge" --no-pci --vdev net_tap0,iface=dlt0 -- \
	--address 192.0.2.1 --accept unicast --json "$T/r.json"
lo=$PID
ip addr add 192.0.2.9/24 dev dlt0
ip link set dlt0 up
ping -n -c 2 -i 0.2 -W 2 192.0.2.1 >"$T/ping.out" 2>&1 || fail "no answer"
for turn in 1 2; do
	run_quiet dump dpdk-dumpcap --file-prefix=dump -i net_tap0 -c 8 -w "$T/dump$turn.pcapng"
	dump=$PID
	run_quiet pings ping -n -c 40 -i 0.2 -W 2 192.0.2.1
	wait_for 20 dead "$dump" || fail "dpdk-dumpcap does not see eight frames"
	kill "$PID" 2>/dev/null
	[ "$(tshark -n -r "$T/dump$turn.pcapng" -Y 'icmp.type == 0' 2>/dev/null | wc -l)" -ge 2 ] ||
		fail "turn $turn: no echo replies in what dpdk-dumpcap wrote"
	alive "$lo" || fail "dpdk-lo does not survive dpdk-dumpcap"
done
stop "$lo"
check_report "$T/r.json" 'p.net_tap0.answered.icmp >= 8'
