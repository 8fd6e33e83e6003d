#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause
# Loopback addresses as a router has them: ping answered on the port that is asked, TCP served by
# this host, its replies back through the appliance, next hops found by ARP and ND, names in a hosts
# file, and nothing of it left behind, not even by a dpdk-lo that was killed.
. "$(dirname -- "$0")/lib.sh"
need ethtool ping curl dpdk-telemetry.py

make_peer
remember_host
printf '127.0.0.1\tlocalhost\n' >"$T/hosts"
cp "$T/hosts" "$T/hosts.before"
in_peer ip addr add 10.1.1.2/24 dev peer0
in_peer ip -6 addr add 2001:db8:7::2/64 dev peer0 nodad
in_peer ip route add 192.0.2.1 via 10.1.1.1
in_peer ip -6 route add 2001:db8:1::1 via 2001:db8:7::1
mkdir "$T/www"
head -c 300000 /dev/urandom >"$T/www/blob"

# start_lo ARGUMENTS...
start_lo()
{
	start lo --no-pci --vdev net_af_xdp0,iface=dlp0 -- --address 10.1.1.1/24@net_af_xdp0 \
		--address 2001:db8:7::1/64@net_af_xdp0 --loopback lo0=192.0.2.1,name=loopback \
		--loopback lo1=2001:db8:1::1,name=loopback6 --hosts "$T/hosts" --json "$T/r.json" "$@"
	lo=$PID
}

# serve PORT ADDRESS
serve()
{
	(cd "$T/www" && exec /usr/bin/python3 -m http.server --bind "$2" "$1" >"$T/http$1.out" 2>&1) &
	PIDS+=("$!")
	wait_for 10 sh -c "ss -Hltn 'sport = :$1' | grep -q ." || fail "no web server on port $1"
}

fetch()
{
	in_peer curl -gsS --max-time 20 -o "$T/got" "http://$1/blob" 2>"$T/curl.err" || fail "curl http://$1/"
	cmp -s "$T/got" "$T/www/blob" || fail "http://$1/ gives something else"
}

start_lo
ip rule show | grep -q 'from 192.0.2.1 lookup' || fail "no rule for 192.0.2.1"
grep -q '^192.0.2.1	loopback$' "$T/hosts" || fail "no name in the hosts file"
grep -q 'dlo0.loopback$' "$T/hosts" || fail "no name of the link's peer"
in_peer ping -n -c 3 -i 0.1 -W 2 192.0.2.1 >"$T/ping.out" 2>&1 || fail "ping 192.0.2.1"
in_peer ping -n -c 3 -i 0.1 -W 2 2001:db8:1::1 >"$T/ping.out" 2>&1 || fail "ping 2001:db8:1::1"
serve 8001 192.0.2.1
serve 8002 2001:db8:1::1
fetch 192.0.2.1:8001
fetch '[2001:db8:1::1]:8002'
# Larger than the wire: fragments, which only the host can put together.
in_peer ping -n -c 2 -i 0.1 -W 2 -s 4000 192.0.2.1 >"$T/ping.out" 2>&1 || fail "ping -s 4000"
# A closed port says so, by the host's own reset.
in_peer curl -sS --max-time 5 http://192.0.2.1:9/ >"$T/curl.out" 2>&1
[ $? = 7 ] || fail "no reset from a closed port: $(cat "$T/curl.out")"
# Strict reverse path filtering does not mind.
echo 1 >/proc/sys/net/ipv4/conf/dlo0/rp_filter
fetch 192.0.2.1:8001
# The link goes down and up again: what the kernel took away is put back.
ip link set dlo0 down
ip link set dlo0 up
wait_for 20 sh -c "ip route show table all | grep -q '^default via 198.18.0.2 dev dlo0'" ||
	fail "the route does not come back"
fetch 192.0.2.1:8001
stop "$lo"
cmp -s "$T/hosts" "$T/hosts.before" || fail "the hosts file is not what it was: $(cat "$T/hosts")"
check_host
check_report "$T/r.json" 'p.net_af_xdp0.punted > 20' 'p.net_vtap_dlo0.forwarded > 20' \
	'p.net_af_xdp0.answered.icmp >= 6' 'r.loopbacks[0]["punted"] > 10' \
	'r.loopbacks[0]["answered"] >= 3' 'r.loopbacks[1]["answered"] >= 3'

