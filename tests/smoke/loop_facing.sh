#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause
# Appliances that get back what they send back: two that face each other over memif, with one frame and at
# full rate, and by a switch; one on a looped cable; two STAMP reflectors that a forged request sets on
# each other. Each loop is found, stopped, counted and said once; when it is gone there is service again.
. "$(dirname -- "$0")/lib.sh"
. "$SMOKE/loop_lib.sh"
need dpdk-telemetry.py python3

GEN=$(dirname -- "$DLO")/../dpdk-lo-gen/dpdk-lo-gen
/usr/bin/python3 -c 'import scapy.contrib.stamp' 2>/dev/null || skip "scapy has no STAMP"
memif="socket=$T/m.sock,socket-abstract=no"
A=02:00:00:00:00:0a B=02:00:00:00:00:0b

# pair OPTIONS-OF-A -- OPTIONS-OF-B: two appliances, one memif. The first injects as soon as the second is
# there, which then has to be ready, too. Sets $a, $b.
pair()
{
	local of_a=()
	while [ "$1" != -- ]; do
		of_a+=("$1")
		shift
	done
	shift
	rm -f "$T/m.sock"
	run_quiet a "$DLO" --no-huge -m 256 --no-pci --vdev "net_memif0,role=server,mac=$A,$memif" \
		-- "${of_a[@]}" --json "$T/a.json"
	a=$PID
	wait_for 30 test -S "$T/m.sock" || fail "the first appliance does not listen"
	start b --no-huge -m 256 --no-pci --vdev "net_memif0,role=client,mac=$B,$memif" \
		-- "$@" --json "$T/b.json"
	b=$PID
	wait_for 60 ready_or_dead a "$a" || fail "the first appliance is not ready"
	alive "$a" || fail "the first appliance does not start"
}

# One frame, both guarded: each finds it, and when the other has left, a generator is served.
pair --inject 1 --loop-guard on --
found a "$a" net_memif0 1
found b "$b" net_memif0 1
stop "$b"
gone a "$a" net_memif0 1
if [ -x "$GEN" ]; then
	run_quiet gen timeout 60 "$GEN" --no-huge -m 256 --vdev "net_memif0,role=client,$memif" -- \
		--rate 1kpps --count 500 --json "$T/g.json"
	finish "$PID" || fail "dpdk-lo-gen ends with $?"
	/usr/bin/python3 -c 'import json, sys
g = json.load(open(sys.argv[1]))
sys.exit(not g["sent"] == g["received"] == 500)' "$T/g.json" ||
		fail "frames are missing when the loop is gone: $(cat "$T/g.json")"
fi
stop "$a"
check_report "$T/a.json" --injected 1 'p.net_memif0.drops.loop > 0'
check_report "$T/b.json" 'p.net_memif0.drops.loop > 0'

# As fast as two go, and one of them lets it: the other ends it alone.
pair --inject 512 --loop-guard off --
found b "$b" net_memif0 1
[ "$(plan "$a" net_memif0 loop_guard)" = off ] || fail "the first one is guarded"
before=$(verdicts "$b" net_memif0 drop_loop)
wait_for 10 more "$b" net_memif0 drop_loop $((before + 2)) || fail "the loop is not looked after"
is "$b" net_memif0 stopped || fail "the loop is let go while it is there"
stop "$a"
gone b "$b" net_memif0 1
stop "$b"
# All that was on the way ends there, and the probes.
check_report "$T/b.json" 'p.net_memif0.drops.loop > 0 and p.net_memif0.reflected > 512' \
	'p.net_memif0.drops.loop + p.net_memif0.drops.tx_full >= 512'

# STAMP reflectors on ports of which neither knows what they are, and requests to each that claim to be the
# other's: without a guard they would go to and fro for ever.
/usr/bin/python3 - "$T/spoof.pcap" "$A" "$B" <<'PY' || fail "scapy makes no frame"
import sys
from scapy.all import Ether, IP, UDP, wrpcap
from scapy.contrib.stamp import STAMPSessionSenderTestUnauthenticated as Sender
wrpcap(sys.argv[1], [Ether(src=sys.argv[2], dst=sys.argv[3]) / IP(src="198.18.0.10", dst="198.18.0.11") /
	UDP(sport=5000, dport=6000) / Sender(seq=n, ssid=n) for n in range(256)])
PY
pair --inject "256,file=$T/spoof.pcap" --loop-guard off --address 198.18.0.10 --stamp port=5000 -- \
	--address 198.18.0.11 --stamp port=6000
