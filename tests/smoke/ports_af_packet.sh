#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause
# net_af_packet on a veth: it starts with the arguments that it has by itself, and with larger frames.
# (The kernel puts fragments together before this driver sees them, so the golden frames are no test.)
. "$(dirname -- "$0")/lib.sh"
need ethtool ping

make_peer
in_peer ip addr add 192.0.2.9/24 dev peer0
remember_host
for args in '' ',framesz=4096,blocksz=8192'; do
	start lo --no-pci --vdev "net_af_packet0,iface=dlp0$args" -- --address 192.0.2.1 --json "$T/r.json"
	lo=$PID
	in_peer ping -n -c 3 -i 0.1 -W 2 192.0.2.1 >"$T/ping.out" 2>&1 || fail "net_af_packet$args: ping"
	in_peer ping -n -c 3 -i 0.1 -W 2 -s 1472 192.0.2.1 >"$T/ping.out" 2>&1 ||
		fail "net_af_packet$args: ping of 1514-byte frames"
	stop "$lo"
	check_report "$T/r.json" 'p.net_af_packet0.answered.icmp == 6'
	check_host
done