# Killed: a rule and a block stay, and the next one removes them. The host speaks first this time.
start_lo
kill -9 "$lo"
wait "$lo" 2>/dev/null
ip rule show | grep -q 'from 192.0.2.1 lookup' || fail "the kernel removes rules by itself?"
start_lo
[ "$(ip rule show | grep -c 'from 192.0.2.1 lookup')" = 1 ] || fail "stale rules: $(ip rule show)"
[ "$(grep -c 'BEGIN dpdk-lo' "$T/hosts")" = 1 ] || fail "stale names: $(cat "$T/hosts")"
ping -n -c 4 -i 0.3 -W 2 -I 192.0.2.1 10.1.1.2 >"$T/ping.out" 2>&1 || fail "no way to a neighbour"
ping -n -c 4 -i 0.3 -W 2 -I 2001:db8:1::1 2001:db8:7::2 >"$T/ping.out" 2>&1 ||
	fail "no way to an IPv6 neighbour"
ping -n -c 1 -W 1 -I 192.0.2.1 203.0.113.1 >"$T/ping.out" 2>&1 && fail "who is 203.0.113.1?"
stop "$lo"
check_report "$T/r.json" 'p.net_vtap_dlo0.drops.no_route >= 1' 'p.net_vtap_dlo0.forwarded >= 4'
cmp -s "$T/hosts" "$T/hosts.before" || fail "the hosts file is not what it was"
rm -rf /run/dpdk/*
check_host

# Three workers, one queue per port: they take turns at transmitting.
start lo3 --no-pci --lcores '0@0,1@0,2@1,3@1' --vdev net_af_xdp0,iface=dlp0 -- \
	--address 10.1.1.1/24@net_af_xdp0 --loopback lo0=192.0.2.1 --link dlo0,queues=2 \
	--idle adaptive --json "$T/r.json"
lo=$PID
wait_address 192.0.2.1
serve 8003 192.0.2.1
for _ in 1 2 3 4; do
	fetch 192.0.2.1:8003
done
in_peer ping -n -c 5 -i 0.1 -W 2 192.0.2.1 >"$T/ping.out" 2>&1 || fail "ping with three workers"
stop "$lo"
check_report "$T/r.json" 'p.net_af_xdp0.punted > 100' 'p.net_vtap_dlo0.forwarded > 100'

# Shut, by a reload alone: not answered, not the host's, no rule; and back with its counters.
printf '[dpdk-lo]\nloopback = lo0=192.0.2.1\nloopback = lo1=2001:db8:1::1\n' >"$T/lo.conf"
start shut --no-pci --vdev net_af_xdp0,iface=dlp0 -- --address 10.1.1.1/24@net_af_xdp0 \
	--config "$T/lo.conf" --json "$T/r.json"
lo=$PID
wait_address 192.0.2.1
in_peer ping -n -c 2 -i 0.1 -W 2 192.0.2.1 >"$T/ping.out" 2>&1 || fail "ping before the shut"
sed -i 's/192.0.2.1/&,shut/' "$T/lo.conf"
kill -HUP "$lo"
wait_for 10 grep -q 'is in force' "$T/shut.out" || fail "the shut is not taken over"
# Bulk traffic now: it comes back, and is neither answered nor the host's.
before=$(telemetry "$lo" /dlo/loopbacks '(v["0"]["state"], v["0"]["answered"], v["0"]["punted"])')
[ "${before%%,*}" = "('shut'" ] || fail "telemetry does not say that it is shut: $before"
in_peer ping -n -c 2 -i 0.1 -W 1 192.0.2.1 >"$T/ping.out" 2>&1
[ "$(telemetry "$lo" /dlo/loopbacks '(v["0"]["state"], v["0"]["answered"], v["0"]["punted"])')" = \
	"$before" ] || fail "what is shut answers"
ip -o addr show dev dlo0 | grep -qF ' 192.0.2.1/' && fail "the host keeps what is shut"
ip rule show | grep -q 'from 192.0.2.1 lookup' && fail "the rule of what is shut stays"
ip -o addr show dev dlo0 | grep -qF ' 2001:db8:1::1/' || fail "the other one is gone, too"
sed -i 's/,shut//' "$T/lo.conf"
kill -HUP "$lo"
wait_address 192.0.2.1
in_peer ping -n -c 2 -i 0.1 -W 2 192.0.2.1 >"$T/ping.out" 2>&1 || fail "ping after no shut"
stop "$lo"
check_report "$T/r.json" 'r.loopbacks[0]["answered"] >= 4' 'not r.loopbacks[0]["shut"]'