wait_for 20 more "$b" net_memif0 drop_loop 1 || fail "no reply to a reply is found"
come_to_rest()
{
	local before
	before=$(verdicts "$b" net_memif0 rx)
	sleep 1
	[ "$(verdicts "$b" net_memif0 rx)" = "$before" ]
}
wait_for 20 come_to_rest || fail "they go on"
[ "$(grep -c 'another STAMP reflector answers' "$T/b.err")" = 1 ] || fail "that is not said once"
wait_for 30 grep -q 'no STAMP reflector answers' "$T/b.out" || fail "the end is not said"
[ "$(plan "$b" net_memif0 loop)" = none ] || fail "bulk is stopped"
stop "$b"
stop "$a"
# A request, a reply, a reply to that: and there it ends, but for a burst that was under way.
check_report "$T/a.json" --injected 256 'p.net_memif0.answered.stamp <= 256'
check_report "$T/b.json" 'p.net_memif0.answered.stamp >= 256' 'p.net_memif0.drops.loop > 0' \
	'p.net_memif0.answered.stamp + p.net_memif0.drops.loop == p.net_memif0.rx' \
	'p.net_memif0.rx <= 512'

# By a switch, frames for each other's MAC alone, as by default; the third port is a tester's.
plug()
{
	ip link add "$1" type veth peer name "$1s" || skip "no veth devices here"
	for end in "$1" "$1s"; do
		echo 1 >"/proc/sys/net/ipv6/conf/$end/disable_ipv6"
	done
	ip link set "$1s" master br0
	ip link set "$1s" up
	ip link set "$1" up
}
ip link add br0 type bridge stp_state 0 forward_delay 0 mcast_snooping 0 2>/dev/null || {
	echo "no bridge devices here: a switch and a looped cable were not tried"
	exit 0
}
echo 1 >/proc/sys/net/ipv6/conf/br0/disable_ipv6
# A firewall may judge what a bridge forwards.
ip link set br0 type bridge nf_call_iptables 0 2>/dev/null
sysctl -qw net.bridge.bridge-nf-call-iptables=0 2>/dev/null
ip link set br0 up
plug dla
plug dlb
plug tester
start a --no-pci --vdev net_af_packet0,iface=dla,framesz=2048,blocksz=8192 -- --json "$T/a.json"
a=$PID
start b --no-pci --vdev net_af_packet0,iface=dlb,framesz=2048,blocksz=8192 -- --json "$T/b.json"
b=$PID
# What comes back to the tester is no loop.
for _ in 1 2 3 4; do
	send tester "$(mac_of dla)" "$(mac_of tester)" 20
	sleep 0.3
done
wait_for 10 more "$a" net_af_packet0 reflected 80 || fail "frames do not come back"
wait_for 10 probed "$a" net_af_packet0 1 || fail "no probes"
is "$a" net_af_packet0 none || fail "a loop is found where there is none"
# As if the first had begun it: from its own port.
send dla "$(mac_of dlb)" "$(mac_of dla)" 4
found a "$a" net_af_packet0 1
found b "$b" net_af_packet0 1
ip link set dlbs down
gone a "$a" net_af_packet0 1
gone b "$b" net_af_packet0 1
before=$(verdicts "$a" net_af_packet0 reflected)
send tester "$(mac_of dla)" "$(mac_of tester)" 5
wait_for 10 more "$a" net_af_packet0 reflected $((before + 5)) || fail "nothing comes back when the loop is gone"
stop "$b"
stop "$a"
check_report "$T/a.json" 'p.net_af_packet0.drops.loop > 0'
check_report "$T/b.json" 'p.net_af_packet0.drops.loop > 0'

# A looped cable gives frames back as they were sent: to a switch's port that returns whatever it gets.
ip link set dlbs down
ip link set testers down
start lo --no-pci --vdev net_af_packet0,iface=dla,framesz=2048,blocksz=8192 -- --accept unicast --json "$T/r.json"
lo=$PID
ip link set dlas type bridge_slave hairpin on learning off flood on || fail "no hairpin"
ip link set testers type bridge_slave learning off
ip link set testers up
# Until the kernel has taken notice that there is a carrier again it throws frames away, and says nothing.
begins()
{
	send tester 02:00:00:00:00:01 02:00:00:00:00:02 4
	wait_for 2 more "$lo" net_af_packet0 rx 1
}
wait_for 30 begins || fail "nothing gets on the cable"
found lo "$lo" net_af_packet0 1
ip link set dlas type bridge_slave hairpin off
gone lo "$lo" net_af_packet0 1
before=$(verdicts "$lo" net_af_packet0 reflected)
send tester "$(mac_of dla)" "$(mac_of tester)" 5
wait_for 10 more "$lo" net_af_packet0 reflected $((before + 5)) || fail "nothing comes back when the loop is gone"
stop "$lo"
check_report "$T/r.json" 'p.net_af_packet0.drops.loop > 0'
