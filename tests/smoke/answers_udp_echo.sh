#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause
# UDP echo on the host link, by ordinary sockets: what comes back, to whom, and how often.
. "$(dirname -- "$0")/lib.sh"
need python3

cat >"$T/echo.py" <<'PY'
import os, socket, sys, time

def client(family, target, port, source=None, sport=0):
	s = socket.socket(family, socket.SOCK_DGRAM)
	s.bind((source or ("0.0.0.0" if family == socket.AF_INET else "::"), sport))
	s.connect((target, port))
	s.settimeout(2)
	return s

def echoes(s, data, wait=2):
	s.settimeout(wait)
	s.send(data)
	try:
		return s.recv(65535) == data
	except OSError:
		return False

four, six = socket.AF_INET, socket.AF_INET6
for family, target in ((four, "198.18.0.2"), (four, "198.19.7.7"), (six, "2001:2::2")):
	s = client(family, target, 7)
	for size in (0, 1, 17, 1000, 1472, 9000, 65000):
		# Larger than the interface's MTU the kernel fragments it: bulk, which comes back, too.
		assert echoes(s, os.urandom(size)), (target, size)
# A port that is a service's own, on either side.
for sport in (7, 19, 53, 123, 862, 1023):
	s = client(four, "198.18.0.2", 7, sport=sport)
	assert not echoes(s, b"loop?", 0.2), sport
# A flood: at most the rate and what was saved up come back.
rate = int(sys.argv[1])
s = client(four, "198.18.0.3", 7)
s.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 22)
end, sent, got = time.monotonic() + 1, 0, 0
s.setblocking(False)
while time.monotonic() < end:
	for _ in range(50):
		try:
			s.send(b"flood")
			sent += 1
		except OSError:
			break
	try:
		while True:
			s.recv(100)
			got += 1
	except OSError:
		pass
s.settimeout(0.3)
try:
	while True:
		s.recv(100)
		got += 1
except OSError:
	pass
assert sent > 5 * rate, (sent, "is no flood")
assert rate / 2 <= got <= 2 * rate + 64, (sent, got, rate)
PY

remember_host
start lo -- --udp-echo port=7 --answer-rate 2000 --json "$T/r.json"
/usr/bin/python3 "$T/echo.py" 2000 >"$T/echo.out" 2>&1 || fail "echo: $(cat "$T/echo.out")"
stop "$PID"
check_host
check_report "$T/r.json" 'all(x["answered"]["udp_echo"] >= 1000 for x in r.ports)' \
	'all(x["drops"]["rate_limited"] > 1000 for x in r.ports)' \
	'all(x["drops"]["src_port"] == 6 for x in r.ports)'

# Another source than the allowed ones, and none at all without --udp-echo.
start lo -- --udp-echo port=7 --allow 203.0.113.0/24 --json "$T/r.json"
/usr/bin/python3 - <<'PY' || fail "a source that is not allowed is served"
import socket
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.connect(("198.18.0.2", 7))
s.settimeout(0.3)
s.send(b"x")
try:
	s.recv(10)
	raise SystemExit(1)
except OSError:
	pass
PY
stop "$PID"
check_report "$T/r.json" 'all(x["drops"]["not_allowed"] == 1 for x in r.ports)'
