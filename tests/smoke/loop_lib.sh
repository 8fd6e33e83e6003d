# SPDX-License-Identifier: BSD-3-Clause
# shellcheck shell=bash
# What the tests of the loop guard share; sourced after lib.sh. Appliances are named by what start() was
# given, their process ids are in $lo, $a, $b.

# plan PID PORT KEY: what the port's plan says.
plan()
{
	telemetry "$1" "/dlo/plan,$2" "v[\"$3\"]"
}

# is PID PORT stopped|none
is()
{
	[ "$(plan "$1" "$2" loop)" = "$3" ]
}

# verdicts PID PORT KEY: a counter of the port.
verdicts()
{
	telemetry "$1" "/dlo/stats,$2" "v[\"$3\"]"
}

more()
{
	[ "$(verdicts "$1" "$2" "$3")" -ge "$4" ]
}

# probed PID PORT COUNT: at least so many probes were sent.
probed()
{
	[ "$(plan "$1" "$2" loop_probes)" -ge "$3" ]
}

# found NAME PID PORT TIMES: there is a loop, found soon as it says itself, counted, and so often it was said.
# The bound has room for a machine that is busy: docs/protocols.md has what a quiet one takes.
found()
{
	local ms
	wait_for 30 is "$2" "$3" stopped || fail "$1 finds no loop on $3"
	[ "$(plan "$2" "$3" loops)" = "$4" ] || fail "$1 counts $(plan "$2" "$3" loops) loops, not $4"
	[ "$(grep -c 'comes back to it' "$T/$1.err")" = "$4" ] || fail "$1 does not say it $4 times"
	ms=$(plan "$2" "$3" loop_found_ms)
	[ "$ms" -gt 0 ] && [ "$ms" -lt 10000 ] || fail "$1 takes $ms ms to find it"
	wait_for 10 more "$2" "$3" drop_loop 1 || fail "$1 drops nothing as loop"
}

# gone NAME PID PORT TIMES: it is over, and so often that was said.
gone()
{
	wait_for 60 is "$2" "$3" none || fail "the loop of $1 on $3 does not end"
	[ "$(grep -c 'the loop is gone' "$T/$1.out")" = "$4" ] || fail "$1 does not say $4 times that it is gone"
}

# send IFACE DST SRC [COUNT]: UDP of two strangers between two stations.
send()
{
	/usr/bin/python3 - "$@" <<'PY'
import socket, struct, sys
s = socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
s.bind((sys.argv[1], 0))
dst, src = (bytes.fromhex(x.replace(":", "")) for x in sys.argv[2:4])
ip = struct.pack("!BBHHHBBH4s4s", 0x45, 0, 46, 1, 0, 64, 17, 0, socket.inet_aton("198.18.0.1"),
    socket.inet_aton("198.51.100.7"))
total = sum(struct.unpack("!10H", ip))
total = (total & 0xffff) + (total >> 16)
ip = ip[:10] + struct.pack("!H", 0xffff - (total & 0xffff) - (total >> 16)) + ip[12:]
udp = struct.pack("!HHHH", 1000, 2000, 26, 0) + bytes(18)
for _ in range(int(sys.argv[4]) if len(sys.argv) > 4 else 1):
    s.send(dst + src + b"\x08\x00" + ip + udp)
PY
}

mac_of()
{
	ip -o link show "$1" | sed 's/.*link.ether //; s/ .*//'
}
