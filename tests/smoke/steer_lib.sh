# SPDX-License-Identifier: BSD-3-Clause
# shellcheck shell=bash disable=SC2034,SC2154
# --steer on an interface in use, dlp0: the rules' frames come back, all else reaches the kernel, before,
# while, after, and after a kill; nothing stays on the interface. For steer*.sh, behind lib.sh.
#
#   $PORT      the port's name
#   $VDEV      what makes it
#   steered    succeeds while something of ours is on the interface
need ethtool ping iperf3

begin()
{
	make_peer
	ip addr add 192.0.2.1/24 dev dlp0
	in_peer ip addr add 192.0.2.9/24 dev peer0
	# AF_PACKET takes tags out of what it shows otherwise, and these have to be seen.
	in_peer ethtool -K peer0 rxvlan off txvlan off >/dev/null 2>&1
	mac=$(ip -o link show dlp0 | sed 's/.*link.ether \([^ ]*\).*/\1/')
	port=(--vdev "$VDEV")
	remember_host
	"$DLO" "${port[@]}" -- --steer 'udp dst port 862' --duration 0.1 >"$T/try.out" 2>"$T/try.err" ||
		{ grep -q 'built without' "$T/try.err" && skip "built without what it takes"; fail "does not start"; }
	clean "at the start"
}

clean()
{
	! steered || fail "something stays on the interface: $1"
	check_host
}

which_frames()
{
	start lo "${port[@]}" -- --mode mac --accept any --answer none --json "$T/r.json" \
		--steer 'udp dst port 862 or ether proto 0x88b6' --steer 'vlan 7 and tcp' \
		--steer 'src net 198.51.100.0/24 or host 2001:db8:7::77' \
		--steer 'ether src 02:00:00:00:00:77 or portrange 7000-7002'
	steered || fail "nothing of ours is on the interface"
	in_peer "$SMOKE/steer_frames.py" peer0 "$mac" >"$T/frames.out" 2>&1 || fail "other frames than asked for"
	stop "$PID"
	check_report "$T/r.json" "p.$PORT.rx == $(tail -n 1 "$T/frames.out")"
	clean "after an orderly end"
}

# come_back [SIZE]: fifty datagrams to port 862, each of them as it was sent.
come_back()
{
	in_peer python3 -c '
import socket, sys
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.settimeout(3)
s.bind(("192.0.2.9", 40000))
for n in range(50):
    text = (b"mirror%d" % n).ljust(int(sys.argv[1]), b".")
    s.sendto(text, ("192.0.2.1", 862))
    assert s.recvfrom(2000) == (text, ("192.0.2.1", 862))
' "${1:-0}" >"$T/udp.out" 2>&1
}

# Live traffic of the kernel beside it, while dpdk-lo comes and goes and is killed.
live_traffic()
{
	local server iperf ping turn
	run_quiet server iperf3 -s -B 192.0.2.1
	server=$PID
	wait_for 10 sh -c "ss -Hltn 'sport = :5201' | grep -q ." || fail "no iperf3 server"
	run_quiet iperf nsenter -t "$PEER_PID" -n -- iperf3 -c 192.0.2.1 -t 9 -i 1 --json --logfile "$T/iperf.json"
	iperf=$PID
	run_quiet ping nsenter -t "$PEER_PID" -n -- ping -q -n -i 0.01 -c 700 -W 2 192.0.2.1
	ping=$PID
	for turn in 1 2 3; do
		start lo "${port[@]}" -- --steer 'udp dst port 862' --json "$T/r.json"
		come_back || fail "turn $turn: datagrams to port 862 do not come back"
		if [ "$turn" = 2 ]; then
			kill -9 "$PID"
			wait "$PID" 2>/dev/null
			wait_for 20 not_steered || fail "a killed dpdk-lo leaves something on the interface"
			continue # its runtime files go with the next start
		fi
		stop "$PID"
		check_report "$T/r.json" "p.$PORT.rx == p.$PORT.reflected == 50"
		clean "turn $turn"
	done
	finish "$ping" || fail "ping of the kernel ends with $?"
	grep -q ' 0% packet loss' "$T/ping.out" || fail "pings of the kernel get lost"
	finish "$iperf" || fail "iperf3 ends with $?"
	python3 - "$T/iperf.json" <<-'PY' || fail "iperf3 stood still"
	import json, sys
	run = json.load(open(sys.argv[1]))
	sys.exit(any(i["sum"]["bytes"] == 0 for i in run["intervals"]) or "error" in run)
	PY
	kill "$server"
}

not_steered()
{
	! steered
}

# refused EXIT-CODE REGEX ARGUMENTS...: in one sentence and without a trace.
refused()
{
	local code=$1 regex=$2 rc
	shift 2
	"$DLO" "$@" >"$T/bad.out" 2>"$T/bad.err"
	rc=$?
	[ "$rc" = "$code" ] || fail "exit code $rc instead of $code: $*"
	[ "$(grep -c '^dpdk-lo: error: ' "$T/bad.err")" = 1 ] || fail "not one error: $*"
	grep '^dpdk-lo: error: ' "$T/bad.err" | grep -Eq -- "$regex" || fail "the error does not say $regex: $*"
}
