# SPDX-License-Identifier: BSD-3-Clause
# shellcheck shell=bash
# What is less usual on localhost, each to an ADDRESS; sourced after localhost_lib.sh.

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

has_sctp()
{
	/usr/bin/python3 -c 'import socket; socket.socket(socket.AF_INET, socket.SOCK_STREAM, 132)' 2>/dev/null
}

# Messages and a stream's worth of them, both ways.
sctp()
{
	/usr/bin/python3 - "$1" <<'PY'
import os, socket, sys
family = socket.AF_INET6 if ":" in sys.argv[1] else socket.AF_INET
server, client = (socket.socket(family, socket.SOCK_STREAM, 132) for _ in range(2))
server.bind((sys.argv[1], 0))
server.listen()
client.settimeout(20)
client.connect(server.getsockname())
peer, _ = server.accept()
peer.settimeout(20)
for sender, receiver in ((client, peer), (peer, client)):
    for size in (1, 1400, 50000):
        data = os.urandom(size)
        sender.sendall(data)
        got = b""
        while len(got) < size:
            got += receiver.recv(65536)
        assert got == data, size
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
