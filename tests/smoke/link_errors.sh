#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause
# Errors find their way back through the link: refused connections, ICMP errors with the quoted
# addresses swapped, traceroute, path MTU.
. "$(dirname -- "$0")/lib.sh"
need traceroute

remember_host
start lo -- --json "$T/r.json"
/usr/bin/python3 - >"$T/py.out" 2>&1 <<'PY' || fail "errors do not come back"
import errno, socket, sys
for family, target in ((socket.AF_INET, "198.18.0.2"), (socket.AF_INET6, "2001:2::2")):
    with socket.socket(family, socket.SOCK_STREAM) as tcp:
        tcp.settimeout(5)
        error = tcp.connect_ex((target, 4))
        assert error == errno.ECONNREFUSED, (target, "tcp", errno.errorcode.get(error, error))
    with socket.socket(family, socket.SOCK_DGRAM) as udp:
        udp.settimeout(5)
        udp.connect((target, 4))
        udp.send(b"anybody there?")
        try:
            udp.recv(100)
            raise AssertionError((target, "udp", "an answer"))
        except ConnectionRefusedError:
            pass
print("refused, all of them")
PY
traceroute -n -w 2 -q 1 -m 3 198.18.0.2 >"$T/tr4.out" 2>&1 || fail "traceroute"
grep -Eq '^ *1 +198\.18\.0\.2 ' "$T/tr4.out" || fail "traceroute does not see 198.18.0.2"
traceroute -6 -n -w 2 -q 1 -m 3 2001:2::2 >"$T/tr6.out" 2>&1 || fail "traceroute -6"
grep -Eq '^ *1 +2001:2::2 ' "$T/tr6.out" || fail "traceroute does not see 2001:2::2"
stop "$PID"
check_host
check_report "$T/r.json"
