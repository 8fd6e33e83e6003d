#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause
# --localhost --latency: who talks to whom, how long frames are inside and answers take, as telemetry,
# live, as a table and as JSON.
. "$(dirname -- "$0")/lib.sh"
. "$(dirname -- "$0")/localhost_lib.sh"
need ping

# pairs PYTHON-EXPRESSION: over all pages of /dlo/localhost; t(proto, client, server, port) is a pair.
pairs()
{
	/usr/bin/python3 - "$T/pages" "$1" <<'PY'
import json, subprocess, sys
found, first, pairs = {}, 0, None
while pairs is None or first < pairs:
    command = "/dlo/localhost" + (f",{first}" if first else "")
    text = subprocess.run(["dpdk-telemetry.py", "-f", "smoke"], input=command, capture_output=True, text=True, timeout=20).stdout
    page = json.loads(text)["/dlo/localhost"]
    pairs = page["pairs"]
    rows = {int(key): row for key, row in page.items() if key.isdigit()}
    assert sorted(rows) == list(range(first, min(first + 12, pairs))), (first, pairs, sorted(rows))
    for row in rows.values():
        found[row["proto"], row["client"], row["server"], row["port"]] = row
    first += 12
t = lambda *key: found[key]
sys.exit(0 if eval(sys.argv[2], {"t": t, "found": found, "len": len, "sum": sum, "all": all}) else print(found) or 1)
PY
}

serve 8080 127.0.0.1
serve 8081 ::1
remember_host

# udp_ports FIRST LAST: a datagram to each and its answer.
udp_ports()
{
	timeout 60 /usr/bin/python3 - "$@" <<'PY'
import socket, sys
for port in range(int(sys.argv[1]), int(sys.argv[2]) + 1):
    server, client = (socket.socket(socket.AF_INET, socket.SOCK_DGRAM) for _ in range(2))
    server.bind(("127.0.0.1", port))
    client.sendto(b"question", server.getsockname())
    server.sendto(b"answer", server.recvfrom(100)[1])
    assert client.recv(100) == b"answer"
PY
}

# What the numbers below are of. It ends where something was left out of them.
talk()
{
	for _ in 1 2 3; do
		carried tcp fetch 127.0.0.1:8080
	done
	carried tcp fetch '[::1]:8081'
	carried icmp ping -n -q -c 4 -i 0.05 -I 127.0.0.7 127.0.0.1
	[ "$(lo_count native_stalled)" = 0 ] || return
	udp_ports 5400 5429 || fail "udp"
	ip link set lo mtu 1500
	carried udp udp 5353 20000 # in fragments
	ip link set lo mtu 65536
	settle
}

# All of it has to be carried, and so it begins anew where a busy machine let something go by itself.
for try in 1 2 3 4 5 6 7 8; do
	start watch --file-prefix smoke -- --localhost --latency --stats 0.5 --json "$T/watch.json"
	talk
	[ "$(lo_count native_stalled)" = 0 ] && break
	stop "$PID"
	[ "$try" -lt 8 ] || skip "this machine keeps a poll loop from its core for 40 ms every few seconds"
done
pairs "t('tcp', '127.0.0.1', '127.0.0.1', 8080)['connections'] == 3" || fail "connections"
pairs "t('tcp', '127.0.0.1', '127.0.0.1', 8080)['bytes_to_client'] > 3 * 2000000" || fail "bytes"
pairs "t('tcp', '127.0.0.1', '127.0.0.1', 8080)['round_trip_count'] == 3" || fail "round trips of HTTP"
pairs "t('tcp', '::1', '::1', 8081)['round_trip_count'] == 1" || fail "over IPv6"
pairs "t('icmp', '127.0.0.7', '127.0.0.1', 0)['round_trip_count'] == 4" || fail "pings"
pairs "all(t('udp', '127.0.0.1', '127.0.0.1', port)['round_trip_count'] == 1 for port in range(5400, 5430))" || fail "udp"
pairs "all(row['residence_count'] == row['frames_to_server'] + row['frames_to_client'] for row in found.values())" ||
	fail "not every frame has a time inside"
