#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause
# Addresses of ours that a Linux host has, too: found when the port comes up, and when the host takes them
# later; said once, counted, shown; announced only when they are free, and defended. A reflector that sends
# our own questions back is nobody.
. "$(dirname -- "$0")/lib.sh"
need ethtool ping dpdk-telemetry.py dumpcap tshark dpdk-testpmd

# state ADDRESS: what the appliance thinks of it.
state()
{
	telemetry "$lo" /dlo/addresses "next(a['state'] for a in v.values() if a['address'] == '$1')"
}

is()
{
	[ "$(state "$1")" = "$2" ]
}

# said TEXT COUNT: so often as a warning.
said()
{
	[ "$(grep -cF -- "$1" "$T/lo.err")" = "$2" ] ||
		fail "'$1' is not said $2 times: $(cat "$T/lo.err")"
}

# count FILTER: how many such frames from us the peer has heard, as tshark sees them.
count()
{
	tshark -nr "$T/peer.pcap" -Y "eth.src == $here && $1" 2>/dev/null | wc -l
}

# heard FILTER COUNT: so many of them, at least.
heard()
{
	[ "$(count "$1")" -ge "$2" ]
}

peer_mac()
{
	in_peer ip -o link show peer0 | sed 's/.*link.ether //; s/ .*//'
}

make_peer
in_peer ip addr add 10.1.1.9/24 dev peer0
in_peer ip addr add 192.0.2.7/32 dev peer0
in_peer ip -6 addr add 2001:db8::7/64 dev peer0 nodad
here=$(ip -o link show dlp0 | sed 's/.*link.ether //; s/ .*//')
there=$(peer_mac | tr a-f A-F)
remember_host
run_quiet dumpcap nsenter -t "$PEER_PID" -n -- dumpcap -q -P -i peer0 -w "$T/peer.pcap" -f 'arp or icmp6'
dump=$PID
wait_for 10 test -s "$T/peer.pcap" || fail "dumpcap does not listen"
start lo --no-pci --vdev net_af_xdp0,iface=dlp0 -- --address 10.1.1.1/24@net_af_xdp0 \
	--address 10.1.1.9/24@net_af_xdp0 --loopback lo0=192.0.2.1 --loopback lo7=192.0.2.7 \
	--loopback lo6=2001:db8::1 --loopback lo67=2001:db8::7 --stats 0.5 --json "$T/r.json"
lo=$PID
# Two that are free, two that the peer has, of either family; as a loopback and as a port's address.
for address in 10.1.1.9 192.0.2.7 2001:db8::7; do
	wait_for 20 is "$address" conflict || fail "$address is not found at the peer"
done
for address in 10.1.1.1 192.0.2.1 2001:db8::1; do
	wait_for 20 is "$address" ours || fail "$address is not found to be free"
done
said "10.1.1.9 is also used by $there: give one of the two another address" 1
said "192.0.2.7 (lo7) is also used by $there" 1
said "2001:db8::7 (lo67) is also used by $there" 1
said 'is also used by' 3
wait_for 10 grep -q 'drop\|conflict +\|is also used by' "$T/lo.out" || fail "--stats does not show it"
[ "$(telemetry "$lo" /dlo/loopbacks 'sorted((l["name"], l["conflict"]) for l in v.values())')" = \
	"[('lo0', 'no'), ('lo6', 'no'), ('lo67', 'yes'), ('lo7', 'yes')]" ] || fail "/dlo/loopbacks differs"
[ "$(telemetry "$lo" /dlo/addresses "next(a['other'] for a in v.values() if a['address'] == '192.0.2.7')")" = \
	"$there" ] || fail "/dlo/addresses does not name the other"
# By the book: three probes from nobody and two announcements; one solicitation from nobody.
wait_for 20 heard 'arp.isannouncement && arp.dst.proto_ipv4 == 192.0.2.1' 2 || fail "192.0.2.1 is not announced"
heard 'arp.isprobe && arp.dst.proto_ipv4 == 192.0.2.1' 3 || fail "too few probes"
heard 'icmpv6.type == 135 && ipv6.src == :: && ipv6.dst == ff02::1:ff00:1' 1 || fail "no DAD solicitation"
wait_for 20 heard 'icmpv6.type == 136 && ipv6.src == 2001:db8::1 && ipv6.dst == ff02::1' 2 ||
	fail "2001:db8::1 is not announced"
