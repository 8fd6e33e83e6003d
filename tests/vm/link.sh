#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause
# Both fast link types on one kernel that has vhost-net: what was agreed upon with the kernel, ping, a
# megabyte by HTTP, TCP both ways, larger MTU, several queues, down and up, stop and start,
# a kill, nothing left behind; and how they compare.
. "$(dirname -- "$0")/../smoke/lib.sh"
. "$(dirname -- "$0")/few_drivers.sh"
few_drivers || fail "cannot hide drivers"
need curl dpdk-telemetry.py ethtool iperf3 ping
[ -c /dev/vhost-net ] || skip "no /dev/vhost-net"

# ask EXPRESSION [COMMAND]: over `v`, what /dlo/link or another command says.
ask()
{
	echo "${2:-/dlo/link}" | timeout 20 dpdk-telemetry.py -f vm >"$T/reply.out" 2>"$T/reply.err"
	/usr/bin/python3 -c '
import json, sys
sys.exit(not eval(sys.argv[1], {"v": next(iter(json.load(sys.stdin).values()))}))' "$1" <"$T/reply.out" ||
		fail "${2:-/dlo/link}: $1: $(cat "$T/reply.out")"
}

# stream ADDRESS OPTIONS...: Mbit/s that arrived. Whatever is lost in a link is sent again.
stream()
{
	timeout 30 iperf3 -J -t 2 -c "$@" >"$T/iperf.json" 2>&1 || fail "iperf3 -c $*: $(tail -n 5 "$T/iperf.json")"
	/usr/bin/python3 -c '
import json, sys
bits = json.load(sys.stdin)["end"]["sum_received"]["bits_per_second"]
print(int(bits / 1e6))
sys.exit(bits < 8e6)' <"$T/iperf.json" || fail "iperf3 -c $* carried next to nothing"
}

fetch()
{
	curl -gsS --max-time 30 -o "$T/got" "http://$1:8000/blob" 2>"$T/curl.err" || fail "curl http://$1/"
	cmp -s "$T/got" "$T/www/blob" || fail "http://$1/ gives something else"
}

mkdir "$T/www"
head -c 1000000 /dev/urandom >"$T/www/blob"
remember_host
/usr/bin/python3 -m http.server --bind :: --directory "$T/www" 8000 >"$T/http.out" 2>&1 &
PIDS+=("$!")
iperf3 -s >"$T/iperf.out" 2>&1 &
PIDS+=("$!")
for port in 8000 5201; do
	wait_for 20 sh -c "ss -Hltn 'sport = :$port' | grep -q ." || fail "no server on port $port"
done

# The bits that the driver says it agreed upon with vhost-net (VIRTIO 1.2, 5.1.3), the latest, as words.
agreed()
{
	/usr/bin/python3 - "$1" <<'PY' || fail "the driver does not say what it agreed upon"
import re, sys
bits = int(re.findall(r"features after negotiate = (?:0x)?([0-9a-f]+)", open(sys.argv[1]).read())[-1], 16)
names = {0: "CSUM", 1: "GUEST_CSUM", 7: "GUEST_TSO4", 8: "GUEST_TSO6", 11: "HOST_TSO4", 12: "HOST_TSO6",
	15: "MRG_RXBUF", 22: "MQ"}
print(*(name for bit, name in names.items() if bits >> bit & 1))
PY
}

# The kernel's end: what it leaves to us, whatever we believe.
kernel_leaves()
{
	ethtool -k dlo0 >"$T/ethtool.out" 2>&1
	for feature in tx-checksum-ip-generic tx-tcp-segmentation tx-tcp6-segmentation; do
		grep -q "$feature: on" "$T/ethtool.out" || fail "$1: the kernel has $feature off"
	done
}

