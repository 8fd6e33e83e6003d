#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause
# The host's own localhost, carried: every protocol, port filters, what stays native.
. "$(dirname -- "$0")/lib.sh"
. "$(dirname -- "$0")/localhost_lib.sh"
need ping

iperf()
{
	timeout 30 iperf3 -t 1 -J -c "$@" >"$T/iperf.json" 2>"$T/iperf.err" &&
		/usr/bin/python3 - "$T/iperf.json" <<-'PY'
		import json, sys
		end = json.load(open(sys.argv[1]))["end"]
		sys.exit(0 if end.get("sum_received", end.get("sum"))["bytes"] > 1_000_000 else 1)
		PY
}

pinging()
{
	ping -n -q -c 3 -i 0.1 -W 2 "$@" >"$T/ping.out" 2>&1
}

ip addr add 192.0.2.7/32 dev lo
serve 8080 127.0.0.1
serve 8081 ::
iperf3 -s -D -I "$T/iperf.pid" >/dev/null 2>&1
wait_for 10 sh -c "ss -Hltn 'sport = :5201' | grep -q ." || fail "no iperf3 server"
PIDS+=("$(tr -d '\0' <"$T/iperf.pid")")
remember_host

# Everything.
start all --file-prefix smoke -- --localhost --json "$T/all.json"
[ "$(cat /proc/sys/net/ipv4/conf/lo/route_localnet)$(cat /proc/sys/net/ipv4/conf/lo/accept_local)" = 11 ] ||
	fail "sysctls of lo are not set"
[ "$(cat /proc/sys/net/ipv4/conf/all/route_localnet)$(cat /proc/sys/net/ipv4/conf/all/accept_local)" = 00 ] ||
	fail "sysctls of all interfaces are set"
carried icmp pinging 127.0.0.1
carried icmp pinging -I 127.0.0.5 127.77.0.1
carried icmp pinging ::1
carried icmp pinging -s 65000 127.0.0.1
carried tcp fetch 127.0.0.1:8080
carried tcp fetch '[::1]:8081'
carried tcp iperf 127.0.0.1 -P 4
carried tcp iperf ::1 -R
carried udp iperf 127.0.0.1 -u -b 100M -l 1400
carried udp iperf ::1 -u -b 100M -l 40000
carried udp udp 5353 1
carried udp udp 5353 65507
carried udp udp 5353 65480 ::1
[ "$(lo_count native_gone)$(lo_count native_off)" = 00 ] || fail "packets went native for no reason"
# The counts of the programs are those of the pipeline: nothing is lost on the way.
rx=$(echo /dlo/stats,dlo0 | dpdk-telemetry.py -f smoke | sed 's/.*"reflected": \([0-9]*\).*/\1/')
[ "$rx" -ge "$(lo_count back_tcp)" ] || fail "the pipeline saw $rx frames only"

# An error that comes back as ICMP, from a port where nobody is.
/usr/bin/python3 - <<'PY' || fail "no ECONNREFUSED over UDP"
import socket
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.settimeout(5)
s.connect(("127.0.0.1", 9))
s.send(b"x")
try:
    s.recv(10)
except ConnectionRefusedError:
    raise SystemExit(0)
raise SystemExit(1)
PY

# Fragments of both families.
ip link set lo mtu 1500
carried icmp pinging -s 20000 127.0.0.1
carried udp udp 5353 65507
carried udp udp 5353 60000 ::1
carried tcp fetch 127.0.0.1:8080
ip link set lo mtu 65536

# Native as ever: own addresses that are no loopback addresses, broadcast, multicast, link-local.
native pinging 192.0.2.7
native pinging 198.18.0.1
native /usr/bin/python3 - <<'PY'
import socket
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.settimeout(5)
s.setsockopt(socket.SOL_SOCKET, socket.SO_BROADCAST, 1)
s.bind(("", 5354))
s.sendto(b"x", ("127.255.255.255", 5354))
assert s.recv(10) == b"x"
PY
native udp 5355 100 192.0.2.7
native /usr/bin/python3 - <<'PY'
import socket
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.settimeout(5)
s.bind(("", 5356))
s.setsockopt(socket.IPPROTO_IP, socket.IP_ADD_MEMBERSHIP, socket.inet_aton("239.1.2.3") + socket.inet_aton("127.0.0.1"))
s.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_IF, socket.inet_aton("127.0.0.1"))
s.sendto(b"x", ("239.1.2.3", 5356))
assert s.recv(10) == b"x"
PY
local6=$(ip -6 -o addr show dev dlo0 scope link | awk '{ sub("/.*", "", $4); print $4; exit }')
[ -z "$local6" ] || native pinging "$local6%dlo0"

# A link that is set down carries nothing, and carries again.
ip link set dlo0 down
wait_for 20 sh -c 'echo /dlo/localhost | dpdk-telemetry.py -f smoke | grep -q "carrying\": \"off"' || fail "a link that is down carries"
native fetch 127.0.0.1:8080
ip link set dlo0 up
carried tcp fetch 127.0.0.1:8080

# One instance per namespace.
"$DLO" --file-prefix smoke2 -- --link dlo9,ip=10.9.0.1/24 --localhost >"$T/two.out" 2>"$T/two.err" && fail "two carry localhost"
grep -q 'is carried by another dpdk-lo' "$T/two.err" || fail "two: says something else"
"$DLO" --localhost off >"$T/off.out" 2>"$T/off.err" && fail "off takes it away from a living one"
stop "$PID"
grep -q 'localhost carried from lo' "$T/all.out" || fail "no counts in the final report"
check_host
[ -z "$(ls /run/dpdk-lo)" ] || fail "a state file stays behind"
tc qdisc show dev lo | grep -q clsact && fail "a clsact stays behind"
check_report "$T/all.json" 'p.net_vtap_dlo0.drops.mcast_src == 0'

# Only some ports, of either side.
start spec --file-prefix smoke -- --localhost tcp:8080,udp:53
carried tcp fetch 127.0.0.1:8080
carried udp udp 53 1000
carried udp udp 53 1000 ::1
native fetch '[::1]:8081'
native udp 54 1000
native pinging 127.0.0.1
ip link set lo mtu 1500
carried udp udp 53 20000 # the first fragment alone
ip link set lo mtu 65536
stop "$PID"
check_host