# What is somebody else's is not announced; who asks for it gets an answer all the same.
heard 'arp.isannouncement && arp.dst.proto_ipv4 == 192.0.2.7' 1 && fail "192.0.2.7 is announced"
heard 'icmpv6.type == 136 && ipv6.src == 2001:db8::7 && ipv6.dst == ff02::1' 1 && fail "2001:db8::7 is announced"
heard '(_ws.malformed || icmpv6.checksum.status == Bad)' 1 && fail "tshark finds faults in what was sent"
in_peer ip addr add 10.1.1.2/24 dev peer0
in_peer ip route add 192.0.2.1/32 dev peer0 src 10.1.1.2
in_peer ping -n -c 2 -i 0.2 -W 2 192.0.2.1 >"$T/ping.out" 2>&1 || fail "ping 192.0.2.1"

# Later somebody takes one that was ours, without asking: said, and defended by one announcement.
in_peer ip route del 192.0.2.1/32 dev peer0
in_peer ip addr add 192.0.2.1/32 dev peer0
before=$(count 'arp.isannouncement && arp.dst.proto_ipv4 == 192.0.2.1')
in_peer ip neigh flush dev peer0
in_peer ping -n -c 1 -W 2 -I 192.0.2.1 10.1.1.1 >"$T/ping.out" 2>&1 # its ARP request says whose that is
wait_for 20 is 192.0.2.1 conflict || fail "192.0.2.1 is not found at the peer later"
said "192.0.2.1 (lo0) is also used by $there" 1
wait_for 10 heard 'arp.isannouncement && arp.dst.proto_ipv4 == 192.0.2.1' $((before + 1)) || fail "not defended"

# The port goes down and up: asked again, and what was put right is.
in_peer ip addr del 192.0.2.7/32 dev peer0
in_peer ip -6 addr del 2001:db8::7/64 dev peer0
in_peer ip link set peer0 down
wait_for 20 is 10.1.1.1 idle || fail "the port is not seen to be down"
in_peer ip link set peer0 up
for address in 192.0.2.7 2001:db8::7; do
	wait_for 30 is "$address" ours || fail "$address is not found to be free again"
	grep -qF "nobody else uses $address any more" "$T/lo.out" || fail "that $address is free is not said"
done
said "10.1.1.9 is also used by $there" 1
stop "$lo"
kill -INT "$dump"
wait_for 10 dead "$dump" || fail "dumpcap does not end"
check_report "$T/r.json" 'p.net_af_xdp0.drops.conflict >= 6' 'r.loopbacks[0]["conflicts"] >= 1' \
	'r.loopbacks[1]["conflicts"] >= 1'
check_host

# Others come first: what is taken is not answered, what is free is from then on, and is given up again when
# somebody who was told claims it once more.
# claim ADDRESS: a gratuitous ARP of the peer.
claim()
{
	nsenter -t "$PEER_PID" -n -- /usr/bin/python3 - "$there" "$1" <<'PY'
import socket, sys
mac, ip = bytes.fromhex(sys.argv[1].replace(":", "")), socket.inet_aton(sys.argv[2])
s = socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
s.bind(("peer0", 0))
s.send(b"\xff" * 6 + mac + bytes.fromhex("08060001080006040001") + mac + ip + bytes(6) + ip + bytes(18))
PY
}
# answered ADDRESS yes|no
answered()
{
	[ "$(telemetry "$lo" /dlo/addresses \
		"next(a['answered'] for a in v.values() if a['address'] == '$1')")" = "$2" ]
}
in_peer ip addr del 192.0.2.1/32 dev peer0
in_peer ip addr add 192.0.2.7/32 dev peer0
in_peer ip -6 addr add 2001:db8::7/64 dev peer0 nodad
in_peer ip route add 192.0.2.1/32 dev peer0 src 10.1.1.2
start lo --no-pci --vdev net_af_xdp0,iface=dlp0 -- --duplicate-check yield --address 10.1.1.1/24@net_af_xdp0 \
	--loopback lo0=192.0.2.1 --loopback lo7=192.0.2.7 --loopback lo67=2001:db8::7 --json "$T/r.json"
