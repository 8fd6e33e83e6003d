# SPDX-License-Identifier: BSD-3-Clause
# shellcheck shell=bash
# What the localhost tests share; sourced after lib.sh.

"$DLO" --localhost off >"$T/off.out" 2>"$T/off.err" || {
	grep -q 'built without its BPF' "$T/off.err" && skip "built without --localhost"
	fail "--localhost off"
}
need curl iperf3 dpdk-telemetry.py tc

# State files of this machine's real dpdk-lo are none of ours.
mkdir -p /run/dpdk-lo
mount -t tmpfs -o mode=755 tmpfs /run/dpdk-lo || skip "cannot mount a private /run/dpdk-lo"
head -c 2000000 /dev/urandom >"$T/blob"

# lo_count KEY...: values of /dlo/localhost. In one process, for it is asked often, in slow machines too.
lo_count()
{
	/usr/bin/python3 -S -E - "$@" 2>/dev/null <<'PY'
import json, socket, sys
s = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
s.settimeout(10)
s.connect("/run/dpdk/smoke/dpdk_telemetry.v2")
s.recv(1024)
s.send(b"/dlo/localhost")
v = json.loads(s.recv(65536))["/dlo/localhost"]
print(*(v[key] for key in sys.argv[1:]))
PY
}

lo_all_out()
{
	lo_count out_tcp out_udp out_icmp out_other
}

is_carrying()
{
	[ "$(lo_count carrying)" = on ]
}

# undisturbed COMMAND...: it succeeds while localhost is carried. A machine with much to do may keep the
# poll loop from its core for so long that localhost goes by itself, as it has to: then once more.
undisturbed()
{
	local stalled
	for _ in $(seq 20); do
		wait_for 10 is_carrying || return 1
		stalled=$(lo_count native_stalled)
		"$@" && return
		[ "$(lo_count native_stalled)" != "$stalled" ] || return 1
		echo "once more, for the machine was busy elsewhere: $*"
	done
	return 1
}

# carried KEY COMMAND...: the command succeeds, and what it sends is counted under out_ and back_KEY.
carried()
{
	local key=$1 state stalled out back stalled_now out_now back_now
	shift
	for _ in $(seq 20); do
		wait_for 10 look_before "$key" || fail "nothing is carried before: $*"
		"$@" || fail "carried: $*"
		read -r stalled_now out_now back_now <<<"$(lo_count native_stalled "out_$key" "back_$key")"
		[ "$out_now" -gt "$out" ] && [ "$back_now" -gt "$back" ] && return
		[ "$stalled_now" != "$stalled" ] || break
		echo "once more, for the machine was busy elsewhere: $*"
	done
	fail "was not carried ($key): $*"
}

look_before()
{
	read -r state stalled out back <<<"$(lo_count carrying native_stalled "out_$1" "back_$1")"
	[ "$state" = on ]
}

# native COMMAND...: the command succeeds, and nothing of it is carried.
native()
{
	local before
	settle
	before=$(lo_all_out)
	"$@" || fail "native: $*"
	[ "$(lo_all_out)" = "$before" ] || fail "was carried: $*"
}

# Connections that were closed have said their last.
settle()
{
	local before=0 now=1
	for _ in $(seq 100); do
		now=$(lo_all_out)
		[ "$now" != "$before" ] || [ -n "$(ss -Hatn state connected exclude time-wait 'src 127.0.0.0/8 or src [::1]')" ] || return 0
		before=$now
		sleep 0.2
	done
	fail "localhost does not come to rest: $(ss -atn)"
}

# serve PORT ADDRESS: HTTP, the files of $T.
serve()
{
	(cd "$T" && exec /usr/bin/python3 -m http.server --bind "$2" "$1" >"$T/http$1.out" 2>&1) &
	PIDS+=("$!")
	wait_for 10 sh -c "ss -Hltn 'sport = :$1' | grep -q ." || fail "no web server on port $1"
}

# fetch AUTHORITY: the blob, whole and right.
fetch()
{
	curl -gsS --max-time 20 -o "$T/got" "http://$1/blob" 2>"$T/curl.err" && cmp -s "$T/got" "$T/blob"
}

# udp PORT SIZE [ADDRESS [CLIENT ADDRESS]]: a datagram of that size to a socket of our own, and back.
udp()
{
	/usr/bin/python3 - "$@" <<'PY'
import os, socket, sys
port, size = int(sys.argv[1]), int(sys.argv[2])
address = sys.argv[3] if len(sys.argv) > 3 else "127.0.0.1"
family = socket.AF_INET6 if ":" in address else socket.AF_INET
server, client = (socket.socket(family, socket.SOCK_DGRAM) for _ in range(2))
for s in (server, client):
    s.settimeout(5)
    s.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 20)
server.bind((address, port))
if len(sys.argv) > 4:
    client.bind((sys.argv[4], 0))
data = os.urandom(size)
client.sendto(data, (address, port))
got, peer = server.recvfrom(65535)
assert got == data, "there"
server.sendto(got[::-1], peer)
assert client.recvfrom(65535)[0] == data[::-1], "back"
PY
}
