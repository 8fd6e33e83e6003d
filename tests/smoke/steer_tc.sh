#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause
# --steer by tc, a net_vtap port beside an interface: what the kernel puts off and what it keeps apart
# (checksums, segments, tags) is whole on the port, and nobody else talks on the TAP.
. "$(dirname -- "$0")/lib.sh"
. "$(dirname -- "$0")/steer_lib.sh"
PORT=net_vtap0 VDEV=net_vtap0,beside=dlp0

steered()
{
	ip link show dlo-dlp0 || { tc filter show dev dlp0 ingress | grep -q dlo_steer; }
} >/dev/null 2>&1

# Linux 6.6 and later.
tcx()
{
	[ "$(printf '%s\n' 6.6 "$(uname -r)" | sort -V | head -n 1)" = 6.6 ]
}

begin
which_frames
live_traffic

# The peer's kernel leaves sums and segments to its interface, as kernels do.
in_peer ethtool -K peer0 tx on rxvlan on txvlan on gso on tx-udp-segmentation on >/dev/null 2>&1
start lo "${port[@]}" -- --json "$T/r.json" --steer 'udp dst port 862'
first=$PID
come_back 1400 || fail "datagrams without a sum do not come back"
in_peer python3 -c '
import socket
UDP_SEGMENT = 103
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.settimeout(3)
s.bind(("192.0.2.9", 40001))
s.setsockopt(socket.IPPROTO_UDP, UDP_SEGMENT, 1200)
text = b"".join(b"%04d" % n * 300 for n in range(20))
s.sendto(text, ("192.0.2.1", 862))
got = sorted(s.recv(2000) for _ in range(20))
assert b"".join(got) == text, [g[:4] for g in got]
' >"$T/udp.out" 2>&1 || fail "segments do not come back as such"
# Whoever talks on the TAP is not heard.
python3 -c '
import contextlib, socket
s = socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
s.bind(("dlo-dlp0", 0))
for n in range(10):
    with contextlib.suppress(OSError): # it is told, too
        s.send(bytes.fromhex("020000000002020000000001") + b"\x88\xb6" + bytes(46))
' || fail "there is no TAP to send on"
ip -6 addr show dev dlo-dlp0 | grep -q inet6 && fail "the TAP has an IPv6 address"
# Another one beside it has rules of its own, where programs of tc can follow each other.
if tcx; then
	start other --file-prefix other --vdev net_vtap0,beside=dlp0,iface=mirror0 -- --steer 'udp dst port 863'
	come_back || fail "one dpdk-lo disturbs the other"
	stop "$PID"
else
	come_back || fail "datagrams do not come back after segments"
fi
stop "$first"
check_report "$T/r.json" 'p.net_vtap0.rx == p.net_vtap0.reflected == 120'
clean "after offloads"

# What others have there comes first, and stays. One of ours that was killed does nothing, and goes.
tc qdisc add dev dlp0 clsact
if tc filter add dev dlp0 ingress protocol ip pref 10 u32 match ip dport 7777 0xffff classid 1:1 2>/dev/null; then
	tc filter show dev dlp0 ingress >"$T/filters.before"
	start behind "${port[@]}" -- --steer 'udp dst port 862' --json "$T/r.json"
	tc filter show dev dlp0 ingress | grep -q dlo_steer_in || fail "not behind the other's filter"
	come_back || fail "datagrams to port 862 do not come back from behind a filter"
	refused 1 'another dpdk-lo steers' "${port[@]},iface=mirror0" -- --steer 'udp dst port 863'
	kill -9 "$PID"
	wait "$PID" 2>/dev/null
	wait_for 20 sh -c '! ip link show dlo-dlp0' || fail "a killed dpdk-lo's TAP stays"
	in_peer ping -q -c 3 -W 2 192.0.2.1 >"$T/ping.out" || fail "what a killed dpdk-lo leaves is in the way"
	start behind "${port[@]}" -- --steer 'udp dst port 862' --json "$T/r.json"
	come_back || fail "datagrams do not come back after a kill"
	stop "$PID"
	tc filter show dev dlp0 ingress | diff "$T/filters.before" - || fail "filters of others are not as they were"
	tc qdisc show dev dlp0 | grep -q clsact || fail "the clsact of another is gone"
fi
tc qdisc del dev dlp0 clsact
clean "behind filters"

refused 2 'say what to take' "${port[@]}"
refused 2 "no port 'net_null0' on an interface" "${port[@]}" --vdev net_null0 -- --steer udp --steer 'udp port 862@net_null0'
refused 1 'there is no interface nothere' --vdev net_vtap0,beside=nothere -- --steer udp
refused 1 'no Ethernet' --vdev net_vtap0,beside=lo -- --steer udp
refused 1 'already, perhaps of another' "${port[@]},iface=dlp0" -- --steer udp

# The interface goes: so does the port, and says so.
start lo "${port[@]}" -- --steer 'udp dst port 862'
ip link del dlp0
finish "$PID" && fail "ends as if nothing had happened when its interface goes"
grep -q 'port net_vtap0 (net_vtap) vanished' "$T/lo.err" || fail "does not say that the interface is gone"