lo=$PID
for address in 192.0.2.7 2001:db8::7; do
	wait_for 20 is "$address" conflict || fail "$address is not found at the peer"
	answered "$address" no || fail "$address is answered although it is the peer's"
done
said '192.0.2.7 (lo7) is also used by '"$there"', and not answered here until it is free' 1
for address in 10.1.1.1 192.0.2.1; do
	wait_for 20 answered "$address" yes || fail "$address is not answered although it is free"
done
in_peer ping -n -c 2 -i 0.2 -W 2 192.0.2.1 >"$T/ping.out" 2>&1 || fail "ping 192.0.2.1, found free"
claim 192.0.2.1
wait_for 20 is 192.0.2.1 conflict || fail "the claim is not heard"
answered 192.0.2.1 yes || fail "192.0.2.1 is given up at the first claim"
claim 192.0.2.1
# On a machine so busy that ten seconds lie between the two that is a first claim again.
for _ in 1 2 3; do
	wait_for 5 answered 192.0.2.1 no && break
	claim 192.0.2.1
	claim 192.0.2.1
done
answered 192.0.2.1 no || fail "192.0.2.1 is not given up"
in_peer ip neigh flush dev peer0
in_peer ping -n -c 1 -W 1 192.0.2.1 >"$T/ping.out" 2>&1 && fail "192.0.2.1 is answered although it was given up"
in_peer ping -n -c 1 -W 2 10.1.1.1 >"$T/ping.out" 2>&1 || fail "10.1.1.1 is not answered any more"
stop "$lo"
check_host

# Who turns our own questions round is nobody: with his MACs in front, or with ours changing places.
modes=(macswap mac io)
cpus=$(sed -n 's/^Cpus_allowed_list:[[:space:]]*//p' /proc/self/status)
ports=()
addresses=()
others=()
for i in 0 1 2; do
	memif[i]="id=$i,socket=$T/m$i.sock,socket-abstract=no"
	ports+=(--vdev "net_memif$i,role=server,${memif[i]}")
	addresses+=(--address "10.1.$i.1/24,2001:db8:$((i + 1))::1/64@net_memif$i")
done
# Who yields needs to know that best.
start lo --no-huge -m 256 --no-pci "${ports[@]}" -- --loop-guard off --duplicate-check yield \
	--duplicate-check on@net_memif0 "${addresses[@]}" --json "$T/r.json"
lo=$PID
for i in 0 1 2; do
	run_quiet "testpmd$i" dpdk-testpmd --no-huge --no-pci -m 256 --lcores "0@($cpus),1@($cpus)" \
		--file-prefix "peer$i$$" --no-telemetry --vdev "net_memif0,role=client,${memif[i]}" \
		-- --total-num-mbufs=8192 "--forward-mode=${modes[i]}" --eth-peer=0,"$(
		telemetry "$lo" "/dlo/plan,net_memif$i" 'v["mac"]')" --stats-period=1
	others+=("$PID")
done
for i in 0 1 2; do
	for address in "10.1.$i.1" "2001:db8:$((i + 1))::1"; do
		wait_for 60 is "$address" ours || fail "behind a ${modes[i]} mirror $address is $(state "$address")"
	done
done
kill -INT "${others[@]}"
for i in 0 1 2; do
	wait_for 15 dead "${others[i]}" || kill -9 "${others[i]}"
done
stop "$lo"
for i in 0 1 2; do
	check_report "$T/r.json" "p.net_memif$i.drops.conflict == 0" "p.net_memif$i.rx > 0"
done

# Nobody is asked where there is no network, where that was switched off, or where nobody would answer.
for without in '--vdev net_ring0 --' '--vdev net_null0 -- --guards on' \
	"--vdev net_memif0,role=server,${memif[0]} -- --duplicate-check off" \
	"--vdev net_memif0,role=server,${memif[0]} -- --answer icmp"; do
	# shellcheck disable=SC2086
	start lo --no-huge -m 256 --no-pci $without --address 10.1.1.1 --duration 600
	[ "$(telemetry "$PID" /dlo/addresses 'len(v)')" = 0 ] || fail "asked with $without"
	stop "$PID"
done