pairs "all(0 < row['residence_min_ns'] <= row['residence_p50_ns'] <= row['residence_p99_ns'] <= row['residence_max_ns'] for row in found.values())" ||
	fail "times inside are in no order"
count=$(echo /dlo/latency,dlo0 | dpdk-telemetry.py -f smoke | sed 's/.*"count": \([0-9]*\).*/\1/')
[ "$count" -ge 100 ] || fail "/dlo/latency counts $count frames"
echo /dlo/latency_buckets,dlo0 | dpdk-telemetry.py -f smoke >"$T/buckets.out"
/usr/bin/python3 - "$T/buckets.out" "$count" <<'PY' || fail "/dlo/latency_buckets: $(cat "$T/buckets.out")"
import json, sys
b = json.load(open(sys.argv[1]))["/dlo/latency_buckets"]
assert len(b["ns"]) == len(b["frames"]) > 0
assert b["ns"] == sorted(set(b["ns"])) and 0 not in b["frames"]
assert sum(b["frames"]) >= int(sys.argv[2])
PY
wait_for 10 grep -q 'tcp 127.0.0.1 -> 127.0.0.1:8080 .*pps .*bit/s, .* new | answers p50 .* p99 .* | inside p50' "$T/watch.out" ||
	fail "the live view does not say who talks"
[ "$(grep -c 'udp 127.0.0.1 -> 127.0.0.1:54' "$T/watch.out")" -le 60 ] || fail "the live view says all of it"
stop "$PID"
grep -q 'who talks to whom on localhost' "$T/watch.out" || fail "no table"
grep -Eq '^  icmp 127.0.0.7 -> 127.0.0.1 +4 +4 +0 +[0-9.]+ [mu]s, ' "$T/watch.out" || fail "no row for pings"
grep -Eq '^  latency +[0-9,]+ +frames inside for p50 ' "$T/watch.out" || fail "no row for the port"
# Every carried frame is somebody's.
check_report "$T/watch.json" \
	'sum(t["frames_to_server"] + t["frames_to_client"] for t in r.localhost) <= p.net_vtap_dlo0.reflected' \
	'sum(t["residence_ns"]["count"] for t in r.localhost) == sum(t["frames_to_server"] + t["frames_to_client"] for t in r.localhost)' \
	'p.net_vtap_dlo0.residence_ns.count == p.net_vtap_dlo0.tx' \
	'r.localhost[0]["port"] == 8080 and r.localhost[0]["bytes_to_client"] > 6000000'
back=$(sed -n 's/^localhost given back to lo: \([0-9]*\) tcp, \([0-9]*\) udp, \([0-9]*\) icmp, \([0-9]*\) other.*/\1 + \2 + \3 + \4/p' "$T/watch.out")
check_report "$T/watch.json" "sum(t['frames_to_server'] + t['frames_to_client'] for t in r.localhost) == $back"
check_host

# Without --latency: who talks, and no times. Impaired: what waits is inside, for as long as it was asked to.
start short --file-prefix smoke -- --localhost tcp:8080
carried tcp fetch 127.0.0.1:8080
echo /dlo/latency,dlo0 | dpdk-telemetry.py -f smoke | grep -q 'not measured' || fail "/dlo/latency without --latency"
echo /dlo/latency_buckets,dlo0 | dpdk-telemetry.py -f smoke | grep -q 'not measured' ||
	fail "/dlo/latency_buckets without --latency"
pairs "len(found) == 1 and 'residence_count' not in t('tcp', '127.0.0.1', '127.0.0.1', 8080)" || fail "without --latency"
stop "$PID"
start held --file-prefix smoke -- --localhost --latency --impair delay=30ms@localhost
carried icmp ping -n -q -c 4 -i 0.05 127.0.0.1
pairs "t('icmp', '127.0.0.1', '127.0.0.1', 0)['residence_min_ns'] >= 29900000" || fail "held frames are not inside"
pairs "t('icmp', '127.0.0.1', '127.0.0.1', 0)['round_trip_min_ns'] >= 29900000" || fail "answers wait too"
stop "$PID"
check_host
