#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause
# What crosses whole stays whole, in its order, and none of it is lost in the link: datagrams that one
# send made many of, TCP in frames longer than the MTU, flows spread over two queues.
. "$(dirname -- "$0")/lib.sh"
need dpdk-telemetry.py ethtool iperf3

# Sixty thousand bytes are one send, one frame and, where the kernel can (Linux 6.2), one receive.
udp_segments()
{
	/usr/bin/python3 - "$@" <<-'PY' >"$T/udp.out" 2>"$T/udp.err" || fail "UDP segments to $2: $(cat "$T/udp.err")"
	import os, socket, sys
	UDP_SEGMENT, UDP_GRO = 103, 104
	host, mirror, whole, segment = sys.argv[1], sys.argv[2], sys.argv[3] == "on", int(sys.argv[4])
	family = socket.AF_INET6 if ":" in host else socket.AF_INET
	server, client = (socket.socket(family, socket.SOCK_DGRAM) for _ in range(2))
	server.settimeout(10)
	server.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 21)
	server.setsockopt(socket.IPPROTO_UDP, UDP_GRO, 1)
	server.bind((host, 0))
	client.setsockopt(socket.IPPROTO_UDP, UDP_SEGMENT, segment)
	for _ in range(20):
	    data, got, pieces = os.urandom(60000), b"", 0
	    client.sendto(data, (mirror, server.getsockname()[1]))
	    while len(got) < len(data):
	        piece, source = server.recvfrom(65535)
	        got, pieces = got + piece, pieces + 1
	        assert source[0] == mirror, source
	    assert got == data
	    assert not whole or pieces == 1, f"{pieces} pieces"
	PY
}

# Sixty-four flows, twenty datagrams each: every one comes, after the one before it.
flows_in_order()
{
	/usr/bin/python3 - <<-'PY' 2>"$T/flows.err" || fail "flows over two queues: $(cat "$T/flows.err")"
	import socket
	server = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
	server.settimeout(10)
	server.bind(("198.18.0.1", 0))
	clients = [socket.socket(socket.AF_INET, socket.SOCK_DGRAM) for _ in range(64)]
	seen = {}
	for client in clients:
	    client.connect(("198.18.0.2", server.getsockname()[1]))
	for number in range(20):
	    for client in clients:
	        client.send(number.to_bytes(2, "big"))
	    for _ in clients:
	        data, source = server.recvfrom(100)
	        assert int.from_bytes(data, "big") == seen.get(source, -1) + 1, source
	        seen[source] = seen.get(source, -1) + 1
	assert len(seen) == 64 and set(seen.values()) == {19}, seen
	PY
}

# Whatever TCP may send again on a busy machine: not because the link lost something.
tcp_streams()
{
	iperf3 -s -1 >"$T/iperf.out" 2>&1 &
	PIDS+=("$!")
	wait_for 20 sh -c 'ss -Hltn "sport = :5201" | grep -q .' || fail "no iperf3 server"
	timeout 60 iperf3 -c 198.18.0.2 -P 4 -n 400M >"$T/iperf.err" 2>&1 || fail "iperf3: $(tail -n 3 "$T/iperf.err")"
}

# What the link has lost so far, whoever lost it. While it comes up and goes, the kernel may throw away
# a word of its own (MLD).
lost()
{
	echo /dlo/stats,net_vtap_dlo0 | timeout 20 dpdk-telemetry.py -f smoke 2>"$T/telemetry.err" | /usr/bin/python3 -c '
import json, sys
stats = json.load(sys.stdin)["/dlo/stats"]
print(sum(stats[name] for name in ("missed", "no_mbuf", "drop_tx_full", "drop_too_big", "drop_bad_cksum")))'
}

# none_lost COMMAND...
none_lost()
{
	local before after
	before=$(lost) || fail "no telemetry"
	"$@"
	after=$(lost) || fail "no telemetry"
	[ "$after" = "$before" ] || fail "$((after - before)) frames were lost in the link: $*"
}

remember_host
for mtu in 1500 65521; do
	start lo --file-prefix smoke -- --link dlo0,mtu=$mtu --json "$T/r.json"
	uso=$(ethtool -k dlo0 | sed -n 's/^tx-udp-segmentation: \(on\|off\).*/\1/p')
	none_lost udp_segments 198.18.0.1 198.18.0.2 "$uso" 1400
	none_lost udp_segments 2001:2::1 2001:2::2 "$uso" 1200
	none_lost tcp_streams
	stop "$PID"
	check_report "$T/r.json" 'all(x["bytes_rx"] / x["rx"] > 4000 for x in r.ports)'
done

cpus=$(sed -n 's/^Cpus_allowed_list:[[:space:]]*//p' /proc/self/status)
start lo --file-prefix smoke --lcores "0@($cpus),1@($cpus),2@($cpus)" -- --link dlo0,queues=2 --idle adaptive --json "$T/r.json"
none_lost flows_in_order
none_lost udp_segments 198.18.0.1 198.18.0.2 "$uso" 1400
none_lost tcp_streams
stop "$PID"
check_report "$T/r.json" 'all(l["frames"] > 100 for l in r.lcores)'
check_host
