#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause
# Carried localhost: what is less usual on it (Fast Open, segmentation offloads, SCTP, protocols without
# ports), with no more rights than it needs, in two network namespaces at once; the way back by hand.
. "$(dirname -- "$0")/lib.sh"
. "$(dirname -- "$0")/localhost_lib.sh"
need setpriv nstat

fast_open()
{
	sysctl -qw net.ipv4.tcp_fastopen=3
	timeout 20 /usr/bin/python3 - "$1" <<'PY'
import socket, sys, threading
family = socket.AF_INET6 if ":" in sys.argv[1] else socket.AF_INET
server = socket.socket(family, socket.SOCK_STREAM)
server.setsockopt(socket.IPPROTO_TCP, socket.TCP_FASTOPEN, 16)
server.bind((sys.argv[1], 0))
server.listen()
def serve():
    for _ in range(3):
        peer, _ = server.accept()
        peer.sendall(peer.recv(100)[::-1])
        peer.close()
threading.Thread(target=serve, daemon=True).start()
for _ in range(3):  # the first one gets the cookie
    client = socket.socket(family, socket.SOCK_STREAM)  # blocking: nothing waits for a SYN with data
    client.sendto(b"hello", socket.MSG_FASTOPEN, server.getsockname())
    assert client.recv(100) == b"olleh"
PY
}

# One send of many datagrams: the kernel cuts it behind us, or not at all.
udp_segments()
{
	/usr/bin/python3 - "$1" <<'PY'
import os, socket, sys
UDP_SEGMENT = 103
family = socket.AF_INET6 if ":" in sys.argv[1] else socket.AF_INET
server, client = (socket.socket(family, socket.SOCK_DGRAM) for _ in range(2))
server.settimeout(5)
server.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 21)
server.bind((sys.argv[1], 0))
client.setsockopt(socket.IPPROTO_UDP, UDP_SEGMENT, 1400)
for _ in range(10):
    data = os.urandom(60000)
    client.sendto(data, server.getsockname())
    got = b"".join(server.recv(65535) for _ in range((60000 + 1399) // 1400))
    assert got == data
PY
}

# Small segments in large frames, both ways at once, with the sums finished by whoever has to.
tcp_segments()
{
	/usr/bin/python3 - "$1" "$2" <<'PY'
import hashlib, os, socket, sys, threading
family = socket.AF_INET6 if ":" in sys.argv[1] else socket.AF_INET
server = socket.socket(family, socket.SOCK_STREAM)
server.setsockopt(socket.IPPROTO_TCP, socket.TCP_MAXSEG, int(sys.argv[2]))
server.bind((sys.argv[1], 0))
server.listen()
data = os.urandom(8 << 20)
def talk(sock, result):
    threading.Thread(target=lambda: (sock.sendall(data), sock.shutdown(socket.SHUT_WR)), daemon=True).start()
    digest = hashlib.sha256()
    while chunk := sock.recv(1 << 20):
        digest.update(chunk)
    result.append(digest.digest())
results = []
def serve():
    talk(server.accept()[0], results)
thread = threading.Thread(target=serve)
thread.start()
client = socket.create_connection(server.getsockname()[:2], 5)
client.settimeout(20)
talk(client, results)
thread.join(20)
assert results == [hashlib.sha256(data).digest()] * 2
PY
}

sctp()
{
	/usr/bin/python3 - "$1" <<'PY'
import socket, sys, threading
family = socket.AF_INET6 if ":" in sys.argv[1] else socket.AF_INET
try:
    server, client = (socket.socket(family, socket.SOCK_STREAM, 132) for _ in range(2))
except OSError as error:
    print(f"SCTP is left out: {error}")
    raise SystemExit(77)
server.bind((sys.argv[1], 0))
server.listen()
client.settimeout(5)
client.connect(server.getsockname())
peer, _ = server.accept()
client.sendall(b"x" * 50000)
got = 0
while got < 50000:
    got += len(peer.recv(65536))
peer.sendall(b"thanks")
assert client.recv(100) == b"thanks"
PY
}

# IP protocol 253, of experiments (RFC 3692).
raw()
{
	/usr/bin/python3 - "$1" <<'PY'
import socket, sys
family = socket.AF_INET6 if ":" in sys.argv[1] else socket.AF_INET
server, client = (socket.socket(family, socket.SOCK_RAW, 253) for _ in range(2))
server.settimeout(5)
server.bind((sys.argv[1], 0))
client.sendto(b"payload", (sys.argv[1], 0))
assert server.recv(2000).endswith(b"payload")
PY
}

# A root with these rights and no others.
cat >"$T/few" <<FEW
#!/bin/sh
exec setpriv --bounding-set -all,+net_admin,+bpf,+perfmon --inh-caps -all -- "$DLO" "\$@"
FEW
chmod 755 "$T/few"
root_dlo=$DLO
remember_host
DLO=$T/few
start few --file-prefix smoke -- --localhost
DLO=$root_dlo
for address in 127.0.0.1 ::1; do
	carried tcp fast_open "$address"
	carried udp udp_segments "$address"
	carried tcp tcp_segments "$address" 1000
	carried tcp tcp_segments "$address" 32741
	carried tcp tcp_segments "$address" 9000
	carried other raw "$address"
done
nstat -az TcpExtTCPFastOpenActive TcpExtTCPFastOpenPassive | awk '/^TcpExt/ { n += $2 > 0 } END { exit n != 2 }' ||
	fail "no connection was opened fast"
sctp 127.0.0.1 >"$T/sctp.out"
case $? in
0) carried other sctp 127.0.0.1 && carried other sctp ::1 ;;
77) cat "$T/sctp.out" ;;
*) fail "SCTP" ;;
esac

# Another network namespace is another localhost.
carried_here=$(lo_all_out)
run_quiet other unshare -n sh -c "ip link set lo up; exec '$DLO' --file-prefix smoke2 -- --localhost"
other=$PID
wait_for 20 ready_or_dead other "$other" && grep -qx 'dpdk-lo: ready' "$T/other.out" || fail "no second one in another namespace"
# The shell has become dpdk-lo: its namespace is the other one.
nsenter -t "$other" -n ping -n -q -c 2 -i 0.1 127.0.0.1 >"$T/ping.out" || fail "localhost of the other namespace"
echo /dlo/localhost | dpdk-telemetry.py -f smoke2 | grep -q '"out_icmp": [1-9]' || fail "is not carried in the other namespace"
[ "$(lo_all_out)" = "$carried_here" ] || fail "one namespace's localhost goes through another"
kill -INT "$other"
finish "$other" || fail "the second one ends badly"
stop "${PIDS[0]}"
check_host

# Killed, and put right with nothing but the documented lines.
start killed --file-prefix smoke -- --localhost
kill -9 "$PID"
wait "$PID" 2>/dev/null
rm -rf /run/dpdk/smoke
sed -n '/^sysctl -w net.ipv4.conf.lo/,/^```/p' "$SMOKE/../../docs/guide/localhost.md" | grep -v '^```' >"$T/lines"
[ "$(wc -l <"$T/lines")" -ge 2 ] || fail "the guide has no lines to put lo right"
bash -e "$T/lines" >"$T/lines.out" 2>&1 || fail "the guide's lines fail"
check_host
[ -z "$(tc filter show dev lo egress)" ] || fail "a filter stays behind"
