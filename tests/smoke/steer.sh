#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause
# --steer on an interface in use: the rules' frames come back, all else reaches the kernel, before,
# while, after, and after a kill; nothing stays on the interface.
. "$(dirname -- "$0")/lib.sh"
need ethtool ping iperf3

make_peer
ip addr add 192.0.2.1/24 dev dlp0
in_peer ip addr add 192.0.2.9/24 dev peer0
# AF_PACKET takes tags out of what it shows otherwise, and these have to be seen.
in_peer ethtool -K peer0 rxvlan off txvlan off >/dev/null 2>&1
mac=$(cat /sys/class/net/dlp0/address 2>/dev/null || ip -o link show dlp0 | sed 's/.*link.ether \([^ ]*\).*/\1/')
port=(--vdev net_af_xdp0,iface=dlp0)
remember_host

has_xdp()
{
	ip link show dlp0 | grep -q xdp
}

clean()
{
	! has_xdp || fail "an XDP program stays on the interface: $1"
	check_host
}

"$DLO" "${port[@]}" -- --steer 'udp dst port 862' --duration 0.1 >"$T/try.out" 2>"$T/try.err" ||
	{ grep -q 'built without' "$T/try.err" && skip "built without BPF programs"; fail "does not start"; }
clean "at the start"

# Which frames.
start lo "${port[@]}" -- --mode mac --accept any --answer none --json "$T/r.json" \
	--steer 'udp dst port 862 or ether proto 0x88b6' --steer 'vlan 7 and tcp' \
	--steer 'src net 198.51.100.0/24 or host 2001:db8:7::77' \
	--steer 'ether src 02:00:00:00:00:77 or portrange 7000-7002'
has_xdp || fail "no XDP program on the interface"
in_peer "$SMOKE/steer_frames.py" peer0 "$mac" >"$T/frames.out" 2>&1 || fail "other frames than asked for"
stop "$PID"
check_report "$T/r.json" "p.net_af_xdp0.rx == $(tail -n 1 "$T/frames.out")"
clean "after an orderly end"

# Live traffic of the kernel beside it, while dpdk-lo comes and goes and is killed.
run_quiet server iperf3 -s -B 192.0.2.1
wait_for 10 sh -c "ss -Hltn 'sport = :5201' | grep -q ." || fail "no iperf3 server"
run_quiet iperf nsenter -t "$PEER_PID" -n -- iperf3 -c 192.0.2.1 -t 9 -i 1 --json --logfile "$T/iperf.json"
iperf=$PID
run_quiet ping nsenter -t "$PEER_PID" -n -- ping -n -i 0.01 -c 700 -W 2 192.0.2.1
ping=$PID
udp='
import socket, sys
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.settimeout(3)
s.bind(("192.0.2.9", 40000))
for n in range(50):
    s.sendto(b"mirror%d" % n, ("192.0.2.1", 862))
    assert s.recvfrom(100) == (b"mirror%d" % n, ("192.0.2.1", 862))
'
for turn in 1 2 3; do
	start lo "${port[@]}" -- --steer 'udp dst port 862' --json "$T/r.json"
	in_peer python3 -c "$udp" >"$T/udp.out" 2>&1 || fail "turn $turn: datagrams to port 862 do not come back"
	if [ "$turn" = 2 ]; then
		kill -9 "$PID"
		wait "$PID" 2>/dev/null
		wait_for 20 sh -c '! ip link show dlp0 | grep -q xdp' || fail "a killed dpdk-lo's program stays"
		continue # its runtime files go with the next start
	else
		stop "$PID"
		check_report "$T/r.json" 'p.net_af_xdp0.rx == p.net_af_xdp0.reflected == 50'
	fi
	clean "turn $turn"
done
finish "$ping" || fail "ping of the kernel ends with $?"
grep -q ' 0% packet loss' "$T/ping.out" || fail "pings of the kernel get lost"
finish "$iperf" || fail "iperf3 ends with $?"
python3 - "$T/iperf.json" <<'PY' || fail "iperf3 stood still"
import json, sys
run = json.load(open(sys.argv[1]))
sys.exit(any(i["sum"]["bytes"] == 0 for i in run["intervals"]) or "error" in run)
PY

# What is refused, in one sentence and without a trace.
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
refused 2 "'prt' is not understood" "${port[@]}" -- --steer 'udp prt 862'
refused 2 'there is none' --vdev net_null0 -- --steer 'udp port 862'
refused 2 "no net_af_xdp port 'net_null0'" "${port[@]}" --vdev net_null0 -- --steer 'udp port 862@net_null0'
refused 2 'no name of an interface' --vdev net_af_xdp0 -- --steer udp
refused 2 'leave out xdp_prog' "${port[@]},xdp_prog=/none" -- --steer udp
refused 1 'there is no interface nothere' --vdev net_af_xdp0,iface=nothere -- --steer udp
start lo "${port[@]}" -- --steer 'udp dst port 862' --json "$T/r.json"
refused 1 'another dpdk-lo steers' "${port[@]}" -- --steer 'udp dst port 863'
stop "$PID"
clean "after two"
