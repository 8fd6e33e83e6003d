#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause
# net_af_xdp on a veth: frames are turned round, ARP, ND and ping are answered for our addresses
# and for no others, hostile frames are counted.
. "$(dirname -- "$0")/lib.sh"
need arping dpdk-telemetry.py ethtool ndisc6 ping

make_peer
remember_host
in_peer ip addr add 192.0.2.9/24 dev peer0
in_peer ip -6 addr add 2001:db8:7::9/64 dev peer0 nodad
mac=$(cat /sys/class/net/dlp0/address 2>/dev/null || ip -o link show dlp0 | sed 's/.*link.ether \([^ ]*\).*/\1/')

# start_xdp ARGUMENTS...
start_xdp()
{
	start lo --no-pci --vdev net_af_xdp0,iface=dlp0 -- "$@" --json "$T/r.json"
	lo=$PID
}

try_xdp()
{
	run_quiet probe "$DLO" --no-pci --vdev net_af_xdp0,iface=dlp0 -- --duration 0.2
	finish "$PID" && return
	grep -Eiq 'af_xdp|umem|xsk|bpf' "$T/probe.err" "$T/probe.out" &&
		! ip link add name xdpprobe type veth peer name xdpprobe1 xdp off 2>/dev/null
}

for mode in l4 wire; do
	"$SUPPORT/pcap.py" cut "$SMOKE/../golden/bulk-$mode/in.pcap" "$T/in" 1514
	"$SUPPORT/pcap.py" cut "$SMOKE/../golden/bulk-$mode/want.pcap" "$T/want" 1514
	start_xdp --mode "$mode"
	in_peer "$SMOKE/mirror.py" peer0 "$T/in" "$T/want" "$mac" >"$T/mirror.out" 2>&1 ||
		fail "AF_XDP, mode $mode"
	stop "$lo"
	check_report "$T/r.json" 'p.net_af_xdp0.reflected > 60'
done

start_xdp --address 192.0.2.1 --address 2001:db8:7::1
in_peer arping -c 2 -w 4 -I peer0 192.0.2.1 >"$T/arping.out" 2>&1 || fail "arping 192.0.2.1"
in_peer arping -c 1 -w 2 -I peer0 192.0.2.2 >"$T/arping.out" 2>&1 && fail "192.0.2.2 is not ours"
in_peer arping -c 1 -w 2 -0 -I peer0 192.0.2.1 >"$T/arping.out" 2>&1 ||
	fail "an ARP probe (RFC 5227) for our address stays without an answer"
in_peer ndisc6 -1 -q -w 3000 2001:db8:7::1 peer0 >"$T/ndisc.out" 2>&1 || fail "ndisc6 2001:db8:7::1"
grep -qi "${mac#0}" "$T/ndisc.out" || grep -qi "$mac" "$T/ndisc.out" || fail "ndisc6 shows another MAC"
in_peer ndisc6 -1 -q -r 1 -w 1000 2001:db8:7::2 peer0 >"$T/ndisc.out" 2>&1 &&
	fail "2001:db8:7::2 is not ours"
in_peer ping -n -c 3 -i 0.1 -W 2 192.0.2.1 >"$T/ping.out" 2>&1 || fail "ping 192.0.2.1"
in_peer ping -n -c 3 -i 0.1 -W 2 -s 1472 192.0.2.1 >"$T/ping.out" 2>&1 || fail "ping -s 1472"
in_peer ping -n -c 3 -i 0.1 -W 2 2001:db8:7::1 >"$T/ping.out" 2>&1 || fail "ping 2001:db8:7::1"
# A tester who claims our address meets an answer: duplicate address detection works.
in_peer ip -6 addr add 2001:db8:7::1/64 dev peer0
wait_for 20 sh -c "nsenter -t $PEER_PID -n ip -6 -o addr show dev peer0 | grep '2001:db8:7::1/' | grep -q dadfailed" ||
	fail "duplicate address detection finds no duplicate"
in_peer ip -6 addr del 2001:db8:7::1/64 dev peer0
stop "$lo"
check_report "$T/r.json" 'p.net_af_xdp0.answered.arp >= 3' 'p.net_af_xdp0.answered.nd >= 2' \
	'p.net_af_xdp0.answered.icmp >= 9'

# Hostile frames over a real wire.
start_xdp --mode l4 --accept any --address 198.18.0.2 --address 2001:2::2 --answer all
in_peer "$SMOKE/throw.py" peer0 20000 >"$T/throw.out" 2>&1 || fail "cannot throw frames"
in_peer ping -n -c 2 -i 0.1 -W 2 -I peer0 198.18.0.2 >"$T/ping.out" 2>&1
alive "$lo" || fail "dpdk-lo died of hostile frames"
stop "$lo"
check_report "$T/r.json" 'p.net_af_xdp0.rx > 1000' 'sum(p.net_af_xdp0.drops.values()) > 100'

# What the socket's full ring loses is counted, though the driver does not know it.
start_xdp --mode l4 --accept any
kill -STOP "$lo"
in_peer /usr/bin/python3 -c 'import socket
s = socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
s.bind(("peer0", 0))
for i in range(6000):
    s.send(bytes.fromhex("020000000002 020000000001 88b6") + bytes(50))' || fail "cannot send"
kill -CONT "$lo"
wait_for 20 seen "$lo" net_af_xdp0 'v["rx"] + v["missed"] >= 6000' || fail "not all are received or counted"
stop "$lo"
check_report "$T/r.json" 'p.net_af_xdp0.missed > 1000' 'p.net_af_xdp0.rx + p.net_af_xdp0.missed >= 6000'
check_host