# try TYPE: the whole tour. Sets RATE.
try()
{
	start "$1" --file-prefix vm --log-level=pmd.net.virtio.init:debug -- --link "dlo0,type=$1" --idle adaptive \
		--json "$T/$1.json"
	ask "v['type'] == '$1' and v['link'] == 'up' and v['queues'] == 1"
	# Checksums and segmentation are the kernel's, both ways, and long frames may come in pieces.
	ask '{"checksum", "tso4", "tso6"} <= set(v["from_host"]) & set(v["to_host"]) and v["mergeable_buffers"] == "yes"'
	ask '{"TCP_CKSUM", "UDP_CKSUM", "TCP_LRO", "SCATTER"} <= set(v["rx_offloads"])'
	ask '{"TCP_CKSUM", "UDP_CKSUM", "TCP_TSO", "MULTI_SEGS"} <= set(v["tx_offloads"])'
	kernel_leaves "$1"
	# Debian's 6.1 has no UDP segmentation for such devices, and nobody says it had.
	grep -q 'tx-udp-segmentation: on' "$T/ethtool.out"
	ask "('uso' in v['from_host']) == ($? == 0)"
	if [ "$1" = virtio-user ]; then
		agreed "$T/$1.err" >"$T/agreed.out"
		echo "$1: agreed upon $(cat "$T/agreed.out")"
		[ "$(cat "$T/agreed.out")" = "CSUM GUEST_CSUM GUEST_TSO4 GUEST_TSO6 HOST_TSO4 HOST_TSO6 MRG_RXBUF" ] ||
			fail "not what was to be agreed upon"
	fi
	ping -n -c 3 -i 0.2 -W 5 198.18.0.2 >"$T/ping.out" 2>&1 || fail "$1: no answer"
	ping -n -c 3 -i 0.2 -W 5 -s 60000 198.18.0.2 >"$T/ping.out" 2>&1 || fail "$1: no answer to long frames"
	ping -n -c 3 -i 0.2 -W 5 2001:2::2 >"$T/ping.out" 2>&1 || fail "$1: no IPv6 answer"
	fetch 198.18.0.2
	fetch '[2001:2::2]'
	RATE=$(stream 198.18.0.2) || fail "$RATE"
	echo "$1: one TCP stream $RATE Mbit/s, IPv6 and backwards $(stream 2001:2::2 -R) Mbit/s"
	ask 'v["missed"] == 0'
	ip link set dlo0 down && ip link set dlo0 mtu 9000 && ip link set dlo0 up || fail "$1: down, MTU 9000, up"
	# The host loses its IPv6 address when its interface goes down.
	ping -n -c 3 -i 0.2 -W 5 -s 8972 -M do 198.18.0.2 >"$T/ping.out" 2>&1 || fail "$1: no answer after down and up"
	fetch 198.18.0.2
	stop "$PID"
	ip link show dev dlo0 >"$T/ip.out" 2>&1 && fail "$1: dlo0 outlives its dpdk-lo"
	# Frames came whole, not cut to the MTU of 1500 bytes: acknowledgements are half of them.
	check_report "$T/$1.json" 'all(x["bytes_rx"] / x["rx"] > 2000 for x in r.ports)' \
		'all(x["drops"]["bad_cksum"] + x["drops"]["tx_full"] == 0 for x in r.ports)'
}

echo "kernel $(uname -r), $(nproc) CPUs"

# Killed: the interface goes, and its name is free at once.
start killed --file-prefix vm -- --link dlo0,type=virtio-user
kill -9 "$PID"
wait "$PID" 2>/dev/null
wait_for 20 sh -c '! ip link show dev dlo0' || fail "dlo0 outlives a killed process"

try virtio-user
virtio=$RATE
try vtap
echo "virtio-user / vtap: $((virtio * 100 / RATE)) %"

# The longest frames that there are.
start whole --file-prefix vm -- --link dlo0,type=virtio-user,mtu=65521
ask 'v["mtu"] == 65521'
ping -n -c 3 -i 0.2 -W 5 -s 65000 -M do 198.18.0.2 >"$T/ping.out" 2>&1 || fail "no answer with an MTU of 65521"
fetch '[2001:2::2]'
stop "$PID"

# Two queues, a worker each; vhost's threads go where they like, not where we poll.
start queues --file-prefix vm --lcores '0@(0-1),1@0,2@1' -- --link dlo0,type=virtio-user,queues=2 \
	--idle adaptive --json "$T/queues.json"
ask 'v["queues"] == 2'
[ "$(find /sys/class/net/dlo0/queues -name 'tx-*' | wc -l)" = 2 ] || fail "the kernel has not two queues"
ps -eLo comm= -o tid= | awk '/^vhost/ { print $2 }' >"$T/vhost.out"
[ "$(wc -l <"$T/vhost.out")" = 2 ] || fail "not two threads of vhost"
while read -r tid; do
	grep -q '^Cpus_allowed_list:[[:space:]]*0-1$' "/proc/$tid/status" || fail "thread $tid of vhost is pinned"
done <"$T/vhost.out"
stream 198.18.0.2 -P 8 >"$T/queues.rate"
echo "virtio-user with two queues: eight streams $(cat "$T/queues.rate") Mbit/s"
# Each takes and gives a share of the flows.
ask 'min(v[f"{way}_q{q}_good_packets"] for way in ("rx", "tx") for q in (0, 1)) > 10' /ethdev/xstats,0
stop "$PID"
check_report "$T/queues.json" 'all(l["frames"] > 0 for l in r.lcores)'

check_host
